import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../not-your-role.tsx'
import { ImportSteps } from '../import-steps.tsx'
import { UploadForm } from './upload-form.tsx'

export const metadata: Metadata = { title: 'Import keys' }

/** The first step of an import: its files. */
export default async function NewImportPage({ params }: PageProps<'/dashboard/[organization]/imports/new'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'License keys', href: paths.licenseKeys({ organization }) },
          { label: 'Imports', href: paths.imports({ organization }) },
        ]}
        title="Import keys"
      />
      {roleMay(merchant.role, 'keys.write') ? (
        <PageBody narrow>
          <ImportSteps current="file" />
          <UploadForm organization={organization} />
        </PageBody>
      ) : (
        <NotYourRole role={merchant.role} back={paths.imports({ organization })} />
      )}
    </>
  )
}
