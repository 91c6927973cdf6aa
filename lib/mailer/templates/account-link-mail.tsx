import { Heading, Link, Text } from '@react-email/components'
import { linkLifetimeMinutes } from '../../mail/plain.ts'
import type { Words } from '../../words/en.ts'
import type { Language } from '../../words/plain.ts'
import { Letter, LetterButton, look, plainLook } from './letter.tsx'

/** A mail with a link that changes an account: a new password, or another address (`from` is the one it replaces). */
export type AccountLinkMailProps = { words: Words; language: Language; url: string; host: string } & (
  | { kind: 'password' }
  | { kind: 'address'; from: string }
)

/** What lists of mails show. */
export const accountLinkSubject = ({ words, kind }: Pick<AccountLinkMailProps, 'words' | 'kind'>): string =>
  words.accountMail.link[kind].subject

const happened = (props: AccountLinkMailProps, as: 'text' | 'plain'): string => {
  const { password, address } = props.words.accountMail.link
  return props.kind === 'password' ? password[as](props.host) : address[as](props.host, props.from)
}

/** As HTML. */
export function AccountLinkMail(props: AccountLinkMailProps) {
  const { words, language, url, host, kind } = props
  const say = words.accountMail.link
  return (
    <Letter lang={language} preview={accountLinkSubject(props)} from={plainLook(host)} why={say[kind].why}>
      <Heading as="h1" className="lk-ink" style={look.heading}>
        {accountLinkSubject(props)}
      </Heading>
      <Text className="lk-ink" style={look.text}>
        {happened(props, 'text')}
      </Text>
      <Text style={{ margin: '4px 0 18px' }}>
        <LetterButton href={url} color={null}>
          {say[kind].button}
        </LetterButton>
      </Text>
      <Text className="lk-mute" style={look.mute}>
        {say.once(linkLifetimeMinutes)} {say.ifNot}
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
  const say = props.words.accountMail.link
  return `${accountLinkSubject(props)}

${happened(props, 'plain')}

${props.url}

${say.once(linkLifetimeMinutes)}

${say[props.kind].why}
`
}
