import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import { signers } from '../../e2e/store-signers.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { searchPurchases } from '../purchases/list.ts'
import {
  connectStore,
  makeStoreSecret,
  placeProduct,
  removeStore,
  replayDeliveries,
  setStoreSecret,
  setStoreSettings,
  switchStore,
} from './commands.ts'
import { handleDelivery } from './handle.ts'
import { answerStore } from './intake.ts'
import { getDelivery, getStore, listDeliveries, listStoreProducts, listStores } from './queries.ts'

const system = { kind: 'system', name: 'Latchkey' } as const
const refusal = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) })

async function merchant(role: Role = 'owner'): Promise<Member> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  return { kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role }
}

async function handleAll(connectionId: string) {
  for (const { id } of await prisma.storeDelivery.findMany({ where: { connectionId, state: 'new' } }))
    await handleDelivery(system, id, new Date())
}

/** A vendor's shop that is connected: what it sends is kept, also what nobody can read. */
async function creemShop() {
  const me = await merchant()
  const { connectionId, token } = await connectStore(me, { store: 'creem', mode: 'live', name: 'Creem' }, new Date())
  const secret = 'whsec_of_creem'
  await setStoreSecret(me, { connectionId, secret }, new Date())
  const post = (message: { id: string; eventType: string; object?: object }) => {
    const body = JSON.stringify(message)
    const headers = signers.creem({ id: message.id, type: message.eventType, body }, new Date(), secret)
    return answerStore({
      ...{ method: 'POST', path: `/creem/${token}`, query: '', address: null },
      header: (name) => headers[name] ?? null,
      body: async () => Buffer.from(body),
    })
  }
  return { me, connectionId, post }
}

/** A shop of one's own that is connected, with how to send it something and have that handled. */
async function shop() {
  const me = await merchant()
  const { connectionId, token } = await connectStore(me, { store: 'custom', mode: 'live', name: 'Website' }, new Date())
  const { secret } = await makeStoreSecret(me, { connectionId }, new Date())
  const post = async (message: object, id = newId(), signedWith = secret) => {
    const body = JSON.stringify({ timestamp: new Date().toISOString(), ...message })
    const at = new Date()
    const headers: Record<string, string> = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(signedWith).sign(id, at, body),
    }
    return answerStore({
      ...{ method: 'POST', path: `/custom/${token}`, query: '', address: null },
      header: (name) => headers[name] ?? null,
      body: async () => Buffer.from(body),
    })
  }
  const sell = async (order: string, product: string, email = 'lena@customer.example') => {
    await post({
      type: 'purchase.updated',
      data: {
        ...{ order_id: order, status: 'active', customer: { email } },
        items: [{ product_id: product, product_name: `Name of ${product}` }],
      },
    })
    await handleAll(connectionId)
  }
  return { me, connectionId, post, handleAll: () => handleAll(connectionId), sell }
}

const place = (me: Member, connectionId: string, as: Parameters<typeof placeProduct>[1]['as'], ref = 'quill') =>
  placeProduct(me, { connectionId, ref, as, quantityIs: 'keys' }, new Date())

