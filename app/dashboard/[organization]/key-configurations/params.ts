import { createLoader } from 'nuqs/server'
import { listParams } from '#components/ui/data-table/list-params.ts'
import { keyConfigurationSorts } from '#lib/key-configurations/plain.ts'
import { archiveParam } from '../archive-filter.ts'

/** The address of the list of key configurations. */
export const keyConfigurationParams = {
  ...listParams({ sort: keyConfigurationSorts, by: 'name', dir: 'asc' }),
  status: archiveParam,
}
export const loadKeyConfigurationParams = createLoader(keyConfigurationParams)
