import '#server-only'
import pg from 'pg'
import type { ActivationsMode, LicenseKeyStatus, UsageReset } from '#prisma/enums.ts'
import type { JsonObject } from '../base/json.ts'
import type { RawRow } from '../database/batches.ts'
import { lastCharactersOf } from '../key-strings/rules.ts'
import { normaliseKeyString, openCached } from '../key-strings/string.ts'
import { type EffectiveLimits, effectiveLimits, type KeyFacts, usageNow } from './rules.ts'
import type { ActivationAnswer, KeyAnswer } from './schema.ts'

// The licence routes read rows by plain SQL; this is the one list of columns they read and what they become.

/** Columns of a key `k` and its configuration `c`, for SELECT. */
export const KEY_COLUMNS = `k.id, k.organization_id, k.customer_id, k.key_configuration_id, k.product_id,
  encode(k.key_cipher, 'hex') AS key_cipher, k.key_is_normal,
  k.last_characters, k.status::text, k.expires_at, k.expiry_overridden, k.grace_days_override, k.activations_mode_override::text,
  k.activation_limit_override, k.new_devices_blocked, k.usage_overridden, k.usage_limit_override, k.usage, k.usage_period_start,
  k.validations::float8 AS validations, k.last_validated_at, k.first_activated_at, k.created_at, k.updated_at, c.grace_days,
  c.activations_mode::text, c.activation_limit, c.activation_required, c.usage_limit, c.usage_reset::text, c.entitlements, c.version`

/** A row of those columns. */
export type KeyRow = {
  id: string
  organization_id: string
  customer_id: string
  key_configuration_id: string
  product_id: string | null
  /** In hexadecimal. */
  key_cipher: string
  key_is_normal: boolean
  last_characters: string
  status: LicenseKeyStatus
  expires_at: Date | null
  expiry_overridden: boolean
  grace_days_override: number | null
  activations_mode_override: ActivationsMode | null
  activation_limit_override: number | null
  new_devices_blocked: boolean
  usage_overridden: boolean
  usage_limit_override: number | null
  usage: number
  usage_period_start: Date | null
  validations: number
  last_validated_at: Date | null
  first_activated_at: Date | null
  created_at: Date
  updated_at: Date
  grace_days: number
  activations_mode: ActivationsMode
  activation_limit: number | null
  activation_required: boolean
  usage_limit: number | null
  usage_reset: UsageReset
  entitlements: string[]
  version: string | null
}

/** A moment, as a column's text. */
export const date = (text: string | null): Date | null => (text === null ? null : readDate(text))

// Sessions are in UTC, so times are nearly always written in one way, which is read here digit by digit: JavaScript's own reader takes
// twice as long, and every call has half a dozen. Years of five digits and the like are left to the driver.
function readDate(text: string): Date {
  if (!PLAIN_TIME.test(text)) return pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ)(text) as Date
  const two = (at: number) => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 11 * ZERO
  let milliseconds = 0
  for (let at = 20, unit = 100; at < text.length - 3; at++, unit /= 10)
    milliseconds += (text.charCodeAt(at) - ZERO) * unit
  return new Date(Date.UTC(two(0) * 100 + two(2), two(5) - 1, two(8), two(11), two(14), two(17), milliseconds))
}

const ZERO = '0'.charCodeAt(0)
// Date.UTC takes years below 100 for those of the last century.
const PLAIN_TIME = /^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?\+00$/

/** A number, as a column's text. */
export const number = (text: string | null): number | null => (text === null ? null : Number(text))

// The driver's list of types lacks this one.
const TEXT_ARRAY = 1009 as number as typeof pg.types.builtins.TEXT
const texts = (text: string): string[] => (text === '{}' ? [] : (pg.types.getTypeParser(TEXT_ARRAY)(text) as string[]))

/** The row that KEY_COLUMNS made, from column `i` on. */
export function keyRowOf(row: RawRow, i: number): KeyRow {
  // In the order of the columns.
  return {
    id: row[i++] as string,
    organization_id: row[i++] as string,
    customer_id: row[i++] as string,
    key_configuration_id: row[i++] as string,
    product_id: row[i++] as string | null,
    key_cipher: row[i++] as string,
    key_is_normal: row[i++] === 't',
    last_characters: row[i++] as string,
    status: row[i++] as LicenseKeyStatus,
    expires_at: date(row[i++] as string | null),
    expiry_overridden: row[i++] === 't',
    grace_days_override: number(row[i++] as string | null),
    activations_mode_override: row[i++] as ActivationsMode | null,
    activation_limit_override: number(row[i++] as string | null),
    new_devices_blocked: row[i++] === 't',
    usage_overridden: row[i++] === 't',
    usage_limit_override: number(row[i++] as string | null),
    usage: Number(row[i++]),
    usage_period_start: date(row[i++] as string | null),
    validations: Number(row[i++]),
    last_validated_at: date(row[i++] as string | null),
    first_activated_at: date(row[i++] as string | null),
    created_at: readDate(row[i++] as string),
    updated_at: readDate(row[i++] as string),
    grace_days: Number(row[i++]),
    activations_mode: row[i++] as ActivationsMode,
    activation_limit: number(row[i++] as string | null),
    activation_required: row[i++] === 't',
    usage_limit: number(row[i++] as string | null),
    usage_reset: row[i++] as UsageReset,
    entitlements: texts(row[i++] as string),
    version: row[i++] as string | null,
  }
}

