import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import { signInByPassword } from '../auth/commands.ts'
import { sessionIsOpen } from '../auth/queries.ts'
import { openSession } from '../auth/sessions.ts'
import type { Member, Visitor } from '../base/actor.ts'
import { pool, prisma } from '../database/client.ts'
import { purgeSecurityLog, record } from '../events/commands.ts'
import { listEventRecords, listEvents, listSecurityEvents } from '../events/queries.ts'
import { securityTypes } from '../events/schema.ts'
import { openContents } from '../mail/queries.ts'
import { getHistoryMonths, keepHistory } from './keep-history.ts'
import { keepSecurityLog } from './keep-security-log.ts'
import {
  changeRole,
  inviteMember,
  joinSignedIn,
  joinWithPassword,
  removeMember,
  resendInvitation,
  transferOwnership,
  withdrawInvitation,
} from './members.ts'
import { invitationOf, isTwoStepRequired, listInvitations, listMembers } from './queries.ts'
import { requireTwoStep } from './require-two-step.ts'
import { KeepHistory } from './schema.ts'

const now = new Date()
const days = (count: number) => new Date(now.getTime() + count * 86_400_000)
const visitor: Visitor = { kind: 'visitor', address: null, device: 'Firefox on Linux' }
const newAddress = () => `${randomUUID()}@example.com`
const from = { address: '203.0.113.8', device: 'Safari on macOS' }

async function makeOrganization() {
  const slug = randomUUID()
  const { id } = await prisma.organization.create({ data: { name: 'Fable', slug } })
  const add = async (role: Role): Promise<Member> => {
    const email = newAddress()
    const user = await prisma.user.create({ data: { email, name: 'Mira' } })
    await prisma.membership.create({ data: { organizationId: id, userId: user.id, role } })
    return { kind: 'merchant', userId: user.id, email, name: 'Mira', organizationId: id, role, from }
  }
  return { id, slug, add, owner: await add('owner') }
}

/** The token in the newest mail to this address. */
async function mailedToken(to: string): Promise<string> {
  const contents = openContents(await prisma.mail.findFirstOrThrow({ where: { to }, orderBy: { id: 'desc' } }))
  if (contents.template !== 'invitation') throw new Error('no invitation')
  return new URL(contents.payload.url).searchParams.get('token') ?? ''
}

