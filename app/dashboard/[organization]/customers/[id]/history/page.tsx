import type { Metadata } from 'next'
import { Suspense } from 'react'
import { LiveRefresh } from '#components/live-refresh.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { type CustomerDetail, getCustomer } from '#lib/customers/queries.ts'
import { listEvents } from '#lib/events/queries.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { timeOf } from '../../../day-params.ts'
import { CustomerHistorySkeleton, CustomerHistoryTable } from './history-table.tsx'
import { loadCustomerHistoryParams } from './params.ts'

export const metadata: Metadata = { title: 'History of a customer' }

type Props = PageProps<'/dashboard/[organization]/customers/[id]/history'>

/** Everything that happened to a customer: purchases, keys, devices, mails, addresses, notes, and who looked. */
export default async function CustomerHistoryPage({ params, searchParams }: Props) {
  const [{ organization, id }, list] = await Promise.all([params, loadCustomerHistoryParams(searchParams)])
  const merchant = await requireMerchant(organization)
  const customer = await found(getCustomer(merchant, id))
  return (
    <Suspense fallback={<CustomerHistorySkeleton />}>
      <History merchant={merchant} organization={organization} customer={customer} list={list} />
    </Suspense>
  )
}

async function History({
  merchant,
  organization,
  customer,
  list,
}: {
  merchant: Member
  organization: string
  customer: CustomerDetail
  list: Awaited<ReturnType<typeof loadCustomerHistoryParams>>
}) {
  const now = new Date()
  const { events, total, far } = await listEvents(
    merchant,
    { customerId: customer.id, groups: list.what, actorKinds: list.who, ...timeOf(list) },
    list,
  )
  return (
    <>
      <PageHeader
        title="History"
        count={total}
        isMore={far.isMore}
        breadcrumbs={[
          { label: 'Customers', href: paths.customers({ organization }) },
          { label: customer.name ?? customer.email, href: paths.customer({ organization, id: customer.id }) },
        ]}
      />
      {/* What is looked at on a later page stays where it is. */}
      {list.page === 1 && <LiveRefresh organization={organization} about={['events']} drawn={now} seconds={2} />}
      <CustomerHistoryTable organization={organization} events={events} total={total} far={far} now={now} />
    </>
  )
}
