import { native as dialect } from './dialect.ts'
import { latchkeyExport as exports } from './import.ts'

/** Latchkey’s own routes, and its exports brought back. */
export const latchkey = { dialect, exports }
