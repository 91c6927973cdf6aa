import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { vendors } from './vendors/list.ts'

// Holds true what ARCHITECTURE.md says under "Rooms": who may look into whom, what a browser may have, and how things are called.

/**
 * The rooms of lib, from the ground up. A room looks into itself and into those on lines above its own, so there is no way round in a
 * circle. A new room is one line here.
 */
const FLOORS = [
  ['base', 'snippets'],
  ['words'],
  ['database', 'error-codes', 'import-fields', 'store-facts', 'web'],
  ['secrets'],
  ['http', 'key-strings', 'mail', 'webhooks'],
  ['events', 'secret-rotation'],
  ['auth', 'key-configurations', 'metadata'],
  ['license-keys', 'mail-settings', 'organizations', 'products', 'webhook-endpoints'],
  ['license-calls', 'customers', 'mailer', 'overview', 'saved-views', 'call-log'],
  ['activations', 'live'],
  ['purchases', 'bulk-changes', 'refusals', 'misuse'],
  ['exports', 'operations'],
  ['vendors/*'],
  ['vendors'],
  ['imports', 'stores'],
  ['archives'],
  ['personal-data'],
  ['api'],
  ['webhook-delivery'],
  ['jobs'],
]
/** Vendors' folders are on one floor: none knows another. */
const floorOf = (room: string) => FLOORS.findIndex((rooms) => rooms.includes(room.replace(/\/.+/, '/*')))

/** Files that know the framework, which plain Node has not (mail is rendered with React). */
const KNOW_NEXT = [
  'lib/web/action.ts',
  'lib/web/page.ts',
  'lib/web/reader-action.ts',
  'lib/words/reader.ts',
  'lib/mailer/message.ts',
  'lib/mailer/notices.ts',
  'lib/mailer/store-notices.ts',
  'lib/mailer/customer-message.ts',
].concat(['session', 'sign-in', 'options', 'provider-sign-in'].map((name) => `lib/auth/${name}.ts`))
/** What a file that browsers may have knows beside others like it. */
const HARMLESS = ['zod', '#prisma/enums.ts']

/** The one place that spells the addresses of pages. */
const PATHS = 'lib/web/paths.ts'

/** What tests of lib and tests from outside both read. */
const SAMPLES = ['store-samples', 'store-signers', 'store-life', 'store-registers', 'organization'].map(
  (name) => `e2e/${name}.ts`,
)

type Import = { specifier: string; isType: boolean }
/** Every file under lib, components and app by its path from the root; sources of what is not code may be ''. */
type Sources = Map<string, string>

const STATEMENT =
  /^(?:import|export)\s+(type\s+)?(?:[\w$]+\s*,?\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?)?\s*from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/gm

const readImports = (source: string): Import[] =>
  [...source.matchAll(STATEMENT)].map((match) => ({
    specifier: match[2] ?? match[3] ?? match[4] ?? '',
    isType: match[1] !== undefined,
  }))

// The same files are looked at again for every import of theirs, and for every breach that is planted.
const known = new Map<string, Import[]>()
const importsOf = (source: string): Import[] => {
  const imports = known.get(source) ?? readImports(source)
  known.set(source, imports)
  return imports
}

/** A file of ours by its path, or the specifier of a package. */
function resolve(specifier: string, from: string): string {
  if (specifier.startsWith('#lib/')) return `lib/${specifier.slice(5)}`
  if (specifier.startsWith('#components/')) return `components/${specifier.slice(12)}`
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(from), specifier)
  return specifier
}

const isTest = (file: string) => /\.test\.tsx?$/.test(file)
/** Where a file of lib lies: `license-keys`, `vendors/polar`. */
const roomOf = (file: string) => /^lib\/(vendors\/[^/]+(?=\/)|[^/]+)\//.exec(file)?.[1] ?? ''
/** What browsers may have: files of lib that do not begin with the mark of the server. */
const isForBrowsers = (file: string, sources: Sources) =>
  /^lib\/.*(?<!\.d)\.ts$/.test(file) && importsOf(sources.get(file) ?? '')[0]?.specifier !== '#server-only'
