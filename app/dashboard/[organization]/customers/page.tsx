import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ListSkeleton } from '#components/list-skeleton.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import type { Merchant } from '#lib/actor.ts'
import { requireMerchant } from '#lib/auth/session.ts'
import { listCustomers } from '#lib/customers/queries.ts'
import { CustomerTable } from './customer-table.tsx'
import { type CustomerParams, customerOrder, loadCustomerParams } from './params.ts'

export const metadata: Metadata = { title: 'Customers' }

/** Everybody who holds a key. */
export default async function CustomersPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/customers'>) {
  const [{ organization }, list] = await Promise.all([params, loadCustomerParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<ListSkeleton title="Customers" columns={6} />}>
      <Customers merchant={merchant} organization={organization} list={list} />
    </Suspense>
  )
}

async function Customers({
  merchant,
  organization,
  list,
}: {
  merchant: Merchant
  organization: string
  list: CustomerParams
}) {
  const { customers, total } = await listCustomers(merchant, list, customerOrder(list))
  return (
    <>
      <PageHeader title="Customers" count={total} />
      <CustomerTable organization={organization} customers={customers} total={total} now={new Date()} />
    </>
  )
}
