import type { Metadata } from 'next'
import { LanguageSwitch } from '#components/language-switch.tsx'
import { LinkButton } from '#components/ui/link-button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { safePath } from '#lib/auth/rules.ts'
import { EmailAddress, SignInCode } from '#lib/auth/schema.ts'
import { mailIsConfigured, outboxIsOpen } from '#lib/base/env.ts'
import { linkLifetimeMinutes } from '#lib/mail/plain.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { CodeForm } from './code-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  title: (await currentReader()).words.signIn.sentTitle,
})

/** The same page whether or not the address is known. */
export default async function SentPage({ searchParams }: PageProps<'/login/sent'>) {
  const query = await searchParams
  const to = EmailAddress.safeParse(query.to)
  const address = to.success ? to.data : ''
  const request = SignInCode.shape.request.safeParse(query.request)
  const back = safePath(typeof query.callbackUrl === 'string' ? query.callbackUrl : null)
  const hasOutbox = outboxIsOpen()
  const { words, language } = await currentReader()
  const { signIn: say } = words
  return (
    <QuietPage
      lang={language}
      title={say.sentTitle}
      footer={<LanguageSwitch language={language} label={words.frame.language} />}
      actions={
        <>
          {hasOutbox && <LinkButton href={paths.outbox()}>{say.outbox}</LinkButton>}
          <LinkButton href={paths.login({ email: address, callbackUrl: back })}>{say.back}</LinkButton>
        </>
      }
    >
      <p>
        {say.sentBefore}{' '}
        {address ? (
          <strong className="font-medium text-ink [overflow-wrap:anywhere]">{address}</strong>
        ) : (
          say.sentAddress
        )}{' '}
        {query.for === 'password' ? say.sentForPassword(linkLifetimeMinutes) : say.sentAfter(linkLifetimeMinutes)}
      </p>
      {address && request.success && (
        <div className="mt-5 text-ink">
          <CodeForm
            email={address}
            request={request.data}
            callbackUrl={back ?? ''}
            words={{ code: say.code, button: say.button }}
          />
        </div>
      )}
      <p className="mt-5">{say.sentHelp}</p>
      {!mailIsConfigured() && !hasOutbox && (
        <Notice tone="warn" className="mt-4">
          {say.sentWaits}
        </Notice>
      )}
    </QuietPage>
  )
}
