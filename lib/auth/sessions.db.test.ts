import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import type { Visitor } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { signInByPassword } from './commands.ts'
import { hashPassword } from './passwords.ts'
import { listSessions, sessionIsOpen } from './queries.ts'
import { securityNotes } from './security-log.ts'
import { endOwnSession, endSession, endSessions, openSession, purgeSessions, signOutEverywhere } from './sessions.ts'

const visitor: Visitor = { kind: 'visitor', address: '203.0.113.5', device: 'Firefox on Linux' }
const now = new Date()
const days = (count: number) => new Date(now.getTime() + count * 86_400_000)

let passwordHash: string
beforeAll(async () => {
  passwordHash = await hashPassword('correct horse')
})

async function newUser({ isMember = false } = {}) {
  const email = `${randomUUID()}@example.com`
  const user = await prisma.user.create({ data: { email, passwordHash } })
  if (!isMember) return { ...user, organizationId: '' }
  const slug = randomUUID()
  const { id } = await prisma.organization.create({
    data: { name: slug, slug, memberships: { create: { userId: user.id, role: 'owner' } } },
  })
  return { ...user, organizationId: id }
}

const open = (user: { id: string; email: string }, at = now) =>
  openSession(visitor, { id: user.id, email: user.email, sessionEpoch: 0 }, 'password', at)

test('a session is open until it is ended, and then for nobody who kept its cookie', async () => {
  const user = await newUser()
  const [sessionId, other] = [await open(user), await open(user)]
  const token = { userId: user.id, sessionId }
  expect(await sessionIsOpen(token, now)).toBe(true)
  await endSession(token, now)
  await endSession(token, now)
  expect(await sessionIsOpen(token, now)).toBe(false)
  expect(await sessionIsOpen({ userId: user.id, sessionId: other }, now)).toBe(true)
})

test('whoever lists their sessions is told in which country each was', async () => {
  const user = await newUser()
  for (const address of ['8.8.8.8', '192.168.1.7', '2a02:2e0:3fe::7', null])
    await prisma.session.create({ data: { userId: user.id, address, createdAt: now, lastSeenAt: now } })
  const sessions = await listSessions({ userId: user.id }, false, now)
  expect(Object.fromEntries(sessions.map(({ address, country }) => [address, country]))).toEqual({
    ...{ '8.8.8.8': 'US', '192.168.1.7': null, '2a02:2e0:3fe::7': 'DE', null: null },
  })
})

test('a cookie opens nothing with the session of somebody else', async () => {
  const [user, other] = [await newUser(), await newUser()]
  const sessionId = await open(user)
  expect(await sessionIsOpen({ userId: other.id, sessionId }, now)).toBe(false)
  await endSession({ userId: other.id, sessionId }, now)
  await expect(endOwnSession({ userId: other.id }, sessionId, visitor, now)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  expect(await sessionIsOpen({ userId: user.id, sessionId }, now)).toBe(true)
})

test.each([
  ['a member', true, 30],
  ['a customer', false, 90],
] as const)('a session of %s ends in time, however much it is used', async (_who, isMember, longest) => {
  const user = await newUser({ isMember })
  const sessionId = await open(user)
  const token = { userId: user.id, sessionId }
  for (let day = 0; day < longest; day += 5) {
    expect(await sessionIsOpen(token, days(day))).toBe(true)
    await prisma.session.update({ where: { id: sessionId }, data: { lastSeenAt: days(day) } })
  }
  await prisma.session.update({ where: { id: sessionId }, data: { lastSeenAt: days(longest) } })
  expect(await sessionIsOpen(token, days(longest))).toBe(false)
  expect(await listSessions({ userId: user.id }, isMember, days(longest))).toEqual([])
})

test('ending all sessions also ends a sign-in that is under way', async () => {
  const user = await newUser()
  const [kept, ended] = [await open(user), await open(user)]
  const identity = await signInByPassword(visitor, { email: user.email, password: 'correct horse' })
  await prisma.$transaction((tx) => endSessions(tx, user.id, kept))
  await expect(openSession(visitor, identity, 'password', now)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  expect(await sessionIsOpen({ userId: user.id, sessionId: kept }, now)).toBe(true)
  expect(await sessionIsOpen({ userId: user.id, sessionId: ended }, now)).toBe(false)
})

test('signing in and ending all sessions at once leaves no session that was begun before', async () => {
  const user = await newUser()
  await Promise.allSettled([
    ...Array.from({ length: 8 }, () => open(user)),
    signOutEverywhere({ userId: user.id }, null, visitor, now),
    ...Array.from({ length: 8 }, () => open(user)),
  ])
  expect(await prisma.session.count({ where: { userId: user.id } })).toBe(0)
})

test('nobody has more than fifty sessions, and those that are over are swept away', async () => {
  const user = await newUser()
  for (let i = 0; i < 52; i++) await open(user, new Date(now.getTime() + i))
  expect(await prisma.session.count({ where: { userId: user.id } })).toBe(50)
  await prisma.session.updateMany({ where: { userId: user.id }, data: { lastSeenAt: new Date('2020-01-01') } })
  await purgeSessions(now)
  expect(await prisma.session.count({ where: { userId: user.id } })).toBe(0)
})

test('what a member does at the door is in the history of their organizations, with address and browser', async () => {
  const user = await newUser({ isMember: true })
  const [sessionId, other] = [await open(user), await open(user)]
  await endSession({ userId: user.id, sessionId }, now, visitor)
  await endOwnSession({ userId: user.id }, other, visitor, now)
  await signOutEverywhere({ userId: user.id }, null, visitor, now)
  const events = await prisma.event.findMany({ where: { organizationId: user.organizationId }, orderBy: { id: 'asc' } })
  expect(events.map(({ type, data }) => [type, (data as { how: string }).how])).toEqual([
    ['session.started', 'password'],
    ['session.started', 'password'],
    ['session.ended', 'sign-out'],
    ['session.ended', 'ended'],
    ['session.ended', 'everywhere'],
  ])
  for (const event of events) expect(event).toMatchObject({ address: '203.0.113.5', device: 'Firefox on Linux' })
})

test('wrong passwords for a member are one event an hour with their number; those for nobody are none', async () => {
  const user = await newUser({ isMember: true })
  const unknown = `${randomUUID()}@example.com`
  for (const email of [user.email, unknown])
    for (let i = 0; i < 9; i++) await signInByPassword(visitor, { email, password: 'wrong' }).catch(() => {})
  await securityNotes()
  const events = await prisma.event.findMany({
    where: { organizationId: user.organizationId },
    orderBy: { type: 'asc' },
  })
  expect(events.map(({ type, data }) => [type, (data as { times: number }).times])).toEqual([
    ['session.refused', 5],
    ['session.slowed', 4],
  ])
  expect(events[0]).toMatchObject({ actorKind: 'visitor', address: '203.0.113.5', device: 'Firefox on Linux' })
  expect(await prisma.event.count({ where: { data: { path: ['email'], equals: unknown } } })).toBe(0)
})
