import type { Metadata } from 'next'
import { LiveRefresh } from '#components/live-refresh.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { getStore, listDeliveries } from '#lib/stores/queries.ts'
import { found } from '#lib/web/page.ts'
import { ReplayButton } from '../replay-button.tsx'
import { StoreHeader } from '../store-header.tsx'
import { DeliveryTable } from './delivery-table.tsx'
import { loadDeliveryParams } from './params.ts'

export const metadata: Metadata = { title: 'Deliveries' }

/** What a store sent: what came, when, what it did, and why not. */
export default async function DeliveriesPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/settings/stores/[id]/deliveries'>) {
  const [{ organization, id }, list] = await Promise.all([params, loadDeliveryParams(searchParams)])
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const store = await found(getStore(merchant, id, now))
  const { deliveries, total, far } = await listDeliveries(merchant, id, { q: list.q, states: list.state }, list)
  const mayReplay = roleMay(merchant.role, 'stores.write') && store.waiting.failed > 0
  return (
    <>
      <StoreHeader organization={organization} store={store} />
      <LiveRefresh organization={organization} about={['deliveries']} drawn={now} />
      <DeliveryTable
        organization={organization}
        connectionId={id}
        store={store.label}
        deliveries={deliveries}
        total={total}
        far={far}
        now={now}
        again={
          mayReplay && (
            <ReplayButton organization={organization} connectionId={id} which="failed" size="md">
              Handle all failed again
            </ReplayButton>
          )
        }
      />
    </>
  )
}
