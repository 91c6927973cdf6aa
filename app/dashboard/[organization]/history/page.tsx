import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ListSkeleton } from '#components/list-skeleton.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import type { Merchant } from '#lib/actor.ts'
import { requireMerchant } from '#lib/auth/session.ts'
import { listEvents } from '#lib/history/queries.ts'
import { HistoryTable } from './history-table.tsx'
import { type HistoryParams, historyFilter, loadHistoryParams } from './params.ts'

export const metadata: Metadata = { title: 'History' }

/** Who did what, when, and to which key. */
export default async function HistoryPage({ params, searchParams }: PageProps<'/dashboard/[organization]/history'>) {
  const [{ organization }, list] = await Promise.all([params, loadHistoryParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<ListSkeleton title="History" columns={5} />}>
      <Events merchant={merchant} organization={organization} list={list} />
    </Suspense>
  )
}

async function Events({
  merchant,
  organization,
  list,
}: {
  merchant: Merchant
  organization: string
  list: HistoryParams
}) {
  const { events, total } = await listEvents(merchant, historyFilter(list), list)
  return (
    <>
      <PageHeader title="History" count={total} />
      <HistoryTable organization={organization} events={events} total={total} now={new Date()} />
    </>
  )
}