/** How many columns KEY_COLUMNS has. */
export const KEY_COLUMN_COUNT = 32

/** The activation that ACTIVATION_COLUMNS made, from column `i` on; null where a LEFT JOIN found none. */
export function activationRowOf(row: RawRow, i: number): ActivationRow | null {
  if (row[i] === null) return null
  return {
    activation_id: row[i++] as string,
    label: row[i++] as string,
    fingerprint: row[i++] as string | null,
    conditions: JSON.parse(row[i++] as string) as JsonObject,
    meta: JSON.parse(row[i++] as string) as JsonObject,
    activation_created_at: readDate(row[i++] as string),
    modified_at: date(row[i++] as string | null),
  }
}

type LimitColumns = Pick<
  KeyRow,
  | 'activations_mode_override'
  | 'activation_limit_override'
  | 'usage_overridden'
  | 'usage_limit_override'
  | 'grace_days_override'
  | 'grace_days'
  | 'activations_mode'
  | 'activation_limit'
  | 'activation_required'
  | 'usage_limit'
  | 'usage_reset'
>

/** What holds for a key, its own limits before those of its configuration. */
export const limitsOf = (row: LimitColumns): EffectiveLimits =>
  effectiveLimits(
    {
      activationsModeOverride: row.activations_mode_override,
      activationLimitOverride: row.activation_limit_override,
      usageOverridden: row.usage_overridden,
      usageLimitOverride: row.usage_limit_override,
      graceDaysOverride: row.grace_days_override,
    },
    {
      graceDays: row.grace_days,
      activationsMode: row.activations_mode,
      activationLimit: row.activation_limit,
      activationRequired: row.activation_required,
      usageLimit: row.usage_limit,
      usageReset: row.usage_reset,
    },
  )

/** The row as the rules see it. */
export const factsOf = (row: KeyRow): KeyFacts => ({
  status: row.status,
  expiresAt: row.expires_at,
  productId: row.product_id,
  keyConfigurationId: row.key_configuration_id,
  customerId: row.customer_id,
  newDevicesBlocked: row.new_devices_blocked,
  usage: row.usage,
  usagePeriodStart: row.usage_period_start,
  entitlements: row.entitlements,
  limits: limitsOf(row),
})

/**
 * The row as client software sees it. `sent` is the string that the key was found by, or null: what we know from it need not be opened.
 * `changed` is what the call itself changed.
 */
export function keyAnswer(
  row: KeyRow,
  facts: KeyFacts,
  now: Date,
  sent: string | null,
  changed: Partial<Pick<KeyAnswer, 'usage' | 'validations' | 'lastValidatedAt' | 'expiresAt'>> = {},
): KeyAnswer {
  const { mode, limit } = facts.limits.activations
  return {
    id: row.id,
    organizationId: row.organization_id,
    customerId: row.customer_id,
    keyConfigurationId: row.key_configuration_id,
    productId: row.product_id,
    keyString: sent !== null && row.key_is_normal ? normaliseKeyString(sent) : openCached(row.key_cipher),
    displayKey: `****-${row.last_characters}`,
    status: row.status,
    limitActivations: mode === 'off' ? 0 : limit,
    usage: usageNow(facts, now),
    limitUsage: facts.limits.usage.limit,
    validations: row.validations,
    lastValidatedAt: row.last_validated_at,
    expiresAt: row.expires_at,
    entitlements: row.entitlements,
    version: row.version,
    createdAt: row.created_at,
    modifiedAt: row.updated_at,
    ...changed,
  }
}

/** A key string as answers show it beside the whole. */
export const displayKeyOf = (keyString: string): string => `****-${lastCharactersOf(keyString)}`

/** Columns of an activation `a`, for SELECT; named apart so that they can stand beside a key's. */
export const ACTIVATION_COLUMNS = `a.id AS activation_id, a.label, a.fingerprint, a.conditions, a.meta,
  a.created_at AS activation_created_at, a.modified_at`

/** How many columns ACTIVATION_COLUMNS has. */
export const ACTIVATION_COLUMN_COUNT = 7

/** A row of those columns. */
export type ActivationRow = {
  activation_id: string
  label: string
  fingerprint: string | null
  conditions: JsonObject
  meta: JsonObject
  activation_created_at: Date
  modified_at: Date | null
}

/** The activation as the rules see it. */
export const activationOf = (
  row: ActivationRow,
  licenseKeyId: string,
): ActivationAnswer & { conditions: JsonObject } => ({
  id: row.activation_id,
  licenseKeyId,
  label: row.label,
  fingerprint: row.fingerprint,
  conditions: row.conditions,
  meta: row.meta,
  createdAt: row.activation_created_at,
  modifiedAt: row.modified_at,
})

/** An activation as client software sees it, at this moment: what it is bound to is never shown. */
export const activationAnswer = ({
  id,
  licenseKeyId,
  label,
  fingerprint,
  meta,
  createdAt,
  modifiedAt,
}: ActivationAnswer): ActivationAnswer => ({ id, licenseKeyId, label, fingerprint, meta, createdAt, modifiedAt })
