import type { Metadata } from 'next'
import Link from 'next/link'
import { PageBody } from '#components/shell/page-body.tsx'
import { Card } from '#components/ui/card.tsx'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { mailState } from '#lib/mail/queries.ts'
import { listCustomerMails } from '#lib/mail-settings/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { MailHeader } from './mail-header.tsx'
import { MailRow } from './mail-row.tsx'

export const metadata: Metadata = { title: 'Mail' }

/** Every message to customers: whether it goes out, and what it says. */
export default async function MailPage({ params }: PageProps<'/dashboard/[organization]/settings/mail'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const [mails, { way }] = await Promise.all([listCustomerMails(merchant), mailState(merchant)])
  const mayWrite = roleMay(merchant.role, 'organization.write')
  return (
    <>
      <MailHeader organization={organization} way={way} />
      <PageBody>
        <Card as="div">
          <ul>
            {mails.map((mail) => (
              <MailRow key={mail.mail} mail={mail} organization={organization} mayWrite={mayWrite} />
            ))}
          </ul>
        </Card>
        <p className="max-w-[80ch] text-pretty text-mute text-sm">
          Sign-in links, and what people are told when keys change hands or an address changes, always go out: they keep
          accounts safe. What a store tells of a subscription or a refund is mailed at stores that mail it: all do,
          unless the settings of{' '}
          <Link href={paths.stores({ organization })} className="rounded-xs underline underline-offset-3">
            one of your stores
          </Link>{' '}
          say otherwise.
        </p>
      </PageBody>
    </>
  )
}
