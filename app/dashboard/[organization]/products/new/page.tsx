import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { keyConfigurationChoices } from '#lib/key-configurations/queries.ts'
import { productChoices } from '#lib/products/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../not-your-role.tsx'
import { create } from '../actions.ts'
import { ProductForm } from '../product-form.tsx'

export const metadata: Metadata = { title: 'New product' }

/** Creates a product; `?configuration=` chooses what it grants beforehand. */
export default async function NewProductPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/products/new'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const { configuration } = await searchParams
  const list = paths.products({ organization })
  return (
    <>
      <PageHeader title="New product" breadcrumbs={[{ label: 'Products', href: list }]} />
      {roleMay(merchant.role, 'catalogue.write') ? (
        <PageBody narrow>
          <ProductForm
            organization={organization}
            product={{
              id: null,
              name: '',
              description: null,
              keyConfigurationIds: typeof configuration === 'string' ? [configuration] : [],
              takesOver: [],
            }}
            configurations={await keyConfigurationChoices(merchant)}
            others={await productChoices(merchant)}
            action={create}
          />
        </PageBody>
      ) : (
        <NotYourRole role={merchant.role} back={list} />
      )}
    </>
  )
}
