import { Heading, Link, Text } from '@react-email/components'
import { linkLifetimeMinutes } from '../../mail/plain.ts'
import { Letter, LetterButton, type LetterLook, look, plainLook } from './letter.tsx'

/** What a sign-in mail says. `seller` is whose customer or member reads it, when that is one. */
export type SignInMailProps = { url: string; seller: string | null; host: string; from?: LetterLook | null }

/** What lists of mails show. People know the seller, not the machine. */
export const signInSubject = ({ seller }: Pick<SignInMailProps, 'seller'>): string =>
  seller ? `Sign in to ${seller}` : 'Sign in to your account'

/** The link that signs somebody in, as HTML. */
export function SignInMail({ url, seller, host, from }: SignInMailProps) {
  return (
    <Letter
      preview={signInSubject({ seller })}
      from={from ?? plainLook(seller ?? host)}
      why="Didn’t ask for this? You can ignore this e-mail; nobody can sign in without the link."
    >
      <Heading as="h1" className="lk-ink" style={look.heading}>
        Sign in
      </Heading>
      <Text className="lk-ink" style={look.text}>
        Use the button to see your purchases and your license keys{seller ? ` from ${seller}` : ''}. It leads to {host}.
      </Text>
      <Text style={{ margin: '4px 0 18px' }}>
        <LetterButton href={url} color={from?.color ?? null}>
          Sign in
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
export const signInText = ({ url, seller }: SignInMailProps): string => `${signInSubject({ seller })}:

${url}

The link works once, for ${linkLifetimeMinutes} minutes.

Didn’t ask for this? You can ignore this e-mail; nobody can sign in without the link.
`
