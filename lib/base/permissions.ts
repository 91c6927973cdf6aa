import type { Role } from '#prisma/enums.ts'
import type { Merchant } from './actor.ts'
import { Refusal } from './errors.ts'

/** What an API key may do. `:write` and `:reveal` include their `:read`; whole key strings are read with `:reveal` alone. */
export const apiScopes = [
  'license_keys:read',
  'license_keys:write',
  'license_keys:reveal',
  'catalogue:read',
  'catalogue:write',
  'customers:read',
  'customers:write',
  'purchases:read',
  'purchases:write',
  'stores:read',
  'stores:write',
  'events:read',
  'webhooks:read',
  'webhooks:write',
  'organization:write',
] as const
export type ApiScope = (typeof apiScopes)[number]

type Grant = { roles: readonly Role[]; scope: ApiScope | null }

export const everyone = ['owner', 'admin', 'support', 'viewer'] as const satisfies readonly Role[]

/** What a member's role or an API key's scope allows. Everyone who belongs to an organization may read all of it except key strings. */
const permissions = {
  'keys.read': { roles: everyone, scope: 'license_keys:read' },
  'keys.reveal': { roles: ['owner', 'admin', 'support'], scope: 'license_keys:reveal' },
  'keys.write': { roles: ['owner', 'admin', 'support'], scope: 'license_keys:write' },
  // Views of the list of keys, which all members share.
  'views.write': { roles: ['owner', 'admin', 'support'], scope: null },
  'catalogue.read': { roles: everyone, scope: 'catalogue:read' },
  'catalogue.write': { roles: ['owner', 'admin'], scope: 'catalogue:write' },
  'customers.read': { roles: everyone, scope: 'customers:read' },
  'customers.write': { roles: ['owner', 'admin', 'support'], scope: 'customers:write' },
  'customers.erase': { roles: ['owner', 'admin'], scope: 'customers:write' },
  'purchases.read': { roles: everyone, scope: 'purchases:read' },
  'purchases.write': { roles: ['owner', 'admin', 'support'], scope: 'purchases:write' },
  'stores.read': { roles: everyone, scope: 'stores:read' },
  'stores.write': { roles: ['owner', 'admin'], scope: 'stores:write' },
  'webhooks.read': { roles: everyone, scope: 'webhooks:read' },
  'webhooks.write': { roles: ['owner', 'admin'], scope: 'webhooks:write' },
  'history.read': { roles: everyone, scope: 'events:read' },
  'api_keys.write': { roles: ['owner', 'admin'], scope: null },
  'members.write': { roles: ['owner', 'admin'], scope: null },
  'organization.write': { roles: ['owner', 'admin'], scope: 'organization:write' },
  'work.read': { roles: ['owner'], scope: null },
  'work.write': { roles: ['owner'], scope: null },
  'security.read': { roles: ['owner'], scope: null },
  'security.write': { roles: ['owner'], scope: null },
} as const satisfies Record<string, Grant>

export type Permission = keyof typeof permissions

/** The scope an API key needs for that; null when only people may. */
export const scopeOf = (permission: Permission): ApiScope | null => permissions[permission].scope

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
  {
    label: 'Stores',
    description: 'Where you sell. Whoever may change this can connect a store, and so have keys issued and mailed',
    read: 'stores:read',
    write: 'stores:write',
  },
  { label: 'Events', description: 'What happened, and who did it', read: 'events:read', write: null },
  {
    label: 'Webhooks',
    description: 'Where events are sent, and what was. What is in them takes the scopes that read it',
    read: 'webhooks:read',
    write: 'webhooks:write',
  },
  {
    label: 'Organization',
    description: 'Name, support address, website and time zone; every key reads them',
    read: null,
    write: 'organization:write',
  },
] as const satisfies readonly { label: string; description: string; read: ApiScope | null; write: ApiScope | null }[]

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
