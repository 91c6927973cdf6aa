import '#server-only'
import type { EmptyMeans, Habits, StatusMeaning } from './rules.ts'
import type { Columns, ImportField, ImportSource, RecordKind } from './schema.ts'

// What each vendor's export looks like. Names are compared without case and punctuation; of several the first that is there counts.

type Names = Partial<Record<ImportField, readonly string[]>>

/** Columns that together give a file away, and where its fields stand. */
type Shape = { signs: readonly (readonly string[])[]; columns: Names }

/** One vendor's export as data. */
type ReadyMapping = {
  shapes: Partial<Record<RecordKind, Shape>>
  /** JSON:API: the kind of a record by its type. */
  types?: Record<string, RecordKind>
  statusWords?: Record<string, StatusMeaning>
  empty?: Partial<EmptyMeans>
  skipsWithoutKey?: true
}

const device = {
  activationId: ['activation_id', 'instance_id', 'machine_id', 'device_id'],
  activationLabel: ['activation_label', 'activation_name', 'instance_name', 'device_name', 'device', 'hostname'],
  fingerprint: ['fingerprint', 'hardware_id', 'hwid', 'machine_fingerprint'],
  activationCreatedAt: ['activation_created_at', 'activated_at', 'instance_created_at'],
  conditions: ['conditions'],
  meta: ['meta'],
} as const satisfies Names

