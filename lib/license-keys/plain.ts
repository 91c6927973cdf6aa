/** The most keys one action may change. */
export const SELECTION_MAX = 10_000

/** What people call the state of a key: the stored status and the clock together. */
export const shownStatuses = ['active', 'expiring', 'grace', 'expired', 'disabled', 'revoked'] as const

export type ShownStatus = (typeof shownStatuses)[number]

export const licenseKeySorts = [
  'createdAt',
  'customer',
  'expiresAt',
  'lastValidatedAt',
  'validations',
  'usage',
] as const

export type LicenseKeySort = (typeof licenseKeySorts)[number]

export const exportFormats = ['csv', 'json'] as const

export type ExportFormat = (typeof exportFormats)[number]

/** An example of how a key will look, for the browser; not random and never valid. */
export function sampleKeyString(format: 'uuid' | 'short', prefix: string | null): string {
  const body = format === 'uuid' ? '1C285B2D-6CE6-4BC7-B8BE-ADB6A7E304DA' : '7Q4ZK-N0V8H-2MXRD-T6CPE-9WJ3S'
  return prefix ? `${prefix}_${body}` : body
}
