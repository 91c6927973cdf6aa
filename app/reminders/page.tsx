import type { Metadata } from 'next'
import { z } from 'zod'
import { EntryPage } from '#components/entry-page.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { currentVisitor } from '#lib/auth/session.ts'
import { remindersOf } from '#lib/mail-settings/reminders.ts'
import { RemindersForm } from './reminders-form.tsx'

// As for sign-in links: no other site may see the address.
export const metadata: Metadata = {
  title: 'Reminders',
  referrer: 'same-origin',
  robots: { index: false },
}

const Link = z.object({ mail: z.string(), code: z.string() })

/** Where a reminder's link leads. Opening it changes nothing: programs that read mail open links too. */
export default async function RemindersPage({ searchParams }: PageProps<'/reminders'>) {
  const parsed = Link.safeParse(await searchParams)
  const reminders = parsed.success ? await remindersOf(await currentVisitor(), parsed.data) : null
  if (!parsed.success || !reminders)
    return (
      <QuietPage title="This link does not work">
        It was not copied completely, or is from another time. Open it from the mail once more.
      </QuietPage>
    )
  const { organization, email, areStopped } = reminders
  const address = <strong className="font-medium text-ink [overflow-wrap:anywhere]">{email}</strong>
  return (
    <EntryPage
      seller={organization}
      title={areStopped ? 'Reminders are stopped' : 'Stop reminders?'}
      description={
        areStopped ? (
          <>
            {organization} no longer reminds {address} of license keys that end. Mails with keys still arrive.
          </>
        ) : (
          <>
            {organization} reminds {address} before a license key ends.
          </>
        )
      }
    >
      <RemindersForm link={parsed.data} areStopped={areStopped} />
    </EntryPage>
  )
}
