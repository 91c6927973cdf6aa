'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cx } from '#components/ui/cx.ts'
import * as paths from '#lib/web/paths.ts'

const parts = [
  { href: paths.reference(), label: 'API reference' },
  { href: paths.errorCodes(), label: 'Error codes' },
  { href: paths.ownShop(), label: 'Your own shop' },
]

/** The parts of the documentation, with the open one marked. */
export function DocsNav() {
  const path = usePathname()
  const open = parts.slice(1).find(({ href }) => path.startsWith(href))?.href ?? paths.reference()
  return (
    <nav aria-label="Documentation" className="flex gap-4 whitespace-nowrap">
      {parts.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          prefetch={false}
          aria-current={href === open ? 'page' : undefined}
          className={cx(
            'rounded-xs py-1',
            href === paths.ownShop() && 'max-sm:hidden',
            href === open ? 'font-medium text-ink' : 'text-mute hover:text-ink',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}
