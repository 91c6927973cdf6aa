import { creemSetup as setup } from './store-setup.ts'

/** Creem, as a store. */
export const creem = { setup }
