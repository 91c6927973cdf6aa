import { createLoader } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { type ActorKind, actors, type EventGroup, eventGroups } from '#lib/events/plain.ts'
import { dayParams } from '../../../day-params.ts'

/** The address of what happened to a customer. */
export const customerHistoryParams = {
  ...listParams({ sort: ['at'], by: 'at' }),
  ...dayParams,
  what: filterParam(Object.keys(eventGroups) as EventGroup[]),
  who: filterParam(Object.keys(actors) as ActorKind[]),
}

export const loadCustomerHistoryParams = createLoader(customerHistoryParams)
