import Link from 'next/link'
import { EmailText } from '#components/email-text.tsx'
import { MaskedKey } from '#components/masked-key.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { PeekLink } from '#components/ui/peek/peek-link.tsx'
import { Time } from '#components/ui/time.tsx'
import { endInShort } from '#lib/base/days.ts'
import type { Trouble } from '#lib/refusals/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { FixOffers } from '../fix-offers.tsx'
import { ToCustomer } from '../to-customer.tsx'
import { SnoozeMenu, WakeButton } from './snooze-menu.tsx'

/** A key that is refused for one cause: whose it is, why, what to write, and what helps. */
export function TroubleRow({
  organization,
  trouble,
  mayWrite,
  now,
}: {
  organization: string
  trouble: Trouble
  mayWrite: boolean
  now: Date
}) {
  const { licenseKey, subject, code, state, support, customer, offers } = trouble
  const who = licenseKey ? (licenseKey.customer.name ?? licenseKey.customer.email) : 'an unknown key'
  const deeds = offers.filter((offer) => 'deed' in offer)
  return (
    <li className="grid gap-x-6 has-[a[aria-current]]:bg-accentbg gap-y-2.5 border-line2 border-t px-3.5 py-3 first:border-t-0 @3xl:grid-cols-[minmax(0,1fr)_auto]">
      <div className="grid min-w-0 content-start gap-1.5">
        <p className="flex flex-wrap items-baseline gap-x-2.5 gap-y-0.5">
          {licenseKey ? (
            <>
              <Link
                href={paths.customer({ organization, id: licenseKey.customer.id })}
                className="rounded-xs font-medium hover:underline"
              >
                {who}
              </Link>
              {licenseKey.customer.name && (
                <span className="min-w-0 break-words text-mute">
                  <EmailText email={licenseKey.customer.email} />
                </span>
              )}
              <PeekLink
                id={licenseKey.id}
                href={paths.licenseKey({ organization, id: licenseKey.id })}
                className="rounded-xs text-mute hover:text-ink"
              >
                <MaskedKey masked={licenseKey.masked} />
              </PeekLink>
            </>
          ) : (
            <span className="font-mono">{subject === '*' ? 'Many more' : subject}</span>
          )}
          <Stands trouble={trouble} now={now} />
        </p>
        <p className="text-pretty break-words">{support}</p>
        <p className="flex flex-wrap gap-x-3 text-mute text-sm">
          <span>
            {countText(trouble.count, 'time')} {trouble.devices > 1 && `on ${numberText(trouble.devices)} devices `}
            since <Time value={trouble.since} now={now} />
          </span>
          <span>
            last <Time value={trouble.lastAt} now={now} />
          </span>
          {trouble.address && <span>from {trouble.address}</span>}
        </p>
        {state !== 'solved' && licenseKey && (
          <ToCustomer
            text={customer}
            email={licenseKey.customer.email}
            about={licenseKey.product}
            className="mt-0.5 max-w-[86ch]"
          />
        )}
      </div>
      {mayWrite && (
        <div className="flex flex-wrap content-start items-start gap-1.5 @3xl:max-w-[400px] @3xl:justify-end">
          {licenseKey && state !== 'solved' && (
            <FixOffers
              organization={organization}
              licenseKeyId={licenseKey.id}
              configurationId={licenseKey.configurationId}
              purchaseId={licenseKey.purchaseId}
              // The likely ones; the key's page has all.
              offers={deeds.length > 0 ? deeds.slice(0, 2) : offers.slice(0, 1)}
            />
          )}
          {state === 'open' && <SnoozeMenu {...{ organization, subject, code }} name={who} />}
          {state === 'snoozed' && <WakeButton {...{ organization, subject, code }} />}
        </div>
      )}
    </li>
  )
}

function Stands({ trouble: { state, solvedAt, snooze }, now }: { trouble: Trouble; now: Date }) {
  if (state === 'solved' && solvedAt)
    return (
      <Badge tone="ok">
        solved by itself <Time value={solvedAt} now={now} className="ml-1" />
      </Badge>
    )
  if (state === 'fixed') return <Badge tone="accent">put right, not asked since</Badge>
  if (state !== 'snoozed' || !snooze) return null
  return (
    <Badge>
      snoozed by {snooze.by} {snooze.until ? `until ${endInShort(snooze.until, 'UTC')}` : 'until it gets worse'}
    </Badge>
  )
}
