import { createLoader } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { deliveryStates } from '#lib/stores/plain.ts'

/** The address of the list of deliveries. */
export const deliveryParams = {
  ...listParams({ sort: ['receivedAt'], by: 'receivedAt' }),
  state: filterParam(deliveryStates),
}

export const loadDeliveryParams = createLoader(deliveryParams)
