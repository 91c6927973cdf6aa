'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import type { ReactNode } from 'react'
import { ChartFigure, ChartTable } from '#components/ui/chart-figure.tsx'
import { CalendarLegend, DayCalendar } from '#components/ui/day-calendar.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { dayText } from '#components/ui/relative-time.ts'
import { type ForecastWeek, forecastWeeks, shadesOf } from '#lib/overview/rules.ts'
import * as paths from '#lib/web/paths.ts'

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const words = (day: string) => dayText(`${day}T00:00:00Z`)
const short = (day: string) => words(day).replace(/ \d{4}$/, '')
const MONTH = /^\d+ (\w+)/

/** How many keys end on which day of the year to come; a day or a week leads to them. */
export function ExpiryMap({
  organization,
  first,
  counts,
}: {
  organization: string
  /** Today, where the organization is. */
  first: string
  /** One number per day, from then on. */
  counts: readonly number[]
}) {
  const { push } = useRouter()
  const weeks = forecastWeeks(first, counts)
  const shade = shadesOf(counts)
  const daysOf = (week: ForecastWeek | undefined) => week?.days.flatMap((day) => day?.day ?? []) ?? []
  const listOf = (days: readonly string[]) =>
    paths.licenseKeys(
      { organization },
      {
        ...{ status: 'active,expiring', expires: `${days[0]}..${days.at(-1)}`, sort: 'expiresAt', dir: 'asc' },
      },
    )
  const count = (number: number, days: readonly string[]): ReactNode =>
    number === 0 ? (
      <span className="text-mute">0</span>
    ) : (
      <Link href={listOf(days)} prefetch={false} className="rounded-xs underline decoration-line underline-offset-3">
        {numberText(number)}
      </Link>
    )
  return (
    <ChartFigure
      title="Keys that end in the next year, by day"
      height={176}
      legend={
        <>
          <CalendarLegend />
          <span className="max-sm:hidden">A day, or the bar of a week, opens its keys.</span>
        </>
      }
      table={(isShown) => (
        <ChartTable
          title="Keys that end in the next year, by week"
          head={['Week of', ...(isShown ? DAYS : []), 'Week']}
          rows={weeks.map((week) => ({
            key: week.monday,
            cells: [
              words(week.monday),
              ...(isShown ? week.days.map((day) => (day ? count(day.count, [day.day]) : '')) : []),
              isShown ? count(week.total, daysOf(week)) : numberText(week.total),
            ],
          }))}
        />
      )}
    >
      <section
        className="scroll-thin overflow-x-auto rounded-xs pb-1"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Keys that end in the next year, drawn by day"
        style={{ minHeight: 176 }}
      >
        <DayCalendar
          weeks={weeks.map((week, at) => ({
            label: words(week.monday),
            month: monthOf(weeks, at),
            total: week.total,
            days: week.days.map((day) => day && { label: words(day.day), count: day.count, shade: shade(day.count) }),
          }))}
          onDay={(week, day) => {
            const one = weeks[week]?.days[day]
            if (one) push(listOf([one.day]))
          }}
          onWeek={(week) => push(listOf(daysOf(weeks[week])))}
        />
      </section>
    </ChartFigure>
  )
}

/** The month that begins in a week; the first week begins one too, where there is room before the next. */
function monthOf(weeks: readonly ForecastWeek[], at: number): string | null {
  const beginning = (week: ForecastWeek | undefined) => week?.days.find((day) => day?.day.endsWith('-01'))
  const isFirst = at === 0 && !beginning(weeks[1]) && !beginning(weeks[2])
  const begins = beginning(weeks[at]) ?? (isFirst ? weeks[0]?.days.find((day) => day !== null) : null)
  return begins ? (MONTH.exec(short(begins.day))?.[1] ?? null) : null
}
