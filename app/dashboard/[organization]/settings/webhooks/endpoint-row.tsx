import Link from 'next/link'
import { Badge } from '#components/ui/badge.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import * as paths from '#lib/web/paths.ts'
import { endpointName, inWords } from '#lib/webhook-endpoints/plain.ts'
import { type EndpointSummary, WAITING_COUNTED } from '#lib/webhook-endpoints/queries.ts'
import { endpointLook, endpointState, whyGivenUp } from '#lib/webhook-endpoints/rules.ts'
import { formats } from '#lib/webhooks/formats.ts'
import { Moment } from './moment.tsx'

/** One endpoint: where it is, what it is told of, whether that arrives, and when something last did. */
export function EndpointRow({
  endpoint,
  organization,
  now,
}: {
  endpoint: EndpointSummary
  organization: string
  now: Date
}) {
  const { id, url, description, types, format, lastSentAt } = endpoint
  return (
    <li className="@container relative border-line2 border-t px-3.5 py-3 first:border-t-0 hover:bg-hover">
      <div className="grid gap-x-5 gap-y-1.5 @min-[720px]:grid-cols-[minmax(0,5fr)_minmax(0,2fr)_minmax(0,4fr)_6.5rem] @min-[720px]:items-center">
        <div className="min-w-0">
          <p className="font-medium">
            <Link
              href={paths.webhook({ organization, id })}
              className="min-w-0 break-words rounded-xs after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring"
            >
              {endpointName(endpoint)}
            </Link>
          </p>
          {description && <p className="break-all text-mute text-sm">{url}</p>}
        </div>
        <p className="break-words text-mute">
          {inWords(types)} {format !== 'latchkey' && <Badge>{formats[format].label}</Badge>}
        </p>
        <Standing endpoint={endpoint} now={now} />
        <p className="@max-[720px]:flex @max-[720px]:items-baseline @max-[720px]:gap-2">
          <span className="text-mute text-sm @min-[720px]:block">Last sent</span>{' '}
          <span>{lastSentAt ? <Time value={lastSentAt} now={now} /> : 'Never'}</span>
        </p>
      </div>
    </li>
  )
}

function Standing({ endpoint, now }: { endpoint: EndpointSummary; now: Date }) {
  const { failingSince, pausedUntil, disabledAt, waiting } = endpoint
  const state = endpointState(endpoint, now)
  const since = { failing: failingSince, paused: pausedUntil, off: disabledAt, given_up: disabledAt }
  const at = state in since ? since[state as keyof typeof since] : null
  return (
    <div className="min-w-0">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Status {...endpointLook[state]} />
        {at && (
          <span className="text-mute">
            {state === 'paused' ? 'until' : 'since'} <Moment at={at} />
          </span>
        )}
        {waiting > 0 && (
          <Badge tone={state === 'working' ? 'plain' : 'warn'}>
            {waiting > WAITING_COUNTED ? `more than ${numberText(WAITING_COUNTED)}` : numberText(waiting)} waiting
          </Badge>
        )}
      </p>
      {state === 'given_up' && <p className="text-pretty text-mute text-sm">{whyGivenUp(endpoint)}</p>}
    </div>
  )
}
