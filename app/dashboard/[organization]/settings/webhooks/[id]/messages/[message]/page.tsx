import type { Metadata } from 'next'
import Link from 'next/link'
import { LiveRefresh } from '#components/live-refresh.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { endpointName } from '#lib/webhook-endpoints/plain.ts'
import { type EndpointDetail, getEndpoint, getShownMessage, type ShownMessage } from '#lib/webhook-endpoints/queries.ts'
import { ATTEMPTS_MAX } from '#lib/webhooks/rules.ts'
import { MessageState } from '../../message-state.tsx'
import { AttemptList } from './attempt-list.tsx'
import { RequestCard } from './request-card.tsx'
import { ResendButton } from './resend-button.tsx'

export const metadata: Metadata = { title: 'Webhook message' }

/** One message: what was sent, each attempt, and what was answered. */
export default async function MessagePage({
  params,
}: PageProps<'/dashboard/[organization]/settings/webhooks/[id]/messages/[message]'>) {
  const { organization, id, message: messageId } = await params
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const [endpoint, message] = await Promise.all([
    found(getEndpoint(merchant, id, now)),
    found(getShownMessage(merchant, id, messageId)),
  ])
  const isWaiting = message.state === 'waiting'
  return (
    <>
      <PageHeader
        mono
        breadcrumbs={[
          { label: 'Webhooks', href: paths.webhooks({ organization }) },
          { label: endpointName(endpoint), href: paths.webhook({ organization, id }) },
        ]}
        title={<span className="break-all">{message.type}</span>}
        status={
          <>
            {message.eventId === null && <Badge>Test</Badge>}
            <MessageState message={message} />
          </>
        }
        actions={
          roleMay(merchant.role, 'webhooks.write') && (
            <ResendButton organization={organization} messageId={messageId} isOff={endpoint.disabledAt !== null}>
              {isWaiting ? 'Send now' : 'Send again'}
            </ResendButton>
          )
        }
      />
      <LiveRefresh organization={organization} about={['messages']} drawn={now} />
      <PageBody aside={<Facts message={message} endpoint={endpoint} organization={organization} now={now} />}>
        <AttemptList message={message} now={now} />
        <RequestCard message={message} endpoint={endpoint} />
      </PageBody>
    </>
  )
}

function Facts({
  message,
  endpoint,
  organization,
  now,
}: {
  message: ShownMessage
  endpoint: EndpointDetail
  organization: string
  now: Date
}) {
  const { id, eventId, licenseKeyId, state, attempts, tries, dueAt, createdAt, settledAt, isOnItsWay } = message
  return (
    <DescriptionList className="pt-1">
      <Description name="Sent to">
        <span className="break-all">{endpoint.url}</span>
      </Description>
      <Description name={eventId ? 'Happened' : 'Asked for'}>
        <Time value={createdAt} now={now} />
      </Description>
      <Description name="Attempts">
        {tries.length === attempts ? (
          `${numberText(attempts)} of ${numberText(ATTEMPTS_MAX)}`
        ) : (
          <>
            {numberText(tries.length)}
            <span className="block text-mute">
              {numberText(attempts)} of {numberText(ATTEMPTS_MAX)} since it was last sent by hand
            </span>
          </>
        )}
      </Description>
      {state === 'waiting' && !isOnItsWay && (
        <Description name="Next attempt">
          <Time value={dueAt < now ? now : dueAt} now={now} />
        </Description>
      )}
      {settledAt && state !== 'waiting' && (
        <Description name={settledNames[state]}>
          <Time value={settledAt} now={now} />
        </Description>
      )}
      {licenseKeyId && (
        <Description name="License key">
          <Link
            href={paths.licenseKey({ organization, id: licenseKeyId })}
            className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current"
          >
            Open the key
          </Link>
        </Description>
      )}
      <Id name="Message" id={id} />
      {eventId && <Id name="Event" id={eventId} />}
    </DescriptionList>
  )
}

const settledNames = { sent: 'Arrived', failed: 'Failed', gone: 'Given up' } as const

function Id({ name, id }: { name: string; id: string }) {
  return (
    <Description name={`${name} id`}>
      <span className="-mt-0.5 flex items-start gap-1">
        <code className="min-w-0 break-all font-mono text-sm">{id}</code>
        <CopyButton value={id} label={`Copy the id of the ${name.toLowerCase()}`} />
      </span>
    </Description>
  )
}
