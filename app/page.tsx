import type { Route } from 'next'
import { redirect } from 'next/navigation'
import { homePath } from '#lib/auth/rules.ts'
import { currentUser } from '#lib/auth/session.ts'
import { isSetUp } from '#lib/organizations/queries.ts'

// What it shows depends on this server and its database, which a build does not know.
export const dynamic = 'force-dynamic'

/** The start leads everybody to where they belong. */
export default async function StartPage() {
  if (!(await isSetUp())) redirect('/setup')
  const user = await currentUser()
  redirect((user ? homePath(user) : '/login') as Route)
}
