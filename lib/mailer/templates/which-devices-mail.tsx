import { Heading, Text } from '@react-email/components'
import { Letter, LetterButton, type LetterLook, look } from './letter.tsx'

/** What a mail says that asks an owner which devices are theirs. `key` is the end of it. */
export type WhichDevicesMailProps = {
  organization: string
  from: LetterLook
  key: string
  devices: number
  url: string
  supportEmail: string | null
}

const devicesOf = ({ devices }: WhichDevicesMailProps) => (devices === 1 ? 'one device' : `${devices} devices`)

/** Its subject. */
export const whichDevicesSubject = ({ organization }: Pick<WhichDevicesMailProps, 'organization'>): string =>
  `Are these devices yours? Your license key from ${organization}`

/** Asks kindly: nothing has happened to the key, and nothing will when nobody answers. As HTML. */
export function WhichDevicesMail(props: WhichDevicesMailProps) {
  const { organization, key, url, supportEmail } = props
  return (
    <Letter
      preview="Please look which devices use your license key"
      from={props.from}
      why={`You are receiving this because you have a license key from ${organization}.`}
    >
      <Heading as="h1" className="lk-ink" style={look.heading}>
        Are these devices yours?
      </Heading>
      <Text className="lk-ink" style={look.text}>
        Your license key ending in {key} is used on {devicesOf(props)}. Please look whether you know all of them. Your
        key works as before, and no device is freed unless you say so.
      </Text>
      <Text style={{ margin: '4px 0 18px' }}>
        <LetterButton href={url} color={props.from.color}>
          See the devices
        </LetterButton>
      </Text>
      <Text className="lk-ink" style={look.text}>
        {supportEmail ? `Questions? Write to ${supportEmail}.` : `Questions? Write to ${organization}.`}
      </Text>
    </Letter>
  )
}

/** The same as plain text. */
export const whichDevicesText = (props: WhichDevicesMailProps): string => `Are these devices yours?

Your license key ending in ${props.key} is used on ${devicesOf(props)}. Please look whether you know
all of them. Your key works as before, and no device is freed unless you say so.

${props.url}

${props.supportEmail ? `Questions? Write to ${props.supportEmail}.` : `Questions? Write to ${props.organization}.`}
`
