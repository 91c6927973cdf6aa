import '#server-only'
import type pg from 'pg'
import type { DurationUnit, ExpiryKind, ExpiryStart, PurchaseKind } from '#prisma/enums.ts'
import type { JsonObject } from '../base/json.ts'
import { asColumns, ask, bytes, type RawRow, type Statement, type Value } from '../database/batches.ts'
import {
  column,
  date,
  integer,
  maybe,
  moment,
  rowReader,
  selectList,
  tableOf,
  text,
  word,
  yesOrNo,
} from '../database/columns.ts'
import { type Fact, recordAll } from '../events/commands.ts'
import {
  ACTIVATION_COLUMNS,
  activationOf,
  activationRowOf,
  answerTable,
  factsOf,
  type KeyRow,
} from '../license-keys/row.ts'
import type { ExpirySettings, KeyFacts, UsageMark } from '../license-keys/rules.ts'
import type { ActivationAnswer } from '../license-keys/schema.ts'
import type { OldString } from './rules.ts'

// What a batch of changes reads and writes, each a statement for all its keys. The transaction holds the locks of the keys from the first
// statement on, so what was read stays true until it commits, and what is decided here in memory is what happens.

/** A device as the batch sees it; changed in place as its calls are decided. */
export type Device = ActivationAnswer & {
  conditions: JsonObject
  deactivatedAt: Date | null
  /** Never validated since it was made. */
  isUnseen: boolean
  /** Its owner made room for it: so long its software is expected (lib/activations/replace.ts). */
  awaitedUntil: Date | null
}

/** A locked key: its live devices in the order they came, and those that were asked for although they are gone. */
export type LockedKey = {
  row: KeyRow
  facts: KeyFacts
  live: Device[]
  gone: Device[]
  /** Its customer may swap devices. */
  mayReplace: boolean
  expiry: ExpirySettings
  /** The organization's. */
  timeZone: string
  ofSubscription: boolean
}

/** What a batch has to write. */
export type Changes = {
  created: Map<Device, LockedKey>
  refreshed: Set<Device>
  deactivated: Set<Device>
  /** Keys whose clock or usage changed, and their further validations; their rows hold what is to be written. */
  keys: Map<LockedKey, number>
  validated: { activationId: string; at: Date }[]
  /** Usage that came to a mark (tell-usage.ts). */
  marks: { key: LockedKey; percent: UsageMark; at: Date }[]
  facts: Fact[]
}

/** Nothing to write yet. */
export const noChanges = (): Changes => ({
  created: new Map(),
  refreshed: new Set(),
  deactivated: new Set(),
  keys: new Map(),
  validated: [],
  marks: [],
  facts: [],
})

/** What a call names: only those devices are read whole. */
export type Asked = { keyHash: string; activationIds: string[]; fingerprints: string[] }

/** A key as a call found it; `old` when the string it sent has been rotated away. */
export type FoundKey = { key: LockedKey; old: OldString | null }

const lockedTable = {
  ...answerTable,
  ...tableOf('c', {
    customerMayReplace: yesOrNo,
    expiryKind: word<ExpiryKind>(),
    expiresOn: maybe(moment),
    durationCount: maybe(integer),
    durationUnit: maybe(word<DurationUnit>()),
    expiryStart: word<ExpiryStart>(),
    endsWithDay: yesOrNo,
  }),
  timeZone: column('(SELECT o.time_zone FROM organizations o WHERE o.id = k.organization_id)', text),
  purchaseKind: column(
    '(SELECT p.kind::text FROM purchases p WHERE p.id = k.purchase_id)',
    maybe(word<PurchaseKind>()),
  ),
}

// In the order of their hashes, so that batches of any number of processes cannot deadlock. Materialized, or PostgreSQL would drop a row
// that changed while its lock was waited for: it cannot look it up again through a UNION. OFFSET and the left join are hints to the
// planner, as in validate.ts.
export const LOCK = {
  name: 'changes_lock',
  text: `WITH found AS MATERIALIZED (
      SELECT i.hash, k.id, NULL::timestamptz AS rotated_at, NULL::timestamptz AS valid_until FROM unnest($1::bytea[]) AS i(hash) JOIN license_keys k ON k.key_hash = i.hash
      UNION ALL
      SELECT i.hash, o.license_key_id, o.rotated_at, o.valid_until
      FROM unnest($1::bytea[]) AS i(hash)
      JOIN LATERAL (SELECT * FROM old_key_strings o WHERE o.key_hash = i.hash OFFSET 0) o ON true
    )
    SELECT encode(f.hash, 'hex'), f.rotated_at, f.valid_until, ${selectList(lockedTable)}
    FROM found f JOIN license_keys k ON k.id = f.id LEFT JOIN key_configurations c ON c.id = k.key_configuration_id
    ORDER BY k.key_hash FOR UPDATE OF k`,
}

