import type { Metadata, Route } from 'next'
import Link from 'next/link'
import { createLoader, parseAsInteger } from 'nuqs/server'
import { cache } from 'react'
import { DeviceMeter } from '#components/device-meter.tsx'
import { EventList } from '#components/event-list.tsx'
import { ExpiryText } from '#components/expiry-text.tsx'
import { KeyStatus } from '#components/key-status.tsx'
import { MailCard } from '#components/mail-card.tsx'
import { MaskedKey } from '#components/masked-key.tsx'
import { PurchaseState } from '#components/purchase-state.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Visited } from '#components/shell/visited.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { pageParam } from '#components/ui/data-table/list-params.ts'
import { DateText } from '#components/ui/date-text.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { PeekLink } from '#components/ui/peek/peek-link.tsx'
import { peekParam } from '#components/ui/peek/peek-param.ts'
import { WhyText } from '#components/why-text.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listNotes } from '#lib/customers/notes.ts'
import { addressesBefore, type CustomerPurchase, getCustomer, listPurchasesOf } from '#lib/customers/queries.ts'
import { listEvents } from '#lib/events/queries.ts'
import { maskedKey } from '#lib/key-strings/rules.ts'
import { type LicenseKeySummary, listLicenseKeys } from '#lib/license-keys/list.ts'
import { mailsAbout, remindersStoppedAt } from '#lib/mail/queries.ts'
import { shownPurchase } from '#lib/purchases/look.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { sendMailAgain } from '../../actions.ts'
import { KeyDrawer } from '../../key-drawer.tsx'
import { Facts } from './facts.tsx'
import { NotesCard } from './notes-card.tsx'

type Props = PageProps<'/dashboard/[organization]/customers/[id]'>

const KEYS_SHOWN = 100
const EVENTS_SHOWN = 20
const PURCHASES_SHOWN = 50

const NOTES_SHOWN = 10
const NOTES_MAX = 500

const loadPages = createLoader({
  purchases: pageParam,
  open: peekParam,
  notes: parseAsInteger.withDefault(NOTES_SHOWN),
})

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
  const [{ organization, id }, { purchases: page, open, notes: notesShown }] = await Promise.all([
    params,
    loadPages(searchParams),
  ])
  const { merchant, customer } = await customerOfPage(organization, id)
  const now = new Date()
  const order = { page: 1, size: KEYS_SHOWN, sort: 'createdAt', dir: 'desc' } as const
  const [{ keys, total }, history, bought, mails, stoppedAt, noted] = await Promise.all([
    listLicenseKeys(merchant, { customerId: id }, order, now),
    listEvents(merchant, { customerId: id }, { page: 1, size: EVENTS_SHOWN }),
    listPurchasesOf(merchant, id, { page, size: PURCHASES_SHOWN }),
    addressesBefore(merchant, id).then((before) => mailsAbout(merchant, { to: customer.email, before })),
    remindersStoppedAt(merchant, customer.email),
    listNotes(merchant, id, Math.min(Math.max(notesShown, NOTES_SHOWN), NOTES_MAX)),
  ])
  return (
    <>
      <Visited
        organization={organization}
        item={{
          ...{ id: customer.id, label: customer.name ?? customer.email, hint: 'customer' },
          href: paths.customer({ organization, id: customer.id }),
        }}
      />
      <PageHeader
        breadcrumbs={[{ label: 'Customers', href: paths.customers({ organization }) }]}
        title={customer.name ?? customer.email}
        actions={
          <>
            {!customer.erasedAt && roleMay(merchant.role, 'customers.write') && (
              <Button href={paths.editCustomer({ organization, id })}>Edit</Button>
            )}
            {!customer.erasedAt && roleMay(merchant.role, 'keys.write') && (
              <Button
                variant="primary"
                href={paths.newLicenseKey({ organization }, { email: customer.email, name: customer.name })}
              >
                Issue key
              </Button>
            )}
          </>
        }
      />
      <PageBody
        aside={
          <Facts
            customer={customer}
            keys={keys}
            keyCount={total}
            purchaseCount={bought.total}
            organization={organization}
            mayErase={roleMay(merchant.role, 'customers.erase')}
            stoppedAt={stoppedAt}
            now={now}
          >
            <NotesCard
              organization={organization}
              customerId={id}
              isErased={customer.erasedAt !== null}
              member={merchant}
              notes={noted.notes}
              total={noted.total}
              now={now}
            />
          </Facts>
        }
      >
        <Card>
          <CardHeader title="Keys">{countText(total, 'key')}</CardHeader>
          {keys.length === 0 ? (
            <EmptyState className="py-8!" title="No keys">
              Nothing was issued to this customer yet.
            </EmptyState>
          ) : (
            <ul className="@container">
              {keys.map((key) => (
                <Key key={key.id} licenseKey={key} organization={organization} now={now} />
              ))}
            </ul>
          )}
          {total > keys.length && (
            <More href={paths.licenseKeys({ organization }, { q: customer.email })}>All {total} keys</More>
          )}
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
                <Purchase key={purchase.id} purchase={purchase} organization={organization} />
              ))}
            </ul>
          )}
          <PurchasePages page={page} total={bought.total} organization={organization} id={id} />
        </Card>
        <MailCard
          organization={organization}
          mails={mails}
          address={customer.email}
          again={roleMay(merchant.role, 'mails.resend') ? sendMailAgain : null}
          now={now}
        />
        <Card>
          <CardHeader title="History">
            {history.far.isMore ? `${numberText(history.total)} events and more` : countText(history.total, 'event')}
          </CardHeader>
          <EventList events={history.events} now={now} />
          <More href={paths.customerHistory({ organization, id })}>All history</More>
        </Card>
      </PageBody>
      <KeyDrawer merchant={merchant} organization={organization} id={open} />
    </>
  )
}

