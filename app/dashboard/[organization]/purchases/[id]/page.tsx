import type { Metadata, Route } from 'next'
import Link from 'next/link'
import { createLoader } from 'nuqs/server'
import { cache } from 'react'
import { AmountsText } from '#components/amounts.tsx'
import { EmailText } from '#components/email-text.tsx'
import { MailCard } from '#components/mail-card.tsx'
import { MetadataList } from '#components/metadata-list.tsx'
import { PurchaseState } from '#components/purchase-state.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Visited } from '#components/shell/visited.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import type { Tone } from '#components/ui/tones.ts'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listEvents } from '#lib/events/queries.ts'
import { mailsAbout } from '#lib/mail/queries.ts'
import { listCustomerMails } from '#lib/mail-settings/queries.ts'
import { getPurchase, type PurchaseDetail } from '#lib/purchases/list.ts'
import { purchaseSentence, sourceWords } from '#lib/purchases/look.ts'
import { newsOfEnd } from '#lib/purchases/news.ts'
import type { ShownPurchaseState } from '#lib/purchases/plain.ts'
import { storeLabels } from '#lib/stores/setups.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { sendMailAgain } from '../../actions.ts'
import { KeyDrawer } from '../../key-drawer.tsx'
import { HISTORY_STEP, historyParams } from './params.ts'
import { PurchaseActions } from './purchase-actions.tsx'
import { PurchaseHistory } from './purchase-history.tsx'
import { PurchaseKeys } from './purchase-keys.tsx'

type Props = PageProps<'/dashboard/[organization]/purchases/[id]'>

