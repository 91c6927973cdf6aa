import '#server-only'
import type { LicenseCode } from '../error-codes/schema.ts'
import { displayKeyOf } from '../license-keys/row.ts'
import type { LicenseOutcome } from './schema.ts'

/** The outcome for a client that sent a string that was rotated away: it is shown that one, not the new. */
export function asSent<Code extends LicenseCode>(
  outcome: LicenseOutcome<Code>,
  keyString: string,
): LicenseOutcome<Code> {
  const { key } = outcome
  return key ? { ...outcome, key: { ...key, keyString, displayKey: displayKeyOf(keyString) } } : outcome
}
