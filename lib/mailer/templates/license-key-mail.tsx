import { Button, Heading, Link, Section, Text } from '@react-email/components'
import type { ReactNode } from 'react'
import Markdown, { type Components } from 'react-markdown'
import { boundedMarkdown } from '../../base/markdown.ts'
import { Letter, look } from './letter.tsx'

/** What a license-key mail says. Sentences about limits come ready made (lib/mailer/message.ts). */
export type LicenseKeyMailProps = {
  organization: string
  supportEmail: string | null
  product: string
  keyString: string
  /** Markdown, written by the merchant. */
  instructions: string
  facts: string[]
  purchasesUrl: string
  to: string
}

/** A license key with its instructions, as HTML. */
export function LicenseKeyMail(props: LicenseKeyMailProps) {
  const { organization, supportEmail, product, keyString, instructions, facts, purchasesUrl, to } = props
  return (
    <Letter
      preview={`Your license key for ${product}`}
      from={organization}
      why={
        <>
          {organization} sent this to {to} because a license key was issued to this address.
          {supportEmail && (
            <>
              {' '}
              Questions? Reply to this e-mail or write to{' '}
              <Link href={`mailto:${supportEmail}`} style={look.link}>
                {supportEmail}
              </Link>
              .
            </>
          )}
        </>
      }
    >
      <Heading as="h1" className="lk-ink" style={look.heading}>
        {product}
      </Heading>
      <Text className="lk-ink" style={look.text}>
        Thank you. This is your license key:
      </Text>
      <Section className="lk-box" style={look.box}>
        {keyString}
      </Section>
      {facts.map((fact) => (
        <Text key={fact} className="lk-mute" style={{ ...look.mute, margin: '0 0 2px' }}>
          {fact}
        </Text>
      ))}
      {instructions.trim() && (
        <>
          <Heading as="h2" className="lk-ink" style={look.subheading}>
            How to activate
          </Heading>
          <Instructions markdown={instructions} />
        </>
      )}
      <Text style={{ margin: '20px 0 6px' }}>
        <Button href={purchasesUrl} className="lk-button" style={look.button}>
          Your purchases
        </Button>
      </Text>
      <Text className="lk-mute" style={{ ...look.mute, margin: 0 }}>
        You can find this key again there, see its devices, and free one when you change computers.
      </Text>
    </Letter>
  )
}

type Part = { children?: ReactNode }

const title = ({ children }: Part) => (
  <p className="lk-ink" style={{ ...look.text, fontWeight: 600 }}>
    {children}
  </p>
)

const parts: Components = {
  p: ({ children }) => (
    <p className="lk-ink" style={{ ...look.text, margin: '0 0 10px' }}>
      {children}
    </p>
  ),
  li: ({ children }) => (
    <li className="lk-ink" style={{ ...look.text, margin: '0 0 4px' }}>
      {children}
    </li>
  ),
  h1: title,
  h2: title,
  h3: title,
  h4: title,
  h5: title,
  h6: title,
  ul: ({ children }) => <ul style={{ margin: '0 0 10px', paddingLeft: 22 }}>{children}</ul>,
  ol: ({ children }) => <ol style={{ margin: '0 0 10px', paddingLeft: 22 }}>{children}</ol>,
  a: ({ href, children }) => (
    <Link href={href} style={look.link}>
      {children}
    </Link>
  ),
  code: ({ children }) => <code style={look.code}>{children}</code>,
  pre: ({ children }) => (
    <pre className="lk-box" style={{ ...look.box, fontWeight: 400, fontSize: 13, whiteSpace: 'pre-wrap' }}>
      {children}
    </pre>
  ),
}

// As the page shows it: raw HTML is text (“press <Enter>”), and pictures are left out. A mail of ours loads nothing and runs nothing.
const Instructions = ({ markdown }: { markdown: string }) => (
  <div className="lk-ink" style={look.text}>
    <Markdown disallowedElements={['img']} components={parts}>
      {boundedMarkdown(markdown)}
    </Markdown>
  </div>
)

/** The same as plain text; Markdown reads well as it is. */
export function licenseKeyText(props: LicenseKeyMailProps): string {
  const { organization, supportEmail, product, keyString, instructions, facts, purchasesUrl } = props
  const paragraphs = [
    `Thank you. This is your license key for ${product}:`,
    `    ${keyString}`,
    facts.join('\n'),
    instructions.trim() && `How to activate\n---------------\n${instructions.trim()}`,
    `Your purchases, with this key and its devices:\n${purchasesUrl}`,
    supportEmail && `Questions? Reply to this e-mail or write to ${supportEmail}.`,
    organization,
  ]
  return `${paragraphs.filter(Boolean).join('\n\n')}\n`
}
