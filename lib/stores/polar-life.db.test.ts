import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sample } from '../../e2e/store-samples.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { openKeyString } from '../key-strings/string.ts'
import { activate, validate } from '../license-calls/calls.ts'
import { disableLicenseKeys, restoreLicenseKeys } from '../license-keys/status.ts'
import { openContents } from '../mail/queries.ts'
import { writeMail } from '../mailer/message.ts'
import { cancelPurchase } from '../purchases/commands.ts'
import { issueLicenseKeys } from '../purchases/issue.ts'
import { connectStore, placeProduct, setStoreSecret, switchStore } from './commands.ts'
import { handleDelivery, sweepStores } from './handle.ts'
import { answerStore } from './intake.ts'

const system = { kind: 'system', name: 'Latchkey' } as const
const SECRET = 'whsec_polarInkwell0123456789'

async function merchant(): Promise<Member> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  return { kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role: 'owner' }
}

async function product({ organizationId }: Member, name: string, activationLimit: number | null = null) {
  const keyConfigurationId = newId()
  const limited = activationLimit === null ? {} : { activationsMode: 'limited' as const, activationLimit }
  await prisma.keyConfiguration.create({ data: { id: keyConfigurationId, organizationId, name, ...limited } })
  const { id } = await prisma.product.create({
    data: { organizationId, name, keyConfigurations: { create: [{ keyConfigurationId }] } },
  })
  return { productId: id, keyConfigurationId }
}

/** A shop with a connection to Polar that believes SECRET. */
async function shop(mode: 'live' | 'test' = 'live') {
  const me = await merchant()
  const { connectionId, token } = await connectStore(me, { store: 'polar', mode, name: 'Inkwell' }, new Date())
  await setStoreSecret(me, { connectionId, secret: SECRET }, new Date())
  return { me, connectionId, token }
}
type Shop = Awaited<ReturnType<typeof shop>>

/** Posts a body as Polar would, signed now. */
async function post(token: string, body: string | Buffer, id: string, more: { secret?: string; at?: number } = {}) {
  const at = String(more.at ?? Math.floor(Date.now() / 1_000))
  const bytes = Buffer.from(body)
  const signature = createHmac('sha256', more.secret ?? SECRET)
    .update(Buffer.concat([Buffer.from(`${id}.${at}.`), bytes]))
    .digest('base64')
  const headers: Record<string, string> = {
    'webhook-id': id,
    'webhook-timestamp': at,
    'webhook-signature': `v1,${signature}`,
  }
  return answerStore({
    ...{ method: 'POST', path: `/polar/${token}`, query: '', address: null },
    header: (name) => headers[name] ?? null,
    body: async (max) => (bytes.byteLength > max ? null : bytes),
  })
}

const changed = (
  name: string,
  change: (body: { type: string; timestamp: string; data: Record<string, unknown> }) => void,
): string => {
  const body = JSON.parse(sample('polar', name).toString())
  change(body)
  return JSON.stringify(body)
}

/** Sends one and handles everything that is new. */
async function deliver({ token, connectionId }: Shop, body: string | Buffer, id: string, now = new Date()) {
  const answer = await post(token, body, id)
  expect(answer.status).toBe(200)
  await handleAll(connectionId, now)
  return prisma.storeDelivery.findFirstOrThrow({ where: { connectionId, key: id } })
}

async function handleAll(connectionId: string, now = new Date()) {
  for (const { id } of await prisma.storeDelivery.findMany({
    where: { connectionId, state: 'new' },
    orderBy: { id: 'asc' },
  }))
    await handleDelivery(system, id, now)
}

const PRODUCT = '3c1d5e7f-1111-4a22-8b33-9c44d55e6f77'
const place = ({ me, connectionId }: Shop, productId: string, quantityIs: 'keys' | 'devices' = 'keys') =>
  placeProduct(me, { connectionId, ref: PRODUCT, as: { kind: 'product', productId }, quantityIs }, new Date())

const keysOf = ({ me }: Shop) =>
  prisma.licenseKey.findMany({
    where: { organizationId: me.organizationId },
    orderBy: { id: 'asc' },
    include: { purchase: true },
  })

