import type { KeyRecord } from '../../license-keys/schema.ts'
import type { DodoType } from '../../webhooks/formats.ts'
import { grantOf } from './entitlements.ts'
import { businessId, keyOf } from './keys.ts'

// Whoever receives it says nothing of its version; `manual` is a word of the newer ones only.
const toNobodyKnown = { header: () => null }

/** A message as Dodo Payments sends it to webhook endpoints. */
export function writeDodoMessage(type: DodoType, at: Date, key: KeyRecord) {
  const data =
    type === 'license_key.created'
      ? { payload_type: 'LicenseKey', ...keyOf(key, toNobodyKnown) }
      : { payload_type: 'EntitlementGrant', ...grantOf(key) }
  return { business_id: businessId(key), type, timestamp: at.toISOString(), data }
}
