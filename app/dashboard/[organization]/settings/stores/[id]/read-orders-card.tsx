import Link from 'next/link'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { Progress } from '#components/ui/progress.tsx'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { dayInShort } from '#lib/base/days.ts'
import { MENDED_SHOWN, type MendedPurchase } from '#lib/stores/plain.ts'
import type { ReconciliationRecord } from '#lib/stores/records.ts'
import { reconciliationLook } from '#lib/stores/rules.ts'
import * as paths from '#lib/web/paths.ts'
import { ReadOrdersForm } from './read-orders-form.tsx'

type Of = { organization: string; connectionId: string; zone: string; now: Date }

/** What was sold and never arrived is read from the store's API: on demand, and what came of it the last times. */
export function ReadOrdersCard({
  store,
  why,
  mayWrite,
  since,
  reports,
  ...of
}: Of & {
  store: string
  /** Why it cannot be read now, or null. */
  why: string | null
  mayWrite: boolean
  /** The day that is chosen unless somebody chooses another: YYYY-MM-DD. */
  since: string
  reports: ReconciliationRecord[]
}) {
  const { organization, connectionId, now } = of
  const open = reports.find(({ state }) => state === 'waiting' || state === 'running')
  const ended = reports.filter((report) => report !== open)
  return (
    <Card>
      <CardHeader title="Read orders" />
      <CardBody className="grid gap-3">
        <p className="text-pretty text-mute">
          Asks {store} for everything it sold since a day, and mends what is missing or different here. It does so by
          itself, too: this is for when you do not want to wait. Nobody gets a second key.
        </p>
        {open ? (
          <div role="status" className="grid gap-2">
            <p>
              <b className="font-medium">Reading since {dayInShort(open.since, of.zone)}</b>
              <span className="text-mute"> {figures(open)}</span>
            </p>
            <Progress label={`Reading orders from ${store}`} value={open.read} max={null} />
          </div>
        ) : why ? (
          <p className="text-pretty">{why}</p>
        ) : (
          mayWrite && <ReadOrdersForm {...{ organization, connectionId, since }} />
        )}
      </CardBody>
      {ended.map((report, at) => (
        <Report key={report.id} report={report} isLast={at === 0} {...of} now={now} />
      ))}
    </Card>
  )
}

const figures = ({ read, mended, waiting, unchanged }: ReconciliationRecord): string =>
  [
    `${countText(read, 'order or subscription', 'orders and subscriptions')} read`,
    mended > 0 && `${numberText(mended)} mended`,
    waiting > 0 && `${numberText(waiting)} waiting`,
    `${numberText(unchanged)} unchanged`,
  ]
    .filter(Boolean)
    .join(', ')

function Report({
  report,
  isLast,
  organization,
  zone,
  now,
}: Omit<Of, 'connectionId'> & { report: ReconciliationRecord; isLast: boolean }) {
  const { state, askedBy, since, endedAt, createdAt, problem, mended } = report
  const more = mended - report.report.length
  return (
    <div className="grid gap-1.5 border-line2 border-t px-3.5 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Status {...reconciliationLook[state]} />
        {(state === 'done' || report.read > 0) && <span>{figures(report)}</span>}
        <span className="ml-auto text-mute text-sm max-sm:ml-0">
          <Time value={endedAt ?? createdAt} now={now} />
        </span>
      </div>
      <p className="text-pretty text-mute text-sm">
        Since {dayInShort(since, zone)}, {askedBy ? `asked for by ${askedBy}` : 'by itself'}.
      </p>
      {problem && <p className="text-pretty text-bad">{problem}</p>}
      {report.report.length > 0 && (
        <details open={isLast}>
          <summary className="w-fit cursor-pointer rounded-xs text-mute text-sm">
            What was mended{more > 0 && `, the first ${numberText(MENDED_SHOWN)}`}
          </summary>
          <ul className="mt-1.5 grid gap-1.5">
            {report.report.map((each) => (
              <Mended key={each.purchaseId} mended={each} organization={organization} />
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function Mended({ mended, organization }: { mended: MendedPurchase; organization: string }) {
  return (
    <li className="grid grid-cols-[minmax(0,8rem)_minmax(0,1fr)] gap-x-3 max-sm:grid-cols-1">
      <Link
        href={paths.sale({ organization, id: mended.purchaseId })}
        className="w-fit max-w-full truncate rounded-xs font-medium underline decoration-line underline-offset-3 hover:decoration-current"
      >
        {mended.reference}
      </Link>
      <span className="min-w-0 text-pretty break-words text-mute">{mended.outcome.join(' ')}</span>
    </li>
  )
}
