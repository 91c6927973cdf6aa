// npm run bench: how fast the license routes are here, beside references measured in the same run.
//   npm run bench -- [--json FILE] [--seconds N] [--only NAME]…    npm run bench -- --soak MINUTES
//   npm run bench -- --pages [--only NAME]…    npm run bench -- --watch MINUTES    npm run bench -- --sign-in
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { LoadResult } from '../e2e/load/generator.ts'
import type { LoadKeys } from '../e2e/load/keys.ts'
import type { PageTime } from '../e2e/load/page-times.ts'
import type { ReferenceOrder } from '../e2e/load/reference.ts'
import type { Run } from '../e2e/load/runs.ts'
import type { SignInTimes } from '../e2e/load/sign-in-times.ts'
import type { VisitOrder, VisitResult } from '../e2e/load/visitors.ts'
import type { WatchOrder, WatchResult } from '../e2e/load/watchers.ts'
import type { ReceiveOrder, ReceiveResult } from '../e2e/load/webhook-receivers.ts'
import { build } from '../server/build.ts'
import { startDatabase } from '../server/database/database.ts'
import { migrate } from '../server/database/migrate.ts'
import { ask } from '../server/database/open.ts'
import { loadEnvironment, root } from '../server/environment.ts'
import { Halt, onStop, run } from '../server/lifecycle.ts'
import { program } from '../server/tools.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    soak: { type: 'string' },
    pages: { type: 'boolean' },
    watch: { type: 'string' },
    'sign-in': { type: 'boolean' },
  },
})
const seconds = Number(options.seconds ?? 5)
const soakMinutes = Number(options.soak ?? 0)
const watchMinutes = Number(options.watch ?? 0)
const port = Number(process.env.BENCH_PORT ?? 4299)

const CONNECTIONS = [1, 16, 64, 256]
const LOADS = { validate: 'validate', 'activate+deactivate': 'activate+deactivate', 'mixed 90/5/5': 'mixed' } as const
const UPDATE = 'reference: one UPDATE per transaction'
const NO_DATABASE = 'reference: no database'
const NEXT = "reference: through Next's router"
const ALONE = 'validate while nobody loads pages'
const VISITORS = 20
const VISITED = `validate while ${VISITORS} visitors load pages`
const UNWATCHED = 'validate while nobody watches'
const WATCHERS = 10
const WATCHED = `validate while ${WATCHERS} people watch`
const WATCHERS_FOR_LONG = 20
const QUIET = 'validate while no webhooks go out'
const TOLD = 'validate while webhooks go out'
const MESSAGES = 10_000
const PATHS = ['/login', '/docs', '/dashboard']
const TURNS = 3
// Sizes differ by less than a machine's moments do: many short turns, and the middle of the ratios within a turn.
const SIZE_TURNS = 21
const SIZE_SECONDS = 1
const SIZE_WARM_SECONDS = 0.5
const few = 1_000
// The first change of a page after a checkpoint writes it whole: long enough for most pages of a million keys to have had theirs.
const KEYS_WARM_SECONDS = 10
const many = 1_000_000
const SIZES = [few, 100_000, many]
const SIGN_IN_TRIES = 200
const urlOf = (at: number) => `http://127.0.0.1:${at}`
const keysName = (count: number) => `keys: ${count.toLocaleString('en')}`

