'use client'
import { KeyRound } from 'lucide-react'
import { DeviceMeter } from '#components/device-meter.tsx'
import { ExpiryText } from '#components/expiry-text.tsx'
import { KeyStatus } from '#components/key-status.tsx'
import { MaskedKey } from '#components/masked-key.tsx'
import { SeenText } from '#components/seen-text.tsx'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { DateText } from '#components/ui/date-text.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Meter } from '#components/ui/meter.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { SparkBars } from '#components/ui/spark-bars.tsx'
import { WhyText } from '#components/why-text.tsx'
import type { LicenseKeySummary } from '#lib/license-keys/list.ts'
import type { SavedView } from '#lib/saved-views/plain.ts'
import * as paths from '#lib/web/paths.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { BulkActions } from './bulk-actions.tsx'
import { ExportSelection } from './export-selection.tsx'
import { KeyFilters } from './key-filters.tsx'
import { KeySearch } from './key-search.tsx'
import { keyParams } from './params.ts'
import type { Choice } from './term-words.ts'
import { ViewMenu } from './view-menu.tsx'

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
    copy: { label: 'Copy the address', text: (key) => key.customer.email },
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

/** The list of keys with its search, filters and what can be done to many at once. */
export function KeyTable({
  organization,
  keys,
  total,
  far,
  choices,
  views,
  mayWrite,
  maySave,
  now,
}: {
  organization: string
  keys: LicenseKeySummary[]
  total: number
  far: FarPages
  choices: { configuration: Choice[]; product: Choice[] }
  views: readonly SavedView[]
  mayWrite: boolean
  maySave: boolean
  now: Date
}) {
  return (
    <DataTable
      name="license-keys"
      label="License keys"
      columns={columnsAt(now)}
      rows={keys}
      total={total}
      far={far}
      params={keyParams}
      rowId={(key) => key.id}
      rowHref={(key) => paths.licenseKey({ organization, id: key.id })}
      peeks
      rowLabel={(key) => key.masked}
      canSelectMatching
      bulk={
        mayWrite
          ? (selection) => (
              <>
                <BulkActions organization={organization} selection={selection} total={total} />
                <ExportSelection organization={organization} selection={selection} />
              </>
            )
          : undefined
      }
      toolbar={
        <>
          <KeySearch names={choices} />
          <KeyFilters choices={choices} />
        </>
      }
      aside={maySave && <ViewMenu organization={organization} views={views} names={choices} />}
      empty={
        <NoKeys organization={organization} mayWrite={mayWrite} hasConfiguration={choices.configuration.length > 0} />
      }
    />
  )
}

function NoKeys({
  organization,
  mayWrite,
  hasConfiguration,
}: {
  organization: string
  mayWrite: boolean
  hasConfiguration: boolean
}) {
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
          <Button variant="primary" href={paths.newLicenseKey({ organization })}>
            Issue a key
          </Button>
        ) : (
          <Button variant="primary" href={paths.newKeyConfiguration({ organization })}>
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

/** Its shape until the rows come. */
export const KeySkeleton = () => <ListSkeleton title="License keys" columns={columnsAt(new Date())} />
