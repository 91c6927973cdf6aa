import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { PurchaseKind, PurchaseSource, PurchaseStatus, RevokeReason } from '#prisma/enums.ts'
import type { Merchant, PortalCustomer } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { idFrom, isId } from '../base/ids.ts'
import { perProcess } from '../base/per-process.ts'
import { assertMay, merchantMay } from '../base/permissions.ts'
import { emailToFind } from '../base/text.ts'
import { pool, prisma } from '../database/client.ts'
import {
  column,
  integer,
  json,
  maybe,
  moment,
  type RowOf,
  selectList,
  tableOf,
  text,
  texts,
  word,
  words,
  yesOrNo,
} from '../database/columns.ts'
import { groupCommit } from '../database/group-commit.ts'
import { keyHashesOf, openKeyString } from '../key-strings/string.ts'
import type { Metadata } from '../metadata/schema.ts'
import { askedSql } from './list.ts'
import { shownStatus } from './look.ts'
import { recordReveals } from './reveals.ts'
import { answerTable, displayKeyOf, factsOf, keyAnswer } from './row.ts'
import type { KeyRecord, KeyRecordFilter, KeyRecordSort, RecordPage } from './schema.ts'

// Keys with everything around them, for programs: the management API and the vendors' dialects.

const recordTable = {
  ...answerTable,
  ...tableOf('k', {
    revokedFor: words<RevokeReason>(),
    held: yesOrNo,
    number: integer,
    externalId: maybe(text),
    note: text,
    metadata: json<Metadata>(),
    tags: texts,
  }),
  devices: column(
    '(SELECT count(*)::int FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL)',
    integer,
  ),
  organizationNumber: column('o.number', integer),
  organizationExternalIds: column('o.external_ids', texts),
  organizationName: column('o.name', text),
  customerNumber: column('u.number', integer),
  customerExternalId: column('u.external_id', maybe(text)),
  customerEmail: column('u.email', text),
  customerName: column('u.name', maybe(text)),
  customerCreatedAt: column('u.created_at', moment),
  customerUpdatedAt: column('u.updated_at', moment),
  configurationNumber: column('c.number', integer),
  configurationExternalIds: column('c.external_ids', texts),
  configurationName: column('c.name', text),
  productNumber: column('p.number', maybe(integer)),
  productExternalIds: column('p.external_ids', maybe(texts)),
  productName: column('p.name', maybe(text)),
  purchaseId: column('b.id', maybe(text)),
  ...tableOf('b', {
    reference: text,
    kind: word<PurchaseKind>(),
    source: word<PurchaseSource>(),
    isTest: yesOrNo,
    purchasedAt: moment,
  }),
  purchaseNumber: column('b.number', integer),
  purchaseStatus: column('b.status::text', word<PurchaseStatus>()),
}
/** A row of those columns; what is of the purchase is null where there is none. */
type RecordRow = RowOf<typeof recordTable>

const RECORD_COLUMNS = selectList(recordTable)

const FROM = `FROM license_keys k JOIN key_configurations c ON c.id = k.key_configuration_id
  JOIN organizations o ON o.id = k.organization_id JOIN customers u ON u.id = k.customer_id
  LEFT JOIN products p ON p.id = k.product_id LEFT JOIN purchases b ON b.id = k.purchase_id`

function recordOf(row: RecordRow, now: Date, shows: 'string' | 'mask' = 'string'): KeyRecord {
  const facts = factsOf(row, row)
  const { activations, usage, grace } = facts.limits
  return {
    ...keyAnswer(row, facts, now, null),
    ...(shows === 'mask' && { keyString: `****-${row.lastCharacters}` }),
    number: row.number,
    externalId: row.externalId,
    devices: row.devices,
    activationsMode: activations.mode,
    overridden: {
      activations: activations.overridden,
      usage: usage.overridden,
      expiry: row.expiryOverridden,
      grace: grace.overridden,
    },
    graceDays: grace.days,
    newDevicesBlocked: row.newDevicesBlocked,
    revokedFor: row.revokedFor,
    held: row.held,
    shownStatus: shownStatus(facts, now),
    note: row.note,
    metadata: row.metadata,
    tags: row.tags,
    firstActivatedAt: row.firstActivatedAt,
    organization: {
      id: row.organizationId,
      number: row.organizationNumber,
      externalIds: row.organizationExternalIds,
      name: row.organizationName,
    },
    customer: {
      id: row.customerId,
      number: row.customerNumber,
      externalId: row.customerExternalId,
      email: row.customerEmail,
      name: row.customerName,
      createdAt: row.customerCreatedAt,
      modifiedAt: row.customerUpdatedAt,
    },
    configuration: {
      id: row.keyConfigurationId,
      number: row.configurationNumber,
      externalIds: row.configurationExternalIds,
      name: row.configurationName,
    },
    product:
      row.productId === null
        ? null
        : {
            id: row.productId,
            number: row.productNumber ?? 0,
            externalIds: row.productExternalIds ?? [],
            name: row.productName ?? '',
          },
    purchase:
      row.purchaseId === null
        ? null
        : {
            id: row.purchaseId,
            number: row.purchaseNumber,
            reference: row.reference,
            kind: row.kind,
            source: row.source,
            status: row.purchaseStatus,
            isTest: row.isTest,
            purchasedAt: row.purchasedAt,
          },
  }
}

