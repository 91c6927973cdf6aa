import { Button, Container, Head, Html, Img, Link, Preview, Section, Text } from '@react-email/components'
import type { CSSProperties, ReactNode } from 'react'
import { shownSize } from '../../mail-settings/logo.ts'
import { seenOn, textOn } from '../../mail-settings/rules.ts'

// Inline styles are what every mail program obeys; the style sheet only turns them dark where a program asks for it.
const sans = '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Helvetica, Arial, sans-serif'
const mono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'

const dark = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
a { color: #1c1a16; }
@media (prefers-color-scheme: dark) {
  .lk-page { background-color: #12110f !important; }
  .lk-sheet { background-color: #181714 !important; border-color: #2b2924 !important; }
  .lk-ink, .lk-sheet a, .lk-sheet strong { color: #f0ede6 !important; }
  .lk-mute, .lk-sheet a.lk-mute { color: #a19b8e !important; }
  .lk-box { background-color: #23211d !important; color: #f0ede6 !important; }
  .lk-line { border-color: #2b2924 !important; }
  .lk-logo { background-color: #ffffff !important; padding: 4px !important; }
  .lk-sheet a.lk-button { background-color: #f0ede6 !important; color: #161512 !important; }
}
@media (max-width: 480px) {
  .lk-page { padding: 0 !important; }
  .lk-sheet { border-radius: 0 !important; border-left: 0 !important; border-right: 0 !important; padding: 24px 20px !important; }
}
`

// An address in a sentence may be longer than a phone is wide.
const wraps = { overflowWrap: 'anywhere', wordBreak: 'break-word' } as const

/** The styles the parts of a mail share. */
export const look = {
  heading: { margin: '0 0 8px', fontSize: 20, lineHeight: '28px', fontWeight: 600, color: '#1c1a16', ...wraps },
  subheading: { margin: '24px 0 4px', fontSize: 15, lineHeight: '22px', fontWeight: 600, color: '#1c1a16' },
  text: { margin: '0 0 12px', fontSize: 15, lineHeight: '24px', color: '#1c1a16', ...wraps },
  mute: { margin: '0 0 12px', fontSize: 14, lineHeight: '22px', color: '#676158', ...wraps },
  box: {
    margin: '4px 0 16px',
    padding: '14px 16px',
    borderRadius: 8,
    backgroundColor: '#f1efea',
    color: '#1c1a16',
    fontFamily: mono,
    fontSize: 15,
    lineHeight: '22px',
    fontWeight: 600,
    overflowWrap: 'anywhere',
    wordBreak: 'break-all',
  },
  link: { color: '#1c1a16', textDecoration: 'underline' },
  code: { fontFamily: mono, fontSize: '0.92em' },
  button: {
    display: 'inline-block',
    padding: '11px 18px',
    borderRadius: 7,
    backgroundColor: '#1c1a16',
    color: '#ffffff',
    fontSize: 15,
    lineHeight: '20px',
    fontWeight: 600,
    textDecoration: 'none',
  },
} as const satisfies Record<string, CSSProperties>

const SHEET = { light: '#ffffff', dark: '#181714' } as const

/** How the sender looks: a name, and what an organization chose. A logo comes with the mail, so that nothing is loaded from anywhere. */
export type LetterLook = {
  name: string
  color: string | null
  logo: { src: string; width: number; height: number } | null
  websiteUrl?: string | null
}

/** The look of a sender that chose none. */
export const plainLook = (name: string): LetterLook => ({ name, color: null, logo: null })

// Whatever the color is: text on the button can be read, and stripe and button stand out from the sheet, light or dark.
const darkColor = (color: string) => `
@media (prefers-color-scheme: dark) {
  .lk-sheet { border-top-color: ${seenOn(color, SHEET.dark)} !important; }
  .lk-sheet a.lk-button { background-color: ${color} !important; color: ${textOn(color)} !important; border-color: ${seenOn(color, SHEET.dark)} !important; }
}
`

/** What a reader is asked to press. */
export function LetterButton({ href, color, children }: { href: string; color: string | null; children: ReactNode }) {
  const own = color && {
    backgroundColor: color,
    color: textOn(color),
    border: `1px solid ${seenOn(color, SHEET.light)}`,
  }
  return (
    <Button href={href} className="lk-button" style={{ ...look.button, ...own }}>
      {children}
    </Button>
  )
}

/** A mail: the sheet, who it is from, and a last line that says why it came. */
export function Letter({
  preview,
  from,
  why,
  lang = 'en',
  children,
}: {
  /** What lists of mails show beside the subject. */
  preview: string
  from: LetterLook
  why: ReactNode
  lang?: string
  children: ReactNode
}) {
  return (
    <Html lang={lang} dir="ltr">
      <Head>
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{preview}</title>
        <style>{from.color ? dark + darkColor(from.color) : dark}</style>
      </Head>
      {/* Plain elements: the package's Body puts a table of its own around, which no style sheet reaches. */}
      <body className="lk-page" style={{ margin: 0, backgroundColor: '#faf9f7' }}>
        {/* biome-ignore lint/a11y/useSemanticElements: some mail programs know no <main> and drop its style */}
        <div
          role="main"
          className="lk-page"
          style={{ padding: '24px 12px', backgroundColor: '#faf9f7', fontFamily: sans }}
        >
          <Preview>{preview}</Preview>
          <Container
            className="lk-sheet"
            style={{
              maxWidth: 560,
              margin: '0 auto',
              padding: '28px 32px',
              backgroundColor: '#ffffff',
              border: '1px solid #e9e6e0',
              ...(from.color && { borderTop: `4px solid ${seenOn(from.color, SHEET.light)}` }),
              borderRadius: 10,
            }}
          >
            <Sender from={from} />
            {children}
            <Section className="lk-line" style={{ borderTop: '1px solid #e9e6e0', marginTop: 24, paddingTop: 14 }}>
              <Text className="lk-mute" style={{ ...look.mute, margin: 0, fontSize: 13, lineHeight: '20px' }}>
                {why}
              </Text>
            </Section>
          </Container>
        </div>
      </body>
    </Html>
  )
}

// On a light ground of its own in the dark: most logos are drawn for paper.
function Sender({ from: { name, logo, websiteUrl } }: { from: LetterLook }) {
  const mark = logo ? (
    <Img
      src={logo.src}
      alt={name}
      {...shownSize(logo)}
      className="lk-logo"
      style={{ display: 'block', borderRadius: 6 }}
    />
  ) : (
    name
  )
  return (
    <Text className="lk-mute" style={{ ...look.mute, margin: '0 0 16px' }}>
      {websiteUrl ? (
        <Link href={websiteUrl} className="lk-mute" style={{ color: 'inherit', textDecoration: 'none' }}>
          {mark}
        </Link>
      ) : (
        mark
      )}
    </Text>
  )
}
