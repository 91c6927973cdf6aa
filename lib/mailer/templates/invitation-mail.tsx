import { Button, Heading, Link, Text } from '@react-email/components'
import { INVITATION_DAYS } from '../../mail/plain.ts'
import { Letter, look, plainLook } from './letter.tsx'

/** What an invitation says. */
export type InvitationMailProps = { url: string; organization: string; invitedBy: string }

/** The link by which somebody becomes a member, as HTML. */
export function InvitationMail({ url, organization, invitedBy }: InvitationMailProps) {
  return (
    <Letter
      preview={`${invitedBy} invites you to ${organization}`}
      from={plainLook(organization)}
      why="Not expecting this? You can ignore this e-mail; nobody can join without the link."
    >
      <Heading as="h1" className="lk-ink" style={look.heading}>
        Join {organization}
      </Heading>
      <Text className="lk-ink" style={look.text}>
        {invitedBy} invites you to help manage the license keys of {organization}.
      </Text>
      <Text style={{ margin: '4px 0 18px' }}>
        <Button href={url} className="lk-button" style={look.button}>
          See the invitation
        </Button>
      </Text>
      <Text className="lk-mute" style={look.mute}>
        The link works once, for {INVITATION_DAYS} days. If the button does not work, open this address:
      </Text>
      <Text className="lk-mute" style={{ ...look.mute, wordBreak: 'break-all', margin: 0 }}>
        <Link href={url} style={look.link}>
          {url}
        </Link>
      </Text>
    </Letter>
  )
}

/** The same as plain text. */
export const invitationText = ({ url, organization, invitedBy }: InvitationMailProps): string =>
  `${invitedBy} invites you to help manage the license keys of ${organization}:

${url}

The link works once, for ${INVITATION_DAYS} days.

Not expecting this? You can ignore this e-mail; nobody can join without the link.
`
