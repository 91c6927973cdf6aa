import type { Metadata } from 'next'
import { Button } from '#components/ui/button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'

export const metadata: Metadata = { title: 'Not found' }

/** Says the same for a page that does not exist and for one that belongs to somebody else. */
export default function NotFound() {
  return (
    <QuietPage title="Page not found" actions={<Button href="/">Go to the home page</Button>}>
      It may have been removed, the address may be mistyped, or it belongs to an account you are not signed in to.
    </QuietPage>
  )
}
