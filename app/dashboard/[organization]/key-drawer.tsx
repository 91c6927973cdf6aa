import Link from 'next/link'
import { EventList } from '#components/event-list.tsx'
import { KeyStatus } from '#components/key-status.tsx'
import { LiveRefresh } from '#components/live-refresh.tsx'
import { MaskedKey } from '#components/masked-key.tsx'
import { Visited } from '#components/shell/visited.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { countText } from '#components/ui/number-text.ts'
import { PeekPanel } from '#components/ui/peek/peek-panel.tsx'
import type { Member } from '#lib/base/actor.ts'
import { isRefusal } from '#lib/base/errors.ts'
import { merchantMay, roleMay } from '#lib/base/permissions.ts'
import { listEvents } from '#lib/events/queries.ts'
import { keyTroubles } from '#lib/license-keys/list.ts'
import { getLicenseKey } from '#lib/license-keys/queries.ts'
import { mailState } from '#lib/mail/queries.ts'
import { riskOfKey } from '#lib/misuse/queries.ts'
import { keyHelp, refusedCalls } from '#lib/refusals/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { DeviceList } from './license-keys/[id]/device-list.tsx'
import { headerKeyOf } from './license-keys/[id]/header-key.ts'
import { KeyFacts } from './license-keys/[id]/key-facts.tsx'
import { KeyNumbers } from './license-keys/[id]/key-numbers.tsx'
import { KeyTrouble } from './license-keys/[id]/key-trouble.tsx'
import { QuickActions } from './license-keys/[id]/quick-actions.tsx'
import { RefusedCalls } from './license-keys/[id]/refusals-card.tsx'
import { RiskNotice } from './license-keys/[id]/risk-notice.tsx'

const REFUSALS_SHOWN = 3
const EVENTS_SHOWN = 6
/** The list is read again with it, which costs more than the key alone. */
const REFRESH_S = 5

type Props = {
  merchant: Member
  organization: string
  /** What the address says is open; '' for nothing. */
  id: string
  /** Whether it moves by itself; false where the page beside it does. */
  live?: boolean
}

/** A key beside the list it is in, made of what its page is made of. */
export async function KeyDrawer({ merchant, organization, id, live = true }: Props) {
  const now = new Date()
  const drawn = id === '' ? null : await keyOfDrawer(merchant, id, now)
  if (!drawn)
    return (
      <PeekPanel shown={id} label="No such key" title="No such key">
        <p className="text-mute">This organization has no key with this id. It may have been another one’s.</p>
      </PeekPanel>
    )
  const { key, history, troubles, help, refused, mail, risk } = drawn
  const mayHelp = roleMay(merchant.role, 'keys.help')
  const href = paths.licenseKey({ organization, id })
  return (
    <PeekPanel
      shown={id}
      label={`License key ${key.masked}`}
      title={
        <>
          <h2 className="min-w-0 font-semibold">
            <MaskedKey masked={key.masked} />
          </h2>
          {key.isTest && <Badge>Test</Badge>}
          <KeyStatus status={key.status} expiresAt={key.expiresAt} now={now} />
        </>
      }
    >
      <Visited
        organization={organization}
        item={{ id, label: key.masked, mono: true, hint: key.customer.name ?? key.customer.email, href }}
      />
      {live && (
        <LiveRefresh
          organization={organization}
          about={['calls', 'events']}
          licenseKeyId={id}
          drawn={now}
          seconds={REFRESH_S}
        />
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3.5">
        <div className="flex flex-wrap items-center gap-2">
          <Button size="sm" variant="primary" href={href} data-peek-page>
            Open page
          </Button>
          <QuickActions
            organization={organization}
            licenseKey={headerKeyOf(key, now)}
            mailWay={mail.way}
            mayReveal={merchantMay(merchant, 'keys.reveal')}
            mayHelp={mayHelp}
            mayWrite={roleMay(merchant.role, 'keys.write')}
            now={now}
          />
        </div>
        <KeyTrouble {...{ organization, troubles, help, now }} mayWrite={mayHelp} licenseKey={key} />
        <RiskNotice organization={organization} id={id} risk={risk} />
        <KeyNumbers licenseKey={key} troubles={troubles} now={now} />
        <KeyFacts licenseKey={key} organization={organization} brief />
        <DeviceList
          organization={organization}
          devices={key.activations}
          limits={key.limits}
          newDevicesBlocked={key.newDevicesBlocked}
          mayWrite={mayHelp}
          now={now}
        />
        {refused.total > 0 && (
          <Card>
            <CardHeader title="Refused calls">{countText(refused.total, 'kind')}</CardHeader>
            <RefusedCalls {...{ organization, id, now }} calls={refused.calls} />
            {refused.total > refused.calls.length && (
              <More href={paths.licenseKey({ organization, id }, {}, 'refusals')}>
                All {countText(refused.total, 'kind')}
              </More>
            )}
          </Card>
        )}
        <Card>
          <CardHeader title="History">{countText(history.total, 'event')}</CardHeader>
          <EventList events={history.events} now={now} />
          {history.total > history.events.length && <More href={href}>All {countText(history.total, 'event')}</More>}
        </Card>
      </div>
    </PeekPanel>
  )
}

async function keyOfDrawer(merchant: Member, id: string, now: Date) {
  const [key, history, troubles, refused, mail, risk] = await Promise.all([
    // Not yours, or not there: the list is there all the same.
    getLicenseKey(merchant, id, now).catch((error) => {
      if (isRefusal(error) && error.code === 'NOT_FOUND') return null
      throw error
    }),
    listEvents(merchant, { licenseKeyId: id }, { page: 1, size: EVENTS_SHOWN }),
    keyTroubles(merchant, id, now),
    refusedCalls(merchant, id, { size: REFUSALS_SHOWN }, now),
    mailState(merchant),
    riskOfKey(merchant, id),
  ])
  if (!key) return null
  const codes = troubles.map(({ code }) => code)
  const help = await keyHelp(merchant, id, codes, now)
  return { key, history, troubles, help, refused, mail, risk }
}

function More({ href, children }: { href: Parameters<typeof Link>[0]['href']; children: React.ReactNode }) {
  return (
    <div className="border-line2 border-t px-3.5 py-2">
      <Link href={href} className="rounded-xs font-medium text-mute hover:text-ink">
        {children}
      </Link>
    </div>
  )
}
