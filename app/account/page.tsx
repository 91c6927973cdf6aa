import type { Metadata } from 'next'
import Link from 'next/link'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { ThemeToggle } from '#components/ui/theme-toggle.tsx'
import { Time } from '#components/ui/time.tsx'
import { listLinkedSignIns } from '#lib/auth/linked-sign-ins.ts'
import { offeredProviders } from '#lib/auth/providers.ts'
import { listSessions, type SessionSummary } from '#lib/auth/queries.ts'
import { homePath, sessionDays, sessionEnd } from '#lib/auth/rules.ts'
import { requireUser, type SignedIn } from '#lib/auth/session.ts'
import * as paths from '#lib/web/paths.ts'
import { signOutEverywhereAction, signOutOfAccount } from './actions.ts'
import { AddressForm } from './address-form.tsx'
import { EndSession } from './end-session.tsx'
import { LinkedSignIns } from './linked-sign-ins.tsx'
import { NameForm } from './name-form.tsx'
import { PasswordForm } from './password-form.tsx'

export const metadata: Metadata = { title: 'Your account', robots: { index: false } }

/** One's own account: name, password, and where one is signed in. */
export default async function AccountPage({ searchParams }: PageProps<'/account'>) {
  const user = await requireUser(paths.account())
  const now = new Date()
  const isMember = user.memberships.length > 0
  const [sessions, linked] = await Promise.all([
    listSessions({ userId: user.id }, isMember, now),
    listLinkedSignIns({ userId: user.id }),
  ])
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-[720px] flex-col px-4 sm:px-6">
      <header className="flex items-center gap-x-3 gap-y-1 py-4">
        <Link href={homePath(user)} className="flex min-w-0 flex-1 items-center gap-2.5 rounded-sm">
          <span className="min-w-0 truncate text-mute">{user.email}</span>
        </Link>
        <Button size="sm" variant="ghost" href={homePath(user)}>
          {isMember ? 'Dashboard' : 'Purchases'}
        </Button>
        <form action={signOutOfAccount} className="-mr-2.5">
          <Button type="submit" size="sm" variant="ghost">
            Sign out
          </Button>
        </form>
      </header>
      <main id="content" className="grid flex-1 content-start gap-3.5 pt-2 pb-10">
        <h1 className="font-semibold text-xl tracking-tight">Your account</h1>
        {isMember && (
          <Card>
            <CardHeader title="Name" />
            <CardBody>
              <NameForm name={user.name ?? ''} />
            </CardBody>
          </Card>
        )}
        {isMember && (
          <Card>
            <CardHeader title="E-mail address" />
            <CardBody>
              <p className="mb-4 [overflow-wrap:anywhere]">{user.email}</p>
              <AddressForm />
            </CardBody>
          </Card>
        )}
        <Card>
          <CardHeader title="Password" />
          <CardBody>
            <PasswordForm email={user.email} hasPassword={user.hasPassword} />
          </CardBody>
        </Card>
        <LinkedSignIns linked={linked} offered={offeredProviders()} said={await searchParams} now={now} />
        <Card>
          <CardHeader title="Two-step sign-in" />
          <CardBody className="flex flex-wrap items-center justify-between gap-3">
            <p className="min-w-[min(100%,220px)] flex-1 text-pretty text-mute">
              {user.twoStepSince ? (
                <>
                  <span className="text-ok">On</span> since <DateText value={user.twoStepSince} />. Signing in takes a
                  second step.
                </>
              ) : (
                'Off. With it, whoever learns your password or reads your mail gets no further.'
              )}
            </p>
            <Button href={paths.twoStep()}>{user.twoStepSince ? 'Manage' : 'Set up'}</Button>
          </CardBody>
        </Card>
        <Sessions sessions={sessions} user={user} now={now} />
      </main>
      <footer className="flex items-center justify-between gap-3 border-line border-t py-4 text-mute">
        <span className="min-w-0 truncate">Signed in as {user.email}</span>
        <ThemeToggle />
      </footer>
    </div>
  )
}

function Sessions({ sessions, user, now }: { sessions: SessionSummary[]; user: SignedIn; now: Date }) {
  const who = user.memberships.length > 0 ? 'member' : 'customer'
  return (
    <Card>
      <CardHeader title="Where you are signed in" />
      <ul>
        {sessions.map((session) => (
          <li
            key={session.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 border-b px-3.5 py-2.5"
          >
            <div className="min-w-[min(100%,220px)] flex-1">
              <p className="font-medium">
                {session.device ?? 'Unknown device'}
                {session.id === user.sessionId && <span className="font-normal text-ok"> · this browser</span>}
              </p>
              <p className="text-mute">
                {session.address && <span className="font-mono text-sm">{session.address} · </span>}
                seen <Time value={session.lastSeenAt} now={now} />, until <DateText value={sessionEnd(session, who)} />
              </p>
            </div>
            {session.id !== user.sessionId && (
              <EndSession sessionId={session.id} name={session.device ?? 'Unknown device'} />
            )}
          </li>
        ))}
      </ul>
      <CardBody className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-[min(100%,220px)] flex-1 text-pretty text-mute">
          You are signed out after {sessionDays[who].idle} days without a visit, and after {sessionDays[who].longest}{' '}
          days in any case.
        </p>
        <form action={signOutEverywhereAction}>
          <Button type="submit">Sign out everywhere</Button>
        </form>
      </CardBody>
    </Card>
  )
}