/** Every export we know, the most particular first. */
export const readyMappings: Record<ImportSource, ReadyMapping> = {
  latchkey: {
    shapes: {
      keys: {
        signs: [['key', 'customer_email', 'new_devices_blocked', 'activation_limit', 'activations']],
        columns: {
          ...{ key: ['key'], id: ['id'], externalId: ['external_id'], status: ['status'] },
          ...{ email: ['customer_email'], name: ['customer_name'], customerId: ['customer_id'] },
          ...{ configuration: ['configuration'], product: ['product'], order: ['order'] },
          ...{ createdAt: ['created_at'], expiresAt: ['expires_at'], firstActivatedAt: ['first_activated_at'] },
          ...{ activationLimit: ['activation_limit'], usageLimit: ['usage_limit'], usage: ['usage'] },
          ...{ validations: ['validations'], lastValidatedAt: ['last_validated_at'] },
          ...{ graceDays: ['grace_days'], newDevicesBlocked: ['new_devices_blocked'] },
          ...{ note: ['note'], activations: ['activations'] },
        },
      },
    },
    empty: { expiresAt: 'configuration' },
  },

  polar: {
    shapes: {
      keys: {
        signs: [['key', 'limit_activations', 'limit_usage']],
        columns: {
          ...{ key: ['key'], id: ['id'], status: ['status'] },
          ...{ email: ['customer.email', 'user.email', 'customer_email'] },
          ...{ name: ['customer.name', 'customer_name'], customerId: ['customer_id', 'customer.id', 'user_id'] },
          ...{ createdAt: ['created_at'], expiresAt: ['expires_at'], lastValidatedAt: ['last_validated_at'] },
          ...{ activationLimit: ['limit_activations'], usageLimit: ['limit_usage'], usage: ['usage'] },
          ...{ validations: ['validations'], activations: ['activations'] },
          ...{ configurationElsewhere: ['benefit_id'], organizationElsewhere: ['organization_id'] },
        },
      },
      activations: {
        signs: [['license_key_id', 'label', 'meta']],
        columns: {
          ...{ activationOf: ['license_key_id'], activationId: ['id'], activationLabel: ['label'] },
          ...{ activationCreatedAt: ['created_at'], meta: ['meta'], conditions: ['conditions'] },
        },
      },
    },
    // There a key without a limit takes no devices at all.
    empty: { activationLimit: 'off', usageLimit: 'unlimited' },
  },

  dodo: {
    shapes: {
      keys: {
        signs: [
          ['key', 'activations_limit', 'business_id'],
          ['key', 'activations_limit', 'instances_count'],
        ],
        columns: {
          ...{ key: ['key'], id: ['id'], status: ['status'], customerId: ['customer_id', 'customer.customer_id'] },
          ...{ email: ['customer.email', 'customer_email', 'email'], name: ['customer.name', 'customer_name'] },
          ...{ product: ['product_id', 'product.product_id'], productName: ['product.name', 'product_name'] },
          ...{ order: ['payment_id'], createdAt: ['created_at'], expiresAt: ['expires_at'] },
          activationLimit: ['activations_limit'],
          organizationElsewhere: ['business_id'],
        },
      },
      activations: {
        signs: [['license_key_id', 'name', 'business_id']],
        columns: {
          ...{ activationOf: ['license_key_id'], activationId: ['id'], activationLabel: ['name'] },
          activationCreatedAt: ['created_at'],
        },
      },
      people: {
        signs: [['customer_id', 'email', 'business_id']],
        columns: { personId: ['customer_id'], email: ['email'], name: ['name'] },
      },
    },
    empty: { activationLimit: 'unlimited', usageLimit: 'unlimited' },
  },

  lemonsqueezy: {
    types: { 'license-keys': 'keys', 'license-key-instances': 'activations' },
    shapes: {
      keys: {
        signs: [
          ['attributes.key', 'attributes.activation_limit', 'attributes.store_id'],
          ['key', 'activation_limit', 'user_email'],
          ['license_key', 'activation_limit', 'order_id'],
          ['key', 'key_short', 'activation_limit'],
        ],
        columns: {
          ...{ key: ['attributes.key', 'license_key', 'key'], id: ['id', 'license_key_id'] },
          status: ['attributes.status', 'status'],
          disabled: ['attributes.disabled', 'disabled'],
          email: ['attributes.user_email', 'user_email', 'customer_email', 'email'],
          name: ['attributes.user_name', 'user_name', 'customer_name', 'name'],
          customerId: ['attributes.customer_id', 'customer_id'],
          product: ['attributes.product_id', 'product_id', 'product'],
          productName: ['product_name', 'product'],
          order: ['attributes.order_id', 'order_id', 'order_number'],
          createdAt: ['attributes.created_at', 'created_at'],
          expiresAt: ['attributes.expires_at', 'expires_at'],
          activationLimit: ['attributes.activation_limit', 'activation_limit'],
          configurationElsewhere: ['attributes.variant_id', 'variant_id'],
          organizationElsewhere: ['attributes.store_id', 'store_id'],
        },
      },
      activations: {
        signs: [
          ['attributes.license_key_id', 'attributes.identifier'],
          ['license_key_id', 'identifier', 'name'],
        ],
        columns: {
          activationOf: ['attributes.license_key_id', 'license_key_id'],
          // What software sends as instance_id; the resource has a number besides.
          activationId: ['attributes.identifier', 'identifier'],
          activationExternalId: ['id'],
          activationLabel: ['attributes.name', 'name'],
          activationCreatedAt: ['attributes.created_at', 'created_at'],
        },
      },
    },
    // There it means: good, but on no device yet.
    statusWords: { inactive: 'granted' },
    empty: { activationLimit: 'unlimited', usageLimit: 'unlimited' },
  },

  gumroad: {
    shapes: {
      keys: {
        signs: [
          ['license_key', 'item_name', 'purchase_email'],
          ['license_key', 'product_id', 'seller_id'],
          ['license_key', 'license_key_enabled'],
        ],
        columns: {
          key: ['license_key'],
          email: ['purchase_email', 'buyer_email', 'email'],
          name: ['buyer_name', 'full_name', 'name'],
          product: ['product_id', 'item_name', 'product_name'],
          productName: ['item_name', 'product_name'],
          order: ['order_number', 'order_id', 'purchase_id', 'sale_id'],
          // In the table: is the key enabled? In the API: is it disabled?
          status: ['license_key_enabled'],
          disabled: ['license_disabled'],
          revoked: ['fully_refunded', 'refunded'],
          createdAt: ['created_at', 'sale_timestamp', 'purchase_date'],
          usage: ['license_key_activation_count', 'uses'],
        },
      },
    },
    // Most sales have none, and the last line holds the sums.
    skipsWithoutKey: true,
  },

  keygen: {
    types: { licenses: 'keys', machines: 'activations', users: 'people' },
    shapes: {
      keys: {
        signs: [['attributes.key', 'attributes.maxMachines']],
        columns: {
          ...{ key: ['attributes.key'], id: ['id'], status: ['attributes.status'], disabled: ['attributes.suspended'] },
          email: [
            'attributes.metadata.email',
            'attributes.metadata.customerEmail',
            'attributes.metadata.customer_email',
          ],
          name: ['attributes.metadata.name', 'attributes.metadata.customerName', 'attributes.name'],
          customerId: ['relationships.owner.data.id', 'relationships.user.data.id'],
          product: ['relationships.product.data.id'],
          createdAt: ['attributes.created'],
          expiresAt: ['attributes.expiry'],
          activationLimit: ['attributes.maxMachines'],
          usageLimit: ['attributes.maxUses'],
          usage: ['attributes.uses'],
          lastValidatedAt: ['attributes.lastValidated'],
        },
      },
      activations: {
        signs: [['attributes.fingerprint', 'relationships.license.data.id']],
        columns: {
          activationOf: ['relationships.license.data.id'],
          ...{ activationId: ['id'], activationLabel: ['attributes.name', 'attributes.hostname'] },
          fingerprint: ['attributes.fingerprint'],
          activationCreatedAt: ['attributes.created'],
          meta: ['attributes.metadata'],
        },
      },
      people: {
        signs: [['attributes.email', 'attributes.role']],
        columns: { personId: ['id'], email: ['attributes.email'], name: ['attributes.fullName'] },
      },
    },
    // There it means: not heard of lately.
    statusWords: { inactive: 'granted' },
    empty: { activationLimit: 'unlimited', usageLimit: 'unlimited' },
  },

  custom: {
    shapes: {
      keys: {
        signs: [],
        columns: {
          key: [
            'license_key',
            'licence_key',
            'key',
            'serial_number',
            'serial',
            'license',
            'licence',
            'code',
            'key_string',
          ],
          email: ['customer_email', 'user_email', 'buyer_email', 'email', 'e_mail', 'email_address', 'mail'],
          name: ['customer_name', 'full_name', 'user_name', 'buyer_name', 'customer', 'name'],
          customerId: ['customer_id', 'user_id'],
          configuration: ['configuration', 'key_configuration', 'policy', 'plan', 'benefit', 'license_type'],
          product: ['product', 'product_name', 'product_id', 'item', 'item_name'],
          productName: ['product_name'],
          order: ['order', 'order_number', 'order_id', 'order_reference', 'reference', 'invoice', 'purchase_id'],
          status: ['status', 'state', 'active', 'enabled', 'valid'],
          disabled: ['disabled', 'suspended', 'blocked'],
          revoked: ['revoked', 'refunded'],
          createdAt: [
            'created_at',
            'created',
            'issued_at',
            'issued',
            'date',
            'purchase_date',
            'purchased_at',
            'order_date',
          ],
          expiresAt: ['expires_at', 'expires', 'expiry', 'expiry_date', 'expiration', 'expiration_date', 'valid_until'],
          activationLimit: [
            'activation_limit',
            'activations_limit',
            'limit_activations',
            'max_activations',
            'max_machines',
            'seats',
            'device_limit',
          ],
          usageLimit: ['usage_limit', 'limit_usage', 'max_uses'],
          usage: ['usage', 'uses', 'used'],
          validations: ['validations', 'validation_count'],
          lastValidatedAt: ['last_validated_at', 'last_validated', 'last_seen'],
          note: ['note', 'notes', 'comment', 'comments'],
          id: ['id', 'license_id', 'license_key_id', 'key_id', 'uuid'],
          externalId: ['external_id'],
          activations: ['activations', 'devices', 'instances', 'machines'],
          ...device,
        },
      },
      activations: {
        signs: [
          ['license_key_id', 'label'],
          ['license_key', 'activation_id'],
          ['license_key_id', 'fingerprint'],
        ],
        columns: {
          activationOf: ['license_key', 'licence_key', 'key', 'license_key_id', 'license_id', 'key_id'],
          ...device,
          activationId: [...device.activationId, 'id', 'identifier'],
          activationLabel: [...device.activationLabel, 'label', 'name'],
          activationCreatedAt: [...device.activationCreatedAt, 'created_at', 'created'],
        },
      },
      people: {
        signs: [],
        columns: {
          personId: ['customer_id', 'id'],
          email: ['customer_email', 'email'],
          name: ['customer_name', 'name'],
        },
      },
    },
  },
}

