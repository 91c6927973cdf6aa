import { ArrowLeft } from 'lucide-react'
import Link from 'next/link'
import { Mark } from '#components/ui/mark.tsx'
import { ThemeToggle } from '#components/ui/theme-toggle.tsx'
import * as paths from '#lib/web/paths.ts'
import { DocsNav } from './docs-nav.tsx'

/** The frame of the public documentation: no session, no organization. */
export default function DocsLayout({ children }: LayoutProps<'/docs'>) {
  return (
    <>
      <header
        data-print="hide"
        className="sticky top-0 z-20 flex h-12 items-center gap-4 border-line border-b bg-bg px-4 sm:gap-6 sm:px-6"
      >
        <Link href={paths.reference()} prefetch={false} className="flex items-center gap-2.5 rounded-sm font-semibold">
          <Mark size={22} />
          <span className="max-sm:sr-only">Latchkey</span>
        </Link>
        <DocsNav />
        <Link
          href={paths.start()}
          prefetch={false}
          className="ml-auto whitespace-nowrap rounded-xs py-1 text-mute hover:text-ink"
        >
          <ArrowLeft size={16} aria-hidden="true" className="sm:hidden" />
          <span className="max-sm:sr-only">Back to Latchkey</span>
        </Link>
        <ThemeToggle />
      </header>
      <main id="content" tabIndex={-1} className="outline-none">
        {children}
      </main>
    </>
  )
}
