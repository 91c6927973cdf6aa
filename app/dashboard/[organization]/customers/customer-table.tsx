'use client'
import { UserRound } from 'lucide-react'
import { SeenText } from '#components/seen-text.tsx'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { numberText } from '#components/ui/number-text.ts'
import type { CustomerListItem } from '#lib/customers/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { customerParams } from './params.ts'

const quiet = (count: number) => <span className={count === 0 ? 'text-mute' : undefined}>{numberText(count)}</span>

const columnsAt = (now: Date): Column<CustomerListItem>[] => [
  {
    id: 'name',
    header: 'Name',
    sort: true,
    fixed: true,
    cell: (customer) => (
      <>
        <span className="block max-w-[clamp(140px,18vw,260px)] truncate">
          {customer.name ?? <span className="font-normal text-mute">No name</span>}
        </span>
        {customer.note !== null && (
          <span className="block max-w-[clamp(140px,18vw,260px)] truncate font-normal text-mute text-sm">
            Note: {customer.note}
          </span>
        )}
      </>
    ),
  },
  {
    id: 'email',
    header: 'E-mail',
    phone: 'subtitle',
    copy: { label: 'Copy the address', text: (customer) => customer.email },
    cell: (customer) => (
      <span className="block max-w-[clamp(160px,24vw,300px)] truncate text-mute">{customer.email}</span>
    ),
  },
  { id: 'keys', header: 'Keys', sort: 'desc', align: 'end', cell: (customer) => quiet(customer.keys) },
  { id: 'devices', header: 'Devices', room: 700, align: 'end', cell: (customer) => quiet(customer.devices) },
  {
    id: 'purchases',
    header: 'Purchases',
    room: 900,
    sort: 'desc',
    align: 'end',
    phone: 'hidden',
    cell: (customer) => quiet(customer.purchases),
  },
  {
    id: 'lastSeenAt',
    header: 'Last seen',
    sort: 'desc',
    cell: (customer) => (
      <span className="sm:text-mute">
        <SeenText at={customer.lastSeenAt} now={now} />
      </span>
    ),
  },
  {
    id: 'createdAt',
    header: 'Customer since',
    room: 700,
    sort: 'desc',
    phone: 'hidden',
    cell: (customer) => (
      <span className="text-mute">
        <DateText value={customer.createdAt} />
      </span>
    ),
  },
]

/** Customers with what they hold. */
export function CustomerTable({
  organization,
  customers,
  total,
  far,
  now,
}: {
  organization: string
  customers: CustomerListItem[]
  total: number
  far: FarPages
  now: Date
}) {
  return (
    <DataTable
      name="customers"
      label="Customers"
      columns={columnsAt(now)}
      rows={customers}
      total={total}
      far={far}
      params={customerParams}
      rowId={(customer) => customer.id}
      rowHref={(customer) => paths.customer({ organization, id: customer.id })}
      toolbar={<SearchInput placeholder="Name, e-mail or note" />}
      empty={
        <EmptyState
          title="No customers yet"
          icon={<UserRound size={18} />}
          actions={<Button href={paths.licenseKeys({ organization })}>License keys</Button>}
        >
          A customer is added with the first key that is issued to their e-mail address.
        </EmptyState>
      }
    />
  )
}

/** Its shape until the rows come. */
export const CustomerSkeleton = () => <ListSkeleton title="Customers" columns={columnsAt(new Date())} />