/** Shapes and rules are pure: what they decide depends on what they are given. */
const isPure = (file: string) => /\/(plain|schema|rules)\.ts$/.test(file)

/** Why `file` may not import `target` (resolved); null when it may. */
function whyNotImport(file: string, target: string, { specifier, isType }: Import, sources: Sources): string | null {
  const ours = /^(lib|components|app)\//.test(target)
  const isPackage = !ours && !target.startsWith('#') && !/^[./]|^(prisma|scripts|server|e2e)\//.test(target)
  if (/^(#|\.)/.test(specifier) && specifier !== '#server-only' && !/\.(tsx?|css|json)$/.test(specifier))
    return 'needs its extension'
  if (/^(scripts|server|e2e)\//.test(target) && !(isTest(file) && SAMPLES.includes(target)))
    return 'is of the server, of scripts or of tests'

  if (file.startsWith('lib/')) {
    if (/^(app|components)\//.test(target)) return 'lies further out'
    if (isTest(file)) return null
    const [own, other] = [roomOf(file), roomOf(target)]
    if (other && own !== other && floorOf(other) >= floorOf(own)) return `is on no floor below ${own}`
    if (isForBrowsers(file, sources)) {
      const isId = file === 'lib/base/ids.ts' && target === 'node:crypto'
      // That the mark is not where it should be is said elsewhere.
      if (target === '#server-only') return null
      if (/\/plain\.ts$/.test(file) && !isType && /(^zod|\/schema\.ts)$/.test(target))
        return 'is zod, or shapes made with it'
      const isRoute = isType && target === 'next'
      const known = isForBrowsers(target, sources) || HARMLESS.includes(target) || isId || isRoute
      return known ? null : 'is the server’s, and this file begins without its mark'
    }
    if (/\/queries\.ts$/.test(file) && /\/commands\.ts$/.test(target)) return 'writes, and queries only read'
    if (/^(next|react|react-dom)(\/|$)/.test(target) && !isType && !KNOW_NEXT.includes(file) && !file.endsWith('.tsx'))
      return 'is the framework, which plain Node has not'
    return null
  }

  if (file.startsWith('components/')) {
    if (target.startsWith('app/')) return 'lies further out'
    if (file.startsWith('components/ui/')) {
      // It knows no nouns either.
      const known = isPackage || target === 'lib/base/markdown.ts' || target.startsWith('components/ui/')
      return known ? null : 'is a noun, a route or a form to components/ui'
    }
    if (target.startsWith('lib/')) {
      const isFormState = target === 'lib/web/action.ts' && isType
      return isForBrowsers(target, sources) || isFormState ? null : 'is not for browsers'
    }
    return target.startsWith('#prisma/') && target !== '#prisma/enums.ts' ? 'is the database' : null
  }

  if (file.startsWith('app/') && target.startsWith('app/')) {
    // Its own folder, those it lies in, and those below it; what two pages side by side share is promoted to components/.
    const [own, other] = [file, target].map((each) => `${path.posix.dirname(each)}/`) as [string, string]
    return own.startsWith(other) || other.startsWith(own) ? null : "is another page's: promote it to components/"
  }
  return null
}

/** What is wrong with where a file lies and what it is called. */
function whyNotThere(file: string): string | null {
  if (/(^|\/)(utils?|helpers?|types|hooks|common|misc|service)(\/|\.tsx?$)/.test(file)) return 'names nothing'
  if (/(^|\/)index\.tsx?$/.test(file)) return 'is a barrel'
  const name = path.posix.basename(file)
  if (/\.tsx?$/.test(name) && !/^[a-z0-9]+(-[a-z0-9]+)*(\.d|\.test|\.db\.test)?\.tsx?$/.test(name))
    return 'is not kebab-case'
  if (!/^lib\/.*\.tsx?$/.test(file)) return null
  const room = roomOf(file)
  if (!room) return isTest(file) ? null : 'lies in no room'
  if (floorOf(room) === -1) return 'is in a room that is on no floor'
  const below = file.slice(`lib/${room}/`.length)
  if (/^templates\/[^/]+$/.test(below)) return null
  if (below.includes('/')) return 'lies too deep'
  return file.endsWith('.tsx') ? 'has JSX, which plain Node does not read' : null
}

/** What is wrong with a file's text. */
function whyNotSo(file: string, source: string, sources: Sources): string | null {
  if (/^\s*vi\.(mock|doMock|stubGlobal)\(/m.test(source)) return 'mocks'
  if (/^export \* from/m.test(source)) return 're-exports everything'
  const spellsAddress = /\bas Route\b|`\/(dashboard|docs|docs\/errors|outbox|purchases)[/?#]\$\{/
  if (file !== PATHS && !isTest(file) && spellsAddress.test(source)) return `spells an address, which ${PATHS} is for`
  if (!/^lib\/.*\.ts$/.test(file) || isTest(file)) return null
  const cannotErase =
    /^(export )?(declare )?(const )?enum |^(export )?namespace |constructor\([^)]*\b(private|public|protected|readonly) /m
  if (cannotErase.test(source)) return 'has TypeScript that cannot be erased'
  if (isPure(file) && !isForBrowsers(file, sources)) return 'is pure, and begins with the mark of the server'
  const marks = importsOf(source).findIndex(({ specifier }) => specifier === '#server-only')
  return marks > 0 ? 'does not begin with its mark' : null
}

/** Every breach of the rules, as sentences. */
function breaches(sources: Sources): string[] {
  const found: string[] = []
  for (const [file, source] of sources) {
    for (const why of [whyNotThere(file), whyNotSo(file, source, sources)]) if (why) found.push(`${file} ${why}`)
    if (!/\.tsx?$/.test(file)) continue
    // Programs to copy have imports of their own; ours stand above them.
    const isProgram = file.startsWith('lib/snippets/') || file.endsWith('/snippet.ts')
    const own = isProgram ? source.slice(0, source.indexOf('`')) : source
    for (const each of importsOf(own)) {
      const why = whyNotImport(file, resolve(each.specifier, file), each, sources)
      if (why) found.push(`${file} imports ${each.specifier}, which ${why}`)
    }
  }
  return found
}

const root = path.resolve(import.meta.dirname, '..')

function readSources(): Sources {
  const files = globSync(['lib/**/*', 'components/**/*', 'app/**/*'], { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => file !== import.meta.filename) // full of examples
  return new Map(
    files.map((file) => [
      path.relative(root, file).split(path.sep).join('/'),
      /\.tsx?$/.test(file) ? readFileSync(file, 'utf8') : '',
    ]),
  )
}

const sources = readSources()

test('every file keeps to its floor', () => {
  expect(sources.size).toBeGreaterThan(100)
  expect(breaches(sources)).toEqual([])
})

/** The one form that is checked while it is typed, with the shape the server checks it with. */
const CHECKS_WHILE_TYPED = 'app/dashboard/[organization]/key-configurations/form-values.ts'

/** The ways from a file that a browser loads to zod, which is as large as all else of a small page. */
function waysToZod(sources: Sources): string[] {
  const is = (kind: string, file: string) => sources.get(file)?.trimStart().startsWith(`'use ${kind}'`)
  const found: string[] = []
  for (const start of [...sources.keys()].filter((file) => is('client', file))) {
    const seen = new Set<string>()
    const follow = (file: string, way: string[]) => {
      if (seen.has(file) || is('server', file) || file === CHECKS_WHILE_TYPED) return
      seen.add(file)
      if (file === 'zod') found.push([...way, file].join(' → '))
      for (const { specifier, isType } of importsOf(sources.get(file) ?? ''))
        if (!isType) follow(resolve(specifier, file), [...way, file])
    }
    follow(start, [])
  }
  return found
}

test('no page makes a browser load zod', () => {
  expect(waysToZod(sources)).toEqual([])
  // A planted way is found.
  const planted = (source: string) =>
    waysToZod(new Map([...sources, ['components/shell/sidebar.tsx', `'use client'\n${source}`]]))
  expect(planted("import { a } from '#lib/products/schema.ts'\n")[0]).toContain('lib/products/schema.ts → zod')
  expect(planted("import type { A } from '#lib/products/schema.ts'\n")).toEqual([])
})

test('every import of ours leads to a file', () => {
  const missing = [...sources].flatMap(([file, source]) =>
    importsOf(source)
      .map(({ specifier }) => resolve(specifier, file))
      .filter((target) => /^(lib|components|app)\//.test(target) && !existsSync(path.join(root, target)))
      .map((target) => `${file} → ${target}`),
  )
  expect(missing).toEqual([])
})

test('no two rooms look into each other, and no room takes more than a sixth of lib', () => {
  const looks = new Set<string>()
  const lines = new Map<string, number>()
  for (const [file, source] of sources) {
    if (!file.startsWith('lib/') || isTest(file) || !roomOf(file)) continue
    const room = roomOf(file)
    lines.set(room, (lines.get(room) ?? 0) + source.split('\n').length)
    for (const { specifier } of importsOf(source)) {
      const other = roomOf(resolve(specifier, file))
      if (other && other !== room) looks.add(`${room} ${other}`)
    }
  }
  expect([...looks].filter((pair) => looks.has(pair.split(' ').reverse().join(' ')))).toEqual([])
  const all = [...lines.values()].reduce((sum, each) => sum + each, 0)
  expect([...lines].filter(([, own]) => own > all / 6)).toEqual([])
})

test('every vendor has its line in the list', () => {
  const folders = new Set([...sources.keys()].flatMap((file) => /^lib\/vendors\/([^/]+)\//.exec(file)?.[1] ?? []))
  expect([...folders].sort()).toEqual(Object.keys(vendors).sort())
})

test('the lists above name nothing that is gone', () => {
  const rooms = new Set([...sources.keys()].map(roomOf))
  for (const room of FLOORS.flat()) if (room !== 'vendors/*') expect(rooms, room).toContain(room)
  for (const file of [...KNOW_NEXT, PATHS]) expect(sources.has(file), file).toBe(true)
})

test('every way to write an import is read', () => {
  const source = `import '#server-only'
import a from 'a'
import b, { c } from "b"
import * as d from 'd'
import type { E } from 'e'
import {
  type F,
  g,
} from 'f'
export { h } from 'h'
export * from 'i'
export type { J } from 'j'
export * as k from 'k'
const l = await import('l')
const m = () => import( "m" )
const n = require('n')
// from 'not-this', nor import x from 'that'
const text = "he came from 'afar'"
`
  expect(importsOf(source).map(({ specifier }) => specifier)).toEqual([
    ...['#server-only', 'a', 'b', 'd', 'e', 'f', 'h', 'i', 'j', 'k', 'l', 'm', 'n'],
  ])
  expect(importsOf(source).filter(({ isType }) => isType)).toHaveLength(2)
})

describe('a planted breach is found', () => {
  const mark = "import '#server-only'\n"
  const from = (...specifiers: string[]) => specifiers.map((each) => `import { x } from '${each}'\n`).join('')

  test.each<[string, string, string, string]>([
    ['schema', 'lib/products/schema.ts', from('../database/client.ts'), 'without its mark'],
    ['schema', 'lib/products/schema.ts', from('#prisma/client.ts'), 'without its mark'],
    ['schema', 'lib/products/schema.ts', from('node:crypto'), 'without its mark'],
    ['schema', 'lib/overview/schema.ts', mark, 'is pure'],
    ['plain', 'lib/products/plain.ts', mark, 'is pure'],
    ['plain', 'lib/products/plain.ts', from('zod'), 'is zod'],
    ['plain', 'lib/products/plain.ts', from('./schema.ts'), 'is zod'],
    ['rules', 'lib/products/rules.ts', from('../database/client.ts'), 'without its mark'],
    ['rules', 'lib/products/rules.ts', from('./queries.ts'), 'without its mark'],
    ['rules', 'lib/products/rules.ts', from('../base/env.ts'), 'without its mark'],
    ['rules', 'lib/products/rules.ts', "import type { Row } from '#prisma/client.ts'\n", 'without its mark'],
    ['rules', 'lib/products/rules.ts', "const x = await import('../database/client.ts')\n", 'without its mark'],
    ['queries', 'lib/products/queries.ts', mark + from('#components/ui/button.tsx'), 'further out'],
    ['queries', 'lib/products/queries.ts', mark + from('../../app/page.tsx'), 'further out'],
    ['queries', 'lib/products/queries.ts', mark + from('./commands.ts'), 'only read'],
    ['queries', 'lib/products/queries.ts', from('../database/client.ts'), 'without its mark'],
    ['commands', 'lib/products/commands.ts', mark + from('../../components/event-list.tsx'), 'further out'],
    ['commands', 'lib/products/commands.ts', from('../base/errors.ts') + mark, 'begin with its mark'],
    ['commands', 'lib/products/commands.ts', mark + from('next/cache'), 'framework'],
    ['commands', 'lib/products/commands.ts', mark + from('react'), 'framework'],
    ['commands', 'lib/products/commands.ts', mark + from('../operations/line.ts'), 'no floor below products'],
    ['commands', 'lib/products/commands.ts', mark + from('../purchases/commands.ts'), 'no floor below products'],
    ['queries', 'lib/products/queries.ts', mark + from('../api/products.ts'), 'no floor below products'],
    ['queries', 'lib/events/queries.ts', mark + from('../license-keys/queries.ts'), 'no floor below events'],
    ['neighbours', 'lib/customers/queries.ts', mark + from('../activations/schema.ts'), 'no floor below customers'],
    ['commands', 'lib/products/commands.ts', mark + from('../../server/database/migrate.ts'), 'server'],
    ['a test of lib', 'lib/products/rules.test.ts', from('#components/ui/button.tsx'), 'further out'],
    ['dialect', 'lib/vendors/polar/read.ts', from('../../license-keys/queries.ts'), 'without its mark'],
    ['dialect', 'lib/vendors/latchkey/dialect.ts', from('../../license-calls/calls.ts'), 'without its mark'],
    ['dialect', 'lib/vendors/polar/read.ts', from('../dodo/keys.ts'), 'no floor below vendors/polar'],
    ['component', 'components/event-list.tsx', from('#lib/license-keys/queries.ts'), 'not for browsers'],
    ['component', 'components/event-list.tsx', from('#lib/database/client.ts'), 'not for browsers'],
    ['component', 'components/event-list.tsx', from('#lib/web/action.ts'), 'not for browsers'],
    ['component', 'components/event-list.tsx', from('#prisma/client.ts'), 'is the database'],
    ['component', 'components/event-list.tsx', from('../app/login/page.tsx'), 'further out'],
    ['ui', 'components/ui/button.tsx', from('#lib/license-keys/schema.ts'), 'components/ui'],
    ['ui', 'components/ui/button.tsx', from('../shell/sidebar.tsx'), 'components/ui'],
    ['ui', 'components/ui/button.tsx', from('#components/event-list.tsx'), 'components/ui'],
    ['ui', 'components/ui/data-table/pager.tsx', from('#prisma/enums.ts'), 'components/ui'],
    ['ui', 'components/ui/button.tsx', from('../../app/login/page.tsx'), 'further out'],
    ['page', 'app/purchases/page.tsx', from('../login/link-form.tsx'), 'promote'],
    ['page', 'app/purchases/[id]/page.tsx', from('../../login/link/link-form.tsx'), 'promote'],
    ['extension', 'app/purchases/page.tsx', from('./list'), 'extension'],
    ['extension', 'lib/products/queries.ts', mark + from('../database/client'), 'extension'],
    ['barrel', 'components/ui/index.ts', '', 'barrel'],
    ['barrel', 'lib/products/index.ts', mark, 'barrel'],
    ['barrel', 'components/ui/all.ts', "export * from './button.tsx'\n", 're-exports'],
    ['folder', 'components/utils/dates.ts', '', 'names nothing'],
    ['folder', 'app/purchases/types/row.ts', '', 'names nothing'],
    ['file', 'lib/products/helpers.ts', mark, 'names nothing'],
    ['file', 'lib/products/service.ts', mark, 'names nothing'],
    ['file', 'lib/products/commands.tsx', mark, 'JSX'],
    ['file', 'lib/products/deep/rules.ts', '', 'too deep'],
    ['room', 'lib/coupons/rules.ts', '', 'on no floor'],
    ['room', 'lib/dates.ts', mark, 'in no room'],
    ['file', 'components/EventList.tsx', '', 'kebab-case'],
    ['enum', 'lib/products/rules.ts', 'export enum Kind { A }\n', 'erased'],
    ['property', 'lib/base/errors.ts', 'class A { constructor(readonly a: string) {} }\n', 'erased'],
    ['snippet', 'lib/snippets/go.ts', `${from('../base/env.ts')}\``, 'no floor below snippets'],
    ['address', 'app/purchases/page.tsx', 'const x = path as Route\n', 'spells an address'],
    ['address', 'components/event-list.tsx', `const x = \`/dashboard/\${slug}\`\n`, 'spells an address'],
    ['mock', 'lib/products/rules.test.ts', "vi.mock('../database/client.ts')\n", 'mocks'],
  ])('%s: %s', (_kind, file, source, why) => {
    const found = breaches(new Map([...sources, [file, source]]))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(file)
    expect(found[0]).toContain(why)
  })

  test.each<[string, string]>([
    ['lib/products/schema.ts', from('zod', '../key-configurations/schema.ts', '#prisma/enums.ts')],
    ['lib/purchases/rules.ts', from('zod', './schema.ts', '../license-keys/rules.ts', '../base/errors.ts')],
    [
      'lib/purchases/queries.ts',
      mark + from('../database/client.ts', '../license-keys/queries.ts', '#prisma/client.ts'),
    ],
    ['lib/products/commands.ts', mark + from('../database/client.ts', '../events/commands.ts', './queries.ts')],
    ['lib/vendors/latchkey/dialect.ts', from('zod', '../../operations/line.ts', '../../base/ids.ts')],
    ['lib/vendors/serve.ts', mark + from('../license-calls/calls.ts', './polar/dialect.ts', '../base/log.ts')],
    ['components/event-list.tsx', from('react', '#lib/events/rules.ts', '#lib/events/schema.ts', './ui/button.tsx')],
    ['components/confirm-action.ts', "import type { FormAction } from '#lib/web/action.ts'\n"],
    ['components/ui/button.tsx', from('react', './cx.ts', '@base-ui/react/button')],
    [
      'app/purchases/[id]/page.tsx',
      from('../mail-key-form.tsx', '../actions.ts', '#lib/database/client.ts', '#components/ui/button.tsx'),
    ],
  ])('and what is allowed is not: %s', (file, source) => {
    expect(breaches(new Map([...sources, [file, source]]))).toEqual([])
  })
})
