import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card } from '#components/ui/card.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listStores } from '#lib/stores/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { StoreRow } from './store-row.tsx'

export const metadata: Metadata = { title: 'Stores' }

/** The stores an organization sells at: which are connected, and what waits for an answer. */
export default async function StoresPage({ params }: PageProps<'/dashboard/[organization]/settings/stores'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const stores = await listStores(merchant)
  const now = new Date()
  const connect = roleMay(merchant.role, 'stores.write') && (
    <Button variant="primary" href={paths.newStore({ organization })}>
      Connect a store
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Stores"
        count={stores.length || undefined}
        description="Whoever buys at a connected store is issued and mailed their keys. When they cancel, stop paying or get their money back, the keys follow."
        actions={stores.length > 0 && connect}
      />
      <PageBody>
        <Card as="div">
          {stores.length === 0 ? (
            <EmptyState title="No store is connected" actions={connect}>
              It takes a few minutes: copy an address to the store, paste its secret here, and say which product is
              which.
            </EmptyState>
          ) : (
            <ul>
              {stores.map((store) => (
                <StoreRow key={store.id} store={store} organization={organization} now={now} />
              ))}
            </ul>
          )}
        </Card>
      </PageBody>
    </>
  )
}
