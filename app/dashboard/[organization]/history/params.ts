import { createLoader, parseAsString } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { type ActorKind, actors, type EventGroup, eventGroups } from '#lib/events/plain.ts'
import { dayParams } from '../day-params.ts'

const kinds = Object.keys(actors) as ActorKind[]
const groups = Object.keys(eventGroups) as EventGroup[]

/** The address of a history. */
export const historyParams = {
  ...listParams({ sort: ['at'], by: 'at' }),
  ...dayParams,
  what: filterParam(groups),
  who: filterParam(kinds),
  batch: parseAsString.withDefault(''),
}

export const loadHistoryParams = createLoader(historyParams)
