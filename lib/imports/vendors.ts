import type { VendorExport } from '../import-fields/schema.ts'
import { partsOf } from '../vendors/list.ts'
import { anyTable } from './any-table.ts'

const exportsByVendor = { ...partsOf('exports'), custom: anyTable }

/** Whose export a file is. `custom` is any other table. */
export type ImportSource = keyof typeof exportsByVendor

/** Every export we know, the most particular first. */
export const vendorExports: Record<ImportSource, VendorExport> = exportsByVendor

/** Their names, in the same order. */
export const importSources = Object.keys(exportsByVendor) as [ImportSource, ...ImportSource[]]

/** The same with what people call them. */
export const sourceChoices = importSources.map((value) => ({ value, label: vendorExports[value].label }))
