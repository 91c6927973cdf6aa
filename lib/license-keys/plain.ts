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

/** How far back the chart of a key's validations reaches: so many steps of so many days. */
export const validatedSpans = {
  week: { label: '7 days', days: 1, count: 7 },
  month: { label: '30 days', days: 1, count: 30 },
  year: { label: 'Year', days: 7, count: 53 },
} as const

export type ValidatedSpan = keyof typeof validatedSpans

export const validatedSpanNames = Object.keys(validatedSpans) as ValidatedSpan[]
