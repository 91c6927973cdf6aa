'use client'
import { Inbox } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { type Filter, FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { deliveryLook, deliveryStates, eventName } from '#lib/stores/plain.ts'
import type { DeliveryItem } from '#lib/stores/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { deliveryParams } from './params.ts'

const columnsAt = (now: Date): Column<DeliveryItem>[] => [
  {
    id: 'type',
    header: 'Event',
    fixed: true,
    cell: (row) => <span className="block max-w-[300px] truncate font-mono text-sm">{eventName(row.type)}</span>,
  },
  { id: 'state', header: 'State', saysItself: true, cell: (row) => <Status {...deliveryLook[row.state]} /> },
  {
    id: 'outcome',
    header: 'What came of it',
    phone: 'subtitle',
    cell: (row) => (
      <span
        className="block max-w-[clamp(180px,34vw,640px)] sm:@max-[700px]/list:max-w-[180px] truncate text-mute max-sm:max-w-none max-sm:whitespace-normal"
        title={row.outcome.join(' ') || undefined}
      >
        {row.outcome.join(' ') || 'Not handled yet.'}
      </span>
    ),
  },
  {
    id: 'receivedAt',
    header: 'Received',
    sort: 'desc',
    cell: (row) => (
      <span className="sm:text-mute">
        <Time value={row.receivedAt} now={now} />
      </span>
    ),
  },
]

const filters: Filter[] = [
  {
    key: 'state',
    label: 'State',
    options: deliveryStates.map((state) => ({ value: state, label: deliveryLook[state].label })),
  },
]

/** The list of what a store sent, newest first. */
export function DeliveryTable({
  organization,
  connectionId,
  store,
  deliveries,
  total,
  far,
  now,
  again,
}: {
  organization: string
  connectionId: string
  store: string
  deliveries: DeliveryItem[]
  total: number
  far: FarPages
  now: Date
  /** What can be done about those that failed. */
  again: ReactNode
}) {
  return (
    <DataTable
      name="deliveries"
      label="Deliveries"
      columns={columnsAt(now)}
      rows={deliveries}
      total={total}
      far={far}
      params={deliveryParams}
      rowId={(row) => row.id}
      rowHref={(row) => paths.delivery({ organization, id: connectionId, delivery: row.id })}
      toolbar={
        <>
          <SearchInput placeholder="Event, or the store’s id of it" />
          <FilterChips filters={filters} />
          {again}
        </>
      }
      empty={
        <EmptyState title="Nothing has arrived yet" icon={<Inbox size={18} />}>
          What {store} sends is listed here with what came of it. Requests that are refused are only counted.
        </EmptyState>
      }
    />
  )
}
