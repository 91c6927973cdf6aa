'use client'
import Link from 'next/link'
import type { Column } from '#components/ui/data-table/column.ts'
import type { Filter } from '#components/ui/data-table/filter-chips.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import { actors, eventGroups } from '#lib/events/plain.ts'
import { batchTitle, describeEvent } from '#lib/events/rules.ts'
import type { ListedEvent } from '#lib/events/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { eventHref } from './event-href.ts'
import { EventTitle } from './event-title.tsx'
import { MaskedKey } from './masked-key.tsx'

const options = (labels: Record<string, string>) => Object.entries(labels).map(([value, label]) => ({ value, label }))

/** What a list of events is narrowed by. */
export const eventFilters: Filter[] = [
  { key: 'what', label: 'What', options: options(eventGroups) },
  { key: 'who', label: 'Who', options: options(actors) },
]

/** What happened, to which key of whom, by whom and when. */
export const eventColumns = (organization: string, now: Date): Column<ListedEvent>[] => [
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

/** Where a row leads: to all that was done with it, or to what it is about. */
export const eventRowHref = (organization: string, event: ListedEvent) =>
  event.keys > 1 && event.batchId
    ? paths.history({ organization }, { batch: event.batchId })
    : eventHref(organization, event)