// Where there are no columns, a value says what it is.
const narrowName = 'mr-1.5 text-mute text-sm @2xl:hidden'

function Key({ licenseKey, organization, now }: { licenseKey: LicenseKeySummary; organization: string; now: Date }) {
  return (
    <li className="relative grid items-center gap-x-4 gap-y-1 border-line2 border-t px-3.5 py-2.5 first:border-t-0 hover:bg-hover has-[a[aria-current]]:bg-accentbg! @2xl:grid-cols-[minmax(0,4fr)_minmax(0,4fr)_minmax(0,3fr)_8rem]">
      <span className="min-w-0">
        <PeekLink
          id={licenseKey.id}
          href={paths.licenseKey({ organization, id: licenseKey.id })}
          className="rounded-xs after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring"
        >
          <MaskedKey masked={licenseKey.masked} />
        </PeekLink>
        <span className="block truncate text-mute">{licenseKey.product?.name ?? licenseKey.configuration.name}</span>
      </span>
      <span className="inline-flex flex-wrap items-baseline gap-x-2">
        {licenseKey.isTest && <Badge>Test</Badge>}
        <KeyStatus status={licenseKey.status} expiresAt={licenseKey.expiresAt} now={now} />
        <WhyText troubles={licenseKey.troubles} />
      </span>
      <span className="flex items-baseline">
        <span className={narrowName}>Devices</span>
        <DeviceMeter devices={licenseKey.devices} limits={licenseKey.limits} troubles={licenseKey.troubles} />
      </span>
      <span className="text-mute">
        <span className={narrowName}>Expires</span>
        <ExpiryText expiresAt={licenseKey.expiresAt} starts={licenseKey.expiryStarts} />
      </span>
    </li>
  )
}

function Purchase({ purchase, organization }: { purchase: CustomerPurchase; organization: string }) {
  return (
    <li className="grid items-center gap-x-4 gap-y-1 border-line2 border-t px-3.5 py-2.5 first:border-t-0 @2xl:grid-cols-[minmax(0,4fr)_minmax(0,4fr)_minmax(0,3fr)_8rem]">
      <span className="min-w-0">
        <span className="flex flex-wrap items-center gap-x-2">
          <Link
            href={paths.sale({ organization, id: purchase.id })}
            className="min-w-0 break-words rounded-xs underline decoration-line underline-offset-3 hover:decoration-current"
          >
            {purchase.reference}
          </Link>
          {purchase.isTest && <Badge>Test</Badge>}
        </span>
        <PurchaseState
          purchase={{ ...purchase, shown: shownPurchase(purchase), timeZone: purchase.organization.timeZone }}
          className="w-full"
        />
      </span>
      <Link
        href={paths.product({ organization, id: purchase.product.id })}
        className="truncate justify-self-start rounded-xs underline decoration-line underline-offset-3 hover:decoration-current"
      >
        {purchase.product.name}
      </Link>
      <span className="text-mute">
        {purchase.licenseKeys.length === 0 && 'No key'}
        {purchase.licenseKeys.map((key) => (
          <Link
            key={key.id}
            href={paths.licenseKey({ organization, id: key.id })}
            className="block rounded-xs hover:text-ink"
          >
            <MaskedKey masked={maskedKey(key)} />
          </Link>
        ))}
      </span>
      <span className="text-mute">
        <span className={narrowName}>Purchased</span>
        <DateText value={purchase.purchasedAt} />
      </span>
    </li>
  )
}

function PurchasePages({
  page,
  total,
  ...customer
}: {
  page: number
  total: number
  organization: string
  id: string
}) {
  const last = Math.ceil(total / PURCHASES_SHOWN)
  if (last <= 1) return null
  const to = (number: number) => paths.customer(customer, { purchases: number })
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

function More({ href, children }: { href: Route; children: React.ReactNode }) {
  return (
    <div className="border-line2 border-t px-3.5 py-2">
      <Link href={href} className="rounded-xs font-medium text-mute hover:text-ink">
        {children}
      </Link>
    </div>
  )
}
