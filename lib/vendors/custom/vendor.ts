import { customSetup as setup } from './store-setup.ts'

/** A shop or script of the merchant’s own, as a store. */
export const custom = { setup }
