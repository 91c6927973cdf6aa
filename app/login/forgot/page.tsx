import type { Metadata } from 'next'
import { EntryPage } from '#components/entry-page.tsx'
import { EmailAddress } from '#lib/auth/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { ForgotForm } from './forgot-form.tsx'

export const metadata: Metadata = { title: 'Forgotten password' }

/** Asks where to mail the link that sets a new password. The answer is the same for every address. */
export default async function ForgotPage({ searchParams }: PageProps<'/login/forgot'>) {
  const email = EmailAddress.safeParse((await searchParams).email)
  return (
    <EntryPage
      title="Forgotten password"
      description="We e-mail you a link. It leads to a page where you choose a new password."
      footer={
        <a href={paths.login()} className="underline underline-offset-2">
          Back to sign-in
        </a>
      }
    >
      <ForgotForm email={email.success ? email.data : ''} />
    </EntryPage>
  )
}
