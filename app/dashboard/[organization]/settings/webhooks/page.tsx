import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card } from '#components/ui/card.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import * as paths from '#lib/web/paths.ts'
import { listEndpoints } from '#lib/webhook-endpoints/queries.ts'
import { EndpointRow } from './endpoint-row.tsx'

export const metadata: Metadata = { title: 'Webhooks' }

/** Where events of an organization are sent, and whether they arrive. */
export default async function WebhooksPage({ params }: PageProps<'/dashboard/[organization]/settings/webhooks'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const endpoints = await listEndpoints(merchant)
  const now = new Date()
  const create = roleMay(merchant.role, 'webhooks.write') && (
    <Button variant="primary" href={paths.newWebhook({ organization })}>
      New endpoint
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Webhooks"
        count={endpoints.length || undefined}
        description="What happens here is sent to your own systems within seconds, signed, and tried again until it arrives."
        actions={endpoints.length > 0 && create}
      />
      <PageBody>
        <Card as="div">
          {endpoints.length === 0 ? (
            <EmptyState title="Nothing is sent anywhere" actions={create}>
              A webhook tells your own systems what happens here: a key was issued, a device was refused, a subscription
              ended. Name an address and choose events, and each one is posted there as JSON.
            </EmptyState>
          ) : (
            <ul>
              {endpoints.map((endpoint) => (
                <EndpointRow key={endpoint.id} endpoint={endpoint} organization={organization} now={now} />
              ))}
            </ul>
          )}
        </Card>
      </PageBody>
    </>
  )
}
