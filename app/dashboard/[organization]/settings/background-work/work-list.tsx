import type { Route } from 'next'
import Link from 'next/link'
import { cx } from '#components/ui/cx.ts'
import { numberText } from '#components/ui/number-text.ts'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { type WaitingPlace, type WorkCount, type WorkKind, workKinds, workWords } from '#lib/jobs/plain.ts'
import * as paths from '#lib/web/paths.ts'

const columns = '@min-[760px]:grid-cols-[minmax(0,1fr)_4.5rem_4.5rem_4.5rem_8.5rem_8.5rem]'

/** How each kind of work stands. On a narrow page each figure has its word beside it. */
export function WorkList({
  organization,
  work,
  places,
  now,
}: {
  organization: string
  work: Record<WorkKind, WorkCount>
  /** Where what waits does so. */
  places: Partial<Record<WorkKind, WaitingPlace[]>>
  now: Date
}) {
  return (
    <div className="@container">
      <div
        aria-hidden="true"
        className={cx(
          'hidden gap-x-4 border-line2 border-b px-3.5 py-2 text-mute text-sm @min-[760px]:grid [&>:nth-child(n+2):nth-child(-n+4)]:text-right',
          columns,
        )}
      >
        <span>Kind</span>
        <span>Waiting</span>
        <span>Running</span>
        <span>Failed</span>
        <span className="pl-3">Waits since</span>
        <span className="pl-3">Last done</span>
      </div>
      <ul>
        {workKinds.map((kind) => (
          <Line
            key={kind}
            organization={organization}
            kind={kind}
            count={work[kind]}
            places={places[kind] ?? []}
            now={now}
          />
        ))}
      </ul>
    </div>
  )
}

/** Where what waits of a kind is listed; of those with places, each has its own list. */
const listOf = {
  store_deliveries: paths.stores,
  webhooks: paths.webhooks,
  mails: (of) => paths.sentMail(of, { state: 'waiting' }),
  imports: paths.imports,
  bulk_changes: paths.bulkChanges,
  reconciliations: paths.stores,
  archives: paths.archives,
} satisfies Record<WorkKind, (of: { organization: string }) => Route>

const placeHref = (organization: string, kind: WorkKind, id: string): Route =>
  kind === 'webhooks'
    ? paths.webhook({ organization, id }, { state: 'waiting' })
    : kind === 'store_deliveries'
      ? paths.deliveries({ organization, id }, { state: 'new' })
      : paths.store({ organization, id })

const linkLook = 'rounded-xs underline decoration-line underline-offset-3 hover:decoration-current'

function Line({
  organization,
  kind,
  count,
  places,
  now,
}: {
  organization: string
  kind: WorkKind
  count: WorkCount
  places: WaitingPlace[]
  now: Date
}) {
  const { label, about } = workWords[kind]
  const { waiting, running, failed, oldestAt, lastDoneAt } = count
  return (
    <li
      className={cx(
        'grid grid-cols-2 gap-x-4 gap-y-1.5 border-line2 border-t px-3.5 py-3 first:border-t-0 @min-[760px]:items-center',
        columns,
      )}
    >
      <div className="col-span-2 min-w-0 @min-[760px]:col-span-1">
        <p className="font-medium">{label}</p>
        <p className="text-pretty text-mute text-sm">{about}</p>
        {places.length > 0 && (
          <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm">
            {places.map((place) => (
              <Link
                key={place.id}
                href={placeHref(organization, kind, place.id)}
                className={cx('min-w-0 break-all', linkLook)}
              >
                {numberText(place.count)} for {place.name}
              </Link>
            ))}
          </p>
        )}
      </div>
      <Figure name="Waiting" isNothing={waiting === 0}>
        {waiting > 0 ? (
          <Link
            href={
              places.length === 1 && places[0]
                ? placeHref(organization, kind, places[0].id)
                : listOf[kind]({ organization })
            }
            aria-label={`${label}: ${numberText(waiting)} waiting`}
            className={linkLook}
          >
            {numberText(waiting)}
          </Link>
        ) : (
          <Nothing />
        )}
      </Figure>
      <Figure name="Running" isNothing={running === 0}>
        {running > 0 ? numberText(running) : <Nothing />}
      </Figure>
      <Figure name="Failed" isNothing={failed === 0}>
        {failed > 0 ? (
          <a href={`#failed-${kind}`} aria-label={`${label}: ${numberText(failed)} failed`} className={linkLook}>
            <Status tone="bad" label={numberText(failed)} />
          </a>
        ) : (
          <Nothing />
        )}
      </Figure>
      <Moment name="Waits since" value={oldestAt} otherwise={NONE} now={now} />
      <Moment name="Last done" value={lastDoneAt} otherwise="Not yet" now={now} />
    </li>
  )
}

const NONE = '–'

const Nothing = () => <span className="text-mute">0</span>

const Name = ({ children }: { children: string }) => (
  <span className="text-mute text-sm @min-[760px]:sr-only">{children} </span>
)

// On a narrow page what there is none of only takes room.
const Figure = ({ name, isNothing, children }: { name: string; isNothing: boolean; children: React.ReactNode }) => (
  <p
    className={cx(
      'flex items-baseline gap-2 tabular-nums @min-[760px]:justify-end',
      isNothing && '@max-[760px]:hidden',
    )}
  >
    <Name>{name}</Name>
    {children}
  </p>
)

const Moment = ({
  name,
  value,
  otherwise,
  now,
}: {
  name: string
  value: Date | null
  otherwise: string
  now: Date
}) => (
  <p
    className={cx(
      'flex flex-wrap items-baseline gap-x-2 @min-[760px]:pl-3',
      !value && otherwise === NONE && '@max-[760px]:hidden',
    )}
  >
    <Name>{name}</Name>
    {value ? <Time value={value} now={now} /> : <span className="text-mute">{otherwise}</span>}
  </p>
)
