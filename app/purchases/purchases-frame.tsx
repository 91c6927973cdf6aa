import Link from 'next/link'
import type { ReactNode } from 'react'
import { Button } from '#components/ui/button.tsx'
import { ThemeToggle } from '#components/ui/theme-toggle.tsx'
import { signOutOfPurchases } from './actions.ts'

/** The frame of the customer's pages: whose purchases these are, and the way out. */
export function PurchasesFrame({
  email,
  hasDashboard,
  children,
}: {
  email: string
  hasDashboard: boolean
  children: ReactNode
}) {
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-[960px] flex-col px-4 sm:px-6">
      <header className="flex items-center gap-x-3 gap-y-1 py-4" data-print="hide">
        <Link href="/purchases" className="flex min-w-0 flex-1 items-center gap-2.5 rounded-sm">
          <span className="min-w-0 truncate text-mute">
            <span className="font-medium text-ink">Purchases</span> of {email}
          </span>
        </Link>
        {hasDashboard && (
          <Button size="sm" variant="ghost" href="/dashboard">
            Dashboard
          </Button>
        )}
        <Button size="sm" variant="ghost" href="/account">
          Account
        </Button>
        <form action={signOutOfPurchases} className="-mr-2.5">
          <Button type="submit" size="sm" variant="ghost">
            Sign out
          </Button>
        </form>
      </header>
      <main id="content" className="flex-1 pt-2 pb-10">
        {children}
      </main>
      <footer className="flex items-center justify-between gap-3 border-line border-t py-4 text-mute" data-print="hide">
        <span className="min-w-0 truncate">Signed in as {email}</span>
        <ThemeToggle />
      </footer>
    </div>
  )
}
