'use client'
import type { ReactNode } from 'react'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { bulkStatusLook } from '#lib/bulk-changes/plain.ts'
import type { BulkChangeSummary } from '#lib/bulk-changes/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { bulkParams } from './params.ts'

const columnsAt = (now: Date): Column<BulkChangeSummary>[] => [
  {
    id: 'what',
    header: 'What',
    fixed: true,
    cell: (row) => (
      <span className="flex min-w-0 max-w-[520px] items-baseline gap-2">
        <span className="shrink-0 font-medium">{row.title}</span>
        <span className="truncate text-mute max-sm:hidden">{row.words || (row.reason && `“${row.reason}”`)}</span>
      </span>
    ),
  },
  { id: 'status', header: 'Status', saysItself: true, cell: (row) => <Status {...bulkStatusLook[row.status]} /> },
  {
    id: 'keys',
    header: 'Selected',
    align: 'end',
    phone: 'hidden',
    cell: (row) => numberText(row.total),
  },
  {
    id: 'refused',
    header: 'Refused',
    align: 'end',
    phone: 'hidden',
    cell: (row) => (
      <span className={row.counts.refused > 0 ? 'text-bad' : 'text-mute'}>{numberText(row.counts.refused)}</span>
    ),
  },
  { id: 'by', header: 'Who', cell: (row) => <span className="sm:text-mute">{row.actorLabel}</span> },
  {
    id: 'createdAt',
    header: 'When',
    cell: (row) => (
      <span className="sm:text-mute">
        <Time value={row.createdAt} now={now} />
      </span>
    ),
  },
]

/** The list of bulk changes. */
export function BulkChangeTable({
  organization,
  changes,
  total,
  now,
  empty,
}: {
  organization: string
  changes: BulkChangeSummary[]
  total: number
  now: Date
  empty: ReactNode
}) {
  return (
    <DataTable
      name="bulk-changes"
      label="Bulk changes"
      columns={columnsAt(now)}
      rows={changes}
      total={total}
      params={bulkParams}
      rowId={(row) => row.id}
      rowHref={(row) => paths.bulkChange({ organization, id: row.id })}
      empty={empty}
    />
  )
}

/** Its shape until the rows come. */
export const BulkChangeSkeleton = () => <ListSkeleton title="Bulk changes" columns={columnsAt(new Date())} />
