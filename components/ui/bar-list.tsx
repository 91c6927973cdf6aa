import type { Route } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { barFills } from './bar-fills.ts'
import { numberText } from './number-text.ts'
import type { Tone } from './tones.ts'

export type BarListItem = {
  key: string
  name: ReactNode
  count: number
  /** Said smaller after the number. */
  of?: string | undefined
  href?: Route | undefined
  tone?: Tone
}

/** Names with their numbers, each with a bar as long as it is large. It is a table to everybody. */
export function BarList({
  title,
  head,
  items,
}: {
  /** Names it for screen readers. */
  title: string
  head: readonly [name: string, count: string]
  items: readonly BarListItem[]
}) {
  const most = Math.max(1, ...items.map(({ count }) => count))
  return (
    <table className="w-full border-separate border-spacing-0 tabular-nums">
      <caption className="sr-only">{title}</caption>
      <thead className="sr-only">
        <tr>
          {head.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map(({ key, name, count, of, href, tone = 'off' }) => (
          <tr key={key} className="relative has-[a]:hover:bg-hover">
            <th scope="row" className="relative max-w-0 px-3.5 pt-1.5 pb-2.5 text-left font-normal">
              <span className="block truncate">
                {href ? (
                  <Link
                    href={href}
                    className="after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring"
                  >
                    {name}
                  </Link>
                ) : (
                  name
                )}
              </span>
              <span aria-hidden="true" className="absolute right-0 bottom-1 left-3.5 h-[3px] rounded-full bg-line2">
                <span
                  className="block h-full rounded-full"
                  style={{ width: `${Math.max(count > 0 ? 1 : 0, (count / most) * 100)}%`, background: barFills[tone] }}
                />
              </span>
            </th>
            <td className="w-px whitespace-nowrap px-3.5 pt-1.5 pb-2.5 text-right">
              {numberText(count)}
              {of && <span className="ml-1.5 inline-block min-w-9 text-mute text-sm">{of}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