/** The record as whoever has just given the key this string is shown it; somebody else may have rotated it once more since. */
export const withString = (record: KeyRecord, keyString: string): KeyRecord => ({
  ...record,
  keyString,
  displayKey: displayKeyOf(keyString),
})

// ---------------------------------------------------------------- lists

const graceEnd = Prisma.sql`k.expires_at + make_interval(days => COALESCE(k.grace_days_override, c.grace_days))`
const live = Prisma.sql`EXISTS (SELECT 1 FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL)`

async function whereSql(merchant: Merchant, filter: KeyRecordFilter, now: Date): Promise<Prisma.Sql> {
  const organizationId = Prisma.sql`${merchant.organizationId}::uuid`
  const parts = [Prisma.sql`k.organization_id = ${organizationId}`]
  const uuids = (ids: string[]) => Prisma.sql`ANY(${ids.filter(isId)}::uuid[])`
  if (filter.organizationIds)
    parts.push(
      Prisma.sql`(k.organization_id = ${uuids(filter.organizationIds)} OR o.external_ids && ${filter.organizationIds}::text[])`,
    )
  if (filter.ids) parts.push(Prisma.sql`k.id = ${uuids(filter.ids)}`)
  if (filter.numbers) parts.push(Prisma.sql`k.number = ANY(${filter.numbers}::int[])`)
  // Looked up first, so that the index of keys serves either way.
  const named = (names: string[], table: Prisma.Sql, isKnown: (texts: string[]) => Prisma.Sql) => {
    const known = Prisma.sql`SELECT id FROM ${table} WHERE organization_id = ${organizationId} AND ${isKnown(names)}`
    return Prisma.sql`ANY(${names.filter(isId)}::uuid[] || ARRAY(${known}))`
  }
  const among = (texts: string[]) => Prisma.sql`external_ids && ${texts}::text[]`
  const madeFrom = (names: string[]) =>
    Prisma.sql`k.key_configuration_id = ${named(names, Prisma.sql`key_configurations`, among)}`
  const isFor = (names: string[]) => Prisma.sql`k.product_id = ${named(names, Prisma.sql`products`, among)}`
  if (filter.configurationIds) parts.push(madeFrom(filter.configurationIds))
  if (filter.productIds) parts.push(isFor(filter.productIds))
  if (filter.productOrConfigurationIds) {
    const names = filter.productOrConfigurationIds
    parts.push(Prisma.sql`(${isFor(names)} OR (k.product_id IS NULL AND ${madeFrom(names)}))`)
  }
  if (filter.customerIds) {
    const isKnown = (texts: string[]) => Prisma.sql`external_id = ANY(${texts}::text[])`
    parts.push(Prisma.sql`k.customer_id = ${named(filter.customerIds, Prisma.sql`customers`, isKnown)}`)
  }
  if (filter.customerExternalIds) parts.push(Prisma.sql`u.external_id = ANY(${filter.customerExternalIds}::text[])`)
  if (filter.purchaseIds) parts.push(Prisma.sql`k.purchase_id = ${uuids(filter.purchaseIds)}`)
  const texts = (numbers: number[]) => Prisma.sql`${numbers.map(String)}::text[]`
  if (filter.organizationNumbers) {
    const numbers = filter.organizationNumbers
    parts.push(Prisma.sql`(o.number = ANY(${numbers}::int[]) OR o.external_ids && ${texts(numbers)})`)
  }
  if (filter.productNumbers) {
    const numbers = filter.productNumbers
    // Number 0 is no product.
    parts.push(Prisma.sql`(k.product_id = ANY(ARRAY(SELECT id FROM products WHERE organization_id = ${organizationId}
      AND (number = ANY(${numbers}::int[]) OR external_ids && ${texts(numbers)})))
      ${numbers.includes(0) ? Prisma.sql`OR k.product_id IS NULL` : Prisma.empty})`)
  }
  if (filter.purchaseNumbers) {
    const numbers = filter.purchaseNumbers
    parts.push(Prisma.sql`k.purchase_id = ANY(ARRAY(SELECT id FROM purchases WHERE organization_id = ${organizationId}
      AND (number = ANY(${numbers}::int[]) OR reference = ANY(${texts(numbers)}))))`)
  }
  if (filter.statuses) parts.push(Prisma.sql`k.status::text = ANY(${filter.statuses}::text[])`)
  if (filter.expired !== undefined)
    parts.push(filter.expired ? Prisma.sql`${graceEnd} <= ${now}` : Prisma.sql`(${graceEnd} <= ${now}) IS NOT TRUE`)
  if (filter.activated !== undefined) parts.push(filter.activated ? live : Prisma.sql`NOT ${live}`)
  // A key without a purchase was given by hand.
  if (filter.sources) parts.push(Prisma.sql`COALESCE(b.source::text, 'manual') = ANY(${filter.sources}::text[])`)
  if (filter.imported !== undefined)
    parts.push(filter.imported ? Prisma.sql`k.external_id IS NOT NULL` : Prisma.sql`k.external_id IS NULL`)
  if (filter.keyString !== undefined)
    parts.push(Prisma.sql`k.key_hash IN (${Prisma.join(keyHashesOf(filter.keyString))})`)
  if (filter.email !== undefined) parts.push(Prisma.sql`u.email = ${emailToFind(filter.email)}`)
  if (filter.createdFrom) parts.push(Prisma.sql`k.created_at >= ${filter.createdFrom}`)
  if (filter.createdBefore) parts.push(Prisma.sql`k.created_at < ${filter.createdBefore}`)
  if (filter.expiresFrom) parts.push(Prisma.sql`k.expires_at >= ${filter.expiresFrom}`)
  if (filter.expiresBefore) parts.push(Prisma.sql`k.expires_at < ${filter.expiresBefore}`)
  // The second half of each names the rows that its index holds.
  if (filter.metadata)
    parts.push(Prisma.sql`k.metadata @> ${JSON.stringify(filter.metadata)}::jsonb AND k.metadata <> '{}'`)
  if (filter.tags) parts.push(Prisma.sql`k.tags @> ${filter.tags}::text[] AND k.tags <> '{}'`)
  if (filter.terms) parts.push(...(await askedSql(merchant, filter.terms, now)))
  return Prisma.join(parts, ' AND ')
}

