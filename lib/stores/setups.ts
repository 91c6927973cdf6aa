import type { StoreName } from '../store-facts/schema.ts'
import type { StoreSetup } from '../store-facts/setup.ts'
import { partsOf } from '../vendors/list.ts'

/** How each store is connected, in the order people choose from. */
export const storeSetups: Record<StoreName, StoreSetup> = partsOf('setup')

export { storeLabels } from '../store-facts/schema.ts'

/** The stores to choose from. */
export const storeChoices = Object.entries(storeSetups).map(([value, { label, mode }]) => ({
  value,
  label,
  /** One connection may get events of both modes. */
  eventsSayMode: mode === 'said_in_each_event',
}))
