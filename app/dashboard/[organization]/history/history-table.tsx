'use client'
import { History } from 'lucide-react'
import { eventColumns, eventFilters, eventRowHref } from '#components/event-columns.tsx'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import type { ListedEvent } from '#lib/events/schema.ts'
import { DayRange } from '../day-range.tsx'
import { ListSkeleton } from '../list-skeleton.tsx'
import { historyParams } from './params.ts'

/** Everything that happened. */
export function HistoryTable({
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
      name="history"
      label="History"
      columns={eventColumns(organization, now)}
      rows={events}
      total={total}
      far={far}
      params={historyParams}
      rowId={(event) => event.id}
      rowHref={(event) => eventRowHref(organization, event)}
      toolbar={
        <>
          <SearchInput placeholder="Key, customer or who" />
          <FilterChips filters={eventFilters} />
          <DayRange />
        </>
      }
      empty={
        <EmptyState title="Nothing has happened yet" icon={<History size={18} />}>
          Every change, mail, and activation is recorded here, along with who made it.
        </EmptyState>
      }
    />
  )
}

/** Its shape until the rows come; no cell of it is drawn. */
export const HistorySkeleton = () => <ListSkeleton title="History" columns={eventColumns('', new Date())} />
