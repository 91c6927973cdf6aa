import { Heading, Text } from '@react-email/components'
import { Letter, LetterButton, type LetterLook, look } from './letter.tsx'

/** What a mail to somebody whose key went to, or came from, another address says. `address` is the other one, shortened. */
export type KeysMovedMailProps = {
  organization: string
  from: LetterLook
  direction: 'away' | 'here'
  /** What the one key is for; null when it is about several. */
  product: string | null
  address: string
  supportEmail: string | null
  purchasesUrl: string
}

const what = ({ product }: KeysMovedMailProps): string =>
  product === null ? 'license keys' : `a license key for ${product}`

const heading = (props: KeysMovedMailProps): string =>
  props.direction === 'away'
    ? 'Your license key was handed on'
    : props.product === null
      ? 'License keys came to your address'
      : 'A license key came to your address'

const happened = (props: KeysMovedMailProps): string =>
  props.direction === 'away'
    ? `${props.organization} handed ${what(props)}, which stood under this address, on to ${props.address}. With this address you no longer see it.`
    : `${props.organization} now keeps ${what(props)}, which stood under ${props.address}, under this address.`

const whatToDo = ({ organization, supportEmail }: KeysMovedMailProps): string =>
  `You did not expect this? Write to ${supportEmail ?? organization}, and they can change it back.`

/** The subject. */
export const keysMovedSubject = (props: KeysMovedMailProps): string => `${heading(props)} (${props.organization})`

/** Tells whoever gave or got a key, as HTML. It never shows the key. */
export function KeysMovedMail(props: KeysMovedMailProps) {
  return (
    <Letter
      preview={heading(props)}
      from={props.from}
      why={`You get this because license keys of ${props.organization} stood or stand under this address.`}
    >
      <Heading as="h1" className="lk-ink" style={look.heading}>
        {heading(props)}
      </Heading>
      <Text className="lk-ink" style={look.text}>
        {happened(props)}
      </Text>
      {props.direction === 'here' && (
        <LetterButton href={props.purchasesUrl} color={props.from.color}>
          Your purchases
        </LetterButton>
      )}
      <Text className="lk-ink" style={{ ...look.text, marginTop: 12 }}>
        {whatToDo(props)}
      </Text>
    </Letter>
  )
}

/** The same as plain text. */
export const keysMovedText = (props: KeysMovedMailProps): string => `${heading(props)}

${happened(props)}
${props.direction === 'here' ? `\nYour purchases: ${props.purchasesUrl}\n` : ''}
${whatToDo(props)}
`
