import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { keyConfigurationChoices } from '#lib/key-configurations/queries.ts'
import { getProduct, productChoices } from '#lib/products/queries.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../../not-your-role.tsx'
import { update } from '../../actions.ts'
import { ProductForm } from '../../product-form.tsx'

export const metadata: Metadata = { title: 'Edit product' }

/** Changes a product's name, description and what it grants. */
export default async function EditProductPage({ params }: PageProps<'/dashboard/[organization]/products/[id]/edit'>) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  const product = await found(getProduct(merchant, id))
  const list = paths.products({ organization })
  const granted = product.keyConfigurations.map((configuration) => configuration.id)
  return (
    <>
      <PageHeader
        title="Edit"
        breadcrumbs={[
          { label: 'Products', href: list },
          { label: product.name, href: paths.product({ organization, id: product.id }) },
        ]}
      />
      {roleMay(merchant.role, 'catalogue.write') ? (
        <PageBody narrow>
          <ProductForm
            organization={organization}
            product={{
              id: product.id,
              name: product.name,
              description: product.description,
              keyConfigurationIds: granted,
              takesOver: product.takesOver,
            }}
            configurations={await keyConfigurationChoices(merchant, granted)}
            others={(await productChoices(merchant, product.takesOver)).filter((each) => each.id !== product.id)}
            action={update}
          />
        </PageBody>
      ) : (
        <NotYourRole role={merchant.role} back={list} />
      )}
    </>
  )
}
