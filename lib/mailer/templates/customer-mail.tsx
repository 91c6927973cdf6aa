import { Heading, Link, Section, Text } from '@react-email/components'
import { Fragment, type ReactNode } from 'react'
import Markdown, { type Components } from 'react-markdown'
import { boundedMarkdown, withoutMarks } from '../../base/markdown.ts'
import { paragraphsOf } from '../../mail-settings/text.ts'
import type { Words } from '../../words/en.ts'
import type { Language } from '../../words/plain.ts'
import { wordsIn } from '../../words/rules.ts'
import { Letter, LetterButton, type LetterLook, look } from './letter.tsx'

/** What a mail to a customer says. Its words come filled in; whatever is in them is drawn as text. */
export type CustomerMailProps = {
  language: Language
  from: LetterLook
  subject: string
  heading: string
  intro: string
  /** What the reader must not miss: that the key does not work. */
  warning?: string | null
  /** The key itself; only where it is what the mail brings. */
  keyString: string | null
  /** Several keys, each under what it is for. */
  keyList?: { name: string; facts: string[]; keyStrings: string[] }[]
  facts: string[]
  /** Markdown, written by the merchant. */
  instructions: string
  button: { label: string; href: string; note: string | null }
  support: { label: string; href: string } | null
  why: string
  /** Where such mails are stopped; reminders only. */
  stopUrl: string | null
}

/** A mail to a customer, as HTML. */
export function CustomerMail(props: CustomerMailProps) {
  const {
    language,
    from,
    subject,
    heading,
    intro,
    warning,
    keyString,
    keyList = [],
    facts,
    instructions,
    button,
    support,
    why,
    stopUrl,
  } = props
  const { letter: say } = wordsIn(language)
  return (
    <Letter
      lang={language}
      preview={subject}
      from={from}
      why={
        <>
          {why}
          {support && (
            <>
              {' '}
              {questions(support, say)}{' '}
              <Link href={support.href} style={look.link}>
                {support.label}
              </Link>
              .
            </>
          )}
          {stopUrl && (
            <>
              {' '}
              <Link href={stopUrl} style={look.link}>
                {say.stopReminders}
              </Link>
              .
            </>
          )}
        </>
      }
    >
      <Heading as="h1" className="lk-ink" style={look.heading}>
        {heading}
      </Heading>
      {warning && (
        <Text className="lk-ink" style={{ ...look.text, fontWeight: 600 }}>
          {warning}
        </Text>
      )}
      {paragraphsOf(intro).map((lines, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs have no names, and a mail is drawn once
        <Text key={i} className="lk-ink" style={look.text}>
          {lines.map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: nor have lines
            <Fragment key={at}>
              {at > 0 && <br />}
              {line}
            </Fragment>
          ))}
        </Text>
      ))}
      {keyString && (
        <Section className="lk-box" style={look.box}>
          {keyString}
        </Section>
      )}
      {keyList.map(({ name, facts: own, keyStrings }) => (
        <Fragment key={keyStrings[0]}>
          {keyList.length > 1 && (
            <Text className="lk-ink" style={{ ...look.text, fontWeight: 600, margin: '12px 0 4px' }}>
              {name}
            </Text>
          )}
          {own.length > 0 && (
            <Text className="lk-mute" style={{ ...look.mute, margin: '0 0 4px' }}>
              {own.join(' ')}
            </Text>
          )}
          {keyStrings.map((each) => (
            <Section key={each} className="lk-box" style={{ ...look.box, margin: '0 0 8px' }}>
              {each}
            </Section>
          ))}
        </Fragment>
      ))}
      {facts.map((fact) => (
        <Text key={fact} className="lk-mute" style={{ ...look.mute, margin: '0 0 2px' }}>
          {fact}
        </Text>
      ))}
      {instructions.trim() && (
        <>
          <Heading as="h2" className="lk-ink" style={look.subheading}>
            {say.howTo}
          </Heading>
          <Instructions markdown={instructions} />
        </>
      )}
      <Text style={{ margin: '20px 0 6px' }}>
        <LetterButton href={button.href} color={from.color}>
          {button.label}
        </LetterButton>
      </Text>
      {button.note && (
        <Text className="lk-mute" style={{ ...look.mute, margin: 0 }}>
          {button.note}
        </Text>
      )}
    </Letter>
  )
}

const questions = ({ href }: { href: string }, say: Words['letter']): string =>
  href.startsWith('mailto:') ? say.reply : say.see

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

/** The same as plain text. */
export function customerMailText(props: CustomerMailProps): string {
  const { from, intro, warning, keyString, keyList = [], facts, instructions, button, support, why, stopUrl } = props
  const { letter: say } = wordsIn(props.language)
  const paragraphs = [
    warning,
    paragraphsOf(intro)
      .map((lines) => lines.join('\n'))
      .join('\n\n'),
    keyString && `    ${keyString}`,
    ...keyList.map(({ name, facts: own, keyStrings }) =>
      [
        ...(keyList.length > 1 ? [name] : []),
        ...(own.length > 0 ? [own.join(' ')] : []),
        ...keyStrings.map((each) => `    ${each}`),
      ].join('\n'),
    ),
    facts.join('\n'),
    instructions.trim() && `${say.howTo}\n${'-'.repeat(say.howTo.length)}\n${withoutMarks(instructions.trim())}`,
    `${button.label}: ${button.href}${button.note ? `\n${button.note}` : ''}`,
    support && `${questions(support, say)} ${support.href.replace(/^mailto:/, '')}.`,
    `${from.name}${from.websiteUrl ? `, ${from.websiteUrl}` : ''}`,
    why,
    stopUrl && `${say.stopReminders}: ${stopUrl}`,
  ]
  return `${paragraphs.filter(Boolean).join('\n\n')}\n`
}
