import Link from 'next/link'
import { DeviceMeter } from '#components/device-meter.tsx'
import { ExpiryText } from '#components/expiry-text.tsx'
import { KeyStatus } from '#components/key-status.tsx'
import { MaskedKey } from '#components/masked-key.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { countText } from '#components/ui/number-text.ts'
import { PeekLink } from '#components/ui/peek/peek-link.tsx'
import { reasonsInWords } from '#lib/license-keys/rules.ts'
import type { PurchaseDetail } from '#lib/purchases/list.ts'
import * as paths from '#lib/web/paths.ts'
import { HoldButton, ReleaseButton } from './hold-button.tsx'

/** The keys of a purchase: what state it left each in, and what a person chose instead. */
export function PurchaseKeys({
  organization,
  purchase,
  mayHold,
  now,
}: {
  organization: string
  purchase: PurchaseDetail
  mayHold: boolean
  now: Date
}) {
  const { keys, keyCount, reasons } = purchase
  return (
    <Card>
      <CardHeader title="Keys">{countText(keyCount, 'key')}</CardHeader>
      {keys.length === 0 ? (
        <EmptyState className="py-8!" title="No keys">
          {purchase.wentOnWith ? (
            <>
              Its key went on with purchase{' '}
              <Link
                href={paths.sale({ organization, id: purchase.wentOnWith.id })}
                className="text-accent underline underline-offset-2"
              >
                {purchase.wentOnWith.reference}
              </Link>
              .
            </>
          ) : purchase.shown === 'pending' ? (
            'They are issued once it is paid.'
          ) : (
            'It has none.'
          )}
        </EmptyState>
      ) : (
        <ul className="@container">
          {keys.map((key) => (
            <li
              key={key.id}
              className="grid items-center gap-x-4 gap-y-1 border-line2 border-t px-3.5 py-2.5 first:border-t-0 has-[a[aria-current]]:bg-accentbg @2xl:grid-cols-[minmax(0,4fr)_minmax(0,5fr)_minmax(0,3fr)_6rem]"
            >
              <span className="min-w-0">
                <PeekLink
                  id={key.id}
                  href={paths.licenseKey({ organization, id: key.id })}
                  className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current"
                >
                  <MaskedKey masked={key.masked} />
                </PeekLink>
                <span className="block truncate text-mute">
                  {key.configuration.name}
                  {key.customer.id !== purchase.customer.id && `, now of ${key.customer.name ?? key.customer.email}`}
                </span>
              </span>
              <span className="min-w-0">
                <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <KeyStatus status={key.status} expiresAt={key.expiresAt} now={now} />
                  {key.isTest && <Badge>Test</Badge>}
                  {key.held && <Badge tone="warn">Held</Badge>}
                  {!key.held && key.chosen.length > 0 && <Badge tone="warn">Changed by hand</Badge>}
                </span>
                <Why revokedFor={key.revokedFor} held={key.held} reasons={reasons} />
                {key.chosen.map(({ what, here, says }) => (
                  <span key={what} className="block text-pretty text-mute text-sm">
                    {what}: {here} by hand; the purchase says {says}.
                  </span>
                ))}
              </span>
              <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
                <DeviceMeter devices={key.devices} limits={key.limits} troubles={[]} />
                <span className="text-mute">
                  <span className="mr-1.5 text-sm">Expires</span>
                  <ExpiryText expiresAt={key.expiresAt} starts={key.expiryStarts} />
                </span>
              </span>
              <span className="flex flex-wrap gap-1.5 @2xl:justify-end">
                {mayHold && !key.held && reasons.length > 0 && (
                  <HoldButton organization={organization} licenseKeyId={key.id} masked={key.masked} />
                )}
                {mayHold && (key.held || key.chosen.length > 0) && (
                  <ReleaseButton
                    organization={organization}
                    licenseKeyId={key.id}
                    masked={key.masked}
                    chosen={key.chosen.map(({ what, says }) => `${what}: ${says}`)}
                    ends={key.held && reasons.length > 0}
                  />
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {keyCount > keys.length && (
        <div className="border-line2 border-t px-3.5 py-2">
          <Link
            href={paths.licenseKeys({ organization }, { q: purchase.reference })}
            className="rounded-xs font-medium text-mute hover:text-ink"
          >
            All {keyCount} keys
          </Link>
        </div>
      )}
    </Card>
  )
}

/** Why a key is as it is: what revoked it, or what would if nobody held it. */
function Why({
  revokedFor,
  held,
  reasons,
}: {
  revokedFor: PurchaseDetail['keys'][number]['revokedFor']
  held: boolean
  reasons: PurchaseDetail['reasons']
}) {
  if (held)
    return (
      <span className="block text-pretty text-mute text-sm">
        {reasons.length > 0
          ? `Kept by hand. Without that it would be revoked: ${reasonsInWords(reasons)}.`
          : 'Kept by hand, whatever happens to the purchase.'}
      </span>
    )
  if (revokedFor.length === 0) return null
  return (
    <span className="block text-pretty text-mute text-sm first-letter:uppercase">{reasonsInWords(revokedFor)}</span>
  )
}
