import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { ActivationsMode } from '#prisma/enums.ts'
import { idFrom } from '../base/ids.ts'
import type { Tx } from '../database/client.ts'
import { configurationColumns } from '../license-keys/queries.ts'
import type { Arranged, Pass } from './arrange.ts'

type KnownKey = { id: string; organization_id: string; hash: string; import_id: string | null }
type LockedKey = {
  id: string
  customer_id: string
  import_id: string | null
  mode: ActivationsMode
  device_limit: number | null
}

/** Everything about a batch's records that is in the database; with writes, under the locks that keep it true until commit. */
export async function readFacts(db: Tx, { organizationId, writes }: Pass, { keys, devices }: Arranged) {
  const hashes = [...new Set([...keys.map((unit) => unit.hash), ...devices.map((unit) => unit.of.hash)])]
  const keyIds = [
    ...keys.flatMap(({ draft }) => (draft.id ? [idFrom(draft.id)] : [])),
    ...devices.flatMap(({ of }) => (of.id ? [of.id] : [])),
  ]
  const knownKeys = await db.$queryRaw<KnownKey[]>`
    SELECT id, organization_id, encode(key_hash, 'hex') AS hash, import_id FROM license_keys
    WHERE key_hash = ANY(ARRAY(SELECT decode(h, 'hex') FROM unnest(${hashes}::text[]) AS h)) OR id = ANY(${keyIds}::uuid[])`
  const oldStrings = await db.$queryRaw<{ hash: string }[]>`
    SELECT encode(key_hash, 'hex') AS hash FROM old_key_strings
    WHERE key_hash = ANY(ARRAY(SELECT decode(h, 'hex') FROM unnest(${hashes}::text[]) AS h))`
  const emails = [...new Set(keys.map(({ draft }) => draft.customer.email))]
  const customerIds = keys.flatMap(({ draft }) => (draft.customer.id ? [idFrom(draft.customer.id)] : []))
  const customers = await db.$queryRaw<
    { id: string; email: string; organization_id: string; external_id: string | null }[]
  >`
    SELECT id, email, organization_id, external_id FROM customers
    WHERE (organization_id = ${organizationId}::uuid AND email = ANY(${emails})) OR id = ANY(${customerIds}::uuid[])`
  // Held until the keys are there, so that what differs from a configuration stays what differs.
  if (writes)
    await db.$queryRaw`SELECT 1 FROM key_configurations WHERE organization_id = ${organizationId}::uuid ORDER BY id FOR SHARE`
  const configurations = await db.keyConfiguration.findMany({
    where: { organizationId },
    select: { ...configurationColumns, prefix: true, externalIds: true },
  })
  const { timeZone } = await db.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { timeZone: true },
  })
  const products = await db.product.findMany({
    where: { organizationId },
    select: { id: true, name: true, externalIds: true },
  })
  const orders = [...new Set(keys.flatMap(({ draft }) => draft.order ?? []))]
  // Held until their keys are there, so that none ends meanwhile without them.
  if (writes && orders.length > 0)
    await db.$queryRaw`SELECT 1 FROM purchases
      WHERE organization_id = ${organizationId}::uuid AND reference = ANY(${orders}) ORDER BY id FOR SHARE`
  const purchases = await db.purchase.findMany({
    where: { organizationId, reference: { in: orders } },
    select: { id: true, reference: true, customerId: true, productId: true, kind: true, status: true },
  })
  const deviceIds = [...keys.flatMap(({ draft }) => draft.activations), ...devices.map(({ draft }) => draft)].flatMap(
    ({ id }) => (id ? [idFrom(id)] : []),
  )
  const knownDevices = await db.$queryRaw<{ id: string; license_key_id: string }[]>`
    SELECT id, license_key_id FROM activations WHERE id = ANY(${deviceIds}::uuid[])`

  // Keys that are there and may get devices: counted under their lock.
  const ours = knownKeys.filter((key) => key.organization_id === organizationId)
  const locked = await db.$queryRaw<LockedKey[]>`
    SELECT k.id, k.customer_id, k.import_id, COALESCE(k.activations_mode_override, c.activations_mode)::text AS mode,
      CASE WHEN k.activations_mode_override IS NULL THEN c.activation_limit ELSE k.activation_limit_override END AS device_limit
    FROM license_keys k JOIN key_configurations c ON c.id = k.key_configuration_id
    WHERE k.id = ANY(${ours.map((key) => key.id)}::uuid[]) ORDER BY k.key_hash
    ${writes ? Prisma.sql`FOR UPDATE OF k` : Prisma.empty}`
  const live = await db.$queryRaw<{ license_key_id: string; fingerprint: string | null }[]>`
    SELECT license_key_id, fingerprint FROM activations
    WHERE license_key_id = ANY(${locked.map((key) => key.id)}::uuid[]) AND deactivated_at IS NULL`
  const by = <Row, Key>(rows: Row[], key: (row: Row) => Key) => new Map(rows.map((row) => [key(row), row]))
  return {
    keysByHash: by(knownKeys, (key) => key.hash),
    keysById: by(knownKeys, (key) => key.id),
    oldStrings: new Set(oldStrings.map((row) => row.hash)),
    customersByEmail: by(
      customers.filter((customer) => customer.organization_id === organizationId),
      (customer) => customer.email,
    ),
    customerIds: new Set(customers.map((customer) => customer.id)),
    configurations,
    timeZone,
    products,
    purchases: by(purchases, (purchase) => purchase.reference),
    devices: by(knownDevices, (device) => device.id),
    locked: by(locked, (key) => key.id),
    live: Map.groupBy(live, (device) => device.license_key_id),
  }
}
export type Facts = Awaited<ReturnType<typeof readFacts>>
