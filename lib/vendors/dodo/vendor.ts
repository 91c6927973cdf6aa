import { dodo as dialect } from './dialect.ts'
import { dodoExport as exports } from './import.ts'
import { dodo as snippet } from './snippet.ts'
import { dodoSetup as setup } from './store-setup.ts'
import { writeDodoMessage as webhooks } from './webhooks.ts'

/** Dodo Payments: its client software, its exports, its store, and receivers of its webhooks. */
export const dodo = { dialect, snippet, exports, setup, webhooks }
