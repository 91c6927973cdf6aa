'use client'
import { KeyRound } from 'lucide-react'
import type { Route } from 'next'
import { DeviceMeter } from '#components/device-meter.tsx'
import { ExpiryText } from '#components/expiry-text.tsx'
import { KeyStatus } from '#components/key-status.tsx'
import { MaskedKey } from '#components/masked-key.tsx'
import { SeenText } from '#components/seen-text.tsx'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import { type Filter, FilterChips } from '#components/ui/data-table/filter-chips.tsx'
import { SearchInput } from '#components/ui/data-table/search-input.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Meter } from '#components/ui/meter.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { SparkBars } from '#components/ui/spark-bars.tsx'
import { DateText } from '#components/ui/time.tsx'
import { WhyText } from '#components/why-text.tsx'
import type { LicenseKeySummary } from '#lib/license-keys/list.ts'
import { statusLook } from '#lib/license-keys/look.ts'
import { shownStatuses } from '#lib/license-keys/schema.ts'
import { BulkActions } from './bulk-actions.tsx'
import { keyParams } from './params.ts'

type Choice = { id: string; name: string; archivedAt: Date | null }

const columnsAt = (now: Date): Column<LicenseKeySummary>[] => [
  { id: 'key', header: 'Key', fixed: true, cell: (key) => <MaskedKey masked={key.masked} /> },
  {
    id: 'status',
    header: 'Status',
    cell: (key) => <KeyStatus status={key.status} expiresAt={key.expiresAt} now={now} />,
  },
  {
    id: 'why',
    header: 'Refused',
    cell: (key) =>
      key.troubles.length > 0 && (
        <WhyText troubles={key.troubles} className="block max-w-[260px] truncate max-sm:text-wrap" />
      ),
  },
  {
    id: 'customer',
    header: 'Customer',
    sort: true,
    phone: 'subtitle',
    cell: (key) => <span className="block max-w-[220px] truncate">{key.customer.name ?? key.customer.email}</span>,
  },
  {
    id: 'product',
    header: 'Product',
    phone: 'hidden',
    cell: (key) => (
      <span className="block max-w-[180px] truncate text-mute">{key.product?.name ?? <NoValue what="product" />}</span>
    ),
  },
  {
    id: 'configuration',
    header: 'Configuration',
    hidden: true,
    phone: 'hidden',
    cell: (key) => <span className="block max-w-[180px] truncate text-mute">{key.configuration.name}</span>,
  },
  {
    id: 'devices',
    header: 'Devices',
    cell: (key) => <DeviceMeter devices={key.devices} limits={key.limits} troubles={key.troubles} />,
  },
  {
    id: 'usage',
    header: 'Usage',
    sort: 'desc',
    hidden: true,
    phone: 'hidden',
    cell: (key) => <Meter label="Usage" used={key.usage} limit={key.limits.usage.limit} />,
  },
  {
    id: 'week',
    header: '7 days',
    phone: 'hidden',
    cell: (key) => <SparkBars values={key.week} label={`Validations in 7 days: ${key.week.join(', ')}`} />,
  },
  {
    id: 'validations',
    header: 'Validations',
    sort: 'desc',
    align: 'end',
    hidden: true,
    phone: 'hidden',
    cell: (key) => numberText(key.validations),
  },
  {
    id: 'lastValidatedAt',
    header: 'Last seen',
    sort: 'desc',
    cell: (key) => (
      <span className="sm:text-mute">
        <SeenText at={key.lastValidatedAt} now={now} />
      </span>
    ),
  },
  {
    id: 'expiresAt',
    header: 'Expires',
    sort: true,
    phone: 'hidden',
    cell: (key) => (
      <span className="text-mute">
        <ExpiryText expiresAt={key.expiresAt} starts={key.expiryStarts} />
      </span>
    ),
  },
  {
    id: 'createdAt',
    header: 'Issued',
    sort: 'desc',
    hidden: true,
    phone: 'hidden',
    cell: (key) => (
      <span className="text-mute">
        <DateText value={key.createdAt} />
      </span>
    ),
  },
]

const NoValue = ({ what }: { what: string }) => (
  <>
    <span aria-hidden="true">–</span>
    <span className="sr-only">No {what}</span>
  </>
)

const options = (choices: Choice[]) =>
  choices.map((choice) => ({ value: choice.id, label: choice.name, hint: choice.archivedAt ? 'archived' : undefined }))

const filtersOf = (choices: { configurations: Choice[]; products: Choice[] }, importIds: string[]): Filter[] => [
  {
    key: 'status',
    label: 'Status',
    options: shownStatuses.map((status) => ({ value: status, label: statusLook[status].label })),
  },
  { key: 'configuration', label: 'Configuration', options: options(choices.configurations) },
  { key: 'product', label: 'Product', options: options(choices.products) },
  {
    key: 'devices',
    label: 'Trouble',
    options: [
      { value: 'refused', label: 'Refused lately, and still refused' },
      { value: 'limit', label: 'All device slots taken' },
    ],
  },
  // Only offered to be taken off again: the page of an import leads here.
  ...importIds.map((value) => ({ key: 'import', label: 'Import', options: [{ value, label: 'One import' }] })),
]

/** The list of keys with its search, filters and what can be done to many at once. */
export function KeyTable({
  organization,
  keys,
  total,
  choices,
  mayWrite,
  importIds,
  now,
}: {
  organization: string
  keys: LicenseKeySummary[]
  total: number
  choices: { configurations: Choice[]; products: Choice[] }
  mayWrite: boolean
  importIds: string[]
  now: Date
}) {
  const base = `/dashboard/${organization}`
  return (
    <DataTable
      name="license-keys"
      label="License keys"
      columns={columnsAt(now)}
      rows={keys}
      total={total}
      params={keyParams}
      rowId={(key) => key.id}
      rowHref={(key) => `${base}/license-keys/${key.id}` as Route}
      rowLabel={(key) => key.masked}
      canSelectMatching
      bulk={
        mayWrite
          ? (selection) => <BulkActions organization={organization} selection={selection} total={total} />
          : undefined
      }
      toolbar={
        <>
          <SearchInput placeholder="Key, customer, order or device" />
          <FilterChips filters={filtersOf(choices, importIds)} />
        </>
      }
      empty={<NoKeys base={base} mayWrite={mayWrite} hasConfiguration={choices.configurations.length > 0} />}
    />
  )
}

function NoKeys({ base, mayWrite, hasConfiguration }: { base: string; mayWrite: boolean; hasConfiguration: boolean }) {
  if (!mayWrite) {
    return (
      <EmptyState title="No license keys yet" icon={<KeyRound size={18} />}>
        Keys appear here once they are issued.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title="No license keys yet"
      icon={<KeyRound size={18} />}
      actions={
        hasConfiguration ? (
          <Button variant="primary" href={`${base}/license-keys/new` as Route}>
            Issue a key
          </Button>
        ) : (
          <Button variant="primary" href={`${base}/key-configurations/new` as Route}>
            Create a key configuration
          </Button>
        )
      }
    >
      {hasConfiguration
        ? 'Issue the first one by hand and try it with your software; sales issue theirs on their own.'
        : 'A key configuration says what keys look like, when they expire, and how many devices can use one. Create one first.'}
    </EmptyState>
  )
}
