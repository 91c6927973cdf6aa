'use client'
import { KeyRound } from 'lucide-react'
import { DeviceMeter } from '#components/device-meter.tsx'
import { ExpiryText } from '#components/expiry-text.tsx'
import { KeyStatus } from '#components/key-status.tsx'
import { MaskedKey } from '#components/masked-key.tsx'
import { Score } from '#components/risk-score.tsx'
import { SeenText } from '#components/seen-text.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table/column.ts'
import { DataTable } from '#components/ui/data-table/data-table.tsx'
import type { FarPages } from '#components/ui/data-table/far-pages.ts'
import { useTableLayout } from '#components/ui/data-table/table-layouts.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Meter } from '#components/ui/meter.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { SparkBars } from '#components/ui/spark-bars.tsx'
import { WhyText } from '#components/why-text.tsx'
import type { LicenseKeySummary } from '#lib/license-keys/list.ts'
import type { KeyScore } from '#lib/misuse/queries.ts'
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

const columnsAt = (
  now: Date,
  risks: ReadonlyMap<string, KeyScore> = new Map(),
  names: readonly string[] = [],
): Column<LicenseKeySummary>[] => [
  {
    id: 'key',
    header: 'Key',
    fixed: true,
    cell: (key) => (
      <span className="inline-flex items-center gap-2">
        <MaskedKey masked={key.masked} />
        {key.isTest && <Badge>Test</Badge>}
      </span>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    saysItself: true,
    cell: (key) => <KeyStatus status={key.status} expiresAt={key.expiresAt} now={now} />,
  },
  {
    id: 'why',
    header: 'Refused',
    room: 700,
    saysItself: true,
    cell: (key) =>
      key.troubles.length > 0 && (
        <WhyText
          troubles={key.troubles}
          className="block max-w-[clamp(112px,8.5vw,260px)] truncate max-sm:max-w-none max-sm:text-wrap"
        />
      ),
  },
  {
    id: 'customer',
    header: 'Customer',
    sort: true,
    phone: 'subtitle',
    copy: { label: 'Copy the address', text: (key) => key.customer.email },
    cell: (key) => (
      <span className="block max-w-[clamp(100px,9.5vw,220px)] truncate max-sm:max-w-none">
        {key.customer.name ?? key.customer.email}
      </span>
    ),
  },
  {
    id: 'product',
    header: 'Product',
    room: 1200,
    phone: 'hidden',
    cell: (key) => (
      <span className="block max-w-[clamp(100px,8vw,180px)] truncate text-mute">
        {key.product?.name ?? <NoValue what="product" />}
      </span>
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
    room: 1200,
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
    room: 800,
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
    room: 900,
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
  {
    id: 'risk',
    header: 'Risk',
    hidden: true,
    phone: 'hidden',
    cell: ({ id }) => {
      const risk = risks.get(id)
      return risk ? <Score score={risk.score} level={risk.level} /> : null
    },
  },
  {
    id: 'tags',
    header: 'Tags',
    hidden: true,
    copy: { label: 'Copy the tags', text: ({ tags }) => tags.join(', ') },
    cell: ({ tags }) =>
      tags.length > 0 && (
        <span className="flex max-w-[240px] gap-1 overflow-hidden">
          {tags.map((tag) => (
            <Badge key={tag} tone="accent">
              {tag}
            </Badge>
          ))}
        </span>
      ),
  },
  ...names.map((name) => ({
    id: `${META}${name}`,
    header: name,
    hidden: true,
    phone: 'hidden' as const,
    copy: { label: `Copy ${name}`, text: ({ metadata }: LicenseKeySummary) => metadata[name] ?? '' },
    cell: ({ metadata }: LicenseKeySummary) => (
      <span className="block max-w-[220px] truncate" title={metadata[name]}>
        {metadata[name]}
      </span>
    ),
  })),
]

/** Columns of metadata are called so in the cookie that remembers them, with the name behind it. */
const META = 'meta:'
const NAMES_MAX = 20

/** Names of metadata: those that keys of this page have, and those whose columns somebody wants to see. */
function namesOf(keys: readonly LicenseKeySummary[], shown: Readonly<Record<string, boolean>>): string[] {
  const wanted = Object.keys(shown).flatMap((id) => (shown[id] && id.startsWith(META) ? id.slice(META.length) : []))
  const here = keys.flatMap(({ metadata }) => Object.keys(metadata))
  return [...new Set([...wanted, ...here])].slice(0, NAMES_MAX).sort()
}

const TABLE = 'license-keys'

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
  risks,
  total,
  far,
  choices,
  views,
  mayHelp,
  mayWrite,
  maySave,
  now,
}: {
  organization: string
  keys: LicenseKeySummary[]
  risks: readonly KeyScore[]
  total: number
  far: FarPages
  choices: { configuration: Choice[]; product: Choice[] }
  views: readonly SavedView[]
  /** What support does to many keys, too. */
  mayHelp: boolean
  mayWrite: boolean
  maySave: boolean
  now: Date
}) {
  const { layout } = useTableLayout(TABLE)
  const scores = new Map(risks.map((risk) => [risk.id, risk]))
  return (
    <DataTable
      name={TABLE}
      label="License keys"
      columns={columnsAt(now, scores, namesOf(keys, layout.shown))}
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
        mayHelp
          ? (selection) => (
              <>
                <BulkActions
                  organization={organization}
                  selection={selection}
                  total={total}
                  mayWrite={mayWrite}
                  statuses={new Map(keys.map(({ id, status }) => [id, status]))}
                />
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
