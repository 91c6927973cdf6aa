import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EntryPage } from '#components/entry-page.tsx'
import { PasskeyForm } from '#components/passkey-form.tsx'
import { ProviderButtons } from '#components/provider-buttons.tsx'
import { type ProviderProblem, providerProblems } from '#lib/auth/plain.ts'
import { offeredProviders } from '#lib/auth/providers.ts'
import { homePath, safePath } from '#lib/auth/rules.ts'
import { currentUser, pendingSignIn } from '#lib/auth/session.ts'
import { isSetUp, soleOrganization } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { passkeyOptionsAction, passkeySignInAction } from './actions.ts'
import { LoginForm } from './login-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await currentReader()).words.signIn.title })

// What it shows depends on this server and its database, which a build does not know.
export const dynamic = 'force-dynamic'

/** Sign-in for merchants and customers alike: by password, or by a link that is mailed. */
export default async function LoginPage({ searchParams }: PageProps<'/login'>) {
  if (!(await isSetUp())) redirect(paths.setUp())
  const { callbackUrl, email: asked, error } = await searchParams
  const back = safePath(one(callbackUrl))
  const user = await currentUser()
  if (user) redirect(back ?? homePath(user))
  if (await pendingSignIn()) redirect(paths.secondStep({ callbackUrl: back }))
  const reader = await currentReader()
  const { title, about, again, email, password, noPassword, button, mailLink } = reader.words.signIn
  return (
    <EntryPage reader={reader} seller={await soleOrganization()} title={title} description={about}>
      <LoginForm
        callbackUrl={back ?? ''}
        email={one(asked) ?? ''}
        error={saidOf(one(error), reader.words.signIn.providerProblems) ?? (one(error) && again)}
        words={{ email, password, noPassword, button, mailLink }}
      />
      <div className="-mt-2 grid gap-2">
        <PasskeyForm
          begin={passkeyOptionsAction}
          action={passkeySignInAction}
          callbackUrl={back ?? ''}
          problem={reader.words.account.secondStep.noPasskey}
        >
          {reader.words.signIn.passkey}
        </PasskeyForm>
        <ProviderButtons
          providers={offeredProviders()}
          callbackUrl={back ?? ''}
          words={reader.words.signIn.withProvider}
        />
      </div>
      <a href={paths.forgottenPassword()} className="w-fit text-mute underline underline-offset-2 hover:text-ink">
        {reader.words.signIn.forgot}
      </a>
    </EntryPage>
  )
}

// Only sentences of ours: anybody can write an address.
const saidOf = (error: string | undefined, sentences: Record<ProviderProblem, string>) =>
  providerProblems.flatMap((problem) => (problem === error ? [sentences[problem]] : []))[0]

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)
