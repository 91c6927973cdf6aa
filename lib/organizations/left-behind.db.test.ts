import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import { openSession } from '../auth/sessions.ts'
import { whileOpen } from '../auth/while-member.ts'
import type { Member, Visitor } from '../base/actor.ts'
import { prisma } from '../database/client.ts'
import { openContents } from '../mail/queries.ts'
import { createApiKey } from './commands.ts'
import { leftBehind } from './left-behind.ts'
import { changeRole, inviteMember, joinSignedIn, removeMember, transferOwnership } from './members.ts'
import { apiClientOf, listApiKeys, listInvitations } from './queries.ts'

const now = new Date()
const visitor: Visitor = { kind: 'visitor', address: '203.0.113.7', device: 'Firefox on Linux' }

async function makeOrganization() {
  const slug = randomUUID()
  const { id } = await prisma.organization.create({ data: { name: 'Fable', slug } })
  const add = async (role: Role): Promise<Member> => {
    const email = `${randomUUID()}@example.com`
    const user = await prisma.user.create({ data: { email, name: role } })
    await prisma.membership.create({ data: { organizationId: id, userId: user.id, role } })
    return { kind: 'merchant', userId: user.id, email, name: role, organizationId: id, role }
  }
  const key = (member: Member, name: string, expiresOn: string | null = null) =>
    createApiKey(member, { name, scopes: ['events:read'], expiresOn }, now)
  return { id, slug, add, key, owner: await add('owner') }
}

const eventsOf = async (organizationId: string) =>
  (await prisma.event.findMany({ where: { organizationId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] }))
    .map(({ type, data }) => ({ type, data }))
    .slice(-4)

const newsTo = async (to: string) =>
  (await prisma.mail.findMany({ where: { to } })).map((mail) => openContents(mail)).map(({ payload }) => payload)

test('what a member who is removed leaves behind ends with them, unless whoever removes them keeps it', async () => {
  const shop = await makeOrganization()
  const [leaver, other] = [await shop.add('admin'), await shop.add('admin')]
  const [ci, site, others] = [
    await shop.key(leaver, 'CI'),
    await shop.key(leaver, 'Site'),
    await shop.key(other, 'Own'),
  ]
  expect((await leftBehind(shop.owner, now)).get(leaver.userId)).toEqual({
    apiKeys: [
      { name: 'CI', lastUsedAt: null },
      { name: 'Site', lastUsedAt: null },
    ],
    invitations: [],
  })
  await removeMember(shop.owner, { userId: leaver.userId }, null, now)
  expect([await apiClientOf(ci.token, now), await apiClientOf(site.token, now)]).toEqual([null, null])
  expect(await apiClientOf(others.token, now)).toMatchObject({ name: 'Own' })
  expect((await eventsOf(shop.id)).slice(1)).toEqual([
    { type: 'api_key.revoked', data: { name: 'CI', maker: leaver.email } },
    { type: 'api_key.revoked', data: { name: 'Site', maker: leaver.email } },
    { type: 'member.removed', data: { email: leaver.email, role: 'admin' } },
  ])
  expect(await newsTo(shop.owner.email)).toEqual([])
})

test('keys that are kept are marked, written down, and told to the owners who were not asked', async () => {
  const shop = await makeOrganization()
  const [leaver, second] = [await shop.add('admin'), await shop.add('owner')]
  const { token } = await shop.key(leaver, 'CI')
  await shop.key(leaver, 'Old', now.toISOString().slice(0, 10))
  const later = new Date(now.getTime() + 3 * 86_400_000)
  await removeMember(shop.owner, { userId: leaver.userId, keepsKeys: 1 }, null, later)
  expect(await apiClientOf(token, later)).toMatchObject({ name: 'CI' })
  // The one that had expired is not counted.
  expect((await eventsOf(shop.id)).at(-1)).toEqual({
    type: 'member.removed',
    data: { email: leaver.email, role: 'admin', keysKept: 1 },
  })
  expect((await listApiKeys(shop.owner, later)).map(({ name, maker }) => [name, maker])).toEqual([
    ['Old', { state: 'left' }],
    ['CI', { state: 'left' }],
  ])
  expect(await newsTo(second.email)).toEqual([
    expect.objectContaining({ news: 'organization-keys-left', about: `${leaver.email} (Fable)` }),
  ])
  expect(await newsTo(shop.owner.email)).toEqual([])
})

test('somebody who leaves may end their keys, unless they may not end any; then the owners are told', async () => {
  const shop = await makeOrganization()
  const [admin, lesser] = [await shop.add('admin'), await shop.add('admin')]
  const [first, second] = [await shop.key(admin, 'CI'), await shop.key(lesser, 'Site')]
  await removeMember(admin, { userId: admin.userId }, null, now)
  expect(await apiClientOf(first.token, now)).toBeNull()
  await changeRole(shop.owner, { userId: lesser.userId, role: 'viewer', keepsKeys: 1 }, null, now)
  expect((await listApiKeys(shop.owner, now)).find(({ name }) => name === 'Site')?.maker).toEqual({
    ...{ state: 'lesser', role: 'viewer' },
  })
  const viewer: Member = { ...lesser, role: 'viewer' }
  expect([...(await leftBehind(viewer, now)).keys()]).toEqual([lesser.userId])
  await removeMember(viewer, { userId: lesser.userId }, null, now)
  expect(await apiClientOf(second.token, now)).toMatchObject({ name: 'Site' })
  expect(await newsTo(shop.owner.email)).toEqual([expect.objectContaining({ news: 'organization-keys-left' })])
})

