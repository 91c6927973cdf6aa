'use client'
import { History } from 'lucide-react'
import Link from 'next/link'
import { eventHref } from '#components/event-href.ts'
import { EventTitle } from '#components/event-title.tsx'
import { MaskedKey } from '#components/masked-key.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { type Filter, FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import { eventGroups } from '#lib/events/plain.ts'
import type { ListedEvent } from '#lib/events/queries.ts'
import { batchTitle, describeEvent } from '#lib/events/rules.ts'
import * as paths from '#lib/web/paths.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { DayRange } from './day-range.tsx'
import { actors, historyParams } from './params.ts'

const options = (labels: Record<string, string>) => Object.entries(labels).map(([value, label]) => ({ value, label }))

const filters: Filter[] = [
  { key: 'what', label: 'What', options: options(eventGroups) },
  { key: 'who', label: 'Who', options: options(actors) },
]

const columnsFor = (organization: string, now: Date): Column<ListedEvent>[] => [
  { id: 'what', header: 'What', fixed: true, cell: (event) => <EventTitle {...inWords(event)} /> },
  {
    id: 'key',
    header: 'Key',
    room: 700,
    phone: 'subtitle',
    cell: (event) =>
      event.keys > 1 ? (
        <span className="text-mute">{numberText(event.keys)} keys</span>
      ) : event.licenseKey ? (
        <MaskedKey masked={event.licenseKey.masked} />
      ) : (
        <span className="text-mute">–</span>
      ),
  },
  {
    id: 'customer',
    header: 'Customer',
    room: 900,
    phone: 'hidden',
    cell: (event) =>
      event.customer && event.keys === 1 ? (
        <Link
          href={paths.customer({ organization, id: event.customer.id })}
          className="block max-w-[clamp(112px,12vw,200px)] truncate rounded-xs text-mute hover:text-ink hover:underline"
        >
          {event.customer.name ?? event.customer.email}
        </Link>
      ) : (
        <span className="text-mute">–</span>
      ),
  },
  {
    id: 'who',
    header: 'Who',
    cell: (event) => (
      <span className="max-w-[clamp(96px,13vw,200px)] truncate sm:block sm:text-mute">{event.actorLabel}</span>
    ),
  },
  {
    id: 'at',
    header: 'When',
    sort: 'desc',
    cell: (event) => (
      <span className="sm:text-mute">
        <Time value={event.at} now={now} />
      </span>
    ),
  },
]

// What was done to many keys at once is one line.
function inWords(event: ListedEvent) {
  const words = describeEvent(event)
  return event.keys > 1 ? { ...words, title: batchTitle(event.type, event.keys) } : words
}

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
      columns={columnsFor(organization, now)}
      rows={events}
      total={total}
      far={far}
      params={historyParams}
      rowId={(event) => event.id}
      rowHref={(event) =>
        event.keys > 1 && event.batchId
          ? paths.history({ organization }, { batch: event.batchId })
          : eventHref(organization, event)
      }
      toolbar={
        <>
          <SearchInput placeholder="Key, customer or who" />
          <FilterChips filters={filters} />
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
export const HistorySkeleton = () => <ListSkeleton title="History" columns={columnsFor('', new Date())} />
