import '#server-only'
import { randomBytes } from 'node:crypto'
import type { Role } from '#prisma/enums.ts'
import { countToken } from '../auth/commands.ts'
import { tellOfAccount } from '../auth/news.ts'
import { hashNewPassword } from '../auth/passwords.ts'
import { endSessions } from '../auth/sessions.ts'
import type { Member, Merchant, Visitor } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { env, mailIsConfigured } from '../base/env.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { INVITATION_DAYS } from '../mail/plain.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import * as paths from '../web/paths.ts'
import { endWhatIsLeft } from './left-behind.ts'
import { hashInvitation } from './queries.ts'
import { rolesToGive, roleWords, whyNotChangeMember, whyNotTransfer } from './rules.ts'
import type { ChangeRole, InvitationId, InviteMember, JoinWithPassword, MemberId } from './schema.ts'

// Who belongs to an organization. Every change locks all its memberships first, so that two owners cannot remove each other at once.

/** What an invitation came to: `url` only where no mail leaves the house, for whoever invites to pass on. It is shown once. */
export type Invited = { email: string; url: string | null }

/** Invites somebody by mail; invited again, they get a new link and the old one is void. */
export async function inviteMember(merchant: Merchant, { email, role }: InviteMember, now: Date): Promise<Invited> {
  assertMay(merchant, 'members.write')
  const inviter = asMember(merchant)
  const { organizationId } = inviter
  return prisma.$transaction(async (tx) => {
    assertStillGives(await lockMemberships(tx, organizationId), inviter, role)
    if (await tx.membership.findFirst({ where: { organizationId, user: { email } }, select: { userId: true } }))
      throw new Refusal('CONFLICT', 'They are a member already.', 'email')
    const before = await tx.invitation.findUnique({ where: { organizationId_email: { organizationId, email } } })
    return invite(tx, inviter, { email, role, again: before !== null }, now)
  })
}

// By the role that they have now: somebody may have been removed since the page was opened.
function assertStillGives(memberships: { userId: string; role: Role }[], { userId }: Member, role: Role): void {
  const is = memberships.find((each) => each.userId === userId)
  if (!is) throw notFound('organization')
  if (!rolesToGive(is.role).includes(role))
    throw new Refusal('FORBIDDEN', 'Only an owner can make somebody an owner.', 'role')
}

/** Sends an invitation again, with a new link and seven new days. */
export async function resendInvitation(
  merchant: Merchant,
  { invitationId }: InvitationId,
  now: Date,
): Promise<Invited> {
  assertMay(merchant, 'members.write')
  const inviter = asMember(merchant)
  return prisma.$transaction(async (tx) => {
    const memberships = await lockMemberships(tx, inviter.organizationId)
    const found = await tx.invitation.findFirst({
      where: { id: invitationId, organizationId: inviter.organizationId },
      select: { email: true, role: true },
    })
    if (!found) throw notFound('invitation')
    assertStillGives(memberships, inviter, found.role)
    return invite(tx, inviter, { ...found, again: true }, now)
  })
}

async function invite(
  tx: Tx,
  inviter: Member,
  { email, role, again }: { email: string; role: Role; again: boolean },
  now: Date,
): Promise<Invited> {
  const { organizationId } = inviter
  const token = randomBytes(32).toString('base64url')
  const invitedBy = inviter.name ?? inviter.email
  const isMailed = mailIsConfigured()
  const data = {
    ...{
      role,
      invitedBy,
      onlyMailed: isMailed,
      invitedById: inviter.userId,
      createdAt: now,
      tokenHash: hashInvitation(token),
    },
    expiresAt: new Date(now.getTime() + INVITATION_DAYS * DAY_MS),
  }
  await tx.invitation.upsert({
    where: { organizationId_email: { organizationId, email } },
    create: { id: newId(now), organizationId, email, ...data },
    update: data,
  })
  const url = new URL(paths.invitation({ token }), env().LATCHKEY_URL).href
  const { name } = await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { name: true } })
  await record(tx, inviter, now, {
    ...{ type: 'member.invited', organizationId, data: { email, role, again } },
    mails: [{ template: 'invitation', to: email, payload: { url, organization: name, invitedBy } }],
  })
  return { email, url: isMailed ? null : url }
}

/** Takes an invitation back: its link opens nothing from now on. */
export async function withdrawInvitation(
  merchant: Merchant,
  { invitationId }: InvitationId,
  now: Date,
): Promise<{ email: string }> {
  assertMay(merchant, 'members.write')
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    await lockMemberships(tx, organizationId)
    const found = await tx.invitation.findFirst({ where: { id: invitationId, organizationId } })
    if (!found) throw notFound('invitation')
    await tx.invitation.delete({ where: { id: found.id } })
    const data = { email: found.email }
    await record(tx, merchant, now, { type: 'member.invitation_withdrawn', organizationId, data })
    return data
  })
}

