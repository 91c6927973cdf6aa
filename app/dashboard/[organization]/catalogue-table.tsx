'use client'
import { Badge } from '#components/ui/badge.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable, type DataTableProps } from '#components/ui/data-table/data-table.tsx'
import { FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { archiveFilter } from './archive-filter.ts'

type CatalogueRow = { id: string; name: string; archivedAt: Date | null; createdAt: Date }

/** What every list of the catalog begins and ends with, around columns of its own. */
export const catalogueColumns = <Row extends CatalogueRow>(own: Column<Row>[]): Column<Row>[] => [
  {
    id: 'name',
    header: 'Name',
    sort: true,
    fixed: true,
    cell: (row) => (
      <span className="inline-flex items-center gap-2">
        <span className="font-medium">{row.name}</span>
        {row.archivedAt && <Badge tone="off">Archived</Badge>}
      </span>
    ),
  },
  ...own,
  {
    id: 'createdAt',
    header: 'Created',
    sort: 'desc',
    hidden: true,
    phone: 'hidden',
    cell: (row) => <DateText value={row.createdAt} />,
  },
]

/** A list of the catalog, with its search and what is archived. */
export function CatalogueTable<Row extends CatalogueRow>({
  search,
  ...table
}: Omit<DataTableProps<Row>, 'rowId' | 'toolbar'> & {
  /** What can be searched for. */
  search: string
}) {
  return (
    <DataTable
      {...table}
      rowId={(row) => row.id}
      toolbar={
        <>
          <SearchInput placeholder={search} />
          <FilterChips filters={[archiveFilter]} />
        </>
      }
    />
  )
}
