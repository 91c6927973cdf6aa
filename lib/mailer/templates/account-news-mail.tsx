import { Heading, Link, Text } from '@react-email/components'
import type { AccountNews } from '../../mail/plain.ts'
import type { Words } from '../../words/en.ts'
import type { Language } from '../../words/plain.ts'
import { Letter, look, plainLook } from './letter.tsx'

/** What was done to an account, when, and from where. `about` is a new address, or the name of a passkey or an organization. */
export type AccountNewsMailProps = {
  words: Words
  language: Language
  news: AccountNews
  about: string | null
  host: string
  /** In words, with the time zone. */
  at: string
  device: string | null
  address: string | null
  /** Where that address is registered, in words. */
  country: string | null
  /** Where to change the password, and where the account is. */
  passwordUrl: string
  accountUrl: string
}

/** What lists of mails show. */
export const accountNewsSubject = ({ words, news }: Pick<AccountNewsMailProps, 'words' | 'news'>): string =>
  words.accountMail.news[news].subject

const happened = ({ words, news, host, about }: AccountNewsMailProps): string =>
  words.accountMail.news[news].text(host, about ?? '')

const whence = ({ words, at, device, address, country }: AccountNewsMailProps): string => {
  const [, browser, system] = /^(.*) on (.*)$/.exec(device ?? '') ?? []
  const place = browser && system ? words.accountMail.device(browser, system) : device
  return [at, place, address, country].filter(Boolean).join(' · ')
}

const advice = ({ words: { accountMail: say }, news }: AccountNewsMailProps): string =>
  news === 'ownership-received'
    ? say.notExpected
    : news.startsWith('organization-')
      ? say.surprise
      : `${say.wasYou} ${news === 'address-changed' ? say.notYouAway : say.notYou}`

/** As HTML. */
export function AccountNewsMail(props: AccountNewsMailProps) {
  const { words, language, news, host, passwordUrl, accountUrl } = props
  const say = words.accountMail
  const isGone = news === 'address-changed'
  return (
    <Letter lang={language} preview={accountNewsSubject(props)} from={plainLook(host)} why={say.why(host)}>
      <Heading as="h1" className="lk-ink" style={look.heading}>
        {accountNewsSubject(props)}
      </Heading>
      <Text className="lk-ink" style={look.text}>
        {happened(props)}
      </Text>
      <Text className="lk-mute" style={look.mute}>
        {whence(props)}
      </Text>
      <Text className="lk-ink" style={look.text}>
        {advice(props)}
      </Text>
      {!isGone && (
        <Text className="lk-ink" style={{ ...look.text, margin: 0 }}>
          <Link href={passwordUrl} style={look.link}>
            {say.setPassword}
          </Link>
          {' · '}
          <Link href={accountUrl} style={look.link}>
            {say.seeSessions}
          </Link>
        </Text>
      )}
    </Letter>
  )
}

/** The same as plain text. */
export function accountNewsText(props: AccountNewsMailProps): string {
  const { words, news, passwordUrl, accountUrl } = props
  const say = words.accountMail
  const links =
    news === 'address-changed' ? '' : `\n${say.setPassword}: ${passwordUrl}\n${say.seeSessions}: ${accountUrl}\n`
  return `${accountNewsSubject(props)}

${happened(props)}

${whence(props)}

${advice(props)}
${links}`
}
