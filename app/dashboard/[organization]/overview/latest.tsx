import Link from 'next/link'
import { eventHref } from '#components/event-href.ts'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { cx } from '#components/ui/cx.ts'
import { Time } from '#components/ui/time.tsx'
import { toneText } from '#components/ui/tones.ts'
import { describeEvent } from '#lib/events/rules.ts'
import type { Overview } from '#lib/overview/queries.ts'
import * as paths from '#lib/web/paths.ts'

/** What happened last. */
export function Latest({ overview, organization, now }: { overview: Overview; organization: string; now: Date }) {
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
