import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { getOrganization } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../not-your-role.tsx'
import { OrganizationForm } from './organization-form.tsx'

export const metadata: Metadata = { title: 'Organization' }

/** What holds for the whole organization: what customers know it by, where they find help, and where its days begin and end. */
export default async function OrganizationPage({
  params,
}: PageProps<'/dashboard/[organization]/settings/organization'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  if (!roleMay(merchant.role, 'organization.write')) {
    return (
      <>
        <PageHeader title="Organization" />
        <NotYourRole role={merchant.role} back={paths.overview({ organization })} />
      </>
    )
  }
  const { name, supportEmail, websiteUrl, timeZone } = await getOrganization(merchant)
  return (
    <>
      <PageHeader title="Organization" description={name} />
      <PageBody narrow>
        <OrganizationForm
          organization={organization}
          settings={{ name, supportEmail, websiteUrl, timeZone }}
          zones={['UTC', ...Intl.supportedValuesOf('timeZone')]}
        />
      </PageBody>
    </>
  )
}
