import { shopifySetup as setup } from './store-setup.ts'

/** Shopify, as a store. */
export const shopify = { setup }
