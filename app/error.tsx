'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
const look = 'inline-flex h-8 items-center rounded-control border px-3 font-medium shadow-soft pointer-coarse:min-h-10 '

/** The page for a bug: sorry, the id to quote, and a way on. Every page carries it along, so it is made of plain elements. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main id="content" className="mx-auto flex min-h-[80dvh] max-w-[400px] flex-col justify-center px-5 py-16">
      <h1 className="font-semibold text-xl tracking-tight">Something went wrong on our side</h1>
      <p className="mt-1.5 text-pretty text-mute">
        Nothing you did caused this, and what you typed was not saved. Trying again often helps.
      </p>
      <p className="mt-5 flex flex-wrap gap-2">
        <button type="button" className={`${look}border-btn bg-btn text-btntx hover:bg-btn/88`} onClick={reset}>
          Try again
        </button>
        <a href="/" className={`${look}border-line bg-raise text-ink hover:bg-hover`}>
          Go to the home page
        </a>
      </p>
      {error.digest && (
        <p className="mt-8 border-line border-t pt-3 text-mute text-sm">
          If it keeps happening, quote request id <code className="select-all font-mono text-ink">{error.digest}</code>
        </p>
      )}
    </main>
  )
}
