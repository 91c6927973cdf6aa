import { stripeSetup as setup } from './store-setup.ts'

/** Stripe, as a store. */
export const stripe = { setup }