await run(async () => {
  if (!(seconds >= 1 && seconds <= 60)) throw new Halt('--seconds takes a number from 1 to 60.')
  if (!(soakMinutes >= 0 && soakMinutes <= 60)) throw new Halt('--soak takes a number of minutes, up to 60.')
  if (!(watchMinutes >= 0 && watchMinutes <= 60)) throw new Halt('--watch takes a number of minutes, up to 60.')
  await prepare()
  const { makeKeys } = await import('../e2e/load/keys.ts')
  const { pool } = await import('#lib/database/client.ts')
  onStop(() => pool.end())
  if (options.pages) return pages()
  if (options['sign-in']) return signInTimes()
  const keys = await makeKeys(few)
  if (soakMinutes > 0) return soak(keys)
  if (watchMinutes > 0) return watch(keys)

  const runs: Run[] = []
  const add = (result: Run) => {
    runs.push(result)
    printRun(result)
  }
  const wanted = (name: string) => options.only.length === 0 || options.only.some((part) => name.includes(part))
  const { measure, runScript, startScript, WARM_SECONDS } = await import('../e2e/load/runs.ts')
  const validate = (name: string, at: number, connections: number, known: LoadKeys, total: number) =>
    measure(name, { url: urlOf(at), load: 'validate', connections, seconds, keys: known }, total)

  const app = await startServer('server/web.ts', [], port)
  for (const connections of CONNECTIONS)
    if (wanted('validate') && connections !== 64) add(await validate('validate', port, connections, keys, few))
  await compare()
  if (wanted(NO_DATABASE)) {
    const bare = await startServer('e2e/load/bare-server.ts', [], port + 1)
    add(await validate(NO_DATABASE, port + 1, 64, keys, 0))
    await end(bare)
  }
  for (const [name, kind] of Object.entries(LOADS))
    if (kind !== 'validate' && wanted(name))
      for (const connections of CONNECTIONS)
        add(await measure(name, { url: urlOf(port), load: kind, connections, seconds, keys }, few))
  await end(app)
  if (wanted(VISITED)) await besideVisitors()
  if (wanted(WATCHED)) await besideWatchers()
  if (wanted(TOLD)) await besideWebhooks()
  const sizeRatio = await compareSizes()

  printRatios(runs, sizeRatio)
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine: machine(), runs }, null, 2)}\n`)
  return runs.some(({ errors }) => errors > 0) ? 1 : 0

  /** What is compared is measured in turns, and the middle one of each counts: on a shared machine every moment is different. */
  async function compare() {
    const next = wanted(NEXT)
      ? await startServer(program('next'), ['start', '-p', String(port + 2), '-H', '127.0.0.1'], port + 2)
      : undefined
    const turns: Run[][] = []
    for (let turn = 0; turn < TURNS; turn++) {
      const results: Run[] = []
      if (wanted('validate')) results.push(await validate('validate', port, 64, keys, few))
      if (wanted(UPDATE)) results.push(await reference(keys))
      if (next) results.push(await validate(NEXT, port + 2, 64, keys, few))
      turns.push(results)
    }
    addMiddles(turns)
    if (next) await end(next)
  }

  /** Validations alone, and while people load pages: all processes as `npm start` runs them. */
  async function besideVisitors() {
    const started = await startServer('server/start.ts', [], port, [], { LATCHKEY_ROLE: '' })
    for (const deadline = Date.now() + 60_000; !(await isThere(`${urlOf(port)}/login`)); await sleep(100))
      if (Date.now() > deadline) throw new Halt('The pages did not start.')
    const turns: Run[][] = []
    for (let turn = 0; turn < TURNS; turn++) {
      const alone = await validate(ALONE, port, 64, keys, few)
      const order: VisitOrder = {
        url: urlOf(port),
        visitors: VISITORS,
        seconds: seconds + WARM_SECONDS + 1,
        paths: PATHS,
      }
      const visiting = runScript<VisitResult>('visitors.ts', order)
      const visited = await validate(VISITED, port, 64, keys, few)
      const { rate, errors } = await visiting
      console.log(`  ${rate.toFixed(0)} pages a second${errors ? `, ${errors} that did not come` : ''}`)
      turns.push([alone, { ...visited, errors: visited.errors + errors }])
    }
    addMiddles(turns)
    await end(started)
  }

  /** Validations alone, and while people watch each of them on the live page. */
  async function besideWatchers() {
    const started = await startServer('server/start.ts', [], port, [], { LATCHKEY_ROLE: '' })
    for (const deadline = Date.now() + 60_000; !(await isThere(`${urlOf(port)}/login`)); await sleep(100))
      if (Date.now() > deadline) throw new Halt('The pages did not start.')
    const turns: Run[][] = []
    for (let turn = 0; turn < TURNS; turn++) {
      const alone = await validate(UNWATCHED, port, 64, keys, few)
      const order: WatchOrder = {
        url: urlOf(port),
        organizationId: keys.organizationId,
        watchers: WATCHERS,
        seconds: seconds + WARM_SECONDS + 1,
      }
      const watching = startScript<WatchResult>('watchers.ts', order)
      await watching.ready
      const watched = await validate(WATCHED, port, 64, keys, few)
      const { worstLagMs, ended } = await watching.result
      console.log(
        `  ${WATCHERS} people watch, at worst ${worstLagMs} ms behind${ended ? `, ${ended} were cut off` : ''}`,
      )
      turns.push([alone, watched])
    }
    addMiddles(turns)
    await end(started)
  }

  /** Validations alone, and while thousands of webhooks go out, of which a quarter to a receiver that hangs. */
  async function besideWebhooks() {
    const started = await startServer('server/start.ts', [], port, [], { LATCHKEY_ROLE: '' })
    for (const deadline = Date.now() + 60_000; !(await isThere(`${urlOf(port)}/login`)); await sleep(100))
      if (Date.now() > deadline) throw new Halt('The pages did not start.')
    const turns: Run[][] = []
    for (let turn = 0; turn < TURNS; turn++) {
      const quiet = await validate(QUIET, port, 64, keys, few)
      const order: ReceiveOrder = {
        organizationId: keys.organizationId,
        messages: MESSAGES,
        seconds: 120,
      }
      const receiving = startScript<ReceiveResult>('webhook-receivers.ts', order)
      await receiving.ready
      const told = await validate(TOLD, port, 64, keys, few)
      const { rate, isDrained } = await receiving.result
      console.log(`  ${rate.toFixed(0)} webhooks a second${isDrained ? '' : ', not all of them in time'}`)
      turns.push([quiet, told])
    }
    addMiddles(turns)
    await end(started)
  }

  /** The same, for databases of several sizes, each with a server of its own. How fast the largest is, measured by the smallest. */
  async function compareSizes(): Promise<number | undefined> {
    const sizes = SIZES.filter((total) => wanted(keysName(total)))
    const known: LoadKeys[] = []
    const servers: ChildProcess[] = []
    for (const [i, total] of sizes.entries()) {
      const env = { DATABASE_URL: await anotherDatabase(`bench_${total}`) }
      known.push(await runScript<LoadKeys>('make-keys.ts', { count: total }, env))
      servers.push(await startServer('server/web.ts', [], port + i, [], env))
    }
    const turns: Run[][] = []
    for (let turn = 0; turn < SIZE_TURNS; turn++) {
      const warmSeconds = turn === 0 ? KEYS_WARM_SECONDS : SIZE_WARM_SECONDS
      const results: Run[] = []
      // There and back, so that no size always comes first.
      const inTurn = turn % 2 ? [...sizes.entries()].reverse() : [...sizes.entries()]
      for (const [i, total] of inTurn) {
        const order = { url: urlOf(port + i), load: 'validate', connections: 64, seconds: SIZE_SECONDS } as const
        results[i] = await measure(keysName(total), { ...order, keys: known[i] as LoadKeys }, total, warmSeconds)
      }
      turns.push(results)
    }
    addMiddles(turns)
    for (const server of servers) await end(server)
    if (sizes.length < 2) return
    return middleOf(turns.map((results) => (results.at(-1) as Run).rate / (results[0] as Run).rate))
  }

  function addMiddles(turns: Run[][]) {
    for (const i of (turns[0] ?? []).keys()) add(middle(turns.map((results) => results[i] as Run)))
  }
})

/** Of several runs of one thing: the middle rate and the middle times. */
function middle(runs: Run[]): Run {
  const [first] = runs as [Run]
  const of = (name: 'rate' | 'p50' | 'p95' | 'p99') => middleOf(runs.map((each) => each[name]))
  const errors = runs.reduce((sum, each) => sum + each.errors, 0)
  return { ...first, rate: of('rate'), p50: of('p50'), p95: of('p95'), p99: of('p99'), errors }
}

function middleOf(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

/** The pages built, an empty database, and the environment of the servers to come. */
async function prepare() {
  process.env.DATABASE_URL = ''
  process.env.LATCHKEY_SECRET = 'Measured with: 8mRtY3bNc6KqHd1WsV'
  process.env.LATCHKEY_SECRET_FILE = ''
  process.env.LATCHKEY_ROLE = 'web'
  process.env.PORT = String(port)
  process.env.HOST = '127.0.0.1'
  process.env.WEBHOOK_PRIVATE_NETWORKS = '127.0.0.0/8'
  for (const name of ['PER_SECOND', 'BURST', 'PER_KEY', 'PER_KEY_BURST'])
    process.env[`LICENSE_RATE_${name}`] = '1000000'
  for (const name of ['PER_SECOND', 'BURST']) process.env[`PAGE_RATE_${name}`] = '1000000'
  loadEnvironment('production')
  await build()
  // Durable as in production: what is measured includes every flush to disk.
  const home = mkdtempSync(path.join(tmpdir(), 'latchkey-bench-'))
  onStop(() => rmSync(home, { recursive: true, force: true }))
  const database = await startDatabase({ home, name: 'bench' })
  onStop(database.stop)
  process.env.DATABASE_URL = database.url
  if (!migrate('deploy', database.url, { quiet: true })) throw new Halt('The migrations are not in order.')
}

/** Makes an empty database beside the first one; its address. */
async function anotherDatabase(name: string): Promise<string> {
  const url = new URL(process.env.DATABASE_URL as string)
  await ask(url.href, `CREATE DATABASE ${name}`)
  url.pathname = `/${name}`
  if (!migrate('deploy', url.href, { quiet: true })) throw new Halt('The migrations are not in order.')
  return url.href
}

async function startServer(
  file: string,
  args: string[],
  at: number,
  flags: string[] = [],
  env: Record<string, string> = {},
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...flags, path.resolve(root, file), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env, PORT: String(at) },
  })
  onStop(() => void child.kill('SIGKILL'))
  const body = '{}'
  for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
    const request = { method: 'POST', body, signal: AbortSignal.timeout(5_000) }
    const answers = await fetch(`${urlOf(at)}/api/license/validate`, request).then(
      () => true,
      () => false,
    )
    if (answers) return child
    if (child.exitCode !== null || Date.now() > deadline) throw new Halt(`${file} did not start.`)
  }
}

function isThere(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )
}

async function end(child: ChildProcess) {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

async function reference({ organizationId }: LoadKeys): Promise<Run> {
  const { runScript, WARM_SECONDS } = await import('../e2e/load/runs.ts')
  const order: ReferenceOrder = { warmSeconds: WARM_SECONDS, seconds, connections: 16, organizationId }
  return { name: UPDATE, connections: 16, keys: few, ...(await runScript<LoadResult>('reference.ts', order)) }
}

/** What people wait for in an organization of 100,000 keys: every list, order, filter and search, one after the other. */
async function pages(): Promise<number> {
  const { makeBigOrganization } = await import('../e2e/load/big-organization.ts')
  const { timePages } = await import('../e2e/load/page-times.ts')
  const big = await makeBigOrganization()
  const app = await startServer('server/web.ts', [], port)
  const cell = (ms: number) => `${ms.toFixed(0).padStart(6)} ms`
  console.log(`${'page'.padEnd(60)}   median      p95      bar`)
  const times: PageTime[] = []
  await timePages(urlOf(port), big, { only: options.only }, (time) => {
    times.push(time)
    const isOver = time.median > time.bar
    console.log(
      `${time.name.padEnd(60)}${cell(time.median)}${cell(time.p95)}${cell(time.bar)}${isOver ? '   over' : ''}`,
    )
  })
  const over = times.filter(({ median, bar }) => median > bar)
  console.log(`\n${times.length} pages, ${over.length} over their bar`)
  console.log(`Load average: ${loadavg()[0]?.toFixed(1)}`)
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine: machine(), times }, null, 2)}\n`)
  await end(app)
  return over.length > 0 ? 1 : 0
}

