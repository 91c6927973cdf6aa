import type { Metadata } from 'next'
import { LiveRefresh } from '#components/live-refresh.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { deliveryLook, eventName, UNREADABLE } from '#lib/stores/plain.ts'
import { BODY_SHOWN, type DeliveryDetail, getDelivery, getStore } from '#lib/stores/queries.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { ReplayButton } from '../../replay-button.tsx'

export const metadata: Metadata = { title: 'Delivery' }

/** One delivery: what it did here, and its body. */
export default async function DeliveryPage({
  params,
}: PageProps<'/dashboard/[organization]/settings/stores/[id]/deliveries/[delivery]'>) {
  const { organization, id, delivery: deliveryId } = await params
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const [store, delivery] = await Promise.all([
    found(getStore(merchant, id, now)),
    found(getDelivery(merchant, id, deliveryId)),
  ])
  return (
    <>
      <PageHeader
        mono
        breadcrumbs={[
          { label: 'Stores', href: paths.stores({ organization }) },
          { label: store.name, href: paths.store({ organization, id }) },
          { label: 'Deliveries', href: paths.deliveries({ organization, id }) },
        ]}
        title={<span className="break-all">{eventName(delivery.type)}</span>}
        status={<Status {...deliveryLook[delivery.state]} />}
        actions={
          roleMay(merchant.role, 'stores.write') &&
          delivery.state !== 'new' && (
            <ReplayButton organization={organization} connectionId={id} which={delivery.id} size="md">
              Handle again
            </ReplayButton>
          )
        }
      />
      <LiveRefresh organization={organization} about={['deliveries']} drawn={now} />
      <PageBody aside={<Facts delivery={delivery} now={now} />}>
        <Card>
          <CardHeader title="What came of it" />
          {delivery.outcome.length === 0 ? (
            <CardBody className="text-mute">
              {store.offAt
                ? 'The connection is switched off: it is handled once that is on again.'
                : 'Not handled yet.'}
            </CardBody>
          ) : (
            <ul>
              {delivery.outcome.map((sentence) => (
                <li key={sentence} className="break-words border-line2 border-t px-3.5 py-2 first:border-t-0">
                  {sentence}
                </li>
              ))}
            </ul>
          )}
        </Card>
        {delivery.body === null ? (
          <Card>
            <CardHeader title="Body" />
            <CardBody className="text-mute">
              What a store sends can hold whole keys, so only members who may see those see it.
            </CardBody>
          </Card>
        ) : (
          <CodeBlock
            title={delivery.isCut ? `Body, its first ${numberText(BODY_SHOWN)} characters` : 'Body'}
            code={delivery.body}
            wrap
          />
        )}
      </PageBody>
    </>
  )
}

function Facts({ delivery, now }: { delivery: DeliveryDetail; now: Date }) {
  const { key, type, receivedAt, occurredAt, handledAt, attempts, state, dueAt, bytes } = delivery
  return (
    <DescriptionList className="pt-1">
      <Description name="Received">
        <Time value={receivedAt} now={now} />
      </Description>
      <Description name="Happened">{occurredAt && <Time value={occurredAt} now={now} />}</Description>
      <Description name="Handled">{handledAt && <Time value={handledAt} now={now} />}</Description>
      <Description name="Attempts">{numberText(attempts)}</Description>
      {state === 'new' && attempts > 0 && (
        <Description name="Next attempt">
          <Time value={dueAt} now={now} />
        </Description>
      )}
      <Description name="Size">{numberText(bytes)} bytes</Description>
      {type !== UNREADABLE && (
        <Description name="Store’s id">
          <span className="-my-1 flex items-center gap-1">
            <code className="min-w-0 break-all font-mono text-sm">{key}</code>
            <CopyButton value={key} label="Copy the store’s id" />
          </span>
        </Description>
      )}
    </DescriptionList>
  )
}
