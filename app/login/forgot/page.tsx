import type { Metadata } from 'next'
import { EntryPage } from '#components/entry-page.tsx'
import { EmailAddress } from '#lib/auth/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { ForgotForm } from './forgot-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  title: (await currentReader()).words.account.forgot.title,
})

/** Asks where to mail the link that sets a new password. The answer is the same for every address. */
export default async function ForgotPage({ searchParams }: PageProps<'/login/forgot'>) {
  const email = EmailAddress.safeParse((await searchParams).email)
  const reader = await currentReader()
  const { signIn, account } = reader.words
  return (
    <EntryPage
      reader={reader}
      title={account.forgot.title}
      description={account.forgot.about}
      footer={
        <a href={paths.login()} className="underline underline-offset-2">
          {signIn.back}
        </a>
      }
    >
      <ForgotForm
        email={email.success ? email.data : ''}
        words={{ email: signIn.email, button: account.forgot.button }}
      />
    </EntryPage>
  )
}
