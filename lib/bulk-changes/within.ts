import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import type { Tx } from '../database/client.ts'
import { extensionsOf, isBounded, supportBoundsOf } from '../license-keys/support.ts'
import { type Within, whyNotBySupport } from './decide.ts'
import type { BulkAction } from './schema.ts'

// What support may do to many keys: less than others, and with each key no further than at its page.

/** Refuses whoever may not do that to many keys; true when they may within bounds. */
export function assertMayBulk(merchant: Merchant, action: BulkAction): boolean {
  assertMay(merchant, 'keys.help')
  const isHeld = isBounded(merchant)
  const why = isHeld ? whyNotBySupport(action) : null
  if (why) throw new Refusal('FORBIDDEN', why)
  return isHeld
}

/** Support stops and takes back what support began; what an admin did to keys stays. */
export function assertMayTakeBack(merchant: Merchant, { asSupport }: { asSupport: boolean }): void {
  assertMay(merchant, 'keys.help')
  if (isBounded(merchant) && !asSupport)
    throw new Refusal('FORBIDDEN', 'This was not done by support. To stop it or take it back, ask an admin.')
}

/** The bounds that hold now for these keys. */
export const withinOf = async (db: Tx, organizationId: string, licenseKeyIds: string[]): Promise<Within> => ({
  bounds: await supportBoundsOf(organizationId, db),
  extensions: await extensionsOf(db, licenseKeyIds),
})
