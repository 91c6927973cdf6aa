import type { Metadata } from 'next'
import Link from 'next/link'
import { createLoader } from 'nuqs/server'
import { cache, Suspense } from 'react'
import { EventList } from '#components/event-list.tsx'
import { KeyStatus } from '#components/key-status.tsx'
import { LiveRefresh } from '#components/live-refresh.tsx'
import { MailCard } from '#components/mail-card.tsx'
import { MetadataList } from '#components/metadata-list.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { Visited } from '#components/shell/visited.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { countText } from '#components/ui/number-text.ts'
import { requireMerchant } from '#lib/auth/session.ts'
import { merchantMay, roleMay } from '#lib/base/permissions.ts'
import { handedOn } from '#lib/customers/hand-on.ts'
import { listEvents } from '#lib/events/queries.ts'
import { keyTroubles } from '#lib/license-keys/list.ts'
import { getLicenseKey, type LicenseKeyDetail } from '#lib/license-keys/queries.ts'
import { validationsOf } from '#lib/license-keys/validated.ts'
import { mailState, mailsAbout } from '#lib/mail/queries.ts'
import { riskOfKey } from '#lib/misuse/queries.ts'
import { keyHelp, refusedCalls } from '#lib/refusals/queries.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { sendMailAgain } from '../../actions.ts'
import { DeviceList } from './device-list.tsx'
import { HandedOnNotice } from './handed-on-notice.tsx'
import { headerKeyOf } from './header-key.ts'
import { JustSaved } from './just-saved.tsx'
import { KeyFacts } from './key-facts.tsx'
import { KeyHeader } from './key-header.tsx'
import { KeyNumbers } from './key-numbers.tsx'
import { KeyTrouble } from './key-trouble.tsx'
import { NoteCard } from './note-card.tsx'
import { HISTORY_STEP, historyParams } from './params.ts'
import { RawKey } from './raw-key.tsx'
import { RefusalsCard } from './refusals-card.tsx'
import { RiskNotice } from './risk-notice.tsx'
import { ValidationsCard } from './validations-card.tsx'

type Props = PageProps<'/dashboard/[organization]/license-keys/[id]'>

// The title and the page ask for the same key.
const keyOfPage = cache(async (organization: string, id: string) => {
  const merchant = await requireMerchant(organization)
  const now = new Date()
  return { merchant, now, key: await found(getLicenseKey(merchant, id, now)) }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { organization, id } = await params
  return { title: (await keyOfPage(organization, id)).key.masked }
}

/** Everything about one key: what is wrong with it, its limits, its devices and what happened to it. */
export default async function LicenseKeyPage({ params, searchParams }: Props) {
  const [{ organization, id }, { history, refusals, span }] = await Promise.all([
    params,
    createLoader(historyParams)(searchParams),
  ])
  const { merchant, now, key } = await keyOfPage(organization, id)
  const [{ events, total }, mail, mails, troubles, refused, risk, handed, validated] = await Promise.all([
    listEvents(merchant, { licenseKeyId: id }, { page: 1, size: history }),
    mailState(merchant),
    mailsAbout(merchant, { licenseKeyId: id }),
    keyTroubles(merchant, id, now),
    refusedCalls(merchant, id, { size: refusals }, now),
    riskOfKey(merchant, id),
    handedOn(merchant, id, now),
    validationsOf(merchant, id, span, now),
  ])
  const codes = troubles.map(({ code }) => code)
  const help = await keyHelp(merchant, id, codes, now)
  const mayHelp = roleMay(merchant.role, 'keys.help')
  const mayWrite = roleMay(merchant.role, 'keys.write')
  return (
    <>
      <JustSaved organization={organization} />
      <Visited
        organization={organization}
        item={{
          ...{ id: key.id, label: key.masked, mono: true, hint: key.customer.name ?? key.customer.email },
          href: paths.licenseKey({ organization, id: key.id }),
        }}
      />
      <KeyHeader
        organization={organization}
        licenseKey={headerKeyOf(key, now)}
        status={
          <>
            {key.isTest && <Badge>Test</Badge>}
            <KeyStatus status={key.status} expiresAt={key.expiresAt} now={now} />
          </>
        }
        mailWay={mail.way}
        mayReveal={merchantMay(merchant, 'keys.reveal')}
        mayHelp={mayHelp}
        mayWrite={mayWrite}
        now={now}
      />
      <LiveRefresh organization={organization} about={['calls', 'events']} licenseKeyId={id} drawn={now} />
      <PageBody
        aside={
          <>
            <Facts licenseKey={key} organization={organization} mayWrite={mayHelp} />
            <ValidationsCard licenseKey={key} {...{ organization, validated, span, history, refusals, now }} />
            <Suspense>
              <RawKey {...{ merchant, id, now }} />
            </Suspense>
          </>
        }
      >
        <KeyTrouble {...{ organization, troubles, help, now }} mayWrite={mayHelp} licenseKey={key} />
        {handed && (
          <HandedOnNotice
            {...{ organization, licenseKeyId: id, mayWrite }}
            from={handed.from.email}
            to={handed.to.email}
          />
        )}
        <RiskNotice organization={organization} id={id} risk={risk} />
        <KeyNumbers licenseKey={key} troubles={troubles} now={now} />
        <DeviceList
          organization={organization}
          devices={key.activations}
          limits={key.limits}
          newDevicesBlocked={key.newDevicesBlocked}
          mayWrite={mayHelp}
          now={now}
        />
        <RefusalsCard
          {...{ organization, id, history, span, now }}
          masked={key.masked}
          organizationId={merchant.organizationId}
          mayReveal={merchantMay(merchant, 'keys.reveal')}
          {...refused}
        />
        <MailCard
          organization={organization}
          mails={mails}
          address={key.customer.email}
          again={roleMay(merchant.role, 'mails.resend') ? sendMailAgain : null}
          now={now}
        />
        <Card>
          <CardHeader title={<span id="history">History</span>}>{countText(total, 'event')}</CardHeader>
          <EventList events={events} now={now} />
          {total > events.length && (
            <div className="border-line2 border-t px-3.5 py-2">
              <Link
                scroll={false}
                href={paths.licenseKey({ organization, id }, { history: history + HISTORY_STEP, refusals, span })}
                className="rounded-xs font-medium text-mute hover:text-ink"
              >
                Show {Math.min(HISTORY_STEP, total - events.length)} more
              </Link>
            </div>
          )}
        </Card>
      </PageBody>
    </>
  )
}

function Facts({
  licenseKey,
  organization,
  mayWrite,
}: {
  licenseKey: LicenseKeyDetail
  organization: string
  mayWrite: boolean
}) {
  return (
    <>
      <KeyFacts licenseKey={licenseKey} organization={organization} />
      <NoteCard organization={organization} licenseKeyId={licenseKey.id} note={licenseKey.note} mayWrite={mayWrite} />
      <MetadataList metadata={licenseKey.metadata} tags={licenseKey.tags} />
    </>
  )
}