// No row lacks a value to sort by, or pages could not go on after it.
const sortSql = {
  createdAt: { by: Prisma.sql`k.created_at`, type: Prisma.sql`timestamptz` },
  expiresAt: { by: Prisma.sql`COALESCE(k.expires_at, 'infinity')`, type: Prisma.sql`timestamptz` },
  lastValidatedAt: { by: Prisma.sql`COALESCE(k.last_validated_at, '-infinity')`, type: Prisma.sql`timestamptz` },
  validations: { by: Prisma.sql`k.validations`, type: Prisma.sql`bigint` },
} satisfies Record<KeyRecordSort, { by: Prisma.Sql; type: Prisma.Sql }>

const textOf = (value: Date | string | number): string => (value instanceof Date ? value.toISOString() : String(value))

/** What a key is sorted by, as `after` takes it. */
export function sortValueOf(record: KeyRecord, sort: KeyRecordSort): Date | string | number {
  if (sort === 'expiresAt') return record.expiresAt ?? 'infinity'
  if (sort === 'lastValidatedAt') return record.lastValidatedAt ?? '-infinity'
  return record[sort]
}

/**
 * Keys of the organization. Whoever may see key strings gets them, which is recorded; for everybody else each is masked. Only a program
 * that has just made these keys is shown their strings as the result of that.
 */
