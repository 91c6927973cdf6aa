import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

// Holds true: "Who may import what" (lib/README.md), the fixed set of file names, and the marks that keep server code on the server.

/** Every file under lib, components and app by its path from the root; sources of what is not code may be ''. */
type Sources = Map<string, string>

const NOUNS = new Set(
  ['organizations', 'products', 'key-configurations', 'license-keys', 'customers', 'purchases', 'history'].concat([
    ...['webhooks', 'mail', 'jobs', 'dialects', 'api', 'auth', 'overview', 'imports', 'snippets', 'error-codes'],
    'text',
  ]),
)
const LAYERS = new Set(['schema', 'rules', 'queries', 'commands'])

/** What a noun has beside the four. A new name is a decision: add it here. */
const EXTRAS: Record<string, string[]> = {
  'license-keys': [
    'adopt-key',
    'add-keys',
    'reveals',
    'change-key',
    'shown',
    'refusals',
    'key-records',
    'key-list',
    'activation-list',
    'known-as',
    'export',
    'key-string',
    'meant-keys',
    'fold-keys',
    'key-rows',
    'key-changes',
    'license-calls',
    'validate',
    'validate-plain',
    'repeatable',
    'group-commit',
    'validation-counts',
  ],
  'key-configurations': ['records'],
  customers: ['sessions'],
  organizations: ['members'],
  auth: ['attempts', 'options', 'passwords', 'session', 'sign-in', 'next-auth.d'].concat([
    ...['sessions', 'known-browser', 'security-log', 'account'],
  ]),
  mail: ['deliver', 'message'],
  jobs: ['queue', 'start'],
  // One per language, and how each quotes.
  snippets: ['quote', 'curl', 'javascript', 'python', 'go', 'rust', 'csharp', 'swift', 'php'].concat([
    ...['polar', 'dodo', 'lemonsqueezy'],
  ]),
  dialects: ['line', 'verbs', 'native', 'spelling', 'serve', 'manage', 'rate-limit'].concat(
    ['dodo', 'dodo-entitlements', 'dodo-keys', 'dodo-problems'], // Dodo Payments
    ['lemonsqueezy', 'lemonsqueezy-problems', 'lemonsqueezy-resources'], // Lemon Squeezy
    ['polar', 'polar-benefits', 'polar-problems', 'polar-read', 'polar-write'], // Polar
  ),
  history: ['follow'],
  imports: [
    'sources',
    'ready-mappings',
    'unused-columns',
    'damaged-cells',
    'read-record',
    'pass',
    'arrange',
    'facts',
    'catalogue',
    'batch',
    'write-batch',
    'run',
  ],
  api: [
    ...['endpoint', 'endpoints', 'serve', 'openapi', 'problem', 'paging', 'wire', 'rate-limit', 'repeatable'],
    // One file per chapter of the reference.
    'license-routes',
    ...[
      'license-keys',
      'activations',
      'customers',
      'purchases',
      'products',
      'key-configurations',
      'events',
      'organization',
    ],
  ],
}
const ROOT_FILES = new Set(
  [
    'action',
    'actor',
    'batches',
    'days',
    'db',
    'door',
    'download',
    'edits',
    'env',
    'errors',
    'guess-watch',
    'hmac',
    'ids',
    'keyset',
    'log',
    'markdown',
    'memory-counter',
    'page',
    'page-safety',
    'redis',
    'secret-check',
    'secret-columns',
    'secret-rotation',
    'secret-watch',
    'secrets',
    'server-only',
  ].map((name) => `lib/${name}.ts`),
)
/** The only inner files that know the framework (mail is rendered with React). */
const KNOW_NEXT = new Set([
  'lib/action.ts',
  'lib/page.ts',
  'lib/auth/session.ts',
  'lib/auth/sign-in.ts',
  'lib/auth/options.ts',
  'lib/mail/message.ts',
])
/** Inner files that a browser may have, or that are no code: every other one begins with `#server-only`. */
const WITHOUT_MARK = new Set([
  'lib/actor.ts',
  'lib/edits.ts',
  'lib/errors.ts',
  'lib/ids.ts',
  'lib/markdown.ts',
  'lib/server-only.ts',
  'lib/auth/next-auth.d.ts',
])

type Import = { specifier: string; isType: boolean }

const STATEMENT =
  /^(?:import|export)\s+(type\s+)?(?:[\w$]+\s*,?\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?)?\s*from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/gm

