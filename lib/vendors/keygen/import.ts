import type { VendorExport } from '../../import-fields/schema.ts'

/** Keygen's lists. */
export const keygenExport: VendorExport = {
  label: 'Keygen',
  types: { licenses: 'keys', machines: 'activations', users: 'people' },
  shapes: {
    keys: {
      signs: [['attributes.key', 'attributes.maxMachines']],
      columns: {
        ...{ key: ['attributes.key'], id: ['id'], status: ['attributes.status'], disabled: ['attributes.suspended'] },
        email: ['attributes.metadata.email', 'attributes.metadata.customerEmail', 'attributes.metadata.customer_email'],
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
  answers: { zeroDevices: 'unlimited', inactive: 'granted' },
  harmless: [
    ...['attributes.nextCheckIn', 'attributes.lastCheckIn', 'attributes.lastCheckOut', 'attributes.updated'],
    ...['attributes.protected', 'attributes.floating', 'attributes.strict', 'attributes.encrypted'],
    ...['attributes.requireHeartbeat', 'attributes.requireCheckIn', 'attributes.concurrent'],
  ],
  empty: { activationLimit: 'unlimited', usageLimit: 'unlimited' },
}
