import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EntryPage } from '#components/entry-page.tsx'
import { env } from '#lib/base/env.ts'
import { isSetUp } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { SetUpForm } from './set-up-form.tsx'

// The address holds a secret that no other site may see as the referrer. Ours may: with no-referrer, browsers without JavaScript send the
// form from "null", and Next refuses it.
export const metadata: Metadata = { title: 'Set up', referrer: 'same-origin', robots: { index: false } }

// What it shows depends on this server and its database, which a build does not know.
export const dynamic = 'force-dynamic'

/** First run: whoever reads the console makes the owner and the organization. */
export default async function SetUpPage({ searchParams }: PageProps<'/setup'>) {
  if (await isSetUp()) redirect(paths.login())
  const { token } = await searchParams
  return (
    <EntryPage
      title="Set up Latchkey"
      description="Name your organization and create your account. It takes a minute, and only once."
    >
      <SetUpForm token={typeof token === 'string' ? token : ''} host={new URL(env().LATCHKEY_URL).host} />
    </EntryPage>
  )
}
