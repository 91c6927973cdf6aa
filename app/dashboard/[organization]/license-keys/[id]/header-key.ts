import { endInShort } from '#lib/base/days.ts'
import type { LicenseKeyDetail, Used } from '#lib/license-keys/queries.ts'
import { whyNotWorking } from '#lib/license-keys/rules.ts'
import type { RevokeReason } from '#prisma/enums.ts'

/** What of a key says which actions there are, and what they come to. */
export type HeaderKey = {
  id: string
  masked: string
  storedStatus: 'granted' | 'disabled' | 'revoked'
  revokedFor: RevokeReason[]
  held: boolean
  takesDevices: boolean
  devices: number
  used: Used
  email: string
  /** Why it does not work, as the rest of a sentence; null when it does. */
  brokenBecause: string | null
}

/** The same of a key that was read. */
export const headerKeyOf = (key: LicenseKeyDetail, now: Date): HeaderKey => ({
  id: key.id,
  masked: key.masked,
  storedStatus: key.storedStatus,
  revokedFor: key.revokedFor,
  held: key.held,
  takesDevices: key.limits.activations.mode !== 'off',
  devices: key.devices,
  used: key.used,
  email: key.customer.email,
  brokenBecause: whyNotWorking(
    {
      ...{ status: key.storedStatus, expiresAt: key.expiresAt, revokedFor: key.revokedFor, limits: key.limits },
      end: key.expiresAt && endInShort(key.expiresAt, key.timeZone),
    },
    now,
  ),
})
