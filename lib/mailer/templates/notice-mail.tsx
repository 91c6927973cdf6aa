import { Heading, Text } from '@react-email/components'
import type { Language } from '../../words/plain.ts'
import { Letter, LetterButton, type LetterLook, look } from './letter.tsx'

/** A short mail of ours to a customer: what happened, a button where there is something to do, and what else to know. It never shows a key. */
export type NoticeMailProps = {
  language: Language
  from: LetterLook
  heading: string
  /** Before the button. */
  paragraphs: string[]
  button: { label: string; href: string } | null
  /** After it. */
  after: string[]
  why: string
}

/** As HTML. */
export function NoticeMail({ language, from, heading, paragraphs, button, after, why }: NoticeMailProps) {
  return (
    <Letter lang={language} preview={heading} from={from} why={why}>
      <Heading as="h1" className="lk-ink" style={look.heading}>
        {heading}
      </Heading>
      {paragraphs.map((paragraph) => (
        <Text key={paragraph} className="lk-ink" style={look.text}>
          {paragraph}
        </Text>
      ))}
      {button && (
        <Text style={{ margin: '4px 0 18px' }}>
          <LetterButton href={button.href} color={from.color}>
            {button.label}
          </LetterButton>
        </Text>
      )}
      {after.map((paragraph) => (
        <Text key={paragraph} className="lk-ink" style={look.text}>
          {paragraph}
        </Text>
      ))}
    </Letter>
  )
}

/** The same as plain text. */
export const noticeText = ({ heading, paragraphs, button, after, why }: NoticeMailProps): string =>
  `${[heading, ...paragraphs, ...(button ? [`${button.label}: ${button.href}`] : []), ...after, why].join('\n\n')}\n`
