'use client'
import type { ReactNode } from 'react'
import { MaskedKey } from '#components/masked-key.tsx'
import { numberText } from '#components/ui/number-text.ts'
import type { KeyConfigurationListItem } from '#lib/key-configurations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { CatalogueTable, catalogueColumns } from '../catalogue-table.tsx'
import { ListSkeleton } from '../list-skeleton.tsx'
import { ShortList } from '../short-list.tsx'
import { keyConfigurationParams } from './params.ts'

const quietly = (words: string, ordinary: string) =>
  words === ordinary ? <span className="text-mute">{words}</span> : words

const columns = catalogueColumns<KeyConfigurationListItem>([
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
  { id: 'devices', header: 'Devices', room: 700, cell: (row) => quietly(row.words.devices, 'Any number') },
  { id: 'usage', header: 'Usage', room: 1000, cell: (row) => quietly(row.words.usage, 'Unlimited') },
  {
    id: 'products',
    header: 'Products',
    room: 900,
    cell: (row) => <ShortList names={row.products.map((product) => product.name)} none="None" />,
  },
  { id: 'keys', header: 'Keys', sort: 'desc', align: 'end', cell: (row) => numberText(row.keys) },
])

/** The list of key configurations. */
export function KeyConfigurationTable({
  rows,
  total,
  organization,
  empty,
}: {
  rows: KeyConfigurationListItem[]
  total: number
  organization: string
  empty: ReactNode
}) {
  return (
    <CatalogueTable
      name="key-configurations"
      label="Key configurations"
      columns={columns}
      rows={rows}
      total={total}
      params={keyConfigurationParams}
      rowHref={(row) => paths.keyConfiguration({ organization, id: row.id })}
      search="Name, prefix or product"
      empty={empty}
    />
  )
}

/** Its shape until the rows come. */
export const KeyConfigurationSkeleton = () => <ListSkeleton title="Key configurations" columns={columns} />
