import type { Metadata } from 'next'
import { EntryPage } from '#components/entry-page.tsx'
import { ProviderButtons } from '#components/provider-buttons.tsx'
import { LinkButton } from '#components/ui/link-button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { offeredProviders } from '#lib/auth/providers.ts'
import { homePath } from '#lib/auth/rules.ts'
import { currentUser } from '#lib/auth/session.ts'
import { invitationOf } from '#lib/organizations/queries.ts'
import { InvitationToken } from '#lib/organizations/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { currentReader } from '#lib/words/reader.ts'
import { JoinAsForm, JoinForm } from './join-form.tsx'

// As for sign-in links: no other site may see the address.
export const generateMetadata = async (): Promise<Metadata> => ({
  title: (await currentReader()).words.account.invitation.title,
  ...{ referrer: 'same-origin', robots: { index: false } },
})

/** Where the link of an invitation leads. Opening it changes nothing: programs that read mail open links too. */
export default async function InvitationPage({ searchParams }: PageProps<'/login/invitation'>) {
  const parsed = InvitationToken.safeParse(await searchParams)
  const token = parsed.success ? parsed.data.token : ''
  const invitation = token ? await invitationOf(token, new Date()) : null
  const [user, reader] = await Promise.all([currentUser(), currentReader()])
  const say = reader.words.account.invitation
  if (!invitation)
    return (
      <QuietPage
        lang={reader.language}
        title={say.over}
        actions={
          <LinkButton variant="primary" href={user ? homePath(user) : paths.login()}>
            {user ? say.goOn : say.signIn}
          </LinkButton>
        }
      >
        {say.overAbout}
      </QuietPage>
    )
  const { email, role, invitedBy, organization, hasAccount } = invitation
  const mail = <strong className="font-medium text-ink [overflow-wrap:anywhere]">{email}</strong>
  return (
    <EntryPage
      seller={organization}
      reader={reader}
      title={say.join(organization)}
      description={
        <>
          {say.before(invitedBy)} {mail} {say.after[role]}
        </>
      }
    >
      {user && user.email === email && <JoinAsForm token={token} label={say.join(organization)} />}
      {user && user.email !== email && <p className="text-pretty text-mute">{say.otherAccount(user.email, email)}</p>}
      {!user && hasAccount && (
        <>
          <p className="text-pretty text-mute">{say.hasAccount}</p>
          <LinkButton
            variant="primary"
            size="lg"
            href={paths.login({ email, callbackUrl: paths.invitation({ token }) })}
          >
            {say.signIn}
          </LinkButton>
        </>
      )}
      {!user && !hasAccount && <JoinForm token={token} email={email} say={say.form} />}
      {!user && (
        <ProviderButtons
          providers={offeredProviders()}
          callbackUrl={paths.invitation({ token })}
          words={say.goOnWith}
        />
      )}
    </EntryPage>
  )
}
