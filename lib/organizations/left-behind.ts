import '#server-only'
import type { Role } from '#prisma/enums.ts'
import type { Member, Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { roleMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { tellOwners } from './owners.ts'
import { rolesToGive } from './rules.ts'

// What of somebody's lives on when they leave an organization, or may do less there: API keys that they made and know, and invitations that
// they sent and may be able to accept.

/** What somebody would leave behind. */
export type LeftBehind = { apiKeys: { name: string; lastUsedAt: Date | null }[]; invitations: string[] }

/** What members would leave behind, by member: of all for whoever manages them, else of oneself alone. */
export async function leftBehind(merchant: Merchant, now: Date): Promise<Map<string, LeftBehind>> {
  const { organizationId } = merchant
  const seesAll = merchant.kind === 'merchant' && roleMay(merchant.role, 'members.write')
  const whose = seesAll || merchant.kind !== 'merchant' ? { not: null } : merchant.userId
  const [keys, invitations] = await Promise.all([
    prisma.apiKey.findMany({
      where: { organizationId, createdById: whose, ...alive(now) },
      select: { createdById: true, name: true, lastUsedAt: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    }),
    prisma.invitation.findMany({
      where: { organizationId, invitedById: whose, expiresAt: { gt: now } },
      select: { invitedById: true, email: true },
      orderBy: { email: 'asc' },
    }),
  ])
  const left = new Map<string, LeftBehind>()
  const of = (userId: string | null): LeftBehind => {
    const found = left.get(userId ?? '') ?? { apiKeys: [], invitations: [] }
    left.set(userId ?? '', found)
    return found
  }
  for (const { createdById, ...key } of keys) of(createdById).apiKeys.push(key)
  for (const { invitedById, email } of invitations) of(invitedById).invitations.push(email)
  return left
}

const alive = (now: Date) => ({ revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] })

/**
 * Ends what somebody leaves behind, in the transaction that changes their membership (`role` null: it is over). Invitations that they could
 * not send any more are withdrawn. API keys are revoked by whoever may, unless they chose to keep as many as there are
 * (`keepsKeys`); then the owners are told. CONFLICT where there are others by now. The answer says how many go on working without their maker.
 */
export async function endWhatIsLeft(
  tx: Tx,
  by: Member,
  member: { userId: string; email: string; role: Role | null; keepsKeys: number | null },
  now: Date,
): Promise<{ keysKept?: number }> {
  await withdrawTheirs(tx, by, member, now)
  if (member.role && roleMay(member.role, 'api_keys.write')) return {}
  const { organizationId } = by
  await tx.$queryRaw`SELECT 1 FROM api_keys WHERE organization_id = ${organizationId}::uuid
    AND created_by_id = ${member.userId}::uuid AND revoked_at IS NULL ORDER BY id FOR UPDATE`
  const keys = await tx.apiKey.findMany({
    where: { organizationId, createdById: member.userId, ...alive(now) },
    select: { id: true, name: true },
    orderBy: { id: 'asc' },
  })
  if (keys.length === 0) return {}
  const mayRevoke = roleMay(by.role, 'api_keys.write')
  if (mayRevoke && member.keepsKeys !== null && member.keepsKeys !== keys.length)
    throw new Refusal('CONFLICT', 'Other API keys of theirs work by now than this named. Open it again.')
  if (!mayRevoke || member.keepsKeys !== null) {
    await tellOfKept(tx, by, member.email, now)
    return { keysKept: keys.length }
  }
  for (const { id, name } of keys) {
    await tx.apiKey.update({ where: { id }, data: { revokedAt: now } })
    await record(tx, by, now, { type: 'api_key.revoked', organizationId, data: { name, maker: member.email } })
  }
  return {}
}

async function withdrawTheirs(tx: Tx, by: Member, { userId, email: inviter, role }: Leaving, now: Date) {
  const { organizationId } = by
  const stillTheirs = role ? rolesToGive(role) : []
  const gone = await tx.invitation.findMany({
    where: { organizationId, invitedById: userId, role: { notIn: [...stillTheirs] } },
    select: { id: true, email: true },
    orderBy: { email: 'asc' },
  })
  for (const { id, email } of gone) {
    await tx.invitation.delete({ where: { id } })
    await record(tx, by, now, { type: 'member.invitation_withdrawn', organizationId, data: { email, inviter } })
  }
}

type Leaving = { userId: string; email: string; role: Role | null }

// Whoever removed them was asked about their keys; the other owners were not.
async function tellOfKept(tx: Tx, by: Member, email: string, now: Date): Promise<void> {
  const { organizationId } = by
  const { name } = await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { name: true } })
  const whom = { organizationId, except: by.userId }
  await tellOwners(tx, whom, 'organization-keys-left', `${email} (${name})`, now, by.from ?? null)
}
