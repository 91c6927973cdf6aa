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
import type { Words } from '#lib/words/en.ts'
import { currentReader } from '#lib/words/reader.ts'
import { passkeyOptionsAction, passkeySignInAction } from '../actions.ts'
import { WayForm } from './way-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  ...{ title: (await currentReader()).words.account.anotherWay.title, robots: { index: false } },
})

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
  const reader = await currentReader()
  const { words } = reader
  const say = words.account.anotherWay
  return (
    <EntryPage
      reader={reader}
      seller={name}
      title={say.title}
      description={aboutWays({ name, ways, how: user.how, words })}
      footer={<Elsewhere user={user} words={words} />}
    >
      {ways.length === 0 ? (
        <Notice tone="warn">{say.none}</Notice>
      ) : (
        <Ways ways={ways} user={user} callbackUrl={callbackUrl} words={words} />
      )}
    </EntryPage>
  )
}

type WayTold = { name: string; ways: SignInWay[]; how: string | null; words: Words }

function aboutWays({ name, ways, how, words: { locale, account } }: WayTold): string {
  const say = account.anotherWay
  const called = (way: SignInWay) =>
    way === 'password' || way === 'mail' || way === 'passkey' ? say.ways[way] : wayWords(way)
  const way = wayOf(how)
  const all = new Intl.ListFormat(locale, { type: 'disjunction' }).format(ways.map(called))
  return [say.only(name, all), ...(way && way !== 'console' ? [say.you(called(way))] : [])].join(' ')
}

async function Ways({
  ways,
  user,
  callbackUrl,
  words,
}: {
  ways: SignInWay[]
  user: SignedIn
  callbackUrl: string
  words: Words
}) {
  const say = words.account.anotherWay
  const has = await waysOf(user)
  const byPassword = ways.includes('password') && has.includes('password')
  const lacks = ways.every((way) => !has.includes(way))
  return (
    <>
      {ways.includes('passkey') && has.includes('passkey') && (
        <PasskeyForm
          begin={passkeyOptionsAction}
          action={passkeySignInAction}
          callbackUrl={callbackUrl}
          problem={words.account.secondStep.noPasskey}
          isMain
        >
          {say.passkey}
        </PasskeyForm>
      )}
      <ProviderButtons
        providers={offeredProviders().filter(({ id }) => ways.includes(id))}
        callbackUrl={callbackUrl}
        words={words.signIn.withProvider}
      />
      <WayForm
        email={user.email}
        callbackUrl={callbackUrl}
        byPassword={byPassword}
        byMail={ways.includes('mail')}
        say={say.form}
      />
      {lacks && (ways.includes('passkey') || ways.includes('password')) && (
        <div className="grid gap-2">
          <p className="text-pretty text-mute">{ways.includes('passkey') ? say.noPasskey : say.noPassword}</p>
          <Button href={ways.includes('passkey') ? paths.twoStep() : paths.account()} variant="primary" size="lg">
            {ways.includes('passkey') ? say.addPasskey : say.setPassword}
          </Button>
        </div>
      )}
    </>
  )
}

function Elsewhere({ user, words: { account } }: { user: SignedIn; words: Words }) {
  const open = user.memberships.filter(isOpen)
  const look = 'underline underline-offset-2 hover:text-ink'
  return (
    <ul className="grid gap-2">
      {open.map(({ slug, name }) => (
        <li key={slug}>
          <Link href={paths.overview({ organization: slug })} className={look}>
            {account.anotherWay.dashboardOf(name)}
          </Link>
        </li>
      ))}
      <li>
        <Link href={paths.account()} className={look}>
          {account.page.title}
        </Link>
      </li>
    </ul>
  )
}
