import Link from 'next/link'
import { MaskedKey } from '#components/masked-key.tsx'
import { Time } from '#components/ui/time.tsx'
import { toneText } from '#components/ui/tones.ts'
import { describeEvent } from '#lib/events/rules.ts'
import type { ListedEvent } from '#lib/events/schema.ts'
import * as paths from '#lib/web/paths.ts'

/** What happened to a purchase, newest first; under each step what it did to which key. */
export function PurchaseHistory({
  events,
  organization,
  now,
}: {
  events: readonly ListedEvent[]
  organization: string
  now: Date
}) {
  return (
    <ol className="grid">
      {stepsOf(events).map(({ lead, keys }) => {
        const { title, detail, tone } = describeEvent(lead)
        return (
          <li key={lead.id} className="flex gap-3 border-line2 border-t px-3.5 py-2 first:border-t-0">
            <Dot tone={tone} />
            <div className="min-w-0 flex-1">
              <p className="text-pretty">
                {title}{' '}
                <span className="text-mute">
                  {changesOf(lead).length === 0 && detail}
                  {lead.actorKind !== 'software' && ` by ${lead.actorLabel}`}
                </span>
              </p>
              <Changes of={lead} />
              {lead.licenseKey && keys.length === 0 && <KeyLink event={lead} organization={organization} />}
              {keys.length > 0 && (
                <ul className="mt-1 grid gap-0.5 border-line border-l pl-3">
                  {keys.map((event) => (
                    <KeyStep key={event.id} event={event} organization={organization} />
                  ))}
                </ul>
              )}
            </div>
            <Time value={lead.at} now={now} className="shrink-0 text-mute" />
          </li>
        )
      })}
    </ol>
  )
}

/** Events of one moment and one actor are one step: what was said of the purchase leads, its keys follow. */
function stepsOf(events: readonly ListedEvent[]): { lead: ListedEvent; keys: ListedEvent[] }[] {
  const groups: ListedEvent[][] = []
  for (const event of events) {
    const last = groups.at(-1)
    const [first] = last ?? []
    if (first && first.at.getTime() === event.at.getTime() && first.actorLabel === event.actorLabel) last?.push(event)
    else groups.push([event])
  }
  return groups.flatMap((group) => {
    const leads = group.filter(({ licenseKeyId }) => licenseKeyId === null)
    const keys = group.filter(({ licenseKeyId }) => licenseKeyId !== null).toReversed()
    if (leads.length === 0) return keys.toReversed().map((lead) => ({ lead, keys: [] }))
    // What was said last of the same moment is what the keys followed.
    return leads.map((lead, at) => ({ lead, keys: at === 0 ? keys : [] }))
  })
}

const changesOf = ({ data }: ListedEvent): string[] => (Array.isArray(data.changes) ? data.changes : [])

function Changes({ of }: { of: ListedEvent }) {
  const changes = changesOf(of)
  if (changes.length === 0) return null
  return (
    <ul className="text-mute">
      {changes.map((change) => (
        <li key={change} className="break-words">
          {change}
        </li>
      ))}
    </ul>
  )
}

function KeyStep({ event, organization }: { event: ListedEvent; organization: string }) {
  const { title, tone } = describeEvent(event)
  return (
    <li className="flex flex-wrap items-baseline gap-x-2">
      <KeyLink event={event} organization={organization} />
      <span className={tone ? toneText[tone] : 'text-mute'}>{changesOf(event).join('. ') || title}</span>
    </li>
  )
}

function KeyLink({ event: { licenseKey }, organization }: { event: ListedEvent; organization: string }) {
  if (!licenseKey) return null
  return (
    <Link
      href={paths.licenseKey({ organization, id: licenseKey.id })}
      className="rounded-xs underline decoration-line underline-offset-3 hover:decoration-current"
    >
      <MaskedKey masked={licenseKey.masked} />
    </Link>
  )
}

const Dot = ({ tone }: { tone: keyof typeof toneText | null }) => (
  <span
    aria-hidden="true"
    className={`mt-[7px] size-[7px] shrink-0 rounded-full bg-current ${tone ? toneText[tone] : 'text-faint'}`}
  />
)