export async function listKeyRecords(
  merchant: Merchant,
  filter: KeyRecordFilter,
  { sort = 'createdAt', dir, limit, offset = 0, after }: RecordPage<KeyRecordSort>,
  now: Date,
  { justMade = false } = {},
): Promise<KeyRecord[]> {
  assertMay(merchant, 'keys.read')
  if (justMade) assertMay(merchant, 'keys.write')
  const reveals = merchantMay(merchant, 'keys.reveal')
  const order = dir === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`
  const beyond = dir === 'asc' ? Prisma.sql`>` : Prisma.sql`<`
  const { by, type } = sortSql[sort]
  const filtered = await whereSql(merchant, filter, now)
  const where = after
    ? Prisma.sql`${filtered} AND (${by}, k.id) ${beyond} (${textOf(after.value)}::text::${type}, ${after.id}::uuid)`
    : filtered
  const rows = await prisma.$queryRaw<RecordRow[]>`SELECT ${Prisma.raw(RECORD_COLUMNS)} ${Prisma.raw(FROM)}
    WHERE ${where} ORDER BY ${by} ${order}, k.id ${order} LIMIT ${limit} OFFSET ${offset}`
  const records = rows.map((row) => recordOf(row, now, reveals || justMade ? 'string' : 'mask'))
  if (reveals && !justMade) await recordReveals(merchant, records, now)
  return records
}

/** The string of a key for a call on behalf of its device, or to be compared with; never shown. */
export async function keyStringFor(merchant: Merchant, licenseKeyId: string): Promise<string> {
  assertMay(merchant, 'keys.write')
  const key = await prisma.licenseKey.findFirst({
    where: { id: licenseKeyId, organizationId: merchant.organizationId },
    select: { keyCipher: true },
  })
  if (!key) throw notFound('license key')
  return openKeyString(key.keyCipher)
}

/** How many keys of the organization match. */
export async function countKeyRecords(merchant: Merchant, filter: KeyRecordFilter, now: Date): Promise<number> {
  assertMay(merchant, 'keys.read')
  const [row] = await prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total ${Prisma.raw(FROM)}
    WHERE ${await whereSql(merchant, filter, now)}`
  return row?.total ?? 0
}

/**
 * One key by its id or a number, as `listKeyRecords` shows it: the number it came with from elsewhere before one of ours. NOT_FOUND when it is
 * another organization's.
 */
export async function getKeyRecord(
  merchant: Merchant,
  key: string | number,
  now: Date,
  how: { justMade?: boolean } = {},
): Promise<KeyRecord> {
  const filters = typeof key === 'number' ? [{ ids: [idFrom(String(key))] }, { numbers: [key] }] : [{ ids: [key] }]
  for (const filter of filters) {
    const [record] = await listKeyRecords(merchant, filter, { dir: 'asc', limit: 1 }, now, how)
    if (record) return record
  }
  throw notFound('license key')
}

// ---------------------------------------------------------------- around a call

const BY_IDS = { name: 'key_records', text: `SELECT ${RECORD_COLUMNS} ${FROM} WHERE k.id = ANY($1::uuid[])` }

async function readByIds(ids: string[]): Promise<(KeyRecord | null)[]> {
  const { rows } = await pool.query<RecordRow>({ ...BY_IDS, values: [[...new Set(ids)]] })
  const now = new Date()
  const records = new Map(rows.map((row) => [row.id, recordOf(row, now)]))
  return ids.map((id) => records.get(id) ?? null)
}

let nth = 0

/** What stands around the key a license call was about; read with the next batch. Null when it is gone meanwhile. */
export const keyRecordOfCall: (licenseKeyId: string) => Promise<KeyRecord | null> = perProcess('key-records', () =>
  groupCommit<string, KeyRecord | null>({
    name: 'read',
    run: readByIds,
    // Reads need not wait for each other.
    keyOf: () => String(nth++),
    batchSize: 256,
    inFlight: 2,
    waitingMax: 10_000,
    waitMaxMs: 3_000,
  }),
)

// ---------------------------------------------------------------- what is the customer's own

/** Keys of one customer in one organization, with their strings: what the owner may see. */
export async function listOwnKeyRecords(
  { organizationId, customerId }: PortalCustomer,
  filter: { ids?: string[] | undefined; configurationIds?: string[] | undefined },
  { dir, limit, offset = 0 }: RecordPage,
  now: Date,
): Promise<{ records: KeyRecord[]; total: number }> {
  const order = dir === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`
  const where = Prisma.join(
    [
      Prisma.sql`k.organization_id = ${organizationId}::uuid AND k.customer_id = ${customerId}::uuid`,
      ...(filter.ids ? [Prisma.sql`k.id = ANY(${filter.ids.filter(isId)}::uuid[])`] : []),
      ...(filter.configurationIds
        ? [
            Prisma.sql`(k.key_configuration_id = ANY(${filter.configurationIds.filter(isId)}::uuid[])
              OR c.external_ids && ${filter.configurationIds}::text[])`,
          ]
        : []),
    ],
    ' AND ',
  )
  const [rows, counted] = await Promise.all([
    prisma.$queryRaw<RecordRow[]>`SELECT ${Prisma.raw(RECORD_COLUMNS)} ${Prisma.raw(FROM)}
      WHERE ${where} ORDER BY k.created_at ${order}, k.id ${order} LIMIT ${limit} OFFSET ${offset}`,
    prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total ${Prisma.raw(FROM)} WHERE ${where}`,
  ])
  return { records: rows.map((row) => recordOf(row, now)), total: counted[0]?.total ?? 0 }
}
