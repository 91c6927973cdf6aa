import type { Metadata } from 'next'
import { EntryPage } from '#components/entry-page.tsx'
import { Button } from '#components/ui/button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { openLink } from '#lib/auth/links.ts'
import { AccountToken } from '#lib/auth/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { NewPasswordForm } from './new-password-form.tsx'

// As for sign-in links: no other site may see the address.
export const metadata: Metadata = { title: 'New password', referrer: 'same-origin', robots: { index: false } }

/** Where the mail about a forgotten password leads. Opening it changes nothing. */
export default async function NewPasswordPage({ searchParams }: PageProps<'/login/password'>) {
  const parsed = AccountToken.safeParse(await searchParams)
  const link = parsed.success ? await openLink('password', parsed.data.token, new Date()) : null
  if (!link || !parsed.success)
    return (
      <QuietPage
        title="This link no longer works"
        actions={
          <Button variant="primary" href={paths.forgottenPassword()}>
            Get a new link
          </Button>
        }
      >
        It has already been used, has expired, or was not copied completely. Getting a new one takes a minute.
      </QuietPage>
    )
  return (
    <EntryPage
      title="Choose a new password"
      description={
        <>
          For <strong className="font-medium text-ink [overflow-wrap:anywhere]">{link.email}</strong>. Every browser
          that is signed in now is signed out.
        </>
      }
    >
      <NewPasswordForm token={parsed.data.token} email={link.email} />
    </EntryPage>
  )
}
