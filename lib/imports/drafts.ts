import type { LicenseKeyStatus, RevokeReason } from '#prisma/enums.ts'
import type { JsonObject } from '../base/json.ts'
import type { EmptyMeans, InactiveMeaning, Limit, ZeroMeaning } from '../import-fields/schema.ts'

// What is read from a record, before anything is known of what is stored.

/** What of a key is stored just as its record says it (said.ts). */
export type SaidOfKey = {
  usage: number
  validations: number
  lastValidatedAt: Date | null
  newDevicesBlocked: boolean
  note: string
}

/** The value of a column; undefined when the record has no such column. */
export type Values = (column: string) => unknown

/** A vendor's habits that no column says. */
export type Habits = {
  empty: EmptyMeans
  skipsWithoutKey: boolean
  zeroDevices: ZeroMeaning | null
  inactive: InactiveMeaning | null
}

/** A device to be kept. `id` and `externalId` are texts as they were written. */
export type ActivationDraft = {
  id: string | null
  externalId: string | null
  label: string
  fingerprint: string | null
  createdAt: Date | null
  lastValidatedAt: Date | null
  validations: number
  conditions: JsonObject
  meta: JsonObject
}

/** A key to be kept, as its record says it. */
export type KeyDraft = SaidOfKey & {
  key: string
  id: string | null
  externalId: string | null
  customer: { email: string; name: string | null; id: string | null }
  configuration: string | null
  product: { text: string; name: string } | null
  order: string | null
  /** What its organization and configuration were called there: software in the field goes on sending those ids. */
  knownAs: { organization: string | null; configuration: string | null }
  status: LicenseKeyStatus
  saysExpired: boolean
  /** Why it was taken back; none when it was not. */
  reasons: RevokeReason[]
  isSubscription: boolean
  /** A later payment for a key that was sold before. */
  isRenewal: boolean
  quantity: number
  createdAt: Date | null
  /** null is never, `configuration` what its configuration says. */
  expiresAt: Date | null | 'configuration'
  activationLimit: Limit
  usageLimit: Limit
  firstActivatedAt: Date | null
  graceDays: number | null
  activations: ActivationDraft[]
}

/** A customer that other records name by an id. */
export type Person = { id: string; email: string; name: string | null }

const SHORT_KEY = 8

/** True for a key that is easily guessed. */
export const isShortKey = ({ key }: KeyDraft): boolean => key.length < SHORT_KEY
