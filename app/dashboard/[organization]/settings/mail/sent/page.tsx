import type { Metadata } from 'next'
import { requireMerchant } from '#lib/auth/session.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { listMails, mailState } from '#lib/mail/queries.ts'
import { sendMailAgain } from '../../../actions.ts'
import { MailHeader } from '../mail-header.tsx'
import { loadSentParams } from './params.ts'
import { SentTable } from './sent-table.tsx'

export const metadata: Metadata = { title: 'Sent mail' }

/** What was sent to whom, what became of it, and in the mail server's words why not. */
export default async function SentMailPage({
  params,
  searchParams,
}: PageProps<'/dashboard/[organization]/settings/mail/sent'>) {
  const [{ organization }, list] = await Promise.all([params, loadSentParams(searchParams)])
  const merchant = await requireMerchant(organization)
  const [{ mails, total, far }, { way }] = await Promise.all([
    listMails(merchant, { q: list.q, states: list.state, templates: list.template }, list),
    mailState(merchant),
  ])
  return (
    <>
      <MailHeader organization={organization} way={way} />
      <SentTable
        organization={organization}
        mails={mails}
        total={total}
        far={far}
        now={new Date()}
        again={roleMay(merchant.role, 'mails.resend') ? sendMailAgain : null}
      />
    </>
  )
}
