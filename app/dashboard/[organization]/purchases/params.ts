import { createLoader, type inferParserType } from 'nuqs/server'
import { filterParam, idFilterParam, listParams } from '#components/ui/data-table/list-params.ts'
import type { PurchaseFilter, PurchaseListParams } from '#lib/purchases/list.ts'
import { type PurchaseSort, purchaseSorts, shownPurchaseStates } from '#lib/purchases/plain.ts'

/** The address of the list of purchases. */
export const purchaseParams = {
  ...listParams({ sort: purchaseSorts, by: 'purchasedAt' }),
  state: filterParam(shownPurchaseStates),
  store: idFilterParam,
  product: idFilterParam,
}

export const loadPurchaseParams = createLoader(purchaseParams)

type Params = inferParserType<typeof purchaseParams>

/** Which part of the list the address asks for. */
export const purchaseOrder = ({ page, size, mark, sort, dir }: Params): PurchaseListParams => ({
  ...{ page, size, mark },
  sort: sort as PurchaseSort, // one of purchaseSorts: the parser knows no other
  dir,
})

/** Which purchases the address asks for. */
export const purchaseFilter = ({ q, state, store, product }: Params): PurchaseFilter => ({
  q,
  states: state,
  origins: store,
  productIds: product,
})
