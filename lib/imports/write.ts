import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { ActivationsMode, LicenseKeyStatus, PurchaseKind, PurchaseStatus, RevokeReason } from '#prisma/enums.ts'
import type { describeActor } from '../base/actor.ts'
import { insertRows, type Tx } from '../database/client.ts'
import { type NewEvent, recordAs } from '../events/commands.ts'
import { bigint, bytes, flag, int, json, orNull, type Typed, text, time, typed, uuid } from './column-types.ts'
import { saidTypes } from './said.ts'

const columns = {
  products: { id: uuid, name: text, external_ids: typed<string[]>('text[]') },
  customers: { id: uuid, email: text, name: orNull(text), external_id: orNull(text) },
  purchases: {
    id: uuid,
    reference: text,
    customer_id: uuid,
    product_id: uuid,
    purchased_at: time,
    kind: typed<PurchaseKind>('purchase_kind'),
    status: typed<PurchaseStatus>('purchase_status'),
    reasons: typed<RevokeReason[]>('revoke_reason[]'),
    quantity: int,
  },
  license_keys: {
    id: uuid,
    external_id: orNull(text),
    key_configuration_id: uuid,
    product_id: orNull(uuid),
    customer_id: uuid,
    purchase_id: orNull(uuid),
    key_hash: bytes,
    folded_hash: bytes,
    key_cipher: bytes,
    key_is_normal: flag,
    prefix: orNull(text),
    last_characters: text,
    status: typed<LicenseKeyStatus>('license_key_status'),
    revoked_for: typed<RevokeReason[]>('revoke_reason[]'),
    expires_at: orNull(time),
    expiry_overridden: flag,
    grace_days_override: orNull(int),
    activations_mode_override: orNull(typed<ActivationsMode>('activations_mode')),
    activation_limit_override: orNull(int),
    usage_overridden: flag,
    usage_limit_override: orNull(int),
    usage_period_start: orNull(time),
    first_activated_at: orNull(time),
    created_at: time,
    ...saidTypes,
  },
  activations: {
    id: uuid,
    external_id: orNull(text),
    license_key_id: uuid,
    label: text,
    fingerprint: orNull(text),
    conditions: json,
    meta: json,
    validations: bigint,
    last_validated_at: orNull(time),
    created_at: time,
  },
}

type Table = keyof typeof columns
type NewRow<Name extends Table> = {
  [Key in keyof (typeof columns)[Name]]: (typeof columns)[Name][Key] extends Typed<infer Value> ? Value : never
}

/** Rows of a batch, named as their columns are. */
export type Rows = {
  products: NewRow<'products'>[]
  customers: NewRow<'customers'>[]
  /** With the product's name, for history. */
  purchases: (NewRow<'purchases'> & { product: string })[]
  keys: NewRow<'license_keys'>[]
  activations: NewRow<'activations'>[]
  /** Those of `activations` whose key was there before. */
  added: (NewRow<'activations'> & { customer_id: string })[]
  knownAs: KnownAs[]
}

/** A name that a row had elsewhere. */
export type KnownAs = {
  table: 'organizations' | 'key_configurations' | 'products' | 'customers'
  id: string
  name: string
}

/** More names than this no row has elsewhere: then the column was another one. */
export const NAMES_MAX = 50

/** Whose import it is, and how history names whoever asked for it. */
export type Writer = {
  organizationId: string
  importId: string
  name: string
  by: ReturnType<typeof describeActor>
}

// In one order everywhere, so that two imports wait for each other instead of locking each other out.
function insert(tx: Tx, table: Table, rows: { id: string }[], same: Record<string, Prisma.Sql>): Promise<void> {
  const types = Object.fromEntries(Object.entries(columns[table]).map(([name, { sql }]) => [name, sql]))
  const sorted = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return insertRows(tx, table, types, sorted, same)
}

