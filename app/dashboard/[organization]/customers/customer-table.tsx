'use client'
import { UserRound } from 'lucide-react'
import type { Route } from 'next'
import { SeenText } from '#components/seen-text.tsx'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { DateText } from '#components/ui/time.tsx'
import type { CustomerListItem } from '#lib/customers/queries.ts'
import { customerParams } from './params.ts'

const quiet = (count: number) => <span className={count === 0 ? 'text-mute' : undefined}>{numberText(count)}</span>

const columnsAt = (now: Date): Column<CustomerListItem>[] => [
  {
    id: 'name',
    header: 'Name',
    sort: true,
    fixed: true,
    cell: (customer) => (
      <span className="block max-w-[260px] truncate">
        {customer.name ?? <span className="font-normal text-mute">No name</span>}
      </span>
    ),
  },
  {
    id: 'email',
    header: 'E-mail',
    phone: 'subtitle',
    cell: (customer) => <span className="block max-w-[300px] truncate text-mute">{customer.email}</span>,
  },
  { id: 'keys', header: 'Keys', sort: 'desc', align: 'end', cell: (customer) => quiet(customer.keys) },
  { id: 'devices', header: 'Devices', align: 'end', cell: (customer) => quiet(customer.devices) },
  {
    id: 'purchases',
    header: 'Purchases',
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
  now,
}: {
  organization: string
  customers: CustomerListItem[]
  total: number
  now: Date
}) {
  const base = `/dashboard/${organization}`
  return (
    <DataTable
      name="customers"
      label="Customers"
      columns={columnsAt(now)}
      rows={customers}
      total={total}
      params={customerParams}
      rowId={(customer) => customer.id}
      rowHref={(customer) => `${base}/customers/${customer.id}` as Route}
      toolbar={<SearchInput placeholder="Name or e-mail" />}
      empty={
        <EmptyState
          title="No customers yet"
          icon={<UserRound size={18} />}
          actions={<Button href={`${base}/license-keys` as Route}>License keys</Button>}
        >
          A customer is added with the first key that is issued to their e-mail address.
        </EmptyState>
      }
    />
  )
}
