import type { VendorExport } from '../../import-fields/schema.ts'

/** Polar's export. */
export const polarExport: VendorExport = {
  label: 'Polar',
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
  answers: { zeroDevices: 'off' },
  harmless: ['modified_at', 'customer.deleted_at', 'customer.email_verified', 'customer.modified_at'],
}
