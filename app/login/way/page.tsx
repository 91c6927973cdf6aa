import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound, redirect } from 'next/navigation'
import { EntryPage } from '#components/entry-page.tsx'
import { PasskeyForm } from '#components/passkey-form.tsx'
import { ProviderButtons } from '#components/provider-buttons.tsx'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { waysOf, wayWords } from '#lib/auth/offered-ways.ts'
import { offeredProviders } from '#lib/auth/providers.ts'
import { safePath } from '#lib/auth/rules.ts'
import { isOpen, membershipOf, requireUser, type SignedIn } from '#lib/auth/session.ts'
import { type SignInWay, wayOf } from '#lib/auth/ways.ts'
import * as paths from '#lib/web/paths.ts'
import { passkeyOptionsAction, passkeySignInAction } from '../actions.ts'
import { WayForm } from './way-form.tsx'

export const metadata: Metadata = { title: 'Sign in another way', robots: { index: false } }

/** Where a member is led whose organization lets them in by other ways than the one they came by. Everything else stays open. */
export default async function AnotherWayPage({ searchParams }: PageProps<'/login/way'>) {
  const query = await searchParams
  const slug = typeof query.organization === 'string' ? query.organization : ''
  const home = paths.overview({ organization: slug })
  const user = await requireUser(home)
  const membership = await membershipOf(user, slug)
  if (!membership) notFound()
  const callbackUrl = safePath(typeof query.callbackUrl === 'string' ? query.callbackUrl : null) ?? home
  const { needsWay: ways, name } = membership
  if (ways === null) redirect(callbackUrl)
  return (
    <EntryPage
      seller={name}
      title="Sign in another way"
      description={<About name={name} ways={ways} how={user.how} />}
      footer={<Elsewhere user={user} />}
    >
      {ways.length === 0 ? (
        <Notice tone="warn">
          None of the ways it allows is set up on this server any more. Whoever runs the server can set one up, or let
          you in with a link from the console.
        </Notice>
      ) : (
        <Ways ways={ways} user={user} callbackUrl={callbackUrl} />
      )}
    </EntryPage>
  )
}

const inWords = new Intl.ListFormat('en', { type: 'disjunction' })

function About({ name, ways, how }: { name: string; ways: SignInWay[]; how: string | null }) {
  const way = wayOf(how)
  return (
    <>
      {name} lets its members in{ways.length > 0 && <> by {inWords.format(ways.map(wayWords))}</>} only.
      {way && way !== 'console' && <> You signed in by {wayWords(way)}.</>}
    </>
  )
}

async function Ways({ ways, user, callbackUrl }: { ways: SignInWay[]; user: SignedIn; callbackUrl: string }) {
  const has = await waysOf(user)
  const byPassword = ways.includes('password') && has.includes('password')
  const lacks = ways.every((way) => !has.includes(way))
  return (
    <>
      {ways.includes('passkey') && has.includes('passkey') && (
        <PasskeyForm begin={passkeyOptionsAction} action={passkeySignInAction} callbackUrl={callbackUrl} isMain>
          Sign in with a passkey
        </PasskeyForm>
      )}
      <ProviderButtons
        providers={offeredProviders().filter(({ id }) => ways.includes(id))}
        callbackUrl={callbackUrl}
        words={(provider) => `Sign in with ${provider}`}
      />
      <WayForm email={user.email} callbackUrl={callbackUrl} byPassword={byPassword} byMail={ways.includes('mail')} />
      {lacks && (ways.includes('passkey') || ways.includes('password')) && (
        <div className="grid gap-2">
          <p className="text-pretty text-mute">
            You have {ways.includes('passkey') ? 'no passkey' : 'no password'} yet. Add{' '}
            {ways.includes('passkey') ? 'one' : 'one on your account page'}, then come back and sign in with it.
          </p>
          <Button href={ways.includes('passkey') ? paths.twoStep() : paths.account()} variant="primary" size="lg">
            {ways.includes('passkey') ? 'Add a passkey' : 'Set a password'}
          </Button>
        </div>
      )}
    </>
  )
}

function Elsewhere({ user }: { user: SignedIn }) {
  const open = user.memberships.filter(isOpen)
  const look = 'underline underline-offset-2 hover:text-ink'
  return (
    <ul className="grid gap-2">
      {open.map(({ slug, name }) => (
        <li key={slug}>
          <Link href={paths.overview({ organization: slug })} className={look}>
            Dashboard of {name}
          </Link>
        </li>
      ))}
      <li>
        <Link href={paths.account()} className={look}>
          Your account
        </Link>
      </li>
    </ul>
  )
}