const told = async (at: Shop) =>
  (await keysOf(at)).map((key) => (key.status === 'revoked' ? key.revokedFor.join() : key.status))

const verdict = async (keyCipher: Uint8Array) =>
  (
    await validate(
      { kind: 'software', address: null },
      { key: openKeyString(keyCipher), organization_id: null },
      new Date(),
    )
  ).verdict.code

describe('a delivery', () => {
  test('of somebody else is refused, counted, and nothing of it is kept', async () => {
    const { token, connectionId } = await shop()
    expect((await post(token, sample('polar', 'order.paid'), 'a', { secret: 'other' })).status).toBe(401)
    expect((await post(token, sample('polar', 'order.paid'), 'a', { at: 1_000 })).status).toBe(401)
    expect((await post('unknown', sample('polar', 'order.paid'), 'a')).status).toBe(401)
    expect((await post(token, Buffer.alloc(1_048_577), 'a')).status).toBe(413)
    expect(await prisma.storeDelivery.count({ where: { connectionId } })).toBe(0)
    expect(await prisma.storeConnection.findUniqueOrThrow({ where: { id: connectionId } })).toMatchObject({
      ...{ refusals: 3, lastRefusal: 'A delivery may have at most 1 MB.', firstDeliveryAt: null },
    })
  })

  test('that comes ten times at once is one', async () => {
    const at = await shop()
    await place(at, (await product(at.me, 'Quill Pro')).productId)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post(at.token, sample('polar', 'order.paid'), 'once')),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    const [delivery] = await prisma.storeDelivery.findMany({ where: { connectionId: at.connectionId } })
    await Promise.all(Array.from({ length: 5 }, () => handleDelivery(system, delivery?.id ?? '', new Date())))
    expect(await told(at)).toEqual(['granted'])
  })

  test('that cannot be read is kept, and says why', async () => {
    const at = await shop()
    expect((await post(at.token, '{"type":"order.paid","data":{}}', 'odd')).status).toBe(200)
    await handleAll(at.connectionId)
    const [delivery] = await prisma.storeDelivery.findMany({ where: { connectionId: at.connectionId } })
    expect(delivery).toMatchObject({ state: 'failed', outcome: [expect.stringContaining('not as expected at id')] })
    // Once, also when it is handled again and fails again.
    await prisma.storeDelivery.updateMany({ where: { id: delivery?.id ?? '' }, data: { state: 'new', attempts: 0 } })
    await handleDelivery(system, delivery?.id ?? '', new Date())
    const { organizationId } = at.me
    const failures = await prisma.event.findMany({ where: { organizationId, type: 'store.delivery_failed' } })
    expect(failures.map(({ data, actorKind }) => [actorKind, data])).toEqual([
      [
        'store',
        {
          store: 'Polar',
          name: expect.any(String),
          deliveryId: delivery?.id,
          event: expect.any(String),
          why: delivery?.outcome[0],
        },
      ],
    ])
  })

  test('with an older secret is believed for a day', async () => {
    const at = await shop()
    await setStoreSecret(at.me, { connectionId: at.connectionId, secret: 'whsec_new' }, new Date())
    expect((await post(at.token, sample('polar', 'order.paid'), 'a')).status).toBe(200)
    await setStoreSecret(
      at.me,
      { connectionId: at.connectionId, secret: 'whsec_newer' },
      new Date(Date.now() - 25 * 3_600_000),
    )
    expect((await post(at.token, sample('polar', 'order.paid'), 'b', { secret: 'whsec_new' })).status).toBe(401)
  })
})

