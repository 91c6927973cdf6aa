import { createLoader, type inferParserType } from 'nuqs/server'
import { listParams } from '#components/ui/data-table/list-params.ts'
import type { CustomerListParams } from '#lib/customers/queries.ts'
import { type CustomerSort, customerSorts } from '#lib/customers/schema.ts'

/** The address of the list of customers. */
export const customerParams = listParams({ sort: customerSorts, by: 'createdAt' })

export const loadCustomerParams = createLoader(customerParams)

/** Which part of the list the address asks for. */
export const customerOrder = ({
  page,
  size,
  sort,
  dir,
}: inferParserType<typeof customerParams>): CustomerListParams => ({
  page,
  size,
  sort: sort as CustomerSort, // one of customerSorts: the parser knows no other
  dir,
})