describe('a connection', () => {
  test('needs its secret, waits for a delivery, is connected; and says what waits', async () => {
    const me = await merchant()
    const { connectionId } = await connectStore(me, { store: 'polar', mode: 'test', name: 'Polar' }, new Date())
    const state = async () => (await getStore(me, connectionId, new Date())).state
    expect(await state()).toBe('secret')
    await setStoreSecret(me, { connectionId, secret: 'whsec_polar' }, new Date())
    expect(await state()).toBe('waiting')
    const here = await shop()
    await here.sell('A-1', 'quill')
    await here.sell('A-2', 'quill')
    await here.sell('A-3', 'studio')
    // Whoever wrote the program is told, and nothing of it is kept.
    expect((await here.post({ type: 'purchase.updated', data: {} })).status).toBe(400)
    await here.handleAll()
    expect(await listStores(here.me)).toMatchObject([
      {
        ...{ name: 'Website', label: 'Your own shop', state: 'connected' },
        waiting: { products: 2, sales: 3, failed: 0, fresh: 0, unpaid: 0 },
      },
    ])
    expect(await listStoreProducts(here.me, here.connectionId)).toMatchObject([
      { ref: 'quill', name: 'Name of quill', product: null, waiting: 2 },
      { ref: 'studio', name: 'Name of studio', product: null, waiting: 1 },
    ])
    await switchStore(here.me, { connectionId: here.connectionId, off: true }, new Date())
    expect((await getStore(here.me, here.connectionId, new Date())).state).toBe('off')
  })

  test('tells its address to those who may change it, its secrets to nobody', async () => {
    const { me, connectionId } = await shop()
    const viewer: Member = { ...me, role: 'viewer' }
    expect((await getStore(me, connectionId, new Date())).address).toMatch(/\/api\/stores\/custom\/[\w-]{43}$/)
    expect((await getStore(viewer, connectionId, new Date())).address).toBeNull()
    const all = JSON.stringify([await getStore(me, connectionId, new Date()), await listStores(me)])
    const { secrets } = await prisma.storeConnection.findUniqueOrThrow({ where: { id: connectionId } })
    expect(secrets).not.toBeNull()
    expect(all).not.toContain('whsec_')
  })

  test('of another organization is not found, with all that belongs to it', async () => {
    const { me, connectionId, sell } = await shop()
    await sell('A-1', 'quill')
    const [delivery] = (await listDeliveries(me, connectionId, {}, { page: 1, size: 10 })).deliveries
    const other = await merchant()
    const now = new Date()
    for (const ask of [
      () => getStore(other, connectionId, now),
      () => listStoreProducts(other, connectionId),
      () => listDeliveries(other, connectionId, {}, { page: 1, size: 10 }),
      () => getDelivery(other, connectionId, delivery?.id ?? ''),
      () => makeStoreSecret(other, { connectionId }, now),
      () => place(other, connectionId, { kind: 'ignored' }),
      () => replayDeliveries(other, { connectionId, which: { state: 'failed' } }, now),
      () => removeStore(other, { connectionId }, now),
    ])
      await expect(ask()).rejects.toEqual(refusal('NOT_FOUND'))
    expect(await listStores(other)).toEqual([])
    const mine = await connectStore(other, { store: 'custom', mode: 'live', name: 'Mine' }, now)
    await expect(getDelivery(other, mine.connectionId, delivery?.id ?? '')).rejects.toEqual(refusal('NOT_FOUND'))
  })

  test('a secret is made here only where the store shows none', async () => {
    const me = await merchant()
    const { connectionId } = await connectStore(me, { store: 'polar', mode: 'live', name: 'Polar' }, new Date())
    await expect(makeStoreSecret(me, { connectionId }, new Date())).rejects.toEqual(refusal('CONFLICT'))
    const viewer: Member = { ...me, role: 'support' }
    await expect(makeStoreSecret(viewer, { connectionId }, new Date())).rejects.toEqual(refusal('FORBIDDEN'))
  })

  test('says until when the secret before is good', async () => {
    const { me, connectionId, post } = await shop()
    const now = new Date()
    expect((await getStore(me, connectionId, now)).formerSecretUntil).toBeNull()
    const { secret } = await makeStoreSecret(me, { connectionId }, now)
    const until = (await getStore(me, connectionId, now)).formerSecretUntil
    expect(until?.getTime()).toBe(now.getTime() + 24 * 3_600_000)
    // Both are believed meanwhile.
    expect((await post({ type: 'customer.updated', data: { id: '1', email: 'a@b.example' } })).status).toBe(200)
    expect(
      (await post({ type: 'customer.updated', data: { id: '1', email: 'a@b.example' } }, 'x', secret)).status,
    ).toBe(200)
  })
})

