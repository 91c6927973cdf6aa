import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { getCustomerSettings } from '#lib/customers/settings.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../not-your-role.tsx'
import { CustomersForm } from './customers-form.tsx'

export const metadata: Metadata = { title: 'What customers may do' }

/** What customers may do for themselves on their page. */
export default async function CustomerSettingsPage({
  params,
}: PageProps<'/dashboard/[organization]/settings/customers'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  if (!roleMay(merchant.role, 'organization.write')) {
    return (
      <>
        <PageHeader title="What customers may do" />
        <NotYourRole role={merchant.role} back={paths.overview({ organization })} />
      </>
    )
  }
  return (
    <>
      <PageHeader title="What customers may do" description="On their page, where they see what they bought." />
      <PageBody narrow>
        <CustomersForm organization={organization} settings={await getCustomerSettings(merchant)} />
      </PageBody>
    </>
  )
}
