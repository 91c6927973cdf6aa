import './globals.css'
import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import { ThemeProvider } from 'next-themes'
import { Toaster } from '#components/ui/toast.tsx'
import { TooltipLayer } from '#components/ui/tooltip.tsx'
import { NONCE_HEADER } from '#lib/http/page-safety.ts'

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
  const nonce = (await headers()).get(NONCE_HEADER) ?? undefined
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body>
        <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange nonce={nonce}>
          <a
            href="#content"
            className="fixed top-2 left-2 z-50 -translate-y-16 rounded-control bg-btn px-3 py-2 font-medium text-btntx focus:translate-y-0"
          >
            Skip to content
          </a>
          {children}
          <Toaster />
          <TooltipLayer />
        </ThemeProvider>
      </body>
    </html>
  )
}
