import { Heading, Text } from '@react-email/components'
import { Letter, type LetterLook, look } from './letter.tsx'

/** What a mail to the address somebody had before says. `address` is the new one, shortened. */
export type AddressChangedMailProps = {
  organization: string
  from: LetterLook
  address: string
  supportEmail: string | null
}

const whatToDo = ({ organization, supportEmail }: AddressChangedMailProps): string =>
  supportEmail ? `Write to ${supportEmail}` : `Write to ${organization}`

/** Tells whoever had keys under an address that they stand under another one now, as HTML. */
export function AddressChangedMail(props: AddressChangedMailProps) {
  const { organization, address } = props
  return (
    <Letter
      preview={`Your address at ${organization} was changed`}
      from={props.from}
      why={`You are receiving this because your license keys from ${organization} were kept under this address.`}
    >
      <Heading as="h1" className="lk-ink" style={look.heading}>
        Your address was changed
      </Heading>
      <Text className="lk-ink" style={look.text}>
        {organization} now keeps your purchases and license keys under {address}. You can no longer see them with this
        address; your software keeps working.
      </Text>
      <Text className="lk-ink" style={look.text}>
        You did not ask for this? {whatToDo(props)}, and they can change it back.
      </Text>
    </Letter>
  )
}

/** The same as plain text. */
export const addressChangedText = (props: AddressChangedMailProps): string => `Your address was changed

${props.organization} now keeps your purchases and license keys under ${props.address}.
You can no longer see them with this address; your software keeps working.

You did not ask for this? ${whatToDo(props)}, and they can change it back.
`
