'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import './globals.css'

/** The same for when the layout itself fails, so it brings its own document, and nothing else: every page carries it along. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body style={{ fontFamily: 'system-ui' }}>
        <title>Something went wrong · Latchkey</title>
        <main className="mx-auto max-w-[400px] px-5 py-16">
          <h1 className="font-semibold text-xl">Something went wrong on our side</h1>
          <p className="my-4">
            Nothing you did caused this, and what you typed was not saved. Trying again often helps.{' '}
            {error.digest && `If it keeps happening, quote request id ${error.digest}.`}
          </p>
          <button type="button" className="rounded-control border bg-btn px-3 py-2 text-btntx" onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  )
}