// A second statement, so that its snapshot is taken after the locks were. What a key with a thousand devices says of each is not needed.
export const DEVICES = {
  name: 'changes_devices',
  text: `SELECT a.license_key_id, a.deactivated_at, a.validations = 0, a.awaited_until, ${ACTIVATION_COLUMNS} FROM (
      SELECT l.id, l.license_key_id, l.label, l.fingerprint, l.created_at, l.modified_at, l.deactivated_at, l.validations,
        l.awaited_until,
        CASE WHEN l.id = ANY($2::uuid[]) OR l.fingerprint = ANY($3::text[]) THEN l.conditions ELSE '{}' END AS conditions,
        CASE WHEN l.id = ANY($2::uuid[]) OR l.fingerprint = ANY($3::text[]) THEN l.meta ELSE '{}' END AS meta
      FROM activations l WHERE l.license_key_id = ANY($1::uuid[]) AND l.deactivated_at IS NULL
      UNION ALL
      SELECT g.id, g.license_key_id, g.label, g.fingerprint, g.created_at, g.modified_at, g.deactivated_at, g.validations,
        g.awaited_until,
        g.conditions, g.meta
      FROM activations g WHERE g.id = ANY($2::uuid[]) AND g.license_key_id = ANY($1::uuid[]) AND g.deactivated_at IS NOT NULL
    ) a ORDER BY a.created_at, a.id`,
}

/** Takes the locks of the keys and reads them, by look-up. Calls that found one key in several ways share it. */
export async function lockKeys(client: pg.PoolClient, asked: Asked[]): Promise<Map<string, FoundKey>> {
  const keyHashes = [...new Set(asked.map(({ keyHash }) => keyHash))]
  const rows = await ask(client, LOCK, [keyHashes.map(bytes)])
  const byId = new Map<string, LockedKey>()
  const byHash = new Map<string, FoundKey>()
  for (const row of rows) {
    const read = lockedKeyOf(row)
    const key = byId.get(read.row.id) ?? read
    byId.set(key.row.id, key)
    const [keyHash, rotated, until] = row as [string, string | null, string | null]
    const [rotatedAt, validUntil] = [date(rotated), date(until)]
    // A string that is some key's own is never another's old one.
    if (!rotatedAt || !validUntil) byHash.set(keyHash, { key, old: null })
    else if (!byHash.has(keyHash)) byHash.set(keyHash, { key, old: { rotatedAt, validUntil } })
  }
  if (byId.size > 0) await readDevices(client, asked, byId)
  return byHash
}

async function readDevices(client: pg.PoolClient, asked: Asked[], keys: Map<string, LockedKey>) {
  const rows = await ask(client, DEVICES, [
    [...keys.keys()],
    asked.flatMap(({ activationIds }) => activationIds),
    asked.flatMap(({ fingerprints }) => fingerprints),
  ])
  for (const row of rows) {
    const found = activationRowOf(row, 4)
    const key = keys.get(row[0] as string)
    if (!found || !key) continue
    const deactivatedAt = date(row[1] as string | null)
    const awaitedUntil = date(row[3] as string | null)
    const device = { ...activationOf(found, key.row.id), deactivatedAt, isUnseen: row[2] === 't', awaitedUntil }
    if (device.deactivatedAt) key.gone.push(device)
    else key.live.push(device)
  }
}

const readLocked = rowReader(lockedTable)

function lockedKeyOf(values: RawRow): LockedKey {
  const { customerMayReplace, timeZone, purchaseKind, ...row } = readLocked(values, 3)
  return {
    row,
    facts: { ...factsOf(row, row), timeZone },
    timeZone,
    live: [],
    gone: [],
    mayReplace: customerMayReplace,
    expiry: row,
    ofSubscription: purchaseKind === 'subscription',
  }
}

