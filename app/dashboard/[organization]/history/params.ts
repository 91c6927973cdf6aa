import { createLoader, parseAsString } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { type EventGroup, eventGroups } from '#lib/events/plain.ts'
import { dayParams } from '../day-params.ts'

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

/** The address of the history. */
export const historyParams = {
  ...listParams({ sort: ['at'], by: 'at' }),
  ...dayParams,
  what: filterParam(groups),
  who: filterParam(kinds),
  batch: parseAsString.withDefault(''),
}

export const loadHistoryParams = createLoader(historyParams)
