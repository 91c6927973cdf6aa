import { paddleSetup as setup } from './store-setup.ts'

/** Paddle Billing, as a store. */
export const paddle = { setup }
