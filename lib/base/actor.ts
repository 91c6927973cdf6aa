import type { Role } from '#prisma/enums.ts'
import type { ApiScope } from './permissions.ts'

/** From where somebody acts: network address, and browser or program in words. History keeps it with what they did. */
export type Origin = { address: string | null; device: string | null }

/** A member of an organization, acting for it in a browser. */
export type Member = {
  kind: 'merchant'
  /** Absent for what a command of the console or a seed does in their name. */
  from?: Origin
  userId: string
  email: string
  name: string | null
  organizationId: string
  role: Role
  /** An owner has allowed support to see whole keys here; says nothing of other roles. */
  supportSeesKeys?: boolean
}

/** A program that acts for an organization with one of its API keys; may do what the key's scopes say. */
export type ApiClient = {
  kind: 'api_key'
  from?: Origin
  apiKeyId: string
  name: string
  organizationId: string
  scopes: readonly ApiScope[]
  /** The Idempotency-Key of its request: the transaction of the change says that it was carried out. */
  attempt?: string
}

/** Whoever acts for an organization. What they may do is asked of lib/organizations/rules.ts. */
export type Merchant = Member | ApiClient

/** A person whose e-mail address is verified; may see the purchases of that address in every organization. */
export type Customer = { kind: 'customer'; userId: string; email: string }

/** A customer with a session that an organization's program made for them: may see what is theirs in that organization. */
export type PortalCustomer = { kind: 'portal_customer'; customerId: string; organizationId: string; email: string }

/** Somebody who has not signed in. `known` is the cookie by which a browser proves that it signed in before. */
export type Visitor = { kind: 'visitor'; address: string | null; device?: string | null; known?: string | null }

/** The merchant's software on somebody's machine; knows a key, is nobody. */
export type Software = { kind: 'software'; address: string | null }

/** A store that an organization has connected: what it says of purchases makes and ends keys. */
export type Store = { kind: 'store'; name: string; connectionId: string; organizationId: string }

/** Latchkey itself: sweeps, set-up, seeds. */
export type System = { kind: 'system'; name: string }

/** Who asks. First parameter of every query and command; the type a function accepts is the permission it needs. */
export type Actor = Merchant | Customer | PortalCustomer | Software | Store | System

/** From where an actor acts, as far as history may keep it: of members and programs, never of customers. */
export const originOf = (actor: Actor): Origin =>
  ((actor.kind === 'merchant' || actor.kind === 'api_key') && actor.from) || { address: null, device: null }

/** How history names an actor. */
export function describeActor(actor: Actor): { actorKind: string; actorId: string | null; actorLabel: string } {
  switch (actor.kind) {
    case 'merchant':
      return { actorKind: 'merchant', actorId: actor.userId, actorLabel: actor.name ?? actor.email }
    case 'api_key':
      return { actorKind: 'api_key', actorId: actor.apiKeyId, actorLabel: `API key ${actor.name}` }
    case 'customer':
      return { actorKind: 'customer', actorId: actor.userId, actorLabel: actor.email }
    case 'portal_customer':
      return { actorKind: 'customer', actorId: actor.customerId, actorLabel: actor.email }
    case 'software':
      return { actorKind: 'software', actorId: null, actorLabel: 'Software' }
    case 'store':
      return { actorKind: 'store', actorId: actor.connectionId, actorLabel: actor.name }
    case 'system':
      return { actorKind: 'system', actorId: null, actorLabel: actor.name }
  }
}
