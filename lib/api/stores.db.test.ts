import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { type ApiScope, apiScopes } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { forNext } from '../http/for-next.ts'
import { createKeyConfiguration } from '../key-configurations/commands.ts'
import { newKeyConfiguration } from '../key-configurations/schema.ts'
import { createApiKey } from '../organizations/commands.ts'
import { createProduct } from '../products/commands.ts'
import { handleDelivery } from '../stores/handle.ts'
import { answerStore, STORES_ROOT } from '../stores/intake.ts'
import { API_ROOT, answerApi } from './serve.ts'

const answer = forNext(API_ROOT, answerApi)
const system = { kind: 'system', name: 'Test' } as const

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'm@x.example', name: 'Mara', organizationId, role: 'owner' },
  }
  await prisma.user.create({
    data: {
      id: me.userId,
      email: `${me.userId}@example.com`,
      memberships: { create: { organizationId, role: 'owner' } },
    },
  })
  const as = async (scopes: readonly ApiScope[] = apiScopes) => {
    const { token } = await createApiKey(me, { name: 'CI', scopes: [...scopes], expiresOn: null }, new Date())
    return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const response = await answer(
        new Request(`http://x.invalid/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, ...headers },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      )
      const text = await response.text()
      return { status: response.status, text, json: JSON.parse(text) }
    }
  }
  return { me, organizationId, as, send: await as() }
}

/** Posts what a shop of one's own would, and has it handled. */
async function say({ address, secret }: { address: string; secret: string }, order: string, product = 'quill') {
  const body = JSON.stringify({
    type: 'purchase.updated',
    timestamp: new Date().toISOString(),
    data: {
      ...{ order_id: order, status: 'active', customer: { email: 'lena@x.example' } },
      items: [{ product_id: product, product_name: `Name of ${product}` }],
    },
  })
  const [id, at] = [newId(), new Date()]
  const headers: Record<string, string> = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
  const { status } = await answerStore({
    ...{ method: 'POST', path: new URL(address).pathname.slice(STORES_ROOT.length), query: '', address: null },
    header: (name) => headers[name] ?? null,
    body: async () => Buffer.from(body),
  })
  for (const { id } of await prisma.storeDelivery.findMany({ where: { state: 'new', key: { contains: order } } }))
    await handleDelivery(system, id, new Date())
  return status
}

const handleAll = async (connectionId: string) => {
  for (const { id } of await prisma.storeDelivery.findMany({ where: { connectionId, state: 'new' } }))
    await handleDelivery(system, id, new Date())
}

describe('stores over the API', () => {
  test('are connected, believed, placed and removed; secrets are told once', async () => {
    const { me, send } = await shop()
    const made = await send('POST', '/stores', { store: 'custom', mode: 'live', name: 'Website' })
    expect(made).toMatchObject({
      status: 201,
      json: { store: 'custom', state: 'waiting', has_secret: true, secret: expect.stringMatching(/^whsec_/) },
    })
    const { id, address, secret } = made.json
    expect((await send('GET', `/stores/${id}`)).text).not.toContain(secret)
    expect(await say({ address, secret }, 'W-1')).toBe(200)
    await handleAll(id)
    expect((await send('GET', '/stores')).json.data).toMatchObject([
      {
        id,
        state: 'connected',
        waiting: { products: 1, sales: 1, failed: 0, new: 0, refunds: 0 },
        deliveries: 1,
        purchases: 0,
      },
    ])
    expect((await send('GET', `/stores/${id}/products`)).json.data).toMatchObject([
      { ref: 'quill', name: 'Name of quill', product_id: null, ignored: false, waiting_sales: 1 },
    ])

    const configuration = await createKeyConfiguration(me, { ...newKeyConfiguration, name: 'Pro' }, new Date())
    const product = await createProduct(
      me,
      { name: 'Quill', description: null, keyConfigurationIds: [configuration.id] },
      new Date(),
    )
    expect(await send('POST', `/stores/${id}/products`, { ref: 'quill', product_id: newId() })).toMatchObject({
      status: 404,
      json: { errors: [{ path: 'product_id' }] },
    })
    const placed = await send('POST', `/stores/${id}/products`, { ref: 'quill', product_id: product.id })
    expect(placed.json.data).toMatchObject([{ ref: 'quill', product_id: product.id }])
    await handleAll(id)
    expect((await send('GET', '/license-keys')).json.data).toMatchObject([{ test: false }])
    await prisma.purchase.updateMany({ where: { organizationId: me.organizationId }, data: { isTest: true } })
    expect((await send('GET', '/license-keys')).json.data).toMatchObject([{ test: true }])
    await prisma.purchase.updateMany({ where: { organizationId: me.organizationId }, data: { isTest: false } })
    const [sold] = (await send('GET', '/purchases')).json.data
    expect(sold).toMatchObject({ reference: 'W-1', store_id: id, test: false, amounts: [] })
    const said = <Value>(value: Value) => ({ version: '1', value })
    const register = { fields: { amount: said(4_900), currency: said('eur') }, aliases: [] }
    await prisma.storePayment.create({
      data: { connectionId: id, payment: 'p1', ref: 'order:W-1', names: ['p1'], register },
    })
    expect((await send('GET', `/purchases/${sold.id}`)).json.amounts).toEqual([
      { currency: 'EUR', paid: 4_900, refunded: 0, of_whole_order: false },
    ])

    const rotated = await send('POST', `/stores/${id}/rotate-secret`)
    expect(rotated.json).toMatchObject({ has_secret: true, former_secret_until: expect.any(String) })
    expect(rotated.json.secret).not.toBe(secret)
    expect(await say({ address, secret: rotated.json.secret }, 'W-2')).toBe(200)

    expect(await send('DELETE', `/stores/${id}`)).toMatchObject({ status: 200, json: { id, deleted: true } })
    expect((await send('GET', `/stores/${id}`)).status).toBe(404)
    expect((await send('GET', '/purchases')).json.data).toMatchObject([{ reference: 'W-1', store_id: null }])
  })

  test('change: name, life of a key, API access, off and on', async () => {
    const { send } = await shop()
    const order = { store: 'polar', mode: 'live', name: 'Polar', secret: 'polar_whs_abcdefghijk' }
    const { id } = (await send('POST', '/stores', { ...order, settings: { grace_days: 3 } })).json
    expect(await send('PATCH', `/stores/${id}`, { name: 'Polar EU', settings: { mails_ended: false } })).toMatchObject({
      json: { name: 'Polar EU', settings: { grace_days: 3, margin_days: 14, mails_ended: false } },
    })
    expect(await send('PATCH', `/stores/${id}`, { settings: { grace_days: 400 } })).toMatchObject({ status: 422 })
    expect(await send('PATCH', `/stores/${id}`, { settings: { grace_day: 4 } })).toMatchObject({ status: 422 })
    expect(await send('PATCH', `/stores/${id}`, { off: true })).toMatchObject({ json: { state: 'off' } })
    const access = await send('PATCH', `/stores/${id}`, { off: false, api_access: 'polar_oat_secret' })
    expect(access).toMatchObject({ json: { state: 'waiting', has_api_access: true } })
    expect(access.text).not.toContain('polar_oat_secret')
    expect(await send('PATCH', `/stores/${id}`, { api_access: null })).toMatchObject({
      json: { has_api_access: false },
    })
    // Polar shows its own.
    expect(await send('POST', `/stores/${id}/rotate-secret`)).toMatchObject({ status: 409 })
    // What cannot be a secret leaves nothing behind.
    expect((await send('POST', '/stores', { ...order, secret: ' ' })).status).toBe(422)
    expect((await send('POST', '/stores?dry_run=true', order)).status).toBe(201)
    expect((await send('GET', '/stores')).json.data).toHaveLength(1)
  })

  test('what they sent is listed, read and handled again, one or all', async () => {
    const { send } = await shop()
    const store = (await send('POST', '/stores', { store: 'custom', mode: 'live', name: 'Shop' })).json
    await say(store, 'W-1')
    await say(store, 'W-2')
    await handleAll(store.id)
    const list = await send('GET', `/store-deliveries?store_id=${store.id}&state=waiting&limit=1`)
    expect(list.json).toMatchObject({
      data: [{ store_id: store.id, type: 'purchase.updated', state: 'waiting', outcome: [expect.any(String)] }],
      has_more: true,
    })
    const next = await send(
      'GET',
      `/store-deliveries?store_id=${store.id}&state=waiting&limit=1&cursor=${list.json.next_cursor}`,
    )
    expect(next.json).toMatchObject({ data: [{}], has_more: false })
    const [{ id }] = list.json.data
    expect((await send('GET', `/store-deliveries/${id}`)).json.body).toContain('"order_id":"W-2"')
    expect((await send('POST', `/store-deliveries/${id}/handle-again`)).json).toMatchObject({
      id,
      state: 'new',
      attempts: 0,
    })
    expect((await send('POST', `/stores/${store.id}/handle-again`, { state: 'waiting' })).json).toEqual({
      deliveries: 1,
    })
  })

  test('are read on demand, once at a time and once per Idempotency-Key', async () => {
    const { send } = await shop()
    const order = { store: 'polar', mode: 'live', name: 'Polar', secret: 'polar_whs_abcdefghijk' }
    const { id } = (await send('POST', '/stores', order)).json
    expect(await send('POST', `/stores/${id}/reconcile`)).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('API access') },
    })
    await send('PATCH', `/stores/${id}`, { api_access: 'polar_oat_x' })
    expect((await send('POST', `/stores/${id}/reconcile`, { since: '2090-01-01T00:00:00Z' })).status).toBe(422)
    const key = { 'idempotency-key': newId() }
    const asked = { since: '2026-09-01T00:00:00Z' }
    const started = await send('POST', `/stores/${id}/reconcile`, asked, key)
    expect(started).toMatchObject({
      status: 201,
      json: { store_id: id, state: 'waiting', asked_by: 'API key CI', since: '2026-09-01T00:00:00.000Z', report: [] },
    })
    expect((await send('POST', `/stores/${id}/reconcile`, asked, key)).json.id).toBe(started.json.id)
    expect((await send('POST', `/stores/${id}/reconcile`, asked)).status).toBe(409)
    expect((await send('GET', `/store-reconciliations?store_id=${id}`)).json.data).toEqual([started.json])
    expect((await send('GET', `/store-reconciliations/${started.json.id}`)).json).toEqual(started.json)
  })

  test('whoever may only read sees no address and changes nothing; another organization sees nothing', async () => {
    const { as, send } = await shop()
    const store = (await send('POST', '/stores', { store: 'custom', mode: 'live', name: 'Shop' })).json
    await say(store, 'W-1')
    await handleAll(store.id)
    const delivery = (await send('GET', '/store-deliveries')).json.data[0]
    const reading = await as(['stores:read'])
    expect((await reading('GET', `/stores/${store.id}`)).json).toMatchObject({ id: store.id, address: null })
    const other = await shop()
    for (const [method, path, body] of [
      ['PATCH', `/stores/${store.id}`, { name: 'Mine' }],
      ['DELETE', `/stores/${store.id}`],
      ['POST', `/stores/${store.id}/rotate-secret`],
      ['POST', `/stores/${store.id}/products`, { ref: 'quill', ignored: true }],
      ['POST', `/stores/${store.id}/reconcile`],
      ['POST', `/stores/${store.id}/handle-again`],
      ['POST', `/store-deliveries/${delivery.id}/handle-again`],
    ] as const) {
      expect((await reading(method, path, body)).status, path).toBe(403)
      expect((await other.send(method, path, body)).status, path).toBe(404)
    }
    for (const path of [`/stores/${store.id}`, `/stores/${store.id}/products`, `/store-deliveries/${delivery.id}`])
      expect((await other.send('GET', path)).status, path).toBe(404)
    for (const path of [
      '/stores',
      `/store-deliveries?store_id=${store.id}`,
      `/store-reconciliations?store_id=${store.id}`,
    ])
      expect((await other.send('GET', path)).json.data, path).toEqual([])
    expect((await send('GET', '/stores')).json.data).toMatchObject([{ name: 'Shop' }])
  })
})
