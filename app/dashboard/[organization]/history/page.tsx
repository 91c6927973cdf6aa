import type { Metadata } from 'next'
import { Suspense } from 'react'
import { LiveRefresh } from '#components/live-refresh.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { bulkChangeOf } from '#lib/bulk-changes/queries.ts'
import { getBatch } from '#lib/events/batches.ts'
import { listEvents } from '#lib/events/queries.ts'
import { getHistoryMonths } from '#lib/organizations/keep-history.ts'
import { found } from '#lib/web/page.ts'
import { timeOf } from '../day-params.ts'
import { BatchHeader } from './batch-header.tsx'
import { HistorySkeleton, HistoryTable } from './history-table.tsx'
import { KeepHistoryForm } from './keep-form.tsx'
import { loadHistoryParams } from './params.ts'

export const metadata: Metadata = { title: 'History' }

/** Who did what, when, and to which key. */
export default async function HistoryPage({ params, searchParams }: PageProps<'/dashboard/[organization]/history'>) {
  const [{ organization }, list] = await Promise.all([params, loadHistoryParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<HistorySkeleton />}>
      <History merchant={merchant} organization={organization} list={list} />
    </Suspense>
  )
}

type Props = { merchant: Member; organization: string; list: Awaited<ReturnType<typeof loadHistoryParams>> }

async function History({ merchant, organization, list }: Props) {
  const now = new Date()
  const [{ events, total, far }, batch, bulkChangeId, months] = await Promise.all([
    listEvents(
      merchant,
      { q: list.q, groups: list.what, actorKinds: list.who, batchId: list.batch || undefined, ...timeOf(list) },
      list,
    ),
    list.batch ? found(getBatch(merchant, list.batch)) : null,
    list.batch ? bulkChangeOf(merchant, list.batch) : null,
    getHistoryMonths(merchant),
  ])
  return (
    <>
      {batch ? (
        <BatchHeader organization={organization} batch={batch} bulkChangeId={bulkChangeId} now={now} />
      ) : (
        <PageHeader
          title="History"
          count={total}
          isMore={far.isMore}
          actions={
            roleMay(merchant.role, 'security.write') && <KeepHistoryForm organization={organization} months={months} />
          }
        />
      )}
      {/* What is looked at on a later page stays where it is. */}
      {list.page === 1 && <LiveRefresh organization={organization} about={['events']} drawn={now} seconds={2} />}
      <HistoryTable organization={organization} events={events} total={total} far={far} now={now} />
    </>
  )
}
