import '#server-only'
import { stringify } from 'csv-stringify/sync'
import { Prisma } from '#prisma/client.ts'
import type { ActivationsMode, LicenseKeyStatus, UsageReset } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import type { JsonObject } from '../base/json.ts'
import { assertMay, merchantMay } from '../base/permissions.ts'
import { safeCell } from '../base/spreadsheet.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { openKeyString } from '../key-strings/string.ts'
import { type LicenseKeyFilter, whereSql } from '../license-keys/list.ts'
import { limitsOf } from '../license-keys/row.ts'
import { usageNow } from '../license-keys/rules.ts'
import { BYTE_ORDER_MARK, type ExportFormat } from '../license-keys/schema.ts'

const BATCH = 1_000

/**
 * The keys that match a filter, with everything an import needs to make them again, as text in pieces. Recorded. Members who may not
 * see key strings get them masked, in a column of another name. A CSV begins with a byte order mark unless `mark` is false.
 */
export async function exportLicenseKeys(
  merchant: Merchant,
  filter: LicenseKeyFilter,
  format: ExportFormat,
  now: Date,
  { mark = true }: { mark?: boolean } = {},
): Promise<AsyncGenerator<string>> {
  assertMay(merchant, 'keys.read')
  const reveals = merchantMay(merchant, 'keys.reveal')
  const where = await whereSql(merchant, filter, now)
  await prisma.$transaction(async (tx) => {
    const [counted] = await tx.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total FROM license_keys k
      JOIN key_configurations c ON c.id = k.key_configuration_id JOIN customers u ON u.id = k.customer_id WHERE ${where}`
    const data = { keys: counted?.total ?? 0, format, keyStrings: reveals }
    await record(tx, merchant, now, { type: 'license_key.exported', organizationId: merchant.organizationId, data })
  })
  return format === 'csv' ? csvOf(where, reveals, now, mark) : jsonOf(where, reveals, now)
}

async function* csvOf(where: Prisma.Sql, reveals: boolean, now: Date, mark: boolean): AsyncGenerator<string> {
  yield (mark ? BYTE_ORDER_MARK : '') + stringify([columns(reveals)])
  for await (const keys of exportedKeys(where, reveals, now)) {
    yield stringify(keys.map((key) => Object.values(key).map((value) => safeCell(cellOf(value)))))
  }
}

function cellOf(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return ''
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

async function* jsonOf(where: Prisma.Sql, reveals: boolean, now: Date): AsyncGenerator<string> {
  let before = '['
  for await (const keys of exportedKeys(where, reveals, now)) {
    yield before + keys.map((key) => `\n${JSON.stringify(key)}`).join(',')
    before = ','
  }
  yield before === '[' ? '[]\n' : '\n]\n'
}

type Row = {
  id: string
  external_id: string | null
  key_cipher: Uint8Array
  prefix: string | null
  last_characters: string
  status: LicenseKeyStatus
  email: string
  customer_name: string | null
  customer_id: string
  configuration: string
  product: string | null
  order: string | null
  order_kind: string | null
  expiry_kind: string
  expires_at: Date | null
  expiry_overridden: boolean
  activations_mode_override: ActivationsMode | null
  activation_limit_override: number | null
  usage_overridden: boolean
  usage_limit_override: number | null
  grace_days_override: number | null
  grace_days: number
  activations_mode: ActivationsMode
  activation_limit: number | null
  activation_required: boolean
  usage_limit: number | null
  usage_reset: UsageReset
  usage: number
  usage_period_start: Date | null
  validations: number
  last_validated_at: Date | null
  first_activated_at: Date | null
  new_devices_blocked: boolean
  note: string
  created_at: Date
}

type DeviceRow = {
  id: string
  license_key_id: string
  external_id: string | null
  label: string
  fingerprint: string | null
  conditions: JsonObject
  meta: JsonObject
  validations: number
  last_validated_at: Date | null
  created_at: Date
}

// Oldest first, a thousand at a time from the last one on: keys that are issued meanwhile move none of the others.
async function* exportedKeys(where: Prisma.Sql, reveals: boolean, now: Date) {
  for (let after = Prisma.empty; ; ) {
    const rows = await prisma.$queryRaw<Row[]>`
      SELECT k.id, k.external_id, k.key_cipher, k.prefix, k.last_characters, k.status::text, u.email, u.name AS customer_name,
        k.customer_id, c.name AS configuration, p.name AS product, o.reference AS order, o.kind::text AS order_kind,
        c.expiry_kind::text, k.expires_at, k.expiry_overridden, k.activations_mode_override::text, k.activation_limit_override,
        k.usage_overridden, k.usage_limit_override, k.grace_days_override, c.grace_days, c.activations_mode::text,
        c.activation_limit, c.activation_required, c.usage_limit, c.usage_reset::text, k.usage, k.usage_period_start,
        k.validations::float8 AS validations, k.last_validated_at, k.first_activated_at, k.new_devices_blocked, k.note, k.created_at
      FROM license_keys k JOIN key_configurations c ON c.id = k.key_configuration_id JOIN customers u ON u.id = k.customer_id
      LEFT JOIN products p ON p.id = k.product_id LEFT JOIN purchases o ON o.id = k.purchase_id
      WHERE ${where} ${after} ORDER BY k.created_at, k.id LIMIT ${BATCH}`
    const devices = await prisma.$queryRaw<DeviceRow[]>`
      SELECT id, license_key_id, external_id, label, fingerprint, conditions, meta, validations::float8 AS validations,
        last_validated_at, created_at FROM activations
      WHERE license_key_id = ANY(${rows.map((row) => row.id)}::uuid[]) AND deactivated_at IS NULL ORDER BY created_at, id`
    const ofKey = Map.groupBy(devices, (device) => device.license_key_id)
    if (rows.length > 0) yield rows.map((row) => exported(row, ofKey.get(row.id) ?? [], reveals, now))
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) return
    after = Prisma.sql`AND (k.created_at, k.id) > (${last.created_at}, ${last.id}::uuid)`
  }
}

const keyColumn = (reveals: boolean) => (reveals ? 'key' : 'masked_key')

/** The names of an export's columns; lib/vendors/latchkey/import.ts reads them back. */
const columns = (reveals: boolean): string[] => [
  ...['id', keyColumn(reveals), 'status', 'customer_email', 'customer_name', 'customer_id', 'configuration', 'product'],
  ...['order', 'created_at', 'expires_at', 'activation_limit', 'usage', 'usage_limit', 'validations'],
  ...[
    'last_validated_at',
    'first_activated_at',
    'grace_days',
    'new_devices_blocked',
    'note',
    'external_id',
    'activations',
  ],
]

// In the order of the columns above.
function exported(row: Row, devices: DeviceRow[], reveals: boolean, now: Date) {
  const limits = limitsOf(row)
  const usage = { usage: row.usage, usagePeriodStart: row.usage_period_start, limits }
  return {
    id: row.id,
    [keyColumn(reveals)]: reveals
      ? openKeyString(row.key_cipher)
      : maskedKey({ prefix: row.prefix, lastCharacters: row.last_characters }),
    status: row.status,
    customer_email: row.email,
    customer_name: row.customer_name,
    customer_id: row.customer_id,
    configuration: row.configuration,
    product: row.product,
    order: row.order,
    created_at: row.created_at,
    expires_at: row.expires_at ?? (neverExpires(row) ? 'never' : null),
    activation_limit: limits.activations.mode === 'limited' ? limits.activations.limit : limits.activations.mode,
    usage: usageNow(usage, now),
    usage_limit: limits.usage.limit ?? 'unlimited',
    validations: row.validations,
    last_validated_at: row.last_validated_at,
    first_activated_at: row.first_activated_at,
    grace_days: limits.grace.days,
    new_devices_blocked: row.new_devices_blocked,
    note: row.note,
    external_id: row.external_id,
    activations: devices.map((device) => ({
      id: device.id,
      label: device.label,
      created_at: device.created_at,
      ...(device.fingerprint !== null && { fingerprint: device.fingerprint }),
      ...(Object.keys(device.conditions).length > 0 && { conditions: device.conditions }),
      ...(Object.keys(device.meta).length > 0 && { meta: device.meta }),
      ...(device.validations > 0 && { validations: device.validations }),
      ...(device.last_validated_at && { last_validated_at: device.last_validated_at }),
      ...(device.external_id !== null && { external_id: device.external_id }),
    })),
  }
}

/** A key without a date may still get one when it is first activated. */
const neverExpires = (row: Row): boolean =>
  row.expiry_overridden ||
  row.expiry_kind !== 'duration' ||
  row.first_activated_at !== null ||
  row.order_kind === 'subscription'
