'use client'
import { History } from 'lucide-react'
import type { Route } from 'next'
import Link from 'next/link'
import { eventHref } from '#components/event-href.ts'
import { MaskedKey } from '#components/masked-key.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import { type Filter, FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import { toneText } from '#components/ui/tones.ts'
import type { ListedEvent } from '#lib/events/queries.ts'
import { batchTitle, describeEvent } from '#lib/events/rules.ts'
import { eventGroups } from '#lib/events/schema.ts'
import { DayRange } from './day-range.tsx'
import { actors, historyParams } from './params.ts'

const options = (labels: Record<string, string>) => Object.entries(labels).map(([value, label]) => ({ value, label }))

const filters: Filter[] = [
  { key: 'what', label: 'What', options: options(eventGroups) },
  { key: 'who', label: 'Who', options: options(actors) },
]

const columnsFor = (organization: string, now: Date): Column<ListedEvent>[] => [
  { id: 'what', header: 'What', fixed: true, cell: (event) => <What event={event} /> },
  {
    id: 'key',
    header: 'Key',
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
    phone: 'hidden',
    cell: (event) =>
      event.customer && event.keys === 1 ? (
        <Link
          href={`/dashboard/${organization}/customers/${event.customer.id}` as Route}
          className="block max-w-[200px] truncate rounded-xs text-mute hover:text-ink hover:underline"
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
    cell: (event) => <span className="max-w-[200px] truncate sm:block sm:text-mute">{event.actorLabel}</span>,
  },
  {
    id: 'at',
    header: 'When',
    cell: (event) => (
      <span className="sm:text-mute">
        <Time value={event.at} now={now} />
      </span>
    ),
  },
]

function What({ event }: { event: ListedEvent }) {
  const { title, detail, tone } = describeEvent(event)
  return (
    <span className="flex max-w-[560px] items-center gap-2.5 max-sm:items-baseline max-sm:whitespace-normal">
      <span
        aria-hidden="true"
        className={`size-[7px] shrink-0 rounded-full bg-current ${tone ? toneText[tone] : 'text-faint'}`}
      />
      <span className="min-w-0 truncate max-sm:whitespace-normal" title={detail || undefined}>
        {event.keys > 1 ? batchTitle(event.type, event.keys) : title}{' '}
        {detail && <span className="font-normal text-mute">{detail}</span>}
      </span>
    </span>
  )
}

/** Everything that happened, newest first. */
export function HistoryTable({
  organization,
  events,
  total,
  now,
}: {
  organization: string
  events: ListedEvent[]
  total: number
  now: Date
}) {
  return (
    <DataTable
      name="history"
      label="History"
      columns={columnsFor(organization, now)}
      rows={events}
      total={total}
      params={historyParams}
      rowId={(event) => event.id}
      rowHref={(event) =>
        event.keys > 1 && event.batchId
          ? (`/dashboard/${organization}/history?batch=${event.batchId}` as Route)
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
