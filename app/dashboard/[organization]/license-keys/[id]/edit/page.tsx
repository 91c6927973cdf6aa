import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { getLicenseKey, productsFor } from '#lib/license-keys/queries.ts'
import { supportBoundsOf } from '#lib/license-keys/support.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { EditForm } from './edit-form.tsx'

export const metadata: Metadata = { title: 'Edit license key' }

/** What may differ on this one key from what its configuration says. */
export default async function EditKeyPage({ params }: PageProps<'/dashboard/[organization]/license-keys/[id]/edit'>) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const key = await found(getLicenseKey(merchant, id, now))
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'License keys', href: paths.licenseKeys({ organization }) },
          { label: key.masked, href: paths.licenseKey({ organization, id }) },
        ]}
        title="Edit"
        description={`Changes this key only. Anything you do not override continues to follow ${key.configuration.name}.`}
      />
      <PageBody>
        {roleMay(merchant.role, 'keys.help') ? (
          <EditForm
            organization={organization}
            licenseKey={key}
            products={await productsFor(merchant, key.configuration.id, key.product?.id ?? null)}
            bounds={roleMay(merchant.role, 'keys.write') ? null : await supportBoundsOf(merchant.organizationId)}
            now={now}
          />
        ) : (
          <Notice tone="warn" title="Your role cannot change keys.">
            Ask an owner of the organization.
          </Notice>
        )}
      </PageBody>
    </>
  )
}
