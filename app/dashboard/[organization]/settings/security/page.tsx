import type { Metadata } from 'next'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listSecurityEvents } from '#lib/events/queries.ts'
import { getSecurityLogMonths } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { timeOf } from '../../day-params.ts'
import { NotYourRole } from '../../not-your-role.tsx'
import { KeepForm } from './keep-form.tsx'
import { loadSecurityParams } from './params.ts'
import { SecurityTable } from './security-table.tsx'

export const metadata: Metadata = { title: 'Security log' }

/** Who signed in or failed to, from where, and who saw keys or changed members, API keys and settings. */
export default async function SecurityPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/settings/security'>) {
  const [{ organization }, list] = await Promise.all([params, loadSecurityParams(searchParams)])
  const merchant = await requireMerchant(organization)
  if (!roleMay(merchant.role, 'security.read')) {
    return (
      <>
        <PageHeader title="Security log" />
        <NotYourRole role={merchant.role} back={paths.overview({ organization })} />
      </>
    )
  }
  const [{ events, total, far }, months] = await Promise.all([
    listSecurityEvents(merchant, { q: list.q, groups: list.what, ...timeOf(list) }, list),
    getSecurityLogMonths(merchant),
  ])
  return (
    <>
      <PageHeader
        title="Security log"
        count={total}
        isMore={far.isMore}
        description="Sign-ins, keys that were revealed or exported, and changes to accounts, members, API keys, and settings. Only owners see it."
        actions={<KeepForm organization={organization} months={months} />}
      />
      <SecurityTable events={events} total={total} far={far} now={new Date()} />
    </>
  )
}
