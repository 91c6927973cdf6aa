import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EntryPage } from '#components/entry-page.tsx'
import { PasskeyForm } from '#components/passkey-form.tsx'
import { PlainButton } from '#components/ui/plain-button.tsx'
import { homePath, safePath } from '#lib/auth/rules.ts'
import { currentUser, pendingSignIn } from '#lib/auth/session.ts'
import { soleOrganization } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { passkeyOptionsAction } from '../actions.ts'
import { giveUpAction, secondStepPasskeyAction } from './actions.ts'
import { CodeForm } from './code-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  ...{ title: (await currentReader()).words.account.secondStep.title, robots: { index: false } },
})

/** The second step of signing in. Until it is passed, the session opens nothing else. */
export default async function SecondStepPage({ searchParams }: PageProps<'/login/second-step'>) {
  const { callbackUrl } = await searchParams
  const back = safePath(typeof callbackUrl === 'string' ? callbackUrl : null)
  const pending = await pendingSignIn()
  if (!pending) {
    const user = await currentUser()
    redirect(user ? (back ?? homePath(user)) : paths.login({ callbackUrl: back }))
  }
  const reader = await currentReader()
  const say = reader.words.account.secondStep
  return (
    <EntryPage
      reader={reader}
      seller={await soleOrganization()}
      title={say.title}
      description={
        <>
          {pending.hasApp ? say.byApp : say.byOther}{' '}
          <strong className="font-medium text-ink [overflow-wrap:anywhere]">{pending.email}</strong>.
        </>
      }
      footer={
        <form action={giveUpAction}>
          <PlainButton type="submit" variant="ghost" size="sm" className="-ml-2.5">
            {say.other}
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
          problem={say.noPasskey}
        >
          {say.passkey}
        </PasskeyForm>
      )}
      <CodeForm
        callbackUrl={back ?? ''}
        words={{
          ...(pending.hasApp
            ? { label: say.code, hint: say.codeHint }
            : { label: say.recovery, hint: say.recoveryHint }),
          button: reader.words.signIn.button,
        }}
      />
    </EntryPage>
  )
}