/** Writes the rows of a batch and their events, in the caller's transaction. */
export async function write(tx: Tx, writer: Writer, rows: Rows, now: Date): Promise<void> {
  const { organizationId, importId } = writer
  const organization = Prisma.sql`${organizationId}::uuid`
  const at = Prisma.sql`${now}`
  await insert(tx, 'products', rows.products, { organization_id: organization, created_at: at, updated_at: at })
  await insert(tx, 'customers', rows.customers, { organization_id: organization, created_at: at, updated_at: at })
  await insert(tx, 'purchases', rows.purchases, {
    organization_id: organization,
    source: Prisma.sql`'store'::purchase_source`,
    created_at: at,
  })
  await insert(tx, 'license_keys', rows.keys, {
    organization_id: organization,
    import_id: Prisma.sql`${importId}::uuid`,
    updated_at: at,
    // What had ended where it comes from is no news.
    ended_for: Prisma.sql`CASE WHEN r.expires_at <= ${now} THEN r.expires_at END`,
  })
  await insert(tx, 'activations', rows.activations, { organization_id: organization })
  if (rows.added.length > 0) {
    await tx.$executeRaw`UPDATE license_keys k SET first_activated_at = LEAST(k.first_activated_at, r.created_at)
      FROM (SELECT license_key_id, min(created_at) AS created_at
        FROM json_to_recordset(${JSON.stringify(rows.added)}::json) AS r(license_key_id uuid, created_at timestamptz)
        GROUP BY license_key_id) r WHERE k.id = r.license_key_id`
  }

  await writeNames(tx, organizationId, rows.knownAs)

  await recordAs(tx, writer.by, now, eventsOf(writer, rows))
}

function eventsOf({ organizationId, name: file }: Writer, rows: Rows): NewEvent[] {
  const devices = Map.groupBy(rows.activations, (row) => row.license_key_id)
  return [
    ...rows.products.map((row) => ({
      ...{ type: 'product.created' as const, organizationId, productId: row.id, data: { name: row.name } },
    })),
    ...rows.customers.map((row) => ({
      ...{ type: 'customer.created' as const, organizationId, customerId: row.id },
      data: { email: row.email, imported: true },
    })),
    ...rows.purchases.map((row) => ({
      type: 'purchase.created' as const,
      organizationId,
      purchaseId: row.id,
      customerId: row.customer_id,
      productId: row.product_id,
      data: { reference: row.reference, product: row.product, imported: true },
    })),
    ...rows.keys.map((row) => ({
      type: 'license_key.imported' as const,
      organizationId,
      licenseKeyId: row.id,
      customerId: row.customer_id,
      productId: row.product_id,
      keyConfigurationId: row.key_configuration_id,
      purchaseId: row.purchase_id,
      data: { file, devices: devices.get(row.id)?.length ?? 0 },
    })),
    ...rows.added.map((row) => ({
      type: 'activation.imported' as const,
      organizationId,
      licenseKeyId: row.license_key_id,
      activationId: row.id,
      customerId: row.customer_id,
      data: { file, label: row.label },
    })),
  ]
}

async function writeNames(tx: Tx, organizationId: string, names: KnownAs[]): Promise<void> {
  const owner = { organizations: 'id', key_configurations: 'organization_id', products: 'organization_id' } as const
  for (const { table, id, name } of names) {
    if (table === 'customers') {
      await tx.$executeRaw`UPDATE customers SET external_id = ${name}
        WHERE id = ${id}::uuid AND organization_id = ${organizationId}::uuid AND external_id IS NULL`
      continue
    }
    await tx.$executeRaw`UPDATE ${Prisma.raw(table)} SET external_ids = array_append(external_ids, ${name}::text)
      WHERE id = ${id}::uuid AND ${Prisma.raw(owner[table])} = ${organizationId}::uuid
        AND NOT ${name}::text = ANY(external_ids) AND cardinality(external_ids) < ${NAMES_MAX}`
  }
}
