import type { Metadata } from 'next'
import { LiveRefresh } from '#components/live-refresh.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { found } from '#lib/web/page.ts'
import { countFailed, getEndpoint, listMessages } from '#lib/webhook-endpoints/queries.ts'
import { EndpointHeader } from './endpoint-header.tsx'
import { EndpointTrouble } from './endpoint-trouble.tsx'
import { MessageTable } from './message-table.tsx'
import { loadMessageParams } from './params.ts'
import { ResendAllButton } from './resend-all-button.tsx'
import { TestButton } from './test-button.tsx'

export const metadata: Metadata = { title: 'Webhook endpoint' }

/** What was sent to an endpoint and what waits: what, when, whether it arrived, and when it is tried again. */
export default async function EndpointPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/settings/webhooks/[id]'>) {
  const [{ organization, id }, list] = await Promise.all([params, loadMessageParams(searchParams)])
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const endpoint = await found(getEndpoint(merchant, id, now))
  const [{ messages, total, far }, failed] = await Promise.all([
    listMessages(merchant, id, { q: list.q, states: list.state, types: list.type }, list),
    countFailed(merchant, id, now),
  ])
  const mayWrite = roleMay(merchant.role, 'webhooks.write')
  const of = { organization, endpointId: id, isOff: endpoint.disabledAt !== null }
  const { format } = endpoint
  return (
    <>
      <EndpointHeader
        organization={organization}
        endpoint={endpoint}
        now={now}
        actions={mayWrite && total > 0 && <TestButton {...of} format={format} />}
      />
      <LiveRefresh organization={organization} about={['messages', 'events']} drawn={now} />
      <EndpointTrouble organization={organization} endpoint={endpoint} mayWrite={mayWrite} now={now} />
      <MessageTable
        organization={organization}
        endpointId={id}
        format={format}
        messages={messages}
        total={total}
        far={far}
        now={now}
        again={mayWrite && failed.all > 0 && <ResendAllButton {...of} failed={failed} />}
        test={mayWrite && <TestButton {...of} format={format} primary />}
      />
    </>
  )
}
