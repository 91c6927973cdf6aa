import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EntryPage } from '#components/entry-page.tsx'
import { LanguageSwitch } from '#components/language-switch.tsx'
import { LinkButton } from '#components/ui/link-button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { KeyLink, keyLinkOf } from '#lib/auth/key-mail.ts'
import { currentUser, currentVisitor } from '#lib/auth/session.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { OpenForm } from './open-form.tsx'

// As for sign-in links: no other site may see the address.
export const generateMetadata = async (): Promise<Metadata> => ({
  title: { absolute: (await currentReader()).words.key.title },
  ...{ referrer: 'same-origin', robots: { index: false } },
})

/** Where the link of a mail with a key leads. Opening it changes nothing: programs that read mail open links too. */
export default async function OpenKeyPage({ searchParams }: PageProps<'/purchases/open'>) {
  const link = KeyLink.safeParse(await searchParams)
  const found = link.success ? await keyLinkOf(await currentVisitor(), link.data, new Date()) : null
  const reader = await currentReader()
  const { key: say, signIn, frame } = reader.words
  if (!link.success || !found)
    return (
      <QuietPage
        lang={reader.language}
        title={signIn.linkOver}
        footer={<LanguageSwitch language={reader.language} label={frame.language} />}
        actions={
          <LinkButton variant="primary" href={paths.purchases()}>
            {frame.yourPurchases}
          </LinkButton>
        }
      >
        {signIn.linkOverAbout}
      </QuietPage>
    )
  // Whoever is in already, or may not come in by this link, goes the usual way.
  if (!found.isOpen || (await currentUser())?.email === found.to)
    redirect(paths.purchasedKey({ id: found.licenseKeyId }))
  return (
    <EntryPage reader={reader} title={say.openTitle} description={say.openAbout}>
      <OpenForm {...link.data} button={say.openButton} />
    </EntryPage>
  )
}
