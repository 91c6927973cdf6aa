import { Check } from 'lucide-react'
import type { Metadata, Route } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { eventHref } from '#components/event-href.ts'
import { KeyStatus } from '#components/key-status.tsx'
import { MaskedKey } from '#components/masked-key.tsx'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { BarChart } from '#components/ui/bar-chart.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { cx } from '#components/ui/cx.ts'
import { Notice } from '#components/ui/notice.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { dayText } from '#components/ui/relative-time.ts'
import { Stat, StatRow } from '#components/ui/stat.tsx'
import { Time } from '#components/ui/time.tsx'
import { toneText } from '#components/ui/tones.ts'
import { WhyText } from '#components/why-text.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { describeEvent } from '#lib/events/rules.ts'
import type { LicenseKeySummary } from '#lib/license-keys/list.ts'
import { mailState } from '#lib/mail/queries.ts'
import { getOverview, OVERVIEW_KEYS, type Overview } from '#lib/overview/queries.ts'
import { type FirstSteps, isStarting, outcomes } from '#lib/overview/rules.ts'
import type { Role } from '#prisma/enums.ts'

export const metadata: Metadata = { title: 'Overview' }

/** How things stand: what needs somebody, what is used, what happened last. */
export default async function OverviewPage({ params }: PageProps<'/dashboard/[organization]'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const [overview, mail] = await Promise.all([getOverview(merchant, now), mailState(merchant)])
  const base = `/dashboard/${organization}`
  const mayWrite = roleMay(merchant.role, 'keys.write')
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          mayWrite &&
          overview.steps.configuration && (
            <Button variant="primary" href={`${base}/license-keys/new` as Route}>
              Issue key
            </Button>
          )
        }
      />
      <PageBody>
        <MailNotice mail={mail} base={base} />
        {isStarting(overview.steps) && <FirstStepsCard steps={overview.steps} base={base} role={merchant.role} />}
        {overview.steps.key && (
          <>
            <Numbers overview={overview} base={base} />
            <Validations overview={overview} base={base} mayIssue={mayWrite} />
            <div className="grid items-start gap-3.5 lg:grid-cols-2 2xl:grid-cols-3">
              <KeyCard
                title="Customers in trouble"
                total={overview.inTrouble.total}
                href={`${base}/license-keys?devices=refused`}
                none="Nobody was refused in the last three days for a reason that still applies."
              >
                {overview.inTrouble.keys.map((key) => (
                  <KeyLine key={key.id} licenseKey={key} base={base}>
                    <WhyText troubles={key.troubles} className="max-w-[240px] text-pretty text-right" />
                  </KeyLine>
                ))}
              </KeyCard>
              <KeyCard
                title="Expiring within 14 days"
                total={overview.expiring.total}
                href={`${base}/license-keys?status=expiring&sort=expiresAt&dir=asc`}
                none="No key expires within the next 14 days."
              >
                {overview.expiring.keys.map((key) => (
                  <KeyLine key={key.id} licenseKey={key} base={base}>
                    <KeyStatus status={key.status} expiresAt={key.expiresAt} now={now} />
                  </KeyLine>
                ))}
              </KeyCard>
              <Latest overview={overview} base={base} organization={organization} now={now} />
            </div>
          </>
        )}
      </PageBody>
    </>
  )
}

type Mail = Awaited<ReturnType<typeof mailState>>

function MailNotice({ mail, base }: { mail: Mail; base: string }) {
  if (mail.way === 'kept') {
    return (
      <Notice
        tone="plain"
        title="This demo sends no mail."
        actions={
          <Button size="sm" href={'/outbox' as Route}>
            Open the outbox
          </Button>
        }
      >
        Whatever it writes is kept in its outbox, for you to read.
      </Notice>
    )
  }
  if (mail.way === 'waits') {
    return (
      <Notice tone="warn" title="Mail is not set up.">
        {mail.waiting > 0
          ? `${countText(mail.waiting, 'mail')} ${mail.waiting === 1 ? 'waits' : 'wait'} to be sent. `
          : 'Keys and sign-in links cannot be mailed yet. '}
        Set <code className="font-mono text-sm">SMTP_URL</code>, for example{' '}
        <code className="break-all font-mono text-sm">smtps://user:password@smtp.example.com:465</code>, and start
        Latchkey again.
      </Notice>
    )
  }
  if (mail.failed === 0) return null
  return (
    <Notice
      tone="bad"
      title={`${countText(mail.failed, 'mail')} could not be delivered.`}
      actions={
        <Button size="sm" href={`${base}/history?what=keys&who=system` as Route}>
          See which
        </Button>
      }
    >
      Check <code className="font-mono text-sm">SMTP_URL</code> and the addresses, then resend from the key’s page.
    </Notice>
  )
}

