import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { disputeStates, type Fact, lineStates, refundStates } from '../store-facts/schema.ts'
import { connectStore, placeProduct } from './commands.ts'
import { readConnection, takeFacts } from './handle.ts'

// Whatever a store says, in whatever order and however often: the same keys work in the end. The registers alone are tried far more often
// in registers.test.ts; here are purchases, units and keys in the database.

const RUNS = Number(process.env.CONVERGES_RUNS ?? 20)

const day = (count: number) => new Date(Date.UTC(2026, 8, 1 + count)).toISOString()
const version = fc.integer({ min: 1, max: 6 }).map((number) => `v${number}`)
const occurredAt = fc.integer({ min: 0, max: 90 }).map(day)
const moment = fc.option(fc.integer({ min: 0, max: 120 }).map(day), { nil: null })
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const base = { version, occurredAt }

const buyer = { ref: 'lena', email: null, name: null }
const line = {
  ...{ ...base, kind: fc.constant('line' as const), state: maybe(fc.constantFrom(...lineStates)) },
  quantity: maybe(fc.integer({ min: 1, max: 4 })),
  productIds: fc.constantFrom<string[]>(['single'], ['bundle'], ['other', 'single']),
  buyer: fc.constant(buyer),
  endsAt: maybe(moment),
}
const fact: fc.Arbitrary<Fact> = fc.oneof(
  // Of all that its subscription has, a line is always one.
  fc
    .constantFrom<[string, string[]]>(['a', ['a']], ['a', ['a', 'b']], ['b', ['b']], ['b', ['a', 'b']])
    .chain(([name, all]) =>
      fc.record({
        ...{ ...line, ref: fc.constant('subscription:s'), type: fc.constant('subscription' as const) },
        ...{ line: fc.constant(name), allLines: maybe(fc.constant(all)) },
        ...{ graceUntil: maybe(moment), trialEndsAt: maybe(moment), paidThrough: maybe(moment) },
      }),
    ),
  fc.record({
    ...{ ...line, ref: fc.constant('order:o'), type: fc.constant('one_time' as const) },
    line: fc.constantFrom('1', '2'),
  }),
  fc
    .constantFrom(['p1', 'subscription:s'], ['p2', 'subscription:s'], ['p3', 'order:o'])
    .chain(([payment = '', ref = '']) =>
      fc.record({
        ...{ ...base, kind: fc.constant('payment' as const), ref: fc.constant(ref), payment: fc.constant(payment) },
        ...{ aliases: maybe(fc.subarray(['x1', 'x2'])), amount: maybe(fc.constantFrom(0, 100)) },
        paidThrough: maybe(moment),
      }),
    ),
  fc.record({
    ...{ ...base, kind: fc.constant('refund' as const), payment: fc.constantFrom('p1', 'p3', 'x1', 'x2') },
    ...{ refund: fc.constantFrom('r1', 'r2'), state: maybe(fc.constantFrom(...refundStates)) },
    ...{
      amount: maybe(fc.constantFrom(20, 100, 'all' as const)),
      mode: fc.constantFrom('one' as const, 'total' as const),
    },
    lines: maybe(
      fc.constantFrom<{ line: string; quantity: number | 'all' }[] | null>(
        null,
        [{ line: '1', quantity: 1 }],
        [{ line: '2', quantity: 'all' }],
      ),
    ),
    revoke: maybe(fc.constantFrom(true, false, null)),
  }),
  fc.record({
    ...{ ...base, kind: fc.constant('dispute' as const), payment: fc.constantFrom('p2', 'p3', 'x1') },
    ...{ dispute: fc.constantFrom('d1', 'd2'), state: fc.constantFrom(...disputeStates) },
  }),
  fc.record({
    ...{ ...base, kind: fc.constant('customer' as const), customer: fc.constant('lena'), name: fc.constant(null) },
    email: fc.constantFrom('lena@customer.example', 'ortiz@customer.example'),
  }),
)

/** What was said, in two orders; the second also says some of it again. */
const tellings = fc.array(fact, { minLength: 2, maxLength: 10 }).chain((facts) =>
  fc.record({
    facts: fc.constant(facts),
    again: fc
      .tuple(fc.shuffledSubarray(facts, { minLength: facts.length }), fc.subarray(facts))
      .chain((parts) => fc.shuffledSubarray(parts.flat(), { minLength: parts.flat().length })),
  }),
)

const configurations = { single: ['A'], bundle: ['B', 'C'], other: ['C'] }

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role: 'owner' },
  }
  const now = new Date(day(-1))
  const { connectionId } = await connectStore(me, { store: 'custom', mode: 'live', name: 'Inkwell' }, now)
  const made = new Map<string, string>()
  for (const name of ['A', 'B', 'C']) {
    const id = newId()
    await prisma.keyConfiguration.create({ data: { id, organizationId, name } })
    made.set(name, id)
  }
  for (const [ref, names] of Object.entries(configurations)) {
    const granted = names.map((name) => ({ keyConfigurationId: made.get(name) ?? '' }))
    const { id } = await prisma.product.create({
      data: { organizationId, name: ref, keyConfigurations: { create: granted } },
    })
    const as = { kind: 'product' as const, productId: id }
    await placeProduct(me, { connectionId, ref, as, quantityIs: 'keys' }, now)
  }
  return { me, organizationId, connectionId }
}

/** Each fact as a delivery of its own; then the keys that work, and how the purchases stand that give them. */
async function told(facts: readonly Fact[], at: Date) {
  const { organizationId, connectionId } = await shop()
  const connection = await readConnection(connectionId)
  if (!connection) throw new Error('It was connected just now.')
  const issued = new Set<string>()
  for (const fact of facts) {
    await prisma.$transaction((tx) => takeFacts(tx, connection, [fact], at))
    const keys = await prisma.licenseKey.findMany({ where: { organizationId }, select: { id: true } })
    // A key that was issued once stays the one for its unit.
    for (const id of issued) expect(keys.map((key) => key.id)).toContain(id)
    for (const { id } of keys) issued.add(id)
  }
  const lines = await prisma.storeLine.findMany({
    where: { connectionId, purchaseId: { not: null } },
    orderBy: [{ ref: 'asc' }, { line: 'asc' }],
    include: {
      purchase: {
        include: { customer: true, units: { include: { licenseKey: { include: { keyConfiguration: true } } } } },
      },
    },
  })
  expect(await prisma.licenseKey.count({ where: { organizationId } })).toBe(
    await prisma.purchaseUnit.count({ where: { purchase: { organizationId } } }),
  )
  return lines.flatMap(({ ref, line, purchase }) => {
    if (!purchase) return []
    const { state, reasons, paidThrough, endsAt, graceUntil, changesAt, purchasedAt, customer } = purchase
    const granted = purchase.units
      .filter(({ licenseKey }) => licenseKey.status === 'granted')
      .map(({ unit, licenseKey }) => `${licenseKey.keyConfiguration.name} ${unit}`)
      .sort()
    expect(new Set(granted).size).toBe(granted.length)
    // Of what is over or never began, one order of telling may know more than another: no key comes of it.
    if (granted.length === 0) return []
    return [
      {
        ...{ ref, line, state, reasons, paidThrough, endsAt, graceUntil, changesAt, purchasedAt, granted },
        email: customer.email,
      },
    ]
  })
}

test('in any order, however often: the same keys work in the end, and none is issued twice for its unit', {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(tellings, fc.integer({ min: 91, max: 130 }), async ({ facts, again }, at) => {
      const now = new Date(day(at))
      expect(await told(again, now)).toEqual(await told(facts, now))
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
})
