import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { env } from '#lib/base/env.ts'
import { roleMay } from '#lib/base/permissions.ts'
import * as paths from '#lib/web/paths.ts'
import { NotYourRole } from '../../../not-your-role.tsx'
import { NewEndpointForm } from './new-endpoint-form.tsx'

export const metadata: Metadata = { title: 'New webhook endpoint' }

/** Makes an endpoint and shows its secret once. */
export default async function NewWebhookPage({ params }: PageProps<'/dashboard/[organization]/settings/webhooks/new'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const list = paths.webhooks({ organization })
  return (
    <>
      <PageHeader title="New endpoint" breadcrumbs={[{ label: 'Webhooks', href: list }]} />
      {roleMay(merchant.role, 'webhooks.write') ? (
        <PageBody narrow>
          <NewEndpointForm organization={organization} allowsPrivate={env().WEBHOOK_PRIVATE_NETWORKS.length > 0} />
        </PageBody>
      ) : (
        <NotYourRole role={merchant.role} back={list} />
      )}
    </>
  )
}
