'use client'
import type { MouseEvent } from 'react'
import { cx } from './cx.ts'

export type CalendarWeek = {
  /** Names it: "30 Nov". */
  label: string
  /** The month that begins in it. */
  month: string | null
  total: number
  /** From Monday on; null: out of what is shown. */
  days: readonly ({ label: string; count: number; shade: number } | null)[]
}

const SHADES = [
  'var(--line2)',
  'color-mix(in oklab, var(--fill-accent) 30%, var(--panel))',
  'color-mix(in oklab, var(--fill-accent) 52%, var(--panel))',
  'color-mix(in oklab, var(--fill-accent) 76%, var(--panel))',
  'var(--fill-accent)',
]
const BARS_PX = 34

/**
 * Days as squares, a column per week; the fuller the darker, and below them what comes together in the week. It is for the pointer: who
 * has none takes the table beside it.
 */
export function DayCalendar({
  weeks,
  onDay,
  onWeek,
}: {
  weeks: readonly CalendarWeek[]
  onDay: (week: number, day: number) => void
  onWeek: (week: number) => void
}) {
  const most = Math.max(1, ...weeks.map(({ total }) => total))
  const pick = (event: MouseEvent) => {
    const { week, day } = (event.target as HTMLElement).closest<HTMLElement>('[data-week]')?.dataset ?? {}
    if (week === undefined) return
    if (day === undefined) onWeek(Number(week))
    else onDay(Number(week), Number(day))
  }
  return (
    <div
      aria-hidden="true"
      onClick={pick}
      className="grid w-full gap-[3px]"
      style={{ gridTemplateColumns: `26px repeat(${weeks.length}, minmax(9px, 1fr))` }}
    >
      <span />
      {weeks.map(({ label, month }) => (
        <span key={label} className="h-4 w-0 whitespace-nowrap text-mute text-xs">
          {month}
        </span>
      ))}
      {['Mon', '', 'Wed', '', 'Fri', '', ''].map((name, day) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its day
        <Day key={day} name={name} day={day} weeks={weeks} />
      ))}
      <span className="self-end text-mute text-xs">Week</span>
      {weeks.map(({ label, total }, at) => (
        <span
          key={label}
          data-week={total > 0 ? at : undefined}
          title={`Week of ${label}: ${total.toLocaleString('en')}`}
          className={cx('flex items-end', total > 0 && 'cursor-pointer hover:opacity-70')}
          style={{ height: BARS_PX + 6 }}
        >
          <span
            className="block w-full rounded-[2px]"
            style={{
              height: Math.max(total > 0 ? 2 : 1, (total / most) * BARS_PX),
              background: total > 0 ? SHADES[3] : SHADES[0],
            }}
          />
        </span>
      ))}
    </div>
  )
}

function Day({ name, day, weeks }: { name: string; day: number; weeks: readonly CalendarWeek[] }) {
  return (
    <>
      <span className="self-center text-mute text-xs leading-none">{name}</span>
      {weeks.map(({ label, days }, at) => {
        const one = days[day]
        return one ? (
          <span
            key={label}
            data-week={one.count > 0 ? at : undefined}
            data-day={one.count > 0 ? day : undefined}
            title={`${one.label}: ${one.count.toLocaleString('en')}`}
            className={cx('h-3 rounded-[2px]', one.count > 0 && 'cursor-pointer hover:outline-2 hover:outline-ring')}
            style={{ background: SHADES[one.shade] }}
          />
        ) : (
          <span key={label} />
        )
      })}
    </>
  )
}

/** What the shades mean. */
export const CalendarLegend = () => (
  <span aria-hidden="true" className="inline-flex items-center gap-1">
    Fewer
    {SHADES.map((shade) => (
      <span key={shade} className="size-2.5 rounded-[2px]" style={{ background: shade }} />
    ))}
    More
  </span>
)
