import '#server-only'
import { activationEndpoints } from './activations.ts'
import { bulkChangeEndpoints } from './bulk-changes.ts'
import { customerEndpoints } from './customers.ts'
import type { Endpoint } from './endpoint.ts'
import { eventEndpoints } from './events.ts'
import { keyConfigurationEndpoints } from './key-configurations.ts'
import { licenseKeyEndpoints } from './license-keys.ts'
import { organizationEndpoints } from './organization.ts'
import { productEndpoints } from './products.ts'
import { purchaseEndpoints } from './purchases.ts'
import { storeDeliveryEndpoints } from './store-deliveries.ts'
import { storeProductEndpoints } from './store-products.ts'
import { storeReconciliationEndpoints } from './store-reconciliations.ts'
import { storeEndpoints } from './stores.ts'
import { webhookEndpoints } from './webhooks.ts'

/** The management API, whole: the router, the OpenAPI document, the reference and the tests read this one list. */
export const endpoints: readonly Endpoint[] = [
  ...licenseKeyEndpoints,
  ...bulkChangeEndpoints,
  ...activationEndpoints,
  ...customerEndpoints,
  ...purchaseEndpoints,
  ...storeEndpoints,
  ...storeProductEndpoints,
  ...storeReconciliationEndpoints,
  ...storeDeliveryEndpoints,
  ...productEndpoints,
  ...keyConfigurationEndpoints,
  ...eventEndpoints,
  ...webhookEndpoints,
  ...organizationEndpoints,
]
