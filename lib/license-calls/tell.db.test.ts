import { afterAll, beforeEach, expect, test } from 'vitest'
import type { Prisma } from '#prisma/client.ts'
import type { Software } from '../base/actor.ts'
import { HOUR_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { validate } from './calls.ts'
import { countValidation, flushValidationCounts } from './counts.ts'
import { tellRefusals } from './tell-refusals.ts'
import { tellUsage } from './tell-usage.ts'

// What license calls only count is told afterwards.

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

const software: Software = { kind: 'software', address: null }

let organizationId: string
let customerId: string
beforeEach(async () => {
  organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  customerId = (await prisma.customer.create({ data: { organizationId, email: 'tell@test.example' } })).id
})

async function addKey(
  configuration: Partial<Prisma.KeyConfigurationUncheckedCreateInput> = {},
  over: Partial<Prisma.LicenseKeyUncheckedCreateInput> = {},
) {
  const name = newId()
  const { id: keyConfigurationId } = await prisma.keyConfiguration.create({
    data: { organizationId, name, ...configuration },
  })
  const key = makeKeyString('uuid', 'TEST')
  const { id } = await prisma.licenseKey.create({
    data: { id: newId(), organizationId, customerId, keyConfigurationId, ...keyStringColumns(key, 'TEST'), ...over },
  })
  return { id, key, keyConfigurationId }
}

const told = async (licenseKeyId: string) =>
  (await prisma.event.findMany({ where: { licenseKeyId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })).map(
    ({ type, data }) => [type, data],
  )

// ---------------------------------------------------------------- refusals

const start = new Date('2026-11-21T10:00:00Z')
const after = (hours: number) => new Date(start.getTime() + hours * HOUR_MS)

const listen = (more: Partial<Prisma.WebhookEndpointUncheckedCreateInput> = {}) =>
  prisma.webhookEndpoint.create({
    data: {
      ...{ id: newId(), organizationId, url: 'https://x.example.com/', version: '2026-11-28' },
      ...{ secrets: new Uint8Array([1]), createdAt: after(-1), updatedAt: after(-1), ...more },
    },
  })

async function refuse(licenseKeyId: string, at: Date, times = 1, code = 'EXPIRED') {
  for (let i = 0; i < times; i++) countValidation(organizationId, licenseKeyId, { valid: false, code }, null, at)
  await flushValidationCounts()
}

const refused = (code: string, times: number) => ['validation.refused', { code, times }]
const tell = (at: Date) => tellRefusals(at, organizationId)

test('refusals: the first of a kind at once, an hour later how many there were since', async () => {
  await listen()
  const { id } = await addKey()
  await refuse(id, after(0))
  expect(await tell(after(0))).toBe(1)
  await refuse(id, after(0.1), 40)
  await refuse(id, after(0.2), 1, 'REVOKED')
  expect(await tell(after(0.3))).toBe(1)
  expect(await tell(after(0.9))).toBe(0)
  await refuse(id, after(0.95), 2)
  expect(await tell(after(1.01))).toBe(1)
  expect(await tell(after(5))).toBe(0)
  expect(await told(id)).toEqual([refused('EXPIRED', 1), refused('REVOKED', 1), refused('EXPIRED', 42)])
  const messages = await prisma.webhookMessage.findMany({ where: { organizationId }, orderBy: { number: 'asc' } })
  expect(messages.map(({ type, licenseKeyId }) => [type, licenseKeyId])).toEqual(
    Array(3).fill(['validation.refused', id]),
  )
})

test('refusals of two days are one kind, and told together', async () => {
  await listen()
  const { id } = await addKey()
  await refuse(id, after(13.8))
  expect(await tell(after(13.8))).toBe(1)
  await refuse(id, after(13.9), 3)
  await refuse(id, after(14.1), 4)
  expect(await tell(after(14.2))).toBe(0)
  expect(await tell(after(14.9))).toBe(1)
  expect(await told(id)).toEqual([refused('EXPIRED', 1), refused('EXPIRED', 7)])
})

test.each<[string, Partial<Prisma.WebhookEndpointUncheckedCreateInput> | null, number]>([
  ['nobody', null, 0],
  ['one that wants something else', { types: ['license_key.issued'] }, 0],
  ['one that is off', { disabledAt: start }, 0],
  ['one that is gone', { removedAt: start }, 0],
  ['one that speaks of it in no word of its own', { format: 'polar' }, 0],
  ['one that came later', { createdAt: after(2) }, 0],
  ['one that wants it', { types: ['validation.refused'] }, 1],
])('refusals are told to those who want to hear of them: %s', async (_, endpoint, events) => {
  if (endpoint) await listen(endpoint)
  const { id } = await addKey()
  await refuse(id, after(1))
  expect(await tell(after(3))).toBe(events)
  expect(await told(id)).toHaveLength(events)
})

test('refusals are told once, however many processes look', async () => {
  await listen()
  const keys = await Promise.all(Array.from({ length: 30 }, () => addKey()))
  for (const { id } of keys) countValidation(organizationId, id, { valid: false, code: 'DISABLED' }, null, start)
  await flushValidationCounts()
  const counts = await Promise.all([1, 2, 3, 4].map(() => tell(after(0.1))))
  counts.push(await tell(after(0.1)))
  expect(counts.reduce((sum, each) => sum + each, 0)).toBe(30)
})

// ---------------------------------------------------------------- usage

const use = (key: string, increment_usage: number, idempotencyKey: string | null = null) =>
  validate(software, { key, organization_id: organizationId, increment_usage }, new Date(), idempotencyKey)

const mark = (usage: number, limit: number, percent: number, periodStart: string | null = null) => [
  percent === 100 ? 'usage.limit_reached' : 'usage.nearly_reached',
  { usage, limit, percent, periodStart },
]

test('usage is told of at 80 percent and at its limit, once', async () => {
  const { id, key } = await addKey({ usageLimit: 10 })
  for (const [by, events] of [
    [7, []],
    [1, [mark(8, 10, 80)]],
    [1, [mark(8, 10, 80)]],
    [1, [mark(8, 10, 80), mark(10, 10, 100)]],
    [1, [mark(8, 10, 80), mark(10, 10, 100)]],
  ] as const) {
    await use(key, by)
    await tellUsage(new Date())
    expect(await told(id)).toEqual(events)
  }
})

test('usage that is spent at once, by many callers at once or in calls that may be repeated is told of all the same', async () => {
  const [one, many, repeated] = [
    await addKey({ usageLimit: 10 }),
    await addKey({ usageLimit: 50 }),
    await addKey({ usageLimit: 10 }),
  ]
  await use(one.key, 10)
  await Promise.all(Array.from({ length: 60 }, () => use(many.key, 1)))
  for (let i = 0; i < 10; i++) await use(repeated.key, 1, newId())
  await tellUsage(new Date())
  await tellUsage(new Date())
  expect(await told(one.id)).toEqual([mark(10, 10, 100)])
  const both = await told(many.id)
  expect(both.filter(([type]) => type === 'usage.limit_reached')).toEqual([mark(50, 50, 100)])
  expect(both.filter(([type]) => type === 'usage.nearly_reached').length).toBeLessThan(2)
  expect((await told(repeated.id)).toSorted()).toEqual([mark(10, 10, 100), mark(8, 10, 80)].toSorted())
})

test('usage is told of again in another period and with another limit, and not because a merchant gave some back', async () => {
  const { id, key } = await addKey({ usageLimit: 5, usageReset: 'day' })
  const today = new Date(new Date().toISOString().slice(0, 10))
  await use(key, 5)
  await tellUsage(new Date())
  await prisma.licenseKey.update({ where: { id }, data: { usage: 1 } })
  await use(key, 4)
  await tellUsage(new Date())
  expect(await told(id)).toEqual([mark(5, 5, 100, today.toISOString())])
  await prisma.licenseKey.update({ where: { id }, data: { usageOverridden: true, usageLimitOverride: 7 } })
  await use(key, 2)
  await tellUsage(new Date())
  expect(await told(id)).toHaveLength(2)
  // As if all that had been yesterday.
  const yesterday = new Date(today.getTime() - 24 * HOUR_MS)
  await prisma.licenseKey.update({ where: { id }, data: { usagePeriodStart: yesterday } })
  await prisma.usageMark.updateMany({ where: { licenseKeyId: id }, data: { periodStart: yesterday } })
  await use(key, 7)
  await tellUsage(new Date())
  expect(await told(id)).toHaveLength(3)
})
