import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { listActivations } from '#lib/activations/list.ts'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { ListSkeleton } from '../list-skeleton.tsx'
import { ActivationTable } from './activation-table.tsx'
import { activationFilter, activationOrder, loadActivationParams } from './params.ts'

export const metadata: Metadata = { title: 'Activations' }

/** Every device of every key. */
export default async function ActivationsPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/activations'>) {
  const [{ organization }, list] = await Promise.all([params, loadActivationParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<ListSkeleton title="Activations" columns={7} />}>
      <Activations merchant={merchant} organization={organization} list={list} />
    </Suspense>
  )
}

type Props = { merchant: Member; organization: string; list: Awaited<ReturnType<typeof loadActivationParams>> }

async function Activations({ merchant, organization, list }: Props) {
  const now = new Date()
  const { activations, total } = await listActivations(merchant, activationFilter(list), activationOrder(list), now)
  return (
    <>
      <PageHeader title="Activations" count={total} />
      <ActivationTable
        organization={organization}
        activations={activations}
        total={total}
        mayWrite={roleMay(merchant.role, 'keys.write')}
        now={now}
      />
    </>
  )
}