const importsOf = (source: string): Import[] =>
  [...source.matchAll(STATEMENT)].map((match) => ({
    specifier: match[2] ?? match[3] ?? match[4] ?? '',
    isType: match[1] !== undefined,
  }))

/** A file of ours by its path, or the specifier of a package. */
function resolve(specifier: string, from: string): string {
  if (specifier.startsWith('#lib/')) return `lib/${specifier.slice(5)}`
  if (specifier.startsWith('#components/')) return `components/${specifier.slice(12)}`
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(from), specifier)
  return specifier
}

const isTest = (file: string) => /\.test\.tsx?$/.test(file)
const isDialect = (file: string) =>
  /^lib\/dialects\/[^/]+\.ts$/.test(file) && !/\/(serve|manage|rate-limit)\.ts$/.test(file) && !isTest(file)
const layerOf = (file: string) =>
  /^lib\/[^/]+\/(schema|rules|queries|commands)\.ts$/.exec(file)?.[1] ??
  (/^lib\/license-keys\/(shown|refusals)\.ts$/.test(file) || file === 'lib/days.ts' ? 'rules' : undefined) ??
  // Programs to copy are made of their facts alone.
  (/^lib\/snippets\/[a-z]+\.ts$/.test(file) ? 'rules' : undefined)
const isBrowserSafe = (file: string) => ['schema', 'rules'].includes(layerOf(file) ?? '')

