import { createLoader } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { messageStates, messageTypes } from '#lib/webhook-endpoints/plain.ts'

/** The address of the list of messages. */
export const messageParams = {
  ...listParams({ sort: ['createdAt'], by: 'createdAt' }),
  state: filterParam(messageStates),
  type: filterParam(messageTypes),
}

export const loadMessageParams = createLoader(messageParams)
