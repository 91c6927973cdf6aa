// Terms as chips say them.

import { pairOf } from '#lib/license-keys/language.ts'
import { statusLook } from '#lib/license-keys/look.ts'
import { shownStatuses } from '#lib/license-keys/plain.ts'
import { reasonWords } from '#lib/license-keys/rules.ts'
import { kindOf, type Names, purchaseTerms, reasonTerms, type Term, type TermName } from '#lib/license-keys/terms.ts'
import { purchaseLook } from '#lib/purchases/look.ts'

export const termLabels = {
  status: 'Status',
  reason: 'Revoked because',
  product: 'Product',
  configuration: 'Configuration',
  customer: 'Customer',
  order: 'Order number',
  purchase: 'Purchase',
  expires: 'Expires',
  ended: 'Ended',
  seen: 'Last seen',
  issued: 'Issued',
  activated: 'Devices',
  limit: 'Device limit',
  refused: 'Refused',
  risk: 'Risk',
  tag: 'Tag',
  meta: 'Metadata',
  import: 'Import',
} as const satisfies Record<TermName, string>

export type Option = { value: string; label: string; hint?: string }

/** How a value turned round is told among options. */
export const turned = (value: string) => `-${value}`

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const units = { h: 'hour', d: 'day', w: 'week', m: 'month', y: 'year' } as const
const spanWords = (value: string): string | null => {
  const [, count, unit] = /^[<>](\d+)([hdwmy])$/.exec(value) ?? []
  if (!count || !unit) return null
  const word = units[unit as keyof typeof units]
  return Number(count) === 1 ? word : `${count} ${word}s`
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const dayWords = (day: string): string => {
  const [year, month, date] = day.split('-')
  return [date && String(Number(date)), month && MONTHS[Number(month) - 1], year].filter(Boolean).join(' ')
}

function timeWords(name: TermName, value: string): string {
  if (value === 'never') return 'never'
  if (value === 'now') return 'lately, and still refused'
  const kind = kindOf(name)
  const past = kind.kind === 'time' && kind.past
  const span = spanWords(value)
  if (span && past)
    return value.startsWith('<')
      ? `in the last ${span}`
      : `over ${/^(hour|day|week|month|year)$/.test(span) ? `a${span === 'hour' ? 'n' : ''} ` : ''}${span} ago`
  if (span)
    return value.startsWith('<')
      ? `within ${span.includes(' ') ? span : `a${span === 'hour' ? 'n' : ''} ${span}`}`
      : `in over ${span.includes(' ') ? span : `a ${span}`}`
  const [from = '', to] = value.split('..')
  if (to !== undefined) {
    if (from === '') return `until ${dayWords(to)}`
    return to === '' ? `from ${dayWords(from)} on` : `${dayWords(from)} to ${dayWords(to)}`
  }
  if (value.startsWith('<')) return `before ${dayWords(value.slice(1))}`
  if (value.startsWith('>')) return `after ${dayWords(value.slice(1))}`
  return dayWords(value)
}

function numberWords(value: string): string {
  if (value === '>0') return 'any at all'
  const [from, to] = value.split('..')
  if (to) return `${from} to ${to}`
  if (value.startsWith('>')) return `over ${value.slice(1)}`
  return value.startsWith('<') ? `under ${value.slice(1)}` : value
}

const activatedWords = { now: 'in use', before: 'none any more', never: 'never any' } as const

/** One value in words, as it goes on after the label. */
export function valueWords(name: TermName, value: string, names: Names): string {
  const kind = kindOf(name)
  if (name === 'status') return statusLook[value as keyof typeof statusLook]?.label ?? value
  if (name === 'purchase')
    return value === 'none' ? 'None' : (purchaseLook[value as keyof typeof purchaseLook]?.label ?? value)
  if (name === 'reason') return reasonWords[value as keyof typeof reasonWords] ?? value
  if (name === 'limit') return value === 'at' ? 'all slots taken' : 'more than allowed'
  if (name === 'activated') return activatedWords[value as keyof typeof activatedWords] ?? value
  if (name === 'import') return 'One import'
  if (kind.kind === 'time') return timeWords(name, value)
  if (kind.kind === 'number') return numberWords(value)
  if (kind.kind === 'named')
    return value === 'none' ? 'None' : (names[name as keyof Names].find(({ id }) => id === value)?.name ?? 'Unknown')
  if (kind.kind === 'pair') {
    const pair = pairOf(value)
    return pair.value === null ? pair.name : `${pair.name} is ${pair.value}`
  }
  return value
}

/** A whole term in words. */
export function termWords(name: TermName, { is, not }: Term, names: Names): string {
  const all = [
    ...is.map((value) => valueWords(name, value, names)),
    ...not.map((value) => `not ${valueWords(name, value, names)}`),
  ]
  if (all.length > 2) return `${kindOf(name).all ? 'all' : 'any'} of ${all.length}`
  return all.join(kindOf(name).all || not.length > 0 ? ' and ' : ', ')
}

const spans: Partial<Record<TermName, readonly string[]>> = {
  expires: ['<7d', '<30d', '<90d', '<1y', 'never'],
  ended: ['<7d', '<30d', '<90d', '>90d'],
  seen: ['<24h', '<7d', '<30d', turned('<30d'), turned('<90d'), turned('<1y'), 'never'],
  issued: ['<24h', '<7d', '<30d', '<1y'],
  refused: ['now', '<24h', '<7d', '<30d'],
  risk: ['>0', '>50', '>80'],
}

/** What a chip offers to choose from; null where it has to be typed. */
export function optionsOf(
  name: TermName,
  choices: { product: readonly Choice[]; configuration: readonly Choice[] },
): Option[] | null {
  const worded = (values: readonly string[]): Option[] =>
    values.map((value) => ({
      value,
      label: capital(
        value.startsWith('-') ? `not ${valueWords(name, value.slice(1), choices)}` : valueWords(name, value, choices),
      ),
    }))
  switch (name) {
    case 'status':
      return worded(shownStatuses)
    case 'purchase':
      return worded(purchaseTerms)
    case 'reason':
      return worded(reasonTerms)
    case 'limit':
      return worded(['at', 'over'])
    case 'activated':
      return worded(['now', 'before', 'never'])
    case 'product':
    case 'configuration': {
      const rows = choices[name].map(({ id, name: label, archivedAt }) => ({
        ...{ value: id, label },
        ...(archivedAt && { hint: 'archived' }),
      }))
      return name === 'product' ? [...rows, { value: 'none', label: 'No product' }] : rows
    }
    default:
      return spans[name] ? worded(spans[name]) : null
  }
}
export type Choice = { id: string; name: string; archivedAt: Date | null }
