import type { Role } from '#prisma/enums.ts'
import { everyone, roleMay } from '../base/permissions.ts'

/** What every token of an API key begins with, so that scanners for leaked secrets can know it. */
export const API_TOKEN_PREFIX = 'latchkey_'

/** Why an API key opens nothing, or null when it does. */
export function whyApiKeyIsVoid(
  key: { revokedAt: Date | null; expiresAt: Date | null },
  now: Date,
): 'revoked' | 'expired' | null {
  if (key.revokedAt) return 'revoked'
  return key.expiresAt && now >= key.expiresAt ? 'expired' : null
}

/** What became of the member who made an API key: `left` the organization, or may make none any more. Null: they could make it today. */
export type MakerNow = { state: 'left' } | { state: 'lesser'; role: Role } | null

/** What became of whoever made an API key. Of programs, and where the history says nothing, nobody knows. */
export function makerOf(createdById: string | null, roleOf: (userId: string) => Role | undefined): MakerNow {
  if (!createdById) return null
  const role = roleOf(createdById)
  if (!role) return { state: 'left' }
  return roleMay(role, 'api_keys.write') ? null : { state: 'lesser', role }
}

// ---------------------------------------------------------------- settings

const settingWords = {
  name: 'Name',
  supportEmail: 'Support address',
  websiteUrl: 'Website',
  timeZone: 'Time zone',
} as const
type Settings = Record<keyof typeof settingWords, string | null>

/** What changed about the organization, in words for the history. */
export const settingsChanges = (before: Settings, after: Settings): string[] =>
  (Object.keys(settingWords) as (keyof Settings)[])
    .filter((field) => before[field] !== after[field])
    .map((field) => `${settingWords[field]}: ${before[field] ?? 'none'} → ${after[field] ?? 'none'}`)

// ---------------------------------------------------------------- members

/** What each role may do, in words. */
export const roleWords = {
  owner: { label: 'Owner', description: 'Everything, including owners and the security log' },
  admin: { label: 'Admin', description: 'Everything except owners, what support may, and the security log' },
  support: { label: 'Support', description: 'Helps customers with their keys, within bounds that an owner sets' },
  viewer: { label: 'Viewer', description: 'Sees everything except key strings' },
} as const satisfies Record<Role, { label: string; description: string }>

/** The roles somebody with this role may give to others. Nobody makes anybody more than they are. */
export const rolesToGive = (role: Role): readonly Role[] =>
  role === 'owner' ? everyone : roleMay(role, 'members.write') ? ['admin', 'support', 'viewer'] : []

/** A change of one membership, and what surrounds it. `role` is the new one; null removes. */
export type MemberChange = {
  by: { userId: string; role: Role }
  member: { userId: string; role: Role }
  role: Role | null
  /** How many owners there are now. */
  owners: number
}

/** Why an ownership may not be given to this member, or null when it may. */
export function whyNotTransfer({ by, member }: Pick<MemberChange, 'by' | 'member'>): string | null {
  if (by.role !== 'owner') return 'Only an owner can give their ownership to somebody else.'
  if (by.userId === member.userId) return 'You are an owner already.'
  return member.role === 'owner' ? 'They are an owner already.' : null
}

/** Why a membership may not be changed so, or null when it may. Everybody may leave, unless they are the last owner. */
export function whyNotChangeMember({ by, member, role, owners }: MemberChange): string | null {
  const isSelf = by.userId === member.userId
  const isLeaving = isSelf && role === null
  if (member.role === 'owner' && role !== 'owner' && owners <= 1)
    return 'This is the only owner. Transfer the ownership first.'
  if (isLeaving) return null
  if (!roleMay(by.role, 'members.write'))
    return `Your role (${by.role}) does not allow this. Ask an owner of the organization.`
  if (member.role === 'owner' && by.role !== 'owner') return 'Only an owner can change or remove an owner.'
  if (role && !rolesToGive(by.role).includes(role)) return 'Only an owner can make somebody an owner.'
  return null
}

/** May somebody who is signed in make an organization, by what the installation says? */
export const mayFound = (who: 'nobody' | 'members' | 'anyone', isMember: boolean): boolean =>
  who === 'anyone' || (who === 'members' && isMember)

/** So many organizations one person may make: in a day, in all, and in all while nobody has shown that their address is theirs. */
export const foundedMax = { day: 3, all: 40, unproved: 1 } as const

/** Why somebody may not make one more organization, or null when they may. Those that were deleted since count, too. */
export function whyNotOneMore(person: { made: number; lately: number; isProved: boolean }): string | null {
  if (!person.isProved && person.made >= foundedMax.unproved)
    return 'Confirm your e-mail address first: sign in once by a link that is mailed to you.'
  if (person.made >= foundedMax.all)
    return `You have made ${foundedMax.all} organizations, and nobody makes more. Ask whoever runs this server.`
  if (person.lately >= foundedMax.day)
    return `You have made ${foundedMax.day} organizations today. Make the next one tomorrow.`
  return null
}
