import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EntryPage } from '#components/entry-page.tsx'
import { requireUser } from '#lib/auth/session.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { ConfirmForm } from './confirm-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  title: (await currentReader()).words.signIn.confirmTitle,
})

/** For people who signed in by password only: purchases belong to an address, so it has to be theirs. */
export default async function ConfirmPage() {
  const user = await requireUser(paths.confirmAddress())
  if (user.emailVerifiedAt) redirect(paths.purchases())
  const reader = await currentReader()
  const { signIn: say } = reader.words
  return (
    <EntryPage
      reader={reader}
      title={say.confirmTitle}
      description={
        <>
          {say.confirmBefore} <strong className="font-medium text-ink [overflow-wrap:anywhere]">{user.email}</strong>.{' '}
          {say.confirmAfter}
        </>
      }
    >
      <ConfirmForm
        hasDashboard={user.memberships.length > 0}
        words={{ button: say.confirmButton, back: say.confirmBack }}
      />
    </EntryPage>
  )
}
