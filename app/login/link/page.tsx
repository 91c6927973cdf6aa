import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EntryPage } from '#components/entry-page.tsx'
import { Button } from '#components/ui/button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { linkIsOpen } from '#lib/auth/queries.ts'
import { homePath, safePath } from '#lib/auth/rules.ts'
import { SignInLink } from '#lib/auth/schema.ts'
import { currentUser } from '#lib/auth/session.ts'
import { soleOrganization } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { LinkForm } from './link-form.tsx'

// The address holds a secret: no other site may see it as the referrer, no search engine may keep it. Our own site may: with no-referrer,
// browsers without JavaScript send the form from "null", and Next refuses it.
export const metadata: Metadata = { title: 'Sign in', referrer: 'same-origin', robots: { index: false } }

/** Where a mailed link leads. Opening it changes nothing: programs that read mail open links too. */
export default async function LinkPage({ searchParams }: PageProps<'/login/link'>) {
  const query = await searchParams
  const link = SignInLink.safeParse(query)
  const back = safePath(typeof query.callbackUrl === 'string' ? query.callbackUrl : null)
  if (!link.success || !(await linkIsOpen(link.data, new Date()))) {
    const email = link.success ? link.data.email : ''
    const user = await currentUser()
    // Pressed twice, or opened again later: whoever is in already goes on.
    if (user && (user.email === email || !email)) redirect(back ?? homePath(user))
    return (
      <QuietPage
        title="This link no longer works"
        actions={
          <>
            {user && (
              <Button variant="primary" href={homePath(user)}>
                Go on as {user.email}
              </Button>
            )}
            <Button variant={user ? 'secondary' : 'primary'} href={paths.login({ email, callbackUrl: back })}>
              Get a new link
            </Button>
          </>
        }
      >
        It has already been used, has expired, or was not copied completely. Getting a new one takes a minute.
      </QuietPage>
    )
  }
  return (
    <EntryPage
      seller={await soleOrganization()}
      title="Sign in"
      description={
        <>
          You are about to sign in as{' '}
          <strong className="font-medium text-ink [overflow-wrap:anywhere]">{link.data.email}</strong>.
        </>
      }
    >
      <LinkForm {...link.data} callbackUrl={back ?? ''} />
    </EntryPage>
  )
}
