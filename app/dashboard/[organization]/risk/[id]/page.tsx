import type { Metadata } from 'next'
import Link from 'next/link'
import { cache } from 'react'
import { EmailText } from '#components/email-text.tsx'
import { KeyStatus } from '#components/key-status.tsx'
import { Score } from '#components/risk-score.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { BarChart } from '#components/ui/bar-chart.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { dayInShort } from '#lib/base/days.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { audienceLook } from '#lib/misuse/plain.ts'
import { getRisk, type RiskDetail, riskThresholds } from '#lib/misuse/queries.ts'
import { found } from '#lib/web/page.ts'
import * as paths from '#lib/web/paths.ts'
import { Fine, FirstSteps } from './first-steps.tsx'
import { PlaceList } from './place-list.tsx'

type Props = PageProps<'/dashboard/[organization]/risk/[id]'>

// The title and the page ask for the same key.
const riskOfPage = cache(async (organization: string, id: string) => {
  const merchant = await requireMerchant(organization)
  const now = new Date()
  return { merchant, now, risk: await found(getRisk(merchant, id, now)) }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { organization, id } = await params
  return { title: `Risk of ${(await riskOfPage(organization, id)).risk.masked}` }
}

/** What speaks for and against one key being misused, and what can be done about it. */
export default async function KeyRiskPage({ params }: Props) {
  const { organization, id } = await params
  const { merchant, now, risk } = await riskOfPage(organization, id)
  const from = await riskThresholds(merchant)
  const mayWrite = roleMay(merchant.role, 'keys.write')
  const licenseKey = {
    ...{ id, masked: risk.masked, email: risk.customer.email, devices: risk.devices, confirmed: risk.confirmed },
    limit: risk.policy.limit,
    ...{ newDevicesBlocked: risk.newDevicesBlocked, isGranted: risk.status === 'granted' },
  }
  return (
    <>
      <PageHeader
        title={risk.masked}
        mono
        breadcrumbs={[{ label: 'Risk', href: paths.risks({ organization }) }]}
        status={
          <>
            {risk.status !== 'granted' && <KeyStatus status={risk.status} expiresAt={risk.expiresAt} now={now} />}
            <Score score={risk.score} level={risk.level} />
          </>
        }
        description={
          risk.status === 'granted'
            ? `The score is the sum of the evidence: from ${from.look} a key is worth a look, from ${from.act} it is time to act. What you do about it is yours to say.`
            : `The key is ${risk.status} already, so nothing has to be done. The evidence is of the time before.`
        }
        actions={
          <>
            {mayWrite && (risk.score > 0 || risk.excused) && (
              <Fine organization={organization} licenseKey={licenseKey} isExcused={risk.excused !== null} />
            )}
            <Button href={paths.licenseKey({ organization, id })}>Open the key</Button>
          </>
        }
      />
      <PageBody aside={<Facts organization={organization} risk={risk} now={now} />}>
        <EvidenceCard risk={risk} />
        <Card>
          <CardHeader title="Devices a day, 28 days">that got in; refused ones are not counted</CardHeader>
          <CardBody>
            {risk.days.every(({ devices }) => devices === 0) ? (
              <p className="text-mute">No device has used this key in four weeks.</p>
            ) : (
              <BarChart
                title="Devices and places that used the key, by day"
                height={132}
                data={risk.days.map(({ day, devices, places }) => ({
                  label: dayInShort(day, 'UTC'),
                  values: { places, devices: Math.max(0, devices - places) },
                }))}
                series={[
                  { key: 'places', label: 'Places in use', tone: 'accent' },
                  { key: 'devices', label: 'Further devices there', tone: 'off' },
                ]}
              />
            )}
          </CardBody>
        </Card>
        <PlaceList risk={risk} />
        {roleMay(merchant.role, 'keys.help') && (
          <FirstSteps organization={organization} licenseKey={licenseKey} mayWrite={mayWrite} />
        )}
      </PageBody>
    </>
  )
}

function EvidenceCard({ risk: { evidence, excused, assessedAt } }: { risk: RiskDetail }) {
  return (
    <Card>
      <CardHeader title="Evidence">{assessedAt && 'as it was at the last look'}</CardHeader>
      {evidence.length === 0 ? (
        <CardBody>
          <p className="text-pretty text-mute">
            {excused
              ? `${excused.by} said that this key is fine.`
              : 'Nothing speaks for misuse. What is known of the key is below.'}
          </p>
        </CardBody>
      ) : (
        <ul>
          {evidence.map(({ title, text, points, supports }) => (
            <li key={title} className="flex gap-4 border-line2 px-3.5 py-2.5 not-first:border-t">
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  {title}
                  {supports && <Badge tone="off">supports only</Badge>}
                </p>
                <p className="text-pretty text-mute">{text}</p>
              </div>
              <span className="whitespace-nowrap text-mute tabular-nums">{countText(points, 'point')}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function Facts({ organization, risk, now }: { organization: string; risk: RiskDetail; now: Date }) {
  const { customer, configuration, policy, question, confirmed, devices } = risk
  const underline = 'rounded-xs underline decoration-line underline-offset-3 hover:decoration-current'
  return (
    <DescriptionList className="pt-1">
      <Description name="Customer">
        <Link href={paths.customer({ organization, id: customer.id })} className={underline}>
          {customer.name ?? customer.email}
        </Link>
        {customer.name && (
          <span className="block text-mute">
            <EmailText email={customer.email} />
          </span>
        )}
      </Description>
      <Description name="Sold to">
        {audienceLook[policy.audience].label}
        {policy.seats ? ` of ${policy.seats}` : ''}
        <span className="block text-mute">
          {policy.audience === 'anyone' ? 'Never suspected' : `Up to ${countText(policy.expected, 'place')} expected`}
        </span>
      </Description>
      <Description name="Configuration">
        <Link href={paths.keyConfiguration({ organization, id: configuration.id })} className={underline}>
          {configuration.name}
        </Link>
      </Description>
      <Description name="Active devices">
        {devices}
        {confirmed > 0 && <span className="block text-mute">{confirmed} confirmed by the owner</span>}
      </Description>
      {question && (
        <Description name="Owner asked">
          <Time value={question.askedAt} now={now} />
          <span className="block text-mute">
            {question.answeredAt ? (
              <>
                answered <Time value={question.answeredAt} now={now} />
              </>
            ) : (
              'no answer yet'
            )}
          </span>
        </Description>
      )}
      {risk.since && risk.level !== 'none' && (
        <Description name="At this level since">
          <DateText value={risk.since} />
        </Description>
      )}
      {risk.assessedAt && (
        <Description name="Last look">
          <Time value={risk.assessedAt} now={now} />
        </Description>
      )}
    </DescriptionList>
  )
}