/** Why `file` may not import `target` (resolved); null when it may. */
function whyNotImport(file: string, target: string, { specifier, isType }: Import): string | null {
  const ours = /^(lib|components|app)\//.test(target)
  const isPackage = !ours && !target.startsWith('#') && !/^[./]|^(prisma|scripts|e2e)\//.test(target)
  if (/^(#|\.)/.test(specifier) && specifier !== '#server-only' && !/\.(tsx?|css|json)$/.test(specifier))
    return 'needs its extension'
  if (/^(scripts|e2e)\//.test(target)) return 'is of scripts or tests'

  if (file.startsWith('lib/')) {
    if (/^(app|components)\//.test(target)) return 'lies further out'
    if (isTest(file)) return null
    const layer = layerOf(file)
    const isEnums = target === '#prisma/enums.ts'
    if (layer === 'schema')
      return target === 'zod' || layerOf(target) === 'schema' || target === 'lib/days.ts' || isEnums
        ? null
        : 'is more than a schema may know'
    if (layer === 'rules') {
      const known = target === 'zod' || isBrowserSafe(target) || isEnums
      return known || ['lib/actor.ts', 'lib/edits.ts', 'lib/errors.ts'].includes(target)
        ? null
        : 'is more than a rule may know'
    }
    if (isDialect(file)) {
      // An id spelled by a vendor is read without a look-up.
      const known = target === 'zod' || layerOf(target) === 'schema' || isDialect(target) || target === 'lib/ids.ts'
      return known ? null : 'is more than a dialect may know: only serve.ts and manage.ts meet the commands'
    }
    if (target.startsWith('lib/dialects/') && !file.startsWith('lib/dialects/')) return 'is how HTTP is spelled'
    if (target.startsWith('lib/api/') && layer) return 'is how HTTP is spelled'
    if (layer === 'queries' && layerOf(target) === 'commands') return 'writes, and queries only read'
    if (/^(next|react|react-dom)(\/|$)/.test(target) && !isType && !KNOW_NEXT.has(file) && !file.endsWith('.tsx'))
      return 'is the framework, which plain Node has not'
    return null
  }

  if (file.startsWith('components/')) {
    if (target.startsWith('app/')) return 'lies further out'
    if (file.startsWith('components/ui/')) {
      // It knows no nouns either.
      const isMarkdown = target === 'lib/markdown.ts'
      return isPackage || isMarkdown || target.startsWith('components/ui/')
        ? null
        : 'is a noun, a route or a form to components/ui'
    }
    if (target.startsWith('lib/')) {
      const isFormState = target === 'lib/action.ts' && isType
      return isBrowserSafe(target) || isFormState ? null : 'is neither a schema nor a rule'
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
  if (/(^|\/)(utils?|helpers?|types|hooks|common|misc)(\/|\.tsx?$)/.test(file)) return 'names nothing'
  if (/(^|\/)index\.tsx?$/.test(file)) return 'is a barrel'
  const name = path.posix.basename(file)
  if (/\.tsx?$/.test(name) && !/^[a-z0-9]+(-[a-z0-9]+)*(\.d|\.test|\.db\.test)?\.tsx?$/.test(name))
    return 'is not kebab-case'
  if (!/^lib\/.*\.tsx?$/.test(file)) return null

  const [, noun = '', inner = '', ...deeper] = file.split('/')
  if (!inner) return ROOT_FILES.has(file) || isTest(file) ? null : 'is not among the root files'
  if (!NOUNS.has(noun)) return `is in no noun's folder`
  if (noun === 'mail' && inner === 'templates' && deeper.length === 1) return null
  if (deeper.length > 0) return 'lies too deep'
  if (file.endsWith('.tsx')) return 'has JSX, which plain Node does not read'
  const stem = inner.replace(/(\.db)?(\.test)?\.ts$/, '')
  return LAYERS.has(stem) || EXTRAS[noun]?.includes(stem) ? null : 'is not in the fixed set of file names'
}

/** What is wrong with a file's text. */
function whyNotSo(file: string, source: string): string | null {
  if (/^\s*vi\.(mock|doMock|stubGlobal)\(/m.test(source)) return 'mocks'
  if (/^export \* from/m.test(source)) return 're-exports everything'
  if (!/^lib\/.*\.ts$/.test(file) || isTest(file)) return null
  if (
    /^(export )?(declare )?(const )?enum |^(export )?namespace |constructor\([^)]*\b(private|public|protected|readonly) /m.test(
      source,
    )
  )
    return 'has TypeScript that cannot be erased'
  if (isBrowserSafe(file) || isDialect(file) || WITHOUT_MARK.has(file)) return null
  return importsOf(source)[0]?.specifier === '#server-only' ? null : "does not begin with import '#server-only'"
}

/** Every breach of the rules, as sentences. */
function breaches(sources: Sources): string[] {
  const found: string[] = []
  for (const [file, source] of sources) {
    for (const why of [whyNotThere(file), whyNotSo(file, source)]) if (why) found.push(`${file} ${why}`)
    if (!/\.tsx?$/.test(file)) continue
    // Programs to copy have imports of their own; ours stand above them.
    const own = file.startsWith('lib/snippets/') ? source.slice(0, source.indexOf('`')) : source
    for (const each of importsOf(own)) {
      const target = resolve(each.specifier, file)
      const why = whyNotImport(file, target, each)
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

test('every file keeps to its layer', () => {
  expect(sources.size).toBeGreaterThan(100)
  expect(breaches(sources)).toEqual([])
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

test('the lists above name nothing that is gone', () => {
  const extras = Object.entries(EXTRAS).flatMap(([noun, names]) => names.map((name) => `lib/${noun}/${name}.ts`))
  for (const file of [...extras, ...ROOT_FILES, ...KNOW_NEXT, ...WITHOUT_MARK])
    expect(sources.has(file), file).toBe(true)
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
    ['schema', 'lib/products/schema.ts', from('../db.ts'), 'a schema may know'],
    ['schema', 'lib/products/schema.ts', from('./rules.ts'), 'a schema may know'],
    ['schema', 'lib/products/schema.ts', from('#prisma/client.ts'), 'a schema may know'],
    ['schema', 'lib/products/schema.ts', from('node:crypto'), 'a schema may know'],
    ['schema', 'lib/products/schema.ts', mark, 'a schema may know'],
    ['rules', 'lib/products/rules.ts', from('../db.ts'), 'a rule may know'],
    ['rules', 'lib/products/rules.ts', from('./queries.ts'), 'a rule may know'],
    ['rules', 'lib/products/rules.ts', from('../env.ts'), 'a rule may know'],
    ['rules', 'lib/products/rules.ts', "import type { Row } from '#prisma/client.ts'\n", 'a rule may know'],
    ['rules', 'lib/products/rules.ts', "const x = await import('../db.ts')\n", 'a rule may know'],
    ['queries', 'lib/products/queries.ts', mark + from('#components/ui/button.tsx'), 'further out'],
    ['queries', 'lib/products/queries.ts', mark + from('../../app/page.tsx'), 'further out'],
    ['queries', 'lib/products/queries.ts', mark + from('./commands.ts'), 'only read'],
    ['queries', 'lib/products/queries.ts', from('../db.ts'), '#server-only'],
    ['commands', 'lib/products/commands.ts', mark + from('../../components/event-list.tsx'), 'further out'],
    ['commands', 'lib/products/commands.ts', from('../db.ts') + mark, '#server-only'],
    ['commands', 'lib/products/commands.ts', mark + from('next/cache'), 'framework'],
    ['commands', 'lib/products/commands.ts', mark + from('react'), 'framework'],
    ['commands', 'lib/products/commands.ts', mark + from('../dialects/line.ts'), 'HTTP'],
    ['queries', 'lib/products/queries.ts', mark + from('../api/products.ts'), 'HTTP'],
    ['commands', 'lib/products/commands.ts', mark + from('../../scripts/migrate.ts'), 'scripts'],
    ['extra', 'lib/mail/deliver.ts', from('../db.ts'), '#server-only'],
    ['a test of lib', 'lib/products/rules.test.ts', from('#components/ui/button.tsx'), 'further out'],
    ['dialect', 'lib/dialects/line.ts', from('../license-keys/rules.ts'), 'a dialect may know'],
    ['dialect', 'lib/dialects/native.ts', from('../license-keys/license-calls.ts'), 'a dialect may know'],
    ['dialect', 'lib/dialects/native.ts', from('./serve.ts'), 'a dialect may know'],
    ['component', 'components/event-list.tsx', from('#lib/license-keys/queries.ts'), 'neither a schema nor a rule'],
    ['component', 'components/event-list.tsx', from('#lib/db.ts'), 'neither a schema nor a rule'],
    ['component', 'components/event-list.tsx', from('#lib/action.ts'), 'neither a schema nor a rule'],
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
    ['extension', 'lib/products/queries.ts', mark + from('../db'), 'extension'],
    ['barrel', 'components/ui/index.ts', '', 'barrel'],
    ['barrel', 'lib/products/index.ts', mark, 'barrel'],
    ['barrel', 'components/ui/all.ts', "export * from './button.tsx'\n", 're-exports'],
    ['folder', 'components/utils/dates.ts', '', 'names nothing'],
    ['folder', 'app/purchases/types/row.ts', '', 'names nothing'],
    ['file', 'lib/products/helpers.ts', mark, 'names nothing'],
    ['file', 'lib/products/service.ts', mark, 'fixed set'],
    ['file', 'lib/license-keys/session.ts', mark, 'fixed set'],
    ['file', 'lib/products/commands.tsx', mark, 'JSX'],
    ['file', 'lib/products/deep/rules.ts', mark, 'too deep'],
    ['file', 'lib/coupons/rules.ts', '', "no noun's folder"],
    ['file', 'lib/dates.ts', mark, 'root files'],
    ['file', 'components/EventList.tsx', '', 'kebab-case'],
    ['enum', 'lib/products/rules.ts', 'export enum Kind { A }\n', 'erased'],
    ['property', 'lib/errors.ts', 'class A { constructor(readonly a: string) {} }\n', 'erased'],
    ['snippet', 'lib/snippets/go.ts', from('../env.ts'), 'a rule may know'],
    ['mock', 'lib/products/rules.test.ts', "vi.mock('../db.ts')\n", 'mocks'],
  ])('%s: %s', (_kind, file, source, why) => {
    const found = breaches(new Map([...sources, [file, source]]))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(file)
    expect(found[0]).toContain(why)
  })

  test.each<[string, string]>([
    ['lib/products/schema.ts', from('zod', '../license-keys/schema.ts', '#prisma/enums.ts')],
    ['lib/products/rules.ts', from('zod', './schema.ts', '../license-keys/rules.ts', '../actor.ts', '../errors.ts')],
    ['lib/products/queries.ts', mark + from('../db.ts', '../license-keys/queries.ts', '#prisma/client.ts')],
    ['lib/products/commands.ts', mark + from('../db.ts', '../history/commands.ts', './queries.ts')],
    ['lib/dialects/native.ts', from('zod', './line.ts', '../license-keys/schema.ts', '../ids.ts')],
    ['lib/dialects/serve.ts', mark + from('../license-keys/license-calls.ts', './native.ts', '../log.ts')],
    ['components/event-list.tsx', from('react', '#lib/history/rules.ts', '#lib/history/schema.ts', './ui/button.tsx')],
    ['components/confirm-action.ts', "import type { FormAction } from '#lib/action.ts'\n"],
    ['components/ui/button.tsx', from('react', './cx.ts', '@base-ui/react/button')],
    [
      'app/purchases/[id]/page.tsx',
      from('./mail-key-form.tsx', '../actions.ts', '#lib/db.ts', '#components/ui/button.tsx'),
    ],
  ])('and what is allowed is not: %s', (file, source) => {
    expect(breaches(new Map([...sources, [file, source]]))).toEqual([])
  })
})
