import './globals.css'
import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import { buttonLook } from '#components/ui/button-look.ts'
import { firstScript } from '#components/ui/first-script.ts'
import { MISSING_PART } from '#components/ui/missing-part.ts'
import { Toaster } from '#components/ui/toast.tsx'
import { TooltipLayer } from '#components/ui/tooltip.tsx'
import { NONCE_HEADER } from '#lib/http/page-safety.ts'
import { currentPageReader } from '#lib/words/reader.ts'

// Nothing is rendered while building: one build serves every installation, and each has its own data and settings.
export const dynamic = 'force-dynamic'

export const metadata: Metadata = {
  title: { template: '%s · Latchkey', default: 'Latchkey' },
  description: 'License keys for software: issue, activate, validate, revoke.',
  referrer: 'strict-origin-when-cross-origin',
}

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#faf9f7' },
    { media: '(prefers-color-scheme: dark)', color: '#12110f' },
  ],
}

/** The frame of every page: type, theme and the link past the navigation. Reads no data. */
export default async function RootLayout({ children }: LayoutProps<'/'>) {
  const sent = await headers()
  const nonce = sent.get(NONCE_HEADER) ?? undefined
  const { language, words } = await currentPageReader()
  return (
    <html lang={language} className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a script of ours, the same for everybody */}
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: firstScript }} />
        <a
          href="#content"
          className="fixed top-2 left-2 z-50 -translate-y-16 rounded-control bg-btn px-3 py-2 font-medium text-btntx focus:translate-y-0"
        >
          {words.frame.skip}
        </a>
        {children}
        <MissingPart />
        <Toaster />
        <TooltipLayer />
      </body>
    </html>
  )
}

/** Shown by `sayMissing` when the code of something that was pressed cannot be loaded. */
const MissingPart = () => (
  <div
    id={MISSING_PART}
    role="alert"
    hidden
    className="fixed inset-x-3 bottom-3 z-60 mx-auto max-w-[420px] rounded-card bg-raise px-4 py-3 text-ink shadow-pop"
  >
    <p className="font-medium">A part of this page could not be loaded</p>
    <p className="text-pretty text-mute">
      You may be offline, or a new version was installed. What you typed stays, also when the page is reloaded.
    </p>
    <p className="mt-2.5 flex gap-2">
      <button type="button" value="again" className={buttonLook('primary', 'sm')}>
        Try again
      </button>
      <button type="button" value="reload" className={buttonLook('secondary', 'sm')}>
        Reload the page
      </button>
    </p>
  </div>
)
