import type { Metadata, Route } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listKeyConfigurations } from '#lib/key-configurations/queries.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { KeyConfigurationTable } from './key-configuration-table.tsx'
import { loadKeyConfigurationParams } from './params.ts'

export const metadata: Metadata = { title: 'Key configurations' }

/** All key configurations of an organization. */
export default async function KeyConfigurationsPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/key-configurations'>) {
  const [{ organization }, filter] = await Promise.all([params, loadKeyConfigurationParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<ListSkeleton title="Key configurations" columns={7} />}>
      <KeyConfigurations merchant={merchant} organization={organization} filter={filter} />
    </Suspense>
  )
}

type Props = {
  merchant: Member
  organization: string
  filter: Awaited<ReturnType<typeof loadKeyConfigurationParams>>
}

async function KeyConfigurations({ merchant, organization, filter }: Props) {
  const { status, ...list } = filter
  const shown = status[0] ?? 'active'
  const { configurations, total } = await listKeyConfigurations(merchant, { ...list, status: shown })
  const archived =
    total === 0 && shown === 'active'
      ? (await listKeyConfigurations(merchant, { ...list, q: '', status: 'archived', page: 1, size: 1 })).total
      : 0
  const base = `/dashboard/${organization}/key-configurations`
  const create = roleMay(merchant.role, 'catalogue.write') && (
    <Button variant="primary" href={`${base}/new` as Route}>
      New configuration
    </Button>
  )
  return (
    <>
      <PageHeader title="Key configurations" count={total || undefined} actions={create} />
      <KeyConfigurationTable
        rows={configurations}
        total={total}
        base={base}
        empty={
          archived > 0 ? (
            <EmptyState
              title="All key configurations are archived"
              actions={
                <>
                  <Button href={`${base}?status=archived` as Route}>Show archived</Button>
                  {create}
                </>
              }
            >
              Restore one, or create a new one, to issue keys again.
            </EmptyState>
          ) : (
            <EmptyState title="No key configurations yet" actions={create}>
              A key configuration says what keys look like, when they expire, and how many devices and uses they allow.
              Create one to issue your first key.
            </EmptyState>
          )
        }
      />
    </>
  )
}
