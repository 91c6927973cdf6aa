import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import type { ShownMessage } from '#lib/webhook-endpoints/queries.ts'

type Try = ShownMessage['tries'][number]

/** Each attempt with what was answered, or why nothing was; the last one first. */
export function AttemptList({
  message: { tries, state, isOnItsWay, dueAt },
  now,
}: {
  message: ShownMessage
  now: Date
}) {
  return (
    <Card>
      <CardHeader title="Attempts" />
      {tries.length === 0 ? (
        <CardBody className="text-mute">{state === 'waiting' ? 'It is about to be sent.' : 'None was made.'}</CardBody>
      ) : (
        <>
          {state === 'waiting' && !isOnItsWay && (
            <CardBody className="border-line2 border-b text-mute">
              It is tried again <Time value={dueAt < now ? now : dueAt} now={now} />.
            </CardBody>
          )}
          <ol>
            {tries.toReversed().map((each) => (
              <Attempt key={each.number} attempt={each} now={now} />
            ))}
          </ol>
        </>
      )}
    </Card>
  )
}

function Attempt({ attempt: { number, at, durationMs, status, error, answer }, now }: { attempt: Try; now: Date }) {
  const isGood = status !== null && status >= 200 && status <= 299
  return (
    <li className="grid gap-1.5 border-line2 border-t px-3.5 py-2.5 first:border-t-0">
      <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <span className="w-5 text-mute tabular-nums">{numberText(number)}</span>
        <Status tone={isGood ? 'ok' : 'bad'} label={status === null ? 'No answer' : String(status)} />
        <span className="min-w-0 flex-1 text-pretty max-sm:order-last max-sm:flex-none max-sm:basis-full max-sm:pl-9">
          {error}
        </span>
        <span className="text-mute max-sm:ml-auto">{numberText(durationMs)} ms</span>
        <span className="text-mute">
          <Time value={at} now={now} />
        </span>
      </p>
      {answer && (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          className="scroll-thin ml-9 max-h-40 overflow-auto whitespace-pre-wrap break-all rounded-control bg-line2 px-2.5 py-1.5 font-mono text-sm"
        >
          {answer}
        </pre>
      )}
    </li>
  )
}
