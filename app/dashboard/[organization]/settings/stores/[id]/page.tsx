import type { Metadata } from 'next'
import Link from 'next/link'
import { LiveRefresh } from '#components/live-refresh.tsx'
import { RefreshEvery } from '#components/refresh-every.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { Spinner } from '#components/ui/spinner.tsx'
import { Steps } from '#components/ui/steps.tsx'
import { Time } from '#components/ui/time.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { dayOf } from '#lib/base/days.ts'
import { isId } from '#lib/base/ids.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { keyConfigurationChoices } from '#lib/key-configurations/queries.ts'
import { getOrganization } from '#lib/organizations/queries.ts'
import { productChoices } from '#lib/products/queries.ts'
import { getStore, listStoreProducts, type StoreDetail } from '#lib/stores/queries.ts'
import { listReconciliationRecords } from '#lib/stores/records.ts'
import { wantsAccess } from '#lib/stores/rules.ts'
import { signedPurchase, trial } from '#lib/vendors/custom/trial.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { AccessCard } from './access-card.tsx'
import { ProductsToPlace, StoreProducts } from './product-list.tsx'
import { ReadOrdersCard } from './read-orders-card.tsx'
import { SetUpCard } from './set-up-card.tsx'
import { StoreHeader } from './store-header.tsx'
import { StoreTrouble } from './store-trouble.tsx'

export const metadata: Metadata = { title: 'Store' }

/** One connection: how it is set up, which of the store's products is which here, and what went wrong. */
export default async function StorePage({ params }: PageProps<'/dashboard/[organization]/settings/stores/[id]'>) {
  const { organization, id } = await params
  const merchant = await requireMerchant(organization)
  const now = new Date()
  // Before the store, which says how its API was found: a page that shows a reading's end asks for no more.
  const reports = await listReconciliationRecords(
    merchant,
    { connectionIds: [id].filter(isId) },
    { sort: 'createdAt', dir: 'desc', limit: REPORTS_SHOWN },
  )
  const store = await found(getStore(merchant, id, now))
  const [products, choices, configurations, { timeZone }] = await Promise.all([
    listStoreProducts(merchant, id),
    productChoices(merchant),
    keyConfigurationChoices(merchant),
    getOrganization(merchant),
  ])
  const isReading = reports.some(({ state }) => state === 'waiting' || state === 'running')
  const mayWrite = roleMay(merchant.role, 'stores.write')
  const isPlaced = ({ product, isIgnored }: (typeof products)[number]) => product !== null || isIgnored
  const open = products.filter((product) => !isPlaced(product))
  const placing = {
    ...{ organization, connectionId: id, store: store.label },
    products: choices.map(({ id, name }) => ({ id, name })),
    configurations: configurations.map(({ id, name }) => ({ id, name })),
  }
  const at = stepOf(store, open.length)
  return (
    <>
      <StoreHeader organization={organization} store={store} />
      {/* Before it has its secret nothing comes, and somebody is typing it. */}
      {store.hasSecret && <LiveRefresh organization={organization} about={['deliveries', 'events']} drawn={now} />}
      {isReading && <RefreshEvery seconds={2} />}
      <PageBody aside={<Facts store={store} organization={organization} now={now} />}>
        {at && mayWrite && <Steps steps={steps} current={at} />}
        {at && store.waits.length === 0 && <Waiting at={at} store={store} />}
        <StoreTrouble organization={organization} store={store} mayWrite={mayWrite} now={now} />
        {open.length > 0 && <ProductsToPlace open={open} mayWrite={mayWrite} now={now} {...placing} />}
        {store.setup && store.address && (
          <>
            <SetUpCard
              setup={store.setup}
              address={store.address}
              open={store.state !== 'connected'}
              // Without a secret of its own nothing it sends is believed.
              trial={store.store === 'custom' && store.hasSecret ? trialAt(store.address) : null}
            />
            <AccessCard
              organization={organization}
              connectionId={id}
              store={store.label}
              secret={store.setup.secret && withoutCode(store.setup.secret)}
              hasSecret={store.hasSecret}
              formerSecretUntil={store.formerSecretUntil}
              credential={store.setup.credential && withoutCode(store.setup.credential)}
              hasCredential={store.hasCredential}
              isWanted={wantsAccess(store)}
              access={store.access}
              address={store.address}
            />
          </>
        )}
        {store.hasList && (store.hasCredential || store.state === 'connected') && (
          <ReadOrdersCard
            {...{ organization, mayWrite, reports, now }}
            connectionId={id}
            store={store.label}
            why={store.whyNotRead}
            since={dayOf(store.reconciledAt ?? store.createdAt, timeZone)}
            zone={timeZone}
          />
        )}
        {products.some(isPlaced) && (
          <StoreProducts placed={products.filter(isPlaced)} mayWrite={mayWrite} {...placing} />
        )}
      </PageBody>
    </>
  )
}

