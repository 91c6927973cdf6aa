'use client'
import type { Route } from 'next'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cx } from './cx.ts'

export type Tab = { href: Route; label: string; count?: number }

/** Parts of one page, each with its own address. `current` names the open one when the path alone does not. */
export function Tabs({ label, items, current }: { label: string; items: readonly Tab[]; current?: string }) {
  const path = usePathname()
  const open = current ?? path
  return (
    <nav
      aria-label={label}
      // The line is a shadow: the mark of the open tab lies on it, and what reached over a border would scroll.
      className="scroll-thin max-sm:scroll-quiet flex shrink-0 gap-4 overflow-x-auto overflow-y-hidden px-4 shadow-[inset_0_-1px_var(--line)] sm:px-6"
    >
      {items.map((tab) => {
        const on = tab.href === open
        return (
          <Link
            key={tab.href}
            href={tab.href}
            aria-current={on ? 'page' : undefined}
            className={cx(
              'flex items-center gap-1.5 whitespace-nowrap border-b-2 py-2 font-medium focus-visible:-outline-offset-2',
              on ? 'border-ink text-ink' : 'border-transparent text-mute hover:text-ink',
            )}
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="font-normal text-mute">{tab.count.toLocaleString('en-US')}</span>
            )}
          </Link>
        )
      })}
    </nav>
  )
}
