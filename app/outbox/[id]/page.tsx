import type { Metadata, Route } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Button } from '#components/ui/button.tsx'
import { Card } from '#components/ui/card.tsx'
import { Time } from '#components/ui/time.tsx'
import { outboxIsOpen } from '#lib/base/env.ts'
import { isRefusal } from '#lib/base/errors.ts'
import { getOutboxMail } from '#lib/mail/queries.ts'
import type { MailContents } from '#lib/mail/schema.ts'
import { htmlForBrowsers } from '#lib/mailer/customer-message.ts'
import { writeMail } from '#lib/mailer/message.ts'
import * as paths from '#lib/web/paths.ts'

export const metadata: Metadata = { title: 'Mail', referrer: 'no-referrer', robots: { index: false } }

// What it shows depends on this server and its database, which a build does not know.
export const dynamic = 'force-dynamic'

/** One mail of the demo as its reader sees it, and the way its button leads. */
export default async function OutboxMailPage({ params }: PageProps<'/outbox/[id]'>) {
  if (!outboxIsOpen()) notFound()
  const mail = await getOutboxMail({ kind: 'system', name: 'Demo' }, (await params).id).catch((error) => {
    if (isRefusal(error)) notFound()
    throw error
  })
  const message = await writeMail(mail.contents, mail.to, mail.id)
  const { subject, text } = message
  return (
    <main id="content" className="mx-auto grid w-full max-w-[760px] gap-4 px-4 py-8 sm:px-6">
      <header className="grid gap-1">
        <Link href={paths.outbox()} className="text-mute hover:text-ink">
          Outbox
        </Link>
        <h1 className="text-pretty font-semibold text-xl tracking-tight">{subject}</h1>
        <p className="text-mute">
          <span className="[overflow-wrap:anywhere]">To {mail.to}</span>,{' '}
          <Time value={mail.createdAt} now={new Date()} />
        </p>
      </header>
      <div>
        <Button variant="primary" href={pathOf(mail.contents)}>
          {labelOf(mail.contents)}
        </Button>
      </div>
      <Card>
        {/* Only links inside may lead anywhere; nothing in it may run. */}
        <iframe
          title="The mail"
          srcDoc={htmlForBrowsers(message)}
          sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
          className="block h-[620px] w-full border-0 bg-white"
        />
      </Card>
      <details>
        <summary className="w-fit rounded-xs text-mute">As plain text</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <pre tabIndex={0} className="mt-2 overflow-x-auto rounded-[8px] bg-line2 px-3 py-2 font-mono text-sm">
          {text}
        </pre>
      </details>
    </main>
  )
}

type LinkMail = Extract<MailContents, { template: 'sign-in' | 'invitation' | 'password-link' | 'address-link' }>

const isLink = (contents: MailContents): contents is LinkMail =>
  ['sign-in', 'invitation', 'password-link', 'address-link'].includes(contents.template)

function labelOf(contents: MailContents): string {
  if (contents.template === 'sign-in') return 'Open the sign-in link'
  if (contents.template === 'account-news') return 'Open the account'
  return isLink(contents) ? 'Open the link' : 'Open the purchase'
}

// A path, so that the demo works under whatever address it is visited.
function pathOf(contents: MailContents): Route {
  const { payload } = contents
  if ('licenseKeyId' in payload) return paths.purchasedKey({ id: payload.licenseKeyId })
  if (contents.template === 'account-news') return paths.account()
  if (isLink(contents)) return paths.of(new URL(contents.payload.url))
  return paths.purchases()
}
