import type { VendorExport } from '../../import-fields/schema.ts'

/** Latchkey's own export. */
export const latchkeyExport: VendorExport = {
  label: 'Latchkey',
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
  answers: { zeroDevices: 'off', inactive: 'disabled' },
}
