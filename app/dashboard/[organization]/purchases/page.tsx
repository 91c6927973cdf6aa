import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import type { Member } from '#lib/base/actor.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { purchaseFilterChoices, searchPurchases } from '#lib/purchases/list.ts'
import { sourceWords } from '#lib/purchases/look.ts'
import { storeLabels } from '#lib/stores/setups.ts'
import * as paths from '#lib/web/paths.ts'
import { loadPurchaseParams, purchaseFilter, purchaseOrder } from './params.ts'
import { PurchaseSkeleton, PurchaseTable } from './purchase-table.tsx'

export const metadata: Metadata = { title: 'Purchases' }

/** Everything that was sold, at stores and by hand. */
export default async function PurchasesPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/purchases'>) {
  const [{ organization }, list] = await Promise.all([params, loadPurchaseParams(searchParams)])
  const merchant = await requireMerchant(organization)
  return (
    <Suspense fallback={<PurchaseSkeleton />}>
      <Purchases merchant={merchant} organization={organization} list={list} />
    </Suspense>
  )
}

type Props = { merchant: Member; organization: string; list: Awaited<ReturnType<typeof loadPurchaseParams>> }

async function Purchases({ merchant, organization, list }: Props) {
  const [{ purchases, total, far }, choices] = await Promise.all([
    searchPurchases(merchant, purchaseFilter(list), purchaseOrder(list)),
    purchaseFilterChoices(merchant),
  ])
  return (
    <>
      <PageHeader title="Purchases" count={total} isMore={far.isMore} />
      <PurchaseTable
        organization={organization}
        purchases={purchases}
        total={total}
        far={far}
        products={choices.products}
        origins={choices.origins}
        labels={{ ...storeLabels, ...sourceWords }}
        now={new Date()}
        connect={
          roleMay(merchant.role, 'stores.write') && (
            <Button variant="primary" href={paths.stores({ organization })}>
              Stores
            </Button>
          )
        }
      />
    </>
  )
}
