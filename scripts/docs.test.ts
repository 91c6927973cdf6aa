import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { apiScopes } from '#lib/base/permissions.ts'
import { settings } from '#lib/base/settings.ts'
import { requestCodes, verdicts } from '#lib/error-codes/schema.ts'
import { termNames } from '#lib/license-keys/terms.ts'
import {
  customContract,
  customEnvelope,
  customKinds,
  customSender,
  customSignature,
} from '#lib/vendors/custom/contract.ts'
import { formats } from '#lib/webhooks/formats.ts'
import { webhookTypes } from '#lib/webhooks/plain.ts'

// What the pages for people say that can be compared with the code.

const root = path.resolve(import.meta.dirname, '..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const pages = globSync('{*.md,{app,docs,e2e,lib,scripts,server}/**/*.md}', { cwd: root })
const cells = (line: string) => line.split('|').map((cell) => cell.trim())
/** The rows of a page's tables whose first cell is code. */
const rows = (file: string) =>
  read(file)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map(cells)
const named = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string)

test('every setting has a line in docs/running.md, with its default', () => {
  const lines = rows('docs/running.md')
  const known = new Map(
    lines.flatMap(([, names, defaults]) =>
      named(names).map((name, at) => [name, named(defaults)[at] ?? ''] as [string, string]),
    ),
  )
  // Only npm run demo sets it.
  const { LATCHKEY_DEMO: _, ...ours } = settings
  expect([...known.keys()].sort()).toEqual(Object.keys(ours).sort())
  for (const [name, { shape }] of Object.entries(ours)) {
    const otherwise = shape.parse(undefined)
    if (otherwise !== undefined) expect(known.get(name), name).toBe(String(otherwise))
  }
})

test('every code has a line in docs/client-software.md, in the order of the checks, with its statuses', () => {
  const lines = rows('docs/client-software.md')
  const codes = lines.flatMap(([, code]) => named(code))
  expect(codes).toEqual([...Object.keys(verdicts), ...requestCodes])
  for (const [code, { calls, status }] of Object.entries(verdicts)) {
    const [, , validate, activate, deactivate] = lines.find(([, name]) => name === `\`${code}\``) ?? []
    const statusOf = (verb: 'activate' | 'deactivate') =>
      (calls as readonly string[]).includes(verb) ? String(status) : ''
    expect([validate, activate, deactivate], code).toEqual([
      (calls as readonly string[]).includes('validate') ? '200' : '',
      statusOf('activate'),
      statusOf('deactivate'),
    ])
  }
})

test('every type of webhook message has a line in docs/webhooks.md, and it says what it is', () => {
  const lines = rows('docs/webhooks.md').map(([, type, about, says]) => [
    named(type)[0],
    named(about)[0] ?? about,
    says,
  ])
  const nouns: Record<string, string> = { license_key: 'license key', store_delivery: 'delivery' }
  const types = Object.entries(webhookTypes).map(([type, { about, says }]) => [type, nouns[about] ?? about, says])
  const ofVendors = (['polar', 'dodo'] as const).flatMap((format) =>
    Object.entries(formats[format].types).map(([type, { says }]) => [format, type, says]),
  )
  expect(lines).toEqual([...types, ...ofVendors])
})

test('docs/stores.md has every field of the messages of one’s own shop, the signature and every example', () => {
  const page = read('docs/stores.md')
  const words = page.replace(/\s+/g, ' ')
  expect(words).toContain(customSignature)
  expect(words).toContain(customKinds)
  expect(page).toContain(customSender)
  const [, ...sections] = page.slice(page.indexOf('### Around every message')).split('\n### ')
  const said = [{ fields: customEnvelope, examples: [] }, ...customContract]
  expect(sections.map((section) => section.split('\n')[0])).toEqual(customContract.map(({ type }) => type))
  const around = page.slice(page.indexOf('### Around every message'))
  for (const [at, { fields, examples }] of said.entries()) {
    const section = at === 0 ? (around.split('\n### ')[0] ?? '') : (sections[at - 1] ?? '')
    const lines = section.split('\n').filter((line) => line.startsWith('| `'))
    expect(lines.map((line) => cells(line).slice(1, 4))).toEqual(
      fields.map(({ names, optional, kind, what }) => [
        `${names.map((name) => `\`${name}\``).join(' or ')}${optional ? '?' : ''}`,
        kind,
        what,
      ]),
    )
    const shown = [...section.matchAll(/^(.+):\n\n```json\n([\s\S]+?)\n```/gm)]
    expect(shown.map(([, title, body]) => ({ title, message: JSON.parse(body as string) }))).toEqual(examples)
  }
})

test('every scope has a line in docs/api.md', () => {
  expect(
    rows('docs/api.md')
      .flatMap(([, scopes]) => named(scopes))
      .filter((name) => /:(read|write|reveal)$/.test(name)),
  ).toEqual([...apiScopes])
})

test('every filter of the list of keys has a line in docs/api.md', () => {
  const names = rows('docs/api.md').flatMap((row) =>
    row.flatMap((cell) => named(cell)).map((text) => /^-?(\w+):/.exec(text)?.[1]),
  )
  expect(termNames.filter((name) => name !== 'import' && !names.includes(name))).toEqual([])
})

test('ARCHITECTURE.md leads to the decisions of every room', () => {
  const decisions = read('ARCHITECTURE.md').split('## Where decisions are')[1]?.split('\n## ')[0] ?? ''
  const linked = [...decisions.matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => file).sort()
  expect(linked).toEqual(globSync('{app,e2e,scripts,server,lib/*}/README.md', { cwd: root }).sort())
})

test('README is a front door', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(150)
})

test.each(pages)('%s names nothing that is gone', (page) => {
  const text = read(page)
  const folder = path.dirname(path.join(root, page))
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) => path.resolve(folder, to as string))
  const files = [...text.matchAll(/`((?:app|components|docs|e2e|lib|prisma|scripts|server)\/[^`\s<…*]+)`/g)]
    .map(([, file]) => path.join(root, file as string))
    .filter((file) => path.extname(file) || file.endsWith('/'))
  const commands = [...text.matchAll(/npm run ([a-z:-]+)/g)].map(([, name]) => name as string)
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  expect([...links, ...files].filter((file) => !existsSync(file))).toEqual([])
  expect(commands.filter((name) => !scripts[name])).toEqual([])
})
