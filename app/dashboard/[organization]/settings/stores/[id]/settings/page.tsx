import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { Card, CardRow } from '#components/ui/card.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { getStore } from '#lib/stores/queries.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../../../not-your-role.tsx'
import { StoreHeader } from '../store-header.tsx'
import { SwitchButton } from '../switch-button.tsx'
import { RemoveButton } from './remove-button.tsx'
import { SettingsForm } from './settings-form.tsx'

export const metadata: Metadata = { title: 'Store settings' }

/** How keys live by what a store says; switching it off, and removing it. */
export default async function StoreSettingsPage({
  params,
}: PageProps<'/dashboard/[organization]/settings/stores/[id]/settings'>) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  const store = await found(getStore(merchant, id, new Date()))
  const of = { organization, connectionId: id, name: store.name, store: store.label }
  if (!roleMay(merchant.role, 'stores.write'))
    return (
      <>
        <StoreHeader organization={organization} store={store} />
        <NotYourRole role={merchant.role} back={paths.stores({ organization })} />
      </>
    )
  return (
    <>
      <StoreHeader organization={organization} store={store} />
      <PageBody narrow>
        <SettingsForm organization={organization} connectionId={id} settings={store.settings} />
        <Card>
          <CardRow title={store.offAt ? 'Switched off' : 'Switch off'} detail="Deliveries are kept, not acted on.">
            <SwitchButton {...of} off={store.offAt === null} />
          </CardRow>
          <CardRow title="Remove" detail="Purchases and keys stay as they are.">
            <RemoveButton {...of} purchases={store.purchases} />
          </CardRow>
        </Card>
      </PageBody>
    </>
  )
}
