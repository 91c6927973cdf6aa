'use client'
import type { Route } from 'next'
import type { ReactNode } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import { FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { DateText } from '#components/ui/time.tsx'
import type { ProductListItem } from '#lib/products/queries.ts'
import { ShortList } from '../short-list.tsx'
import { productParams } from './params.ts'

const columns: Column<ProductListItem>[] = [
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
  {
    id: 'description',
    header: 'Description',
    phone: 'subtitle',
    cell: (row) => <span className="block max-w-[36ch] truncate text-mute">{row.description}</span>,
  },
  {
    id: 'grants',
    header: 'Grants',
    cell: (row) => (
      <ShortList names={row.keyConfigurations.map((configuration) => configuration.name)} none="Nothing yet" />
    ),
  },
  { id: 'purchases', header: 'Purchases', align: 'end', cell: (row) => numberText(row.purchases) },
  { id: 'keys', header: 'Keys', sort: 'desc', align: 'end', cell: (row) => numberText(row.keys) },
  {
    id: 'createdAt',
    header: 'Created',
    sort: 'desc',
    hidden: true,
    phone: 'hidden',
    cell: (row) => <DateText value={row.createdAt} />,
  },
]

/** The list of products. */
export function ProductTable({
  rows,
  total,
  base,
  empty,
}: {
  rows: ProductListItem[]
  total: number
  base: string
  empty: ReactNode
}) {
  return (
    <DataTable
      name="products"
      label="Products"
      columns={columns}
      rows={rows}
      total={total}
      params={productParams}
      rowId={(row) => row.id}
      rowHref={(row) => `${base}/${row.id}` as Route}
      toolbar={
        <>
          <SearchInput placeholder="Name or key configuration" />
          <FilterChips
            filters={[
              {
                key: 'status',
                label: 'Status',
                single: true,
                options: [
                  { value: 'archived', label: 'Archived' },
                  { value: 'all', label: 'In use and archived' },
                ],
              },
            ]}
          />
        </>
      }
      empty={empty}
    />
  )
}
