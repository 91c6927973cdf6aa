import type { Metadata } from 'next'
import { EntryPage } from '#components/entry-page.tsx'
import { Button } from '#components/ui/button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { openLink } from '#lib/auth/links.ts'
import { AccountToken } from '#lib/auth/schema.ts'
import { requireUser } from '#lib/auth/session.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { ConfirmAddressForm } from './confirm-address-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  title: (await currentReader()).words.account.confirmNewAddress.title,
  ...{ referrer: 'same-origin', robots: { index: false } },
})

/** Where the mail to a new address leads. Opening it changes nothing, and only whoever asked for it can use it. */
export default async function NewAddressPage({ searchParams }: PageProps<'/account/address'>) {
  const parsed = AccountToken.safeParse(await searchParams)
  const user = await requireUser(paths.account())
  const reader = await currentReader()
  const say = reader.words.account.confirmNewAddress
  const link = parsed.success ? await openLink('address', parsed.data.token, new Date()) : null
  if (!parsed.success || link?.userId !== user.id)
    return (
      <QuietPage
        lang={reader.language}
        title={say.over}
        actions={
          <Button variant="primary" href={paths.account()}>
            {reader.words.account.page.title}
          </Button>
        }
      >
        {say.overAbout(user.email)}
      </QuietPage>
    )
  const strong = (address: string) => (
    <strong className="font-medium text-ink [overflow-wrap:anywhere]">{address}</strong>
  )
  return (
    <EntryPage
      reader={reader}
      title={say.title}
      description={
        <>
          {say.before} {strong(link.email)} {say.insteadOf} {strong(user.email)}. {say.after}
        </>
      }
    >
      <ConfirmAddressForm token={parsed.data.token} say={{ button: say.button, leave: say.leave }} />
    </EntryPage>
  )
}
