// Every call of both APIs, as somebody makes it who knows the ids of an organization.
import { randomUUID } from 'node:crypto'
import type { FullOrganization } from './full-organization.ts'

/** One call of an operation: what is put into its path, its query and its body. */
export type Call = { id?: string; query?: Record<string, string | string[] | undefined>; body?: unknown }

type Calls = (of: FullOrganization) => readonly Call[]

const newEmail = () => `buyer-${randomUUID().slice(0, 8)}@example.com`
const newName = () => `Made by a test ${randomUUID().slice(0, 8)}`
const everyList = { limit: '3', sort: 'created_at' }

/** By operation, in an order in which all of them succeed for whom the ids belong to. What a body names is theirs too. */
export const calls: Record<string, Calls> = {
  // ---------------------------------------------------------------- license keys
  listLicenseKeys: (of) => [
    {},
    {
      query: {
        ...everyList,
        status: ['granted', 'disabled'],
        expired: 'false',
        key_configuration_id: of.configurationId,
        customer_id: [of.customerId],
      },
    },
    { query: { email: of.alice.email, activated: 'true', sort: '-expires_at', created_from: '2020-01-01T00:00:00Z' } },
    { query: { q: of.alice.email } },
    { query: { 'expand[]': ['customer', 'product', 'key_configuration', 'purchase', 'activations'] } },
    { query: { 'metadata[plan]': 'pro', tag: ['vip', 'beta'] } },
    { query: { product_id: of.productId, expires_before: '2099-01-01T00:00:00+02:00', sort: 'last_validated_at' } },
  ],
  issueLicenseKey: (of) => [
    { body: { key_configuration_id: of.configurationId, customer: { email: newEmail() } } },
    {
      body: {
        key_configuration_id: of.configurationId,
        product_id: of.productId,
        customer_id: of.customerId,
        reference: randomUUID(),
        note: 'From a program',
        limit_activations: 0,
        limit_usage: 'configuration',
        expires_at: '2031-01-01T00:00:00Z',
        grace_days: 3,
        send_mail: true,
        metadata: { plan: 'pro' },
        tags: ['vip', 'beta'],
      },
    },
  ],
  issueLicenseKeys: (of) => [
    {
      body: {
        license_keys: [
          { key_configuration_id: of.configurationId, customer: { email: newEmail() } },
          { key_configuration_id: of.spareConfigurationId, customer: { email: newEmail(), name: 'Zoë' } },
        ],
      },
    },
  ],
  changeLicenseKeys: (of) => [
    { body: { action: 'disable', license_key_ids: [of.keyId, of.disabledKeyId], reason: 'Gist' } },
    { body: { action: 'enable', license_key_ids: [of.keyId] } },
    { body: { action: 'extend', license_key_ids: [of.keyId, of.expiredKeyId], count: 1, unit: 'month' } },
    { body: { action: 'extend', license_key_ids: [of.expiredKeyId], until: '2040-02-29T12:00:00Z' } },
    { body: { action: 'restore', license_key_ids: [of.keyId], hold: false } },
  ],
  lookUpLicenseKeys: (of) => [{ body: { query: of.key.key } }, { body: { query: of.alice.email } }],
  getLicenseKey: (of) => [
    { id: of.keyId },
    { id: of.keyId, query: { 'expand[]': ['customer', 'product', 'key_configuration', 'purchase', 'activations'] } },
    { id: of.expiredKeyId },
  ],
  updateLicenseKey: (of) => [
    { id: of.keyId, body: {} },
    {
      id: of.keyId,
      body: {
        limit_activations: 9,
        limit_usage: null,
        usage: 4,
        expires_at: null,
        note: 'x',
        new_devices_blocked: false,
        metadata: { plan: 'pro', seat: null },
        tags: ['vip'],
      },
    },
  ],
  disableLicenseKey: (of) => [{ id: of.keyId, body: { reason: 'Gist' } }],
  enableLicenseKey: (of) => [{ id: of.keyId }],
  revokeLicenseKey: (of) => [{ id: of.disabledKeyId }],
  restoreLicenseKey: (of) => [{ id: of.disabledKeyId, body: {} }],
  rotateLicenseKey: (of) => [{ id: of.keyId, body: { overlap_hours: 2, send_mail: true } }],
  extendLicenseKey: (of) => [
    { id: of.expiredKeyId, body: { count: 2, unit: 'month' } },
    { id: of.expiredKeyId, body: { until: '2040-02-29T12:00:00Z' } },
  ],
  transferLicenseKey: (of) => [
    { id: of.disabledKeyId, body: { customer: { email: newEmail(), name: 'Zoë' } } },
    { id: of.disabledKeyId, body: { customer_id: of.customerId } },
  ],
  mailLicenseKey: (of) => [{ id: of.keyId }],
  previewBulkChange: (of) => [
    { body: { action: { type: 'disable' }, license_key_ids: [of.keyId, of.disabledKeyId] } },
    { body: { action: { type: 'extend', until: null }, filter: { status: ['active'], customer_id: of.customerId } } },
  ],
  startBulkChange: (of) => [
    { body: { action: { type: 'tag', add: ['vip'] }, license_key_ids: [of.keyId], reason: 'Gist', expected: 1 } },
    { body: { action: { type: 'limits', limit_activations: 7 }, license_key_ids: [of.keyId] } },
    { body: { action: { type: 'extend', count: 1, unit: 'month' }, license_key_ids: [of.keyId] } },
  ],
  listBulkChanges: () => [{}, { query: everyList }],
  getBulkChange: (of) => [{ id: of.bulkChangeId }],
  listBulkChangeKeys: (of) => [{ id: of.bulkChangeId, query: { outcome: ['changed', 'refused'] } }],
  stopBulkChange: (of) => [{ id: of.openBulkChangeId }],
  undoBulkChange: (of) => [{ id: of.bulkChangeId }],
  simulateLicenseCall: (of) => [
    { id: of.keyId, body: {} },
    {
      id: of.keyId,
      body: {
        ...{ verb: 'activate', fingerprint: 'another', at: '2027-01-31T12:00:00Z', conditions: { major: 5 } },
        ...{ activation_id: of.activations[0], replace_activation_id: of.activations[0], increment_usage: 2 },
        ...{ product_id: of.productId, benefit_id: of.configurationId, customer_id: of.customerId },
        entitlements: ['export'],
      },
    },
  ],
  // ---------------------------------------------------------------- activations
  listActivations: (of) => [
    {},
    { query: { ...everyList, license_key_id: of.keyId, customer_id: of.customerId, deactivated: 'true' } },
    { query: { sort: '-label', fingerprint: 'ThinkPad X1' } },
  ],
  activateLicenseKey: (of) => [
    { id: of.keyId, body: { label: 'New one', fingerprint: randomUUID(), meta: { os: 'Plan 9' } } },
    { id: of.keyId, body: { label: 'Instead', replace_activation_id: of.activations[0] } },
  ],
  getActivation: (of) => [{ id: of.activations[1] as string }, { id: of.activations[0] as string }],
  renameActivation: (of) => [{ id: of.activations[1] as string, body: { label: 'Renamed' } }],
  deactivate: (of) => [{ id: of.activations[1] as string }],
  // ---------------------------------------------------------------- customers
  listCustomers: (of) => [
    {},
    { query: { ...everyList, sort: 'email', email: of.alice.email } },
    { query: { q: of.mark, 'metadata[crm]': '1', external_id: ['x'], created_before: '2020-01-01T00:00:00Z' } },
  ],
  createCustomer: () => [
    { body: { email: newEmail() } },
    { body: { email: newEmail(), name: 'Zoë', external_id: 'cus_1', metadata: { crm: '4711' } } },
  ],
  getCustomer: (of) => [{ id: of.customerId }],
  updateCustomer: (of) => [{ id: of.customerId, body: { name: 'Alice Renamed', external_id: null } }],
  deleteCustomerData: (of) => [{ id: of.otherCustomerId }],
  mergeCustomer: (of) => [{ id: of.spareCustomerId, body: { into: of.customerId } }],
  // ---------------------------------------------------------------- purchases
  listPurchases: (of) => [
    {},
    {
      query: {
        ...everyList,
        sort: '-purchased_at',
        customer_id: of.customerId,
        product_id: of.productId,
        kind: 'one_time',
        status: ['active', 'refunded'],
        source: 'manual',
      },
    },
  ],
  createPurchase: (of) => [
    { body: { product_id: of.productId, customer: { email: newEmail() } } },
    {
      body: {
        product_id: of.productId,
        customer_id: of.customerId,
        kind: 'subscription',
        quantity: 2,
        reference: randomUUID(),
        purchased_at: '2026-01-02T03:04:05Z',
        send_mail: true,
      },
    },
  ],
  getPurchase: (of) => [{ id: of.purchaseId }],
  updatePurchase: (of) => [{ id: of.purchaseId, body: { metadata: { invoice: 'INV-1', old: null } } }],
  holdPurchase: (of) => [{ id: of.purchaseId, body: { reason: 'A gift' } }],
  releasePurchase: (of) => [{ id: of.purchaseId }],
  changePurchasePlan: (of) => [{ id: of.purchaseId, body: { key_configuration_id: of.configurationId } }],
  extendPurchase: (of) => [{ id: of.subscriptionId, body: { paid_through: '2101-01-01T00:00:00Z' } }],
  cancelPurchase: (of) => [
    { id: of.purchaseId },
    { id: of.subscriptionId, body: { at: 'period_end', reason: 'Asked for' } },
    { id: of.subscriptionId, body: { at: 'period_end', ends_at: '2100-06-01T00:00:00Z' } },
  ],
  resumePurchase: (of) => [{ id: of.subscriptionId }, { id: of.purchaseId, body: { reason: 'Changed their mind' } }],
  refundPurchase: (of) => [
    { id: of.purchaseId, body: { units: 1 } },
    { id: of.purchaseId, body: { reason: 'Not happy', send_mail: true } },
  ],
  // ---------------------------------------------------------------- stores
  listStores: () => [{}, { query: { limit: '1', sort: 'created_at', store: 'custom' } }],
  createStore: () => [
    { body: { store: 'custom', mode: 'test', name: newName() } },
    {
      body: {
        ...{ store: 'polar', mode: 'live', name: newName(), secret: 'polar_whs_abcdefghijk' },
        settings: { grace_days: 3, keys_during_trials: false },
      },
    },
  ],
  getStore: (of) => [{ id: of.connectionId }],
  updateStore: (of) => [
    { id: of.connectionId, body: {} },
    { id: of.connectionId, body: { name: newName(), off: true, settings: { margin_days: 30 } } },
    { id: of.connectionId, body: { off: false } },
    { id: of.spareConnectionId, body: { api_access: 'polar_oat_nothing' } },
  ],
  rotateStoreSecret: (of) => [
    { id: of.connectionId },
    { id: of.spareConnectionId, body: { secret: 'polar_whs_abcdefghijk' } },
  ],
  listStoreProducts: (of) => [{ id: of.connectionId }],
  placeStoreProduct: (of) => [
    { id: of.connectionId, body: { ref: 'something-else', ignored: true } },
    { id: of.connectionId, body: { ref: 'another', product_id: of.productId, quantity_is: 'devices' } },
  ],
  reconcileStore: (of) => [{ id: of.spareConnectionId, body: { since: '2026-01-01T00:00:00Z' } }],
  handleStoreDeliveriesAgain: (of) => [{ id: of.connectionId }, { id: of.connectionId, body: { state: 'waiting' } }],
  listStoreDeliveries: (of) => [
    {},
    {
      query: {
        ...{ limit: '2', sort: 'received_at', store_id: of.connectionId, state: ['failed', 'waiting'] },
        ...{ type: 'purchase.updated', received_from: '2026-01-01T00:00:00Z', received_before: '2100-01-01T00:00:00Z' },
      },
    },
  ],
  getStoreDelivery: (of) => [{ id: of.deliveryId }],
  handleStoreDeliveryAgain: (of) => [{ id: of.failedDeliveryId }],
  listStoreReconciliations: (of) => [{}, { query: { store_id: of.connectionId, sort: '-created_at' } }],
  getStoreReconciliation: (of) => [{ id: of.reconciliationId }],
  deleteStore: (of) => [{ id: of.spareConnectionId }],
  // ---------------------------------------------------------------- catalogue
  listProducts: (of) => [{}, { query: { ...everyList, sort: '-name', archived: 'false', q: of.mark } }],
  createProduct: (of) => [
    { body: { name: newName() } },
    { body: { name: newName(), description: 'Words', key_configuration_ids: [of.configurationId] } },
  ],
  getProduct: (of) => [{ id: of.productId }],
  updateProduct: (of) => [
    { id: of.productId, body: { description: null, key_configuration_ids: [of.spareConfigurationId] } },
  ],
  archiveProduct: (of) => [{ id: of.spareProductId }],
  restoreProduct: (of) => [{ id: of.spareProductId }],
  listKeyConfigurations: () => [{}, { query: { ...everyList, archived: 'true', q: 'x' } }],
  createKeyConfiguration: (of) => [
    { body: { name: newName() } },
    {
      body: {
        name: newName(),
        prefix: 'abc',
        format: 'short',
        expiry: { kind: 'duration', count: 3, unit: 'month', from: 'first_activation' },
        grace_days: 2,
        expiry_reminder_days: [30, 7, 1],
        limit_activations: 2,
        activation_required: true,
        limit_usage: 10,
        usage_reset: 'day',
        instructions: '# Hello',
        entitlements: ['a', 'b'],
        version: '1',
        product_ids: [of.productId],
      },
    },
  ],
  getKeyConfiguration: (of) => [{ id: of.configurationId }],
  updateKeyConfiguration: (of) => [
    {
      id: of.configurationId,
      body: { expiry: { kind: 'fixed_date', expires_on: '2044-01-01' }, limit_activations: 4 },
    },
  ],
  archiveKeyConfiguration: (of) => [{ id: of.spareConfigurationId }],
  restoreKeyConfiguration: (of) => [{ id: of.spareConfigurationId }],
  // ---------------------------------------------------------------- what happened, and whose
  followEvents: (of) => [
    { query: {} },
    { query: { after: 'now' } },
    { query: { limit: '1', type: ['license_key.issued'], license_key_id: [of.keyId] } },
  ],
  listEvents: (of) => [
    {},
    {
      query: {
        limit: '100',
        sort: 'occurred_at',
        type: ['license_key.issued'],
        license_key_id: of.keyId,
        actor: 'merchant',
      },
    },
  ],
  getEvent: (of) => [{ id: of.eventId }],
  // ---------------------------------------------------------------- where it is sent
  listWebhookEndpoints: () => [{}, { query: { limit: '1', sort: 'created_at' } }],
  createWebhookEndpoint: () => [
    { body: { url: 'https://hooks.example.com/' } },
    {
      body: {
        url: 'https://hooks.example.com/all',
        description: 'All of it',
        types: ['customer.created'],
        key_strings: true,
        headers: { Authorization: 'Bearer abc' },
      },
    },
  ],
  getWebhookEndpoint: (of) => [{ id: of.webhookEndpointId }],
  updateWebhookEndpoint: (of) => [
    { id: of.webhookEndpointId, body: {} },
    { id: of.webhookEndpointId, body: { description: newName(), types: ['license_key.revoked', 'customer.updated'] } },
  ],
  rotateWebhookSecret: (of) => [{ id: of.webhookEndpointId }],
  testWebhookEndpoint: (of) => [
    { id: of.webhookEndpointId, body: {} },
    { id: of.webhookEndpointId, body: { type: 'activation.replaced' } },
  ],
  resendFailedWebhookMessages: (of) => [{ id: of.webhookEndpointId, body: { since: '2026-01-01T00:00:00Z' } }],
  listWebhookMessages: (of) => [
    {},
    {
      query: {
        ...everyList,
        webhook_endpoint_id: of.webhookEndpointId,
        type: ['customer.created', 'ping'],
        state: ['sent', 'waiting'],
        created_from: '2020-01-01T00:00:00Z',
      },
    },
  ],
  getWebhookMessage: (of) => [{ id: of.webhookMessageId }],
  resendWebhookMessage: (of) => [{ id: of.webhookMessageId }],
  deleteWebhookEndpoint: (of) => [{ id: of.spareWebhookEndpointId }],
  getOrganization: () => [{}],
  updateOrganization: () => [
    { body: {} },
    { body: { time_zone: 'UTC', support_email: newEmail(), website_url: 'https://shop.example/help' } },
  ],
  // ---------------------------------------------------------------- client software
  validate: (of) => [
    { body: { key: of.keys[3].key, organization_id: of.id, increment_usage: 1 } },
    { body: { key: 'nobody has this', organization_id: of.id } },
    { body: { key: of.keys[1].key, organization_id: of.id, conditions: null, entitlements: ['export'] } },
  ],
  activate: (of) => [
    { body: { key: of.keys[1].key, organization_id: of.id, label: 'Phone', fingerprint: 'phone', meta: { a: [1] } } },
  ],
  deactivateDevice: (of) => [
    { body: { key: of.keys[3].key, organization_id: of.id, activation_id: of.activations[2] } },
  ],
  askForKey: (of) => [
    { body: { organization_id: of.id, product_id: of.productId, label: 'Tablet', fingerprint: 'tablet' } },
    { body: { organization_id: of.id, benefit_id: of.configurationId, label: 'Tablet', meta: { os: 'Plan 9' } } },
  ],
  pollForKey: () => [{ body: { device_code: 'no-code-of-this-server' } }],
}
