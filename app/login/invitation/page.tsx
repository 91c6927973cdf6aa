import type { Metadata } from 'next'
import { EntryPage } from '#components/entry-page.tsx'
import { ProviderButtons } from '#components/provider-buttons.tsx'
import { LinkButton } from '#components/ui/link-button.tsx'
import { QuietPage } from '#components/ui/quiet-page.tsx'
import { offeredProviders } from '#lib/auth/providers.ts'
import { homePath } from '#lib/auth/rules.ts'
import { currentUser } from '#lib/auth/session.ts'
import { invitationOf } from '#lib/organizations/queries.ts'
import { roleWords } from '#lib/organizations/rules.ts'
import { InvitationToken } from '#lib/organizations/schema.ts'
import * as paths from '#lib/web/paths.ts'
import { JoinAsForm, JoinForm } from './join-form.tsx'

// As for sign-in links: no other site may see the address.
export const metadata: Metadata = { title: 'Invitation', referrer: 'same-origin', robots: { index: false } }

/** Where the link of an invitation leads. Opening it changes nothing: programs that read mail open links too. */
export default async function InvitationPage({ searchParams }: PageProps<'/login/invitation'>) {
  const parsed = InvitationToken.safeParse(await searchParams)
  const token = parsed.success ? parsed.data.token : ''
  const invitation = token ? await invitationOf(token, new Date()) : null
  const user = await currentUser()
  if (!invitation)
    return (
      <QuietPage
        title="This invitation no longer works"
        actions={
          <LinkButton variant="primary" href={user ? homePath(user) : paths.login()}>
            {user ? 'Go on' : 'Sign in'}
          </LinkButton>
        }
      >
        It has been used already, was withdrawn, has expired, or was not copied completely. Whoever invited you can send
        a new one.
      </QuietPage>
    )
  const { email, role, invitedBy, organization, hasAccount } = invitation
  const mail = <strong className="font-medium text-ink [overflow-wrap:anywhere]">{email}</strong>
  return (
    <EntryPage
      seller={organization}
      title={`Join ${organization}`}
      description={
        <>
          {invitedBy} invites {mail} as {roleWords[role].label.toLowerCase()}:{' '}
          {roleWords[role].description.toLowerCase()}.
        </>
      }
    >
      {user && user.email === email && <JoinAsForm token={token} organization={organization} />}
      {user && user.email !== email && (
        <p className="text-pretty text-mute">
          You are signed in as {user.email}. Sign out first, then open the invitation again as {email}.
        </p>
      )}
      {!user && hasAccount && (
        <>
          <p className="text-pretty text-mute">There is already an account with this address. Sign in to join.</p>
          <LinkButton
            variant="primary"
            size="lg"
            href={paths.login({ email, callbackUrl: paths.invitation({ token }) })}
          >
            Sign in
          </LinkButton>
        </>
      )}
      {!user && !hasAccount && <JoinForm token={token} email={email} />}
      {!user && (
        <ProviderButtons
          providers={offeredProviders()}
          callbackUrl={paths.invitation({ token })}
          words={(name) => `Go on with ${name}`}
        />
      )}
    </EntryPage>
  )
}
