import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { EntryPage } from '#components/entry-page.tsx'
import { LanguageSwitch } from '#components/language-switch.tsx'
import { LinkButton } from '#components/ui/link-button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { linkIsOpen } from '#lib/auth/queries.ts'
import { homePath, safePath } from '#lib/auth/rules.ts'
import { SignInLink } from '#lib/auth/schema.ts'
import { currentUser } from '#lib/auth/session.ts'
import { soleOrganization } from '#lib/organizations/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { LinkForm } from './link-form.tsx'

// The address holds a secret: no other site may see it as the referrer, no search engine may keep it. Our own site may: with no-referrer,
// browsers without JavaScript send the form from "null", and Next refuses it.
export const generateMetadata = async (): Promise<Metadata> => ({
  ...{ title: (await currentReader()).words.signIn.title, referrer: 'same-origin', robots: { index: false } },
})

/** Where a mailed link leads. Opening it changes nothing: programs that read mail open links too. */
export default async function LinkPage({ searchParams }: PageProps<'/login/link'>) {
  const query = await searchParams
  const link = SignInLink.safeParse(query)
  const reader = await currentReader()
  const { signIn: say } = reader.words
  const back = safePath(typeof query.callbackUrl === 'string' ? query.callbackUrl : null)
  if (!link.success || !(await linkIsOpen(link.data, new Date()))) {
    const email = link.success ? link.data.email : ''
    const user = await currentUser()
    // Pressed twice, or opened again later: whoever is in already goes on.
    if (user && (user.email === email || !email)) redirect(back ?? homePath(user))
    return (
      <QuietPage
        lang={reader.language}
        footer={<LanguageSwitch language={reader.language} label={reader.words.frame.language} />}
        title={say.linkOver}
        actions={
          <>
            {user && (
              <LinkButton variant="primary" href={homePath(user)}>
                {say.goOnAs(user.email)}
              </LinkButton>
            )}
            <LinkButton variant={user ? 'secondary' : 'primary'} href={paths.login({ email, callbackUrl: back })}>
              {say.linkNew}
            </LinkButton>
          </>
        }
      >
        {say.linkOverAbout}
      </QuietPage>
    )
  }
  return (
    <EntryPage
      seller={await soleOrganization()}
      reader={reader}
      title={say.title}
      description={
        <>
          {say.linkAbout} <strong className="font-medium text-ink [overflow-wrap:anywhere]">{link.data.email}</strong>.
        </>
      }
    >
      <LinkForm {...link.data} callbackUrl={back ?? ''} button={say.linkButton(link.data.email)} />
    </EntryPage>
  )
}
