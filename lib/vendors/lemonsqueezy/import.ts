import type { VendorExport } from '../../import-fields/schema.ts'

/** Lemon Squeezy's export. */
export const lemonsqueezyExport: VendorExport = {
  label: 'Lemon Squeezy',
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
  answers: { zeroDevices: 'unlimited', inactive: 'granted' },
  harmless: ['attributes.status_formatted', 'status_formatted', 'attributes.test_mode', 'test_mode', 'updated_at'],
  empty: { activationLimit: 'unlimited', usageLimit: 'unlimited' },
}
