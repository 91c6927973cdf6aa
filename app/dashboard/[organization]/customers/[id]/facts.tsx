import type { ReactNode } from 'react'
import { EmailText } from '#components/email-text.tsx'
import { MetadataList } from '#components/metadata-list.tsx'
import { SeenText } from '#components/seen-text.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { countText } from '#components/ui/number-text.ts'
import type { CustomerDetail } from '#lib/customers/queries.ts'
import type { LicenseKeySummary } from '#lib/license-keys/list.ts'
import { EraseCustomer } from './erase-customer.tsx'
import { PreviewButton } from './preview-button.tsx'

/** Who a customer is, and what concerns all that is theirs. */
export function Facts({
  customer,
  keys,
  keyCount,
  purchaseCount,
  organization,
  mayErase,
  stoppedAt,
  now,
  children,
}: {
  customer: CustomerDetail
  keyCount: number
  purchaseCount: number
  organization: string
  /** Whether whoever looks may delete who they are. */
  mayErase: boolean
  keys: LicenseKeySummary[]
  /** When they asked for no more reminders. */
  stoppedAt: Date | null
  now: Date
  /** What stands below the facts. */
  children: ReactNode
}) {
  const seen = keys.reduce<Date | null>(
    (last, key) => (key.lastValidatedAt && (!last || key.lastValidatedAt > last) ? key.lastValidatedAt : last),
    null,
  )
  return (
    <>
      <DescriptionList className="pt-1">
        <Description name="E-mail">
          <span className="-my-1 flex items-center gap-1">
            <span className="min-w-0 break-words">
              <EmailText email={customer.email} />
            </span>
            <CopyButton value={customer.email} label="Copy e-mail" />
          </span>
        </Description>
        <Description name="Customer since">
          <DateText value={customer.createdAt} />
        </Description>
        <Description name="Last seen">
          <SeenText at={seen} now={now} />
        </Description>
        <Description name="Devices">{keys.reduce((sum, key) => sum + key.devices, 0)}</Description>
        {stoppedAt && (
          <Description name="Reminders">
            Stopped by them on <DateText value={stoppedAt} />
          </Description>
        )}
        <Description name="Customer id">
          <span className="-my-1 flex items-center gap-1">
            <code className="font-mono text-sm" title={customer.id}>
              {customer.id.slice(0, 8)}…{customer.id.slice(-4)}
            </code>
            <CopyButton value={customer.id} label="Copy customer id" />
          </span>
        </Description>
      </DescriptionList>
      <MetadataList metadata={customer.metadata} />
      {children}
      <Card>
        <CardHeader title="Their own page" />
        <CardBody>
          <p className="text-pretty text-mute">
            Signs in by a mailed link at <b className="font-medium text-ink">/purchases</b>, to copy keys and free
            devices.
          </p>
          <div className="mt-3">
            <PreviewButton organization={organization} customerId={customer.id} />
          </div>
        </CardBody>
      </Card>
      {customer.erasedAt ? (
        <Notice>
          Their personal data was deleted on <DateText value={customer.erasedAt} />. Keys go on working.
        </Notice>
      ) : (
        mayErase && (
          <Card>
            <CardHeader title="Privacy" />
            <CardBody>
              <p className="mb-3 text-pretty text-mute">Deletes who they are, and leaves their keys at work.</p>
              <EraseCustomer
                organization={organization}
                customerId={customer.id}
                email={customer.email}
                has={`${countText(keyCount, 'key')}, ${countText(purchaseCount, 'purchase')}`}
              />
            </CardBody>
          </Card>
        )
      )}
    </>
  )
}
