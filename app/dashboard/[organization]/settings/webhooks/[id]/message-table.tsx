'use client'
import { Send } from 'lucide-react'
import type { ReactNode } from 'react'
import { MaskedKey } from '#components/masked-key.tsx'
import { Badge } from '#components/ui/badge.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { type Filter, FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import * as paths from '#lib/web/paths.ts'
import { messageLook, messageStates } from '#lib/webhook-endpoints/plain.ts'
import type { MessageItem } from '#lib/webhook-endpoints/queries.ts'
import { typesOfFormat, type WebhookFormat } from '#lib/webhooks/formats.ts'
import { PING } from '#lib/webhooks/plain.ts'
import { MessageState } from './message-state.tsx'
import { messageParams } from './params.ts'

const columnsAt = (now: Date): Column<MessageItem>[] => [
  {
    id: 'type',
    header: 'Event',
    fixed: true,
    cell: (row) => (
      <span className="flex min-w-0 items-center gap-2">
        <span className="truncate font-mono text-sm">{row.type}</span>
        {row.eventId === null && <Badge>Test</Badge>}
      </span>
    ),
  },
  {
    id: 'about',
    header: 'About',
    room: 700,
    phone: 'meta',
    cell: ({ about: { key, customer } }) =>
      (key || customer) && (
        <span className="grid min-w-0 max-w-[260px] max-sm:inline-grid max-sm:max-w-full max-sm:align-top sm:py-1">
          {key && <MaskedKey masked={key} />}
          {customer && (
            <span className="truncate text-mute text-sm" title={customer}>
              {customer}
            </span>
          )}
        </span>
      ),
  },
  {
    id: 'state',
    header: 'State',
    saysItself: true,
    cell: (row) => (
      <span className="inline-flex flex-wrap items-baseline gap-x-1.5">
        <MessageState message={row} />
        {isWaiting(row) && (
          <span className="text-mute sm:hidden">
            next <Next message={row} now={now} />
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'answer',
    header: 'Last answer',
    phone: 'subtitle',
    cell: (row) => (
      <span
        className="block max-w-[clamp(200px,26vw,480px)] truncate text-mute max-sm:max-w-none max-sm:whitespace-normal"
        title={answerOf(row)}
      >
        {answerOf(row)}
      </span>
    ),
  },
  {
    id: 'attempts',
    header: 'Attempts',
    room: 900,
    align: 'end',
    phone: 'hidden',
    cell: (row) => <span className="tabular-nums">{numberText(row.tries)}</span>,
  },
  {
    id: 'next',
    header: 'Next attempt',
    room: 700,
    phone: 'hidden',
    cell: (row) => (isWaiting(row) ? <Next message={row} now={now} /> : null),
  },
  {
    id: 'createdAt',
    header: 'Happened',
    sort: 'desc',
    cell: (row) => (
      <span className="sm:text-mute">
        <Time value={row.createdAt} now={now} />
      </span>
    ),
  },
]

const isWaiting = ({ state, isOnItsWay }: MessageItem) => state === 'waiting' && !isOnItsWay

function Next({ message: { dueAt }, now }: { message: MessageItem; now: Date }) {
  return <Time value={dueAt < now ? now : dueAt} now={now} />
}

function answerOf({ tries, lastStatus, lastError }: MessageItem): string {
  if (lastStatus !== null) return lastError ? `${lastStatus}: ${lastError}` : String(lastStatus)
  return lastError ?? (tries === 0 ? 'Not tried yet' : 'None')
}

const filtersOf = (format: WebhookFormat): Filter[] => [
  {
    key: 'state',
    label: 'State',
    options: messageStates.map((state) => ({ value: state, label: messageLook[state].label })),
  },
  {
    key: 'type',
    label: 'Event',
    options: [...typesOfFormat(format), PING].map((type) => ({ value: type, label: type })),
  },
]

/** The list of what was sent to an endpoint and what waits, newest first. */
export function MessageTable({
  organization,
  endpointId,
  format,
  messages,
  total,
  far,
  now,
  again,
  test,
}: {
  organization: string
  endpointId: string
  format: WebhookFormat
  messages: MessageItem[]
  total: number
  far: FarPages
  now: Date
  /** What can be done about those that failed. */
  again: ReactNode
  /** How to send a first one. */
  test: ReactNode
}) {
  return (
    <DataTable
      name="webhook-messages"
      label="Messages"
      columns={columnsAt(now)}
      rows={messages}
      total={total}
      far={far}
      params={messageParams}
      rowId={(row) => row.id}
      rowHref={(row) => paths.webhookMessage({ organization, id: endpointId, message: row.id })}
      toolbar={
        <>
          <SearchInput placeholder="Event, or an id" label="Event, or the id of a message, an event or a key" />
          <FilterChips filters={filtersOf(format)} />
          {again}
        </>
      }
      empty={
        <EmptyState title="Nothing has been sent yet" icon={<Send size={18} />} actions={test}>
          What happens from now on is listed here, with each attempt and what was answered.
        </EmptyState>
      }
    />
  )
}