export const DEACTIVATE = {
  name: 'changes_deactivate',
  text: `UPDATE activations a SET deactivated_at = i.deactivated_at
  FROM unnest($1::uuid[], $2::timestamptz[]) AS i(id, deactivated_at) WHERE a.id = i.id`,
}

export const REFRESH = {
  name: 'changes_refresh',
  text: `UPDATE activations a SET label = i.label, conditions = i.conditions, meta = i.meta, modified_at = i.modified_at,
    awaited_until = NULL
  FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::jsonb[], $5::timestamptz[]) AS i(id, label, conditions, meta, modified_at)
  WHERE a.id = i.id`,
}

export const CREATE = {
  name: 'changes_create',
  text: `INSERT INTO activations (id, organization_id, license_key_id, label, fingerprint, conditions, meta, created_at,
    modified_at, deactivated_at)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::timestamptz[],
    $9::timestamptz[], $10::timestamptz[])`,
}

export const KEYS = {
  name: 'changes_keys',
  text: `UPDATE license_keys k SET first_activated_at = i.first_activated_at, expires_at = i.expires_at, updated_at = i.updated_at,
    validations = k.validations + i.added, last_validated_at = i.last_validated_at, usage = i.usage, usage_period_start = i.period
  FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::timestamptz[], $7::int[],
    $8::timestamptz[]) AS i(id, first_activated_at, expires_at, updated_at, added, last_validated_at, usage, period)
  WHERE k.id = i.id`,
}

export const SEEN = {
  name: 'changes_seen',
  text: `UPDATE activations a SET validations = a.validations + i.times, last_validated_at = greatest(a.last_validated_at, i.at)
  FROM (SELECT id, count(*) AS times, max(at) AS at FROM unnest($1::uuid[], $2::timestamptz[]) AS n(id, at) GROUP BY id) i
  WHERE a.id = i.id`,
}

// A mark is kept, so that it is told once: again only in another period, or when the limit is another.
export const MARK_AGAIN = `ON CONFLICT (license_key_id, percent) DO UPDATE SET period_start = EXCLUDED.period_start,
        usage = EXCLUDED.usage, usage_limit = EXCLUDED.usage_limit, reached_at = EXCLUDED.reached_at, is_told = false
      WHERE usage_marks.period_start IS DISTINCT FROM EXCLUDED.period_start OR usage_marks.usage_limit <> EXCLUDED.usage_limit`

export const MARKS = {
  name: 'changes_marks',
  text: `INSERT INTO usage_marks (license_key_id, percent, period_start, usage, usage_limit, reached_at)
  SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::int[], $5::int[], $6::timestamptz[])
  ${MARK_AGAIN}`,
}

/** Writes what the batch decided. Slots are freed before they are taken: of one fingerprint only one device is ever live. */
export async function writeChanges(client: pg.PoolClient, changes: Changes): Promise<void> {
  const { created, keys, validated, facts } = changes
  // What was made in this batch is written once, as it is in the end.
  const known = (devices: Set<Device>) => [...devices].filter((device) => !created.has(device))
  const write = async (statement: Statement, rows: Value[][]) => {
    if (rows.length > 0) await ask(client, statement, asColumns(rows))
  }
  const json = (value: JsonObject) => JSON.stringify(value)
  await write(
    DEACTIVATE,
    known(changes.deactivated).map((d) => [d.id, d.deactivatedAt]),
  )
  await write(
    REFRESH,
    known(changes.refreshed).map((d) => [d.id, d.label, json(d.conditions), json(d.meta), d.modifiedAt]),
  )
  await write(
    CREATE,
    Array.from(created, ([d, { row }]) => [
      ...[d.id, row.organizationId, row.id, d.label, d.fingerprint, json(d.conditions), json(d.meta)],
      ...[d.createdAt, d.modifiedAt, d.deactivatedAt],
    ]),
  )
  await write(
    KEYS,
    Array.from(keys, ([{ row }, added]) => [
      ...[row.id, row.firstActivatedAt, row.expiresAt, row.updatedAt],
      ...[added, row.lastValidatedAt, row.usage, row.usagePeriodStart],
    ]),
  )
  await write(
    SEEN,
    validated.map(({ activationId, at }) => [activationId, at]),
  )
  await write(
    MARKS,
    changes.marks.map(({ key: { row, facts }, percent, at }) => [
      ...[row.id, percent, row.usagePeriodStart, row.usage, facts.limits.usage.limit, at],
    ]),
  )
  await recordAll(client, facts)
}
