import '#server-only'
import type { z } from 'zod'
import type { Activation } from './activations.ts'
import type { Customer } from './customers.ts'
import type { Event } from './events.ts'
import type { LicenseKey } from './license-key-shape.ts'
import type { Purchase } from './purchase-shape.ts'
import type { FailedDelivery } from './store-delivery-shape.ts'

// Records as messages to webhook endpoints have them, for the reference and for tests that a merchant sends.

const timestamp = '2026-11-29T09:41:07.512Z'
const bought = '2026-11-02T08:12:44.031Z'
const ids = {
  licenseKey: '01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11',
  activation: '01a3c5d2-a417-7f02-8a3e-91c0d5e2b770',
  customer: '01a3c5d2-9e44-7d18-b0c6-4d1f8a6c7e35',
  purchase: '01a3c5d2-9f60-7e55-a1d2-7c39b8e4f016',
  product: '01a3c5d2-8d0f-7a21-8c33-2f5a9b7e4d02',
  configuration: '01a3c5d2-8c72-7b90-9f41-5e0d3a6b8c24',
}
const customer = { id: ids.customer, email: 'hana@novak.example', name: 'Hana Nováková' }

const licenseKey: z.input<typeof LicenseKey> = {
  id: ids.licenseKey,
  external_id: null,
  key: '****-9E11',
  display_key: '****-9E11',
  status: 'granted',
  revoked_for: [],
  held: false,
  state: 'active',
  customer_id: ids.customer,
  customer,
  key_configuration_id: ids.configuration,
  key_configuration: { id: ids.configuration, name: 'Inkwell Editor' },
  product_id: ids.product,
  product: { id: ids.product, name: 'Inkwell Editor' },
  test: false,
  purchase_id: ids.purchase,
  purchase: { id: ids.purchase, reference: 'ORDER-10482', kind: 'subscription', status: 'active' },
  expires_at: null,
  grace_days: 0,
  activations_mode: 'limited',
  limit_activations: 3,
  activations: 1,
  new_devices_blocked: false,
  limit_usage: null,
  usage: 0,
  overridden: [],
  validations: 41,
  last_validated_at: timestamp,
  first_activated_at: bought,
  entitlements: ['export'],
  version: '5',
  note: '',
  metadata: {},
  tags: [],
  created_at: bought,
  modified_at: timestamp,
}

const activation: z.input<typeof Activation> = {
  id: ids.activation,
  external_id: null,
  license_key_id: ids.licenseKey,
  label: 'Hana’s MacBook',
  fingerprint: 'c3f0a8d1',
  meta: {},
  validations: 12,
  last_validated_at: null,
  created_at: timestamp,
  modified_at: null,
  deactivated_at: null,
}

const purchase: z.input<typeof Purchase> = {
  id: ids.purchase,
  reference: 'ORDER-10482',
  kind: 'subscription',
  source: 'api',
  status: 'active',
  state: 'active',
  reasons: [],
  ended_by_hand: null,
  follows_store: false,
  store_id: null,
  store: null,
  test: false,
  paid_through: null,
  ends_at: null,
  grace_until: null,
  quantity: 1,
  amounts: [],
  customer_id: ids.customer,
  customer,
  product_id: ids.product,
  product: { id: ids.product, name: 'Inkwell Editor' },
  license_key_ids: [ids.licenseKey],
  metadata: {},
  purchased_at: bought,
  created_at: bought,
}

const buyer: z.input<typeof Customer> = {
  ...customer,
  external_id: 'cus_4711',
  metadata: {},
  license_keys: 1,
  purchases: 1,
  created_at: bought,
  modified_at: bought,
}

const delivery: z.input<typeof FailedDelivery> = {
  id: '01a3c5d2-c100-7d3e-8f26-2b7e4a9c5d10',
  store_connection_id: '01a3c5d2-c000-7b1f-9a43-5d8c2e7f1a06',
  store: 'stripe',
  name: 'Stripe',
  test: false,
  event: 'invoice.paid',
  state: 'failed',
  outcome: ['Something went wrong here; the log says what.'],
  attempts: 8,
  occurred_at: bought,
  received_at: bought,
}

const event: z.input<typeof Event> = {
  id: '01a3c5d2-b300-7a6c-92e7-0f8d1c5b4a63',
  type: 'license_key.issued',
  occurred_at: timestamp,
  actor: { kind: 'api_key', label: 'API key Shop' },
  license_key_id: ids.licenseKey,
  activation_id: ids.activation,
  customer_id: ids.customer,
  product_id: ids.product,
  key_configuration_id: ids.configuration,
  purchase_id: ids.purchase,
  data: {},
}

/** One record of each kind, and an event. */
export const examples = {
  timestamp,
  event,
  license_key: licenseKey,
  activation,
  purchase,
  customer: buyer,
  store_delivery: delivery,
}
