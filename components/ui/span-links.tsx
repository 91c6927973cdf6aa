import type { Route } from 'next'
import Link from 'next/link'
import { cx } from './cx.ts'

/** How far back a chart reaches: one address each, the current one marked. */
export function SpanLinks({ spans }: { spans: readonly { label: string; href: Route; isCurrent: boolean }[] }) {
  return (
    <nav aria-label="How far back" className="flex rounded-control border border-line p-0.5">
      {spans.map(({ label, href, isCurrent }) => (
        <Link
          key={label}
          href={href}
          scroll={false}
          aria-current={isCurrent ? 'true' : undefined}
          className={cx(
            'rounded-sm px-2 text-sm pointer-coarse:py-2',
            isCurrent ? 'bg-line2 font-medium text-ink' : 'text-mute hover:text-ink',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}
