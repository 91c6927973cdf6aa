import type { Metadata } from 'next'
import { KeyStatus } from '#components/key-status.tsx'
import { LiveRefresh } from '#components/live-refresh.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { refusalShort } from '#lib/license-keys/refusals.ts'
import { mailState } from '#lib/mail/queries.ts'
import { getOrganization } from '#lib/organizations/queries.ts'
import type { Span } from '#lib/overview/plain.ts'
import { getOverview, OVERVIEW_KEYS, type Overview } from '#lib/overview/queries.ts'
import { isStarting } from '#lib/overview/rules.ts'
import { newestTroubles } from '#lib/refusals/queries.ts'
import { salesInWant } from '#lib/stores/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { listEndpoints } from '#lib/webhook-endpoints/queries.ts'
import { ExpiryMap } from './overview/expiry-map.tsx'
import { FirstStepsCard } from './overview/first-steps.tsx'
import { KeyCard, KeyLine } from './overview/key-lists.tsx'
import { Latest } from './overview/latest.tsx'
import { DeletionNotice, MailNotice, SalesNotice, StoreNotice, WebhookNotice } from './overview/notices.tsx'
import { Numbers } from './overview/numbers.tsx'
import { loadOverviewParams } from './overview/params.ts'
import { BusiestKeys, KeysByState, NewDevices, Running } from './overview/usage-cards.tsx'
import { Validations } from './overview/validations.tsx'

export const metadata: Metadata = { title: 'Overview' }

/** How things stand: what needs somebody, what is used, what happened last. */
export default async function OverviewPage({ params, searchParams }: PageProps<'/dashboard/[organization]'>) {
  const [{ organization }, { span }] = await Promise.all([params, loadOverviewParams(searchParams)])
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const [overview, inTrouble, mail, want, endpoints, { deletionDueAt }] = await Promise.all([
    getOverview(merchant, span, now),
    newestTroubles(merchant, OVERVIEW_KEYS, now),
    mailState(merchant),
    salesInWant(merchant, now),
    listEndpoints(merchant),
    getOrganization(merchant),
  ])
  const mayWrite = roleMay(merchant.role, 'keys.write')
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          mayWrite &&
          overview.steps.configuration && (
            <Button variant="primary" href={paths.newLicenseKey({ organization })}>
              Issue key
            </Button>
          )
        }
      />
      <LiveRefresh
        organization={organization}
        about={['calls', 'events', 'deliveries', 'messages']}
        drawn={now}
        seconds={5}
      />
      <PageBody>
        <DeletionNotice
          dueAt={deletionDueAt}
          organization={organization}
          isOwner={roleMay(merchant.role, 'security.write')}
        />
        <MailNotice mail={mail} organization={organization} />
        <SalesNotice want={want} organization={organization} />
        {want.troubles.map((store) => (
          <StoreNotice key={store.id} store={store} organization={organization} now={now} />
        ))}
        {endpoints.map((endpoint) => (
          <WebhookNotice key={endpoint.id} endpoint={endpoint} organization={organization} now={now} />
        ))}
        {isStarting(overview.steps) && (
          <FirstStepsCard steps={overview.steps} mail={mail} organization={organization} role={merchant.role} />
        )}
        {overview.steps.key && (
          <>
            <Numbers {...{ overview, inTrouble, organization }} />
            <Validations {...{ overview, span, organization }} mayIssue={mayWrite} />
            <Lists {...{ overview, inTrouble, organization, now }} />
            <Charts {...{ overview, span, organization }} />
          </>
        )}
      </PageBody>
    </>
  )
}

type Shown = { overview: Overview; organization: string }

function Lists({
  overview,
  inTrouble,
  organization,
  now,
}: Shown & { inTrouble: Awaited<ReturnType<typeof newestTroubles>>; now: Date }) {
  return (
    <div className="grid items-start gap-3.5 lg:grid-cols-2 2xl:grid-cols-3">
      <KeyCard
        title="Customers in trouble"
        total={inTrouble.total}
        href={paths.trouble({ organization })}
        none="Nobody was refused in the last week for a reason that still applies."
      >
        {inTrouble.troubles.map(({ licenseKey, code, count }) => (
          <KeyLine key={`${licenseKey?.id} ${code}`} licenseKey={licenseKey} organization={organization}>
            <span className="max-w-[240px] text-pretty font-medium text-bad text-sm max-sm:max-w-full sm:text-right">
              {count === 1 ? 'refused once' : `refused ${numberText(count)}×`}: {refusalShort(code)}
            </span>
          </KeyLine>
        ))}
      </KeyCard>
      <KeyCard
        title="Expiring within 14 days"
        total={overview.expiring.total}
        href={paths.licenseKeys({ organization }, { status: 'expiring', sort: 'expiresAt', dir: 'asc' })}
        none="No key expires within the next 14 days."
      >
        {overview.expiring.keys.map((key) => (
          <KeyLine key={key.id} licenseKey={key} organization={organization}>
            <KeyStatus status={key.status} expiresAt={key.expiresAt} now={now} />
          </KeyLine>
        ))}
      </KeyCard>
      <Latest overview={overview} organization={organization} now={now} />
    </div>
  )
}

function Charts({ overview, span, organization }: Shown & { span: Span }) {
  const { counts, first } = overview.ends
  const total = counts.reduce((sum, count) => sum + count, 0)
  return (
    <>
      <Card>
        <CardHeader title="Keys that end in the next year">{numberText(total)}</CardHeader>
        <CardBody>
          {total === 0 ? (
            <p className="text-mute">No key that works now ends within a year.</p>
          ) : (
            <ExpiryMap organization={organization} first={first} counts={counts} />
          )}
        </CardBody>
      </Card>
      <div className="grid items-start gap-3.5 lg:grid-cols-2">
        <KeysByState overview={overview} organization={organization} />
        <NewDevices overview={overview} organization={organization} span={span} />
      </div>
      <div className="grid items-start gap-3.5 lg:grid-cols-2 xl:grid-cols-3">
        <BusiestKeys overview={overview} organization={organization} />
        <Running
          title="Versions in use"
          head="Version"
          what={overview.versions}
          none="No active device told its version. Send it as app_version in meta when you activate."
        />
        <Running
          title="Systems in use"
          head="System"
          what={overview.systems}
          none="No active device told its system. Send it as os in meta when you activate."
        />
      </div>
    </>
  )
}
