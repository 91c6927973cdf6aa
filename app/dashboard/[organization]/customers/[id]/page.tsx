import type { Metadata, Route } from 'next'
import Link from 'next/link'
import { createLoader } from 'nuqs/server'
import { cache } from 'react'
import { DeviceMeter } from '#components/device-meter.tsx'
import { EmailText } from '#components/email-text.tsx'
import { EventList } from '#components/event-list.tsx'
import { ExpiryText } from '#components/expiry-text.tsx'
import { KeyStatus } from '#components/key-status.tsx'
import { MaskedKey } from '#components/masked-key.tsx'
import { MetadataList } from '#components/metadata-list.tsx'
import { SeenText } from '#components/seen-text.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { pageParam } from '#components/ui/data-table/list-params.ts'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { countText } from '#components/ui/number-text.ts'
import { DateText } from '#components/ui/time.tsx'
import { WhyText } from '#components/why-text.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { type CustomerDetail, type CustomerPurchase, getCustomer, listPurchasesOf } from '#lib/customers/queries.ts'
import { listEvents } from '#lib/events/queries.ts'
import { maskedKey } from '#lib/key-strings/rules.ts'
import { type LicenseKeySummary, listLicenseKeys } from '#lib/license-keys/list.ts'
import { found } from '#lib/web/page.ts'

type Props = PageProps<'/dashboard/[organization]/customers/[id]'>

const KEYS_SHOWN = 100
const EVENTS_SHOWN = 20
const PURCHASES_SHOWN = 50

const loadPages = createLoader({ purchases: pageParam })

// The title and the page ask for the same customer.
const customerOfPage = cache(async (organization: string, id: string) => {
  const merchant = await requireMerchant(organization)
  return { merchant, customer: await found(getCustomer(merchant, id)) }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { organization, id } = await params
  const { customer } = await customerOfPage(organization, id)
  return { title: customer.name ?? customer.email }
}

/** One customer: their keys, their purchases and what happened. */
export default async function CustomerPage({ params, searchParams }: Props) {
  const [{ organization, id }, { purchases: page }] = await Promise.all([params, loadPages(searchParams)])
  const { merchant, customer } = await customerOfPage(organization, id)
  const now = new Date()
  const order = { page: 1, size: KEYS_SHOWN, sort: 'createdAt', dir: 'desc' } as const
  const [{ keys, total }, history, bought] = await Promise.all([
    listLicenseKeys(merchant, { customerId: id }, order, now),
    listEvents(merchant, { customerId: id }, { page: 1, size: EVENTS_SHOWN }),
    listPurchasesOf(merchant, id, { page, size: PURCHASES_SHOWN }),
  ])
  const base = `/dashboard/${organization}`
  const issue = new URLSearchParams({ email: customer.email, ...(customer.name && { name: customer.name }) })
  const everything = new URLSearchParams({ q: customer.email })
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'Customers', href: `${base}/customers` as Route }]}
        title={customer.name ?? customer.email}
        actions={
          roleMay(merchant.role, 'keys.write') && (
            <Button variant="primary" href={`${base}/license-keys/new?${issue}` as Route}>
              Issue key
            </Button>
          )
        }
      />
      <PageBody aside={<Facts customer={customer} keys={keys} now={now} />}>
        <Card>
          <CardHeader title="Keys">{countText(total, 'key')}</CardHeader>
          {keys.length === 0 ? (
            <EmptyState className="py-8!" title="No keys">
              Nothing was issued to this customer yet.
            </EmptyState>
          ) : (
            <ul className="@container">
              {keys.map((key) => (
                <Key key={key.id} licenseKey={key} base={base} now={now} />
              ))}
            </ul>
          )}
          {total > keys.length && <More href={`${base}/license-keys?${everything}`}>All {total} keys</More>}
        </Card>
        <Card>
          <CardHeader title={<span id="purchases">Purchases</span>}>{countText(bought.total, 'purchase')}</CardHeader>
          {bought.total === 0 ? (
            <EmptyState className="py-8!" title="No purchases">
              Keys of this customer were issued without a product.
            </EmptyState>
          ) : (
            <ul className="@container">
              {bought.purchases.map((purchase) => (
                <Purchase key={purchase.id} purchase={purchase} base={base} />
              ))}
            </ul>
          )}
          <PurchasePages page={page} total={bought.total} href={`${base}/customers/${id}`} />
        </Card>
        <Card>
          <CardHeader title="History">{countText(history.total, 'event')}</CardHeader>
          <EventList events={history.events} now={now} />
          {history.total > history.events.length && (
            <More href={`${base}/history?${everything}`}>All {history.total} events</More>
          )}
        </Card>
      </PageBody>
    </>
  )
}

