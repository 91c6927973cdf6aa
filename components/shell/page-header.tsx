import type { Route } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { cx } from '#components/ui/cx.ts'
import { numberText } from '#components/ui/number-text.ts'

/** The title line of a page: where it stands, what it is, how many, and what can be done. */
export function PageHeader({
  title,
  count,
  isMore = false,
  mono,
  breadcrumbs = [],
  status,
  description,
  actions,
}: {
  title: ReactNode
  count?: number
  /** There are more than were counted. */
  isMore?: boolean
  /** For titles that are keys. */
  mono?: boolean
  /** The pages above this one, outermost first. */
  breadcrumbs?: readonly { label: string; href: Route }[]
  /** Stands beside the title: a Status, a Badge, a reveal button. */
  status?: ReactNode
  description?: ReactNode
  actions?: ReactNode
}) {
  return (
    // On a phone all of it shares its lines, so that a list begins high up.
    <header className="flex flex-wrap items-center gap-x-2 gap-y-1 px-4 pt-2 pb-2 sm:gap-x-4 sm:gap-y-2 sm:px-6 sm:pt-3.5 sm:pb-3">
      <div className="flex min-h-8 min-w-0 flex-wrap items-center gap-x-2 gap-y-1 max-sm:contents">
        {breadcrumbs.length > 0 && (
          <nav aria-label="Breadcrumbs">
            <ol className="flex gap-2">
              {breadcrumbs.map((crumb) => (
                <li key={crumb.href} className="flex gap-2 text-mute">
                  <Link href={crumb.href} className="rounded-xs hover:text-ink">
                    {crumb.label}
                  </Link>
                  <span aria-hidden="true" className="text-faint">
                    /
                  </span>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <h1 className={cx('min-w-0 break-words font-semibold tracking-tight', mono ? 'font-mono text-md' : 'text-lg')}>
          {title}
          {count !== undefined && (
            <span className="ml-2 font-normal text-mute">
              {numberText(count)}
              {isMore && (
                <>
                  <span aria-hidden="true">+</span>
                  <span className="sr-only"> or more</span>
                </>
              )}
            </span>
          )}
        </h1>
        {status && <div className="flex items-center gap-2 sm:ml-1">{status}</div>}
      </div>
      {actions && (
        <div className="ml-auto flex flex-wrap items-center gap-2" data-print="hide">
          {actions}
        </div>
      )}
      {description && (
        <p className="basis-full text-pretty text-mute sm:-mt-1.5 [&]:pr-[max(0px,100%-80ch)]">{description}</p>
      )}
    </header>
  )
}
