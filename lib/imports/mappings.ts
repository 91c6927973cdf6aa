import '#server-only'
import type { Columns, ExportShape, ImportField, RecordKind, VendorExport } from '../import-fields/schema.ts'
import type { Habits } from './drafts.ts'
import type { ImportSettings } from './schema.ts'
import { type ImportSource, vendorExports } from './vendors.ts'
import { readStatus } from './words.ts'

/** A vendor's habits that no column says. */
export function habitsOf({ source, zeroDevices, inactive }: ImportSettings): Habits {
  const { empty, skipsWithoutKey } = vendorExports[source]
  return {
    zeroDevices: zeroDevices ?? null,
    inactive: inactive ?? null,
    empty: { activationLimit: 'configuration', usageLimit: 'configuration', expiresAt: 'never', ...empty },
    skipsWithoutKey: skipsWithoutKey ?? false,
  }
}

/** What the two words that differ most mean in a vendor's exports; null where it is not known. */
export const answersOf = (source: ImportSource): Pick<ImportSettings, 'zeroDevices' | 'inactive'> => ({
  zeroDevices: null,
  inactive: null,
  ...vendorExports[source].answers,
})

/** The words of a column's name, without case, accents and punctuation: `licenseKey` and `License Key` are `license_key`. */
export const plainName = (name: string): string =>
  name
    .slice(0, 200)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/(?<=[\p{Ll}\d])(?=\p{Lu})/gu, '_')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')

/** Column names as they are compared: some write `e_mail` and `LICENSEKEY`, others `email` and `license_key`. */
const joined = (name: string): string => plainName(name).replaceAll('_', '')

let known: Set<string> | undefined

/** True for a name that columns of keys, devices or people have somewhere. */
export function isKnownColumn(name: string): boolean {
  known ??= new Set(
    Object.values(vendorExports)
      .flatMap(({ shapes }) => Object.values(shapes))
      .flatMap(({ columns }) => Object.values(columns).flat().map(joined)),
  )
  return known.has(joined(name))
}

/** Whose export has these columns, and which part of it; a table nobody knows is one of keys. */
export function recogniseColumns(columns: readonly string[]): { source: ImportSource; kind: RecordKind } {
  const there = new Set(columns.map(joined))
  // Where people are named, keys are.
  const namesPeople = vendorExports.custom.shapes.keys?.columns.email?.some((name) => there.has(joined(name))) ?? false
  for (const [source, { shapes }] of Object.entries(vendorExports) as [ImportSource, VendorExport][]) {
    for (const [kind, shape] of Object.entries(shapes) as [RecordKind, ExportShape][]) {
      if (kind === 'activations' && namesPeople) continue
      if (shape.signs.some((signs) => signs.every((name) => there.has(joined(name))))) return { source, kind }
    }
  }
  return { source: 'custom', kind: 'keys' }
}

const isState = (name: string): boolean =>
  ['state', 'estado', 'stato', 'etat', 'zustand', 'situacao'].includes(plainName(name))

/** The columns a source's fields stand in, as far as they are there; of several those that are not empty come first. */
export function columnsFor(
  source: ImportSource,
  kind: RecordKind,
  columns: readonly { name: string; samples: readonly string[] }[],
): Columns {
  const byName = new Map(columns.toReversed().map((column) => [joined(column.name), column]))
  const shape = vendorExports[source].shapes[kind] ?? vendorExports.custom.shapes[kind]
  const found: Columns = {}
  for (const [field, names] of Object.entries(shape?.columns ?? {})) {
    const there = names
      .flatMap((each) => byName.get(joined(each)) ?? [])
      // A state may be a county, too: its words tell.
      .filter(({ name, samples }) => !(field === 'status' && isState(name)) || samples.some((word) => readStatus(word)))
    const column = there.find((each) => each.samples.length > 0) ?? there[0]
    if (column) found[field as ImportField] = column.name
  }
  return found
}
