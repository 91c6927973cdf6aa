import type { Route } from 'next'
import type { HistoryEvent } from '#lib/events/schema.ts'

/** The page of what an event is about: its key first, then whatever else it names. */
export function eventHref(organization: string, event: HistoryEvent): Route {
  const base = `/dashboard/${organization}`
  const { licenseKeyId, keyConfigurationId, productId, customerId } = event
  if (licenseKeyId) return `${base}/license-keys/${licenseKeyId}` as Route
  if (event.type.startsWith('key_configuration.') && keyConfigurationId) {
    return `${base}/key-configurations/${keyConfigurationId}` as Route
  }
  if (event.type.startsWith('product.') && productId) return `${base}/products/${productId}` as Route
  if (customerId) return `${base}/customers/${customerId}` as Route
  return base as Route
}
