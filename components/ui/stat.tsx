import type { Route } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'

/** A row of numbers in one card. */
export function StatRow({ children }: { children: ReactNode }) {
  return (
    <div className="@container">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line2 shadow-soft @2xl:auto-cols-fr @2xl:grid-flow-col @2xl:grid-cols-none @max-2xl:[&>:last-child:nth-child(odd)]:col-span-2">
        {children}
      </dl>
    </div>
  )
}

/** One number with its name, and beside it its limit or unit. */
export function Stat({
  label,
  value,
  of,
  href,
  children,
}: {
  label: string
  value: ReactNode
  /** Said smaller after the value: "of 3", "12 Jan". */
  of?: ReactNode
  /** Where the things counted are listed. */
  href?: Route
  /** A sparkline or a hint below. */
  children?: ReactNode
}) {
  return (
    <div className="relative bg-panel px-3.5 py-3 has-[a:hover]:bg-hover">
      <dt className="text-mute text-sm">
        {href ? (
          <Link
            href={href}
            className="after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring"
          >
            {label}
          </Link>
        ) : (
          label
        )}
      </dt>
      <dd className="flex flex-wrap items-baseline gap-x-1.5">
        <span className="font-semibold text-xl tracking-tight">{value}</span>
        {of && <span className="text-base text-mute">{of}</span>}
      </dd>
      {children && <dd className="mt-1.5 text-mute text-sm">{children}</dd>}
    </div>
  )
}
