import type { Metadata } from 'next'
import { PageBody } from '#components/shell/page-body.tsx'
import { PageHeader } from '#components/shell/page-header.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { Status } from '#components/ui/status.tsx'
import { Time } from '#components/ui/time.tsx'
import { offeredWays, wayName, wayWords } from '#lib/auth/offered-ways.ts'
import { requireMerchant } from '#lib/auth/session.ts'
import { type SignInWay, signInWays } from '#lib/auth/ways.ts'
import { mailIsConfigured } from '#lib/base/env.ts'
import { roleMay } from '#lib/base/permissions.ts'
import { getSupportBounds } from '#lib/license-keys/support-settings.ts'
import { getAllowedWays } from '#lib/organizations/allowed-ways.ts'
import { leftBehind } from '#lib/organizations/left-behind.ts'
import {
  type InvitationSummary,
  isTwoStepRequired,
  listInvitations,
  listMembers,
  type MemberSummary,
} from '#lib/organizations/queries.ts'
import { rolesToGive, roleWords, whyNotChangeMember, whyNotTransfer } from '#lib/organizations/rules.ts'
import { InvitationButtons } from './invitation-buttons.tsx'
import { InviteForm } from './invite-form.tsx'
import { MemberButtons } from './member-buttons.tsx'
import { RequireTwoStep } from './require-two-step.tsx'
import { SupportForm } from './support-form.tsx'
import { type WayChoice, WaysForm } from './ways-form.tsx'

export const metadata: Metadata = { title: 'Members' }

/** Who belongs to the organization, who is invited, and what each may do. */
export default async function MembersPage({ params }: PageProps<'/dashboard/[organization]/settings/members'>) {
  const { organization } = await params
  const merchant = await requireMerchant(organization)
  const now = new Date()
  const mayInvite = roleMay(merchant.role, 'members.write')
  const [bounds, isRequired, allowed, members, invitations, left] = await Promise.all([
    getSupportBounds(merchant),
    isTwoStepRequired(merchant),
    getAllowedWays(merchant),
    listMembers(merchant),
    mayInvite ? listInvitations(merchant, now) : [],
    leftBehind(merchant, now),
  ])
  const owners = members.filter(({ role }) => role === 'owner').length
  const rolesFor = (member: MemberSummary) =>
    rolesToGive(merchant.role).filter(
      (role) => role !== member.role && whyNotChangeMember({ by: merchant, member, role, owners }) === null,
    )
  return (
    <>
      <PageHeader
        title="Members"
        count={members.length}
        description="Everyone here can see the whole organization. Roles decide what they can change."
      />
      <PageBody narrow>
        <Card>
          <ul>
            {members.map((member) => (
              <li
                key={member.userId}
                className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 border-t px-3.5 py-3 first:border-t-0"
              >
                <Who member={member} isSelf={member.userId === merchant.userId} now={now} />
                <MemberButtons
                  organization={organization}
                  member={{ userId: member.userId, email: member.email, name: member.name, role: member.role }}
                  isSelf={member.userId === merchant.userId}
                  roles={rolesFor(member)}
                  left={left.get(member.userId) ?? null}
                  mayRevoke={roleMay(merchant.role, 'api_keys.write')}
                  now={now}
                  mayTransfer={whyNotTransfer({ by: merchant, member }) === null}
                  mayRemove={whyNotChangeMember({ by: merchant, member, role: null, owners }) === null}
                />
              </li>
            ))}
          </ul>
          {owners === 1 && merchant.role === 'owner' && (
            <p className="border-line2 border-t px-3.5 py-2.5 text-pretty text-mute text-sm">
              You are the only owner. To leave or to take a lower role, transfer your ownership first.
            </p>
          )}
        </Card>
        {(isRequired || roleMay(merchant.role, 'security.write')) && (
          <Card>
            <CardHeader title="Two-step sign-in" />
            <CardBody className="flex flex-wrap items-center justify-between gap-3">
              <p className="min-w-[min(100%,220px)] flex-1 text-pretty text-mute">
                {isRequired
                  ? 'Required of all members. Whoever has not set it up sees nothing here before they do.'
                  : 'Each member decides. Once it is required, a stolen password alone opens nothing here.'}
              </p>
              {roleMay(merchant.role, 'security.write') && (
                <RequireTwoStep
                  organization={organization}
                  isRequired={isRequired}
                  without={members.filter(({ twoStepAt }) => !twoStepAt).length}
                />
              )}
            </CardBody>
          </Card>
        )}
        {(allowed.length > 0 || roleMay(merchant.role, 'security.write')) && (
          <Card>
            <CardHeader title="Ways to sign in" />
            <CardBody>
              {roleMay(merchant.role, 'security.write') ? (
                <WaysForm organization={organization} allowed={allowed} choices={wayChoices(allowed)} />
              ) : (
                <p className="text-pretty text-mute">
                  Members come in by {inWords.format(allowed.map(wayWords))} only. Owners decide that.
                </p>
              )}
            </CardBody>
          </Card>
        )}
        {roleMay(merchant.role, 'support.write') && (
          <Card>
            <CardHeader title="What support may do" />
            <CardBody>
              <SupportForm organization={organization} bounds={bounds} />
            </CardBody>
          </Card>
        )}
        {mayInvite && (
          <Card>
            <CardHeader title="Invite someone" />
            <CardBody>
              <InviteForm
                organization={organization}
                roles={rolesToGive(merchant.role)}
                isMailed={mailIsConfigured()}
              />
            </CardBody>
          </Card>
        )}
        {invitations.length > 0 && (
          <Card>
            <CardHeader title="Invited" />
            <ul>
              {invitations.map((invitation) => (
                <li
                  key={invitation.id}
                  className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line2 border-t px-3.5 py-3 first:border-t-0"
                >
                  <Invitation invitation={invitation} now={now} />
                  <InvitationButtons
                    organization={organization}
                    invitation={{ id: invitation.id, email: invitation.email }}
                  />
                </li>
              ))}
            </ul>
          </Card>
        )}
      </PageBody>
    </>
  )
}

