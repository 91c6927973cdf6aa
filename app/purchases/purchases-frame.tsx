import type { ReactNode } from 'react'
import { buttonLook } from '#components/ui/button-look.ts'
import { ThemeToggle } from '#components/ui/theme-toggle.tsx'
import * as paths from '#lib/web/paths.ts'
import { signOutOfPurchases } from './actions.ts'

/** The frame of the customer's pages: whose purchases these are, and the way out. Plain links: code that follows them here weighs more than it saves. */
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
        <a href={paths.purchases()} className="flex min-w-0 flex-1 items-center gap-2.5 rounded-sm">
          <span className="min-w-0 truncate text-mute">
            <span className="font-medium text-ink">Purchases</span> of {email}
          </span>
        </a>
        {hasDashboard && (
          <a href={paths.dashboard()} className={buttonLook('ghost', 'sm')}>
            Dashboard
          </a>
        )}
        <a href={paths.account()} className={buttonLook('ghost', 'sm')}>
          Account
        </a>
        <form action={signOutOfPurchases} className="-mr-2.5">
          <button type="submit" className={buttonLook('ghost', 'sm')}>
            Sign out
          </button>
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
