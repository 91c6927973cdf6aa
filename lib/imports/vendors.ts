import type { VendorExport } from '../import-fields/schema.ts'
import { dodoExport } from '../vendors/dodo/import.ts'
import { gumroadExport } from '../vendors/gumroad/import.ts'
import { keygenExport } from '../vendors/keygen/import.ts'
import { latchkeyExport } from '../vendors/latchkey/import.ts'
import { lemonsqueezyExport } from '../vendors/lemonsqueezy/import.ts'
import { polarExport } from '../vendors/polar/import.ts'
import { anyTable } from './any-table.ts'

const exportsByVendor = {
  latchkey: latchkeyExport,
  polar: polarExport,
  dodo: dodoExport,
  lemonsqueezy: lemonsqueezyExport,
  gumroad: gumroadExport,
  keygen: keygenExport,
  custom: anyTable,
} satisfies Record<string, VendorExport>

/** Whose export a file is. `custom` is any other table. */
export type ImportSource = keyof typeof exportsByVendor

/** Every export we know, the most particular first. */
export const vendorExports: Record<ImportSource, VendorExport> = exportsByVendor

/** Their names, in the same order. */
export const importSources = Object.keys(exportsByVendor) as [ImportSource, ...ImportSource[]]

/** The same with what people call them. */
export const sourceChoices = importSources.map((value) => ({ value, label: vendorExports[value].label }))