function FirstStepsCard({ steps, base, role }: { steps: FirstSteps; base: string; role: Role }) {
  const all = [
    {
      done: steps.product,
      ready: roleMay(role, 'catalogue.write'),
      title: 'Create a product',
      text: 'What you sell. It grants one or more kinds of keys.',
      button: 'Create',
      href: `${base}/products/new`,
    },
    {
      done: steps.configuration,
      ready: roleMay(role, 'catalogue.write'),
      title: 'Create a key configuration',
      text: 'What keys look like, when they expire, and how many devices can use one.',
      button: 'Create',
      href: `${base}/key-configurations/new`,
    },
    {
      done: steps.key,
      ready: steps.configuration && roleMay(role, 'keys.write'),
      title: 'Issue a key',
      text: 'By hand, to yourself, to try it out.',
      button: 'Issue',
      href: `${base}/license-keys/new`,
    },
    {
      done: steps.validation,
      ready: steps.key && roleMay(role, 'keys.write'),
      title: 'Validate it',
      text: 'From your software, or with the curl line that is shown when a key is issued.',
      button: 'Issue another',
      href: `${base}/license-keys/new`,
    },
  ]
  const next = all.find((step) => !step.done)
  const done = all.filter((step) => step.done).length
  return (
    <Card>
      <CardHeader title="First steps">
        {done} of {all.length} done
      </CardHeader>
      <ol>
        {all.map((step, at) => (
          <li
            key={step.title}
            className="flex items-center gap-3.5 border-line2 border-t px-3.5 py-3 first:border-t-0 max-sm:flex-wrap"
          >
            <span
              aria-hidden="true"
              className={cx(
                'grid size-6 shrink-0 place-items-center rounded-full border font-medium text-sm',
                step.done ? 'border-transparent bg-okbg text-ok' : 'border-line text-mute',
              )}
            >
              {step.done ? <Check size={13} /> : at + 1}
            </span>
            <span className="min-w-0 flex-1">
              <span className={cx('font-medium', step.done && 'text-mute line-through decoration-line')}>
                {step.title}
              </span>
              {step.done && <span className="sr-only"> (done)</span>}
              <span className="block text-mute">{step.text}</span>
            </span>
            {!step.done && step.ready && (
              <Button
                size="sm"
                variant={step === next ? 'primary' : 'secondary'}
                href={step.href as Route}
                aria-label={step.button === 'Issue another' ? undefined : step.title}
              >
                {step.button}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Card>
  )
}

function Numbers({ overview, base }: { overview: Overview; base: string }) {
  const { keys, devices, lastDay, expiring, inTrouble } = overview
  const active = keys.active + keys.expiring + keys.grace
  const all = Object.values(keys).reduce((sum, count) => sum + count, 0)
  const share = lastDay.validations === 0 ? 0 : (lastDay.refused / lastDay.validations) * 100
  return (
    <StatRow>
      <Stat
        label="Active keys"
        value={numberText(active)}
        of={`of ${numberText(all)}`}
        href={`${base}/license-keys?status=active,expiring,grace` as Route}
      />
      <Stat label="Devices" value={numberText(devices)} href={`${base}/activations` as Route} />
      <Stat
        label="Validations, 24 hours"
        value={numberText(lastDay.validations)}
        of={lastDay.refused > 0 ? `${share < 0.1 ? 'under 0.1' : share.toFixed(1)} % refused` : undefined}
        href={`${base}/license-keys?sort=lastValidatedAt` as Route}
      />
      <Stat
        label="Expiring within 14 days"
        value={numberText(expiring.total)}
        href={`${base}/license-keys?status=expiring&sort=expiresAt&dir=asc` as Route}
      />
      <Stat
        label="In trouble"
        value={inTrouble.total > 0 ? <span className="text-bad">{numberText(inTrouble.total)}</span> : numberText(0)}
        of={inTrouble.total === 1 ? 'key' : 'keys'}
        href={`${base}/license-keys?devices=refused` as Route}
      />
    </StatRow>
  )
}

const series = Object.entries(outcomes).map(([key, { label, tone }]) => ({ key, label, tone }))

function Validations({ overview, base, mayIssue }: { overview: Overview; base: string; mayIssue: boolean }) {
  const { days, reasons } = overview
  const total = days.reduce((sum, day) => sum + Object.values(day.counts).reduce((a, b) => a + b, 0), 0)
  return (
    <Card>
      <CardHeader title="Validations, 14 days">{numberText(total)}</CardHeader>
      {total === 0 ? (
        <CardBody>
          <p className="text-mute">
            No software has asked about a key yet.{' '}
            {mayIssue && (
              <>
                <Link
                  href={`${base}/license-keys/new` as Route}
                  className="rounded-xs text-ink underline underline-offset-3"
                >
                  Issue a key
                </Link>{' '}
                to get a curl line that does.
              </>
            )}
          </p>
        </CardBody>
      ) : (
        <div className="@container">
          <div className="grid grid-cols-[minmax(0,1fr)] @3xl:grid-cols-[minmax(0,1fr)_300px]">
            <CardBody>
              <BarChart
                title="Validations of the last 14 days by outcome"
                height={196}
                data={days.map((day) => ({
                  label: dayText(`${day.day}T00:00:00Z`).replace(/ \d{4}$/, ''),
                  values: day.counts,
                }))}
                series={series}
              />
            </CardBody>
            <div className="border-line2 px-3.5 py-3 @max-3xl:border-t @3xl:border-l">
              <h3 className="mb-1.5 text-mute text-sm">Why validations were refused</h3>
              {reasons.length === 0 ? (
                <p className="text-mute">None were refused.</p>
              ) : (
                <ul className="grid gap-1.5">
                  {reasons.slice(0, 6).map((reason) => (
                    <li key={reason.code} className="flex items-baseline gap-3">
                      <span
                        aria-hidden="true"
                        className={cx(
                          'size-[7px] shrink-0 self-center rounded-full bg-current',
                          toneText[outcomes[reason.outcome].tone],
                        )}
                      />
                      <span className="min-w-0 flex-1">{reason.label}</span>
                      <span>{numberText(reason.count)}</span>
                    </li>
                  ))}
                </ul>
              )}
            </div>
          </div>
        </div>
      )}
    </Card>
  )
}

function KeyCard({
  title,
  total,
  href,
  none,
  children,
}: {
  title: string
  total: number
  href: string
  none: string
  children: ReactNode
}) {
  return (
    <Card>
      <CardHeader title={title}>
        {total > 0 && (
          <Button
            size="sm"
            variant="ghost"
            href={href as Route}
            aria-label={`${total > OVERVIEW_KEYS ? `All ${numberText(total)}` : 'List'}: ${title}`}
          >
            {total > OVERVIEW_KEYS ? `All ${numberText(total)}` : 'List'}
          </Button>
        )}
      </CardHeader>
      {total === 0 ? (
        <CardBody>
          <p className="text-mute">{none}</p>
        </CardBody>
      ) : (
        <ul>{children}</ul>
      )}
    </Card>
  )
}

function KeyLine({ licenseKey, base, children }: { licenseKey: LicenseKeySummary; base: string; children: ReactNode }) {
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 border-line2 border-t px-3.5 py-2.5 first:border-t-0 hover:bg-hover">
      <span className="min-w-0 flex-1 basis-40">
        <Link
          href={`${base}/license-keys/${licenseKey.id}` as Route}
          className="block truncate rounded-xs after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring"
        >
          {licenseKey.customer.name ?? licenseKey.customer.email}
        </Link>
        <span className="block text-mute">
          <MaskedKey masked={licenseKey.masked} />
        </span>
      </span>
      {children}
    </li>
  )
}

function Latest({
  overview,
  base,
  organization,
  now,
}: {
  overview: Overview
  base: string
  organization: string
  now: Date
}) {
  return (
    <Card className="lg:max-2xl:col-span-2">
      <CardHeader title="Latest events">
        <Button size="sm" variant="ghost" href={`${base}/history` as Route}>
          All
        </Button>
      </CardHeader>
      <ul>
        {overview.events.map((event) => {
          const { title, detail, tone } = describeEvent(event)
          const about = [event.licenseKey?.masked, event.customer?.name ?? event.customer?.email, event.actorLabel]
          return (
            <li
              key={event.id}
              className="relative flex items-baseline gap-3 border-line2 border-t px-3.5 py-2 first:border-t-0 hover:bg-hover"
            >
              <span
                aria-hidden="true"
                className={cx(
                  'size-[7px] shrink-0 self-start rounded-full bg-current mt-[7px]',
                  tone ? toneText[tone] : 'text-faint',
                )}
              />
              <span className="min-w-0 flex-1">
                <Link
                  href={eventHref(organization, event)}
                  className="rounded-xs after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring"
                >
                  {title}
                </Link>{' '}
                <span className="break-words text-mute">{detail}</span>
                <span className="block truncate text-mute text-sm">{about.filter(Boolean).join(' · ')}</span>
              </span>
              <Time value={event.at} now={now} className="relative shrink-0 text-mute" />
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
