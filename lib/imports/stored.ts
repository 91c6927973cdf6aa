import '#server-only'
import { Prisma } from '#prisma/client.ts'
import { idFrom } from '../base/ids.ts'
import type { Tx } from '../database/client.ts'
import { maybe, type RowOf, selectList, tableOf, text } from '../database/columns.ts'
import { configurationColumns } from '../license-keys/queries.ts'
import { configurationTable, keyTable } from '../license-keys/row.ts'
import { effectiveLimits } from '../license-keys/rules.ts'
import type { Batch } from './collect.ts'
import type { Earlier } from './earlier.ts'
import type { Rows } from './write.ts'

/** Whose rows are read, and whether they are locked until commit: for a batch that will be written. */
type Scope = { organizationId: string; locks: boolean }

/** Everything in the database about a batch's records. */
export async function readStored(db: Tx, scope: Scope, batch: Batch, earlier: Earlier) {
  const keys = await keysOf(db, batch, earlier)
  const belongings = await belongingsOf(db, scope, batch)
  return { ...keys, ...belongings, ...(await devicesOf(db, scope, batch, keys.keysByHash)) }
}
export type Stored = Awaited<ReturnType<typeof readStored>>

const by = <Row, Key>(rows: Row[], key: (row: Row) => Key) => new Map(rows.map((row) => [key(row), row]))

type KnownKey = { id: string; organization_id: string; hash: string }

async function keysOf(db: Tx, { keys, devices }: Batch, earlier: Earlier) {
  const hashes = [...new Set([...keys.map((unit) => unit.hash), ...devices.map((unit) => unit.of.hash)])]
  const ids = [
    ...keys.flatMap(({ draft }) => (draft.id ? [idFrom(draft.id)] : [])),
    ...devices.flatMap(({ of }) => (of.id === null ? [] : [earlier.keyId(of.id)])),
  ]
  const known = await db.$queryRaw<KnownKey[]>`
    SELECT id, organization_id, encode(key_hash, 'hex') AS hash FROM license_keys
    WHERE key_hash = ANY(ARRAY(SELECT decode(h, 'hex') FROM unnest(${hashes}::text[]) AS h)) OR id = ANY(${ids}::uuid[])`
  const oldStrings = await db.$queryRaw<{ hash: string }[]>`
    SELECT encode(key_hash, 'hex') AS hash FROM old_key_strings
    WHERE key_hash = ANY(ARRAY(SELECT decode(h, 'hex') FROM unnest(${hashes}::text[]) AS h))`
  return {
    keysByHash: by(known, (key) => key.hash),
    keysById: by(known, (key) => key.id),
    oldStrings: new Set(oldStrings.map((row) => row.hash)),
  }
}

/** A purchase that is here. */
export type StoredPurchase = Pick<
  Rows['purchases'][number],
  'id' | 'reference' | 'customer_id' | 'product_id' | 'kind' | 'status' | 'reasons'
>
/** A key configuration with the limits of keys that follow it. */
export type Configuration = Stored['configurations'][number]

/** Customers, configurations, products and purchases. */
async function belongingsOf(db: Tx, { organizationId, locks }: Scope, { keys }: Batch) {
  const emails = [...new Set(keys.map(({ draft }) => draft.customer.email))]
  const ids = keys.flatMap(({ draft }) => (draft.customer.id ? [idFrom(draft.customer.id)] : []))
  const customers = await db.$queryRaw<(Rows['customers'][number] & { organization_id: string })[]>`
    SELECT id, email, name, organization_id, external_id FROM customers
    WHERE (organization_id = ${organizationId}::uuid AND email = ANY(${emails})) OR id = ANY(${ids}::uuid[])`
  // Held until the keys are there, so that what differs from a configuration stays what differs.
  if (locks)
    await db.$queryRaw`SELECT 1 FROM key_configurations WHERE organization_id = ${organizationId}::uuid ORDER BY id FOR SHARE`
  const configurations = await db.keyConfiguration.findMany({
    where: { organizationId },
    select: { ...configurationColumns, prefix: true, externalIds: true },
  })
  const products = await db.$queryRaw<Rows['products']>`
    SELECT id, name, external_ids FROM products WHERE organization_id = ${organizationId}::uuid`
  const orders = [...new Set(keys.flatMap(({ draft }) => draft.order ?? []))]
  // Held until their keys are there, so that none ends meanwhile without them.
  const purchases = await db.$queryRaw<StoredPurchase[]>`
    SELECT id, reference, customer_id, product_id, kind::text, status::text, reasons::text[] FROM purchases
    WHERE organization_id = ${organizationId}::uuid AND reference = ANY(${orders}) ORDER BY id
    ${locks ? Prisma.sql`FOR SHARE` : Prisma.empty}`
  const own = customers.filter((customer) => customer.organization_id === organizationId)
  return {
    customersByEmail: by(own, (customer) => customer.email),
    customerIds: new Set(customers.map((customer) => customer.id)),
    configurations: configurations.map(({ externalIds, ...row }) => ({
      ...{ ...row, external_ids: externalIds, limits: effectiveLimits(noOverrides, row) },
    })),
    products,
    purchases: by(purchases, (purchase) => purchase.reference),
  }
}

const noOverrides = {
  activationsModeOverride: null,
  activationLimitOverride: null,
  usageOverridden: false,
  usageLimitOverride: null,
  graceDaysOverride: null,
}

const lockedTable = { ...keyTable, ...configurationTable, ...tableOf('k', { importId: maybe(text) }) }

/** Devices, and the keys that are there and may get some: counted under their lock. */
async function devicesOf(
  db: Tx,
  { organizationId, locks }: Scope,
  { keys, devices }: Batch,
  keysByHash: Map<string, KnownKey>,
) {
  const drafts = [...keys.flatMap(({ draft }) => draft.activations), ...devices.map(({ draft }) => draft)]
  const ids = drafts.flatMap(({ id }) => (id ? [idFrom(id)] : []))
  const known = await db.$queryRaw<{ id: string; license_key_id: string }[]>`
    SELECT id, license_key_id FROM activations WHERE id = ANY(${ids}::uuid[])`
  const ours = [...keysByHash.values()].filter((key) => key.organization_id === organizationId)
  const locked = await db.$queryRaw<RowOf<typeof lockedTable>[]>`
    SELECT ${Prisma.raw(selectList(lockedTable))} FROM license_keys k JOIN key_configurations c ON c.id = k.key_configuration_id
    WHERE k.id = ANY(${ours.map((key) => key.id)}::uuid[]) ORDER BY k.key_hash
    ${locks ? Prisma.sql`FOR UPDATE OF k` : Prisma.empty}`
  const live = await db.$queryRaw<{ license_key_id: string; fingerprint: string | null }[]>`
    SELECT license_key_id, fingerprint FROM activations
    WHERE license_key_id = ANY(${locked.map((key) => key.id)}::uuid[]) AND deactivated_at IS NULL`
  return {
    devices: by(known, (device) => device.id),
    locked: by(locked, (key) => key.id),
    live: Map.groupBy(live, (device) => device.license_key_id),
  }
}
