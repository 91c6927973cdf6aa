import type { Metadata } from 'next'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { listCustomers } from '#lib/customers/queries.ts'
import { CustomerTable } from './customer-table.tsx'
import { customerOrder, loadCustomerParams } from './params.ts'

export const metadata: Metadata = { title: 'Customers' }

/** Everybody who holds a key. */
export default async function CustomersPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/customers'>) {
  const [{ organization }, list] = await Promise.all([params, loadCustomerParams(searchParams)])
  const merchant = await requireMerchant(organization)
  const { customers, total } = await listCustomers(merchant, list, customerOrder(list))
  return (
    <>
      <PageHeader title="Customers" count={total} />
      <CustomerTable organization={organization} customers={customers} total={total} now={new Date()} />
    </>
  )
}
