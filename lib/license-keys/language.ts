// The typed filter: `status:expired product:"Inkwell Pro" seen:<30d -tag:beta herrera`. What is read can be written and is read the same again.

import {
  type Asked,
  kindOf,
  type Names,
  readValue,
  type Term,
  type TermName,
  type Terms,
  termNames,
  termsOf,
  writeValue,
} from './terms.ts'

/** What is wrong in a text, from one character to before another. `begun`: it only goes on. */
export type Problem = { from: number; to: number; message: string; begun?: true }

export type Query = { terms: Terms; words: string; problems: Problem[] }

/** Names that people try. */
const aliases: Record<string, TermName> = {
  config: 'configuration',
  email: 'customer',
  expiry: 'expires',
  expired: 'ended',
  created: 'issued',
  metadata: 'meta',
  tags: 'tag',
  state: 'status',
}

const named = (text: string): TermName | null => {
  const name = text.toLowerCase()
  return termNames.find((each) => each === name) ?? (Object.hasOwn(aliases, name) ? (aliases[name] ?? null) : null)
}

/** The term whose name somebody may have mistyped: one letter more, less, other, or two turned round. */
function nearly(text: string): TermName | null {
  const typed = text.toLowerCase()
  if (typed.length < 3) return null
  return termNames.find((name) => isNear(typed, name)) ?? null
}

function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const [restA, restB] = [a.slice(at), b.slice(at)]
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  )
}

const NAME = /-?([a-z_]{2,})[:：]/iy

/** A word that would be read as a term, and so is written in quotes; as is one that already looks so. */
function looksLikeTerm(word: string): boolean {
  NAME.lastIndex = 0
  const name = NAME.exec(word)?.[1]
  if (name && (named(name) || nearly(name))) return true
  return word.length > 2 && word.startsWith('"') && word.endsWith('"') && looksLikeTerm(word.slice(1, -1))
}

const closers: Record<string, string> = { '"': '"', '“': '”“"', '„': '“”"' }

type Part = { text: string; quoted: boolean; from: number; to: number; open: boolean }

/** What stands at a place: in quotes, or up to one of `ends`. */
function readPart(text: string, from: number, ends: RegExp): Part {
  const closing = closers[text[from] ?? '']
  if (closing === undefined) {
    let to = from
    while (to < text.length && !ends.test(text[to] as string)) to++
    return { text: text.slice(from, to), quoted: false, from, to, open: false }
  }
  let read = ''
  for (let at = from + 1; at < text.length; at++) {
    const letter = text[at] as string
    if (closing.includes(letter)) return { text: read, quoted: true, from, to: at + 1, open: false }
    if (letter === '\\' && at + 1 < text.length) {
      at++
      const escaped = text[at] as string
      read += escaped === 'n' ? '\n' : escaped === 'r' ? '\r' : escaped
    } else read += letter
  }
  return { text: read, quoted: true, from, to: text.length, open: true }
}

/** Values with commas between them, each perhaps behind a `-`; `not` is what such a `-` turns round. */
function readValues(text: string, start: number, name: TermName, not: boolean, names: Names | null) {
  const asked: Asked[] = []
  const problems: Problem[] = []
  const isPair = kindOf(name).kind === 'pair'
  const ends = isPair ? /[\s,=]/ : /[\s,]/
  let at = start
  for (;;) {
    const turned = text[at] === '-'
    if (turned) at++
    const part = readPart(text, at, ends)
    let { to, open } = part
    let of: Part | null = null
    if (isPair && text[to] === '=') {
      of = readPart(text, to + 1, /[\s,]/)
      to = of.to
      open = of.open
    }
    const problem = (message: string, begun = false) =>
      problems.push({ from: part.from, to: Math.max(to, part.from), message, ...(begun && { begun: true }) })
    const next = text[to]
    if (open) problem('The closing quote is missing.', true)
    else if (next !== undefined && next !== ',' && !/\s/.test(next))
      problems.push({
        from: to,
        to: to + 1,
        message: `Behind a closing quote comes a blank or a comma, not “${next}”.`,
      })
    else {
      const read = readValue(name, { text: part.text, quoted: part.quoted, ...(of && { of: of.text }) }, names)
      if ('value' in read) asked.push({ name, not: not !== turned, value: read.value })
      else if (part.text === '' && !part.quoted)
        problem(`Expected behind ${name}: ${read.expected}.`, to === text.length)
      else problem(`“${part.text}” does not fit ${name}. Expected: ${read.expected}.`)
    }
    // Behind a quote that ends in the middle the rest belongs to it.
    if (next !== undefined && next !== ',' && !/\s/.test(next))
      while (to < text.length && !/[\s,]/.test(text[to] as string)) to++
    at = to
    if (text[at] !== ',') return { asked, problems, to: at }
    at++
  }
}

