import { Heading, Text } from '@react-email/components'
import { Letter, LetterButton, look, plainLook } from './letter.tsx'

/** What a mail to the owners says when nothing is sent to one of their webhook endpoints any more. */
export type WebhookOffMailProps = {
  organization: string
  url: string
  reason: 'gone' | 'failing'
  /** Where it is switched on again. */
  webhooksUrl: string
}

const why = {
  gone: 'Its receiver answered 410 Gone, which asks us to stop.',
  failing: 'Nothing could be delivered to it for five days.',
} as const

const next =
  'When it works again, switch it on and send what failed once more. Until then nothing is kept for it; every event stays in the history.'

/** Tells owners that an endpoint was switched off, as HTML. */
export function WebhookOffMail({ organization, url, reason, webhooksUrl }: WebhookOffMailProps) {
  return (
    <Letter
      preview={`Events of ${organization} are no longer sent to ${url}`}
      from={plainLook('Latchkey')}
      why={`You are receiving this because you are an owner of ${organization}.`}
    >
      <Heading as="h1" className="lk-ink" style={look.heading}>
        A webhook was switched off
      </Heading>
      <Text className="lk-ink" style={look.text}>
        Events of {organization} are no longer sent to {url}. {why[reason]}
      </Text>
      <Text className="lk-ink" style={look.text}>
        {next}
      </Text>
      <Text style={{ margin: '4px 0 0' }}>
        <LetterButton href={webhooksUrl} color={null}>
          See the webhooks
        </LetterButton>
      </Text>
    </Letter>
  )
}

/** The same as plain text. */
export const webhookOffText = ({
  organization,
  url,
  reason,
  webhooksUrl,
}: WebhookOffMailProps): string => `A webhook was switched off

Events of ${organization} are no longer sent to ${url}.
${why[reason]}

${next}

${webhooksUrl}
`
