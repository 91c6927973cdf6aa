import '#server-only'
import type { ActivationsMode, LicenseKeyStatus, UsageReset } from '#prisma/enums.ts'
import type { JsonObject } from '../base/json.ts'
import type { RawRow } from '../database/batches.ts'
import {
  column,
  count,
  integer,
  json,
  maybe,
  moment,
  type RowOf,
  rowReader,
  selectList,
  tableOf,
  text,
  texts,
  word,
  yesOrNo,
} from '../database/columns.ts'
import { lastCharactersOf } from '../key-strings/rules.ts'
import { normaliseKeyString, openCached } from '../key-strings/string.ts'
import { effectiveLimits, type KeyFacts, type KeyOverrides, usageNow } from './rules.ts'
import type { ActivationAnswer, KeyAnswer } from './schema.ts'

// A key, its configuration and a device as everything reads them that rules or client software see: license calls and programs by plain
// SQL, pages through Prisma. A column that they need is one line here.

/** What rules need of a key `k`. */
export const keyTable = tableOf('k', {
  id: text,
  organizationId: text,
  customerId: text,
  keyConfigurationId: text,
  productId: maybe(text),
  formerIds: texts,
  lastCharacters: text,
  status: word<LicenseKeyStatus>(),
  expiresAt: maybe(moment),
  expiryOverridden: yesOrNo,
  graceDaysOverride: maybe(integer),
  activationsModeOverride: maybe(word<ActivationsMode>()),
  activationLimitOverride: maybe(integer),
  newDevicesBlocked: yesOrNo,
  usageOverridden: yesOrNo,
  usageLimitOverride: maybe(integer),
  usage: integer,
  usagePeriodStart: maybe(moment),
  validations: count,
  lastValidatedAt: maybe(moment),
  firstActivatedAt: maybe(moment),
  createdAt: moment,
  updatedAt: moment,
})

/** What rules need of its configuration `c`. */
export const configurationTable = tableOf('c', {
  graceDays: integer,
  activationsMode: word<ActivationsMode>(),
  activationLimit: maybe(integer),
  activationRequired: yesOrNo,
  usageLimit: maybe(integer),
  usageReset: word<UsageReset>(),
  entitlements: texts,
  version: maybe(text),
})

/** Both, with the string, for answers to client software and programs. */
export const answerTable = {
  ...keyTable,
  ...configurationTable,
  /** In hexadecimal. */
  keyCipher: column("encode(k.key_cipher, 'hex')", text),
  ...tableOf('k', { keyIsNormal: yesOrNo }),
}
export type KeyRow = RowOf<typeof answerTable>

export const KEY_COLUMNS = selectList(answerTable)
/** How many columns KEY_COLUMNS has. */
export const KEY_COLUMN_COUNT = Object.keys(answerTable).length
/** The row that KEY_COLUMNS made, from column `from` on. */
export const keyRowOf = rowReader(answerTable)

type FactColumns = KeyOverrides & Omit<KeyFacts, 'limits' | 'entitlements' | 'timeZone'>
type ConfigurationColumns = Parameters<typeof effectiveLimits>[1] & { entitlements: string[] }

/** A row and its configuration as the rules see them. */
export const factsOf = (key: FactColumns, configuration: ConfigurationColumns): KeyFacts => ({
  status: key.status,
  expiresAt: key.expiresAt,
  productId: key.productId,
  keyConfigurationId: key.keyConfigurationId,
  formerIds: key.formerIds,
  customerId: key.customerId,
  newDevicesBlocked: key.newDevicesBlocked,
  usage: key.usage,
  usagePeriodStart: key.usagePeriodStart,
  entitlements: configuration.entitlements,
  limits: effectiveLimits(key, configuration),
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
    organizationId: row.organizationId,
    customerId: row.customerId,
    keyConfigurationId: row.keyConfigurationId,
    productId: row.productId,
    keyString: sent !== null && row.keyIsNormal ? normaliseKeyString(sent) : openCached(row.keyCipher),
    displayKey: `****-${row.lastCharacters}`,
    status: row.status,
    limitActivations: mode === 'off' ? 0 : limit,
    usage: usageNow(facts, now),
    limitUsage: facts.limits.usage.limit,
    validations: row.validations,
    lastValidatedAt: row.lastValidatedAt,
    expiresAt: row.expiresAt,
    entitlements: row.entitlements,
    version: row.version,
    createdAt: row.createdAt,
    modifiedAt: row.updatedAt,
    ...changed,
  }
}

/** A key string as answers show it beside the whole. */
export const displayKeyOf = (keyString: string): string => `****-${lastCharactersOf(keyString)}`

/** A device `a`, for SELECT; named apart so that it can stand beside its key. */
const activationTable = {
  activationId: column('a.id', text),
  ...tableOf('a', { label: text, fingerprint: maybe(text), conditions: json<JsonObject>(), meta: json<JsonObject>() }),
  activationCreatedAt: column('a.created_at', moment),
  ...tableOf('a', { modifiedAt: maybe(moment) }),
}
export type ActivationRow = RowOf<typeof activationTable>

export const ACTIVATION_COLUMNS = selectList(activationTable)
/** How many columns ACTIVATION_COLUMNS has. */
export const ACTIVATION_COLUMN_COUNT = Object.keys(activationTable).length

const readActivation = rowReader(activationTable)
/** The device that ACTIVATION_COLUMNS made, from column `from` on; null where a LEFT JOIN found none. */
export const activationRowOf = (row: RawRow, from: number): ActivationRow | null =>
  row[from] === null ? null : readActivation(row, from)

/** The activation as the rules see it. */
export const activationOf = (
  row: ActivationRow,
  licenseKeyId: string,
): ActivationAnswer & { conditions: JsonObject } => ({
  id: row.activationId,
  licenseKeyId,
  label: row.label,
  fingerprint: row.fingerprint,
  conditions: row.conditions,
  meta: row.meta,
  createdAt: row.activationCreatedAt,
  modifiedAt: row.modifiedAt,
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
