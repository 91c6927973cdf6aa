import { expect, test } from 'vitest'
import type { Merchant, Software } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { figuresOf } from './figures.ts'
import { kept } from './kept.ts'
import { getOverview } from './queries.ts'

const now = new Date('2026-11-21T12:30:00.000Z')
const DAY = 86_400_000
const at = (ms: number) => new Date(now.getTime() + ms)
const software: Software = { kind: 'software', address: null }

async function merchant(): Promise<Merchant> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  return { kind: 'merchant', userId: newId(), email: 'm@test.example', name: null, organizationId, role: 'viewer' }
}

/** One of everything: a full key that refused a device, one that expires soon, one that is revoked. */
async function busy(): Promise<Merchant & { full: string; soon: string }> {
  const me = await merchant()
  const { organizationId } = me
  const configuration = await prisma.keyConfiguration.create({
    data: { organizationId, name: 'Yearly', activationsMode: 'limited', activationLimit: 1 },
  })
  await prisma.product.create({ data: { organizationId, name: 'Editor' } })
  const customer = await prisma.customer.create({ data: { organizationId, email: 'tomas@x.example' } })
  const key = async (over: object) => {
    const { id } = await prisma.licenseKey.create({
      data: {
        organizationId,
        keyConfigurationId: configuration.id,
        customerId: customer.id,
        ...keyStringColumns(makeKeyString('uuid', null), null),
        ...over,
      },
    })
    return id
  }
  const full = await key({ validations: 3 })
  const soon = await key({ expiresAt: at(3 * DAY) })
  await key({ status: 'revoked', revokedFor: ['by_hand'] })
  await prisma.activation.create({ data: { organizationId, licenseKeyId: full, label: 'ThinkPad' } })
  await prisma.activation.create({ data: { organizationId, licenseKeyId: full, label: 'Gone', deactivatedAt: now } })
  const data = { label: 'MacBook Air', code: 'ACTIVATION_LIMIT_REACHED' }
  const refused = { type: 'activation.refused', organizationId, licenseKeyId: full, data } as const
  await record(prisma, software, at(-60_000), refused, refused)
  const hour = (text: string, code: string, count: number) => ({ organizationId, hour: new Date(text), code, count })
  await prisma.validationHour.createMany({
    data: [
      hour('2026-11-21T12:00:00Z', 'VALID', 10),
      hour('2026-11-20T13:00:00Z', 'EXPIRED', 2),
      hour('2026-11-20T12:00:00Z', 'VALID', 100),
      hour('2026-11-08T00:00:00Z', 'REVOKED', 7),
      hour('2026-11-07T23:00:00Z', 'VALID', 1_000),
    ],
  })
  return { ...me, full, soon }
}

test('counts what is there, names what expires, and says what happened last', async () => {
  const me = await busy()
  const overview = await getOverview(me, 'fortnight', now)
  expect(overview.keys).toEqual({ active: 1, expiring: 1, grace: 0, expired: 0, disabled: 0, revoked: 1 })
  expect(overview.devices).toBe(1)
  expect(overview.lastDay).toEqual({ validations: 12, refused: 2 })
  const day = (text: string) => new Date(`${text}T00:00:00Z`)
  expect(overview.validations).toHaveLength(14)
  expect(overview.validations[0]).toMatchObject({ at: day('2026-11-08'), counts: { no: 7, valid: 0 } })
  expect(overview.validations.at(-2)).toMatchObject({ at: day('2026-11-20'), counts: { valid: 100, over: 2 } })
  expect(overview.validations.at(-1)).toMatchObject({ at: day('2026-11-21'), counts: { valid: 10 } })
  expect(overview.reasons.map((reason) => [reason.code, reason.count])).toEqual([
    ['REVOKED', 7],
    ['EXPIRED', 2],
  ])
  expect(overview.expiring.keys.map((key) => key.id)).toEqual([me.soon])
  expect(overview.events[0]).toMatchObject({ type: 'activation.refused', licenseKey: { id: me.full } })
  expect(overview.steps).toEqual({ product: true, configuration: true, key: true, validation: true, store: false })
})

