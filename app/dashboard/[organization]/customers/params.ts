import { createLoader } from 'nuqs/server'
import { listParams } from '#components/ui/data-table/list-params.ts'
import { customerSorts } from '#lib/customers/plain.ts'

/** The address of the list of customers. */
export const customerParams = listParams({ sort: customerSorts, by: 'createdAt' })

export const loadCustomerParams = createLoader(customerParams)