const typesOf = async (organizationId: string) =>
  (await prisma.event.findMany({ where: { organizationId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })).map(
    ({ type }) => type,
  )

const sessionOf = async ({ userId, email }: Member) => ({
  userId,
  sessionId: await openSession(visitor, { id: userId, email, sessionEpoch: 0 }, 'password', now),
})

describe('invitations', () => {
  test('somebody without an account makes one with the link, once', async () => {
    const shop = await makeOrganization()
    const email = newAddress()
    const { url } = await inviteMember(shop.owner, { email, role: 'support' }, now)
    const token = await mailedToken(email)
    // No SMTP here, so whoever invites passes the link on.
    expect(url).toContain(token)
    expect(await invitationOf(token, now)).toEqual({
      ...{ email, role: 'support', invitedBy: 'Mira', organization: 'Fable', hasAccount: false },
    })
    const stored = await prisma.invitation.findFirstOrThrow({ where: { email } })
    expect(JSON.stringify(stored)).not.toContain(token)
    const input = { token, name: 'Nora', password: 'a long password of Nora' }
    const joins = await Promise.allSettled([1, 2, 3].map(() => joinWithPassword(visitor, input, now)))
    expect(joins.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await signInByPassword(visitor, { email, password: input.password })
    expect((await listMembers(shop.owner)).map(({ email, role }) => [email, role])).toEqual([
      [shop.owner.email, 'owner'],
      [email, 'support'],
    ])
    expect(await typesOf(shop.id)).toEqual(['member.invited', 'member.joined'])
  })

  test('an account that is there is used, and only by whom it belongs to', async () => {
    const shop = await makeOrganization()
    const [invited, other] = [newAddress(), newAddress()]
    const [user, stranger] = await Promise.all(
      [invited, other].map((email) => prisma.user.create({ data: { email, passwordHash: 'x' } })),
    )
    await inviteMember(shop.owner, { email: invited, role: 'admin' }, now)
    const token = await mailedToken(invited)
    const input = { token, name: 'Thief', password: 'a long password of a thief' }
    await expect(joinWithPassword(visitor, input, now)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(joinSignedIn(stranger as NonNullable<typeof stranger>, visitor, token, now)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    expect(await joinSignedIn(user as NonNullable<typeof user>, visitor, token, now)).toEqual({
      email: invited,
      slug: shop.slug,
    })
    expect(await prisma.user.findUniqueOrThrow({ where: { email: invited } })).toMatchObject({ passwordHash: 'x' })
  })

  test('invited again, the old link is void; withdrawn or after seven days, every link is', async () => {
    const shop = await makeOrganization()
    const email = newAddress()
    await inviteMember(shop.owner, { email, role: 'viewer' }, now)
    const first = await mailedToken(email)
    const [invitation] = await listInvitations(shop.owner, now)
    await resendInvitation(shop.owner, { invitationId: invitation?.id ?? '' }, days(1))
    const second = await mailedToken(email)
    expect(second).not.toBe(first)
    expect(await invitationOf(first, days(1))).toBeNull()
    expect(await invitationOf(second, days(7.9))).not.toBeNull()
    expect(await invitationOf(second, days(8))).toBeNull()
    const input = { token: second, name: 'Late', password: 'a long password, too late' }
    await expect(joinWithPassword(visitor, input, days(8))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await withdrawInvitation(shop.owner, { invitationId: invitation?.id ?? '' }, days(2))
    expect(await invitationOf(second, days(2))).toBeNull()
  })

  test('only owners and admins invite, nobody invites above themselves, and other organizations see nothing', async () => {
    const [shop, other] = [await makeOrganization(), await makeOrganization()]
    const input = { email: newAddress(), role: 'viewer' as const }
    for (const role of ['support', 'viewer'] as const)
      await expect(inviteMember(await shop.add(role), input, now)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const admin = await shop.add('admin')
    await expect(inviteMember(admin, { ...input, role: 'owner' }, now)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await inviteMember(admin, input, now)
    await expect(inviteMember(admin, { email: shop.owner.email, role: 'viewer' }, now)).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    const invitationId = (await listInvitations(shop.owner, now))[0]?.id ?? ''
    for (const act of [withdrawInvitation, resendInvitation])
      await expect(act(other.owner, { invitationId }, now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await listInvitations(other.owner, now)).toEqual([])
  })
})

describe('roles', () => {
  test('another role ends all sessions of that member, and of nobody else', async () => {
    const shop = await makeOrganization()
    const member = await shop.add('admin')
    const [theirs, mine] = [await sessionOf(member), await sessionOf(shop.owner)]
    await changeRole(shop.owner, { userId: member.userId, role: 'viewer' }, mine.sessionId, now)
    expect(await sessionIsOpen(theirs, now)).toBe(false)
    expect(await sessionIsOpen(mine, now)).toBe(true)
    const event = await prisma.event.findFirstOrThrow({
      where: { organizationId: shop.id, type: 'member.role_changed' },
    })
    expect(event).toMatchObject({ ...from, data: { email: member.email, from: 'admin', role: 'viewer' } })
  })

  test('removed, somebody is signed out and no member', async () => {
    const shop = await makeOrganization()
    const member = await shop.add('support')
    const theirs = await sessionOf(member)
    await removeMember(shop.owner, { userId: member.userId }, null, now)
    expect(await sessionIsOpen(theirs, now)).toBe(false)
    expect(await listMembers(shop.owner)).toHaveLength(1)
    await expect(removeMember(shop.owner, { userId: member.userId }, null, now)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('an ownership is given in one step, and both are told', async () => {
    const shop = await makeOrganization()
    const member = await shop.add('support')
    const [theirs, mine] = [await sessionOf(member), await sessionOf(shop.owner)]
    const give = (by: Member, to: string) =>
      transferOwnership(by, { userId: to }, mine.sessionId, { kind: 'visitor', address: null }, now)
    await expect(give(member, member.userId)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(give({ ...member, role: 'owner' }, shop.owner.userId)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(give(shop.owner, shop.owner.userId)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await give(shop.owner, member.userId)
    const roles = await listMembers(shop.owner)
    expect(roles.map(({ userId, role }) => [userId, role])).toEqual([
      [member.userId, 'owner'],
      [shop.owner.userId, 'admin'],
    ])
    expect(await sessionIsOpen(theirs, now)).toBe(false)
    expect(await sessionIsOpen(mine, now)).toBe(true)
    const mails = await prisma.mail.findMany({ where: { to: { in: [member.email, shop.owner.email] } } })
    expect(mails.map(({ to, template }) => `${to} ${template}`).sort()).toEqual(
      [`${member.email} account-news`, `${shop.owner.email} account-news`].sort(),
    )
    // Given twice at once, one finds that it is gone.
    await expect(give(shop.owner, member.userId)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('two owners who remove each other at once leave one', async () => {
    for (let round = 0; round < 5; round++) {
      const shop = await makeOrganization()
      const second = await shop.add('owner')
      const outcomes = await Promise.allSettled([
        removeMember(shop.owner, { userId: second.userId }, null, now),
        removeMember(second, { userId: shop.owner.userId }, null, now),
        changeRole(shop.owner, { userId: shop.owner.userId, role: 'viewer' }, null, now),
      ])
      expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true)
      expect(await prisma.membership.count({ where: { organizationId: shop.id, role: 'owner' } })).toBe(1)
    }
  })

  test('members of another organization are nobody', async () => {
    const [shop, other] = [await makeOrganization(), await makeOrganization()]
    const member = await shop.add('viewer')
    const change = { userId: member.userId, role: 'admin' as const }
    await expect(changeRole(other.owner, change, null, now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(removeMember(other.owner, change, null, now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // A page that was open while the role was taken away.
    await prisma.membership.updateMany({ where: { userId: shop.owner.userId }, data: { role: 'viewer' } })
    await expect(changeRole(shop.owner, change, null, now)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('two-step sign-in', () => {
  test('is required by owners who have it themselves, and said in the history', async () => {
    const shop = await makeOrganization()
    await expect(requireTwoStep(await shop.add('admin'), { required: true }, now)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    await expect(requireTwoStep(shop.owner, { required: true }, now)).rejects.toMatchObject({ code: 'CONFLICT' })
    await prisma.user.update({ where: { id: shop.owner.userId }, data: { twoStepAt: now } })
    expect(await isTwoStepRequired(shop.owner)).toBe(false)
    for (const required of [true, true, false]) await requireTwoStep(shop.owner, { required }, now)
    expect(await isTwoStepRequired(shop.owner)).toBe(false)
    const told = await prisma.event.findMany({ where: { organizationId: shop.id }, orderBy: { position: 'asc' } })
    expect(told.map(({ data }) => data)).toEqual([
      { changes: ['Two-step sign-in required of all members'] },
      { changes: ['Two-step sign-in left to each member'] },
    ])
  })
})

describe('the security log', () => {
  test('the index holds exactly the types that the log shows', async () => {
    const { rows } = await pool.query<{ indexdef: string }>(
      `SELECT indexdef FROM pg_indexes WHERE indexname = 'events_security_log_idx'`,
    )
    const types = [...(rows[0]?.indexdef ?? '').matchAll(/'(\w+\.\w+)'::/g)].map((match) => match[1])
    expect(types.sort()).toEqual([...securityTypes].sort())
  })

  test('owners see it; history, other roles and programs see no sign-ins', async () => {
    const shop = await makeOrganization()
    const member = await shop.add('admin')
    await sessionOf(member)
    await changeRole(shop.owner, { userId: member.userId, role: 'viewer' }, null, now)
    const page = { page: 1, size: 50 }
    const { events, total } = await listSecurityEvents(shop.owner, {}, page)
    expect(events.map(({ type }) => type).sort()).toEqual(['member.role_changed', 'session.started'])
    expect(total).toBe(2)
    expect(events.find(({ type }) => type === 'session.started')).toMatchObject({ device: 'Firefox on Linux' })
    expect((await listSecurityEvents(shop.owner, { groups: ['sessions'] }, page)).total).toBe(1)
    expect((await listSecurityEvents(shop.owner, { q: '203.0.113' }, page)).total).toBe(1)
    expect((await listSecurityEvents(shop.owner, { q: member.email.slice(0, 12) }, page)).total).toBe(1)
    for (const role of ['admin', 'support', 'viewer'] as const)
      await expect(listSecurityEvents(await shop.add(role), {}, page)).rejects.toMatchObject({ code: 'FORBIDDEN' })

    for (const filter of [{}, { groups: ['security' as const] }, { actorKinds: ['merchant'] }]) {
      const history = await listEvents(shop.owner, filter, page)
      expect(history.events.map(({ type }) => type)).toEqual(['member.role_changed'])
      expect(history.total).toBe(1)
    }
    const records = await listEventRecords(shop.owner, {}, { sort: 'at', dir: 'asc', limit: 10 })
    expect(records.map(({ type }) => type)).toEqual(['member.role_changed'])
    expect(JSON.stringify(records)).not.toContain('203.0.113.8')
  })

  test('how long the history is kept is for owners to say, and is said in it', async () => {
    const shop = await makeOrganization()
    expect(await getHistoryMonths(shop.owner)).toBeNull()
    await keepHistory(shop.owner, KeepHistory.parse({ months: '24' }), now)
    await keepHistory(shop.owner, KeepHistory.parse({ months: '24' }), now)
    expect(await getHistoryMonths(shop.owner)).toBe(24)
    await keepHistory(shop.owner, KeepHistory.parse({ months: 'forever' }), now)
    expect(await getHistoryMonths(shop.owner)).toBeNull()
    await expect(keepHistory(await shop.add('admin'), { months: 3 }, now)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    for (const months of ['0', '1', 'x', '']) expect(KeepHistory.safeParse({ months }).success, months).toBe(false)
    const told = await prisma.event.findMany({
      where: { organizationId: shop.id, type: 'organization.updated' },
      orderBy: { position: 'asc' },
    })
    expect(told.map(({ data }) => data)).toEqual([
      { changes: ['History kept 2 years instead of forever'] },
      { changes: ['History kept forever instead of 2 years'] },
    ])
  })

  test('after the months an owner chose, sign-ins are gone and other events forget address and device', async () => {
    const [shop, other] = [await makeOrganization(), await makeOrganization()]
    const at = new Date('2026-01-10T12:00:00Z')
    for (const { owner, id } of [shop, other])
      await prisma.$transaction((tx) =>
        record(
          tx,
          owner,
          at,
          { type: 'session.started', organizationId: id },
          { type: 'license_key.revealed', organizationId: id },
          { type: 'license_key.issued', organizationId: id },
        ),
      )
    await keepSecurityLog(shop.owner, { months: 3 }, new Date('2026-01-11'))
    await expect(keepSecurityLog(await shop.add('admin'), { months: 1 }, now)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    const system = { kind: 'system' as const, name: 'Test' }
    await purgeSecurityLog(system, new Date('2026-04-10T11:00:00Z'))
    expect(await typesOf(shop.id)).toHaveLength(4)
    await purgeSecurityLog(system, new Date('2026-04-10T13:00:00Z'))
    const left = await prisma.event.findMany({ where: { organizationId: shop.id, at } })
    expect(left.map(({ type, address, device }) => [type, address, device]).sort()).toEqual([
      ['license_key.issued', null, null],
      ['license_key.revealed', null, null],
    ])
    const others = await prisma.event.findMany({ where: { organizationId: other.id }, orderBy: { type: 'asc' } })
    expect(others.map(({ type, address }) => [type, address])).toEqual([
      ['license_key.issued', null],
      ['license_key.revealed', '203.0.113.8'],
      ['session.started', '203.0.113.8'],
    ])
  })
})
