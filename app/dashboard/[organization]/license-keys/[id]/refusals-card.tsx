import Link from 'next/link'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { countText } from '#components/ui/number-text.ts'
import { Time } from '#components/ui/time.tsx'
import { env } from '#lib/base/env.ts'
import { isLicenseCode, verdicts } from '#lib/error-codes/schema.ts'
import type { ValidatedSpan } from '#lib/license-keys/plain.ts'
import { callBody } from '#lib/refusals/curl.ts'
import { KEPT_DAYS } from '#lib/refusals/plain.ts'
import type { refusedCalls } from '#lib/refusals/queries.ts'
import { simulationOf } from '#lib/refusals/simulation.ts'
import * as paths from '#lib/web/paths.ts'
import { REFUSALS_STEP } from './params.ts'
import { RepeatCall } from './repeat-call.tsx'

type Calls = Awaited<ReturnType<typeof refusedCalls>>

/** Calls of this key that were refused, each with what its rule looked at, and the line that repeats the last. */
export function RefusalsCard({
  organization,
  organizationId,
  id,
  masked,
  history,
  span,
  mayReveal,
  calls,
  total,
  now,
}: Calls & {
  organization: string
  organizationId: string
  id: string
  masked: string
  history: number
  span: ValidatedSpan
  mayReveal: boolean
  now: Date
}) {
  const [last] = calls
  return (
    <Card>
      <CardHeader
        title={
          <span id="refusals" tabIndex={-1} className="scroll-mt-16">
            Refused calls
          </span>
        }
      >
        {total > 0 && countText(total, 'kind')}
        <Button size="sm" href={paths.simulate({ organization, id })}>
          Simulate a call
        </Button>
      </CardHeader>
      {!last ? (
        <CardBody>
          <p className="text-mute">No call of this key was refused in the last {KEPT_DAYS} days.</p>
        </CardBody>
      ) : (
        <>
          <RefusedCalls {...{ organization, id, calls, now }} />
          {total > calls.length && (
            <div className="border-line2 border-t px-3.5 py-2">
              <Link
                scroll={false}
                href={paths.licenseKey({ organization, id }, { history, refusals: calls.length + REFUSALS_STEP, span })}
                className="rounded-xs font-medium text-mute hover:text-ink"
              >
                Show {Math.min(REFUSALS_STEP, total - calls.length)} more
              </Link>
            </div>
          )}
          <div className="border-line2 border-t px-3.5 py-3">
            <RepeatCall
              organization={organization}
              licenseKeyId={id}
              url={`${env().LATCHKEY_URL.replace(/\/+$/, '')}/api/license/${last.verb}`}
              body={callBody(last.asked, organizationId)}
              masked={masked}
              mayReveal={mayReveal}
            />
          </div>
        </>
      )}
    </Card>
  )
}

/** Refused calls, one line each, with what there was to say. */
export function RefusedCalls({
  organization,
  id,
  calls,
  now,
}: Pick<Calls, 'calls'> & { organization: string; id: string; now: Date }) {
  return (
    <ul className="@container">
      {calls.map((call) => (
        <li
          key={`${call.firstAt.getTime()} ${call.code} ${call.verb} ${call.device}`}
          className="grid gap-x-4 gap-y-0.5 border-line2 border-t px-3.5 py-2 first:border-t-0 @2xl:grid-cols-[minmax(0,1fr)_auto]"
        >
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-x-2 font-medium">
              {isLicenseCode(call.code) ? verdicts[call.code].label : call.code}
              <Badge>{call.verb}</Badge>
            </p>
            <p className="text-pretty break-words text-mute">{call.support}</p>
          </div>
          <p className="flex flex-wrap items-baseline gap-x-3 text-mute text-sm @2xl:justify-end">
            <span>{countText(call.count, 'time')}</span>
            <Time value={call.lastAt} now={now} />
            {call.address && <span className="break-all">{call.address}</span>}
            {call.verb !== 'deactivate' && (
              <Link
                href={paths.simulate({ organization, id }, simulationOf(call))}
                aria-label={`Simulate this call: ${call.support}`}
                className="rounded-xs font-medium text-ink underline decoration-line underline-offset-3"
              >
                Simulate
              </Link>
            )}
          </p>
        </li>
      ))}
    </ul>
  )
}
