import type { Metadata } from 'next'
import { RefreshEvery } from '#components/refresh-every.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Card, CardBody } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { Progress } from '#components/ui/progress.tsx'
import { Stat, StatRow } from '#components/ui/stat.tsx'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { bulkStatusLook, isAtWork, outcomeLook, outcomes } from '#lib/bulk-changes/plain.ts'
import { type BulkChangeSummary, getBulkChange, listBulkKeys } from '#lib/bulk-changes/queries.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { loadBulkKeyParams } from '../params.ts'
import { StopButton, UndoButton } from './change-actions.tsx'
import { ChangedKeyTable } from './key-table.tsx'

export const metadata: Metadata = { title: 'Bulk change' }

/** One bulk change: what, by whom, how far it is, what became of each key, and how to take it back. */
export default async function BulkChangePage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/bulk-changes/[id]'>) {
  const [{ organization, id }, list] = await Promise.all([params, loadBulkKeyParams(searchParams)])
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const change = await found(getBulkChange(merchant, id, now))
  const { keys, total } = await listBulkKeys(merchant, id, { outcomes: list.outcome, page: list.page, size: list.size })
  const mayWrite = roleMay(merchant.role, change.asSupport ? 'keys.help' : 'keys.write')
  const works = isAtWork(change.status)
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'License keys', href: paths.licenseKeys({ organization }) },
          { label: 'Bulk changes', href: paths.bulkChanges({ organization }) },
        ]}
        title={change.title}
        status={<Status {...bulkStatusLook[change.status]} />}
        description={<Description change={change} now={now} />}
        actions={
          mayWrite &&
          (works ? (
            <StopButton organization={organization} id={id} isUndo={change.status === 'undoing'} />
          ) : (
            !change.whyNotUndone && <UndoButton organization={organization} id={id} title={change.title} />
          ))
        }
      />
      <div className="grid grid-cols-1 gap-3.5 px-4 pt-1 pb-4 sm:px-6">
        {change.failure && (
          <Notice tone="bad" title="It could not be finished.">
            {change.failure}
          </Notice>
        )}
        {works && <AtWork change={change} />}
        <Counts organization={organization} change={change} />
      </div>
      <ChangedKeyTable
        organization={organization}
        keys={keys}
        total={total}
        empty={
          <p className="px-4 pb-6 text-mute sm:px-6">
            What became of each key is no longer kept; the history of each key still says it.
          </p>
        }
      />
    </>
  )
}

function Description({ change, now }: { change: BulkChangeSummary; now: Date }) {
  const { words, actorLabel, createdAt, reason, undoneBy, undoneAt, whyNotUndone, undoableUntil, status } = change
  return (
    <>
      {words && `${words}. `}By {actorLabel}, <Time value={createdAt} now={now} />. {reason && `Reason: “${reason}”. `}
      {undoneBy && status !== 'undoing' && (
        <>
          Taken back by {undoneBy}
          {undoneAt && (
            <>
              , <Time value={undoneAt} now={now} />
            </>
          )}
          .{' '}
        </>
      )}
      {whyNotUndone ? (
        !isAtWork(status) && status !== 'undone' && whyNotUndone
      ) : (
        <>
          It can be undone until <DateText value={undoableUntil} />.
        </>
      )}
    </>
  )
}

/** How far it is; the page is read again while it is at work. */
function AtWork({ change }: { change: BulkChangeSummary }) {
  const { changed, unchanged, refused, undone, left } = change.counts
  const isUndo = change.status === 'undoing'
  const [done, all] = isUndo ? [undone + left, changed + undone + left] : [changed + unchanged + refused, change.total]
  return (
    <Card className="max-w-[720px]">
      <RefreshEvery seconds={1} />
      <CardBody className="grid gap-3">
        <p role="status" className="font-medium">
          {numberText(done)} of {countText(all, 'key')} {isUndo && 'taken back'}
        </p>
        <Progress label={isUndo ? 'Taking back' : 'Changing'} value={done} max={all} />
        <p className="text-mute text-sm">It continues in the background; you can leave this page.</p>
      </CardBody>
    </Card>
  )
}

function Counts({ organization, change }: { organization: string; change: BulkChangeSummary }) {
  const { counts, total, id, status } = change
  const reached = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const all = { ...counts, waiting: total - reached }
  const shown = outcomes.filter((outcome) => all[outcome] > 0 || (outcome === 'changed' && status !== 'undone'))
  return (
    <StatRow>
      {shown.map((outcome) => (
        <Stat
          key={outcome}
          label={outcome === 'waiting' && isAtWork(status) ? 'Still to come' : outcomeLook[outcome].label}
          value={<span className={outcome === 'refused' ? 'text-bad' : undefined}>{numberText(all[outcome])}</span>}
          href={paths.bulkChange({ organization, id }, { outcome })}
        />
      ))}
    </StatRow>
  )
}
