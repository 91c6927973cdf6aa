import type { Metadata } from 'next'
import { Button } from '#components/ui/button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { requireUser } from '#lib/auth/session.ts'
import { env } from '#lib/base/env.ts'
import { mayFound } from '#lib/organizations/rules.ts'
import * as paths from '#lib/web/paths.ts'
import { NewOrganizationForm } from './new-organization-form.tsx'

export const metadata: Metadata = { title: 'New organization', robots: { index: false } }

/** Makes an organization of one's own, where whoever runs this server allows it. */
export default async function NewOrganizationPage() {
  const user = await requireUser(paths.newOrganization())
  if (!mayFound(env().NEW_ORGANIZATIONS, user.memberships.length > 0))
    return (
      <QuietPage title="No new organizations here" actions={<Button href={paths.account()}>Your account</Button>}>
        Signed in as {user.email}. New organizations are made by whoever runs this server.
      </QuietPage>
    )
  return (
    <QuietPage title="New organization">
      <p className="mb-4">Keys, customers and settings of its own. {user.email} will own it.</p>
      <NewOrganizationForm host={new URL(env().LATCHKEY_URL).host} />
    </QuietPage>
  )
}