test('reaches back a day by hours and a year by weeks', async () => {
  const me = await busy()
  const day = await getOverview(me, 'day', now)
  expect(day.validations).toHaveLength(24)
  expect(day.validations.at(-1)).toMatchObject({ at: new Date('2026-11-21T12:00:00Z'), counts: { valid: 10 } })
  expect(day.validations[0]).toMatchObject({ at: new Date('2026-11-20T13:00:00Z'), counts: { over: 2, valid: 0 } })
  const year = await getOverview(me, 'year', now)
  expect(year.validations).toHaveLength(53)
  expect(year.validations.at(-1)).toMatchObject({
    at: new Date('2026-11-16T00:00:00Z'),
    counts: { valid: 110, over: 2 },
  })
  expect(year.validations.at(-3)).toMatchObject({
    at: new Date('2026-11-02T00:00:00Z'),
    counts: { valid: 1_000, no: 7 },
  })
  expect(year.reasons[0]).toMatchObject({ code: 'REVOKED', count: 7 })
})

test('says what ends when by the calendar of the organization, what devices run, and which keys are busiest', async () => {
  const me = await busy()
  const { organizationId, full, soon } = me
  await prisma.organization.update({ where: { id: organizationId }, data: { timeZone: 'America/New_York' } })
  // The end of 23 November there, which is another day in UTC.
  await prisma.licenseKey.update({ where: { id: soon }, data: { expiresAt: new Date('2026-11-24T04:59:59.999Z') } })
  const device = (label: string, meta: object, over: object = {}) => ({
    ...{ organizationId, licenseKeyId: full, label, meta, createdAt: at(-DAY) },
    ...over,
  })
  await prisma.activation.createMany({
    data: [
      device('a', { app_version: '2.1', os: 'macOS 15' }),
      device('b', { version: '2.1', platform: 'Windows' }),
      device('c', { appVersion: '2.0', os: { name: 'odd' } }),
      device('d', { app_version: '1.0', os: 'gone' }, { deactivatedAt: now }),
    ],
  })
  await prisma.validationDay.createMany({
    data: [
      { licenseKeyId: full, day: new Date('2026-11-20'), valid: 5, refused: 2 },
      { licenseKeyId: full, day: new Date('2026-11-10'), valid: 500, refused: 0 },
      { licenseKeyId: soon, day: new Date('2026-11-21'), valid: 3, refused: 0 },
    ],
  })
  const others = await busy()
  await prisma.validationDay.create({
    data: { licenseKeyId: others.full, day: new Date('2026-11-20'), valid: 99, refused: 0 },
  })
  const figures = await figuresOf(me, at(-365 * DAY), now)
  expect(figures.ends.first).toBe('2026-11-21')
  expect(figures.ends.counts).toHaveLength(366)
  expect(figures.ends.counts.flatMap((count, day) => (count > 0 ? [[day, count]] : []))).toEqual([[2, 1]])
  expect(figures.versions).toEqual({
    named: [
      { name: '2.1', count: 2 },
      { name: '2.0', count: 1 },
    ],
    ...{ others: 0, untold: 1 },
  })
  expect(figures.systems.named).toContainEqual({ name: 'macOS 15', count: 1 })
  expect(figures.systems.named.map(({ name }) => name).toSorted()).toEqual(['Windows', 'macOS 15'])
  expect(figures.busiest.map(({ id, count, refused }) => [id, count, refused])).toEqual([
    [full, 7, 2],
    [soon, 3, 0],
  ])
})

test('of an empty organization is empty, whatever others have', async () => {
  await busy()
  const overview = await getOverview(await merchant(), 'fortnight', now)
  expect(Object.values(overview.keys)).toEqual([0, 0, 0, 0, 0, 0])
  expect(overview).toMatchObject({
    devices: 0,
    lastDay: { validations: 0, refused: 0 },
    reasons: [],
    expiring: { total: 0 },
    events: [],
    steps: { product: false, configuration: false, key: false, validation: false },
  })
})

test('dear figures are shown again at once, and renewed behind the one who looks', async () => {
  let clock = 1_000_000
  let reads = 0
  const name = newId()
  const look = () =>
    kept(
      name,
      async () => {
        clock += 500
        return ++reads
      },
      () => clock,
    )
  expect((await look()).value).toBe(1)
  expect((await look()).value).toBe(1)
  clock += 61_000
  expect((await look()).value).toBe(1)
  await expect.poll(() => reads).toBe(2)
  expect((await look()).value).toBe(2)
  expect(reads).toBe(2)
})
