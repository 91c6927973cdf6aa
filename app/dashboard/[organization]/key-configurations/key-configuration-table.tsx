'use client'
import type { Route } from 'next'
import type { ReactNode } from 'react'
import { MaskedKey } from '#components/masked-key.tsx'
import { Badge } from '#components/ui/badge.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import { FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { DateText } from '#components/ui/time.tsx'
import type { KeyConfigurationListItem } from '#lib/key-configurations/queries.ts'
import { ShortList } from '../short-list.tsx'
import { keyConfigurationParams } from './params.ts'

const quietly = (words: string, ordinary: string) =>
  words === ordinary ? <span className="text-mute">{words}</span> : words

const columns: Column<KeyConfigurationListItem>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: true,
    fixed: true,
    cell: (row) => (
      <span className="inline-flex items-center gap-2">
        <span className="font-medium">{row.name}</span>
        {row.archivedAt && <Badge tone="off">Archived</Badge>}
      </span>
    ),
  },
  {
    id: 'key',
    header: 'Key',
    phone: 'subtitle',
    cell: (row) => (
      <span className="inline-flex items-baseline gap-2">
        <MaskedKey masked={row.prefix ? `${row.prefix}_••••` : '••••'} />
        <span className="text-mute text-sm">{row.format === 'uuid' ? 'UUID' : 'Short'}</span>
      </span>
    ),
  },
  { id: 'expiry', header: 'Expires', cell: (row) => quietly(row.words.expiry, 'Never') },
  { id: 'devices', header: 'Devices', cell: (row) => quietly(row.words.devices, 'Any number') },
  { id: 'usage', header: 'Usage', cell: (row) => quietly(row.words.usage, 'Unlimited') },
  {
    id: 'products',
    header: 'Products',
    cell: (row) => <ShortList names={row.products.map((product) => product.name)} none="None" />,
  },
  { id: 'keys', header: 'Keys', sort: 'desc', align: 'end', cell: (row) => numberText(row.keys) },
  {
    id: 'createdAt',
    header: 'Created',
    sort: 'desc',
    hidden: true,
    phone: 'hidden',
    cell: (row) => <DateText value={row.createdAt} />,
  },
]

/** The list of key configurations. */
export function KeyConfigurationTable({
  rows,
  total,
  base,
  empty,
}: {
  rows: KeyConfigurationListItem[]
  total: number
  base: string
  empty: ReactNode
}) {
  return (
    <DataTable
      name="key-configurations"
      label="Key configurations"
      columns={columns}
      rows={rows}
      total={total}
      params={keyConfigurationParams}
      rowId={(row) => row.id}
      rowHref={(row) => `${base}/${row.id}` as Route}
      toolbar={
        <>
          <SearchInput placeholder="Name, prefix or product" />
          <FilterChips
            filters={[
              {
                key: 'status',
                label: 'Status',
                single: true,
                options: [
                  { value: 'archived', label: 'Archived' },
                  { value: 'all', label: 'In use and archived' },
                ],
              },
            ]}
          />
        </>
      }
      empty={empty}
    />
  )
}
