import { createLoader } from 'nuqs/server'
import { filterParam, listParams } from '#components/ui/data-table/list-params.ts'
import { keyConfigurationSorts } from '#lib/key-configurations/schema.ts'

/** The address of the list of key configurations. Without a status, what is archived stays out of sight. */
export const keyConfigurationParams = {
  ...listParams({ sort: keyConfigurationSorts, by: 'name', dir: 'asc' }),
  status: filterParam(['archived', 'all']),
}
export const loadKeyConfigurationParams = createLoader(keyConfigurationParams)
