import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

// npm run doctor and npm run import in a folder where only the demo has organizations, while it runs.

const root = path.join(import.meta.dirname, '..')
// What this installation keeps lies beside its programs, so the programs go to a folder of their own.
const home = mkdtempSync(path.join(tmpdir(), 'latchkey-demo-'))

const open = `
  import { openDemo } from './scripts/demo-data.ts'
  import { loadEnvironment } from './server/environment.ts'
  import { run, untilStopped } from './server/lifecycle.ts'
  await run(async () => {
    await openDemo(loadEnvironment('demo'))
    console.log('The demo is open.')
    return untilStopped()
  })`

function start(...args: string[]) {
  // Nothing of the tests' own set-up: neither their database nor their secret.
  const env = {
    NODE_ENV: 'production',
    PATH: process.env.PATH,
    HOME: home,
    LOG_LEVEL: 'error',
    FORCE_COLOR: '0',
  } as const
  const child = spawn(process.execPath, args, { cwd: home, env })
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said.text += String(part)))
  return { child, said, ended: once(child, 'close') }
}

async function answerOf(script: string, ...args: string[]) {
  const { said, ended } = start(path.join(home, 'scripts', script), ...args)
  await ended
  return said.text
}

let demo: ReturnType<typeof start> | undefined
beforeAll(async () => {
  for (const name of ['lib', 'prisma', 'scripts', 'server', 'package.json', 'package-lock.json'])
    cpSync(path.join(root, name), path.join(home, name), { recursive: true })
  symlinkSync(path.join(root, 'node_modules'), path.join(home, 'node_modules'))
  writeFileSync(path.join(home, 'keys.csv'), 'key,email\nABC-1,ana@buyer.example\n')
  const opening = start('--input-type=module', '-e', open)
  demo = opening
  await vi.waitFor(() => expect(opening.said.text).toContain('The demo is open.'), 160_000)
}, 180_000)
afterAll(async () => {
  demo?.child.kill('SIGTERM')
  await demo?.ended
  rmSync(home, { recursive: true, force: true })
}, 60_000)

test('npm run doctor looks at the demo’s database and says so', { timeout: 120_000 }, async () => {
  const said = await answerOf('doctor.ts')
  expect(said).toMatch(/ok +Database +PostgreSQL [\d.]+.*, embedded, with the demo in it\n/)
  expect(said).toMatch(/ok +Secret fits +the database was made with it/)
  expect(said).toMatch(/ok +Data +2 organizations\n/)
})

test('npm run import finds the demo’s organizations, and says whose they are', { timeout: 120_000 }, async () => {
  const unsaid = await answerOf('import.ts', 'keys.csv', '--dry-run')
  expect(unsaid).toContain('Importing into the demo: it is the only database here with an organization.')
  expect(unsaid).toMatch(/Say which organization with --organization: (inkwell, northfield|northfield, inkwell)\./)
  const said = await answerOf('import.ts', 'keys.csv', '--dry-run', '--demo', '--organization', 'inkwell')
  expect(said).toContain('Importing into the demo.\nkeys.csv → Inkwell')
})
