import type { Metadata } from 'next'
import Link from 'next/link'
import { LanguageSwitch } from '#components/language-switch.tsx'
import { Day } from '#components/reader-moment.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { ThemeToggle } from '#components/ui/theme-toggle.tsx'
import { listLinkedSignIns } from '#lib/auth/linked-sign-ins.ts'
import { offeredProviders } from '#lib/auth/providers.ts'
import { listSessions, type SessionSummary } from '#lib/auth/queries.ts'
import { homePath, sessionDays, sessionEnd } from '#lib/auth/rules.ts'
import { requireUser, type SignedIn } from '#lib/auth/session.ts'
import { countryName } from '#lib/base/country-names.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader, type Reader } from '#lib/words/reader.ts'
import { agoFor, momentFor, shortDayFor } from '#lib/words/rules.ts'
import { signOutEverywhereAction, signOutOfAccount } from './actions.ts'
import { AddressForm } from './address-form.tsx'
import { EndSession } from './end-session.tsx'
import { LinkedSignIns } from './linked-sign-ins.tsx'
import { NameForm } from './name-form.tsx'
import { PasswordForm } from './password-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  ...{ title: (await currentReader()).words.account.page.title, robots: { index: false } },
})

/** One's own account: name, password, and where one is signed in. */
export default async function AccountPage({ searchParams }: PageProps<'/account'>) {
  const user = await requireUser(paths.account())
  const now = new Date()
  const isMember = user.memberships.length > 0
  const reader = await currentReader()
  const { page: say, proof } = reader.words.account
  const [sessions, linked] = await Promise.all([
    listSessions({ userId: user.id }, isMember, now),
    listLinkedSignIns({ userId: user.id }),
  ])
  return (
    <div lang={reader.language} className="mx-auto flex min-h-dvh w-full max-w-[720px] flex-col px-4 sm:px-6">
      <header className="flex items-center gap-x-3 gap-y-1 py-4">
        <Link href={homePath(user)} className="flex min-w-0 flex-1 items-center gap-2.5 rounded-sm">
          <span className="min-w-0 truncate text-mute">{user.email}</span>
        </Link>
        <Button size="sm" variant="ghost" href={homePath(user)}>
          {isMember ? say.dashboard : say.purchases}
        </Button>
        <form action={signOutOfAccount} className="-mr-2.5">
          <Button type="submit" size="sm" variant="ghost">
            {say.signOut}
          </Button>
        </form>
      </header>
      <main id="content" className="grid flex-1 content-start gap-3.5 pt-2 pb-10">
        <h1 className="font-semibold text-xl tracking-tight">{say.title}</h1>
        {isMember && (
          <Card>
            <CardHeader title={say.name} />
            <CardBody>
              <NameForm
                name={user.name ?? ''}
                say={{ yourName: say.yourName, nameHint: say.nameHint, saveName: say.saveName, saved: say.saved }}
              />
            </CardBody>
          </Card>
        )}
        {isMember && (
          <Card>
            <CardHeader title={say.address} />
            <CardBody>
              <p className="mb-4 [overflow-wrap:anywhere]">{user.email}</p>
              <AddressForm
                say={{
                  ...{ newAddress: say.newAddress, newAddressHint: say.newAddressHint },
                  changeAddress: say.changeAddress,
                }}
                proof={proof}
              />
            </CardBody>
          </Card>
        )}
        <Card>
          <CardHeader title={say.password} />
          <CardBody>
            <PasswordForm
              email={user.email}
              hasPassword={user.hasPassword}
              say={{
                ...{ currentPassword: say.currentPassword, noPassword: say.noPassword },
                ...{ passwordHint: say.passwordHint, newPassword: reader.words.account.newPassword.label },
                ...{ changePassword: say.changePassword, setPassword: say.setPassword },
              }}
              proof={proof}
            />
          </CardBody>
        </Card>
        <LinkedSignIns
          linked={linked}
          offered={offeredProviders()}
          said={await searchParams}
          now={now}
          reader={reader}
        />
        <Card>
          <CardHeader title={say.twoStep} />
          <CardBody className="flex flex-wrap items-center justify-between gap-3">
            <p className="min-w-[min(100%,220px)] flex-1 text-pretty text-mute">
              {user.twoStepSince ? (
                <>
                  <span className="text-ok">{say.on}</span> {say.since}{' '}
                  <Day value={user.twoStepSince} words={reader.words} zone={reader.zone ?? 'UTC'} />. {say.twoStepOn}
                </>
              ) : (
                say.twoStepOff
              )}
            </p>
            <Button href={paths.twoStep()}>{user.twoStepSince ? say.manage : say.setUp}</Button>
          </CardBody>
        </Card>
        <Sessions sessions={sessions} user={user} now={now} reader={reader} />
      </main>
      <footer className="flex items-center justify-between gap-3 border-line border-t py-4 text-mute">
        <span className="min-w-0 truncate">{reader.words.frame.signedInAs(user.email)}</span>
        <span className="flex items-center gap-2">
          <LanguageSwitch language={reader.language} label={reader.words.frame.language} />
          <ThemeToggle words={reader.words.frame} />
        </span>
      </footer>
    </div>
  )
}

function Sessions({
  sessions,
  user,
  now,
  reader: { words, zone },
}: {
  sessions: SessionSummary[]
  user: SignedIn
  now: Date
  reader: Reader
}) {
  const who = user.memberships.length > 0 ? 'member' : 'customer'
  const say = words.account.page
  const deviceOf = ({ device }: SessionSummary): string => {
    const [, browser, system] = /^(.*) on (.*)$/.exec(device ?? '') ?? []
    return browser && system ? say.device(browser, system) : (device ?? say.unknownDevice)
  }
  return (
    <Card>
      <CardHeader title={say.sessions} />
      <ul>
        {sessions.map((session) => (
          <li
            key={session.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 border-b px-3.5 py-2.5"
          >
            <div className="min-w-[min(100%,220px)] flex-1">
              <p className="font-medium">
                {deviceOf(session)}
                {session.id === user.sessionId && <span className="font-normal text-ok"> · {say.thisBrowser}</span>}
              </p>
              <p className="text-mute">
                {session.address && <span className="font-mono text-sm">{session.address} · </span>}
                {session.country && `${countryName(session.country, words.locale)} · `}
                <time
                  dateTime={session.lastSeenAt.toISOString()}
                  title={momentFor(words, session.lastSeenAt, zone ?? 'UTC')}
                >
                  {say.seen(
                    agoFor(words, session.lastSeenAt, now),
                    shortDayFor(words, sessionEnd(session, who), zone ?? 'UTC'),
                  )}
                </time>
              </p>
            </div>
            {session.id !== user.sessionId && (
              <EndSession sessionId={session.id} name={deviceOf(session)} label={say.endSession} />
            )}
          </li>
        ))}
      </ul>
      <CardBody className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-[min(100%,220px)] flex-1 text-pretty text-mute">
          {say.sessionsAbout(sessionDays[who].idle, sessionDays[who].longest)}
        </p>
        <form action={signOutEverywhereAction}>
          <Button type="submit">{say.everywhere}</Button>
        </form>
      </CardBody>
    </Card>
  )
}
