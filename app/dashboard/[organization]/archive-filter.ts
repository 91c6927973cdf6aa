import type { Filter } from '#components/ui/data-table/filter-chips.tsx'
import { filterParam } from '#components/ui/data-table/list-params.ts'

/** In the address of a list of the catalog; without it, what is archived stays out of sight. */
export const archiveParam = filterParam(['archived', 'all'])

export const archiveFilter: Filter = {
  key: 'status',
  label: 'Status',
  single: true,
  options: [
    { value: 'archived', label: 'Archived' },
    { value: 'all', label: 'In use and archived' },
  ],
}
