'use client'
import type { Route } from 'next'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cx } from '#components/ui/cx.ts'

const parts = [
  { href: '/docs', label: 'API reference' },
  { href: '/docs/errors', label: 'Error codes' },
]

/** The parts of the documentation, with the open one marked. */
export function DocsNav() {
  const path = usePathname()
  const open = path.startsWith('/docs/errors') ? '/docs/errors' : '/docs'
  return (
    <nav aria-label="Documentation" className="flex gap-4 whitespace-nowrap">
      {parts.map(({ href, label }) => (
        <Link
          key={href}
          href={href as Route}
          prefetch={false}
          aria-current={href === open ? 'page' : undefined}
          className={cx('rounded-xs py-1', href === open ? 'font-medium text-ink' : 'text-mute hover:text-ink')}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}
