import '#server-only'
import { type RecordKind, recordKinds } from '../import-fields/schema.ts'
import { readDate } from './dates.ts'
import type { Look } from './look.ts'
import { plainName } from './mappings.ts'
import type { ImportSettings } from './schema.ts'
import { vendorExports } from './vendors.ts'
import { readStatus } from './words.ts'

// A column that is not understood is never dropped in silence: one that says who may no longer use a key would make valid keys of them all.

/** What a column may be about, though no field is read from it. */
export type Suspicion = 'status' | 'end'

const STATUS_NAMES = new Set(
  `status statuses revoked refunded refund chargeback chargebacked chargedback disputed dispute cancelled canceled
    cancellation disabled suspended blocked banned inactive deactivated expired terminated voided void locked active
    enabled valid lizenzstatus zustand statut etat gesperrt storniert erstattet widerrufen gekundigt gekuendigt aktiv
    inaktiv annule rembourse revoque resilie actif cancelado reembolsado revocado activo annullato rimborsato revocato
    attivo geannuleerd terugbetaald ingetrokken actief reembolsada ativo`.split(/\s+/),
)
const END_NAMES =
  /^(?:expir\w*|end|ends|ended|ending|until|till|thru|upto|renew\w*|enddate|validto|validuntil|ablauf\w*|lauft|laeuft|gultig\w*|gueltig\w*|ende|endet|enddatum|bis|verlanger\w*|echeance|fin|vencimiento|caduc\w*|hasta|scad\w*|fino|vervaldatum|verloop\w*|geldig|einddatum|tot|validade|valido|ate|maintenance|wartung|support)$/
// Where people live, in tables that also say their city.
const STATES = new Set(['state', 'states', 'estado', 'stato', 'region', 'province'])

/** What the values of a column were, counted. */
export type Tally = {
  filled: number
  words: number
  /** Words that say a key is no longer good. */
  ends: number
  /** The different values, as long as they are few. */
  kinds: Set<string>
  dates: number
  ahead: number
}

/** Nothing counted yet. */
export const noTally = (): Tally => ({ filled: 0, words: 0, ends: 0, kinds: new Set(), dates: 0, ahead: 0 })

/** More different values than this, and they are texts, not states. */
const KINDS_MAX = 12

/** Counts one value of a column. */
export function tally(counts: Tally, value: unknown, now: Date): void {
  if (value === null || value === undefined || typeof value === 'object' || value === '') return
  const text = String(value).trim()
  if (!text) return
  counts.filled++
  if (counts.kinds.size <= KINDS_MAX) counts.kinds.add(text.slice(0, 40))
  if (text.length > 40) return
  // Yes and no stand in any column.
  const meaning = /^(?:\d|(?:yes|no|true|false|on|off|ok|ja|nein|oui|non|si|sim)$)/i.test(text)
    ? null
    : readStatus(text)
  if (meaning !== null) counts.words++
  if (meaning !== null && meaning !== 'granted') counts.ends++
  if (/^\d+$/.test(text) || !/\d/.test(text)) return
  const date = readDate(text)
  if (date === null) return
  counts.dates++
  if (date !== 'unclear' && date > now) counts.ahead++
}

/** What a column seems to be about, by its name and what stands in it; null when by neither. */
export function suspicionOf(
  name: string,
  { filled, words, ends, kinds, dates, ahead }: Tally,
  isWhole: boolean,
): Suspicion | null {
  const most = (count: number) => count > 0 && count * 5 >= filled * 4
  if (most(words) || (ends > 0 && kinds.size <= KINDS_MAX)) return 'status'
  if (most(dates) && ahead > 0) return 'end'
  // Empty as far as was looked; where that was everything, nothing is lost.
  if (filled === 0 && isWhole) return null
  const tokens = plainName(name.split('.').at(-1) ?? '').split('_')
  if (tokens.some((token) => END_NAMES.test(token)) && (filled === 0 || most(dates))) return 'end'
  // Dates and amounts under such names say it as well: "Refunded at", "Cancelled on".
  return tokens.some((token) => (STATUS_NAMES.has(token) || token.endsWith('status')) && !STATES.has(token))
    ? 'status'
    : null
}

/** A column no field is read from. */
export type UnusedColumn = { kind: RecordKind; name: string; suspicion: Suspicion | null }

/** The same without what is known to be neither in a vendor's exports. */
export function withoutHarmless(looks: readonly Look[], source: ImportSettings['source']): Look[] {
  const harmless = new Set((vendorExports[source].harmless ?? []).map(plainName))
  return looks.map((look) => {
    const keys = look.columns.keys.map((column) =>
      harmless.has(plainName(column.name)) ? { ...column, suspicion: null } : column,
    )
    return { ...look, columns: { ...look.columns, keys } }
  })
}

/** Every column no field is read from. */
export function unusedColumns(looks: readonly Look[], settings: ImportSettings): UnusedColumn[] {
  const known = withoutHarmless(looks, settings.source)
  return recordKinds.flatMap((kind) => {
    const used = Object.values(settings.columns[kind])
    return known
      .flatMap((look) => look.columns[kind])
      .filter(({ name }) => !used.some((column) => column === name || name.startsWith(`${column}.`)))
      .map(({ name, suspicion }) => ({ kind, name, suspicion: kind === 'keys' ? suspicion : null }))
  })
}

/** Those that nobody has said may be left out. */
export const doubtfulColumns = (looks: readonly Look[], settings: ImportSettings): UnusedColumn[] =>
  unusedColumns(looks, settings).filter(
    ({ name, suspicion }) => suspicion !== null && !(settings.ignored ?? []).includes(name),
  )

/** What is asked about a column that looks like one that matters. */
export const suspicionWords = {
  status: 'looks like it says which keys are still valid',
  end: 'looks like it says when keys expire',
} as const satisfies Record<Suspicion, string>
