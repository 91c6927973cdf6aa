// npm test: unit tests, then the built app over HTTP and in a real browser, on a throw-away database with a real mail server.
//   npm test -- [--only unit|api|load|faults|ui] [--grep text] [file…]    npm test -- --serve    npm run test:faults
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startMailServer } from '../e2e/mail-server.ts'
import { build, generate } from '../server/build.ts'
import { startDatabase } from '../server/database/database.ts'
import { migrate } from '../server/database/migrate.ts'
import { ask } from '../server/database/open.ts'
import { dataFolder, loadEnvironment, root } from '../server/environment.ts'
import { Halt, onStop, run, untilStopped } from '../server/lifecycle.ts'
import { program, runToolBeside } from '../server/tools.ts'
import { checkPort } from '../server/web.ts'
import { findBrowser } from './browser.ts'
import { addReports, emptyReport, readPlaywright, readVitest, summaryOf, type TestReport } from './test-report.ts'

const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    grep: { type: 'string' },
    serve: { type: 'boolean' },
    rounds: { type: 'string' },
  },
})
const kinds = ['unit', 'api', 'load', 'faults', 'ui']
/** The kinds that share one running app; the others start what they need. */
const withApp = ['api', 'load', 'ui']
const port = Number(process.env.TEST_PORT ?? 4199)
const url = `http://localhost:${port}`
const logFile = path.join(dataFolder, 'test-app.log')

await run(async () => {
  if (options.only && !kinds.includes(options.only)) throw new Halt(`--only takes one of ${kinds.join(', ')}.`)
  const wanted = options.serve ? [] : options.only ? [options.only] : kinds
  const isUnitOnly = options.only === 'unit'
  const needsApp = options.serve || wanted.some((kind) => withApp.includes(kind))

  setEnvironment()
  const environment = loadEnvironment('production')
  if (needsApp) await checkPort(environment)
  if (isUnitOnly) generate()
  else await build()
  // The build leaves types alone.
  if (!options.only && !options.serve && !(await runToolBeside('typescript', ['--noEmit', '--pretty'])))
    throw new Halt('The types above do not fit.')
  const browser = wanted.includes('ui') ? findBrowser() : undefined

  const home = mkdtempSync(path.join(tmpdir(), 'latchkey-test-'))
  chmodSync(home, 0o755)
  onStop(() => rmSync(home, { recursive: true, force: true }))
  const database = await startDatabase({ home, name: 'app', fast: true })
  onStop(database.stop)
  process.env.DATABASE_URL = database.url
  if (!migrate('deploy', database.url) || !migrate('status', database.url))
    throw new Halt('The migrations are not in order.')

  let total = emptyReport
  if (wanted.includes('unit')) total = addReports(total, await runUnit(home, database.url))
  let forTests: Record<string, string | undefined> = {}
  if (needsApp) {
    // Random ports, except for people who want to look.
    rmSync(logFile, { force: true })
    const mail = await startMailServer(options.serve ? { smtpPort: port + 1, inboxPort: port + 2 } : {})
    onStop(mail.stop)
    await startApp({ SMTP_URL: mail.smtpUrl })
    const { setupToken } = await import('#lib/secrets/secrets.ts')
    forTests = {
      TEST_URL: url,
      NEXT_URL: await startNext(),
      MAIL_INBOX_URL: mail.inboxUrl,
      SETUP_TOKEN: setupToken(),
      CHROMIUM_PATH: browser,
      APP_LOG: logFile,
    }
    if (options.serve) {
      console.log(`\nThe test app runs. To run tests against it:\n`)
      const { LATCHKEY_SECRET, LATCHKEY_URL, DATABASE_URL } = process.env
      const settings = { ...forTests, LATCHKEY_SECRET, LATCHKEY_URL, DATABASE_URL }
      for (const [name, value] of Object.entries(settings)) if (value) console.log(`  export ${name}='${value}'`)
      console.log('  npx playwright test -c e2e/playwright.config.ts --project api\n')
      console.log(`Set-up: ${url}/setup?token=${forTests.SETUP_TOKEN}   Mail: ${mail.inboxUrl}/messages`)
      return untilStopped()
    }
  }
  for (const kind of kinds.slice(1))
    if (wanted.includes(kind)) total = addReports(total, await runPlaywright(kind, home, forTests))
  console.log(summaryOf(total))
  return total.failures.length ? 1 : 0
})

