'use client'
import { MailOpen } from 'lucide-react'
import { MailAgain } from '#components/mail-again.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { type Filter, FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { mailLook, mailName, mailStateLook, mailStates, type SentMail, templateNames } from '#lib/mail/plain.ts'
import type { FormAction } from '#lib/web/action.ts'
import { sentParams, sentTemplates } from './params.ts'

const filters: Filter[] = [
  {
    key: 'state',
    label: 'State',
    options: mailStates.map((state) => ({ value: state, label: mailStateLook[state].label })),
  },
  {
    key: 'template',
    label: 'Message',
    options: sentTemplates.map((name) => ({ value: name, label: templateNames[name] })),
  },
]

const columnsAt = (now: Date, again: (mail: SentMail) => React.ReactNode): Column<SentMail>[] => [
  {
    id: 'template',
    header: 'Message',
    fixed: true,
    cell: (mail) => <span className="font-medium">{mailName(mail)}</span>,
  },
  {
    id: 'to',
    header: 'To',
    phone: 'subtitle',
    cell: (mail) => (
      <span className="block max-w-[clamp(110px,18vw,280px)] truncate max-sm:max-w-none" title={mail.to}>
        {mail.to}
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    saysItself: true,
    cell: (mail) => (
      <span className="grid gap-0.5 max-sm:inline sm:py-1.5">
        <Status {...mailLook(mail)} />
        {mail.lastError && (
          <span className="block max-w-[clamp(150px,24vw,420px)] whitespace-normal break-words text-mute text-sm max-sm:max-w-none sm:@max-[700px]/list:max-w-[110px]">
            {mail.lastError}
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'createdAt',
    header: 'When',
    room: 700,
    sort: 'desc',
    cell: (mail) => (
      <span className="sm:text-mute">
        <Time value={mail.sentAt ?? mail.createdAt} now={now} />
      </span>
    ),
  },
  { id: 'again', header: 'Again', saysItself: true, align: 'end', cell: (mail) => again(mail) },
]

/** Mails, newest first. */
export function SentTable({
  organization,
  mails,
  total,
  far,
  now,
  again,
}: {
  organization: string
  mails: SentMail[]
  total: number
  far: FarPages
  now: Date
  /** null: this member may not. */
  again: FormAction | null
}) {
  return (
    <DataTable
      name="mails"
      label="Sent mail"
      columns={columnsAt(now, (mail) => again && <MailAgain mail={mail} organization={organization} action={again} />)}
      rows={mails}
      total={total}
      far={far}
      params={sentParams}
      rowId={(mail) => mail.id}
      toolbar={
        <>
          <SearchInput placeholder="Address" />
          <FilterChips filters={filters} />
        </>
      }
      empty={
        <EmptyState title="No mail yet" icon={<MailOpen size={18} />}>
          Every message to your customers is listed here, with what became of it.
        </EmptyState>
      }
    />
  )
}
