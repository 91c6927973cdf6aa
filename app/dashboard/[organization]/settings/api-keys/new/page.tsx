import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { env } from '#lib/base/env.ts'
import { roleMay } from '#lib/base/permissions.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../../not-your-role.tsx'
import { NewKeyForm } from './new-key-form.tsx'

export const metadata: Metadata = { title: 'New API key' }

/** Makes an API key and shows its token once. */
export default async function NewApiKeyPage({ params }: PageProps<'/dashboard/[organization]/settings/api-keys/new'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const list = paths.apiKeys({ organization })
  return (
    <>
      <PageHeader title="New API key" breadcrumbs={[{ label: 'API keys', href: list }]} />
      {roleMay(merchant.role, 'api_keys.write') ? (
        <PageBody narrow>
          <NewKeyForm organization={organization} url={env().LATCHKEY_URL} today={new Date()} />
        </PageBody>
      ) : (
        <NotYourRole role={merchant.role} back={paths.overview({ organization })} />
      )}
    </>
  )
}
