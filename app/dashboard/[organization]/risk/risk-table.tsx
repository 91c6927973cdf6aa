'use client'
import { ShieldCheck } from 'lucide-react'
import { KeyStatus } from '#components/key-status.tsx'
import { Score } from '#components/risk-score.tsx'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import type { RiskListItem } from '#lib/misuse/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { riskParams } from './params.ts'

const columnsAt = (now: Date): Column<RiskListItem>[] => [
  {
    id: 'masked',
    header: 'Key',
    fixed: true,
    cell: ({ masked }) => <span className="font-mono text-sm">{masked}</span>,
  },
  { id: 'score', header: 'Score', sort: 'desc', cell: ({ score, level }) => <Score score={score} level={level} /> },
  {
    id: 'status',
    header: 'Status',
    saysItself: true,
    room: 900,
    cell: ({ status, expiresAt }) => <KeyStatus status={status} expiresAt={expiresAt} now={now} />,
  },
  {
    id: 'evidence',
    header: 'Evidence',
    cell: ({ evidence: [first, ...more] }) => (
      <span className="block max-w-[clamp(160px,22vw,300px)] truncate" title={[first, ...more].join(', ')}>
        {first ?? ''}
        {more.length > 0 && <span className="text-mute">, and {more.length} more</span>}
      </span>
    ),
  },
  {
    id: 'customer',
    header: 'Customer',
    room: 700,
    phone: 'subtitle',
    cell: ({ customer }) => <span className="block max-w-[220px] truncate text-mute">{customer.email}</span>,
  },
  {
    id: 'configuration',
    header: 'Configuration',
    hidden: true,
    phone: 'hidden',
    cell: ({ configuration }) => <span className="block max-w-[180px] truncate text-mute">{configuration}</span>,
  },
  { id: 'devices', header: 'Active devices', room: 1000, align: 'end', cell: ({ devices }) => numberText(devices) },
  {
    id: 'since',
    header: 'Score since',
    room: 1100,
    sort: 'desc',
    phone: 'hidden',
    cell: ({ since }) => <span className="text-mute">{since && <Time value={since} now={now} />}</span>,
  },
]

/** Keys with their score, and by what. */
export function RiskTable({
  organization,
  risks,
  total,
  now,
}: {
  organization: string
  risks: RiskListItem[]
  total: number
  now: Date
}) {
  return (
    <DataTable
      name="risk"
      label="Keys by risk"
      columns={columnsAt(now)}
      rows={risks}
      total={total}
      params={riskParams}
      rowId={({ id }) => id}
      rowHref={({ id }) => paths.risk({ organization, id })}
      peeks
      toolbar={<SearchInput placeholder="Customer or end of a key" />}
      empty={
        <EmptyState
          title="No key looks misused"
          icon={<ShieldCheck size={18} />}
          actions={<Button href={paths.riskSettings({ organization })}>Say who keys are for</Button>}
        >
          Keys that more people use than they were sold to are listed here, with what speaks for it. Offices, travelers
          and families are not.
        </EmptyState>
      }
    />
  )
}

/** Its shape until the rows come. */
export const RiskSkeleton = () => <ListSkeleton title="Risk" columns={columnsAt(new Date())} />
