import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { getCustomer } from '#lib/customers/queries.ts'
import { personDeleted } from '#lib/customers/rules.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../../not-your-role.tsx'
import { EditForm } from './edit-form.tsx'

export const metadata: Metadata = { title: 'Edit customer' }

/** Changes a customer's name and address. */
export default async function EditCustomerPage({ params }: PageProps<'/dashboard/[organization]/customers/[id]/edit'>) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  const { name, email, erasedAt, addressChosenAt } = await found(getCustomer(merchant, id))
  return (
    <>
      <PageHeader
        title="Edit"
        breadcrumbs={[
          { label: 'Customers', href: paths.customers({ organization }) },
          { label: name ?? email, href: paths.customer({ organization, id }) },
        ]}
      />
      {!roleMay(merchant.role, 'customers.write') ? (
        <NotYourRole role={merchant.role} back={paths.customers({ organization })} />
      ) : erasedAt ? (
        <PageBody narrow>
          <Notice>{personDeleted().message}</Notice>
        </PageBody>
      ) : (
        <PageBody narrow>
          <EditForm
            organization={organization}
            customer={{ id, name, email }}
            chosen={addressChosenAt && <DateText value={addressChosenAt} />}
          />
        </PageBody>
      )}
    </>
  )
}
