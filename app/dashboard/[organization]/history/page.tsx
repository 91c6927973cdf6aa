import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listEvents } from '#lib/events/queries.ts'
import { getBatch } from '#lib/license-keys/undo-batch.ts'
import { found } from '#lib/web/page.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { BatchHeader } from './batch-header.tsx'
import { HistoryTable } from './history-table.tsx'
import { historyFilter, loadHistoryParams } from './params.ts'

export const metadata: Metadata = { title: 'History' }

/** Who did what, when, and to which key. */
export default async function HistoryPage({ params, searchParams }: PageProps<'/dashboard/[organization]/history'>) {
  const [{ organization }, list] = await Promise.all([params, loadHistoryParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<ListSkeleton title="History" columns={5} />}>
      <History merchant={merchant} organization={organization} list={list} />
    </Suspense>
  )
}

type Props = { merchant: Member; organization: string; list: Awaited<ReturnType<typeof loadHistoryParams>> }

async function History({ merchant, organization, list }: Props) {
  const [{ events, total }, batch] = await Promise.all([
    listEvents(merchant, historyFilter(list), list),
    list.batch ? found(getBatch(merchant, list.batch)) : null,
  ])
  return (
    <>
      {batch ? (
        <BatchHeader
          organization={organization}
          batch={batch}
          mayUndo={roleMay(merchant.role, 'keys.write')}
          now={new Date()}
        />
      ) : (
        <PageHeader title="History" count={total} />
      )}
      <HistoryTable organization={organization} events={events} total={total} now={new Date()} />
    </>
  )
}
