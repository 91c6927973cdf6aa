import type { Metadata } from 'next'
import { Ago, Day } from '#components/reader-moment.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { QrCode } from '#components/ui/qr-code.tsx'
import { listPasskeys } from '#lib/auth/passkeys.ts'
import { homePath } from '#lib/auth/rules.ts'
import { requireUser } from '#lib/auth/session.ts'
import { authenticatorToSetUp, twoStepOf } from '#lib/auth/two-step.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { BeginForm } from './begin-form.tsx'
import { EndTwoStep } from './end-two-step.tsx'
import { AddPasskey, RemovePasskey } from './passkeys.tsx'
import { RecoveryForm } from './recovery-form.tsx'
import { SetUpForm } from './set-up-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  ...{ title: (await currentReader()).words.account.page.twoStep, robots: { index: false } },
})

/** The second step of signing in: set up, recovery codes, and the end of it. */
export default async function TwoStepPage({ searchParams }: PageProps<'/account/two-step'>) {
  const user = await requireUser(paths.twoStep())
  const { required } = await searchParams
  const me = { userId: user.id, sessionId: user.sessionId, email: user.email }
  const now = new Date()
  const [state, setUp, passkeys] = await Promise.all([twoStepOf(me), authenticatorToSetUp(me, now), listPasskeys(me)])
  const { words, language, zone } = await currentReader()
  const { page, twoStep: say, proof } = words.account
  const { cancel, close, copied, copyFailed } = words.frame
  const when = { words, zone: zone ?? 'UTC' }
  const codes = { ...say.codes, copied, copyFailed }
  const asking = user.memberships.find(({ slug, needsTwoStep }) => needsTwoStep && slug === required)
  return (
    <div lang={language} className="mx-auto flex min-h-dvh w-full max-w-[720px] flex-col px-4 sm:px-6">
      <main id="content" className="grid flex-1 content-start gap-3.5 py-8">
        <header className="flex flex-wrap items-center justify-between gap-3">
          <h1 className="font-semibold text-xl tracking-tight">{page.twoStep}</h1>
          <div className="flex gap-2">
            <Button size="sm" href={paths.account()}>
              {page.title}
            </Button>
            {!asking && (
              <Button size="sm" variant="ghost" href={homePath(user)}>
                {user.memberships.length > 0 ? page.dashboard : page.purchases}
              </Button>
            )}
          </div>
        </header>
        {asking && <Notice tone="warn">{say.asked(asking.name)}</Notice>}
        <p className="text-pretty text-mute">{say.about}</p>
        <Card>
          <CardHeader title={say.app} />
          <CardBody>
            {state.appSince ? (
              <p>
                {say.onSince} <Day value={state.appSince} {...when} />.
              </p>
            ) : (
              !setUp && <BeginForm say={say.begin} proof={proof} />
            )}
            <SetUpForm isAsked={setUp !== null} home={homePath(user)} say={say.setUp} codesWords={codes} proof={proof}>
              {setUp && (
                <div className="flex flex-wrap items-start gap-5">
                  <QrCode text={setUp.uri} label={say.qr} />
                  <div className="min-w-[min(100%,220px)] flex-1">
                    <p className="text-pretty">
                      {say.scan}{' '}
                      <a href={setUp.uri} className="text-accent underline underline-offset-2">
                        {say.theApp}
                      </a>{' '}
                      {say.orType}
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
          <CardHeader title={say.passkeys} />
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
                      {say.added} <Day value={passkey.createdAt} {...when} />,{' '}
                      {passkey.lastUsedAt ? (
                        <>
                          {say.used} <Ago value={passkey.lastUsedAt} {...when} now={now} />
                        </>
                      ) : (
                        say.notUsed
                      )}
                    </p>
                  </div>
                  <RemovePasskey
                    passkeyId={passkey.id}
                    proof={proof}
                    say={{
                      ...{
                        remove: say.remove,
                        removeOne: say.removeOne(passkey.name),
                        ask: say.removeAsk(passkey.name),
                      },
                      ...{ about: say.removeAbout, done: say.removed(passkey.name), cancel, close },
                    }}
                  />
                </li>
              ))}
            </ul>
          )}
          <CardBody>
            <p className="mb-4 text-pretty text-mute">{say.passkeysAbout}</p>
            <AddPasskey say={say.passkey} codesWords={codes} proof={proof} />
          </CardBody>
        </Card>
        {state.since && (
          <>
            <Card>
              <CardHeader title={say.recovery} />
              <CardBody>
                <p className="mb-4 text-pretty text-mute">
                  {state.recoveryCodes === 0 ? (
                    <span className="text-warn">{say.noneLeft}</span>
                  ) : (
                    <strong className="font-medium text-ink">{say.left(state.recoveryCodes)}</strong>
                  )}{' '}
                  {say.recoveryAbout}
                </p>
                <RecoveryForm button={say.makeNew} codes={codes} proof={proof} />
              </CardBody>
            </Card>
            <Card>
              <CardHeader title={say.off} />
              <CardBody className="flex flex-wrap items-center justify-between gap-3">
                <p className="min-w-[min(100%,220px)] flex-1 text-pretty text-mute">{say.offAbout}</p>
                <EndTwoStep
                  proof={proof}
                  say={{
                    ...{ button: say.offButton, ask: say.offAsk, off: say.off, warning: say.offWarning },
                    ...{ done: say.offDone, cancel, close },
                  }}
                />
              </CardBody>
            </Card>
          </>
        )}
      </main>
    </div>
  )
}
