'use client'
import type { ReactNode } from 'react'
import { numberText } from '#components/ui/number-text.ts'
import type { ProductListItem } from '#lib/products/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { CatalogueTable, catalogueColumns } from '../catalogue-table.tsx'
import { ListSkeleton } from '../list-skeleton.tsx'
import { ShortList } from '../short-list.tsx'
import { productParams } from './params.ts'

const columns = catalogueColumns<ProductListItem>([
  {
    id: 'description',
    header: 'Description',
    room: 700,
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
])

/** The list of products. */
export function ProductTable({
  rows,
  total,
  organization,
  empty,
}: {
  rows: ProductListItem[]
  total: number
  organization: string
  empty: ReactNode
}) {
  return (
    <CatalogueTable
      name="products"
      label="Products"
      columns={columns}
      rows={rows}
      total={total}
      params={productParams}
      rowHref={(row) => paths.product({ organization, id: row.id })}
      search="Name or key configuration"
      empty={empty}
    />
  )
}

/** Its shape until the rows come. */
export const ProductSkeleton = () => <ListSkeleton title="Products" columns={columns} />
