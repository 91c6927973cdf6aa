import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Merchant } from '#lib/base/actor.ts'
import { listCustomers } from '#lib/customers/queries.ts'
import { CustomerSkeleton, CustomerTable } from './customer-table.tsx'
import { loadCustomerParams } from './params.ts'

export const metadata: Metadata = { title: 'Customers' }

/** Everybody who holds a key. */
export default async function CustomersPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/customers'>) {
  const [{ organization }, list] = await Promise.all([params, loadCustomerParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<CustomerSkeleton />}>
      <Customers merchant={merchant} organization={organization} list={list} />
    </Suspense>
  )
}

type Props = { merchant: Merchant; organization: string; list: Awaited<ReturnType<typeof loadCustomerParams>> }

async function Customers({ merchant, organization, list }: Props) {
  const { customers, total, far } = await listCustomers(merchant, list, list)
  return (
    <>
      <PageHeader title="Customers" count={total} isMore={far.isMore} />
      <CustomerTable organization={organization} customers={customers} total={total} far={far} now={new Date()} />
    </>
  )
}