// The title and the page ask for the same purchase.
const purchaseOfPage = cache(async (organization: string, id: string) => {
  const merchant = await requireMerchant(organization)
  const now = new Date()
  return { merchant, now, purchase: await found(getPurchase(merchant, id, now)) }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { organization, id } = await params
  return { title: `Purchase ${(await purchaseOfPage(organization, id)).purchase.reference}` }
}

const labels: Record<string, string> = { ...storeLabels, ...sourceWords }

/** One purchase: where it stands, its keys, and what each thing that happened did to them. */
export default async function PurchasePage({ params, searchParams }: Props) {
  const [{ organization, id }, { history, open }] = await Promise.all([
    params,
    createLoader(historyParams)(searchParams),
  ])
  const { merchant, now, purchase } = await purchaseOfPage(organization, id)
  const [{ events, total }, mails, customerMails] = await Promise.all([
    listEvents(merchant, { purchaseId: id }, { page: 1, size: history }),
    mailsAbout(merchant, { purchaseId: id }),
    listCustomerMails(merchant),
  ])
  const tellingOf = (to: 'canceled' | 'refunded') => {
    const found = customerMails.find(({ mail }) => mail === newsOfEnd(to, purchase.kind))
    return whyNotTold(purchase, found ?? null) ?? { isUsual: purchase.follows?.connection.mailsEnded ?? true }
  }
  const origin = labels[purchase.origin] ?? purchase.origin
  const mayEnd = roleMay(merchant.role, 'purchases.write')
  return (
    <>
      <Visited
        organization={organization}
        item={{
          ...{ id: purchase.id, label: purchase.reference, hint: 'purchase' },
          href: paths.sale({ organization, id: purchase.id }),
        }}
      />
      <PageHeader
        breadcrumbs={[{ label: 'Purchases', href: paths.sales({ organization }) }]}
        title={purchase.reference}
        status={
          <>
            {purchase.isTest && <Badge>Test</Badge>}
            <PurchaseState purchase={purchase} />
          </>
        }
        actions={
          mayEnd && (
            <PurchaseActions
              organization={organization}
              purchase={{
                ...{ id, reference: purchase.reference, shown: purchase.shown, kind: purchase.kind },
                ...{ keys: purchase.keyCount, email: purchase.customer.email },
                mayResume: purchase.mayResume,
              }}
              telling={{ cancel: tellingOf('canceled'), refund: tellingOf('refunded') }}
              store={purchase.follows ? origin : null}
            />
          )
        }
      />
      <PageBody aside={<Facts purchase={purchase} origin={origin} organization={organization} now={now} />}>
        <Standing purchase={purchase} origin={origin} />
        <PurchaseKeys
          organization={organization}
          purchase={purchase}
          mayHold={roleMay(merchant.role, 'keys.write')}
          now={now}
        />
        <MailCard
          organization={organization}
          mails={mails}
          address={purchase.customer.email}
          again={roleMay(merchant.role, 'mails.resend') ? sendMailAgain : null}
          now={now}
        />
        <Card>
          <CardHeader title={<span id="history">History</span>}>{countText(total, 'event')}</CardHeader>
          <PurchaseHistory events={events} organization={organization} now={now} />
          {total > events.length && (
            <div className="border-line2 border-t px-3.5 py-2">
              <Link
                scroll={false}
                href={paths.sale({ organization, id }, { history: history + HISTORY_STEP })}
                className="rounded-xs font-medium text-mute hover:text-ink"
              >
                Show {Math.min(HISTORY_STEP, total - events.length)} more
              </Link>
            </div>
          )}
        </Card>
      </PageBody>
      <KeyDrawer merchant={merchant} organization={organization} id={open} />
    </>
  )
}

/** Why whoever bought it hears nothing of its end; null when they can be told. */
function whyNotTold(
  { isTest, keyCount, keys, customer }: PurchaseDetail,
  mail: { label: string; on: boolean | null } | null,
) {
  if (isTest) return { why: 'It is a test, so nobody is told.' }
  if (keyCount === 0 || keys.every(({ held }) => held))
    return { why: `${customer.email} is not told: no key of it stops working.` }
  if (mail?.on === false)
    return { why: `${customer.email} is not told: “${mail.label}” is switched off under Settings → Mail.` }
  return null
}

/** What wants somebody's attention. */
const tones: Partial<Record<ShownPurchaseState, Tone>> = {
  ...{ pending: 'warn', past_due: 'warn', lapsed: 'bad', disputed: 'bad' },
}

/** What its state means, as a sentence. */
function Standing({ purchase, origin }: { purchase: PurchaseDetail; origin: string }) {
  const { shown, timeZone, endedByHand, follows } = purchase
  const sentence = purchaseSentence(shown, purchase, {
    ...{ store: follows ? origin : 'It', zone: timeZone, byHand: endedByHand !== null },
    hasRevoked: purchase.keys.some(({ status }) => status === 'revoked'),
  })
  return (
    <Notice tone={tones[shown] ?? 'plain'}>
      {sentence}
      {follows?.connection.offAt &&
        ` ${follows.connection.name} is switched off: what it says now is not acted on yet.`}
    </Notice>
  )
}

function Facts({
  purchase,
  origin,
  organization,
  now,
}: {
  purchase: PurchaseDetail
  origin: string
  organization: string
  now: Date
}) {
  const { customer, product, follows } = purchase
  return (
    <>
      <DescriptionList className="pt-1">
        <Description name="Customer">
          <TextLink href={paths.customer({ organization, id: customer.id })}>
            {customer.name ?? customer.email}
          </TextLink>
          {customer.name && (
            <span className="block text-mute">
              <EmailText email={customer.email} />
            </span>
          )}
        </Description>
        <Description name="Product">
          <TextLink href={paths.product({ organization, id: product.id })}>{product.name}</TextLink>
        </Description>
        <Description name="Quantity">{numberText(purchase.quantity)}</Description>
        {purchase.amounts.length > 0 && (
          <Description name="Paid">
            <AmountsText amounts={purchase.amounts} />
          </Description>
        )}
        <Description name="Kind">{purchase.kind === 'subscription' ? 'Subscription' : 'One-time'}</Description>
        <Description name="Store">
          {follows ? (
            <>
              <TextLink href={paths.store({ organization, id: follows.connection.id })}>
                {follows.connection.name}
              </TextLink>
              {follows.connection.name !== origin && <span className="block text-mute">{origin}</span>}
            </>
          ) : (
            <>
              {origin}
              {purchase.source === 'store' && <span className="block text-mute">It follows no connection.</span>}
            </>
          )}
        </Description>
        {follows && (
          <>
            <Description name="Last word">
              <Time value={follows.saidAt} now={now} />
            </Description>
            <Description name="Store’s id">
              <Id value={follows.ref} label="Copy the store’s id" />
            </Description>
          </>
        )}
        <Description name="Purchased">
          <DateText value={purchase.purchasedAt} />
        </Description>
        <Description name="Purchase id">
          <Id
            value={purchase.id}
            shown={`${purchase.id.slice(0, 8)}…${purchase.id.slice(-4)}`}
            label="Copy purchase id"
          />
        </Description>
      </DescriptionList>
      <MetadataList metadata={purchase.metadata} />
    </>
  )
}

function Id({ value, shown = value, label }: { value: string; shown?: string; label: string }) {
  return (
    <span className="-my-1 flex items-center gap-1">
      <code className="min-w-0 break-all font-mono text-sm" title={value}>
        {shown}
      </code>
      <CopyButton value={value} label={label} />
    </span>
  )
}

function TextLink({ href, children }: { href: Route; children: string }) {
  return (
    <Link href={href} className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current">
      {children}
    </Link>
  )
}
