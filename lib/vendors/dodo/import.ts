import type { VendorExport } from '../../import-fields/schema.ts'

/** Dodo Payments' export. */
export const dodoExport: VendorExport = {
  label: 'Dodo Payments',
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
  harmless: ['source', 'updated_at'],
}
