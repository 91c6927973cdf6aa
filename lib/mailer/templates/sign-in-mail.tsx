import { Heading, Link, Text } from '@react-email/components'
import { linkLifetimeMinutes } from '../../mail/plain.ts'
import type { Words } from '../../words/en.ts'
import type { Language } from '../../words/plain.ts'
import { Letter, LetterButton, type LetterLook, look, plainLook } from './letter.tsx'

/** What a sign-in mail says. `seller` is whose customer or member reads it, when that is one. */
export type SignInMailProps = {
  words: Words
  language: Language
  url: string
  /** Six digits; null: only the link. */
  code: string | null
  seller: string | null
  host: string
  from?: LetterLook | null
}

/** What lists of mails show. People know the seller, not the machine. */
export const signInSubject = ({ words, seller }: Pick<SignInMailProps, 'words' | 'seller'>): string =>
  words.mail.signIn.subject(seller)

const codeInGroups = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`

/** The link and the code that sign somebody in, as HTML. */
export function SignInMail({ words, language, url, code, seller, host, from }: SignInMailProps) {
  const { signIn: say } = words.mail
  return (
    <Letter lang={language} preview={say.subject(seller)} from={from ?? plainLook(seller ?? host)} why={say.why}>
      <Heading as="h1" className="lk-ink" style={look.heading}>
        {say.heading}
      </Heading>
      <Text className="lk-ink" style={look.text}>
        {say.about(seller, host)}
      </Text>
      <Text style={{ margin: '4px 0 18px' }}>
        <LetterButton href={url} color={from?.color ?? null}>
          {say.button}
        </LetterButton>
      </Text>
      {code && (
        <>
          <Text className="lk-ink" style={look.text}>
            {say.code}
          </Text>
          <Text
            className="lk-ink"
            style={{ ...look.text, fontSize: 24, fontWeight: 600, letterSpacing: '0.08em', margin: '0 0 18px' }}
          >
            {codeInGroups(code)}
          </Text>
        </>
      )}
      <Text className="lk-mute" style={look.mute}>
        {(code ? say.either : say.linkOnly)(linkLifetimeMinutes)} {say.address}
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
export function signInText({ words, url, code, seller }: SignInMailProps): string {
  const { signIn: say } = words.mail
  return `${say.subject(seller)}:

${url}
${code ? `\n${say.codeLine(codeInGroups(code))}\n` : ''}
${(code ? say.either : say.linkOnly)(linkLifetimeMinutes)}

${say.why}
`
}