describe('a sale', () => {
  test('waits for its product, and is a key with a mail once somebody says which that is', async () => {
    const at = await shop()
    const delivery = await deliver(at, sample('polar', 'order.paid'), 'a')
    expect(delivery).toMatchObject({ state: 'waiting', outcome: ['Nobody has said yet which product this is here.'] })
    expect(await prisma.storeProduct.findMany({ where: { connectionId: at.connectionId } })).toMatchObject([
      { ref: PRODUCT, name: 'Quill Pro', productId: null },
    ])
    expect(await keysOf(at)).toEqual([])
    const { productId } = await product(at.me, 'Quill Pro')
    await place(at, productId)
    await handleAll(at.connectionId)
    const [key] = await keysOf(at)
    expect(key).toMatchObject({
      status: 'granted',
      productId,
      purchase: { store: 'polar', source: 'store', state: 'active' },
    })
    const mails = await prisma.mail.findMany({ where: { licenseKeyId: key?.id ?? '' } })
    expect(mails).toMatchObject([{ template: 'license-key', to: 'lena@customer.example' }])
    expect(await verdict(key?.keyCipher ?? new Uint8Array())).toBe('VALID')
    const events = await prisma.event.findMany({
      where: { organizationId: at.me.organizationId, actorKind: 'store' },
      orderBy: { id: 'asc' },
    })
    expect(events.map(({ type, actorLabel }) => `${actorLabel} ${type}`)).toEqual([
      'Polar customer.created',
      'Polar purchase.created',
      'Polar license_key.issued',
    ])
  })

  test('of a product that is archived waits, and goes on by itself once it is restored', async () => {
    const at = await shop()
    const { productId } = await product(at.me, 'Quill Pro')
    await place(at, productId)
    const archived = (archivedAt: Date | null) =>
      prisma.product.update({ where: { id: productId }, data: { archivedAt } })
    await archived(new Date())
    const delivery = await deliver(at, sample('polar', 'order.paid'), 'a')
    expect(delivery).toMatchObject({ state: 'waiting', outcome: [expect.stringContaining('archived here')] })
    await archived(null)
    await sweepStores(system, new Date(), at.connectionId)
    expect(await told(at)).toEqual([])
    await sweepStores(system, new Date(Date.now() + 3_600_000), at.connectionId)
    expect(await told(at)).toEqual(['granted'])
  })

  test('of a product that carries the store’s id needs nobody', async () => {
    const at = await shop()
    const { productId } = await product(at.me, 'Quill Pro')
    await prisma.product.update({ where: { id: productId }, data: { externalIds: [PRODUCT] } })
    await deliver(at, sample('polar', 'order.paid'), 'a')
    expect(await told(at)).toEqual(['granted'])
  })

  test('that is refunded ends its key at once; the refund may come first', async () => {
    for (const order of [
      ['order.paid', 'order.refunded-full'],
      ['order.refunded-full', 'order.paid'],
    ]) {
      const at = await shop()
      await place(at, (await product(at.me, 'Quill Pro')).productId)
      for (const name of order) await deliver(at, sample('polar', name), name)
      expect((await told(at)).join()).toBe(order[0] === 'order.paid' ? 'refunded' : '')
      expect(await prisma.purchase.findMany({ where: { organizationId: at.me.organizationId } })).toMatchObject([
        { status: 'refunded', state: 'refunded', reasons: ['refunded'] },
      ])
    }
  })

  test('a purchase that ended, given back by hand, ended again: the key ends', async () => {
    const at = await shop()
    await place(at, (await product(at.me, 'Quill Pro')).productId)
    await deliver(at, sample('polar', 'order.paid'), 'a')
    await deliver(at, sample('polar', 'order.refunded-full'), 'b')
    const [key] = await keysOf(at)
    await restoreLicenseKeys(at.me, { licenseKeyIds: [key?.id ?? ''], reason: '' }, new Date()).catch(() => {})
    expect(await told(at)).toEqual(['refunded'])
    await prisma.licenseKey.update({ where: { id: key?.id ?? '' }, data: { status: 'granted', revokedFor: [] } })
    await deliver(at, sample('polar', 'refund.created'), 'c')
    expect(await told(at)).toEqual(['refunded'])
  })

  test('a key by hand for its number joins it, and is refused once it is refunded', async () => {
    const at = await shop()
    const { productId, keyConfigurationId } = await product(at.me, 'Quill Pro')
    await place(at, productId)
    await deliver(at, sample('polar', 'order.paid'), 'a')
    const [{ reference } = { reference: '' }] = await prisma.purchase.findMany({
      where: { organizationId: at.me.organizationId },
    })
    const order = {
      ...{ keyConfigurationId, productId, reference, addToPurchase: true, note: '', sendMail: false },
      customer: { email: 'lena@customer.example', name: '' },
    }
    const issue = async (more: object = {}) => {
      const [issued] = await issueLicenseKeys(at.me, [{ ...order, ...more }], new Date())
      return issued && 'refusal' in issued ? issued.refusal.message : 'issued'
    }
    expect(await issue()).toBe('issued')
    expect(await issue({ addToPurchase: false })).toContain('There is a purchase with this reference')
    expect(await prisma.purchase.count({ where: { organizationId: at.me.organizationId } })).toBe(1)
    await deliver(at, sample('polar', 'order.refunded-full'), 'b')
    expect(await told(at)).toEqual(['refunded', 'refunded'])
    expect(await issue()).toContain('This order is refunded')
  })

  test('that a person canceled stays so, whatever the store says later', async () => {
    const at = await shop()
    await place(at, (await product(at.me, 'Quill Pro')).productId)
    await deliver(at, sample('polar', 'order.paid'), 'a')
    const [purchase] = await prisma.purchase.findMany({ where: { organizationId: at.me.organizationId } })
    await cancelPurchase(at.me, { purchaseId: purchase?.id ?? '', reason: '', tell: false }, new Date())
    expect(await told(at)).toEqual(['ended'])
    await deliver(at, sample('polar', 'order.paid'), 'b')
    expect(await told(at)).toEqual(['ended'])
    await deliver(at, sample('polar', 'order.refunded-full'), 'c')
    expect(await prisma.purchase.findMany({ where: { organizationId: at.me.organizationId } })).toMatchObject([
      { status: 'canceled', state: 'ended', endedByHand: 'canceled', reasons: ['refunded', 'ended'] },
    ])
  })

  test('follows its buyer to another address, unless that is somebody else’s; the old one is told', async () => {
    const at = await shop()
    await place(at, (await product(at.me, 'Quill Pro')).productId)
    await deliver(at, sample('polar', 'order.paid'), 'a')
    const moved = (email: string, minute: number) =>
      JSON.stringify({
        ...{ type: 'customer.updated', timestamp: new Date(Date.UTC(2027, 0, 1, 0, minute)).toISOString() },
        data: {
          ...{ id: '0b9a4a52-6f1d-4d0e-9a55-6a4b7f2f3c01', email, name: 'Lena Ortiz', created_at: null },
          modified_at: new Date(Date.UTC(2027, 0, 1, 0, minute)).toISOString(),
        },
      })
    await deliver(at, moved('lena@new.example', 1), 'b')
    const { organizationId } = at.me
    const emails = async () => (await prisma.customer.findMany({ where: { organizationId } })).map(({ email }) => email)
    expect(await emails()).toEqual(['lena@new.example'])
    expect(await prisma.mail.findMany({ where: { organizationId, template: 'address-changed' } })).toMatchObject([
      { to: 'lena@customer.example' },
    ])
    await prisma.customer.create({ data: { id: newId(), organizationId, email: 'taken@other.example' } })
    await deliver(at, moved('taken@other.example', 2), 'c')
    expect((await emails()).sort()).toEqual(['lena@new.example', 'taken@other.example'])
  })

  test('of a test connection makes a key that is marked, and mails nobody', async () => {
    const at = await shop('test')
    await place(at, (await product(at.me, 'Quill Pro')).productId)
    await deliver(at, sample('polar', 'order.paid'), 'a')
    const [key] = await keysOf(at)
    expect(key).toMatchObject({ prefix: 'TEST', purchase: { isTest: true } })
    expect(await prisma.mail.count({ where: { organizationId: at.me.organizationId } })).toBe(0)
  })

  test('while the connection is off waits until it is on', async () => {
    const at = await shop()
    await place(at, (await product(at.me, 'Quill Pro')).productId)
    await switchStore(at.me, { connectionId: at.connectionId, off: true }, new Date())
    await deliver(at, sample('polar', 'order.paid'), 'a')
    expect(await told(at)).toEqual([])
    await switchStore(at.me, { connectionId: at.connectionId, off: false }, new Date())
    await sweepStores(system, new Date(), at.connectionId)
    expect(await told(at)).toEqual(['granted'])
  })
})

