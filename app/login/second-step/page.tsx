import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EntryPage } from '#components/entry-page.tsx'
import { PasskeyForm } from '#components/passkey-form.tsx'
import { PlainButton } from '#components/ui/plain-button.tsx'
import { homePath, safePath } from '#lib/auth/rules.ts'
import { currentUser, pendingSignIn } from '#lib/auth/session.ts'
import { soleOrganization } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { passkeyOptionsAction } from '../actions.ts'
import { giveUpAction, secondStepPasskeyAction } from './actions.ts'
import { CodeForm } from './code-form.tsx'

export const metadata: Metadata = { title: 'Second step', robots: { index: false } }

/** The second step of signing in. Until it is passed, the session opens nothing else. */
export default async function SecondStepPage({ searchParams }: PageProps<'/login/second-step'>) {
  const { callbackUrl } = await searchParams
  const back = safePath(typeof callbackUrl === 'string' ? callbackUrl : null)
  const pending = await pendingSignIn()
  if (!pending) {
    const user = await currentUser()
    redirect(user ? (back ?? homePath(user)) : paths.login({ callbackUrl: back }))
  }
  return (
    <EntryPage
      seller={await soleOrganization()}
      title="Second step"
      description={
        <>
          {pending.hasApp
            ? 'Enter the six digits that your authenticator app shows for '
            : 'Use a passkey, or enter one of your recovery codes, for '}
          <strong className="font-medium text-ink [overflow-wrap:anywhere]">{pending.email}</strong>.
        </>
      }
      footer={
        <form action={giveUpAction}>
          <PlainButton type="submit" variant="ghost" size="sm" className="-ml-2.5">
            Sign in as somebody else
          </PlainButton>
        </form>
      }
    >
      {pending.hasPasskey && (
        <PasskeyForm
          begin={passkeyOptionsAction}
          action={secondStepPasskeyAction}
          callbackUrl={back ?? ''}
          isMain={!pending.hasApp}
        >
          Use a passkey
        </PasskeyForm>
      )}
      <CodeForm callbackUrl={back ?? ''} hasApp={pending.hasApp} />
    </EntryPage>
  )
}