/** A vendor's habits that no column says. */
export function habitsOf(source: ImportSource): Habits {
  const { statusWords = {}, empty, skipsWithoutKey } = readyMappings[source]
  return {
    statusWords,
    empty: { activationLimit: 'configuration', usageLimit: 'configuration', expiresAt: 'never', ...empty },
    skipsWithoutKey: skipsWithoutKey ?? false,
  }
}

/** Column names as they are compared. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')

/** Whose export has these columns, and which part of it; a table nobody knows is one of keys. */
export function recogniseColumns(columns: readonly string[]): { source: ImportSource; kind: RecordKind } {
  const there = new Set(columns.map(plain))
  // Where people are named, keys are.
  const namesPeople = readyMappings.custom.shapes.keys?.columns.email?.some((name) => there.has(name)) ?? false
  for (const [source, { shapes }] of Object.entries(readyMappings) as [ImportSource, ReadyMapping][]) {
    for (const [kind, shape] of Object.entries(shapes) as [RecordKind, Shape][]) {
      if (kind === 'activations' && namesPeople) continue
      if (shape.signs.some((signs) => signs.every((name) => there.has(plain(name))))) return { source, kind }
    }
  }
  return { source: 'custom', kind: 'keys' }
}

/** The columns a source's fields stand in, as far as they are there; of several those that are not empty come first. */
export function columnsFor(
  source: ImportSource,
  kind: RecordKind,
  columns: readonly { name: string; samples: readonly string[] }[],
): Columns {
  const byName = new Map(columns.toReversed().map((column) => [plain(column.name), column]))
  const shape = readyMappings[source].shapes[kind] ?? readyMappings.custom.shapes[kind]
  const found: Columns = {}
  for (const [field, names] of Object.entries(shape?.columns ?? {})) {
    const there = names.flatMap((each) => byName.get(plain(each)) ?? [])
    const column = there.find((each) => each.samples.length > 0) ?? there[0]
    if (column) found[field as ImportField] = column.name
  }
  return found
}
