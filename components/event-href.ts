import type { Route } from 'next'
import type { HistoryEvent } from '#lib/events/schema.ts'
import * as paths from '#lib/web/paths.ts'

/** The page of what an event is about: its key first, then whatever else it names. */
export function eventHref(organization: string, event: HistoryEvent): Route {
  const { licenseKeyId, keyConfigurationId, productId, customerId, purchaseId } = event
  if (licenseKeyId) return paths.licenseKey({ organization, id: licenseKeyId })
  if (event.type.startsWith('key_configuration.') && keyConfigurationId) {
    return paths.keyConfiguration({ organization, id: keyConfigurationId })
  }
  if (event.type.startsWith('product.') && productId) return paths.product({ organization, id: productId })
  if (event.type.startsWith('purchase.') && purchaseId) return paths.sale({ organization, id: purchaseId })
  if (event.type.startsWith('store.')) return paths.stores({ organization })
  if (event.type.startsWith('webhook_endpoint.')) return paths.webhooks({ organization })
  if (customerId) return paths.customer({ organization, id: customerId })
  return paths.overview({ organization })
}
