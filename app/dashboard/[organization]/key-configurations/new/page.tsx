import type { Metadata } from 'next'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { newKeyConfiguration } from '#lib/key-configurations/schema.ts'
import { getOrganization } from '#lib/organizations/queries.ts'
import { productChoices } from '#lib/products/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../not-your-role.tsx'
import { submitNewKeyConfiguration } from '../actions.ts'
import { KeyConfigurationForm } from '../key-configuration-form.tsx'

export const metadata: Metadata = { title: 'New key configuration' }

/** Settings, review, save. */
export default async function NewKeyConfigurationPage({
  params,
}: PageProps<'/dashboard/[organization]/key-configurations/new'>) {
  const { organization: slug } = await params
  const merchant = await requireMerchant(slug)
  const list = paths.keyConfigurations({ organization: slug })
  const header = (
    <PageHeader title="New key configuration" breadcrumbs={[{ label: 'Key configurations', href: list }]} />
  )
  if (!roleMay(merchant.role, 'catalogue.write')) {
    return (
      <>
        {header}
        <NotYourRole role={merchant.role} back={list} />
      </>
    )
  }
  const [organization, products] = await Promise.all([getOrganization(merchant), productChoices(merchant)])
  return (
    <>
      {header}
      <KeyConfigurationForm
        organization={{ ...organization, slug }}
        settings={newKeyConfiguration}
        products={products}
        now={new Date()}
        submit={submitNewKeyConfiguration}
      />
    </>
  )
}
