import { afterAll, beforeEach, expect, test } from 'vitest'
import type { Prisma } from '#prisma/client.ts'
import type { System } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { tellEnds } from './ends.ts'

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

const system: System = { kind: 'system', name: 'Test' }
// Later than what is skipped as old.
const now = new Date(Date.now() + DAY_MS)
const days = (count: number) => new Date(now.getTime() + count * DAY_MS)

let of: { organizationId: string; customerId: string; keyConfigurationId: string }
beforeEach(async () => {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const customer = await prisma.customer.create({ data: { organizationId, email: 'ends@test.example' } })
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Test', graceDays: 3 } })
  of = { organizationId, customerId: customer.id, keyConfigurationId: configuration.id }
})

const rowOf = (over: Partial<Prisma.LicenseKeyCreateManyInput>) => ({
  ...{ id: newId(), ...of, createdAt: days(-100), updatedAt: now },
  ...keyStringColumns(makeKeyString('uuid', 'TEST'), 'TEST'),
  ...over,
})

async function addKey(over: Partial<Prisma.LicenseKeyCreateManyInput>): Promise<string> {
  const row = rowOf(over)
  await prisma.licenseKey.createMany({ data: [row] })
  return row.id
}

const tell = (at: Date) => tellEnds(system, at, of.organizationId)
const told = async (licenseKeyId?: string) =>
  (
    await prisma.event.findMany({
      where: { organizationId: of.organizationId, ...(licenseKeyId && { licenseKeyId }) },
      orderBy: [{ at: 'asc' }, { id: 'asc' }],
    })
  ).map(({ type, data }) => [type, data])

test('a key is told of once before its end and once at it, and again for another end', async () => {
  const end = days(8)
  const id = await addKey({ expiresAt: end })
  const expiring = (at: Date) => ['license_key.expiring', { endsAt: at.toISOString(), days: 7 }]
  const expired = (at: Date) => [
    'license_key.expired',
    { endsAt: at.toISOString(), worksUntil: new Date(at.getTime() + 3 * DAY_MS).toISOString() },
  ]
  expect(await tell(now)).toBe(0)
  expect(await tell(days(1))).toBe(1)
  for (const at of [1, 2, 7.9]) expect(await tell(days(at))).toBe(0)
  expect(await told(id)).toEqual([expiring(end)])
  expect(await tell(end)).toBe(1)
  for (const at of [8, 9, 400]) expect(await tell(days(at))).toBe(0)

  await prisma.licenseKey.update({ where: { id }, data: { expiresAt: days(40) } })
  expect(await tell(days(10))).toBe(0)
  expect(await tell(days(34))).toBe(1)
  expect(await tell(days(41))).toBe(1)
  // An end in the past is one too.
  await prisma.licenseKey.update({ where: { id }, data: { expiresAt: days(-50) } })
  expect(await tell(days(42))).toBe(1)
  expect(await told(id)).toEqual([
    ...[expiring(end), expired(end), expiring(days(40)), expired(days(40)), expired(days(-50))],
  ])
  const [event] = await prisma.event.findMany({ where: { licenseKeyId: id }, take: 1 })
  expect(event).toMatchObject({ ...of, actorKind: 'system', actorLabel: 'Test' })
})

test('a key that does not work has no end, until it works again', async () => {
  const id = await addKey({ expiresAt: days(1), status: 'revoked', revokedFor: ['by_hand'] })
  for (const at of [0, 1, 2]) expect(await tell(days(at))).toBe(0)
  await prisma.licenseKey.update({ where: { id }, data: { status: 'granted', revokedFor: [] } })
  expect(await tell(days(3))).toBe(1)
  expect(await told(id)).toMatchObject([['license_key.expired', {}]])
})

test('what had ended before ends were told of is not told, unless it is given another end', async () => {
  const old = new Date('2020-01-01T00:00:00Z')
  const id = await addKey({ expiresAt: old, createdAt: old, updatedAt: old })
  expect(await tell(now)).toBe(0)
  expect(await prisma.licenseKey.findUniqueOrThrow({ where: { id } })).toMatchObject({ endedFor: old, updatedAt: old })
  const past = new Date('2021-01-01T00:00:00Z')
  await prisma.licenseKey.update({ where: { id }, data: { expiresAt: past, updatedAt: now } })
  expect(await tell(now)).toBe(1)
})

test('many keys, many processes, all at once, some of them giving up: each is told of once', async () => {
  const ends = Array.from({ length: 900 }, (_, i) => rowOf({ expiresAt: days(i % 2 ? 3 : -3) }))
  await prisma.licenseKey.createMany({ data: ends })
  const processes = await Promise.all(
    [1, 2, 3].map((i) => import(/* @vite-ignore */ `./ends.ts?process=${i}`) as Promise<{ tellEnds: typeof tellEnds }>),
  )
  const told = await Promise.all(processes.map((each) => each.tellEnds(system, now, of.organizationId)))
  // Who was in somebody else's hands the first time is left to the next.
  const rest = await tell(now)
  expect(told.reduce((sum, each) => sum + each, rest)).toBe(900)
  const events = await prisma.event.groupBy({
    by: ['licenseKeyId', 'type'],
    where: { organizationId: of.organizationId },
    _count: true,
  })
  expect(events).toHaveLength(900)
  expect(events.every(({ _count }) => _count === 1)).toBe(true)
})

test('what fails is told the next time, and marks nothing', async () => {
  const id = await addKey({ expiresAt: days(-1) })
  await prisma.$executeRawUnsafe(
    `ALTER TABLE events ADD CONSTRAINT no_more CHECK (license_key_id <> '${id}') NOT VALID`,
  )
  await expect(tell(now)).rejects.toThrow()
  await prisma.$executeRawUnsafe('ALTER TABLE events DROP CONSTRAINT no_more')
  expect(await prisma.licenseKey.findUniqueOrThrow({ where: { id } })).toMatchObject({ endedFor: null })
  expect(await tell(now)).toBe(1)
})

test('a key that somebody holds waits, and holds up nobody', async () => {
  const [held, free] = [await addKey({ expiresAt: days(-1) }), await addKey({ expiresAt: days(-1) })]
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM license_keys WHERE id = ${held}::uuid FOR UPDATE`
    expect(await tell(now)).toBe(1)
  })
  expect(await told(free)).toHaveLength(1)
  expect(await told(held)).toHaveLength(0)
  expect(await tell(now)).toBe(1)
})
