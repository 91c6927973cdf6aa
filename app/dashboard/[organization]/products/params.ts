import { createLoader } from 'nuqs/server'
import { listParams } from '#components/ui/data-table/list-params.ts'
import { productSorts } from '#lib/products/plain.ts'
import { archiveParam } from '../archive-filter.ts'

/** The address of the list of products. */
export const productParams = {
  ...listParams({ sort: productSorts, by: 'name', dir: 'asc' }),
  status: archiveParam,
}
export const loadProductParams = createLoader(productParams)
