import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import type { System, Visitor } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { changePassword, listAccounts, resetPassword, setPassword } from './account.ts'
import { signInByLink, signInByPassword } from './commands.ts'
import { hashPassword } from './passwords.ts'
import { sessionIsOpen } from './queries.ts'
import { openSession } from './sessions.ts'

const now = new Date()
const visitor: Visitor = { kind: 'visitor', address: null }
const system: System = { kind: 'system', name: 'Console' }
const next = 'another long password'

let passwordHash: string
beforeAll(async () => {
  passwordHash = await hashPassword('correct horse')
})

async function signedIn(over: { passwordHash: string | null } = { passwordHash }) {
  const email = `${randomUUID()}@example.com`
  const user = await prisma.user.create({ data: { email, ...over } })
  const open = () => openSession(visitor, { id: user.id, email, sessionEpoch: 0 }, 'password', now)
  return { userId: user.id, email, sessionId: await open(), other: await open() }
}

test('a changed password ends every other session, and the old one no longer works', async () => {
  const me = await signedIn()
  expect(await changePassword(me, { current: 'correct horse', password: next }, visitor, now)).toEqual({ ended: 1 })
  expect(await sessionIsOpen({ userId: me.userId, sessionId: me.sessionId }, now)).toBe(true)
  expect(await sessionIsOpen({ userId: me.userId, sessionId: me.other }, now)).toBe(false)
  await signInByPassword(visitor, { email: me.email, password: next })
  await expect(signInByPassword(visitor, { email: me.email, password: 'correct horse' })).rejects.toThrow()
})

test('without the current password nothing changes, and it cannot be found out by trying', async () => {
  const me = await signedIn()
  const codes: string[] = []
  for (let i = 0; i < 7; i++)
    await changePassword(me, { current: `guess ${i}`, password: next }, visitor, now).catch(({ code }) =>
      codes.push(code),
    )
  expect(codes).toEqual([...Array(5).fill('UNAUTHORIZED'), 'RATE_LIMITED', 'RATE_LIMITED'])
  await signInByPassword(visitor, { email: me.email, password: 'correct horse' })
  expect(await sessionIsOpen({ userId: me.userId, sessionId: me.other }, now)).toBe(true)
})

test('whoever has no password sets the first one; of two at once one wins', async () => {
  const me = await signedIn({ passwordHash: null })
  const outcomes = await Promise.allSettled(
    ['first long password', 'second long password'].map((password) =>
      changePassword(me, { current: '', password }, visitor, now),
    ),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('the emergency command sets a password, or takes it away and gives a link that works once', async () => {
  const me = await signedIn()
  await setPassword(system, me.email, next, now)
  expect(await sessionIsOpen({ userId: me.userId, sessionId: me.sessionId }, now)).toBe(false)
  await signInByPassword(visitor, { email: me.email, password: next })

  const { url } = await resetPassword(system, me.email, now)
  await expect(signInByPassword(visitor, { email: me.email, password: next })).rejects.toThrow()
  const token = new URL(url).searchParams.get('token') ?? ''
  expect((await signInByLink(visitor, { email: me.email, token }, now)).id).toBe(me.userId)
  await expect(signInByLink(visitor, { email: me.email, token }, now)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  await expect(resetPassword(system, 'nobody@example.com', now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect((await listAccounts(system)).some(({ email }) => email === me.email)).toBe(false)
})
