import '#server-only'
import { Prisma } from '#prisma/client.ts'
import type { LicenseKeyStatus, PurchaseKind, PurchaseStatus, RevokeReason } from '#prisma/enums.ts'
import type { describeActor } from '../base/actor.ts'
import type { JsonObject } from '../base/json.ts'
import { type ColumnTypes, insertRows, type Tx } from '../database/client.ts'
import { type NewEvent, recordAs } from '../events/commands.ts'

/** Rows of a batch, named as their columns are. Bytes are hexadecimal, times ISO: they travel to the database as one JSON text. */
export type Rows = {
  products: { id: string; name: string; external_ids: string[] }[]
  customers: { id: string; email: string; name: string | null; external_id: string | null }[]
  purchases: {
    id: string
    reference: string
    customer_id: string
    product_id: string
    product: string
    purchased_at: string
    kind: PurchaseKind
    status: PurchaseStatus
    quantity: number
  }[]
  keys: {
    id: string
    external_id: string | null
    key_configuration_id: string
    product_id: string | null
    customer_id: string
    purchase_id: string | null
    key_hash: string
    folded_hash: string
    key_cipher: string
    key_is_normal: boolean
    prefix: string | null
    last_characters: string
    status: LicenseKeyStatus
    revoked_for: RevokeReason[]
    expires_at: string | null
    expiry_overridden: boolean
    grace_days_override: number | null
    activations_mode_override: string | null
    activation_limit_override: number | null
    new_devices_blocked: boolean
    usage_overridden: boolean
    usage_limit_override: number | null
    usage: number
    usage_period_start: string | null
    validations: number
    last_validated_at: string | null
    first_activated_at: string | null
    note: string
    created_at: string
  }[]
  activations: ActivationRow[]
  /** Those of `activations` whose key was there before. */
  added: (ActivationRow & { customer_id: string })[]
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

type ActivationRow = {
  id: string
  external_id: string | null
  license_key_id: string
  label: string
  fingerprint: string | null
  conditions: JsonObject
  meta: JsonObject
  validations: number
  last_validated_at: string | null
  created_at: string
}

/** Whose import it is, and how history names whoever asked for it. */
export type Writer = {
  organizationId: string
  importId: string
  name: string
  by: ReturnType<typeof describeActor>
}

const columns = {
  products: { id: 'uuid', name: 'text', external_ids: 'text[]' },
  customers: { id: 'uuid', email: 'text', name: 'text', external_id: 'text' },
  purchases: {
    ...{ id: 'uuid', reference: 'text', customer_id: 'uuid', product_id: 'uuid', purchased_at: 'timestamptz' },
    ...{ kind: 'purchase_kind', status: 'purchase_status', quantity: 'int' },
  },
  license_keys: {
    ...{ id: 'uuid', external_id: 'text', key_configuration_id: 'uuid', product_id: 'uuid', customer_id: 'uuid' },
    ...{
      purchase_id: 'uuid',
      key_hash: 'bytea',
      folded_hash: 'bytea',
      key_cipher: 'bytea',
      key_is_normal: 'boolean',
      prefix: 'text',
      last_characters: 'text',
    },
    ...{
      status: 'license_key_status',
      revoked_for: 'revoke_reason[]',
      expires_at: 'timestamptz',
      expiry_overridden: 'boolean',
    },
    ...{ grace_days_override: 'int', activations_mode_override: 'activations_mode', activation_limit_override: 'int' },
    ...{ new_devices_blocked: 'boolean', usage_overridden: 'boolean', usage_limit_override: 'int', usage: 'int' },
    ...{ usage_period_start: 'timestamptz', validations: 'bigint', last_validated_at: 'timestamptz' },
    ...{ first_activated_at: 'timestamptz', note: 'text', created_at: 'timestamptz' },
  },
  activations: {
    ...{ id: 'uuid', external_id: 'text', license_key_id: 'uuid', label: 'text', fingerprint: 'text' },
    ...{ conditions: 'jsonb', meta: 'jsonb', validations: 'bigint', last_validated_at: 'timestamptz' },
    created_at: 'timestamptz',
  },
} as const satisfies Record<string, ColumnTypes>

// In one order everywhere, so that two imports wait for each other instead of locking each other out.
const insert = (tx: Tx, table: keyof typeof columns, rows: { id: string }[], same: Record<string, Prisma.Sql>) =>
  insertRows(
    tx,
    table,
    columns[table],
    rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    same,
  )

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
      ...{ type: 'customer.created' as const, organizationId, customerId: row.id, data: { email: row.email } },
    })),
    ...rows.purchases.map((row) => ({
      type: 'purchase.created' as const,
      organizationId,
      purchaseId: row.id,
      customerId: row.customer_id,
      productId: row.product_id,
      data: { reference: row.reference, product: row.product },
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
