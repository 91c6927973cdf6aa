import type { Metadata } from 'next'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { getKeyConfiguration } from '#lib/key-configurations/queries.ts'
import { getOrganization } from '#lib/organizations/queries.ts'
import { productChoices } from '#lib/products/queries.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../../not-your-role.tsx'
import { submitKeyConfigurationEdit } from '../../actions.ts'
import { KeyConfigurationForm } from '../../key-configuration-form.tsx'

export const metadata: Metadata = { title: 'Edit key configuration' }

/** The same steps for a configuration that exists; the review says what changes for its keys. */
export default async function EditKeyConfigurationPage({
  params,
}: PageProps<'/dashboard/[organization]/key-configurations/[id]/edit'>) {
  const { organization: slug, id } = await params
  const merchant = await requireMerchant(slug)
  const configuration = await found(getKeyConfiguration(merchant, id, new Date()))
  const list = paths.keyConfigurations({ organization: slug })
  const detail = paths.keyConfiguration({ organization: slug, id })
  const header = (
    <PageHeader
      title="Edit"
      breadcrumbs={[
        { label: 'Key configurations', href: list },
        { label: configuration.settings.name, href: detail },
      ]}
    />
  )
  if (!roleMay(merchant.role, 'catalogue.write')) {
    return (
      <>
        {header}
        <NotYourRole role={merchant.role} back={list} />
      </>
    )
  }
  const [organization, products] = await Promise.all([
    getOrganization(merchant),
    productChoices(merchant, configuration.settings.productIds),
  ])
  return (
    <>
      {header}
      <KeyConfigurationForm
        organization={{ ...organization, slug }}
        settings={configuration.settings}
        existing={{ id: configuration.id }}
        products={products}
        now={new Date()}
        submit={submitKeyConfigurationEdit}
      />
    </>
  )
}
