import '#server-only'
import { examples } from '../api/webhook-examples.ts'
import { type KeyConfigurationRecord, newKeyConfiguration } from '../key-configurations/schema.ts'
import type { KeyRecord } from '../license-keys/schema.ts'

// The key that a vendor's receiver is sent when a merchant only tries whether it arrives: the one that our own examples have.

const { license_key: shown, customer: buyer, purchase: bought } = examples
const at = new Date(shown.created_at)
const organization = { id: '01a3c5d2-8b00-7c11-9e22-3f4a5b6c7d8e', number: 1, externalIds: [], name: 'Inkwell' }

export const exampleConfiguration: KeyConfigurationRecord = {
  id: shown.key_configuration_id,
  organizationId: organization.id,
  externalIds: [],
  organizationExternalIds: [],
  settings: { ...newKeyConfiguration, name: 'Inkwell Editor', activationsMode: 'limited', activationLimit: 3 },
  timeZone: 'UTC',
  archivedAt: null,
  createdAt: at,
  updatedAt: at,
}

export const exampleKey: KeyRecord = {
  id: shown.id,
  number: 1,
  externalId: null,
  organizationId: organization.id,
  customerId: buyer.id,
  keyConfigurationId: shown.key_configuration_id,
  productId: shown.product_id,
  keyString: shown.key,
  displayKey: shown.display_key,
  status: 'granted',
  limitActivations: 3,
  usage: 0,
  limitUsage: null,
  validations: 0,
  lastValidatedAt: null,
  expiresAt: null,
  entitlements: [],
  version: null,
  createdAt: at,
  modifiedAt: at,
  devices: 1,
  activationsMode: 'limited',
  overridden: { activations: false, usage: false, expiry: false, grace: false },
  graceDays: 0,
  newDevicesBlocked: false,
  revokedFor: [],
  held: false,
  shownStatus: 'active',
  note: '',
  metadata: {},
  tags: [],
  firstActivatedAt: null,
  organization,
  customer: {
    ...{ id: buyer.id, number: 1, externalId: buyer.external_id ?? null, email: buyer.email, name: buyer.name },
    ...{ createdAt: at, modifiedAt: at },
  },
  configuration: { id: shown.key_configuration_id, number: 1, externalIds: [], name: 'Inkwell Editor' },
  product: shown.product_id ? { id: shown.product_id, number: 1, externalIds: [], name: 'Inkwell Editor' } : null,
  purchase: {
    ...{ id: bought.id, number: 1, reference: bought.reference, kind: 'subscription', source: 'store' },
    ...{ status: 'active', isTest: false, purchasedAt: at },
  },
}