describe('a product of the store', () => {
  test('becomes a new one here, with a configuration there is', async () => {
    const { me, connectionId, sell, handleAll } = await shop()
    await sell('A-1', 'quill')
    const keyConfigurationId = newId()
    await prisma.keyConfiguration.create({
      data: { id: keyConfigurationId, organizationId: me.organizationId, name: 'Standard' },
    })
    await place(me, connectionId, { kind: 'new', name: 'Quill Pro', keyConfigurationId })
    await handleAll()
    const keys = await prisma.licenseKey.findMany({
      where: { organizationId: me.organizationId },
      include: { product: true },
    })
    expect(keys).toMatchObject([{ status: 'granted', keyConfigurationId, product: { name: 'Quill Pro' } }])
    expect(await listStoreProducts(me, connectionId)).toMatchObject([{ product: { name: 'Quill Pro' }, waiting: 0 }])
    expect((await getStore(me, connectionId, new Date())).purchases).toBe(1)
  })

  test('without one gets one of its own; and all or nothing is written', async () => {
    const { me, connectionId, sell, handleAll } = await shop()
    await sell('A-1', 'quill')
    const { organizationId } = me
    await prisma.product.create({ data: { organizationId, name: 'Taken' } })
    const taken = place(me, connectionId, { kind: 'new', name: 'Taken', keyConfigurationId: null })
    await expect(taken).rejects.toEqual(refusal('CONFLICT', 'name'))
    expect(await prisma.keyConfiguration.count({ where: { organizationId } })).toBe(0)
    await place(me, connectionId, { kind: 'new', name: 'Quill Pro', keyConfigurationId: null })
    await handleAll()
    const keys = await prisma.licenseKey.findMany({ where: { organizationId }, include: { keyConfiguration: true } })
    expect(keys).toMatchObject([{ keyConfiguration: { name: 'Quill Pro', activationLimit: 3 } }])
  })

  test('of another organization is none', async () => {
    const { me, connectionId, sell } = await shop()
    await sell('A-1', 'quill')
    const other = await merchant()
    const product = await prisma.product.create({ data: { organizationId: other.organizationId, name: 'Theirs' } })
    const said = place(me, connectionId, { kind: 'product', productId: product.id })
    await expect(said).rejects.toEqual(refusal('NOT_FOUND', 'productId'))
    const configuration = await prisma.keyConfiguration.create({
      data: { organizationId: other.organizationId, name: 'Theirs' },
    })
    const granting = place(me, connectionId, { kind: 'new', name: 'Mine', keyConfigurationId: configuration.id })
    await expect(granting).rejects.toEqual(refusal('NOT_FOUND'))
  })

  test('that is not sold here leaves its sales alone', async () => {
    const { me, connectionId, sell, handleAll } = await shop()
    await sell('A-1', 'quill')
    await place(me, connectionId, { kind: 'ignored' })
    await handleAll()
    expect(await prisma.purchase.count({ where: { organizationId: me.organizationId } })).toBe(0)
    expect((await getStore(me, connectionId, new Date())).waiting).toMatchObject({ products: 0, sales: 0 })
  })

  test('that grants nothing makes sales wait, and says so; mended, they are tried again', async () => {
    const { me, connectionId, sell, handleAll } = await shop()
    const { organizationId } = me
    await sell('A-1', 'quill')
    const product = await prisma.product.create({ data: { organizationId, name: 'Quill' } })
    await place(me, connectionId, { kind: 'product', productId: product.id })
    await handleAll()
    expect((await getStore(me, connectionId, new Date())).waits).toEqual([
      { for: 'no_configuration', why: 'The product grants no key configuration.', count: 1 },
    ])
    const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Standard' } })
    await prisma.productKeyConfiguration.create({
      data: { productId: product.id, keyConfigurationId: configuration.id },
    })
    const again = await replayDeliveries(me, { connectionId, which: { state: 'waiting' } }, new Date())
    expect(again).toEqual({ replayed: 1 })
    await handleAll()
    expect(await prisma.licenseKey.count({ where: { organizationId } })).toBe(1)
    expect((await getStore(me, connectionId, new Date())).waits).toEqual([])
  })
})

