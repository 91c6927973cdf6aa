'use client'
import { ShieldCheck } from 'lucide-react'
import { EventTitle } from '#components/event-title.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { type Filter, FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Time } from '#components/ui/time.tsx'
import { securityGroups } from '#lib/events/plain.ts'
import type { SecurityEvent } from '#lib/events/queries.ts'
import { describeEvent } from '#lib/events/rules.ts'
import { securityParams } from './params.ts'

const filters: Filter[] = [
  {
    key: 'what',
    label: 'What',
    options: Object.entries(securityGroups).map(([value, { label }]) => ({ value, label })),
  },
]

const columnsFor = (now: Date): Column<SecurityEvent>[] => [
  { id: 'what', header: 'What', fixed: true, cell: (event) => <EventTitle {...describeEvent(event)} /> },
  {
    id: 'who',
    header: 'Who',
    phone: 'subtitle',
    cell: (event) => <span className="max-w-[200px] truncate sm:block">{event.actorLabel}</span>,
  },
  {
    id: 'address',
    header: 'Network address',
    cell: (event) => <span className="font-mono text-sm sm:text-mute">{event.address ?? '–'}</span>,
  },
  {
    id: 'device',
    header: 'Device',
    room: 700,
    cell: (event) => <span className="max-w-[200px] truncate sm:block sm:text-mute">{event.device ?? '–'}</span>,
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

/** The security log, newest first. */
export function SecurityTable({
  events,
  total,
  far,
  now,
}: {
  events: SecurityEvent[]
  total: number
  far: FarPages
  now: Date
}) {
  return (
    <DataTable
      name="security"
      label="Security log"
      columns={columnsFor(now)}
      rows={events}
      total={total}
      far={far}
      params={securityParams}
      rowId={(event) => event.id}
      toolbar={
        <>
          <SearchInput placeholder="Name, e-mail or network address" />
          <FilterChips filters={filters} />
        </>
      }
      empty={
        <EmptyState title="Nothing has happened yet" icon={<ShieldCheck size={18} />}>
          Sign-ins and changes to members, API keys, and settings are recorded here.
        </EmptyState>
      }
    />
  )
}