/** Reads what somebody typed. What is wrong is left out and told; what is no term is a word. */
export function parseQuery(text: string, names: Names | null): Query {
  const asked: Asked[] = []
  const words: string[] = []
  const problems: Problem[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text[at] as string)) {
      at++
      continue
    }
    NAME.lastIndex = at
    const match = NAME.exec(text)
    const name = match?.[1] ? named(match[1]) : null
    if (match && name) {
      // People put a blank behind a colon.
      let start = at + match[0].length
      while (start < text.length && /\s/.test(text[start] as string)) start++
      const values = readValues(text, start, name, match[0].startsWith('-'), names)
      const again = values.asked.filter(({ not }) => !not)
      if (kindOf(name).kind === 'time' && again.length > 0 && asked.some((each) => each.name === name && !each.not))
        problems.push({
          ...{ from: at, to: values.to },
          message: `“${name}” is asked twice. Put commas between times of which one is enough${
            name === 'refused' || name === 'ended' ? '' : ', and .. between a first and a last day'
          }.`,
        })
      else asked.push(...values.asked)
      problems.push(...values.problems)
      at = values.to
      continue
    }
    let to = at
    while (to < text.length && !/\s/.test(text[to] as string)) to++
    const word = text.slice(at, to)
    const meant = match?.[1] && to > at + match[0].length ? nearly(match[1]) : null
    if (meant)
      problems.push({
        from: at,
        to,
        message: `There is no filter “${match?.[1]}”. Did you mean ${meant}? In quotes it is a word.`,
      })
    else words.push(word.startsWith('"') && looksLikeTerm(word) ? word.slice(1, -1) : word)
    at = to
  }
  return { terms: termsOf(asked), words: words.join(' '), problems }
}

function writeTerm(name: TermName, { is, not }: Term, names: Names | null): string[] {
  const written = (values: readonly string[], sign: string): string[] => {
    if (values.length === 0) return []
    const texts = values.map((value) => writeValue(name, value, names))
    return kindOf(name).all && !sign ? texts.map((each) => `${name}:${each}`) : [`${sign}${name}:${texts.join(',')}`]
  }
  return [...written(is, ''), ...written(not, '-')]
}

/** Writes it as it would be typed: terms in their order, then the words. */
export function printQuery({ terms, words }: Pick<Query, 'terms' | 'words'>, names: Names | null): string {
  const asked = termNames.flatMap((name) => {
    const term = terms[name]
    return term ? writeTerm(name, term, names) : []
  })
  const others = words.split(/\s+/).filter(Boolean)
  return [...asked, ...others.map((word) => (looksLikeTerm(word) ? `"${word}"` : word))].join(' ')
}

/** One term as it stands in an address: `expired,-"a, b"`. Nothing is named but by its id. */
export const printTerm = (name: TermName, { is, not }: Term): string =>
  [
    ...is.map((value) => writeValue(name, value, null)),
    ...not.map((value) => `-${writeValue(name, value, null)}`),
  ].join(',')

/** Reads that; what cannot be read is left out. */
export function parseTerm(name: TermName, text: string): Term | null {
  const { asked } = readValues(text.trim(), 0, name, false, null)
  return termsOf(asked)[name] ?? null
}

/** The parts of an address that ask for these terms. */
export const termQuery = (terms: Terms): { [Name in TermName]?: string } =>
  Object.fromEntries(
    termNames.flatMap((name) => {
      const term = terms[name]
      return term ? [[name, printTerm(name, term)]] : []
    }),
  )

/** A name of metadata with its value, as terms keep it. */
export function pairOf(value: string): { name: string; value: string | null } {
  const name = readPart(value, 0, /[\s,=]/)
  return { name: name.text, value: value[name.to] === '=' ? readPart(value, name.to + 1, /[\s,]/).text : null }
}
