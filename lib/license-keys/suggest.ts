// What can be typed next in a filter: names of filters, and what stands behind them.

import { shownStatuses } from './plain.ts'
import { kindOf, type Names, type TermName, termNames, writeValue } from './terms.ts'

/** A way to go on: `text` with the caret at `caret` is what then stands in the field. */
export type Suggestion = { text: string; caret: number; label: string; hint: string }

/** What each filter is about, in a few words. */
export const termHints = {
  status: 'active, expired, revoked …',
  reason: 'why it is revoked',
  product: 'what it was sold as',
  configuration: 'what it was issued from',
  customer: 'name or address',
  order: 'part of an order number',
  purchase: 'where its purchase stands',
  expires: 'when it will end',
  ended: 'how long ago it ended',
  seen: 'when it was last validated',
  issued: 'when it was issued',
  activated: 'whether devices use it',
  limit: 'whether devices take all slots',
  refused: 'whether it refused somebody',
  risk: 'how much it looks misused, 0 to 100',
  tag: 'a tag of yours',
  meta: 'metadata of yours',
  import: 'what an import brought',
} as const satisfies Record<TermName, string>

const usual: Partial<Record<TermName, readonly string[]>> = {
  expires: ['<7d', '<30d', '<90d', 'never'],
  ended: ['<7d', '<30d', '<1y'],
  seen: ['<24h', '<30d', '>90d', 'never'],
  issued: ['<24h', '<7d', '<30d'],
  refused: ['<24h', '<7d', 'now'],
  risk: ['>0', '>50', '>80'],
}

function valuesOf(name: TermName, names: Names): string[] {
  const kind = kindOf(name)
  if (kind.kind === 'choice') return [...kind.of]
  if (kind.kind === 'time' || kind.kind === 'number') return [...(usual[name] ?? [])]
  if (kind.kind !== 'named') return []
  return [...names[name as keyof Names].map(({ id }) => writeValue(name, id, names)), ...(kind.none ? ['none'] : [])]
}

const MOST = 8
const bare = (text: string) => text.replace(/^["“„]|["”]$/g, '').toLowerCase()

/** What fits what stands before the caret; none where nothing does. */
export function suggestionsAt(text: string, caret: number, names: Names): Suggestion[] {
  const before = text.slice(0, caret)
  const behind = text.slice(caret)
  // Somebody who mends the middle of a word knows what they want.
  if (/^[^\s,]/.test(behind)) return []
  const go = (start: number, written: string, label: string, hint: string): Suggestion => {
    const ends = written.endsWith(':') || /^\s/.test(behind) ? '' : ' '
    const now = before.slice(0, start) + written + ends
    return { text: now + behind, caret: now.length, label, hint }
  }
  const value = /(?:^|\s)-?([a-z]+):((?:[^\s,"“„]*|"[^"]*"),)*-?((?:["“„][^"”]*|[^\s,"“„]*))$/i.exec(before)
  const name = termNames.find((each) => each === value?.[1]?.toLowerCase())
  if (value && name) {
    const typed = value[3] ?? ''
    const start = caret - typed.length
    return valuesOf(name, names)
      .filter((each) => bare(each).startsWith(bare(typed)) && each !== typed)
      .slice(0, MOST)
      .map((each) => go(start, each, `${name}:${each}`, ''))
  }
  const word = /(?:^|\s)(-?)([^\s:"]*)$/.exec(before)
  if (!word) return []
  const [, sign = '', typed = ''] = word
  if (typed.length < 2) return []
  const start = caret - typed.length
  const lower = typed.toLowerCase()
  const filters = termNames
    .filter((each) => each !== 'import' && each.startsWith(lower))
    .map((each) => go(start, `${each}:`, `${sign}${each}:`, termHints[each]))
  const statuses = shownStatuses
    .filter((status) => status.startsWith(lower))
    .map((status) => go(start, `status:${status}`, `${sign}status:${status}`, ''))
  const rows = (['product', 'configuration'] as const).flatMap((each) =>
    names[each]
      .filter((row) => row.name.toLowerCase().startsWith(lower))
      .slice(0, 3)
      .map(({ id }) =>
        go(start, `${each}:${writeValue(each, id, names)}`, `${sign}${each}:${writeValue(each, id, names)}`, ''),
      ),
  )
  return [...filters, ...statuses, ...rows].slice(0, MOST)
}