/** Whether the time of an answer tells known addresses from unknown ones. */
async function signInTimes(): Promise<number> {
  const { timeSignIn } = await import('../e2e/load/sign-in-times.ts')
  const app = await startServer('server/web.ts', [], port)
  const cell = ({ median, p95 }: { median: number; p95: number }) =>
    `${median.toFixed(2).padStart(8)} ms${p95.toFixed(2).padStart(8)} ms`
  console.log(
    `${'answer'.padEnd(36)}${'known: median, p95'.padStart(22)}${'unknown: median, p95'.padStart(22)}  longer       p`,
  )
  const all: SignInTimes[] = []
  await timeSignIn(urlOf(port), SIGN_IN_TRIES, (times) => {
    all.push(times)
    const { name, known, unknown, longer, p } = times
    console.log(
      `${name.padEnd(36)}${cell(known)}${cell(unknown)}${longer.toFixed(3).padStart(8)}${p.toFixed(3).padStart(8)}`,
    )
  })
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine: machine(), times: all }, null, 2)}\n`)
  await end(app)
  return 0
}

/** Mixed load for some minutes; prints what the server's memory does meanwhile. */
async function soak(keys: LoadKeys): Promise<number> {
  const { runScript } = await import('../e2e/load/runs.ts')
  const flags = ['--expose-gc', '--import', path.join(root, 'e2e/load/memory.ts')]
  const app = await startServer('server/web.ts', [], port, flags)
  const order = { url: urlOf(port), load: 'mixed', connections: 64, keys }
  await runScript<LoadResult>('generator.ts', { ...order, warmSeconds: 0, seconds: 10 })
  const print = async (minutes: number) => {
    const answered = once(app, 'message')
    app.send('memory')
    const [{ rss, heapUsed }] = (await answered) as [NodeJS.MemoryUsage]
    const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1).padStart(7)} MiB`
    console.log(`${minutes.toFixed(1).padStart(5)} min   resident ${mib(rss)}   heap in use ${mib(heapUsed)}`)
  }
  await print(0)
  let minutes = 0
  const every = setInterval(() => {
    minutes += 0.5
    if (minutes < soakMinutes) void print(minutes)
  }, 30_000)
  const result = await runScript<LoadResult>('generator.ts', { ...order, warmSeconds: 0, seconds: soakMinutes * 60 })
  clearInterval(every)
  await print(soakMinutes)
  printRun({ name: `soak, mixed 90/5/5`, connections: 64, keys: few, ...result })
  await end(app)
  return result.errors > 0 ? 1 : 0
}

