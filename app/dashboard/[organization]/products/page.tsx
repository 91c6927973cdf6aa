import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listProducts } from '#lib/products/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { loadProductParams } from './params.ts'
import { ProductSkeleton, ProductTable } from './product-table.tsx'

export const metadata: Metadata = { title: 'Products' }

/** All products of an organization. */
export default async function ProductsPage({ params, searchParams }: PageProps<'/dashboard/[organization]/products'>) {
  const [{ organization }, filter] = await Promise.all([params, loadProductParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<ProductSkeleton />}>
      <Products merchant={merchant} organization={organization} filter={filter} />
    </Suspense>
  )
}

type Props = { merchant: Member; organization: string; filter: Awaited<ReturnType<typeof loadProductParams>> }

async function Products({ merchant, organization, filter }: Props) {
  const { status, ...list } = filter
  const shown = status[0] ?? 'active'
  const { products, total } = await listProducts(merchant, { ...list, status: shown })
  const archived =
    total === 0 && shown === 'active'
      ? (await listProducts(merchant, { ...list, q: '', status: 'archived', page: 1, size: 1 })).total
      : 0
  const create = roleMay(merchant.role, 'catalogue.write') && (
    <Button variant="primary" href={paths.newProduct({ organization })}>
      New product
    </Button>
  )
  return (
    <>
      <PageHeader title="Products" count={total || undefined} actions={create} />
      <ProductTable
        rows={products}
        total={total}
        organization={organization}
        empty={
          archived > 0 ? (
            <EmptyState
              title="All products are archived"
              actions={
                <>
                  <Button href={paths.products({ organization }, { status: 'archived' })}>Show archived</Button>
                  {create}
                </>
              }
            >
              Restore one, or create a new one.
            </EmptyState>
          ) : (
            <EmptyState title="No products yet" actions={create}>
              A product is what you sell. It grants one or more key configurations: each purchase issues one key of
              each.
            </EmptyState>
          )
        }
      />
    </>
  )
}
