import type { Metadata } from 'next'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { EmailAddress } from '#lib/auth/schema.ts'
import { mailIsConfigured, outboxIsOpen } from '#lib/base/env.ts'
import { linkLifetimeMinutes } from '#lib/mail/plain.ts'
import * as paths from '#lib/web/paths.ts'

export const metadata: Metadata = { title: 'Check your inbox' }

/** The same page whether or not the address is known. */
export default async function SentPage({ searchParams }: PageProps<'/login/sent'>) {
  const { to: sentTo, for: what } = await searchParams
  const to = EmailAddress.safeParse(sentTo)
  const address = to.success ? to.data : ''
  const hasOutbox = outboxIsOpen()
  return (
    <QuietPage
      title="Check your inbox"
      actions={
        <>
          {hasOutbox && (
            <Button variant="primary" href={paths.outbox()}>
              Open the demo’s outbox
            </Button>
          )}
          <Button href={paths.login({ email: address })}>Back to sign-in</Button>
        </>
      }
    >
      <p>
        If{' '}
        {address ? <strong className="font-medium text-ink [overflow-wrap:anywhere]">{address}</strong> : 'the address'}{' '}
        is known here, a link is on its way.{' '}
        {what === 'password' ? 'It lets you choose a new password, once,' : 'It signs you in once,'} within{' '}
        {linkLifetimeMinutes} minutes.
      </p>
      <p className="mt-3">Nothing there? Check your spam folder, and make sure this is the address you used to buy.</p>
      {!mailIsConfigured() && !hasOutbox && (
        <Notice tone="warn" className="mt-4">
          Mail is not set up on this server, so the link waits. Whoever runs it has to set SMTP_URL.
        </Notice>
      )}
    </QuietPage>
  )
}