/** The same everywhere: nothing of the developer's own settings reaches the tests. */
function setEnvironment() {
  for (const name of [
    'TRUST_PROXY',
    'LATCHKEY_ROLE',
    'LATCHKEY_DEMO',
    'DATABASE_POOL',
    'DATABASE_URL',
    'REDIS_URL',
  ].concat(['LATCHKEY_SECRET_FILE', 'LATCHKEY_SECRET_PREVIOUS']))
    process.env[name] = ''
  Object.assign(process.env, {
    PORT: String(port),
    HOST: '127.0.0.1',
    LATCHKEY_URL: url,
    LATCHKEY_SECRET: 'Tests alone use this: 7uJkQ2vX9pLwZ4',
    SMTP_URL: '',
    MAIL_FROM: 'Latchkey <no-reply@example.com>',
    // Every test calls from one address.
    // Receivers of webhooks are on this machine.
    WEBHOOK_PRIVATE_NETWORKS: '127.0.0.0/8',
    METRICS_TOKEN: 'only-tests-read-metrics-with-this',
    LICENSE_RATE_PER_SECOND: '100000',
    LICENSE_RATE_BURST: '1000000',
    LICENSE_RATE_PER_KEY: '100000',
    LICENSE_RATE_PER_KEY_BURST: '1000000',
    LICENSE_GUESSES_PER_MINUTE: '1000000',
    DEVICE_CODES_PER_MINUTE: '1000000',
    API_RATE_PER_MINUTE: '1000000',
    PAGE_RATE_PER_SECOND: '100000',
    PAGE_RATE_BURST: '1000000',
    // Children must stop when this process is killed outright.
    npm_lifecycle_event: 'test',
  })
}

async function runUnit(home: string, databaseUrl: string): Promise<TestReport> {
  // A database of their own: the app's tests count what is in theirs.
  await ask(databaseUrl, 'CREATE DATABASE unit TEMPLATE app')
  const json = path.join(home, 'vitest.json')
  const args = ['run', '--passWithNoTests', '--reporter=default', '--reporter=json', `--outputFile.json=${json}`]
  const env = {
    DATABASE_URL: Object.assign(new URL(databaseUrl), { pathname: '/unit' }).href,
    NODE_ENV: undefined, // vitest sets its own
  }
  const passed = await runToolBeside('vitest', [...args, ...(options.grep ? ['-t', options.grep] : []), ...files], {
    env,
  })
  return readVitest(json, passed)
}

async function runPlaywright(
  project: string,
  home: string,
  env: Record<string, string | undefined>,
): Promise<TestReport> {
  const json = path.join(home, `${project}.json`)
  const args = ['test', '-c', 'e2e/playwright.config.ts', '--project', project, '--pass-with-no-tests']
  const passed = await runToolBeside(
    '@playwright/test',
    [...args, ...(options.grep ? ['--grep', options.grep] : []), ...files],
    {
      env: {
        ...env,
        PLAYWRIGHT_JSON_FILE: json,
        ...(options.rounds && { FAULT_ROUNDS: options.rounds }),
      },
    },
  )
  return readPlaywright(json, project, passed)
}

/** The production server as its own process, which tests may not reach into. */
function startApp(env: Record<string, string>) {
  return startServer(url, [path.join(root, 'server/web.ts')], env)
}

/** Next alone, as on a serverless host: the other door to the license routes. And a demo, for the pages that only demos have. */
async function startNext(): Promise<string> {
  const nextUrl = `http://localhost:${port + 3}`
  const args = [program('next'), 'start', '--hostname', '127.0.0.1', '--port', String(port + 3)]
  await startServer(nextUrl, args, { LATCHKEY_ROLE: 'web', LATCHKEY_DEMO: '1', METRICS_TOKEN: '' })
  return nextUrl
}

async function startServer(at: string, args: string[], env: Record<string, string>) {
  mkdirSync(dataFolder, { recursive: true })
  const app = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const ended = once(app, 'exit')
  onStop(async () => {
    if (app.kill('SIGTERM')) await ended
  })
  const log = createWriteStream(logFile, { flags: 'a' })
  for (const output of [app.stdout, app.stderr]) {
    output.pipe(log, { end: false })
    if (options.serve) output.pipe(process.stdout, { end: false })
  }
  const deadline = Date.now() + 60_000
  for (;;) {
    const isReady = await fetch(`${at}/api/ready`).then(
      (response) => response.ok,
      () => false,
    )
    if (isReady) return
    if (app.exitCode !== null || Date.now() > deadline)
      throw new Halt(`The app under test did not start:\n${readFileSync(logFile, 'utf8').slice(-4000)}`)
    await sleep(100)
  }
}
