import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EntryPage } from '#components/entry-page.tsx'
import { requireUser } from '#lib/auth/session.ts'
import * as paths from '#lib/web/paths.ts'
import { ConfirmForm } from './confirm-form.tsx'

export const metadata: Metadata = { title: 'Confirm your address' }

/** For people who signed in by password only: purchases belong to an address, so it has to be theirs. */
export default async function ConfirmPage() {
  const user = await requireUser(paths.confirmAddress())
  if (user.emailVerifiedAt) redirect(paths.purchases())
  return (
    <EntryPage
      title="Confirm your address"
      description={
        <>
          Purchases are shown to whoever reads the mail of{' '}
          <strong className="font-medium text-ink [overflow-wrap:anywhere]">{user.email}</strong>. Open the link we send
          there once, then you see yours.
        </>
      }
    >
      <ConfirmForm hasDashboard={user.memberships.length > 0} />
    </EntryPage>
  )
}
