import type { ValidateCode } from '../error-codes/schema.ts'

/** The parts of the validations chart: four colours can be told apart, thirteen cannot. */
export const outcomes = {
  valid: { label: 'Valid', tone: 'ok' },
  expired: { label: 'Expired', tone: 'warn' },
  off: { label: 'Revoked or disabled', tone: 'off' },
  other: { label: 'Device, usage or other', tone: 'bad' },
} as const
export type Outcome = keyof typeof outcomes

/** Every verdict as the overview names it, and the part of the chart it belongs to. */
export const verdictLook = {
  VALID: { label: 'Valid', outcome: 'valid' },
  EXPIRED: { label: 'The key has expired', outcome: 'expired' },
  REPLACED: { label: 'The key string was replaced', outcome: 'off' },
  REVOKED: { label: 'The key is revoked', outcome: 'off' },
  DISABLED: { label: 'The key is disabled', outcome: 'off' },
  ACTIVATION_REQUIRED: { label: 'Asked without a device', outcome: 'other' },
  ACTIVATION_NOT_FOUND: { label: 'The device is not activated', outcome: 'other' },
  CONDITIONS_MISMATCH: { label: 'Other conditions than at activation', outcome: 'other' },
  USAGE_LIMIT_REACHED: { label: 'The usage limit is reached', outcome: 'other' },
  NOT_FOUND: { label: 'There is no such key', outcome: 'other' },
  PRODUCT_MISMATCH: { label: 'The key is for another product', outcome: 'other' },
  CONFIGURATION_MISMATCH: { label: 'The key is of another kind', outcome: 'other' },
  CUSTOMER_MISMATCH: { label: 'The key belongs to another customer', outcome: 'other' },
  ENTITLEMENT_MISSING: { label: 'The feature is not included', outcome: 'other' },
} as const satisfies Record<ValidateCode, { label: string; outcome: Outcome }>

const isCode = (code: string): code is ValidateCode => Object.hasOwn(verdictLook, code)

export type DayCount = { day: string; code: string; count: number }

/** One entry per day (UTC) up to and with today, oldest first; days without a validation are there too. */
export function validationDays(
  rows: DayCount[],
  days: number,
  now: Date,
): { day: string; counts: Record<Outcome, number> }[] {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
  return Array.from({ length: days }, (_, i) => {
    const day = new Date(today - (days - 1 - i) * 86_400_000).toISOString().slice(0, 10)
    const counts: Record<Outcome, number> = { valid: 0, expired: 0, off: 0, other: 0 }
    for (const row of rows) {
      if (row.day === day) counts[isCode(row.code) ? verdictLook[row.code].outcome : 'other'] += row.count
    }
    return { day, counts }
  })
}

/** Why validations were refused, the most frequent reason first. */
export function refusalReasons(rows: DayCount[]): { code: string; label: string; outcome: Outcome; count: number }[] {
  const byCode = new Map<string, number>()
  for (const row of rows) if (row.code !== 'VALID') byCode.set(row.code, (byCode.get(row.code) ?? 0) + row.count)
  return [...byCode]
    .map(([code, count]) => ({
      code,
      count,
      ...(isCode(code) ? verdictLook[code] : { label: code, outcome: 'other' as const }),
    }))
    .sort((a, b) => b.count - a.count)
}

/** What a new organization does first, in order. */
export type FirstSteps = { product: boolean; configuration: boolean; key: boolean; validation: boolean }

/** True while there is a first step to take. */
export const isStarting = (steps: FirstSteps): boolean => Object.values(steps).some((done) => !done)
