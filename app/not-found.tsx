import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { buttonLook } from '#components/ui/button-look.ts'
import { firstScript } from '#components/ui/first-script.ts'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { homePath } from '#lib/auth/rules.ts'
import { currentUser } from '#lib/auth/session.ts'
import { NONCE_HEADER } from '#lib/http/page-safety.ts'
import * as paths from '#lib/web/paths.ts'
import { currentPageReader } from '#lib/words/reader.ts'

export async function generateMetadata(): Promise<Metadata> {
  const { words } = await currentPageReader()
  return { title: words.frame.notFound }
}

// Where a page finds out while it is drawn, Next sends an empty document and the browser draws the layout, whose inline script then
// never runs. One with an address does.
const THEME = `data:text/javascript,${encodeURIComponent(`if(!document.documentElement.dataset.theme){${firstScript}}`)}`

/** Says the same for a page that does not exist and for one that belongs to somebody else. */
export default async function NotFound() {
  const [{ words, language }, user, sent] = await Promise.all([currentPageReader(), currentUser(), headers()])
  const home = user ? homePath(user) : paths.start()
  return (
    <QuietPage
      title={words.frame.notFound}
      lang={language}
      actions={
        <a href={home} className={buttonLook()}>
          {home === paths.purchases() ? words.frame.yourPurchases : words.frame.home}
        </a>
      }
    >
      {words.frame.notFoundWhy}
      <script async src={THEME} nonce={sent.get(NONCE_HEADER) ?? undefined} />
    </QuietPage>
  )
}
