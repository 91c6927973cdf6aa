import { polar as dialect } from './dialect.ts'
import { polarExport as exports } from './import.ts'
import { polar as snippet } from './snippet.ts'
import { polarSetup as setup } from './store-setup.ts'
import { writePolarMessage as webhooks } from './webhooks.ts'

/** Polar: its client software, its exports, its store, and receivers of its webhooks. */
export const polar = { dialect, snippet, exports, setup, webhooks }
