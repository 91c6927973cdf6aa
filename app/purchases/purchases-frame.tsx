import type { Route } from 'next'
import type { ReactNode } from 'react'
import { LanguageSwitch } from '#components/language-switch.tsx'
import { buttonLook } from '#components/ui/button-look.ts'
import { ThemeToggle } from '#components/ui/theme-toggle.tsx'
import * as paths from '#lib/web/paths.ts'
import type { Reader } from '#lib/words/reader.ts'
import { signOutOfPurchases } from './actions.ts'

/** The frame of the customer's pages: whose purchases these are, and the way out. Plain links: code that follows them here weighs more than it saves. */
export function PurchasesFrame({
  email,
  hasDashboard,
  reader: { words, language },
  preview = null,
  children,
}: {
  email: string
  hasDashboard: boolean
  reader: Reader
  /** Stands above it where a member looks at it, who is not signed in as the customer: then no way leads out of it but this. */
  preview?: { bar: ReactNode; home: Route } | null
  children: ReactNode
}) {
  const say = words.frame
  return (
    <>
      {preview?.bar}
      <div lang={language} className="mx-auto flex min-h-dvh w-full max-w-[960px] flex-col px-4 sm:px-6">
        <header className="flex flex-wrap items-center gap-x-3 gap-y-1 py-4" data-print="hide">
          <a
            href={preview?.home ?? paths.purchases()}
            className="flex min-w-0 flex-1 basis-40 items-center gap-2.5 rounded-sm"
          >
            <span className="min-w-0 truncate text-mute">
              <span className="font-medium text-ink">{say.purchases}</span> {say.purchasesOf} {email}
            </span>
          </a>
          {!preview && (
            <div className="-mr-2.5 flex items-center">
              {hasDashboard && (
                <a href={paths.dashboard()} className={buttonLook('ghost', 'sm')}>
                  {say.dashboard}
                </a>
              )}
              <a href={paths.account()} className={buttonLook('ghost', 'sm')}>
                {say.account}
              </a>
              <form action={signOutOfPurchases}>
                <button type="submit" className={buttonLook('ghost', 'sm')}>
                  {say.signOut}
                </button>
              </form>
            </div>
          )}
        </header>
        <main id="content" className="flex-1 pt-2 pb-10">
          {children}
        </main>
        <footer
          className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-line border-t py-4 text-mute"
          data-print="hide"
        >
          <span className="flex min-w-0 basis-full flex-wrap gap-x-3 sm:flex-1 sm:basis-auto">
            <span className="min-w-0 truncate">{say.signedInAs(email)}</span>
            {!preview && (
              <a href={paths.moveAddress()} className="rounded-xs underline underline-offset-3 hover:text-ink">
                {words.address.change}
              </a>
            )}
          </span>
          {!preview && (
            <div className="-ml-1.5">
              <LanguageSwitch language={language} label={say.language} />
            </div>
          )}
          <ThemeToggle words={{ theme: say.theme, light: say.light, dark: say.dark, system: say.system }} />
        </footer>
      </div>
    </>
  )
}
