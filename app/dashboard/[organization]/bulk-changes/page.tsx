import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { UNDO_DAYS } from '#lib/bulk-changes/plain.ts'
import { listBulkChanges } from '#lib/bulk-changes/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { BulkChangeSkeleton, BulkChangeTable } from './bulk-table.tsx'
import { loadBulkParams } from './params.ts'

export const metadata: Metadata = { title: 'Bulk changes' }

/** Everything that was done to many keys at once. */
export default async function BulkChangesPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/bulk-changes'>) {
  const [{ organization }, list] = await Promise.all([params, loadBulkParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<BulkChangeSkeleton />}>
      <BulkChanges merchant={merchant} organization={organization} list={list} />
    </Suspense>
  )
}

type Props = { merchant: Member; organization: string; list: Awaited<ReturnType<typeof loadBulkParams>> }

async function BulkChanges({ merchant, organization, list }: Props) {
  const now = new Date()
  const { changes, total } = await listBulkChanges(merchant, list, now)
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'License keys', href: paths.licenseKeys({ organization }) }]}
        title="Bulk changes"
        count={total || undefined}
      />
      <BulkChangeTable
        organization={organization}
        changes={changes}
        total={total}
        now={now}
        empty={
          <EmptyState
            title="Nothing was changed in bulk yet"
            actions={
              <Button variant="primary" href={paths.licenseKeys({ organization })}>
                Choose keys
              </Button>
            }
          >
            Select keys in their list, or all that match a filter, and choose what to do. Each change is kept here and
            can be taken back for {UNDO_DAYS} days.
          </EmptyState>
        }
      />
    </>
  )
}
