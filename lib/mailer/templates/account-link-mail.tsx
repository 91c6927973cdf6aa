import { Heading, Link, Text } from '@react-email/components'
import { linkLifetimeMinutes } from '../../mail/plain.ts'
import { Letter, LetterButton, look, plainLook } from './letter.tsx'

/** A mail with a link that changes an account: a new password, or another address (`from` is the one it replaces). */
export type AccountLinkMailProps = { url: string; host: string } & (
  | { kind: 'password' }
  | { kind: 'address'; from: string }
)

/** What lists of mails show. */
export const accountLinkSubject = ({ kind }: AccountLinkMailProps): string =>
  kind === 'password' ? 'Set a new password' : 'Confirm your new address'

const wordsOf = (props: AccountLinkMailProps) =>
  props.kind === 'password'
    ? {
        text: `Somebody, probably you, asked for a new password at ${props.host}. Choose one with the button; every browser is signed out then.`,
        button: 'Choose a password',
        why: 'Didn’t ask for this? You can ignore this e-mail; your password stays as it is.',
      }
    : {
        text: `Use the button, in a browser where you are signed in at ${props.host}, to sign in with this address from now on instead of ${props.from}.`,
        button: 'Confirm this address',
        why: 'Didn’t ask for this? You can ignore this e-mail; nothing changes.',
      }

/** As HTML. */
export function AccountLinkMail(props: AccountLinkMailProps) {
  const { url, host } = props
  const { text, button, why } = wordsOf(props)
  return (
    <Letter preview={accountLinkSubject(props)} from={plainLook(host)} why={why}>
      <Heading as="h1" className="lk-ink" style={look.heading}>
        {accountLinkSubject(props)}
      </Heading>
      <Text className="lk-ink" style={look.text}>
        {text}
      </Text>
      <Text style={{ margin: '4px 0 18px' }}>
        <LetterButton href={url} color={null}>
          {button}
        </LetterButton>
      </Text>
      <Text className="lk-mute" style={look.mute}>
        The link works once, for {linkLifetimeMinutes} minutes. If the button does not work, open this address:
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
export function accountLinkText(props: AccountLinkMailProps): string {
  const { text, why } = wordsOf(props)
  return `${accountLinkSubject(props)}

${text.replace('with the button', 'with this link').replace('Use the button', 'Use this link')}

${props.url}

The link works once, for ${linkLifetimeMinutes} minutes.

${why}
`
}
