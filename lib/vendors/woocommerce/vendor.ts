import { woocommerceSetup as setup } from './store-setup.ts'

/** WooCommerce, as a store. */
export const woocommerce = { setup }
