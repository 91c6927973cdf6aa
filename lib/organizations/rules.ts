import type { Role } from '#prisma/enums.ts'
import type { Merchant } from '../actor.ts'
import { Refusal } from '../errors.ts'

/** What a member may do. Everyone who belongs to an organization may read all of it except key strings. */
const permissions = {
  'keys.reveal': ['owner', 'admin', 'support'],
  'keys.write': ['owner', 'admin', 'support'],
  'catalogue.write': ['owner', 'admin'],
  'members.write': ['owner', 'admin'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

/** May this role do that? */
export const roleMay = (role: Role, permission: Permission): boolean =>
  (permissions[permission] as readonly Role[]).includes(role)

/** Throws FORBIDDEN unless the member's role allows it. */
export function assertMay(actor: Merchant, permission: Permission): void {
  if (!roleMay(actor.role, permission)) {
    throw new Refusal('FORBIDDEN', `Your role (${actor.role}) does not allow this. Ask an owner of the organization.`)
  }
}
