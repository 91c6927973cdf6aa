import type { Metadata } from 'next'
import { Button } from '#components/ui/button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { requireUser } from '#lib/auth/session.ts'
import { env } from '#lib/base/env.ts'
import { mayFound } from '#lib/organizations/rules.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { NewOrganizationForm } from './new-organization-form.tsx'

export const generateMetadata = async (): Promise<Metadata> => ({
  ...{ title: (await currentReader()).words.account.newOrganization.title, robots: { index: false } },
})

/** Makes an organization of one's own, where whoever runs this server allows it. */
export default async function NewOrganizationPage() {
  const user = await requireUser(paths.newOrganization())
  const { words, language } = await currentReader()
  const say = words.account.newOrganization
  if (!mayFound(env().NEW_ORGANIZATIONS, user.memberships.length > 0))
    return (
      <QuietPage
        lang={language}
        title={say.closed}
        actions={<Button href={paths.account()}>{words.account.page.title}</Button>}
      >
        {say.closedAbout(user.email)}
      </QuietPage>
    )
  return (
    <QuietPage lang={language} title={say.title}>
      <p className="mb-4">{say.about(user.email)}</p>
      <NewOrganizationForm host={new URL(env().LATCHKEY_URL).host} say={{ fields: say.fields, button: say.button }} />
    </QuietPage>
  )
}
