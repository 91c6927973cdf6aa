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

type Grant = {
  roles: readonly Role[]
  scope: ApiScope | null
  /** Support may do it, too, where an owner has said so. */
  supportWhereAllowed?: true
}

export const everyone = ['owner', 'admin', 'support', 'viewer'] as const satisfies readonly Role[]
const admins = ['owner', 'admin'] as const satisfies readonly Role[]
const helpers = ['owner', 'admin', 'support'] as const satisfies readonly Role[]

/** What a member's role or an API key's scope allows. Everyone who belongs to an organization may read all of it except key strings. */
const permissions = {
  'keys.read': { roles: everyone, scope: 'license_keys:read' },
  'keys.reveal': { roles: admins, scope: 'license_keys:reveal', supportWhereAllowed: true },
  // What helps somebody whose key does not work: free a device, switch off and on, mail the key again, a note. Support's ends and device
  // limits have bounds (lib/license-keys/support.ts).
  'keys.help': { roles: helpers, scope: 'license_keys:write' },
  'keys.write': { roles: admins, scope: 'license_keys:write' },
  // Views of the list of keys, which all members share.
  'views.write': { roles: helpers, scope: null },
  'catalogue.read': { roles: everyone, scope: 'catalogue:read' },
  'catalogue.write': { roles: admins, scope: 'catalogue:write' },
  'customers.read': { roles: everyone, scope: 'customers:read' },
  // What goes to customers by mail, to the address they have.
  'mails.resend': { roles: helpers, scope: 'customers:write' },
  // Whoever changes an address decides who reads the keys that are mailed there.
  'customers.write': { roles: admins, scope: 'customers:write' },
  'customers.erase': { roles: admins, scope: 'customers:write' },
  // About customers, for the team. People write them: a program has metadata.
  'notes.write': { roles: helpers, scope: null },
  'purchases.read': { roles: everyone, scope: 'purchases:read' },
  'purchases.write': { roles: admins, scope: 'purchases:write' },
  'stores.read': { roles: everyone, scope: 'stores:read' },
  'stores.write': { roles: admins, scope: 'stores:write' },
  'webhooks.read': { roles: everyone, scope: 'webhooks:read' },
  'webhooks.write': { roles: admins, scope: 'webhooks:write' },
  'history.read': { roles: everyone, scope: 'events:read' },
  'api_keys.write': { roles: admins, scope: null },
  'members.write': { roles: admins, scope: null },
  'organization.write': { roles: admins, scope: 'organization:write' },
  'support.write': { roles: ['owner'], scope: null },
  'work.read': { roles: ['owner'], scope: null },
  'work.write': { roles: ['owner'], scope: null },
  'security.read': { roles: ['owner'], scope: null },
  'security.write': { roles: ['owner'], scope: null },
} as const satisfies Record<string, Grant>

export type Permission = keyof typeof permissions

/** How far support may go by itself; what an owner has said, or this. */
export type SupportBounds = {
  /** Days that support may put an end off by, beyond what somebody else has last said. 31: a month, whichever it is. */
  extendDays: number
  /** Devices more than the key's configuration gives. */
  moreDevices: number
  seesKeys: boolean
}
export const usualSupportBounds: SupportBounds = { extendDays: 31, moreDevices: 2, seesKeys: false }

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

/** May this role do that, whatever else an owner has allowed? */
export const roleMay = (role: Role, permission: Permission): boolean =>
  (permissions[permission].roles as readonly Role[]).includes(role)

/** May a program with these scopes do that? Whoever may write may read, and so may who sees key strings. */
export function scopesMay(scopes: readonly ApiScope[], permission: Permission): boolean {
  const { scope } = permissions[permission]
  if (scope === null) return false
  return scopes.includes(scope) || scopes.some((held) => held.replace(/:(write|reveal)$/, ':read') === scope)
}

/** May whoever acts for the organization do that? */
export function merchantMay(actor: Merchant, permission: Permission): boolean {
  if (actor.kind !== 'merchant') return scopesMay(actor.scopes, permission)
  const grant: Grant = permissions[permission]
  const isAllowed = grant.supportWhereAllowed === true && actor.role === 'support' && actor.supportSeesKeys === true
  return isAllowed || roleMay(actor.role, permission)
}

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
