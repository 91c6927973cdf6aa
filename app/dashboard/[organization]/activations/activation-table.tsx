'use client'
import { Laptop } from 'lucide-react'
import Link from 'next/link'
import { DeactivateDevice } from '#components/deactivate-device.tsx'
import { MaskedKey } from '#components/masked-key.tsx'
import { MetaWords } from '#components/meta-words.tsx'
import { SeenText } from '#components/seen-text.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { type Filter, FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Status } from '#components/ui/status.tsx'
import type { ActivationListItem } from '#lib/activations/list.ts'
import { IDLE_DAYS, idleDays } from '#lib/license-keys/look.ts'
import * as paths from '#lib/web/paths.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { undoable } from '../undo-toast.ts'
import { deactivateDevice } from './actions.ts'
import { activationParams } from './params.ts'

const filters: Filter[] = [
  {
    key: 'state',
    label: 'State',
    single: true,
    options: [
      { value: 'deactivated', label: 'Deactivated' },
      { value: 'all', label: 'All' },
    ],
  },
  {
    key: 'idle',
    label: 'Idle',
    single: true,
    options: [
      { value: '30', label: '30 days or longer' },
      { value: '60', label: '60 days or longer' },
      { value: '90', label: '90 days or longer' },
    ],
  },
]

const columnsFor = (organization: string, mayWrite: boolean, now: Date): Column<ActivationListItem>[] => [
  {
    id: 'label',
    header: 'Device',
    sort: true,
    fixed: true,
    cell: (device) => <span className="block max-w-[200px] truncate">{device.label}</span>,
  },
  { id: 'key', header: 'Key', phone: 'subtitle', cell: (device) => <MaskedKey masked={device.licenseKey.masked} /> },
  {
    id: 'customer',
    header: 'Customer',
    copy: { label: 'Copy the address', text: (device) => device.customer.email },
    cell: (device) => (
      <Link
        href={paths.customer({ organization, id: device.customer.id })}
        className="max-w-[clamp(96px,12vw,168px)] truncate rounded-xs hover:underline sm:block"
      >
        {device.customer.name ?? device.customer.email}
      </Link>
    ),
  },
  {
    id: 'product',
    header: 'Product',
    room: 1000,
    phone: 'hidden',
    cell: (device) => <span className="block max-w-[160px] truncate text-mute">{device.product?.name ?? '–'}</span>,
  },
  {
    id: 'meta',
    header: 'Reported by software',
    room: 1200,
    phone: 'hidden',
    cell: (device) => (
      <span className="block max-w-[184px] truncate text-mute">
        <MetaWords value={device.meta} />
      </span>
    ),
  },
  {
    id: 'createdAt',
    header: 'First seen',
    sort: 'desc',
    room: 1000,
    phone: 'hidden',
    cell: (device) => (
      <span className="text-mute">
        <DateText value={device.createdAt} />
      </span>
    ),
  },
  {
    id: 'lastValidatedAt',
    header: 'Last seen',
    room: 700,
    sort: 'desc',
    cell: (device) => (
      <span className="sm:text-mute">
        <SeenText at={device.lastValidatedAt} now={now} />
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    saysItself: true,
    room: 700,
    cell: (device) => <DeviceState device={device} now={now} />,
  },
  ...(mayWrite
    ? [
        {
          id: 'action',
          header: 'Action',
          saysItself: true,
          fixed: true,
          phone: 'meta',
          cell: (device: ActivationListItem) =>
            device.deactivatedAt ? null : (
              <DeactivateDevice
                organization={organization}
                device={device}
                action={undoable(organization, deactivateDevice)}
                trigger={
                  <Button size="sm" variant="ghost" className="sm:-mx-2.5" aria-label={`Deactivate ${device.label}`}>
                    Deactivate
                  </Button>
                }
              />
            ),
        } satisfies Column<ActivationListItem>,
      ]
    : []),
]

function DeviceState({ device, now }: { device: ActivationListItem; now: Date }) {
  if (device.deactivatedAt) return <Status tone="off" label="Deactivated" />
  const idle = idleDays(device, now)
  return (
    <span className="inline-flex items-center gap-2">
      <Status tone="ok" label="Active" />
      {idle > IDLE_DAYS && <Badge tone="warn">idle {countText(idle, 'day')}</Badge>}
    </span>
  )
}

/** Devices across keys, with search and filters. */
export function ActivationTable({
  organization,
  activations,
  total,
  far,
  mayWrite,
  now,
}: {
  organization: string
  activations: ActivationListItem[]
  total: number
  far: FarPages
  mayWrite: boolean
  now: Date
}) {
  return (
    <DataTable
      name="activations"
      label="Activations"
      columns={columnsFor(organization, mayWrite, now)}
      rows={activations}
      total={total}
      far={far}
      params={activationParams}
      rowId={(device) => device.id}
      rowHref={(device) => paths.licenseKey({ organization, id: device.licenseKey.id }, undefined, 'devices')}
      toolbar={
        <>
          <SearchInput placeholder="Device, key or customer" />
          <FilterChips filters={filters} />
        </>
      }
      empty={
        <EmptyState
          title="No devices yet"
          icon={<Laptop size={18} />}
          actions={<Button href={paths.licenseKeys({ organization })}>License keys</Button>}
        >
          A device appears here when software activates a key on it.
        </EmptyState>
      }
    />
  )
}

/** Its shape until the rows come; no cell of it is drawn. */
export const ActivationSkeleton = ({ mayWrite }: { mayWrite: boolean }) => (
  <ListSkeleton title="Activations" columns={columnsFor('', mayWrite, new Date())} />
)
