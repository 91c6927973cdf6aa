import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { type ActivationFilter, listActivations } from '#lib/activations/list.ts'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { ActivationSkeleton, ActivationTable } from './activation-table.tsx'
import { loadActivationParams } from './params.ts'

export const metadata: Metadata = { title: 'Activations' }

/** Every device of every key. */
export default async function ActivationsPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/activations'>) {
  const [{ organization }, list] = await Promise.all([params, loadActivationParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<ActivationSkeleton mayWrite={roleMay(merchant.role, 'keys.help')} />}>
      <Activations merchant={merchant} organization={organization} list={list} />
    </Suspense>
  )
}

type Props = { merchant: Member; organization: string; list: Awaited<ReturnType<typeof loadActivationParams>> }

async function Activations({ merchant, organization, list }: Props) {
  const now = new Date()
  const { q, state, idle } = list
  const filter: ActivationFilter = { q, state: state[0] ?? 'live', idleDays: idle ? Number(idle) : undefined }
  const { activations, total, far } = await listActivations(merchant, filter, list, now)
  return (
    <>
      <PageHeader title="Activations" count={total} isMore={far.isMore} />
      <ActivationTable
        organization={organization}
        activations={activations}
        total={total}
        far={far}
        mayWrite={roleMay(merchant.role, 'keys.help')}
        now={now}
      />
    </>
  )
}
