import type { Metadata } from 'next'
import { EntryPage } from '#components/entry-page.tsx'
import { LanguageSwitch } from '#components/language-switch.tsx'
import { LinkButton } from '#components/ui/link-button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { countToken } from '#lib/auth/commands.ts'
import { currentVisitor } from '#lib/auth/session.ts'
import { isRefusal } from '#lib/base/errors.ts'
import { moveOf } from '#lib/customers/move-address.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { YesOrNoForm } from '../../yes-or-no-form.tsx'
import { sayNo, sayYes } from './actions.ts'

// As for sign-in links: no other site may see the address.
export const generateMetadata = async (): Promise<Metadata> => ({
  title: { absolute: (await currentReader()).words.address.title },
  ...{ referrer: 'same-origin', robots: { index: false } },
})

/** Where a mailbox says yes to another address. Opening it changes nothing: programs that read mail open links too. */
export default async function ConfirmMovePage({ searchParams }: PageProps<'/purchases/address/confirm'>) {
  const { token: asked } = await searchParams
  const token = (Array.isArray(asked) ? asked[0] : asked) ?? ''
  const [move, reader] = await Promise.all([read(token), currentReader()])
  const { address: say, frame } = reader.words
  if (move?.state !== 'open') {
    const [title, text] =
      move?.state === 'done'
        ? [say.doneTitle, say.done(move.to)]
        : move?.state === 'half'
          ? [say.halfTitle, say.half(move.side === 'old' ? move.to : move.from)]
          : [say.overTitle, say.over]
    return (
      <QuietPage
        lang={reader.language}
        title={title}
        footer={<LanguageSwitch language={reader.language} label={frame.language} />}
        actions={
          <LinkButton variant="primary" href={move?.state === 'done' ? paths.login() : paths.purchases()}>
            {move?.state === 'done' ? say.signIn : frame.yourPurchases}
          </LinkButton>
        }
      >
        {text}
      </QuietPage>
    )
  }
  const { from, to } = move
  return (
    <EntryPage
      reader={reader}
      title={say.confirmTitle}
      description={
        <span className="[overflow-wrap:anywhere]">
          {say.confirmAbout(from, to)} {say.confirmOld(from)}
        </span>
      }
    >
      <YesOrNoForm token={token} yes={sayYes} no={sayNo} words={{ yes: say.confirm, no: say.decline }} />
    </EntryPage>
  )
}

async function read(token: string) {
  try {
    const takeBack = await countToken(await currentVisitor())
    const move = token ? await moveOf(token, new Date()) : null
    if (move) await takeBack()
    return move
  } catch (error) {
    if (isRefusal(error)) return null
    throw error
  }
}
