import type { Role } from '#prisma/enums.ts'
import type { Merchant } from '../actor.ts'
import { Refusal } from '../errors.ts'
import type { ApiScope } from './schema.ts'

type Grant = { roles: readonly Role[]; scope: ApiScope | null }

const everyone = ['owner', 'admin', 'support', 'viewer'] as const satisfies readonly Role[]

/** What a member's role or an API key's scope allows. Everyone who belongs to an organization may read all of it except key strings. */
const permissions = {
  'keys.read': { roles: everyone, scope: 'license_keys:read' },
  'keys.reveal': { roles: ['owner', 'admin', 'support'], scope: 'license_keys:reveal' },
  'keys.write': { roles: ['owner', 'admin', 'support'], scope: 'license_keys:write' },
  'catalogue.read': { roles: everyone, scope: 'catalogue:read' },
  'catalogue.write': { roles: ['owner', 'admin'], scope: 'catalogue:write' },
  'customers.read': { roles: everyone, scope: 'customers:read' },
  'customers.write': { roles: ['owner', 'admin', 'support'], scope: 'customers:write' },
  'purchases.read': { roles: everyone, scope: 'purchases:read' },
  'purchases.write': { roles: ['owner', 'admin', 'support'], scope: 'purchases:write' },
  'history.read': { roles: everyone, scope: 'events:read' },
  'api_keys.write': { roles: ['owner', 'admin'], scope: null },
  'members.write': { roles: ['owner', 'admin'], scope: null },
  'organization.write': { roles: ['owner', 'admin'], scope: null },
  'security.read': { roles: ['owner'], scope: null },
  'security.write': { roles: ['owner'], scope: null },
} as const satisfies Record<string, Grant>

export type Permission = keyof typeof permissions

/** The scope an API key needs for that; null when only people may. */
export const scopeOf = (permission: Permission): ApiScope | null => permissions[permission].scope

/** What every token of an API key begins with, so that scanners for leaked secrets can know it. */
export const API_TOKEN_PREFIX = 'latchkey_'

/** The scopes as people choose them: of one kind of thing each. */
export const scopeGroups = [
  {
    label: 'License keys',
    description: 'Keys and their activations; of key strings only the end',
    read: 'license_keys:read',
    write: 'license_keys:write',
  },
  {
    label: 'Key strings',
    description: 'Whole strings where keys are read, and new ones for keys there are. The history says who read which',
    read: 'license_keys:reveal',
    write: null,
  },
  {
    label: 'Products and configurations',
    description: 'What is sold, and how keys behave',
    read: 'catalogue:read',
    write: 'catalogue:write',
  },
  { label: 'Customers', description: 'Names and addresses', read: 'customers:read', write: 'customers:write' },
  {
    label: 'Purchases',
    description: 'Orders and subscriptions',
    read: 'purchases:read',
    write: 'purchases:write',
  },
  { label: 'Events', description: 'What happened, and who did it', read: 'events:read', write: null },
] as const satisfies readonly { label: string; description: string; read: ApiScope; write: ApiScope | null }[]

/** May this role do that? */
export const roleMay = (role: Role, permission: Permission): boolean =>
  (permissions[permission].roles as readonly Role[]).includes(role)

/** May a program with these scopes do that? Whoever may write may read, and so may who sees key strings. */
export function scopesMay(scopes: readonly ApiScope[], permission: Permission): boolean {
  const { scope } = permissions[permission]
  if (scope === null) return false
  return scopes.includes(scope) || scopes.some((held) => held.replace(/:(write|reveal)$/, ':read') === scope)
}

/** May whoever acts for the organization do that? */
export const merchantMay = (actor: Merchant, permission: Permission): boolean =>
  actor.kind === 'merchant' ? roleMay(actor.role, permission) : scopesMay(actor.scopes, permission)

/** Throws FORBIDDEN unless the member's role, or the API key's scopes, allow it. */
export function assertMay(actor: Merchant, permission: Permission): void {
  if (merchantMay(actor, permission)) return
  throw new Refusal(
    'FORBIDDEN',
    actor.kind === 'merchant'
      ? `Your role (${actor.role}) does not allow this. Ask an owner of the organization.`
      : `This API key may not do that. It needs the scope ${permissions[permission].scope ?? 'of a person'}.`,
  )
}

/** Why an API key opens nothing, or null when it does. */
export function whyApiKeyIsVoid(
  key: { revokedAt: Date | null; expiresAt: Date | null },
  now: Date,
): 'revoked' | 'expired' | null {
  if (key.revokedAt) return 'revoked'
  return key.expiresAt && now >= key.expiresAt ? 'expired' : null
}

// ---------------------------------------------------------------- members

/** What each role may do, in words. */
export const roleWords = {
  owner: { label: 'Owner', description: 'Everything, with owners and the security log' },
  admin: { label: 'Admin', description: 'Everything but owners and the security log' },
  support: { label: 'Support', description: 'Issues and changes keys, sees key strings' },
  viewer: { label: 'Viewer', description: 'Sees everything but key strings' },
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

/** Why a membership may not be changed so, or null when it may. Everybody may leave, unless they are the last owner. */
export function whyNotChangeMember({ by, member, role, owners }: MemberChange): string | null {
  const isSelf = by.userId === member.userId
  const isLeaving = isSelf && role === null
  if (member.role === 'owner' && role !== 'owner' && owners <= 1)
    return 'This is the only owner. Make somebody else an owner first.'
  if (isLeaving) return null
  if (!roleMay(by.role, 'members.write'))
    return `Your role (${by.role}) does not allow this. Ask an owner of the organization.`
  if (member.role === 'owner' && by.role !== 'owner') return 'Only an owner can change or remove an owner.'
  if (role && !rolesToGive(by.role).includes(role)) return 'Only an owner can make somebody an owner.'
  return null
}

/** How long an invitation may be accepted. */
export const INVITATION_DAYS = 7
