import type { ReactNode } from 'react'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Status } from '#components/ui/status.tsx'
import { Tabs } from '#components/ui/tabs.tsx'
import * as paths from '#lib/web/paths.ts'
import { endpointName } from '#lib/webhook-endpoints/plain.ts'
import type { EndpointDetail } from '#lib/webhook-endpoints/queries.ts'
import { endpointLook, endpointState } from '#lib/webhook-endpoints/rules.ts'

import { formats } from '#lib/webhooks/formats.ts'

/** What stands above each page of an endpoint: what it is called, where it stands, and its pages. */
export function EndpointHeader({
  organization,
  endpoint,
  now,
  actions,
}: {
  organization: string
  endpoint: EndpointDetail
  now: Date
  actions?: ReactNode
}) {
  const here = { organization, id: endpoint.id }
  const name = endpointName(endpoint)
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'Webhooks', href: paths.webhooks(here) }]}
        title={<span className="break-all">{name}</span>}
        status={
          <>
            {endpoint.format !== 'latchkey' && <Badge>{formats[endpoint.format].label}</Badge>}
            <Status {...endpointLook[endpointState(endpoint, now)]} />
          </>
        }
        description={endpoint.description ? <span className="break-all">{endpoint.url}</span> : undefined}
        actions={actions}
      />
      <Tabs
        label={name}
        items={[
          { label: 'Messages', href: paths.webhook(here) },
          { label: 'Settings', href: paths.webhookSettings(here) },
        ]}
      />
    </>
  )
}
