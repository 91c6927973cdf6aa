import type { Metadata } from 'next'
import { EntryPage } from '#components/entry-page.tsx'
import { LanguageSwitch } from '#components/language-switch.tsx'
import { LinkButton } from '#components/ui/link-button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { countToken } from '#lib/auth/commands.ts'
import { currentVisitor } from '#lib/auth/session.ts'
import { isRefusal } from '#lib/base/errors.ts'
import { offerOf } from '#lib/customers/hand-on.ts'
import { brandOf } from '#lib/mail-settings/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { YesOrNoForm } from '../yes-or-no-form.tsx'
import { decline, take } from './actions.ts'

// As for sign-in links: no other site may see the address.
export const generateMetadata = async (): Promise<Metadata> => ({
  title: { absolute: (await currentReader()).words.key.title },
  ...{ referrer: 'same-origin', robots: { index: false } },
})

/** Where the link of a mail leads that offers a key to somebody. Opening it changes nothing: programs that read mail open links too. */
export default async function TakePage({ searchParams }: PageProps<'/purchases/take'>) {
  const { token: asked } = await searchParams
  const token = (Array.isArray(asked) ? asked[0] : asked) ?? ''
  const [offer, reader] = await Promise.all([read(token), currentReader()])
  const { handOn: say, frame } = reader.words
  if (!offer?.isOpen) {
    const [title, text] = offer?.isTaken ? [say.takenTitle, say.taken(offer.to)] : [say.overTitle, say.over]
    return (
      <QuietPage
        lang={reader.language}
        title={title}
        footer={<LanguageSwitch language={reader.language} label={frame.language} />}
        actions={
          <LinkButton variant="primary" href={paths.purchases()}>
            {frame.yourPurchases}
          </LinkButton>
        }
      >
        {text}
      </QuietPage>
    )
  }
  const brand = await brandOf(offer.organizationId)
  return (
    <EntryPage reader={reader} title={say.takeTitle(offer.product)} description={say.takeAbout(offer.from, brand.name)}>
      <YesOrNoForm token={token} yes={take} no={decline} words={{ yes: say.take, no: say.decline }} />
    </EntryPage>
  )
}

async function read(token: string) {
  try {
    const takeBack = await countToken(await currentVisitor())
    const offer = token ? await offerOf(token, new Date()) : null
    if (offer) await takeBack()
    return offer
  } catch (error) {
    if (isRefusal(error)) return null
    throw error
  }
}
