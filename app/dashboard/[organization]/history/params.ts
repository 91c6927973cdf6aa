import { createLoader, type inferParserType, parseAsString } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { DAY_MS } from '#lib/base/days.ts'
import type { HistoryFilter } from '#lib/events/queries.ts'
import { type EventGroup, eventGroups } from '#lib/events/schema.ts'

/** Who can have done something, as the filter names them. */
export const actors = {
  merchant: 'Your team',
  api_key: 'API keys',
  customer: 'Customers',
  software: 'Software',
  store: 'Stores',
  system: 'Latchkey',
} as const
export type ActorKind = keyof typeof actors

const kinds = Object.keys(actors) as ActorKind[]
const groups = Object.keys(eventGroups) as EventGroup[]

/** The address of the history. `from` and `to` are days, both included. */
export const historyParams = {
  ...listParams({ sort: ['at'], by: 'at' }),
  what: filterParam(groups),
  who: filterParam(kinds),
  batch: parseAsString.withDefault(''),
  from: parseAsString.withDefault(''),
  to: parseAsString.withDefault(''),
}

export const loadHistoryParams = createLoader(historyParams)

/** Which events the address asks for. */
export function historyFilter({ q, what, who, batch, from, to }: inferParserType<typeof historyParams>): HistoryFilter {
  const last = dayOf(to)
  return {
    q,
    groups: what,
    actorKinds: who,
    batchId: batch || undefined,
    from: dayOf(from),
    to: last && new Date(last.getTime() + DAY_MS),
  }
}

// Anything may stand in an address.
function dayOf(text: string): Date | undefined {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  return day && !Number.isNaN(day.getTime()) ? day : undefined
}
