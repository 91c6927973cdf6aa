import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import { resetPassword } from '../auth/account.ts'
import { signInByLink } from '../auth/commands.ts'
import { sessionsOfMembers } from '../auth/queries.ts'
import { openSession } from '../auth/sessions.ts'
import type { Member, Visitor } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { allowWays, getAllowedWays, type Saver } from './allowed-ways.ts'

const now = new Date()
const visitor: Visitor = { kind: 'visitor', address: null, device: null }

async function makeOrganization(role: Role = 'owner') {
  const slug = randomUUID()
  const email = `${slug}@example.com`
  const user = await prisma.user.create({ data: { email, passwordHash: 'x' } })
  const { id: organizationId } = await prisma.organization.create({
    data: { name: 'Fable', slug, memberships: { create: { userId: user.id, role } } },
  })
  const me: Member = { kind: 'merchant', userId: user.id, email, name: null, organizationId, role }
  const saver: Saver = { id: user.id, how: 'password', hasPassword: true, hasPasskey: false }
  const open = async (how: Parameters<typeof openSession>[2]) => {
    const { sessionEpoch } = await prisma.user.findUniqueOrThrow({ where: { id: user.id } })
    return openSession(visitor, { id: user.id, email, sessionEpoch }, how, now)
  }
  const isSeen = async (sessionId: string) => (await sessionsOfMembers([sessionId], now)).length === 1
  return { organizationId, me, saver, open, isSeen, email }
}

const changesOf = async (organizationId: string) =>
  (
    await prisma.event.findMany({ where: { organizationId, type: 'organization.updated' }, orderBy: { at: 'asc' } })
  ).map(({ data }) => (data as { changes: string[] }).changes)

test('an owner narrows the ways by one that they came by; the log has both, and other sessions see nothing more', async () => {
  const { organizationId, me, saver, open, isSeen } = await makeOrganization()
  const [byPassword, byPasskey, byMail] = [await open('password'), await open('passkey'), await open('mailed code')]
  await allowWays(me, saver, { ways: ['password', 'passkey'] }, now, { ways: [] })
  expect(await getAllowedWays(me)).toEqual(['password', 'passkey'])
  expect([await isSeen(byPassword), await isSeen(byPasskey), await isSeen(byMail)]).toEqual([true, true, false])
  await allowWays(me, saver, { ways: [] }, now, { ways: ['password', 'passkey'] })
  expect(await isSeen(byMail)).toBe(true)
  expect(await changesOf(organizationId)).toEqual([
    ['Ways to sign in: any → Password, Passkey'],
    ['Ways to sign in: Password, Passkey → any'],
  ])
})

test('nobody shuts themselves out, and nobody but owners decides', async () => {
  const { organizationId, me, saver } = await makeOrganization()
  const refused = (ways: Parameters<typeof allowWays>[2]['ways'], by = saver, who = me) =>
    expect(allowWays(who, by, { ways }, now, { ways: [] })).rejects.toMatchObject({ code: expect.any(String) })
  await refused(['passkey'])
  await refused(['github'])
  await refused(['password'], { ...saver, how: 'link' })
  await refused(['password'], { ...saver, hasPassword: false })
  await refused(['passkey'], { ...saver, how: 'passkey' })
  await refused(['password'], saver, { ...me, role: 'admin' })
  expect(await getAllowedWays(me)).toEqual([])
  expect(await changesOf(organizationId)).toEqual([])
})

test('two owners who narrow it at once do not undo each other unknowingly', async () => {
  const { me, saver } = await makeOrganization()
  await allowWays(me, saver, { ways: ['password'] }, now, { ways: [] })
  await expect(allowWays(me, saver, { ways: ['password', 'passkey'] }, now, { ways: [] })).rejects.toMatchObject({
    conflicts: [expect.objectContaining({ theirs: 'Password', yours: 'Password, Passkey' })],
  })
})

test('a link from the console opens everything, a mailed one does not', async () => {
  const { me, email, isSeen, open } = await makeOrganization()
  await prisma.organization.update({ where: { id: me.organizationId }, data: { signInWays: ['passkey'] } })
  const { url } = await resetPassword({ kind: 'system', name: 'Console' }, email, now)
  const token = new URL(url).searchParams.get('token') ?? ''
  const identity = await signInByLink(visitor, { email, token }, now)
  expect(identity.how).toBe('console')
  expect(await isSeen(await open(identity.how ?? 'link'))).toBe(true)
  expect(await isSeen(await open('link'))).toBe(false)
})
