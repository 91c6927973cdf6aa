import { expect, test, vi } from 'vitest'
import type { System } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { eventsAfter, newestCursor } from './follow.ts'
import { purgeHistory } from './purge-history.ts'
import type { EventType } from './schema.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const system: System = { kind: 'system', name: 'Latchkey' }
const SPAN_MS = 60_000

async function shop(months: { historyMonths: number | null; securityLogMonths?: number }) {
  const id = newId()
  await prisma.organization.create({ data: { id, slug: id, name: 'Test', ...months } })
  return id
}

const monthsAgo = (months: number, ms = 0) => {
  const at = new Date(now)
  at.setUTCMonth(at.getUTCMonth() - months)
  return new Date(at.getTime() + ms)
}

async function happened(organizationId: string, ...events: [EventType, Date][]) {
  for (const [type, at] of events)
    await prisma.event.create({ data: { organizationId, type, at, actorKind: 'system', actorLabel: 'Latchkey' } })
}

const left = async (organizationId: string) =>
  (await prisma.event.findMany({ where: { organizationId }, orderBy: { at: 'asc' } })).map(({ type, at }) => [type, at])

test('what is older than it is kept goes, to the moment; what is younger and what others keep stays', async () => {
  const [mine, other] = [await shop({ historyMonths: 3 }), await shop({ historyMonths: null })]
  const old = ['license_key.issued', monthsAgo(3, -1)] as const
  const young = ['license_key.issued', monthsAgo(3)] as const
  const ancient = ['customer.created', monthsAgo(40)] as const
  for (const shop of [mine, other]) await happened(shop, [...ancient], [...old], [...young])
  // Other tests have organizations beside these: how many went in all is theirs, too.
  expect(await purgeHistory(system, now, SPAN_MS)).toBeGreaterThanOrEqual(2)
  expect(await left(mine)).toEqual([[...young]])
  expect(await left(other)).toHaveLength(3)
  await purgeHistory(system, now, SPAN_MS)
  expect(await left(mine)).toEqual([[...young]])
})

test('the security log is kept as long as it is kept itself', async () => {
  const mine = await shop({ historyMonths: 3, securityLogMonths: 12 })
  const kept = ['member.joined', monthsAgo(11)] as const
  await happened(mine, ['member.joined', monthsAgo(13)], [...kept], ['license_key.issued', monthsAgo(11)])
  await happened(mine, ['license_key.issued', now])
  await purgeHistory(system, now, SPAN_MS)
  expect(await left(mine)).toEqual([[...kept], ['license_key.issued', now]])
})

test('the newest event stays, so that nobody who follows is told that something is missing', async () => {
  const mine = await shop({ historyMonths: 3 })
  await happened(mine, ['license_key.issued', monthsAgo(9)], ['license_key.updated', monthsAgo(8)])
  const follower = { ...system, organizationId: mine }
  const newest = await prisma.event.findFirstOrThrow({
    where: { organizationId: mine, type: 'license_key.updated' },
    select: { id: true },
  })
  // An event is to be followed once all that began before it have ended, of other tests, too.
  const cursor = await vi.waitFor(async () => {
    const at = await newestCursor(follower)
    expect(at?.id).toBe(newest.id)
    return at
  }, 20_000)
  await purgeHistory(system, now, SPAN_MS)
  expect(await left(mine)).toHaveLength(1)
  expect(await eventsAfter(follower, cursor, {}, 10)).toMatchObject({ events: [] })
})

test('a long history goes in batches, past what stays, and as far as there is time', async () => {
  const mine = await shop({ historyMonths: 3, securityLogMonths: 36 })
  await prisma.$executeRaw`INSERT INTO events (id, organization_id, type, at, actor_kind, actor_label)
    SELECT gen_random_uuid(), ${mine}::uuid, CASE WHEN i % 2 = 0 THEN 'license_key.updated' ELSE 'member.joined' END,
      ${monthsAgo(12)}::timestamptz + i / 7 * interval '1 minute', 'system', 'Latchkey' FROM generate_series(1, 9_000) i`
  await happened(mine, ['license_key.issued', now])
  expect(await purgeHistory(system, now, 0)).toBe(0)
  expect(await purgeHistory(system, now, SPAN_MS)).toBeGreaterThanOrEqual(4_500)
  expect(await left(mine)).toHaveLength(4_501)
})
