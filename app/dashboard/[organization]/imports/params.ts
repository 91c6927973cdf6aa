import { createLoader } from 'nuqs/server'
import { listParams } from '#components/ui/data-table/list-params.ts'

/** The address of the list of imports. */
export const importParams = listParams({ sort: ['createdAt'], by: 'createdAt' })

export const loadImportParams = createLoader(importParams)
