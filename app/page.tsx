import { redirect } from 'next/navigation'
import { homePath } from '#lib/auth/rules.ts'
import { currentUser } from '#lib/auth/session.ts'
import { isSetUp } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'

// What it shows depends on this server and its database, which a build does not know.
export const dynamic = 'force-dynamic'

/** The start leads everybody to where they belong. */
export default async function StartPage() {
  if (!(await isSetUp())) redirect(paths.setUp())
  const user = await currentUser()
  redirect(user ? homePath(user) : paths.login())
}
