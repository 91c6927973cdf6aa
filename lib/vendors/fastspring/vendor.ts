import { fastspringSetup as setup } from './store-setup.ts'

/** FastSpring, as a store. */
export const fastspring = { setup }