test('a role that makes no keys can take those it made along; one that does keeps them', async () => {
  const shop = await makeOrganization()
  const admin = await shop.add('admin')
  const { token } = await shop.key(admin, 'CI')
  await changeRole(shop.owner, { userId: admin.userId, role: 'owner' }, null, now)
  expect(await apiClientOf(token, now)).not.toBeNull()
  await changeRole(shop.owner, { userId: admin.userId, role: 'support' }, null, now)
  expect(await apiClientOf(token, now)).toBeNull()
})

test('invitations end that their sender could not send any more, so nobody invites themselves back', async () => {
  const shop = await makeOrganization()
  const [admin, second] = [await shop.add('admin'), await shop.add('owner')]
  const own = await prisma.user.create({ data: { email: `${randomUUID()}@example.com` } })
  const { url } = await inviteMember(admin, { email: own.email, role: 'admin' }, now)
  await inviteMember(shop.owner, { email: `${randomUUID()}@example.com`, role: 'viewer' }, now)
  await removeMember(shop.owner, { userId: admin.userId }, null, now)
  const token = new URL(url ?? '').searchParams.get('token') ?? ''
  await expect(joinSignedIn(own, visitor, token, now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await listInvitations(shop.owner, now)).toHaveLength(1)
  expect(await eventsOf(shop.id)).toContainEqual({
    type: 'member.invitation_withdrawn',
    data: { email: own.email, inviter: admin.email },
  })
  // An owner who becomes an admin has invited owners, too.
  await inviteMember(second, { email: `${randomUUID()}@example.com`, role: 'owner' }, now)
  await inviteMember(second, { email: `${randomUUID()}@example.com`, role: 'admin' }, now)
  const heir = await shop.add('admin')
  await transferOwnership(second, { userId: heir.userId }, null, visitor, now)
  expect((await listInvitations(shop.owner, now)).map(({ role }) => role).sort()).toEqual(['admin', 'viewer'])
})

test('whoever was removed a moment ago makes no key and invites nobody with a page that was open', async () => {
  const shop = await makeOrganization()
  const [gone, lesser] = [await shop.add('admin'), await shop.add('admin')]
  await removeMember(shop.owner, { userId: gone.userId }, null, now)
  await changeRole(shop.owner, { userId: lesser.userId, role: 'support' }, null, now)
  const invitation = { email: `${randomUUID()}@example.com`, role: 'viewer' as const }
  await expect(shop.key(gone, 'Late')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(shop.key(lesser, 'Late')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(inviteMember(gone, invitation, now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(inviteMember(lesser, invitation, now)).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('a file that is on its way breaks off when whoever asked for it is removed', async () => {
  const shop = await makeOrganization()
  const member = await shop.add('admin')
  const sessionId = await openSession(
    visitor,
    { id: member.userId, email: member.email, sessionEpoch: 0 },
    'password',
    now,
  )
  async function* rows() {
    for (;;) yield 'row'
  }
  const sent = whileOpen({ sessionId, organizationId: shop.id }, rows(), 0)
  expect(await sent.next()).toEqual({ value: 'row', done: false })
  await removeMember(shop.owner, { userId: member.userId }, null, now)
  await expect(sent.next()).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
})

test('the migration finds who made a key and who invites in the history', async () => {
  const shop = await makeOrganization()
  const [admin, gone] = [await shop.add('admin'), await shop.add('admin')]
  await shop.key(admin, 'CI')
  await shop.key(gone, 'Site')
  await inviteMember(admin, { email: `${randomUUID()}@example.com`, role: 'viewer' }, now)
  const where = { organizationId: shop.id }
  await prisma.apiKey.updateMany({ where, data: { createdById: null } })
  await prisma.invitation.updateMany({ where, data: { invitedById: null } })
  const sql = readFileSync('prisma/migrations/20261130060000_left_behind/migration.sql', 'utf8')
  for (const [update, alias] of sql.matchAll(/^UPDATE "\w+" (\w)[^;]+/gm))
    await prisma.$executeRawUnsafe(`${update} AND ${alias}.organization_id = '${shop.id}'`)
  const keys = await prisma.apiKey.findMany({ where, orderBy: { name: 'asc' } })
  expect(keys.map(({ createdById }) => createdById)).toEqual([admin.userId, gone.userId])
  expect(await prisma.invitation.findFirstOrThrow({ where })).toMatchObject({ invitedById: admin.userId })
})

test('a key made while the page stood open is revoked, or asked about; the other owners hear of those kept', async () => {
  const shop = await makeOrganization()
  const [leaver, lesser, second] = [await shop.add('admin'), await shop.add('admin'), await shop.add('owner')]
  const [made, kept, later] = [
    await shop.key(leaver, 'Made meanwhile'),
    await shop.key(lesser, 'Named'),
    await shop.key(lesser, 'Not named'),
  ]
  // The dialog named none.
  await removeMember(shop.owner, { userId: leaver.userId }, null, now)
  expect(await apiClientOf(made.token, now)).toBeNull()
  // It named one.
  const demoted = { userId: lesser.userId, role: 'viewer' as const }
  await expect(changeRole(shop.owner, { ...demoted, keepsKeys: 1 }, null, now)).rejects.toMatchObject({
    code: 'CONFLICT',
  })
  expect(await apiClientOf(later.token, now)).not.toBeNull()
  await changeRole(shop.owner, { ...demoted, keepsKeys: 2 }, null, now)
  expect(await apiClientOf(kept.token, now)).not.toBeNull()
  expect(await newsTo(second.email)).toEqual([expect.objectContaining({ news: 'organization-keys-left' })])
  expect((await eventsOf(shop.id)).at(-1)?.data).toMatchObject({ role: 'viewer', keysKept: 2 })
})
