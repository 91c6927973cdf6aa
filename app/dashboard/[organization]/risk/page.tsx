import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { listRisks, riskThresholds } from '#lib/misuse/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { KeyDrawer } from '../key-drawer.tsx'
import { loadRiskParams } from './params.ts'
import { RiskSkeleton, RiskTable } from './risk-table.tsx'

export const metadata: Metadata = { title: 'Risk' }

/** Keys that more people seem to use than they were sold to, by how sure that is. */
export default async function RiskPage({ params, searchParams }: PageProps<'/dashboard/[organization]/risk'>) {
  const [{ organization }, list] = await Promise.all([params, loadRiskParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <>
      <Suspense fallback={<RiskSkeleton />}>
        <Risks merchant={merchant} organization={organization} list={list} />
      </Suspense>
      <KeyDrawer merchant={merchant} organization={organization} id={list.open} />
    </>
  )
}

type Props = { merchant: Member; organization: string; list: Awaited<ReturnType<typeof loadRiskParams>> }

async function Risks({ merchant, organization, list }: Props) {
  const now = new Date()
  const [{ risks, total }, from] = await Promise.all([
    listRisks(merchant, { q: list.q, levels: list.level }, list, now),
    riskThresholds(merchant),
  ])
  return (
    <>
      <PageHeader
        title="Risk"
        count={total}
        description={`Keys that more people seem to use than they were sold to. The score, up to 100, says how sure that is: from ${from.look} a key is worth a look, from ${from.act} it is time to act.`}
        actions={<Button href={paths.riskSettings({ organization })}>Settings</Button>}
      />
      <RiskTable organization={organization} risks={risks} total={total} now={now} />
    </>
  )
}