describe('deliveries', () => {
  test('are listed newest first, found by type and id, narrowed by state, and shown with their body', async () => {
    const { me, connectionId, post, sell, handleAll } = await shop()
    await sell('A-1', 'quill')
    await post({ type: 'customer.updated', data: { id: 'c1', email: 'zoe@keller.example' } }, 'msg_of-zoe')
    await handleAll()
    const list = async (filter: Parameters<typeof listDeliveries>[2]) =>
      (await listDeliveries(me, connectionId, filter, { page: 1, size: 10 })).deliveries.map(({ state }) => state)
    expect(await list({})).toEqual(['done', 'waiting'])
    expect(await list({ q: 'CUSTOMER' })).toEqual(['done'])
    expect(await list({ q: 'msg_of-zoe' })).toEqual(['done'])
    expect(await list({ states: ['waiting', 'failed'] })).toEqual(['waiting'])
    expect(await listDeliveries(me, connectionId, {}, { page: 2, size: 1 })).toMatchObject({
      ...{ total: 2, deliveries: [{ state: 'waiting' }] },
    })
    const [zoe] = (await listDeliveries(me, connectionId, { q: 'msg_of-zoe' }, { page: 1, size: 1 })).deliveries
    const { body, isCut } = await getDelivery(me, connectionId, zoe?.id ?? '')
    // A body may hold whole keys.
    for (const role of ['support', 'viewer'] as const)
      expect((await getDelivery({ ...me, role }, connectionId, zoe?.id ?? '')).body).toBeNull()
    expect(body).toContain('\n    "email": "zoe@keller.example"')
    expect(isCut).toBe(false)
  })

  test('that failed are handled again together, one by its id', async () => {
    const { me, connectionId, post } = await creemShop()
    await post({ id: 'msg_1', eventType: 'checkout.completed' })
    await post({ id: 'msg_2', eventType: 'checkout.completed' })
    await post({ id: 'msg_3', eventType: 'of.another.kind', object: {} })
    await handleAll(connectionId)
    const now = new Date()
    const { deliveries } = await listDeliveries(me, connectionId, { states: ['failed'] }, { page: 1, size: 10 })
    expect(deliveries).toHaveLength(2)
    expect(await replayDeliveries(me, { connectionId, which: { state: 'failed' } }, now)).toEqual({ replayed: 2 })
    const { organizationId } = me
    const events = await prisma.event.findMany({
      where: { organizationId, type: 'store.updated' },
      orderBy: { id: 'desc' },
    })
    expect(events[0]).toMatchObject({ actorLabel: 'Mara', data: { changes: ['2 deliveries handled again'] } })
    await handleAll(connectionId)
    const [third] = (await listDeliveries(me, connectionId, { q: 'msg_3' }, { page: 1, size: 1 })).deliveries
    expect(await replayDeliveries(me, { connectionId, which: { id: third?.id ?? '' } }, now)).toEqual({ replayed: 1 })
    const nobodys = replayDeliveries(me, { connectionId, which: { id: newId() } }, now)
    await expect(nobodys).rejects.toEqual(refusal('NOT_FOUND'))
  })
})

test('settings are changed by what each of two people changed', async () => {
  const { me, connectionId } = await shop()
  const { settings: opened } = await getStore(me, connectionId, new Date())
  const now = new Date()
  await setStoreSettings(me, { connectionId, settings: { ...opened, graceDays: 3 } }, now, { ...opened })
  await setStoreSettings(me, { connectionId, settings: { ...opened, marginDays: 30 } }, now, { ...opened })
  expect((await getStore(me, connectionId, now)).settings).toEqual({ ...opened, graceDays: 3, marginDays: 30 })
  const late = setStoreSettings(me, { connectionId, settings: { ...opened, graceDays: 5 } }, now, { ...opened })
  await expect(late).rejects.toMatchObject({ code: 'CONFLICT', conflicts: [{ theirs: '3 days', yours: '5 days' }] })
  const events = await prisma.event.findMany({
    where: { organizationId: me.organizationId, type: 'store.updated' },
    orderBy: { id: 'desc' },
  })
  expect(events[1]?.data).toMatchObject({ changes: ['Days after a failed payment: 14 days → 3 days'] })
})

test('a connection that is removed leaves its purchases, which follow nothing', async () => {
  const { me, connectionId, sell, handleAll } = await shop()
  await sell('A-1', 'quill')
  await place(me, connectionId, { kind: 'new', name: 'Quill', keyConfigurationId: null })
  await handleAll()
  await removeStore(me, { connectionId }, new Date())
  const { purchases } = await searchPurchases(me, {}, { page: 1, size: 10, sort: 'purchasedAt', dir: 'desc' })
  expect(purchases).toMatchObject([{ reference: 'A-1', shown: 'active', origin: 'custom', keys: 1 }])
})
