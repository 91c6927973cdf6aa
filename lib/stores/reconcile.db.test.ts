import { describe, expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import { sample } from '../../e2e/store-samples.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import type { Outside } from '../http/outside.ts'
import { connectStore, placeProduct, setStoreCredential, switchStore } from './commands.ts'
import { getStore } from './queries.ts'
import { dueForReconcile, reconcileStore, startReconciliation } from './reconcile.ts'
import { listReconciliationRecords } from './records.ts'
import { tryAccess } from './try-access.ts'

const system = { kind: 'system', name: 'Latchkey' } as const
const refusal = (code: string) => expect.objectContaining({ code })
const at = (day: string) => new Date(`2026-${day}T08:00:00Z`)

type Order = { id: number; number: string; status: string; date_modified_gmt: string; total: string; refunds: object[] }

/** A shop of WooCommerce's with these orders, as its REST API lists them. */
function wayTo(orders: Order[], { status = 200, asked = [] as string[] } = {}): Outside {
  const ask: Outside['ask'] = async (address) => {
    const url = new URL(address)
    asked.push(url.pathname + url.search)
    const after = url.searchParams.get('modified_after')
    const answer = url.pathname.endsWith('/orders')
      ? orders.filter(({ date_modified_gmt }) => after === null || date_modified_gmt >= after)
      : url.pathname.endsWith('/products')
        ? [{ id: 701, type: 'variable' }]
        : []
    return { status, header: () => null, body: Buffer.from(JSON.stringify(answer)), isWhole: true }
  }
  return { ask, whyNot: async () => null, close: () => {} }
}

const order = (id: number, day: string, more: Partial<Order> = {}): Order => {
  const body = JSON.parse(sample('woocommerce', 'order.updated-completed').toString())
  return {
    ...body,
    ...{ id, number: String(id), date_modified_gmt: `2026-${day}T08:00:00`, total: '98.00', refunds: [] },
    line_items: [{ ...body.line_items[0], id: id * 10 }],
    ...more,
  }
}

/** A connection since 1 September, with API access and its product placed. */
async function shop(role: Role = 'owner') {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  const me: Member = { kind: 'merchant', userId: newId(), email: 'm@test.example', name: 'Mara', organizationId, role }
  const owner = { ...me, role: 'owner' as const }
  const connected = at('09-01')
  const { connectionId } = await connectStore(owner, { store: 'woocommerce', mode: 'live', name: 'Shop' }, connected)
  const credential = 'https://ck_a:cs_b@shop.inkwell.example'
  await setStoreCredential(owner, { connectionId, credential }, connected)
  await placeProduct(
    owner,
    { connectionId, ref: '702', as: { kind: 'new', name: 'Quill', keyConfigurationId: null }, quantityIs: 'keys' },
    connected,
  )
  const reports = () =>
    listReconciliationRecords(me, { connectionIds: [connectionId] }, { sort: 'createdAt', dir: 'asc', limit: 50 })
  return { me, connectionId, reports }
}

describe('reading orders by hand', () => {
  test('says what was read, what is as it was, and what was mended; nobody gets a second key', async () => {
    const { me, connectionId, reports } = await shop()
    const orders = [order(5501, '09-02'), order(5502, '09-03')]
    await reconcileStore(system, connectionId, () => at('09-04'), wayTo([orders[0] as Order]))
    expect(await reports()).toMatchObject([{ state: 'done', askedBy: null, read: 1, mended: 1, unchanged: 0 }])

    await startReconciliation(me, { connectionId, since: '2026-08-31' }, at('09-05'))
    expect((await reports())[1]).toMatchObject({ state: 'waiting', askedBy: 'Mara', since: new Date('2026-08-31') })
    const asked: string[] = []
    await reconcileStore(system, connectionId, () => at('09-05'), wayTo(orders, { asked }))
    expect(asked[0]).toContain('modified_after=2026-08-31T00:00:00')
    const [, report] = await reports()
    expect(report).toMatchObject({ state: 'done', read: 2, mended: 1, waiting: 0, unchanged: 1, problem: null })
    expect(report?.report).toEqual([
      {
        purchaseId: expect.any(String),
        reference: '5502',
        outcome: ['Purchase 5502 recorded.', '2 keys issued to lena@customer.example.'],
      },
    ])

    // The same once more: all as it was.
    await startReconciliation(me, { connectionId, since: '2026-09-03' }, at('09-06'))
    await reconcileStore(system, connectionId, () => at('09-06'), wayTo(orders))
    expect((await reports())[2]).toMatchObject({ read: 1, mended: 0, unchanged: 1, report: [] })
    expect(await prisma.licenseKey.count({ where: { organizationId: me.organizationId } })).toBe(4)

    // What no delivery told.
    orders[0] = order(5501, '09-07', { status: 'cancelled' })
    await startReconciliation(me, { connectionId, since: null }, at('09-08'))
    await reconcileStore(system, connectionId, () => at('09-08'), wayTo(orders))
    expect((await reports())[3]?.report).toEqual([
      { ...expectedOf('5501'), outcome: ['Purchase 5501: active → ended.', '2 keys revoked.'] },
    ])
  })

  test('a sale whose product nobody has placed waits, and is neither mended nor unchanged', async () => {
    const { me, connectionId, reports } = await shop()
    const other = order(5503, '09-02')
    Object.assign((other as unknown as { line_items: object[] }).line_items[0] as object, {
      ...{ product_id: 999, variation_id: 0 },
    })
    await startReconciliation(me, { connectionId, since: null }, at('09-03'))
    await reconcileStore(system, connectionId, () => at('09-03'), wayTo([other]))
    expect(await reports()).toMatchObject([{ read: 1, mended: 0, waiting: 1, unchanged: 0, report: [] }])
  })

  test('what is read since a later day than the last time leaves the rest to the next time', async () => {
    const { me, connectionId } = await shop()
    const readUntil = async () =>
      (await prisma.storeConnection.findUniqueOrThrow({ where: { id: connectionId } })).reconciledAt
    await reconcileStore(system, connectionId, () => at('09-02'), wayTo([]))
    expect(await readUntil()).toEqual(at('09-02'))
    await startReconciliation(me, { connectionId, since: at('09-04') }, at('09-05'))
    await reconcileStore(system, connectionId, () => at('09-05'), wayTo([]))
    expect(await readUntil()).toEqual(at('09-02'))
    await startReconciliation(me, { connectionId, since: at('09-02') }, at('09-06'))
    await reconcileStore(system, connectionId, () => at('09-06'), wayTo([]))
    expect(await readUntil()).toEqual(at('09-06'))
  })

  test('what went wrong is said, and the next time begins where this one began', async () => {
    const { me, connectionId, reports } = await shop()
    await startReconciliation(me, { connectionId, since: null }, at('09-03'))
    await reconcileStore(system, connectionId, () => at('09-03'), wayTo([], { status: 401 }))
    await startReconciliation(me, { connectionId, since: null }, at('09-04'))
    await reconcileStore(system, connectionId, () => at('09-04'), wayTo([], { status: 500 }))
    expect(await reports()).toMatchObject([
      { state: 'failed', problem: 'The store does not accept the API access it was given.', since: at('08-31') },
      { state: 'failed', problem: 'The store answered 500.', since: at('08-31') },
    ])
  })

  test('one at a time; one that was cut off makes room after ten minutes', async () => {
    const { me, connectionId, reports } = await shop()
    await startReconciliation(me, { connectionId, since: null }, at('09-03'))
    await expect(startReconciliation(me, { connectionId, since: null }, at('09-03'))).rejects.toEqual(
      refusal('CONFLICT'),
    )
    // Taken by a process that then died.
    await prisma.storeReconciliation.updateMany({ where: { connectionId }, data: { state: 'running' } })
    const later = (minutes: number) => new Date(at('09-03').getTime() + minutes * 60_000)
    await reconcileStore(system, connectionId, () => later(5), wayTo([]))
    expect(await reports()).toMatchObject([{ state: 'running' }])
    await startReconciliation(me, { connectionId, since: null }, later(11))
    await reconcileStore(system, connectionId, () => later(11), wayTo([]))
    expect(await reports()).toMatchObject([{ state: 'failed', problem: /cut off/ }, { state: 'done' }].map(loose))
  })

  test('a prompt that was lost is found; what is due by itself, too', async () => {
    const { me, connectionId } = await shop()
    const isDue = async (now: Date) => (await dueForReconcile(system, now)).includes(connectionId)
    expect(await isDue(at('09-02'))).toBe(true)
    await reconcileStore(system, connectionId, () => at('09-02'), wayTo([]))
    expect(await isDue(at('09-02'))).toBe(false)
    await startReconciliation(me, { connectionId, since: null }, at('09-02'))
    expect(await isDue(at('09-02'))).toBe(false)
    expect(await isDue(new Date(at('09-02').getTime() + 90_000))).toBe(true)
  })

  test('takes a store that can be read, and somebody who may', async () => {
    const { me, connectionId } = await shop()
    const start = (who = me, since: string | null = null) =>
      startReconciliation(who, { connectionId, since }, at('09-03'))
    await expect(start(me, '2026-09-09')).rejects.toEqual(refusal('INVALID_INPUT'))
    await expect(start({ ...me, role: 'support' })).rejects.toEqual(refusal('FORBIDDEN'))
    await expect(start((await shop()).me)).rejects.toEqual(refusal('NOT_FOUND'))
    await switchStore(me, { connectionId, off: true }, at('09-03'))
    await expect(start()).rejects.toEqual(refusal('CONFLICT'))
    await switchStore(me, { connectionId, off: false }, at('09-03'))
    await setStoreCredential(me, { connectionId, credential: '' }, at('09-03'))
    await expect(start()).rejects.toEqual(refusal('CONFLICT'))
  })

  test('access is tried when it is saved, and each reading says anew whether it works', async () => {
    const { me, connectionId } = await shop()
    const access = async () => (await getStore(me, connectionId, at('09-03'))).access
    const answering = (status: number): Outside => ({
      ask: async () => ({ status, header: () => null, body: Buffer.from('[]'), isWhole: true }),
      whyNot: async () => null,
      close: () => {},
    })
    expect(await access()).toBeNull()
    expect(await tryAccess(me, { connectionId }, at('09-02'), answering(401))).toContain('does not accept')
    expect(await access()).toMatchObject({ problem: expect.stringContaining('does not accept'), triedAt: at('09-02') })
    expect(await tryAccess(me, { connectionId }, at('09-02'), answering(200))).toBeNull()
    expect(await access()).toEqual({ problem: null, triedAt: at('09-02') })
    await reconcileStore(system, connectionId, () => at('09-04'), answering(403))
    expect(await access()).toMatchObject({ problem: expect.stringContaining('does not accept'), triedAt: at('09-04') })
    await expect(tryAccess({ ...me, role: 'support' }, { connectionId }, at('09-02'))).rejects.toEqual(
      refusal('FORBIDDEN'),
    )
    await expect(tryAccess((await shop()).me, { connectionId }, at('09-02'))).rejects.toEqual(refusal('NOT_FOUND'))
    // Of another one nothing is known.
    await setStoreCredential(me, { connectionId, credential: 'https://ck_x:cs_y@shop.inkwell.example' }, at('09-05'))
    expect(await access()).toBeNull()
  })

  test('the last reports are kept: quiet ones that nobody asked for go first', async () => {
    const { me, connectionId, reports } = await shop()
    await startReconciliation(me, { connectionId, since: null }, at('09-02'))
    for (let hour = 0; hour < 9; hour++) {
      const now = new Date(at('09-02').getTime() + hour * 3_600_000)
      await reconcileStore(system, connectionId, () => now, wayTo([]))
    }
    expect((await reports()).map(({ askedBy }) => askedBy)).toEqual(['Mara', null, null, null, null, null])
  })
})

describe('Gumroad', () => {
  test('is told where to send what its ping does not say, once; what it refuses is said, and sales are read all the same', async () => {
    const organizationId = newId()
    await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
    const me: Member = {
      ...{ kind: 'merchant', userId: newId(), email: 'm@test.example', name: 'Mara', organizationId, role: 'owner' },
    }
    const { connectionId } = await connectStore(me, { store: 'gumroad', mode: 'live', name: 'Gumroad' }, at('09-01'))
    await setStoreCredential(me, { connectionId, credential: 'token' }, at('09-01'))
    const { address } = await getStore(me, connectionId, at('09-01'))
    const told = new Map<string, string>()
    let refuses = true
    const ask: Outside['ask'] = async (url, { method, headers, body }) => {
      const { pathname, searchParams } = new URL(url)
      expect(headers.authorization).toBe('Bearer token')
      const says = (status: number, answer: object) => ({
        ...{ status, header: () => null, body: Buffer.from(JSON.stringify(answer)), isWhole: true },
      })
      if (method === 'PUT') {
        if (refuses) return says(422, { success: false })
        const fields = new URLSearchParams(String(body))
        told.set(fields.get('resource_name') ?? '', fields.get('post_url') ?? '')
        return says(200, { success: true })
      }
      if (pathname === '/v2/resource_subscriptions') {
        const url = told.get(searchParams.get('resource_name') ?? '')
        return says(200, { success: true, resource_subscriptions: url ? [{ id: 'x', post_url: url }] : [] })
      }
      return says(200, pathname === '/v2/sales' ? { sales: [] } : { products: [] })
    }
    const way: Outside = { ask, whyNot: async () => null, close: () => {} }
    const problem = async () =>
      (await prisma.storeReconciliation.findFirstOrThrow({ where: { connectionId }, orderBy: { id: 'desc' } })).problem
    await reconcileStore(system, connectionId, () => at('09-02'), way)
    expect(await problem()).toBe('It could not be told where to send: The store answered 422.')
    refuses = false
    await reconcileStore(system, connectionId, () => at('09-04'), way)
    expect([await problem(), told.size, new Set(told.values())]).toEqual([null, 8, new Set([address])])
    refuses = true
    await reconcileStore(system, connectionId, () => at('09-06'), way)
    expect(await problem()).toBe(null)
  })
})

const expectedOf = (reference: string) => ({ purchaseId: expect.any(String), reference })
const loose = ({ problem, ...rest }: { state: string; problem?: RegExp }) => ({
  ...rest,
  ...(problem && { problem: expect.stringMatching(problem) }),
})
