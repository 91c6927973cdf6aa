import '#server-only'
import { stringify } from 'csv-stringify/sync'
import { Prisma } from '#prisma/client.ts'
import type { ExpiryKind, PurchaseKind } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import type { JsonObject } from '../base/json.ts'
import { assertMay, merchantMay } from '../base/permissions.ts'
import { safeCell } from '../base/spreadsheet.ts'
import { prisma } from '../database/client.ts'
import {
  bytes,
  column,
  count,
  json,
  maybe,
  moment,
  type RowOf,
  selectList,
  tableOf,
  text,
  word,
} from '../database/columns.ts'
import { record } from '../events/commands.ts'
import { maskedKey } from '../key-strings/rules.ts'
import { openKeyString } from '../key-strings/string.ts'
import { type LicenseKeyFilter, whereSql } from '../license-keys/list.ts'
import type { ExportFormat } from '../license-keys/plain.ts'
import { configurationTable, factsOf, keyTable } from '../license-keys/row.ts'
import { usageNow } from '../license-keys/rules.ts'
import { BYTE_ORDER_MARK } from '../license-keys/schema.ts'

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

const exportTable = {
  ...keyTable,
  ...configurationTable,
  ...tableOf('k', { externalId: maybe(text), prefix: maybe(text), note: text }),
  keyCipher: column('k.key_cipher', bytes),
  email: column('u.email', text),
  customerName: column('u.name', maybe(text)),
  configuration: column('c.name', text),
  product: column('p.name', maybe(text)),
  order: column('o.reference', maybe(text)),
  orderKind: column('o.kind::text', maybe(word<PurchaseKind>())),
  expiryKind: column('c.expiry_kind::text', word<ExpiryKind>()),
}
type Row = RowOf<typeof exportTable>

const deviceTable = tableOf('a', {
  id: text,
  licenseKeyId: text,
  externalId: maybe(text),
  label: text,
  fingerprint: maybe(text),
  conditions: json<JsonObject>(),
  meta: json<JsonObject>(),
  validations: count,
  lastValidatedAt: maybe(moment),
  createdAt: moment,
})
type DeviceRow = RowOf<typeof deviceTable>

// Oldest first, a thousand at a time from the last one on: keys that are issued meanwhile move none of the others.
async function* exportedKeys(where: Prisma.Sql, reveals: boolean, now: Date) {
  for (let after = Prisma.empty; ; ) {
    const rows = await prisma.$queryRaw<Row[]>`SELECT ${Prisma.raw(selectList(exportTable))}
      FROM license_keys k JOIN key_configurations c ON c.id = k.key_configuration_id JOIN customers u ON u.id = k.customer_id
      LEFT JOIN products p ON p.id = k.product_id LEFT JOIN purchases o ON o.id = k.purchase_id
      WHERE ${where} ${after} ORDER BY k.created_at, k.id LIMIT ${BATCH}`
    const devices = await prisma.$queryRaw<DeviceRow[]>`SELECT ${Prisma.raw(selectList(deviceTable))} FROM activations a
      WHERE a.license_key_id = ANY(${rows.map((row) => row.id)}::uuid[]) AND a.deactivated_at IS NULL
      ORDER BY a.created_at, a.id`
    const ofKey = Map.groupBy(devices, (device) => device.licenseKeyId)
    if (rows.length > 0) yield rows.map((row) => exported(row, ofKey.get(row.id) ?? [], reveals, now))
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) return
    after = Prisma.sql`AND (k.created_at, k.id) > (${last.createdAt}, ${last.id}::uuid)`
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
  const { limits } = factsOf(row, row)
  const usage = { usage: row.usage, usagePeriodStart: row.usagePeriodStart, limits }
  return {
    id: row.id,
    [keyColumn(reveals)]: reveals
      ? openKeyString(row.keyCipher)
      : maskedKey({ prefix: row.prefix, lastCharacters: row.lastCharacters }),
    status: row.status,
    customer_email: row.email,
    customer_name: row.customerName,
    customer_id: row.customerId,
    configuration: row.configuration,
    product: row.product,
    order: row.order,
    created_at: row.createdAt,
    expires_at: row.expiresAt ?? (neverExpires(row) ? 'never' : null),
    activation_limit: limits.activations.mode === 'limited' ? limits.activations.limit : limits.activations.mode,
    usage: usageNow(usage, now),
    usage_limit: limits.usage.limit ?? 'unlimited',
    validations: row.validations,
    last_validated_at: row.lastValidatedAt,
    first_activated_at: row.firstActivatedAt,
    grace_days: limits.grace.days,
    new_devices_blocked: row.newDevicesBlocked,
    note: row.note,
    external_id: row.externalId,
    activations: devices.map((device) => ({
      id: device.id,
      label: device.label,
      created_at: device.createdAt,
      ...(device.fingerprint !== null && { fingerprint: device.fingerprint }),
      ...(Object.keys(device.conditions).length > 0 && { conditions: device.conditions }),
      ...(Object.keys(device.meta).length > 0 && { meta: device.meta }),
      ...(device.validations > 0 && { validations: device.validations }),
      ...(device.lastValidatedAt && { last_validated_at: device.lastValidatedAt }),
      ...(device.externalId !== null && { external_id: device.externalId }),
    })),
  }
}

/** A key without a date may still get one when it is first activated. */
const neverExpires = (row: Row): boolean =>
  row.expiryOverridden ||
  row.expiryKind !== 'duration' ||
  row.firstActivatedAt !== null ||
  row.orderKind === 'subscription'
