import { PageHeader } from '#components/shell/page-header.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { Tabs } from '#components/ui/tabs.tsx'
import type { MailWay } from '#lib/mail/plain.ts'
import * as paths from '#lib/web/paths.ts'

const ways: Record<Exclude<MailWay, 'sent'>, string> = {
  kept: 'This demo sends no mail: messages go to its outbox.',
  waits: 'Mail is not set up on this server yet. Messages wait until SMTP_URL is set.',
}

/** What stands above each page about mail. */
export function MailHeader({ organization, way }: { organization: string; way: MailWay }) {
  const here = { organization }
  return (
    <>
      <PageHeader
        title="Mail"
        description="What your customers are told: which messages go out, what they say, and what became of them."
      />
      <Tabs
        label="Mail"
        items={[
          { label: 'Messages', href: paths.mail(here) },
          { label: 'Looks', href: paths.mailLooks(here) },
          { label: 'Sent', href: paths.sentMail(here) },
        ]}
      />
      {way !== 'sent' && (
        <div className="px-4 pt-4 sm:px-6">
          <Notice tone={way === 'waits' ? 'warn' : 'plain'}>{ways[way]}</Notice>
        </div>
      )}
    </>
  )
}
