'use client'
import './globals.css'
import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import { Button } from '#components/ui/button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'

/** The same bug page for when the layout itself fails, so it brings its own document. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`}>
      <body>
        <title>Something went wrong · Latchkey</title>
        <QuietPage
          title="Something went wrong on our side"
          actions={
            <Button variant="primary" onClick={reset}>
              Try again
            </Button>
          }
          requestId={error.digest}
        >
          Nothing you did caused this, and what you typed was not saved. Trying again often helps.
        </QuietPage>
      </body>
    </html>
  )
}
