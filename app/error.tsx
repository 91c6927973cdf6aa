'use client'
import { Button } from '#components/ui/button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'

/** The page for a bug: sorry, the id to quote, and a way on. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <QuietPage
      title="Something went wrong on our side"
      actions={
        <>
          <Button variant="primary" onClick={reset}>
            Try again
          </Button>
          <Button href="/">Go to the home page</Button>
        </>
      }
      requestId={error.digest}
    >
      Nothing you did caused this, and what you typed was not saved. Trying again often helps.
    </QuietPage>
  )
}
