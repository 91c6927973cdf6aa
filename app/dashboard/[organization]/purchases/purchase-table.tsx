'use client'
import { Receipt } from 'lucide-react'
import type { ReactNode } from 'react'
import { AmountsText } from '#components/amounts.tsx'
import { PurchaseState } from '#components/purchase-state.tsx'
import { Badge } from '#components/ui/badge.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { type Filter, FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import type { PurchaseListItem } from '#lib/purchases/list.ts'
import { purchaseLook } from '#lib/purchases/look.ts'
import { shownPurchaseStates } from '#lib/purchases/plain.ts'
import * as paths from '#lib/web/paths.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { purchaseParams } from './params.ts'

type Labels = Record<string, string>
type Choice = { id: string; name: string; archivedAt: Date | null }

const columnsAt = (now: Date, labels: Labels): Column<PurchaseListItem>[] => [
  {
    id: 'reference',
    header: 'Order',
    sort: true,
    fixed: true,
    cell: (row) => (
      <span className="inline-flex max-w-[220px] items-center gap-2">
        <span className="truncate">{row.reference}</span>
        {row.isTest && <Badge>Test</Badge>}
      </span>
    ),
  },
  { id: 'state', header: 'State', saysItself: true, cell: (row) => <PurchaseState purchase={row} /> },
  {
    id: 'customer',
    header: 'Customer',
    phone: 'subtitle',
    copy: { label: 'Copy the address', text: (row) => row.customer.email },
    cell: (row) => <span className="block max-w-[200px] truncate">{row.customer.name ?? row.customer.email}</span>,
  },
  {
    id: 'product',
    header: 'Product',
    room: 700,
    cell: (row) => (
      <span className="block max-w-[180px] truncate max-sm:inline max-sm:whitespace-normal sm:text-mute">
        {row.product.name}
        {row.quantity > 1 && ` × ${numberText(row.quantity)}`}
      </span>
    ),
  },
  {
    id: 'store',
    header: 'Store',
    room: 900,
    cell: (row) => <span className="sm:text-mute">{labels[row.origin] ?? row.origin}</span>,
  },
  {
    id: 'paid',
    header: 'Paid',
    room: 1_000,
    align: 'end',
    cell: ({ amounts }) => amounts.length > 0 && <AmountsText amounts={amounts} inLine />,
  },
  { id: 'keys', header: 'Keys', room: 700, align: 'end', cell: (row) => numberText(row.keys) },
  {
    id: 'purchasedAt',
    header: 'Purchased',
    sort: 'desc',
    cell: (row) => (
      <span className="sm:text-mute">
        <Time value={row.purchasedAt} now={now} />
      </span>
    ),
  },
]

const filtersOf = (products: Choice[], origins: string[], labels: Labels): Filter[] => [
  {
    key: 'state',
    label: 'State',
    options: shownPurchaseStates.map((state) => ({ value: state, label: purchaseLook[state].label })),
  },
  { key: 'store', label: 'Store', options: origins.map((value) => ({ value, label: labels[value] ?? value })) },
  {
    key: 'product',
    label: 'Product',
    options: products.map(({ id, name, archivedAt }) => ({
      ...{ value: id, label: name },
      ...(archivedAt && { hint: 'archived' }),
    })),
  },
]

/** The list of purchases with its search and filters. */
export function PurchaseTable({
  organization,
  purchases,
  total,
  far,
  products,
  origins,
  labels,
  now,
  connect,
}: {
  organization: string
  purchases: PurchaseListItem[]
  total: number
  far: FarPages
  products: Choice[]
  origins: string[]
  /** What stores, and other ways that purchases come here, are called. */
  labels: Labels
  now: Date
  connect: ReactNode
}) {
  return (
    <DataTable
      name="purchases"
      label="Purchases"
      columns={columnsAt(now, labels)}
      rows={purchases}
      total={total}
      far={far}
      params={purchaseParams}
      rowId={(row) => row.id}
      rowHref={(row) => paths.sale({ organization, id: row.id })}
      toolbar={
        <>
          <SearchInput placeholder="Order number, customer or product" />
          <FilterChips filters={filtersOf(products, origins, labels)} />
        </>
      }
      empty={
        <EmptyState title="No purchases yet" icon={<Receipt size={18} />} actions={connect}>
          They come by themselves from the stores you connect, and with keys that are issued for a product.
        </EmptyState>
      }
    />
  )
}

/** Its shape until the rows come. */
export const PurchaseSkeleton = () => <ListSkeleton title="Purchases" columns={columnsAt(new Date(), {})} />
