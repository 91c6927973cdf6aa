import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.join(import.meta.dirname, '..')

/** Sentences that native readers stumbled over, or that were not true of the keys they stood beside. */
const retired = [
  ...['Active without an end', 'Up to and with', 'So many at a time', 'Good for ever', 'UUID, after'],
  ...['No device uses them today', 'uses it today', 'until in ', 'with no end'],
  ...['licence', 'Licence', 'organisation', 'Organisation', 'cancelled', 'Cancelled'],
]
/** Where such a word is not ours: names of columns, vendors' words on the wire, comments, another language. */
const elsewhere =
  /^lib\/(vendors|imports|import-fields|snippets|store-facts|key-strings)\/|^lib\/words\/(.*-)?de\.ts|^lib\/(stores|purchases|license-keys)\/.*(facts|rules)/

// What people read is text between tags and in quotes.
const texts = (source: string) =>
  source
    .replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')
    .matchAll(/>([^<>{}`]{4,})<|'((?:[^'\\\n]|\\.){4,})'|"((?:[^"\\\n]|\\.){4,})"|`((?:[^`\\]|\\.){4,})`/g)
    .map(([, ...parts]) => parts.find((part) => part !== undefined) ?? '')

test('what people read is plain American English, and words that misled nobody needs again stay away', () => {
  const files = globSync(['{app,components,lib}/**/*.{ts,tsx}', 'README.md', 'docs/*.md'], { cwd: root }).filter(
    (file) => !/\.test\.tsx?$/.test(file) && !elsewhere.test(file),
  )
  expect(files.length).toBeGreaterThan(300)
  const found = files.flatMap((file) => {
    const source = readFileSync(path.join(root, file), 'utf8')
    const read = file.endsWith('.md') ? [source] : [...texts(source)]
    return read.flatMap((text) =>
      retired.filter((words) => text.includes(words)).map((words) => `${file}: ${words}: ${text.slice(0, 80)}`),
    )
  })
  expect(found).toEqual([])
})
