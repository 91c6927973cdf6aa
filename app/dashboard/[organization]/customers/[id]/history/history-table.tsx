'use client'
import { History } from 'lucide-react'
import { eventColumns, eventFilters, eventRowHref } from '#components/event-columns.tsx'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import type { ListedEvent } from '#lib/events/schema.ts'
import { DayRange } from '../../../day-range.tsx'
import { ListSkeleton } from '../../../list-skeleton.tsx'
import { customerHistoryParams } from './params.ts'

// They are all about one customer.
const columnsFor = (organization: string, now: Date) =>
  eventColumns(organization, now).filter(({ id }) => id !== 'customer')

/** What happened to one customer. */
export function CustomerHistoryTable({
  organization,
  events,
  total,
  far,
  now,
}: {
  organization: string
  events: ListedEvent[]
  total: number
  far: FarPages
  now: Date
}) {
  return (
    <DataTable
      name="customer-history"
      label="History"
      columns={columnsFor(organization, now)}
      rows={events}
      total={total}
      far={far}
      params={customerHistoryParams}
      rowId={(event) => event.id}
      rowHref={(event) => eventRowHref(organization, event)}
      toolbar={
        <>
          <FilterChips filters={eventFilters} />
          <DayRange />
        </>
      }
      empty={
        <EmptyState title="Nothing has happened yet" icon={<History size={18} />}>
          Purchases, keys, devices, mails, changes and notes of this customer are recorded here, along with who made
          them.
        </EmptyState>
      }
    />
  )
}

/** Its shape until the rows come; no cell of it is drawn. */
export const CustomerHistorySkeleton = () => <ListSkeleton title="History" columns={columnsFor('', new Date())} />
