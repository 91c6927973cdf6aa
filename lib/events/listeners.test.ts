import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

// Events are the only way out. A new listener is a file beside these and a line in listeners.ts: nothing else names it.

const root = path.resolve(import.meta.dirname, '../..')
const sources = new Map(
  globSync(['lib/**/*.ts', 'app/**/*.{ts,tsx}', 'server/**/*.ts', 'scripts/**/*.ts', 'prisma/{seed.ts,demo/*.ts}'], {
    cwd: root,
  })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !/\.test\.tsx?$/.test(file))
    .map((file) => [file, readFileSync(path.join(root, file), 'utf8')]),
)
const filesWith = (pattern: RegExp) =>
  [...sources].flatMap(([file, source]) => (pattern.test(source) ? [file] : [])).sort()

test('only the list names listeners, and it names all of them', () => {
  const files = [...sources.keys()].filter((file) => file.endsWith('-listener.ts'))
  expect(files).toContain('lib/events/mail-listener.ts')
  for (const file of files) {
    expect(path.posix.dirname(file)).toBe('lib/events')
    const name = path.posix.basename(file)
    expect(filesWith(new RegExp(`from '[^']*/${name}'`)), name).toEqual(['lib/events/listeners.ts'])
  }
  const list = /listeners: Listener\[\] = \[(.*?)\]/s.exec(sources.get('lib/events/listeners.ts') ?? '')?.[1] ?? ''
  expect(list.split(',').filter((each) => each.trim())).toHaveLength(files.length)
})

test('only what records events tells the listeners', () => {
  const users = [...filesWith(/from '[^']*\/listeners\.ts'/)]
  const listening = (file: string) => file.endsWith('-listener.ts')
  expect(users.filter((file) => !listening(file))).toEqual(['lib/events/commands.ts'])
  expect(filesWith(/\binto events\b|\binsert\w*\(\s*\w+,\s*'events'|\.event\.(create|upsert)/i)).toEqual([
    'lib/events/commands.ts',
    // What happened in the story of the demo, before there was anybody to be told.
    'prisma/demo/scene.ts',
  ])
})

test('no command queues a mail itself, but those that follow from no event', () => {
  expect(filesWith(/\bqueueMails?\b/)).toEqual([
    // Whoever asks for a sign-in link may be nobody's member; that they signed in is the event.
    'lib/auth/address.ts',
    'lib/auth/commands.ts',
    'lib/auth/forgotten.ts',
    // What was done to an account is told to whoever has it; events belong to organizations, and some people have none.
    'lib/auth/news.ts',
    // Mailed again, many at once: as one key is below.
    'lib/bulk-changes/run.ts',
    // What becomes of an address is an event at every seller, and one mail for all of them; there may be none.
    'lib/customers/move-address.ts',
    'lib/events/mail-listener.ts',
    // A mail again: nothing about the key became so.
    'lib/license-keys/commands.ts',
    // A test of a mail that is being written: nothing became so.
    'lib/mail-settings/commands.ts',
    'lib/mail/commands.ts',
    // A mail again, for the same reason.
    'lib/mailer/again.ts',
    // That a store is silent is something that did not happen.
    'lib/stores/tell-troubles.ts',
    // The demo has some that wait.
    'prisma/seed.ts',
  ])
  expect(filesWith(/\binto mails\b|\binsert\w*\(\s*\w+,\s*'mails'|\.mail\.(create|upsert)/i)).toEqual([
    'lib/mail/commands.ts',
  ])
})
