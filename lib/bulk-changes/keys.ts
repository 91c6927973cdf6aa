import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { RevokeReason } from '#prisma/enums.ts'
import type { Tx } from '../database/client.ts'
import { configurationColumns } from '../license-keys/queries.ts'
import type { PurchaseReasons } from '../license-keys/rules.ts'
import { type KeyValues, type ValueName, valueColumns } from './values.ts'

// Keys as bulk changes read, compare and write them, for a change and for taking it back.

/** A key as it is now, with what rules need to know around it. */
export type BulkKey = {
  id: string
  prefix: string | null
  lastCharacters: string
  customerId: string
  email: string
  /** `updated_at`: another one after every change by a person, a program or a store. */
  version: Date
  createdAt: Date
  firstActivatedAt: Date | null
  lastValidatedAt: Date | null
  usage: number
  usagePeriodStart: Date | null
  devices: number
  purchase: { kind: string; reasons: PurchaseReasons; isTest: boolean } | null
  isSurplus: boolean
  values: KeyValues
}

const selected = Prisma.raw(
  Object.entries(valueColumns)
    // The driver knows no arrays of our own types.
    .map(([key, { name, type }]) => `k.${name}${type === 'revoke_reason[]' ? '::text[]' : ''} AS "${key}"`)
    .join(', '),
)

type Row = Omit<BulkKey, 'purchase' | 'values' | 'isSurplus'> & {
  kind: string | null
  reasons: RevokeReason[] | null
  isTest: boolean | null
  isSurplus: boolean | null
} & Omit<KeyValues, 'expiresAt'> & { expiresAt: Date | null }

/** These keys of an organization, by id. */
export async function readKeys(db: Tx, organizationId: string, ids: string[]): Promise<Map<string, BulkKey>> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT k.id, k.prefix, k.last_characters AS "lastCharacters", k.customer_id AS "customerId", u.email,
      k.updated_at AS version, k.created_at AS "createdAt", k.first_activated_at AS "firstActivatedAt",
      k.last_validated_at AS "lastValidatedAt", k.usage, k.usage_period_start AS "usagePeriodStart", ${selected},
      p.kind::text AS kind, p.reasons::text[] AS reasons, p.is_test AS "isTest", n.is_surplus AS "isSurplus",
      (SELECT count(*)::int FROM activations a WHERE a.license_key_id = k.id AND a.deactivated_at IS NULL) AS devices
    FROM license_keys k JOIN customers u ON u.id = k.customer_id LEFT JOIN purchases p ON p.id = k.purchase_id
      LEFT JOIN purchase_units n ON n.license_key_id = k.id
    WHERE k.organization_id = ${organizationId}::uuid AND k.id = ANY(${ids}::uuid[])`
  return new Map(rows.map((row) => [row.id, toKey(row)]))
}

function toKey({ kind, reasons, isTest, isSurplus, ...row }: Row): BulkKey {
  const { id, prefix, lastCharacters, customerId, email, version, createdAt, firstActivatedAt } = row
  const { lastValidatedAt, usage, usagePeriodStart, devices, ...values } = row
  return {
    ...{ id, prefix, lastCharacters, customerId, email, version, createdAt, firstActivatedAt },
    ...{ lastValidatedAt, usage, usagePeriodStart, devices },
    purchase: kind === null ? null : { kind, reasons: reasons ?? [], isTest: isTest ?? false },
    isSurplus: isSurplus ?? false,
    values: Object.fromEntries(
      (Object.keys(valueColumns) as ValueName[]).map((name) => [
        name,
        name === 'expiresAt' ? (values.expiresAt?.toISOString() ?? null) : values[name],
      ]),
    ) as KeyValues,
  }
}

/** Holds keys until commit, in the order in which everybody does. */
export async function lockKeys(tx: Tx, organizationId: string, ids: string[]): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM license_keys
    WHERE organization_id = ${organizationId}::uuid AND id = ANY(${ids}::uuid[]) ORDER BY key_hash FOR UPDATE`
}

/** Writes what is to change of keys, with a statement for each set of columns. Needs the keys' locks. */
export async function writeValues(
  tx: Tx,
  organizationId: string,
  changes: { id: string; to: Partial<KeyValues> }[],
  now: Date,
): Promise<void> {
  const groups = Map.groupBy(changes, ({ to }) => Object.keys(to).sort().join())
  for (const some of groups.values()) {
    const names = Object.keys(some[0]?.to ?? {}) as ValueName[]
    const columns = names.map((name) => valueColumns[name])
    const sets = columns.map(({ name }) => `"${name}" = v."${name}", `).join('')
    const types = columns.map(({ name, type }) => `, "${name}" ${type}`).join('')
    const rows = some.map(({ id, to }) => ({
      id,
      ...Object.fromEntries(names.map((name) => [valueColumns[name].name, to[name]])),
    }))
    await tx.$executeRaw`UPDATE license_keys k SET ${Prisma.raw(sets)} updated_at = ${now}
      FROM json_to_recordset(${JSON.stringify(rows)}::json) AS ${Prisma.raw(`v(id uuid${types})`)}
      WHERE k.id = v.id AND k.organization_id = ${organizationId}::uuid`
  }
}

/** Everything that is decided by configurations, read once for all keys. */
export type Catalogue = Awaited<ReturnType<typeof readCatalogue>>
export type Configuration = Catalogue['configurations'] extends Map<string, infer One> ? One : never

/** The organization's time zone, configurations and products, by id. */
export async function readCatalogue(db: Tx, organizationId: string) {
  // One after the other: a transaction has one connection.
  const { timeZone } = await db.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { timeZone: true },
  })
  const configurations = await db.keyConfiguration.findMany({
    where: { organizationId },
    select: { ...configurationColumns, archivedAt: true },
  })
  const products = await db.product.findMany({
    where: { organizationId },
    select: { id: true, name: true, archivedAt: true, keyConfigurations: { select: { keyConfigurationId: true } } },
  })
  return {
    timeZone,
    configurations: new Map(configurations.map((each) => [each.id, each])),
    products: new Map(
      products.map(({ keyConfigurations, ...product }) => [
        product.id,
        { ...product, grants: new Set(keyConfigurations.map(({ keyConfigurationId }) => keyConfigurationId)) },
      ]),
    ),
  }
}
