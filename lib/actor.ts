import type { Role } from '#prisma/enums.ts'

/** A member of an organization, acting for it. */
export type Merchant = {
  kind: 'merchant'
  userId: string
  email: string
  name: string | null
  organizationId: string
  role: Role
}

/** A person whose e-mail address is verified; may see the purchases of that address in every organization. */
export type Customer = { kind: 'customer'; userId: string; email: string }

/** The merchant's software on somebody's machine; knows a key, is nobody. */
export type Software = { kind: 'software'; address: string | null }

/** Latchkey itself: sweeps, set-up, seeds. */
export type System = { kind: 'system'; name: string }

/** Who asks. First parameter of every query and command; the type a function accepts is the permission it needs. */
export type Actor = Merchant | Customer | Software | System

/** How history names an actor. */
export function describeActor(actor: Actor): { actorKind: Actor['kind']; actorId: string | null; actorLabel: string } {
  switch (actor.kind) {
    case 'merchant':
      return { actorKind: 'merchant', actorId: actor.userId, actorLabel: actor.name ?? actor.email }
    case 'customer':
      return { actorKind: 'customer', actorId: actor.userId, actorLabel: actor.email }
    case 'software':
      return { actorKind: 'software', actorId: null, actorLabel: 'Software' }
    case 'system':
      return { actorKind: 'system', actorId: null, actorLabel: actor.name }
  }
}