function Key({ licenseKey, base, now }: { licenseKey: LicenseKeySummary; base: string; now: Date }) {
  return (
    <li className="relative grid items-center gap-x-4 gap-y-1 border-line2 border-t px-3.5 py-2.5 first:border-t-0 hover:bg-hover @2xl:grid-cols-[minmax(0,4fr)_minmax(0,4fr)_minmax(0,3fr)_8rem]">
      <span className="min-w-0">
        <Link
          href={`${base}/license-keys/${licenseKey.id}` as Route}
          className="rounded-xs after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring"
        >
          <MaskedKey masked={licenseKey.masked} />
        </Link>
        <span className="block truncate text-mute">{licenseKey.product?.name ?? licenseKey.configuration.name}</span>
      </span>
      <span className="inline-flex flex-wrap items-baseline gap-x-2">
        <KeyStatus status={licenseKey.status} expiresAt={licenseKey.expiresAt} now={now} />
        <WhyText troubles={licenseKey.troubles} />
      </span>
      <DeviceMeter devices={licenseKey.devices} limits={licenseKey.limits} troubles={licenseKey.troubles} />
      <span className="text-mute">
        <span className="mr-1.5 text-sm @2xl:hidden">Expires</span>
        <ExpiryText expiresAt={licenseKey.expiresAt} starts={licenseKey.expiryStarts} />
      </span>
    </li>
  )
}

const statusTone = { active: 'ok', refunded: 'bad', canceled: 'off' } as const

function Purchase({ purchase, base }: { purchase: CustomerPurchase; base: string }) {
  return (
    <li className="grid items-center gap-x-4 gap-y-1 border-line2 border-t px-3.5 py-2.5 first:border-t-0 @2xl:grid-cols-[minmax(0,4fr)_minmax(0,4fr)_minmax(0,3fr)_8rem]">
      <span className="min-w-0">
        <span className="break-words">{purchase.reference}</span>
        <span className="block text-mute">{purchase.kind === 'subscription' ? 'Subscription' : 'One-time'}</span>
      </span>
      <Link
        href={`${base}/products/${purchase.product.id}` as Route}
        className="truncate justify-self-start rounded-xs underline decoration-line underline-offset-3 hover:decoration-current"
      >
        {purchase.product.name}
      </Link>
      <span className="flex flex-wrap items-center gap-2">
        {purchase.status !== 'active' && <Badge tone={statusTone[purchase.status]}>{purchase.status}</Badge>}
        <span className="text-mute">
          {purchase.licenseKeys.length === 0 && 'No key'}
          {purchase.licenseKeys.map((key) => (
            <Link
              key={key.id}
              href={`${base}/license-keys/${key.id}` as Route}
              className="block rounded-xs hover:text-ink"
            >
              <MaskedKey masked={maskedKey(key)} />
            </Link>
          ))}
        </span>
      </span>
      <span className="text-mute">
        <DateText value={purchase.purchasedAt} />
      </span>
    </li>
  )
}

function PurchasePages({ page, total, href }: { page: number; total: number; href: string }) {
  const last = Math.ceil(total / PURCHASES_SHOWN)
  if (last <= 1) return null
  const to = (number: number) => `${href}?purchases=${number}#purchases` as Route
  return (
    <nav
      aria-label="Pages of purchases"
      className="flex items-center gap-3 border-line2 border-t px-3.5 py-2 text-mute"
    >
      <span className="mr-auto">
        Page {page} of {last}
      </span>
      {page > 1 && (
        <Button size="sm" href={to(page - 1)}>
          Newer
        </Button>
      )}
      {page < last && (
        <Button size="sm" href={to(page + 1)}>
          Older
        </Button>
      )}
    </nav>
  )
}

function More({ href, children }: { href: string; children: React.ReactNode }) {
  return (
    <div className="border-line2 border-t px-3.5 py-2">
      <Link href={href as Route} className="rounded-xs font-medium text-mute hover:text-ink">
        {children}
      </Link>
    </div>
  )
}

function Facts({ customer, keys, now }: { customer: CustomerDetail; keys: LicenseKeySummary[]; now: Date }) {
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
      <Card>
        <CardHeader title="Their own page" />
        <CardBody>
          <p className="text-pretty text-mute">
            Signs in by a mailed link at <b className="font-medium text-ink">/purchases</b>, to copy keys and free
            devices.
          </p>
        </CardBody>
      </Card>
    </>
  )
}
