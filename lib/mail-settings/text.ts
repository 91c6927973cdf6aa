// What merchants write into their mails: plain text with variables, {{product.name}} or {{customer.name|there}}, where the words behind the
// bar stand in for what is not known. Nothing else means anything, so there is nothing to run; HTML is escaped where mails are drawn.

const VARIABLE = /\{\{([^{}]*)\}\}/g

/** A variable as it is written: its name, and what stands in for it. */
function partsOf(inside: string): { name: string; otherwise: string } {
  const bar = inside.indexOf('|')
  if (bar < 0) return { name: inside.trim(), otherwise: '' }
  return { name: inside.slice(0, bar).trim(), otherwise: inside.slice(bar + 1).trim() }
}

/** Why a text cannot be used, naming what is wrong with it; null when it can. */
export function whyNotText(text: string, variables: readonly string[]): string | null {
  for (const [written, inside = ''] of text.matchAll(VARIABLE)) {
    const { name } = partsOf(inside)
    if (name === '') return `${written} names no variable.`
    if (!variables.includes(name)) return `There is no variable {{${name}}} in this mail.`
  }
  const rest = text.replace(VARIABLE, '')
  if (rest.includes('{{')) return 'A {{ is not closed by }}.'
  if (rest.includes('}}')) return 'A }} has no {{ before it.'
  return null
}

/** The values of variables; an empty one is not known. */
export type Values = Readonly<Record<string, string>>

/** A text with values in place of its variables. A value is one line, and never read as a text itself. */
export const fillText = (text: string, values: Values): string =>
  text.replace(VARIABLE, (_, inside: string) => {
    const { name, otherwise } = partsOf(inside)
    return oneLine(values[name] ?? '') || otherwise || oneLine(values[insteadOf[name] ?? ''] ?? '')
  })

/** What stands in for a value that is not known where nothing else was written. */
const insteadOf: Record<string, string> = { 'customer.name': 'customer.email' }

const oneLine = (text: string): string => text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim()

const SUBJECT_MAX = 200

/** A subject: one line, whatever its values are, and no longer than lists of mails can show. */
export function fillSubject(text: string, values: Values): string {
  const subject = oneLine(fillText(text, values))
  return subject.length > SUBJECT_MAX
    ? `${subject.slice(0, SUBJECT_MAX - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
    : subject
}

/** The paragraphs of a text, and the lines of each. */
export const paragraphsOf = (text: string): string[][] =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter(Boolean)
    .map((paragraph) => paragraph.split('\n'))
