import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Prisma } from '#prisma/client.ts'
import type { RevokeReason } from '#prisma/enums.ts'
import type { Member, Software } from '../base/actor.ts'
import { DAY_MS, HOUR_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { foldForSearch } from '../base/text.ts'
import { selectedIds } from '../bulk-changes/selection.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { shownPurchase } from '../purchases/look.ts'
import { pairOf, printQuery } from './language.ts'
import { listLicenseKeys } from './list.ts'
import { shownStatus } from './look.ts'
import { keyColumns } from './queries.ts'
import { listKeyRecords } from './records.ts'
import { factsOf } from './row.ts'
import { rangeOf } from './term-numbers.ts'
import { stretchOf } from './term-times.ts'
import { type Asked, kindOf, type TermName, type Terms, termKinds, termNames, termsOf } from './terms.ts'

// Every term against the plainest way to ask: each key, and all rows around it, one by one.

const now = new Date('2026-11-29T12:00:00.000Z')
const ZONE = 'Europe/Berlin'
const KEYS = 70
const at = (ms: number) => new Date(now.getTime() + ms)
const software: Software = { kind: 'software', address: null }
const nth = <T>(list: readonly T[], i: number): T => list[i % list.length] as T

type Shop = { me: Member; organizationId: string; configurations: string[]; products: string[]; imports: string[] }
let shop: Shop
let known: Awaited<ReturnType<typeof load>>

beforeAll(async () => {
  shop = await fill()
  // The same next door, which must never be found.
  await fill()
  known = await load()
})

const standing = [
  { status: 'active', reasons: [] },
  { status: 'refunded', reasons: ['refunded'] },
  { status: 'canceled', reasons: ['ended'] },
] satisfies Partial<Prisma.PurchaseUncheckedCreateInput>[]

async function fill(): Promise<Shop> {
  const organizationId = newId()
  const own = { organizationId }
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test', timeZone: ZONE } })
  const [configurations, products, imports] = [
    [newId(), newId(), newId()],
    [newId(), newId()],
    [newId(), newId()],
  ]
  const settings: Partial<Prisma.KeyConfigurationUncheckedCreateInput>[] = [
    { activationsMode: 'limited', activationLimit: 2, graceDays: 7 },
    { activationsMode: 'limited', activationLimit: 1 },
    { activationsMode: 'unlimited', graceDays: 30 },
  ]
  for (const [i, id] of configurations.entries())
    await prisma.keyConfiguration.create({ data: { id, ...own, name: `Configuration ${i}`, ...settings[i] } })
  for (const [i, id] of products.entries()) await prisma.product.create({ data: { id, ...own, name: `Product ${i}` } })
  const names = ['José Herrera', 'Zoë Müller', null, '100% Łukasz']
  for (let i = 0; i < KEYS; i++) {
    const customer = {
      email: `c${i}@studio${i % 3}.example`,
      name: nth(names, i),
      externalId: i % 4 ? null : `cus_${i}`,
    }
    const { id: customerId } = await prisma.customer.create({ data: { ...own, ...customer } })
    const state = nth([null, null, 'active', 'trial', 'past_due', 'refunded', 'lapsed'], i)
    const purchase =
      i % 3 === 0
        ? null
        : await prisma.purchase.create({
            data: {
              ...{
                ...own,
                customerId,
                productId: nth(products, i),
                reference: `SO-${100 + i}`,
                purchasedAt: now,
                state,
              },
              ...nth(standing, i),
              endedByHand: nth([null, null, null, 'canceled', 'refunded'] as const, i),
            },
          })
    const reasons: RevokeReason[][] = [[], [], ['by_hand'], [], ['refunded', 'by_hand'], [], ['dispute']]
    const revokedFor = nth(reasons, i)
    const id = newId()
    await prisma.licenseKey.create({
      data: {
        ...{ id, ...own, customerId, purchaseId: purchase?.id ?? null, keyConfigurationId: nth(configurations, i) },
        ...keyStringColumns(makeKeyString('uuid', 'TEST'), 'TEST'),
        productId: i % 5 ? nth(products, i) : null,
        importId: i % 4 === 1 ? nth(imports, i) : null,
        ...{ revokedFor, status: revokedFor.length > 0 ? 'revoked' : i % 6 === 1 ? 'disabled' : 'granted' },
        // Borders of days in the zone, of spans and of grace.
        expiresAt: nth(
          [
            null,
            at(0),
            at(-7 * DAY_MS),
            at(30 * DAY_MS),
            at(1),
            at(-400 * DAY_MS),
            new Date('2026-12-31T23:00:00Z'),
            at(9 * DAY_MS),
          ],
          i,
        ),
        lastValidatedAt: nth([null, at(0), at(-30 * DAY_MS), at(-30 * DAY_MS - 1), at(-400 * DAY_MS), at(-HOUR_MS)], i),
        firstActivatedAt: i % 4 === 2 ? at(-DAY_MS) : null,
        createdAt: nth(
          [now, at(-20 * DAY_MS), new Date('2025-12-31T22:59:59.999Z'), new Date('2025-12-31T23:00:00Z')],
          i,
        ),
        updatedAt: now,
        tags: nth([[], ['beta'], ['beta', 'a, b'], ['-x']], i),
        metadata: nth([{}, { team: 'red' }, { team: 'a=b', 'my "name"': '' }, {}], i + 1),
        ...(i % 9 === 4 && { activationsModeOverride: 'limited' as const, activationLimitOverride: 3 }),
      },
    })
    for (let device = 0; device < i % 5; device++)
      await prisma.activation.create({
        data: {
          ...own,
          licenseKeyId: id,
          label: `Device ${device}`,
          ...(device === 1 && i % 2 && { deactivatedAt: now }),
        },
      })
    if (i % 7 < 3)
      await prisma.keyRisk.create({ data: { ...own, licenseKeyId: id, score: nth([0, 60, 61, 100, 40, 5], i) } })
    if (i % 8 === 3)
      await prisma.validationRefusal.create({
        data: {
          ...own,
          licenseKeyId: id,
          day: now,
          code: nth(['EXPIRED', 'REVOKED', 'REPLACED'], i),
          count: 3,
          lastAt: at(-nth([1, 30, 200], i) * HOUR_MS),
        },
      })
    if (i % 11 === 5)
      await record(prisma, software, at(-nth([1, 30, 200], i) * HOUR_MS), {
        ...{ type: 'activation.refused', ...own, licenseKeyId: id },
        data: { label: 'Laptop', code: 'ACTIVATION_LIMIT_REACHED' },
      })
  }
  const me: Member = {
    kind: 'merchant',
    userId: newId(),
    email: 'm@test.example',
    name: 'Mara',
    organizationId,
    role: 'owner',
  }
  return { me, organizationId, configurations, products, imports }
}

async function load() {
  const rows = await prisma.licenseKey.findMany({
    where: { organizationId: shop.organizationId },
    select: { ...keyColumns, importId: true, activations: true, customer: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  const refusals = await prisma.validationRefusal.findMany({ where: { organizationId: shop.organizationId } })
  const risks = await prisma.keyRisk.findMany({ where: { organizationId: shop.organizationId } })
  const events = await prisma.event.findMany({
    where: { organizationId: shop.organizationId, type: 'activation.refused' },
  })
  const troubled = await listLicenseKeys(
    shop.me,
    { refused: true },
    { page: 1, size: KEYS, sort: 'createdAt', dir: 'asc' },
    now,
  )
  return rows.map((row) => ({
    ...row,
    risk: risks.find((each) => each.licenseKeyId === row.id)?.score ?? 0,
    refusedAt: [
      ...refusals.filter((each) => each.licenseKeyId === row.id).map((each) => each.lastAt),
      ...events.filter((each) => each.licenseKeyId === row.id).map((each) => each.at),
    ],
    inTrouble: troubled.keys.some((key) => key.id === row.id),
  }))
}
type Key = (typeof known)[number]

const lies = (moment: Date | null, value: string, past: boolean): boolean => {
  const { from, before } = stretchOf(value, past, now, ZONE)
  return moment !== null && (!from || moment >= from) && (!before || moment < before)
}

const has: Record<TermName, (key: Key, value: string) => boolean> = {
  status: (key, value) => shownStatus(factsOf(key, key.keyConfiguration), now) === value,
  reason: (key, value) => key.revokedFor.includes(value as RevokeReason),
  product: (key, value) => (value === 'none' ? key.product === null : key.product?.id === value),
  configuration: (key, value) => key.keyConfiguration.id === value,
  customer: ({ customer }, value) =>
    foldForSearch(`${customer.name ?? ''}\n${customer.email}`).includes(foldForSearch(value)) ||
    customer.externalId === value ||
    customer.id === value,
  order: (key, value) => key.purchase?.reference.toLowerCase().includes(value.toLowerCase()) ?? false,
  purchase: (key, value) => (key.purchase ? shownPurchase(key.purchase) : 'none') === value,
  expires: (key, value) => (value === 'never' ? key.expiresAt === null : lies(key.expiresAt, value, false)),
  ended: (key, value) => key.expiresAt !== null && key.expiresAt <= now && lies(key.expiresAt, value, true),
  seen: (key, value) => (value === 'never' ? key.lastValidatedAt === null : lies(key.lastValidatedAt, value, true)),
  issued: (key, value) => lies(key.createdAt, value, true),
  activated: (key, value) => {
    const live = key.activations.some((device) => device.deactivatedAt === null)
    const ever = key.firstActivatedAt !== null || key.activations.length > 0
    return value === (live ? 'now' : ever ? 'before' : 'never')
  },
  limit: (key, value) => {
    const { activations } = factsOf(key, key.keyConfiguration).limits
    const devices = key.activations.filter((device) => device.deactivatedAt === null).length
    if (activations.mode !== 'limited' || activations.limit === null) return false
    return value === 'at' ? devices >= activations.limit : devices > activations.limit
  },
  refused: (key, value) =>
    value === 'now' ? key.inTrouble : key.refusedAt.some((moment) => lies(moment, value, true)),
  risk: (key, value) => {
    const { from, to } = rangeOf(value, termKinds.risk)
    return key.risk >= from && key.risk <= to
  },
  tag: (key, value) => key.tags.includes(value),
  meta: (key, value) => {
    const pair = pairOf(value)
    const metadata = key.metadata as Record<string, string>
    return Object.hasOwn(metadata, pair.name) && (pair.value === null || metadata[pair.name] === pair.value)
  },
  import: (key, value) => key.importId === value,
}

const fits = (key: Key, terms: Terms) =>
  termNames.every((name) => {
    const { is = [], not = [] } = terms[name] ?? {}
    const some = (value: string) => has[name](key, value)
    const positive = is.length === 0 || (kindOf(name).all ? is.every(some) : is.some(some))
    return positive && !not.some(some)
  })

const values: Record<TermName, () => readonly string[]> = {
  status: () => ['active', 'expiring', 'grace', 'expired', 'disabled', 'revoked'],
  reason: () => ['refunded', 'dispute', 'by_hand', 'lapsed'],
  product: () => [...shop.products, 'none', newId()],
  configuration: () => [...shop.configurations, newId()],
  customer: () => [
    'herrera',
    'zoe',
    'STUDIO1',
    'cus_8',
    '%',
    'c12@studio0.example',
    'c12@STUDIO0.example',
    known[3]?.customer.id ?? '',
  ],
  order: () => ['SO-1', 'so-133', '_', '44'],
  purchase: () => ['none', 'active', 'trial', 'past_due', 'refunded', 'lapsed', 'canceled'],
  expires: () => [
    'never',
    '<30d',
    '>30d',
    '<9d',
    '<2027-01-01',
    '2026-12-31',
    '>2026-12',
    '2026',
    '2026-11-22..2026-11-29',
    '..2025',
  ],
  ended: () => ['<7d', '>7d', '<1y', '>1y', '<1h'],
  seen: () => ['never', '<30d', '>30d', '<1h', '>1y', '2026-10-30', '<2026-11'],
  issued: () => ['<30d', '>1w', '2025', '2026-01-01', '<2026', '2025-12-31..'],
  activated: () => ['now', 'before', 'never'],
  limit: () => ['at', 'over'],
  refused: () => ['now', '<24h', '<2d', '>1d', '<30d'],
  risk: () => ['>0', '>60', '<30', '0', '60', '40..60', '0..60', '100'],
  tag: () => ['beta', 'a, b', '-x', 'nothing'],
  meta: () => ['team', 'team=red', 'team="a=b"', '"my \\"name\\""', 'nothing'],
  import: () => [...shop.imports, newId()],
}

const list = { page: 1, size: KEYS, sort: 'createdAt', dir: 'asc' } as const
const idsOf = async (terms: Terms) => (await listLicenseKeys(shop.me, { terms }, list, now)).keys.map(({ id }) => id)
const expected = (terms: Terms) => known.filter((key) => fits(key, terms)).map(({ id }) => id)

test.each(termNames)('%s: each value, alone and turned round', async (name) => {
  let hits = 0
  for (const value of values[name]())
    for (const not of [false, true]) {
      const terms = termsOf([{ name, not, value }])
      const ids = expected(terms)
      if (ids.length > 0 && ids.length < KEYS) hits++
      expect({ value, not, ids: await idsOf(terms) }).toEqual({ value, not, ids })
    }
  // Otherwise this compares nothing with nothing.
  expect(hits).toBeGreaterThan(1)
})

test('several at once: the list, its count, what bulk actions reach and what programs read are the same keys', async () => {
  const asked: fc.Arbitrary<Asked> = fc
    .constantFrom(...termNames)
    .chain((name) =>
      fc.record({ name: fc.constant(name), not: fc.boolean(), value: fc.constantFrom(...values[name]()) }),
    )
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 4 }), async (some) => {
      const terms = termsOf(some)
      const ids = expected(terms)
      const about = printQuery({ terms, words: '' }, null)
      const { keys, total } = await listLicenseKeys(shop.me, { terms }, list, now)
      expect({ about, ids: keys.map(({ id }) => id), total }).toEqual({ about, ids, total: ids.length })
      const reached = await selectedIds(shop.me, { filter: { terms } }, now)
      expect(reached.toSorted()).toEqual(ids.toSorted())
      const records = await listKeyRecords(shop.me, { terms }, { dir: 'asc', limit: KEYS }, now)
      expect(records.map(({ id }) => id)).toEqual(ids)
    }),
    { numRuns: 150 },
  )
})

test('words and terms go together', async () => {
  const terms = termsOf([{ name: 'tag', not: false, value: 'beta' }])
  const { keys } = await listLicenseKeys(shop.me, { q: 'herrera', terms }, list, now)
  expect(keys.map(({ id }) => id)).toEqual(
    known.filter((key) => fits(key, terms) && key.customer.name === 'José Herrera').map(({ id }) => id),
  )
})
