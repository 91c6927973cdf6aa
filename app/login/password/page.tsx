import type { Metadata } from 'next'
import { EntryPage } from '#components/entry-page.tsx'
import { LanguageSwitch } from '#components/language-switch.tsx'
import { LinkButton } from '#components/ui/link-button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { openLink } from '#lib/auth/links.ts'
import { AccountToken } from '#lib/auth/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { NewPasswordForm } from './new-password-form.tsx'

// As for sign-in links: no other site may see the address.
export const generateMetadata = async (): Promise<Metadata> => ({
  ...{ title: (await currentReader()).words.account.newPassword.title, referrer: 'same-origin' },
  robots: { index: false },
})

/** Where the mail about a forgotten password leads. Opening it changes nothing. */
export default async function NewPasswordPage({ searchParams }: PageProps<'/login/password'>) {
  const parsed = AccountToken.safeParse(await searchParams)
  const link = parsed.success ? await openLink('password', parsed.data.token, new Date()) : null
  const reader = await currentReader()
  const { signIn, frame } = reader.words
  const say = reader.words.account.newPassword
  if (!link || !parsed.success)
    return (
      <QuietPage
        lang={reader.language}
        footer={<LanguageSwitch language={reader.language} label={frame.language} />}
        title={signIn.linkOver}
        actions={
          <LinkButton variant="primary" href={paths.forgottenPassword()}>
            {signIn.linkNew}
          </LinkButton>
        }
      >
        {signIn.linkOverAbout}
      </QuietPage>
    )
  return (
    <EntryPage
      reader={reader}
      title={say.title}
      description={
        <>
          {say.before} <strong className="font-medium text-ink [overflow-wrap:anywhere]">{link.email}</strong>.{' '}
          {say.after}
        </>
      }
    >
      <NewPasswordForm
        token={parsed.data.token}
        email={link.email}
        words={{ label: say.label, hint: say.hint, button: say.button }}
      />
    </EntryPage>
  )
}
