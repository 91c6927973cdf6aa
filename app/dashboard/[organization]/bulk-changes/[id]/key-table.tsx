'use client'
import type { ReactNode } from 'react'
import { MaskedKey } from '#components/masked-key.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import { FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { Status } from '#components/ui/status.tsx'
import { outcomeLook, outcomes } from '#lib/bulk-changes/plain.ts'
import type { BulkChangedKey } from '#lib/bulk-changes/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { bulkKeyParams } from '../params.ts'

const columns: Column<BulkChangedKey>[] = [
  { id: 'key', header: 'Key', fixed: true, cell: (key) => <MaskedKey masked={key.masked} /> },
  { id: 'outcome', header: 'Result', saysItself: true, cell: (key) => <Status {...outcomeLook[key.outcome]} /> },
  {
    id: 'what',
    header: 'What',
    cell: (key) => (
      <span className="block max-w-[480px] truncate text-mute max-sm:text-wrap">
        {key.note ?? key.changes.join(', ')}
      </span>
    ),
  },
  {
    id: 'customer',
    header: 'Customer',
    phone: 'subtitle',
    cell: (key) => <span className="block max-w-[320px] truncate text-mute">{key.email}</span>,
  },
]

const filters = [
  {
    key: 'outcome',
    label: 'Result',
    options: outcomes.map((outcome) => ({ value: outcome, label: outcomeLook[outcome].label })),
  },
]

/** The keys of a change, and what became of each. */
export const ChangedKeyTable = ({
  organization,
  keys,
  total,
  empty,
}: {
  organization: string
  keys: BulkChangedKey[]
  total: number
  empty: ReactNode
}) => (
  <DataTable
    name="bulk-change-keys"
    label="Keys"
    columns={columns}
    rows={keys}
    total={total}
    params={bulkKeyParams}
    rowId={(key) => key.licenseKeyId}
    rowHref={(key) => paths.licenseKey({ organization, id: key.licenseKeyId })}
    toolbar={<FilterChips filters={filters} />}
    empty={empty}
    fill={false}
  />
)
