import '#server-only'
import type { StoreReader } from '../store-facts/reader.ts'
import type { StoreName } from '../store-facts/schema.ts'
import { creemStore } from '../vendors/creem/store.ts'
import { customStore } from '../vendors/custom/store.ts'
import { dodoStore } from '../vendors/dodo/store.ts'
import { fastspringStore } from '../vendors/fastspring/store.ts'
import { gumroadStore } from '../vendors/gumroad/store.ts'
import { lemonSqueezyStore } from '../vendors/lemonsqueezy/store.ts'
import { paddleStore } from '../vendors/paddle/store.ts'
import { polarStore } from '../vendors/polar/store.ts'
import { shopifyStore } from '../vendors/shopify/store.ts'
import { stripeStore } from '../vendors/stripe/store.ts'
import { woocommerceStore } from '../vendors/woocommerce/store.ts'

/** How each store is believed and understood: one line for each, and a folder of its own in lib/vendors. */
const readers: Record<StoreName, StoreReader> = {
  stripe: stripeStore,
  polar: polarStore,
  dodo: dodoStore,
  lemonsqueezy: lemonSqueezyStore,
  paddle: paddleStore,
  gumroad: gumroadStore,
  fastspring: fastspringStore,
  woocommerce: woocommerceStore,
  shopify: shopifyStore,
  creem: creemStore,
  custom: customStore,
}

/** The reader of a store; undefined when there is no such store. */
export const readerOf = (store: string): StoreReader | undefined =>
  Object.hasOwn(readers, store) ? readers[store as StoreName] : undefined
