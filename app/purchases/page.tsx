import type { Metadata } from 'next'
import { MaskedKey } from '#components/masked-key.tsx'
import { Card } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Picture } from '#components/ui/picture.tsx'
import { Status } from '#components/ui/status.tsx'
import { toneText } from '#components/ui/tones.ts'
import { currentUser, requireCustomer } from '#lib/auth/session.ts'
import { statusLook } from '#lib/license-keys/look.ts'
import { listPurchases, type PurchasedKey, type PurchaseSummary } from '#lib/purchases/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { copyKeys } from './actions.ts'
import { CopyKeys } from './copy-keys.tsx'
import { PurchasesFrame } from './purchases-frame.tsx'

export const metadata: Metadata = { title: { absolute: 'Your purchases' }, robots: { index: false } }

/** Everything this person bought, from whichever organization. */
export default async function PurchasesPage() {
  const customer = await requireCustomer()
  const [purchases, user] = await Promise.all([listPurchases(customer, new Date()), currentUser()])
  return (
    <PurchasesFrame email={customer.email} hasDashboard={Boolean(user?.memberships.length)}>
      <h1 className="font-semibold text-xl tracking-tight">Your purchases</h1>
      {purchases.length === 0 ? (
        <Card className="mt-4">
          <EmptyState title="Nothing was bought with this address">
            Did you use another address? Sign out, and sign in with that one.
          </EmptyState>
        </Card>
      ) : (
        <ul className="mt-4 grid items-start gap-3.5 md:grid-cols-2">
          {purchases.map((purchase) => (
            <PurchaseCard key={purchase.id} purchase={purchase} />
          ))}
        </ul>
      )}
    </PurchasesFrame>
  )
}

function PurchaseCard({ purchase }: { purchase: PurchaseSummary }) {
  const { standing } = purchase
  return (
    <Card as="li">
      <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-2 px-3.5 pt-3 pb-2.5">
        <div className="min-w-0">
          <h2 className="truncate font-medium text-md">{purchase.product}</h2>
          <p className="break-words text-mute">
            {purchase.organization.name} · <DateText value={purchase.at} />
            {purchase.reference && ` · ${purchase.reference}`}
            {standing && <span className={toneText[standing.tone]}> · {standing.text}</span>}
          </p>
        </div>
        {purchase.keys.length > 1 && (
          <CopyKeys action={copyKeys} purchaseId={purchase.id} count={purchase.keys.length} />
        )}
      </div>
      {purchase.keys.map((key) => (
        <KeyLink key={key.id} licenseKey={key} />
      ))}
      {purchase.keys.length === 0 && (
        <p className="border-line2 border-t px-3.5 py-2.5 text-mute">No license key belongs to this purchase.</p>
      )}
    </Card>
  )
}

function KeyLink({ licenseKey }: { licenseKey: PurchasedKey }) {
  const look = statusLook[licenseKey.status]
  return (
    <a
      href={paths.purchasedKey({ id: licenseKey.id })}
      className="flex items-center gap-3 border-line2 border-t px-3.5 py-2.5 hover:bg-line2 focus-visible:-outline-offset-2"
    >
      <span className="grid min-w-0 flex-1 gap-x-3">
        <MaskedKey masked={licenseKey.masked} />
        <span className="flex min-w-0 flex-wrap gap-x-3">
          <Status tone={look.tone} label={look.forCustomer} />
          <span className="text-mute">{devicesInWords(licenseKey.devices)}</span>
        </span>
      </span>
      <Picture size={16} className="shrink-0 text-mute">
        <path d="m9 18 6-6-6-6" />
      </Picture>
    </a>
  )
}

function devicesInWords({ mode, used, limit }: PurchasedKey['devices']): string {
  if (mode === 'off' || (used === 0 && limit === null)) return ''
  return limit === null ? countText(used, 'device') : `${used} of ${countText(limit, 'device')}`
}