const gone = () => new Refusal('NOT_FOUND', 'This invitation was used already, was withdrawn or has expired.')

/** Makes an account for whoever was invited and has none, and makes them a member. */
export async function joinWithPassword(
  visitor: Visitor,
  { token, name, password }: JoinWithPassword,
  now: Date,
): Promise<{ email: string; slug: string }> {
  const takeBack = await countToken(visitor)
  const passwordHash = await hashNewPassword(password)
  const joined = await prisma.$transaction(async (tx) => {
    const invitation = await openInvitation(tx, token, now)
    const { email } = invitation
    // Without mail the link is passed on by whoever invites: it must not open an account that somebody has.
    if (await tx.user.findUnique({ where: { email }, select: { id: true } }))
      throw new Refusal('CONFLICT', 'There is an account with this address. Sign in, then open the invitation again.')
    // Only what went to the mailbox alone proves it: otherwise whoever invited may have used the link themselves.
    const proof = invitation.onlyMailed ? { emailVerifiedAt: now } : { byPassedLink: true }
    const user = await tx.user.create({ data: { email, name, passwordHash, ...proof }, select: { id: true } })
    return join(tx, invitation, { userId: user.id, email, name }, visitor, now)
  })
  await takeBack()
  return joined
}

/** Makes whoever is signed in a member, if the invitation is for their address. */
export async function joinSignedIn(
  user: { id: string; email: string; name: string | null },
  visitor: Visitor,
  token: string,
  now: Date,
): Promise<{ email: string; slug: string }> {
  const takeBack = await countToken(visitor)
  const joined = await prisma.$transaction(async (tx) => {
    const invitation = await openInvitation(tx, token, now)
    if (invitation.email !== user.email)
      throw new Refusal('FORBIDDEN', `This invitation is for ${invitation.email}. Sign in with that address.`)
    return join(tx, invitation, { userId: user.id, email: user.email, name: user.name }, visitor, now)
  })
  await takeBack()
  return joined
}

type OpenedInvitation = {
  id: string
  organizationId: string
  email: string
  role: Role
  slug: string
  onlyMailed: boolean
}

// Deleting it is what makes it single use: of two at once only one finds the row.
async function openInvitation(tx: Tx, token: string, now: Date): Promise<OpenedInvitation> {
  const [invitation] = await tx.$queryRaw<OpenedInvitation[]>`
    DELETE FROM invitations i USING organizations o
     WHERE i.token_hash = ${hashInvitation(token)} AND i.expires_at > ${now} AND o.id = i.organization_id
    RETURNING i.id, i.organization_id AS "organizationId", i.email, i.role::text AS role, o.slug,
      i.only_mailed AS "onlyMailed"`
  if (!invitation) throw gone()
  return invitation
}

async function join(
  tx: Tx,
  { organizationId, role, slug }: OpenedInvitation,
  who: { userId: string; email: string; name: string | null },
  { address, device = null }: Visitor,
  now: Date,
) {
  await lockMemberships(tx, organizationId)
  const { userId, email } = who
  const is = await tx.membership.findUnique({ where: { organizationId_userId: { organizationId, userId } } })
  if (!is) {
    await tx.membership.create({ data: { organizationId, userId, role, createdAt: now } })
    const member: Member = { kind: 'merchant', ...who, organizationId, role, from: { address, device } }
    await record(tx, member, now, { type: 'member.joined', organizationId, data: { email, role } })
  }
  return { email, slug }
}

const roleParts: EditPart<{ role: Role }>[] = [
  { label: 'Role', fields: ['role'], input: 'role', words: ({ role }) => roleWords[role].label },
]

/**
 * How many API keys that somebody made stay once they may make none any more. Null or left out: they are revoked, by whoever may. CONFLICT where
 * there are others by now than that many.
 */
type KeepsKeys = { keepsKeys?: number | null }

/** Gives a member another role, and signs them out everywhere but in the session `keep`. `opened` is what the form showed. */
export async function changeRole(
  merchant: Merchant,
  { userId, role, keepsKeys }: Pick<ChangeRole, 'userId' | 'role'> & KeepsKeys,
  keep: string | null,
  now: Date,
  opened: Opened | null = null,
): Promise<{ email: string }> {
  return change(merchant, { userId, keepsKeys, wanted: role }, keep, now, opened)
}

/**
 * Ends a membership, one's own too, and signs them out everywhere but in the session `keep`. What they leave behind ends with it.
 */
