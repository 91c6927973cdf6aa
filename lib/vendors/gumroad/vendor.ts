import { gumroadExport as exports } from './import.ts'
import { gumroadSetup as setup } from './store-setup.ts'

/** Gumroad: its exports and its store. */
export const gumroad = { exports, setup }
