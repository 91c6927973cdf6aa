import { createLoader } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { productSorts } from '#lib/products/schema.ts'

/** The address of the list of products. Without a status, what is archived stays out of sight. */
export const productParams = {
  ...listParams({ sort: productSorts, by: 'name', dir: 'asc' }),
  status: filterParam(['archived', 'all']),
}
export const loadProductParams = createLoader(productParams)