const inWords = new Intl.ListFormat('en', { type: 'disjunction' })

/** What this server has set up, and what an owner chose before it was taken away. */
const wayChoices = (allowed: readonly SignInWay[]): WayChoice[] => {
  const offered = offeredWays()
  const notes: Partial<Record<SignInWay, string>> = {
    mail: 'Whoever reads a member’s mailbox gets in.',
    password: 'A forgotten one is set anew by mail.',
  }
  return signInWays
    .filter((way) => offered.includes(way) || allowed.includes(way))
    .map((way) => {
      const note = offered.includes(way) ? notes[way] : 'Not set up on this server: it lets nobody in.'
      return { way, name: wayName(way), ...(note && { note }) }
    })
}

function Who({ member, isSelf, now }: { member: MemberSummary; isSelf: boolean; now: Date }) {
  return (
    <div className="min-w-[min(100%,220px)] flex-1">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
        <span className="min-w-0 break-words">{member.name ?? member.email}</span>
        <Badge>{roleWords[member.role].label}</Badge>
        {isSelf && <span className="font-normal text-mute">you</span>}
      </p>
      {member.name && <p className="text-mute [overflow-wrap:anywhere]">{member.email}</p>}
      <p className="text-mute">
        {member.lastSeenAt ? (
          <>
            last seen <Time value={member.lastSeenAt} now={now} />
          </>
        ) : (
          'not signed in'
        )}
        {member.twoStepAt ? ' · two-step sign-in' : ' · one-step sign-in'} · joined{' '}
        <Time value={member.createdAt} now={now} />
      </p>
    </div>
  )
}

function Invitation({ invitation, now }: { invitation: InvitationSummary; now: Date }) {
  const { email, role, invitedBy, createdAt, expiresAt, isOver } = invitation
  return (
    <div className="min-w-[min(100%,220px)] flex-1">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
        <span className="min-w-0 break-words">{email}</span>
        <Badge>{roleWords[role].label}</Badge>
        {isOver && <Status tone="bad" label="Expired" />}
      </p>
      <p className="text-mute">
        invited by {invitedBy} <Time value={createdAt} now={now} />
        {!isOver && (
          <>
            , expires <Time value={expiresAt} now={now} />
          </>
        )}
      </p>
    </div>
  )
}