/** Calls as fast as they are answered, and people who watch them: prints what memory does and how far behind they are. */
async function watch(keys: LoadKeys): Promise<number> {
  const { runScript, startScript } = await import('../e2e/load/runs.ts')
  const { childrenOf } = await import('../e2e/app-process.ts')
  const app = await startServer('server/start.ts', [], port, [], { LATCHKEY_ROLE: '', PAGES_APART: '1' })
  for (const deadline = Date.now() + 60_000; !(await isThere(`${urlOf(port)}/login`)); await sleep(100))
    if (Date.now() > deadline) throw new Halt('The pages did not start.')
  const mebibytes = (pid: number) =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024
  const pagesPid = childrenOf(app.pid as number).find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server/pages.ts'),
  ) as number
  const order = { url: urlOf(port), load: 'mixed', connections: 32, keys, warmSeconds: 0 }
  await runScript<LoadResult>('generator.ts', { ...order, seconds: 15 })
  let errors = 0
  for (let minute = 0; minute < watchMinutes * 2; minute++) {
    const watching = startScript<WatchResult>('watchers.ts', {
      ...{ url: urlOf(port), organizationId: keys.organizationId, watchers: WATCHERS_FOR_LONG, seconds: 31 },
    })
    await watching.ready
    const result = await runScript<LoadResult>('generator.ts', { ...order, seconds: 30 })
    const { worstLagMs, messages, ended } = await watching.result
    errors += result.errors + ended
    const of = (pid: number) => `${mebibytes(pid).toFixed(0).padStart(5)} MiB`
    console.log(
      `${((minute + 1) / 2).toFixed(1).padStart(5)} min ${result.rate.toFixed(0).padStart(6)} calls/s   ${WATCHERS_FOR_LONG} viewers, ${messages} messages, at worst ${worstLagMs} ms behind   calls ${of(app.pid as number)}   pages ${of(pagesPid)}${ended ? `   ${ended} cut off` : ''}`,
    )
  }
  await end(app)
  return errors > 0 ? 1 : 0
}

