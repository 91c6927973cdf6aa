import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { storeChoices } from '#lib/stores/setups.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../../not-your-role.tsx'
import { ConnectForm } from './connect-form.tsx'

export const metadata: Metadata = { title: 'Connect a store' }

/** Which store, under which name, with real sales or with tests. */
export default async function ConnectStorePage({ params }: PageProps<'/dashboard/[organization]/settings/stores/new'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const list = paths.stores({ organization })
  return (
    <>
      <PageHeader title="Connect a store" breadcrumbs={[{ label: 'Stores', href: list }]} />
      {roleMay(merchant.role, 'stores.write') ? (
        <PageBody narrow>
          <ConnectForm organization={organization} stores={storeChoices} />
        </PageBody>
      ) : (
        <NotYourRole role={merchant.role} back={list} />
      )}
    </>
  )
}
