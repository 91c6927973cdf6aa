'use client'
import type { ReactNode } from 'react'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import type { ImportSummary } from '#lib/imports/queries.ts'
import { importLook } from '#lib/imports/status.ts'
import * as paths from '#lib/web/paths.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { importParams } from './params.ts'

const columnsAt = (now: Date): Column<ImportSummary>[] => [
  {
    id: 'file',
    header: 'File',
    fixed: true,
    cell: (row) => <span className="block max-w-[320px] truncate font-medium">{row.title}</span>,
  },
  {
    id: 'status',
    header: 'Status',
    saysItself: true,
    cell: (row) => <Status {...importLook(row.status, row.counts)} />,
  },
  { id: 'keys', header: 'Keys', align: 'end', cell: (row) => numberText(row.counts.keys) },
  { id: 'devices', header: 'Devices', align: 'end', cell: (row) => numberText(row.counts.activations) },
  {
    id: 'problems',
    header: 'Problems',
    align: 'end',
    cell: (row) =>
      row.counts.problems > 0 ? (
        <span className="text-bad">{numberText(row.counts.problems)}</span>
      ) : (
        <span className="text-mute">0</span>
      ),
  },
  { id: 'by', header: 'By', phone: 'hidden', cell: (row) => <span className="text-mute">{row.actorLabel}</span> },
  {
    id: 'createdAt',
    header: 'Started',
    sort: 'desc',
    cell: (row) => (
      <span className="sm:text-mute">
        <Time value={row.createdAt} now={now} />
      </span>
    ),
  },
]

/** The list of imports. */
export function ImportTable({
  organization,
  imports,
  total,
  now,
  empty,
}: {
  organization: string
  imports: ImportSummary[]
  total: number
  now: Date
  empty: ReactNode
}) {
  return (
    <DataTable
      name="imports"
      label="Imports"
      columns={columnsAt(now)}
      rows={imports}
      total={total}
      params={importParams}
      rowId={(row) => row.id}
      rowHref={(row) => paths.oneImport({ organization, id: row.id })}
      empty={empty}
    />
  )
}

/** Its shape until the rows come. */
export const ImportSkeleton = () => <ListSkeleton title="Imports" columns={columnsAt(new Date())} />
