import { lemonsqueezy as dialect } from './dialect.ts'
import { lemonsqueezyExport as exports } from './import.ts'
import { lemonsqueezy as snippet } from './snippet.ts'
import { lemonSqueezySetup as setup } from './store-setup.ts'

/** Lemon Squeezy: its client software, its exports and its store. */
export const lemonsqueezy = { dialect, snippet, exports, setup }
