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
import { endDuePurchases } from '../purchases/life.ts'
import { connectStore, placeProduct, removeStore } from '../stores/commands.ts'
import { readConnection, takeFacts } from '../stores/handle.ts'
import { API_ROOT, answerApi } from './serve.ts'

const answer = forNext(API_ROOT, answerApi)
const system = { kind: 'system', name: 'Test' } as const

type Key = { id: string; key: string; status: string; revoked_for: string[]; expires_at: string | null; held: boolean }

async function shop(scopes: readonly ApiScope[] = apiScopes) {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  const me: Member = {
    kind: 'merchant',
    userId: newId(),
    email: 'm@x.example',
    name: 'Mara',
    organizationId,
    role: 'owner',
  }
  await prisma.user.create({
    data: {
      id: me.userId,
      email: `${me.userId}@example.com`,
      memberships: { create: { organizationId, role: 'owner' } },
    },
  })
  const { token } = await createApiKey(me, { name: 'CI', scopes: [...scopes], expiresOn: null }, new Date())
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await answer(
      new Request(`http://x.invalid/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
    return { status: response.status, json: await response.json() }
  }
  const configuration = async (name: string) =>
    (await createKeyConfiguration(me, { ...newKeyConfiguration, name }, new Date())).id
  const product = async (name: string, ...keyConfigurationIds: string[]) =>
    (await createProduct(me, { name, description: null, keyConfigurationIds }, new Date())).id
  const pro = await product('Pro', await configuration('Pro'))
  const buy = async (more: object = {}, productId = pro) => {
    const body = { product_id: productId, customer: { email: 'lena@x.example' }, ...more }
    const { json } = await send('POST', '/purchases', body)
    return json.id as string
  }
  const act = (id: string, verb: string, body: object = {}) => send('POST', `/purchases/${id}/${verb}`, body)
  const keysOf = async (id: string): Promise<Key[]> =>
    (await send('GET', `/license-keys?purchase_id=${id}&sort=created_at`)).json.data
  const history = async (purchaseId: string) =>
    (await prisma.event.findMany({ where: { purchaseId, licenseKeyId: null }, orderBy: { id: 'asc' } })).map(
      ({ type }) => type,
    )
  return { me, send, configuration, product, pro, buy, act, keysOf, history }
}

describe('a purchase that no store speaks of', () => {
  test('is canceled for the end of its period, resumed, extended, and ends on its day', async () => {
    const { buy, act, keysOf, history } = await shop()
    const id = await buy({ kind: 'subscription' })
    // Nobody has said until when it is paid.
    expect(await act(id, 'cancel', { at: 'period_end' })).toMatchObject({
      status: 422,
      json: { code: 'INVALID_INPUT', errors: [{ path: 'ends_at' }] },
    })
    expect(await act(id, 'extend', { paid_through: '2090-01-01T00:00:00Z' })).toMatchObject({
      status: 200,
      json: { state: 'active', paid_through: '2090-01-01T00:00:00.000Z', ends_at: null },
    })
    expect(await act(id, 'cancel', { at: 'period_end' })).toMatchObject({
      json: { state: 'ending', status: 'active', reasons: [], ends_at: '2090-01-01T00:00:00.000Z' },
    })
    expect((await keysOf(id))[0]).toMatchObject({ status: 'granted', expires_at: '2090-01-01T00:00:00.000Z' })
    // Paid once more: it ends a year later, and the key with it.
    expect(await act(id, 'extend', { paid_through: '2091-01-01T00:00:00Z' })).toMatchObject({
      json: { state: 'ending', ends_at: '2091-01-01T00:00:00.000Z' },
    })
    expect((await keysOf(id))[0]).toMatchObject({ expires_at: '2091-01-01T00:00:00.000Z' })
    expect(await act(id, 'extend', { paid_through: '2090-06-01T00:00:00Z' })).toMatchObject({ status: 422 })
    expect(await act(id, 'resume')).toMatchObject({ json: { state: 'active', ends_at: null, reasons: [] } })
    expect((await keysOf(id))[0]).toMatchObject({ expires_at: null })

    await act(id, 'cancel', { at: 'period_end' })
    await endDuePurchases(system, new Date('2090-12-31T00:00:00Z'))
    expect((await keysOf(id))[0]).toMatchObject({ status: 'granted' })
    await endDuePurchases(system, new Date('2091-01-01T00:00:01Z'))
    await endDuePurchases(system, new Date('2091-01-01T00:00:02Z'))
    expect((await keysOf(id))[0]).toMatchObject({ status: 'revoked', revoked_for: ['ended'] })
    expect(await act(id, 'resume')).toMatchObject({ json: { status: 'active', reasons: [] } })
    expect((await keysOf(id))[0]).toMatchObject({ status: 'granted' })
    // It ended in 2091.
    expect(await history(id)).toEqual([
      ...['purchase.created', 'purchase.renewed', 'purchase.ending', 'purchase.renewed', 'purchase.resumed'],
      ...['purchase.ending', 'purchase.resumed', 'purchase.ended'],
    ])
  })

  test('is canceled at once: nothing waits for its day any more', async () => {
    const { buy, act, keysOf } = await shop()
    const id = await buy({ kind: 'subscription' })
    await act(id, 'cancel', { at: 'period_end', ends_at: '2090-01-01T00:00:00Z' })
    expect(await act(id, 'cancel', { ends_at: '2090-01-01T00:00:00Z' })).toMatchObject({ status: 422 })
    expect(await act(id, 'cancel')).toMatchObject({
      json: { state: 'ended', status: 'canceled', ended_by_hand: 'canceled', reasons: ['ended'], ends_at: null },
    })
    expect(await act(id, 'extend', { paid_through: '2090-01-01T00:00:00Z' })).toMatchObject({
      json: { code: 'CONFLICT', detail: 'This purchase has ended. Resume it first.' },
    })
    expect(await act(id, 'resume')).toMatchObject({ json: { state: 'active', ended_by_hand: null } })
    expect((await keysOf(id))[0]).toMatchObject({ status: 'granted', expires_at: null })
  })

  test('is refunded in part: keys that nobody uses go first, and nothing brings them back by itself', async () => {
    const { buy, act, keysOf, history } = await shop()
    const id = await buy({ quantity: 3 })
    const [first] = await keysOf(id)
    await prisma.licenseKey.update({ where: { id: first?.id ?? '' }, data: { firstActivatedAt: new Date() } })
    expect(await act(id, 'refund', { units: 1 })).toMatchObject({ json: { status: 'active', reasons: [] } })
    const states = async () => (await keysOf(id)).map(({ status }) => status)
    expect(await states()).toEqual(['granted', 'granted', 'revoked'])
    expect(await act(id, 'refund', { units: 3 })).toMatchObject({ status: 422, json: { errors: [{ path: 'units' }] } })
    expect(await act(id, 'refund', { license_key_ids: [newId()] })).toMatchObject({ status: 422 })
    await act(id, 'cancel')
    await act(id, 'resume')
    expect(await states()).toEqual(['granted', 'granted', 'revoked'])
    // What is left goes back: that is all of it.
    expect(await act(id, 'refund', { units: 2 })).toMatchObject({ json: { status: 'refunded', reasons: ['refunded'] } })
    expect(await states()).toEqual(['revoked', 'revoked', 'revoked'])
    expect(await act(id, 'resume')).toMatchObject({ status: 409 })
    expect(await act(id, 'refund', { units: 1 })).toMatchObject({ status: 409 })
    expect(await history(id)).toEqual([
      ...['purchase.created', 'purchase.updated', 'purchase.canceled', 'purchase.resumed', 'purchase.refunded'],
    ])
  })

  test('changes its plan: the key keeps its string; what is granted beside is issued, what is not any more ends', async () => {
    const { buy, act, keysOf, product, configuration, send } = await shop()
    const [studio, sync] = [await configuration('Studio'), await configuration('Sync')]
    const both = await product('Studio', studio, sync)
    const id = await buy({ quantity: 2 })
    const before = (await keysOf(id)).map((key) => key.key)
    expect(await act(id, 'change-plan', { product_id: both })).toMatchObject({
      status: 200,
      json: { product: { name: 'Studio' }, license_key_ids: { length: 4 } },
    })
    const after = await keysOf(id)
    expect(after.slice(0, 2).map((key) => key.key)).toEqual(before)
    expect(after).toMatchObject([
      ...[{ key_configuration_id: studio }, { key_configuration_id: studio }],
      ...[{ key_configuration_id: sync }, { key_configuration_id: sync }],
    ])
    // One configuration alone.
    await act(id, 'change-plan', { key_configuration_id: sync })
    expect((await keysOf(id)).map(({ status }) => status)).toEqual(['revoked', 'revoked', 'granted', 'granted'])
    expect(await act(id, 'change-plan', { key_configuration_id: await configuration('Else') })).toMatchObject({
      status: 409,
      json: { errors: [{ path: 'key_configuration_id' }] },
    })
    expect(await act(id, 'change-plan', { product_id: newId() })).toMatchObject({ status: 404 })
    expect(await act(id, 'change-plan')).toMatchObject({ status: 422 })
    // Trying it changes nothing.
    const { json } = await send('POST', `/purchases/${id}/change-plan?dry_run=true`, { product_id: both })
    expect(json.license_key_ids).toHaveLength(4)
    expect((await keysOf(id)).map(({ status }) => status)).toEqual(['revoked', 'revoked', 'granted', 'granted'])
  })

  test('has its keys held in spite of it, and released', async () => {
    const { buy, act, keysOf } = await shop()
    const id = await buy()
    await act(id, 'hold', { reason: 'A gift' })
    await act(id, 'refund')
    expect((await keysOf(id))[0]).toMatchObject({ status: 'granted', held: true, revoked_for: [] })
    await act(id, 'release')
    expect((await keysOf(id))[0]).toMatchObject({ status: 'revoked', held: false, revoked_for: ['refunded'] })
  })

  test('has no period when it is bought once', async () => {
    const { buy, act } = await shop()
    const id = await buy()
    for (const [verb, body] of [
      ['extend', { paid_through: '2090-01-01T00:00:00Z' }],
      ['cancel', { at: 'period_end', ends_at: '2090-01-01T00:00:00Z' }],
    ] as const)
      expect(await act(id, verb, body)).toMatchObject({
        status: 409,
        json: { detail: expect.stringMatching(/^A one-time purchase/) },
      })
  })

  test('is changed by whoever may', async () => {
    const { buy } = await shop()
    const id = await buy()
    const blind = await shop(['purchases:write'])
    for (const verb of ['hold', 'release', 'change-plan', 'resume', 'refund', 'cancel', 'extend']) {
      const body = { 'change-plan': { product_id: newId() }, extend: { paid_through: '2090-01-01T00:00:00Z' } }[verb]
      const needsKeys = ['hold', 'release', 'change-plan'].includes(verb)
      expect((await blind.act(id, verb, body ?? {})).status, verb).toBe(needsKeys ? 403 : 404)
    }
  })
})

describe('a purchase that a store speaks of', () => {
  test('is decided there; what was canceled here stands again as the store says', async () => {
    const { me, act, keysOf, pro, send } = await shop()
    const at = new Date('2026-09-01T10:00:00Z')
    const { connectionId } = await connectStore(me, { store: 'custom', mode: 'live', name: 'Website' }, at)
    await placeProduct(
      me,
      { connectionId, ref: 'pro', as: { kind: 'product', productId: pro }, quantityIs: 'keys' },
      at,
    )
    const said = { version: at.toISOString(), occurredAt: at.toISOString() }
    const line = {
      ...said,
      kind: 'line',
      ref: 'subscription:S1',
      line: '',
      type: 'subscription',
      state: 'live',
    } as const
    const connection = await readConnection(connectionId)
    if (!connection) throw new Error('no connection')
    const buyer = { ref: null, email: 'lena@x.example', name: null }
    await prisma.$transaction((tx) =>
      takeFacts(tx, connection, [{ ...line, productIds: ['pro'], buyer, quantity: 1, endsAt: null }], at),
    )
    const { json } = await send('GET', '/purchases')
    const id = json.data[0].id
    expect(json.data[0]).toMatchObject({ follows_store: true, store_id: connectionId, state: 'active', reasons: [] })
    for (const [verb, body] of [
      ['extend', { paid_through: '2090-01-01T00:00:00Z' }],
      ['cancel', { at: 'period_end', ends_at: '2090-01-01T00:00:00Z' }],
      ['change-plan', { product_id: pro }],
      ['refund', { units: 1 }],
    ] as const) {
      const refused = await act(id, verb, body)
      expect([refused.status, refused.json.code], verb).toEqual([409, 'CONFLICT'])
      expect(refused.json.detail, verb).toMatch(/^Its store says/)
    }
    expect(await act(id, 'cancel')).toMatchObject({ json: { state: 'ended', reasons: ['ended'] } })
    expect((await keysOf(id))[0]).toMatchObject({ status: 'revoked' })
    expect(await act(id, 'resume')).toMatchObject({ json: { state: 'active', reasons: [], ended_by_hand: null } })
    expect((await keysOf(id))[0]).toMatchObject({ status: 'granted' })
    // What the store has ended meanwhile stays ended.
    const later = { version: '2026-09-02T10:00:00.000Z', occurredAt: '2026-09-02T10:00:00.000Z' }
    await prisma.$transaction((tx) =>
      takeFacts(tx, connection, [{ ...line, ...later, state: 'ended', endsAt: later.occurredAt }], new Date()),
    )
    expect(await act(id, 'resume')).toMatchObject({ status: 409 })
    // Nobody speaks of it any more.
    await removeStore(me, { connectionId }, new Date())
    expect(await act(id, 'resume')).toMatchObject({ json: { state: 'active', follows_store: false, store: 'custom' } })
  })

  test('with fewer units: the key that is too many stays revoked when it is restored by hand, and works when it is held', async () => {
    const { me, act, keysOf, pro, send } = await shop()
    const at = new Date('2026-09-01T10:00:00Z')
    const { connectionId } = await connectStore(me, { store: 'custom', mode: 'live', name: 'Website' }, at)
    await placeProduct(
      me,
      { connectionId, ref: 'pro', as: { kind: 'product', productId: pro }, quantityIs: 'keys' },
      at,
    )
    const connection = await readConnection(connectionId)
    if (!connection) throw new Error('no connection')
    const say = (quantity: number, day: string) =>
      prisma.$transaction((tx) =>
        takeFacts(
          tx,
          connection,
          [
            {
              ...{ kind: 'line', ref: 'subscription:S1', line: '', type: 'subscription', state: 'live', endsAt: null },
              ...{ version: day, occurredAt: day, productIds: ['pro'], productName: 'Quill of the store', quantity },
              buyer: { ref: null, email: 'lena@x.example', name: null },
            },
          ],
          at,
        ),
      )
    await say(2, '2026-09-01T10:00:00.000Z')
    // Placed before anything was sold: its name came with the sale.
    expect(await prisma.storeProduct.findFirst({ where: { connectionId } })).toMatchObject({
      name: 'Quill of the store',
    })
    await say(1, '2026-09-02T10:00:00.000Z')
    const { json } = await send('GET', '/purchases')
    const id = json.data[0].id
    const [, extra] = await keysOf(id)
    expect(extra).toMatchObject({ status: 'revoked', revoked_for: ['ended'] })
    expect(await send('POST', `/license-keys/${extra?.id}/restore`)).toMatchObject({ status: 409 })
    expect(await send('PATCH', `/license-keys/${extra?.id}`, { held: true })).toMatchObject({
      json: { status: 'granted' },
    })
    expect(await send('PATCH', `/license-keys/${extra?.id}`, { held: false })).toMatchObject({
      json: { status: 'revoked' },
    })
    await act(id, 'hold')
    await act(id, 'release')
    expect((await keysOf(id)).map(({ status }) => status)).toEqual(['granted', 'revoked'])
    await say(2, '2026-09-03T10:00:00.000Z')
    expect((await keysOf(id)).map(({ status }) => status)).toEqual(['granted', 'granted'])
  })
})
