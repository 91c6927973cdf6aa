import type { Metadata } from 'next'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { DateText } from '#components/ui/date-text.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { QrCode } from '#components/ui/qr-code.tsx'
import { Time } from '#components/ui/time.tsx'
import { listPasskeys } from '#lib/auth/passkeys.ts'
import { homePath } from '#lib/auth/rules.ts'
import { requireUser } from '#lib/auth/session.ts'
import { authenticatorToSetUp, twoStepOf } from '#lib/auth/two-step.ts'
import * as paths from '#lib/web/paths.ts'
import { BeginForm } from './begin-form.tsx'
import { EndTwoStep } from './end-two-step.tsx'
import { AddPasskey, RemovePasskey } from './passkeys.tsx'
import { RecoveryForm } from './recovery-form.tsx'
import { SetUpForm } from './set-up-form.tsx'

export const metadata: Metadata = { title: 'Two-step sign-in', robots: { index: false } }

/** The second step of signing in: set up, recovery codes, and the end of it. */
export default async function TwoStepPage({ searchParams }: PageProps<'/account/two-step'>) {
  const user = await requireUser(paths.twoStep())
  const { required } = await searchParams
  const me = { userId: user.id, sessionId: user.sessionId, email: user.email }
  const now = new Date()
  const [state, setUp, passkeys] = await Promise.all([twoStepOf(me), authenticatorToSetUp(me, now), listPasskeys(me)])
  const asking = user.memberships.find(({ slug, needsTwoStep }) => needsTwoStep && slug === required)
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-[720px] flex-col px-4 sm:px-6">
      <main id="content" className="grid flex-1 content-start gap-3.5 py-8">
        <header className="flex flex-wrap items-center justify-between gap-3">
          <h1 className="font-semibold text-xl tracking-tight">Two-step sign-in</h1>
          <div className="flex gap-2">
            <Button size="sm" href={paths.account()}>
              Your account
            </Button>
            {!asking && (
              <Button size="sm" variant="ghost" href={homePath(user)}>
                {user.memberships.length > 0 ? 'Dashboard' : 'Purchases'}
              </Button>
            )}
          </div>
        </header>
        {asking && (
          <Notice tone="warn">
            {asking.name} asks all its members to sign in by two steps. Set it up here; then its dashboard opens.
          </Notice>
        )}
        <p className="text-pretty text-mute">
          After your password or an e-mailed link, signing in also takes something you have. Whoever learns your
          password, or reads your mail, gets no further.
        </p>
        <Card>
          <CardHeader title="Authenticator app" />
          <CardBody>
            {state.appSince ? (
              <p>
                On since <DateText value={state.appSince} />.
              </p>
            ) : (
              !setUp && <BeginForm />
            )}
            <SetUpForm isAsked={setUp !== null} home={homePath(user)}>
              {setUp && (
                <div className="flex flex-wrap items-start gap-5">
                  <QrCode text={setUp.uri} label="QR code for your authenticator app" />
                  <div className="min-w-[min(100%,220px)] flex-1">
                    <p className="text-pretty">
                      Scan this with an authenticator app, such as the one your password manager has. On this device,
                      open{' '}
                      <a href={setUp.uri} className="text-accent underline underline-offset-2">
                        the app
                      </a>{' '}
                      instead, or type the key:
                    </p>
                    <p className="mt-2 select-all break-all font-mono text-sm">
                      {setUp.secret.replace(/(.{4})(?=.)/g, '$1 ')}
                    </p>
                  </div>
                </div>
              )}
            </SetUpForm>
          </CardBody>
        </Card>
        <Card>
          <CardHeader title="Passkeys" />
          {passkeys.length > 0 && (
            <ul>
              {passkeys.map((passkey) => (
                <li
                  key={passkey.id}
                  className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 border-b px-3.5 py-2.5"
                >
                  <div className="min-w-[min(100%,220px)] flex-1">
                    <p className="font-medium [overflow-wrap:anywhere]">{passkey.name}</p>
                    <p className="text-mute">
                      added <DateText value={passkey.createdAt} />,{' '}
                      {passkey.lastUsedAt ? (
                        <>
                          used <Time value={passkey.lastUsedAt} now={now} />
                        </>
                      ) : (
                        'not used yet'
                      )}
                    </p>
                  </div>
                  <RemovePasskey passkeyId={passkey.id} name={passkey.name} />
                </li>
              ))}
            </ul>
          )}
          <CardBody>
            <p className="mb-4 text-pretty text-mute">
              A passkey signs you in by itself, with your finger, face or PIN, and cannot be given to a false page. It
              counts as both steps.
            </p>
            <AddPasskey />
          </CardBody>
        </Card>
        {state.since && (
          <>
            <Card>
              <CardHeader title="Recovery codes" />
              <CardBody>
                <p className="mb-4 text-pretty text-mute">
                  {state.recoveryCodes === 0 ? (
                    <span className="text-warn">None is left.</span>
                  ) : (
                    <>
                      <strong className="font-medium text-ink">{state.recoveryCodes}</strong>{' '}
                      {state.recoveryCodes === 1 ? 'is' : 'are'} left.
                    </>
                  )}{' '}
                  Each signs in once in place of a lost second step. They are shown when they are made, and never again.
                </p>
                <RecoveryForm />
              </CardBody>
            </Card>
            <Card>
              <CardHeader title="Turn off" />
              <CardBody className="flex flex-wrap items-center justify-between gap-3">
                <p className="min-w-[min(100%,220px)] flex-1 text-pretty text-mute">
                  Signing in then takes one step only. Organizations that require two are closed to you until it is on
                  again.
                </p>
                <EndTwoStep />
              </CardBody>
            </Card>
          </>
        )}
      </main>
    </div>
  )
}