function printRun({ name, connections, rate, p50, p95, p99, errors }: Run) {
  const cell = (value: number, width: number, digits = 0) => value.toFixed(digits).padStart(width)
  console.log(
    `${name.padEnd(40)}${cell(connections, 5)} connections${cell(rate, 9)}/s   p50 ${cell(p50, 6, 1)} ms   p95 ${cell(p95, 6, 1)} ms   p99 ${cell(p99, 6, 1)} ms${errors ? `   ${errors} errors` : ''}`,
  )
}

/** Machines differ and are noisy; ratios within one run travel better than rates. */
function printRatios(runs: Run[], sizeRatio?: number) {
  const named = (name: string) => runs.find((each) => each.name === name)
  const validate = runs.find(({ name, connections }) => name === 'validate' && connections === 64)
  const line = (ratio: number, text: string) => console.log(`  ${ratio.toFixed(2).padStart(6)} × ${text}`)
  console.log('\nvalidate at 64 connections is')
  for (const other of [UPDATE, NEXT, NO_DATABASE].map(named))
    if (validate && other) line(validate.rate / other.rate, other.name)
  const [alone, visited] = [ALONE, VISITED].map(named)
  if (alone && visited)
    console.log(
      `  99 of 100 come within ${(visited.p99 / alone.p99).toFixed(2)} × the time while ${VISITORS} visitors load pages`,
    )
  if (sizeRatio !== undefined) line(sizeRatio, 'as fast with the most keys as with the fewest')
  console.log(`Load average: ${loadavg()[0]?.toFixed(1)}`)
}

function machine() {
  return {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  }
}