export async function removeMember(
  merchant: Merchant,
  { userId, keepsKeys }: MemberId & KeepsKeys,
  keep: string | null,
  now: Date,
): Promise<{ email: string }> {
  return change(merchant, { userId, keepsKeys, wanted: null }, keep, now)
}

/** Whoever changes a member, and whom: their roles as they are now, not as they were when the page was opened. */
async function lockTwo(tx: Tx, actor: Member, userId: string) {
  const memberships = await lockMemberships(tx, actor.organizationId)
  const by = memberships.find((each) => each.userId === actor.userId)
  const member = memberships.find((each) => each.userId === userId)
  if (!by || !member) throw notFound('member')
  return { memberships, by, member }
}

async function change(
  merchant: Merchant,
  { userId, wanted, keepsKeys = null }: { userId: string; wanted: Role | null } & KeepsKeys,
  keep: string | null,
  now: Date,
  opened: Opened | null = null,
) {
  const actor = asMember(merchant)
  const { organizationId } = actor
  return prisma.$transaction(async (tx) => {
    const { memberships, by, member } = await lockTwo(tx, actor, userId)
    const owners = memberships.filter((each) => each.role === 'owner').length
    const why = whyNotChangeMember({ by, member, role: wanted, owners })
    if (why) throw new Refusal('FORBIDDEN', why)
    const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } })
    const role = wanted && opened ? mergeEdit(roleParts, opened, { role: wanted }, member).merged.role : wanted
    if (role === member.role) return { email }
    const where = { organizationId_userId: { organizationId, userId } }
    if (role) await tx.membership.update({ where, data: { role } })
    else await tx.membership.delete({ where })
    await endSessions(tx, userId, userId === actor.userId ? keep : null)
    const left = await endWhatIsLeft(tx, { ...actor, role: by.role }, { userId, email, role, keepsKeys }, now)
    await record(
      tx,
      actor,
      now,
      role
        ? { type: 'member.role_changed', organizationId, data: { email, from: member.role, role, ...left } }
        : { type: 'member.removed', organizationId, data: { email, role: member.role, ...left } },
    )
    return { email }
  })
}

/**
 * Gives one's ownership to another member and stays as an admin, in one step: there is an owner at every moment. The new owner is signed out
 * everywhere, the former one but in the session `keep`; both are told by mail.
 */
export async function transferOwnership(
  merchant: Merchant,
  { userId }: MemberId,
  keep: string | null,
  visitor: Visitor,
  now: Date,
): Promise<{ email: string }> {
  const actor = asMember(merchant)
  const { organizationId } = actor
  return prisma.$transaction(async (tx) => {
    const { by, member } = await lockTwo(tx, actor, userId)
    const why = whyNotTransfer({ by, member })
    if (why) throw new Refusal('FORBIDDEN', why)
    const { name: about } = await tx.organization.findUniqueOrThrow({
      where: { id: organizationId },
      select: { name: true },
    })
    const moves = [
      { of: member, role: 'owner', news: 'ownership-received', keeps: null },
      { of: by, role: 'admin', news: 'ownership-given', keeps: keep },
    ] as const
    const emails: string[] = []
    for (const { of, role, news, keeps } of moves) {
      const where = { organizationId_userId: { organizationId, userId: of.userId } }
      const { user } = await tx.membership.update({
        where,
        data: { role },
        select: { user: { select: { email: true } } },
      })
      await endSessions(tx, of.userId, keeps)
      const data = { email: user.email, from: of.role, role }
      await endWhatIsLeft(tx, actor, { userId: of.userId, email: user.email, role, keepsKeys: null }, now)
      await record(tx, actor, now, { type: 'member.role_changed', organizationId, data })
      await tellOfAccount(tx, user.email, news, { visitor: of === by ? visitor : null, now, about })
      emails.push(user.email)
    }
    return { email: emails[0] ?? '' }
  })
}

/** Removes invitations that ran out a month ago; until then the members page shows that they did. For the hourly sweep. */
export async function purgeInvitations(now: Date): Promise<void> {
  await prisma.invitation.deleteMany({ where: { expiresAt: { lt: new Date(now.getTime() - 30 * DAY_MS) } } })
}

function asMember(merchant: Merchant): Member {
  if (merchant.kind === 'merchant') return merchant
  throw new Refusal('FORBIDDEN', 'Members are managed by people, in the dashboard.')
}

// The organization's row first: where there is nobody yet, there is no membership to lock.
async function lockMemberships(tx: Tx, organizationId: string): Promise<{ userId: string; role: Role }[]> {
  await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
  return tx.$queryRaw`SELECT user_id AS "userId", role::text AS role FROM memberships
    WHERE organization_id = ${organizationId}::uuid ORDER BY user_id FOR UPDATE`
}
