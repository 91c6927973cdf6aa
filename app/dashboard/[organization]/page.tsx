import { Check } from 'lucide-react'
import type { Metadata, Route } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { eventHref } from '#components/event-href.ts'
import { KeyStatus } from '#components/key-status.tsx'
import { LiveRefresh } from '#components/live-refresh.tsx'
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
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { describeEvent } from '#lib/events/rules.ts'
import type { LicenseKeySummary } from '#lib/license-keys/list.ts'
import { refusalShort } from '#lib/license-keys/refusals.ts'
import { mailState } from '#lib/mail/queries.ts'
import { getOverview, OVERVIEW_KEYS, type Overview } from '#lib/overview/queries.ts'
import { type FirstSteps, isStarting, outcomes } from '#lib/overview/rules.ts'
import { newestTroubles, OPEN_SHOWN_MAX } from '#lib/refusals/queries.ts'
import { type SalesInWant, salesInWant } from '#lib/stores/queries.ts'
import * as paths from '#lib/web/paths.ts'
import type { Role } from '#prisma/enums.ts'

export const metadata: Metadata = { title: 'Overview' }

/** How things stand: what needs somebody, what is used, what happened last. */
export default async function OverviewPage({ params }: PageProps<'/dashboard/[organization]'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const [overview, inTrouble, mail, want] = await Promise.all([
    getOverview(merchant, now),
    newestTroubles(merchant, OVERVIEW_KEYS, now),
    mailState(merchant),
    salesInWant(merchant, now),
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
      <LiveRefresh organization={organization} about={['calls', 'events', 'deliveries']} drawn={now} seconds={5} />
      <PageBody>
        <MailNotice mail={mail} organization={organization} />
        <SalesNotice want={want} organization={organization} />
        {want.troubles.map((store) => (
          <StoreNotice key={store.id} store={store} organization={organization} now={now} />
        ))}
        {isStarting(overview.steps) && (
          <FirstStepsCard steps={overview.steps} mail={mail} organization={organization} role={merchant.role} />
        )}
        {overview.steps.key && (
          <>
            <Numbers {...{ overview, inTrouble, organization }} />
            <Validations overview={overview} organization={organization} mayIssue={mayWrite} />
            <div className="grid items-start gap-3.5 lg:grid-cols-2 2xl:grid-cols-3">
              <KeyCard
                title="Customers in trouble"
                total={inTrouble.total}
                href={paths.trouble({ organization })}
                none="Nobody was refused in the last week for a reason that still applies."
              >
                {inTrouble.troubles.map(({ licenseKey, code, count }) => (
                  <KeyLine key={`${licenseKey?.id} ${code}`} licenseKey={licenseKey} organization={organization}>
                    <span className="max-w-[240px] text-pretty text-right font-medium text-bad text-sm">
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
          </>
        )}
      </PageBody>
    </>
  )
}

type Mail = Awaited<ReturnType<typeof mailState>>

function MailNotice({ mail, organization }: { mail: Mail; organization: string }) {
  if (mail.way === 'kept') {
    return (
      <Notice
        tone="plain"
        title="This demo sends no mail."
        actions={
          <Button size="sm" href={paths.outbox()}>
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
        <Button size="sm" href={paths.sentMail({ organization })}>
          See which
        </Button>
      }
    >
      Check <code className="font-mono text-sm">SMTP_URL</code> and the addresses, then send them again.
    </Notice>
  )
}

/** Somebody paid and has no key, or what a store sent could not be understood: nothing mends that by itself. */
function SalesNotice({ want, organization }: { want: SalesInWant; organization: string }) {
  const { sales, failed } = want
  if (sales + failed === 0) return null
  return (
    <Notice
      tone="warn"
      title={
        sales > 0
          ? `${countText(sales, 'sale')} ${sales === 1 ? 'has' : 'have'} no key yet.`
          : `${countText(failed, 'delivery', 'deliveries')} of a store could not be handled.`
      }
      actions={
        <Button size="sm" href={paths.stores({ organization })}>
          Open stores
        </Button>
      }
    >
      {sales > 0 ? 'They wait for somebody to say what was sold, or for what the store has not said. ' : ''}
      {sales > 0 && failed > 0 ? `${countText(failed, 'delivery', 'deliveries')} could not be handled.` : ''}
    </Notice>
  )
}

/** A store that is not heard any more: its sales bring no keys, and nobody would look at its page. */
function StoreNotice({
  store: { id, name, trouble, lastDeliveryAt },
  organization,
  now,
}: {
  store: SalesInWant['troubles'][number]
  organization: string
  now: Date
}) {
  return (
    <Notice
      tone={trouble === 'refused' ? 'bad' : 'warn'}
      title={trouble === 'refused' ? `What ${name} sends is refused.` : `${name} has sent nothing for long.`}
      actions={
        <Button size="sm" href={paths.store({ organization, id })}>
          Open {name}
        </Button>
      }
    >
      {trouble === 'refused' ? 'Its page says why. ' : ''}
      {lastDeliveryAt ? (
        <>
          The last delivery came <Time value={lastDeliveryAt} now={now} />.
        </>
      ) : (
        'No delivery came yet.'
      )}
    </Notice>
  )
}

function FirstStepsCard({
  steps,
  mail,
  organization,
  role,
}: {
  steps: FirstSteps
  mail: Mail
  organization: string
  role: Role
}) {
  const all = [
    {
      done: steps.configuration,
      ready: roleMay(role, 'catalogue.write'),
      title: 'Create a key configuration',
      text: 'What keys look like, when they expire, and how many devices can use one.',
      button: 'Create',
      href: paths.newKeyConfiguration({ organization }),
    },
    {
      done: steps.key,
      ready: steps.configuration && roleMay(role, 'keys.write'),
      title: 'Issue a key',
      text: 'By hand, to yourself, to try it out.',
      button: 'Issue',
      href: paths.newLicenseKey({ organization }),
    },
    {
      done: steps.validation,
      ready: steps.key && roleMay(role, 'keys.write'),
      title: 'Validate it',
      text: 'From your software, or with the curl line that is shown when a key is issued.',
      button: 'Issue another',
      href: paths.newLicenseKey({ organization }),
    },
    {
      done: steps.product,
      ready: roleMay(role, 'catalogue.write'),
      title: 'Create a product',
      text: 'What you sell. It grants one or more kinds of keys.',
      button: 'Create',
      href: paths.newProduct({ organization }),
    },
    {
      done: steps.store,
      ready: roleMay(role, 'stores.write'),
      title: 'Connect a store',
      text: 'If you sell at one: a sale then issues and mails its key by itself.',
      button: 'Connect',
      href: paths.newStore({ organization }),
    },
    {
      done: mail.way === 'sent',
      ready: false,
      title: 'Set up mail',
      text:
        mail.way === 'kept'
          ? 'This demo keeps what it would send in its outbox.'
          : 'So that keys and sign-in links reach your customers: SMTP_URL, in the settings of this server.',
      button: '',
      href: paths.mail({ organization }),
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
                href={step.href}
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

function Numbers({
  overview,
  inTrouble,
  organization,
}: {
  overview: Overview
  inTrouble: { total: number }
  organization: string
}) {
  const { keys, devices, lastDay, expiring } = overview
  const active = keys.active + keys.expiring + keys.grace
  const all = Object.values(keys).reduce((sum, count) => sum + count, 0)
  const share = lastDay.validations === 0 ? 0 : (lastDay.refused / lastDay.validations) * 100
  return (
    <StatRow>
      <Stat
        label="Active keys"
        value={numberText(active)}
        of={`of ${numberText(all)}`}
        href={paths.licenseKeys({ organization }, { status: 'active,expiring,grace' })}
      />
      <Stat label="Devices" value={numberText(devices)} href={paths.activations({ organization })} />
      <Stat
        label="Validations, 24 hours"
        value={numberText(lastDay.validations)}
        of={lastDay.refused > 0 ? `${share < 0.1 ? 'under 0.1' : share.toFixed(1)} % refused` : undefined}
        href={paths.licenseKeys({ organization }, { sort: 'lastValidatedAt' })}
      />
      <Stat
        label="Expiring within 14 days"
        value={numberText(expiring.total)}
        href={paths.licenseKeys({ organization }, { status: 'expiring', sort: 'expiresAt', dir: 'asc' })}
      />
      <Stat
        label="In trouble"
        value={inTrouble.total > 0 ? <span className="text-bad">{openText(inTrouble.total)}</span> : numberText(0)}
        of={inTrouble.total === 1 ? 'key' : 'keys'}
        href={paths.trouble({ organization })}
      />
    </StatRow>
  )
}

// More than a hundred are not counted.
const openText = (open: number) => (open > OPEN_SHOWN_MAX ? `${OPEN_SHOWN_MAX}+` : numberText(open))

const series = Object.entries(outcomes).map(([key, { label, tone }]) => ({ key, label, tone }))

function Validations({
  overview,
  organization,
  mayIssue,
}: {
  overview: Overview
  organization: string
  mayIssue: boolean
}) {
  const { days, reasons } = overview
  const total = days.reduce((sum, day) => sum + Object.values(day.counts).reduce((a, b) => a + b, 0), 0)
  return (
    <Card>
      <CardHeader title="Validations, 14 days">{numberText(total)}</CardHeader>
      {total === 0 ? (
        <CardBody>
          <p className="text-mute">
            {overview.steps.validation
              ? 'No validation is counted in the last 14 days; new ones show within seconds.'
              : 'No software has asked about a key yet. '}
            {mayIssue && !overview.steps.validation && (
              <>
                <Link
                  href={paths.newLicenseKey({ organization })}
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
  href: Route
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
            href={href}
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

function KeyLine({
  licenseKey,
  organization,
  children,
}: {
  licenseKey: Pick<LicenseKeySummary, 'id' | 'masked' | 'customer'> | null
  organization: string
  children: ReactNode
}) {
  if (!licenseKey) return null
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 border-line2 border-t px-3.5 py-2.5 first:border-t-0 hover:bg-hover">
      <span className="min-w-0 flex-1 basis-40">
        <Link
          href={paths.licenseKey({ organization, id: licenseKey.id })}
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

function Latest({ overview, organization, now }: { overview: Overview; organization: string; now: Date }) {
  return (
    <Card className="lg:max-2xl:col-span-2">
      <CardHeader title="Latest events">
        <Button size="sm" variant="ghost" href={paths.history({ organization })}>
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
