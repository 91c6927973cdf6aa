import { createLoader } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { outcomes } from '#lib/bulk-changes/plain.ts'

/** The address of the list of bulk changes. */
export const bulkParams = listParams({ sort: ['createdAt'], by: 'createdAt' })

export const loadBulkParams = createLoader(bulkParams)

/** The address of one of them: which of its keys are shown. */
export const bulkKeyParams = {
  ...listParams({ sort: ['position'], by: 'position', dir: 'asc' }),
  outcome: filterParam(outcomes),
}

export const loadBulkKeyParams = createLoader(bulkKeyParams)
