import type { Metadata } from 'next'
import { buttonLook } from '#components/ui/button-look.ts'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import * as paths from '#lib/web/paths.ts'

export const metadata: Metadata = { title: 'Not found' }

/** Says the same for a page that does not exist and for one that belongs to somebody else. */
export default function NotFound() {
  return (
    <QuietPage
      title="Page not found"
      actions={
        <a href={paths.start()} className={buttonLook()}>
          Go to the home page
        </a>
      }
    >
      It may have been removed, the address may be mistyped, or it belongs to an account you are not signed in to.
    </QuietPage>
  )
}