describe('a subscription', () => {
  const life = [
    'subscription.created',
    'subscription.active',
    'subscription.past_due',
    'subscription.paused',
    'subscription.resumed',
    'subscription.updated-seats',
    'subscription.canceled-at-period-end',
    'subscription.uncanceled',
    'subscription.revoked',
  ]
  // The samples tell separate stories; here each is one minute newer than the one before it.
  const step = (name: string, at: number) =>
    changed(name, (body) => {
      const time = new Date(Date.UTC(2026, 8, 1, 10, at)).toISOString()
      body.timestamp = time
      body.data.modified_at = time
      body.data.current_period_start = '2026-09-01T10:00:00Z'
      body.data.current_period_end = '2027-09-01T10:00:00Z'
      if (body.data.ended_at) body.data.ended_at = time
      if (body.data.ends_at && body.data.status !== 'canceled') body.data.ends_at = '2027-09-01T10:00:00Z'
    })
  const now = new Date('2026-09-02T10:00:00Z')

  test('one key lives through it all', async () => {
    const at = await shop()
    const { productId } = await product(at.me, 'Quill Pro')
    await place(at, productId)
    const seen: string[] = []
    for (const [index, name] of life.entries()) {
      await deliver(at, step(name, index), name, now)
      seen.push(`${name}: ${(await told(at)).join(' ')}`)
    }
    expect(seen).toEqual([
      'subscription.created: ',
      'subscription.active: granted',
      'subscription.past_due: granted',
      'subscription.paused: paused',
      'subscription.resumed: granted',
      'subscription.updated-seats: granted granted granted granted granted',
      'subscription.canceled-at-period-end: granted ended ended ended ended',
      'subscription.uncanceled: granted ended ended ended ended',
      'subscription.revoked: ended ended ended ended ended',
    ])
  })

  test('its buyer is told what matters, once each; a test has no buyer', async () => {
    const [at, trial] = [await shop(), await shop('test')]
    for (const each of [at, trial]) {
      await place(each, (await product(each.me, 'Quill Pro')).productId)
      for (const [index, name] of life.entries()) await deliver(each, step(name, index), name, now)
      await deliver(each, step('subscription.revoked', 20), 'again', now)
    }
    const mails = await prisma.mail.findMany({
      where: { organizationId: at.me.organizationId },
      orderBy: { id: 'asc' },
    })
    expect(mails.map(({ template, to }) => `${template} ${to}`).sort()).toEqual([
      'license-key lena@customer.example',
      // Four seats more, in one mail.
      'license-keys lena@customer.example',
      ...Array(2).fill('purchase-news lena@customer.example'),
    ])
    const written = await Promise.all(
      mails
        .filter(({ template }) => template === 'purchase-news')
        .map((mail) => writeMail(openContents(mail), mail.to, mail.id)),
    )
    expect(written.map(({ subject }) => subject)).toEqual(['The payment for Quill Pro failed', 'Quill Pro has ended'])
    expect(written[0]?.text).toMatch(
      /Quill Pro works until 15 September 2026, 10:02 UTC\.\s+Please check your payment details at Polar;/,
    )
    expect(written[1]?.text).toContain('your license for Quill Pro no longer works')
    expect(await prisma.mail.count({ where: { organizationId: trial.me.organizationId } })).toBe(0)
  })

  test('in any order, doubled, it comes to the same', async () => {
    const steps = life.map((name, index) => ({ name, body: step(name, index) }))
    const outcomes = await Promise.all(
      [steps, steps.toReversed(), [...steps.slice(4), ...steps.slice(0, 6)]].map(async (order) => {
        const at = await shop()
        await place(at, (await product(at.me, 'Quill Pro')).productId)
        for (const { name, body } of order) await deliver(at, body, name, now)
        const [purchase] = await prisma.purchase.findMany({ where: { organizationId: at.me.organizationId } })
        const { state, reasons, status, quantity, paidThrough, endsAt } = purchase ?? {}
        return {
          state,
          reasons,
          status,
          quantity,
          paidThrough,
          endsAt,
          granted: (await told(at)).filter((each) => each === 'granted'),
        }
      }),
    )
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[2]).toEqual(outcomes[0])
  })

  test('seats are devices where the merchant says so; a limit somebody chose stays', async () => {
    const at = await shop()
    await place(at, (await product(at.me, 'Quill Pro', 2)).productId, 'devices')
    await deliver(at, step('subscription.active', 1), 'a', now)
    await deliver(at, step('subscription.updated-seats', 2), 'b', now)
    expect(await keysOf(at)).toMatchObject([{ activationsModeOverride: 'limited', activationLimitOverride: 10 }])
    await deliver(at, step('subscription.active', 3), 'c', now)
    const [key] = await keysOf(at)
    expect(key).toMatchObject({ activationsModeOverride: null, activationLimitOverride: null })
    await prisma.licenseKey.update({
      where: { id: key?.id ?? '' },
      data: { activationsModeOverride: 'limited', activationLimitOverride: 7 },
    })
    await deliver(at, step('subscription.updated-seats', 4), 'd', now)
    expect(await keysOf(at)).toMatchObject([{ activationLimitOverride: 7 }])
  })

  test('another plan is the same key', async () => {
    const at = await shop()
    const [pro, studio] = [await product(at.me, 'Quill Pro'), await product(at.me, 'Quill Studio')]
    await place(at, pro.productId)
    await prisma.product.update({ where: { id: studio.productId }, data: { externalIds: ['studio'] } })
    await deliver(at, step('subscription.active', 1), 'a', now)
    const [before] = await keysOf(at)
    const device = await activate(
      { kind: 'software', address: null },
      { key: openKeyString(before?.keyCipher ?? new Uint8Array()), label: 'Mac' } as never,
      new Date(),
    )
    expect(device.verdict.code).toBe('ACTIVATED')
    const other = JSON.parse(step('subscription.active', 2))
    Object.assign(other.data, { product_id: 'studio', price_id: null })
    await deliver(at, JSON.stringify(other), 'b', now)
    const after = await keysOf(at)
    expect(after).toMatchObject([
      { id: before?.id, productId: studio.productId, keyConfigurationId: studio.keyConfigurationId },
    ])
    expect(await verdict(after[0]?.keyCipher ?? new Uint8Array())).toBe('VALID')
  })

  test('what a person switched off stays off through a pause', async () => {
    const at = await shop()
    await place(at, (await product(at.me, 'Quill Pro')).productId)
    await deliver(at, step('subscription.active', 1), 'a', now)
    const [key] = await keysOf(at)
    await disableLicenseKeys(at.me, { licenseKeyIds: [key?.id ?? ''], reason: '' }, now)
    await deliver(at, step('subscription.paused', 2), 'b', now)
    await deliver(at, step('subscription.resumed', 3), 'c', now)
    expect(await told(at)).toEqual(['disabled'])
  })

  test('time alone ends it: a failed payment, and a silence', async () => {
    const at = await shop()
    await place(at, (await product(at.me, 'Quill Pro')).productId)
    await deliver(at, step('subscription.past_due', 1), 'a', now)
    expect(await told(at)).toEqual(['granted'])
    await sweepStores(system, new Date('2026-09-15T09:00:00Z'), at.connectionId)
    expect(await told(at)).toEqual(['granted'])
    await sweepStores(system, new Date('2026-09-15T11:00:00Z'), at.connectionId)
    expect(await told(at)).toEqual(['lapsed'])
    const quiet = await shop()
    await place(quiet, (await product(quiet.me, 'Quill Pro')).productId)
    await deliver(quiet, step('subscription.active', 1), 'a', now)
    await sweepStores(system, new Date('2027-09-15T09:00:00Z'), quiet.connectionId)
    expect(await told(quiet)).toEqual(['granted'])
    await sweepStores(system, new Date('2027-09-15T11:00:00Z'), quiet.connectionId)
    expect(await told(quiet)).toEqual(['lapsed'])
  })
})
