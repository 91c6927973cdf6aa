import type { Metadata, Route } from 'next'
import { EntryPage } from '#components/entry-page.tsx'
import { Button } from '#components/ui/button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { linkIsOpen } from '#lib/auth/queries.ts'
import { safePath } from '#lib/auth/rules.ts'
import { SignInLink } from '#lib/auth/schema.ts'
import { LinkForm } from './link-form.tsx'

// The address holds a secret: no other site may see it as the referrer, no search engine may keep it.
export const metadata: Metadata = { title: 'Sign in', referrer: 'no-referrer', robots: { index: false } }

/** Where a mailed link leads. Opening it changes nothing: programs that read mail open links too. */
export default async function LinkPage({ searchParams }: PageProps<'/login/link'>) {
  const query = await searchParams
  const link = SignInLink.safeParse(query)
  const back = safePath(typeof query.callbackUrl === 'string' ? query.callbackUrl : null) ?? ''
  if (!link.success || !(await linkIsOpen(link.data, new Date()))) {
    const email = link.success ? link.data.email : ''
    const again = `/login?${new URLSearchParams({ ...(email && { email }), ...(back && { callbackUrl: back }) })}`
    return (
      <QuietPage
        title="This link no longer works"
        actions={
          <Button variant="primary" href={again as Route}>
            Get a new link
          </Button>
        }
      >
        It was used already, has expired, or was not copied whole. A new one takes a minute.
      </QuietPage>
    )
  }
  return (
    <EntryPage
      title="Sign in"
      description={
        <>
          You are about to sign in as{' '}
          <strong className="font-medium text-ink [overflow-wrap:anywhere]">{link.data.email}</strong>.
        </>
      }
    >
      <LinkForm {...link.data} callbackUrl={back} />
    </EntryPage>
  )
}
