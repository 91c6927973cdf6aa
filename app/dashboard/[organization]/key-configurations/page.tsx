import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listKeyConfigurations } from '#lib/key-configurations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { KeyConfigurationSkeleton, KeyConfigurationTable } from './key-configuration-table.tsx'
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
    <Suspense fallback={<KeyConfigurationSkeleton />}>
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
  const create = roleMay(merchant.role, 'catalogue.write') && (
    <Button variant="primary" href={paths.newKeyConfiguration({ organization })}>
      New configuration
    </Button>
  )
  return (
    <>
      <PageHeader title="Key configurations" count={total || undefined} actions={create} />
      <KeyConfigurationTable
        rows={configurations}
        total={total}
        organization={organization}
        empty={
          archived > 0 ? (
            <EmptyState
              title="All key configurations are archived"
              actions={
                <>
                  <Button href={paths.keyConfigurations({ organization }, { status: 'archived' })}>
                    Show archived
                  </Button>
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
