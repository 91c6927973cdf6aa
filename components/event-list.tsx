import { Time } from '#components/ui/time.tsx'
import { toneText } from '#components/ui/tones.ts'
import { describeEvent } from '#lib/events/rules.ts'
import type { HistoryEvent } from '#lib/events/schema.ts'

/** What happened, newest first, one line each; a change lists what changed below. */
export function EventList({ events, now }: { events: readonly HistoryEvent[]; now: Date }) {
  return (
    <ol className="grid">
      {events.map((event) => {
        const { title, detail, tone } = describeEvent(event)
        const changes = Array.isArray(event.data.changes) ? event.data.changes : []
        return (
          <li key={event.id} className="flex gap-3 border-line2 border-t px-3.5 py-2 first:border-t-0">
            <span
              aria-hidden="true"
              className={`mt-[7px] size-[7px] shrink-0 rounded-full bg-current ${tone ? toneText[tone] : 'text-faint'}`}
            />
            <div className="min-w-0 flex-1">
              <p className="text-pretty">
                {title}{' '}
                <span className="text-mute">
                  {changes.length === 0 && detail}
                  {event.actorKind !== 'software' && ` by ${event.actorLabel}`}
                </span>
              </p>
              {changes.length > 0 && (
                <ul className="text-mute">
                  {changes.map((change) => (
                    <li key={change} className="break-words">
                      {change}
                    </li>
                  ))}
                </ul>
              )}
            </div>
            <Time value={event.at} now={now} className="shrink-0 text-mute" />
          </li>
        )
      })}
    </ol>
  )
}