/** So many readings are shown with what they mended. */
const REPORTS_SHOWN = 6

const trialAt = (address: string) => signedPurchase({ ...trial, address, secret: 'whsec_…' })

const steps = [
  { id: 'secret', label: 'Set up' },
  { id: 'delivery', label: 'First delivery' },
  { id: 'products', label: 'Products' },
  { id: 'sale', label: 'First sale' },
] as const

type Step = (typeof steps)[number]['id']

/** How far the connecting is; null once keys are sold. */
function stepOf({ state, purchases }: StoreDetail, open: number): Step | null {
  if (state === 'off') return null
  if (state === 'secret') return 'secret'
  if (state === 'waiting') return 'delivery'
  if (purchases > 0) return null
  return open > 0 ? 'products' : 'sale'
}

function Waiting({ at, store: { label, mode } }: { at: Step; store: StoreDetail }) {
  if (at !== 'delivery' && at !== 'sale') return null
  return (
    <div className="flex gap-3 rounded-card border border-line bg-panel px-3.5 py-3 shadow-soft">
      <span className="mt-0.5 text-accent">
        <Spinner />
      </span>
      <div role="status" className="min-w-0">
        <p className="font-medium">
          {at === 'delivery' ? `Waiting for the first delivery from ${label}` : 'Connected. Waiting for the first sale'}
        </p>
        <p className="text-pretty text-mute">
          {at === 'delivery'
            ? `Send a test event from there, or buy something${mode === 'test' ? ' in its test mode' : ''}. This page notices by itself.`
            : 'Nothing that was sold has arrived yet. This page notices by itself.'}
        </p>
      </div>
    </div>
  )
}

function Facts({ store, organization, now }: { store: StoreDetail; organization: string; now: Date }) {
  const { label, mode, createdAt, firstDeliveryAt, lastDeliveryAt, refusals, purchases } = store
  return (
    <DescriptionList className="pt-1">
      <Description name="Store">{label}</Description>
      <Description name="Sales">{mode === 'live' ? 'Live' : 'Test: nobody is mailed'}</Description>
      <Description name="Added">
        <DateText value={createdAt} />
      </Description>
      <Description name="First delivery">{firstDeliveryAt && <DateText value={firstDeliveryAt} />}</Description>
      <Description name="Last delivery">{lastDeliveryAt && <Time value={lastDeliveryAt} now={now} />}</Description>
      <Description name="Purchases">
        {purchases > 0 ? (
          <Link
            href={paths.sales({ organization }, { store: store.store })}
            className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current"
          >
            {numberText(purchases)}
          </Link>
        ) : (
          'None yet'
        )}
      </Description>
      <Description name="Refused">{refusals === 0 ? 'Nothing' : countText(refusals, 'request')}</Description>
    </DescriptionList>
  )
}

/** What a browser may be given of a field: not how it is checked. */
const withoutCode = <Field extends { label: string; hint: string; wrong?: unknown }>({ wrong: _, ...field }: Field) =>
  field
