import Link from 'next/link'
import { MailAgain } from '#components/mail-again.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { mailLook, mailName, type SentMail } from '#lib/mail/plain.ts'
import type { FormAction } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'

/** The newest mails about something, with what became of each; nothing when there are none. */
export function MailCard({
  organization,
  mails,
  address,
  again,
  now,
}: {
  organization: string
  mails: SentMail[]
  /** Whose others the list has. */
  address: string
  /** null: this member may not. */
  again: FormAction | null
  now: Date
}) {
  if (mails.length === 0) return null
  return (
    <Card>
      <CardHeader title="Mail">
        <span>
          <Link href={paths.sentMail({ organization }, { q: address })} className="rounded-xs hover:text-ink">
            All to this address
          </Link>
        </span>
      </CardHeader>
      <ul className="@container">
        {mails.map((mail) => (
          <li
            key={mail.id}
            className="grid items-center gap-x-4 gap-y-1 border-line2 border-t px-3.5 py-2.5 first:border-t-0 @xl:grid-cols-[minmax(0,4fr)_minmax(0,5fr)_auto]"
          >
            <span className="min-w-0">
              <span className="block font-medium">{mailName(mail)}</span>
              <span className="block truncate text-mute text-sm" title={mail.to}>
                {mail.to}
              </span>
            </span>
            <span className="min-w-0">
              <span className="flex flex-wrap items-baseline gap-x-2">
                <Status {...mailLook(mail)} />
                <span className="text-mute text-sm">
                  <Time value={mail.sentAt ?? mail.createdAt} now={now} />
                </span>
              </span>
              {mail.lastError && <span className="block break-words text-mute text-sm">{mail.lastError}</span>}
            </span>
            <span className="justify-self-start @xl:justify-self-end">
              {again && <MailAgain mail={mail} organization={organization} action={again} />}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
