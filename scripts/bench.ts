// npm run bench: how fast the licence routes are here, beside references measured in the same run.
//   npm run bench -- [--json FILE] [--seconds N] [--only NAME]
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { LoadKeys } from '../e2e/load/keys.ts'
import type { Load, Run } from '../e2e/load/runs.ts'
import { build } from './build.ts'
import { startDatabase } from './database.ts'
import { loadEnvironment, root } from './environment.ts'
import { Halt, onStop, run } from './lifecycle.ts'
import { migrate } from './migrate.ts'
import { program } from './tools.ts'

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, seconds: { type: 'string' }, only: { type: 'string' } },
})
const seconds = Number(options.seconds ?? 5)
const port = Number(process.env.BENCH_PORT ?? 4299)

await run(async () => {
  if (!(seconds >= 1 && seconds <= 60)) throw new Halt('--seconds takes a number from 1 to 60.')
  const wanted = (name: string) => !options.only || name.includes(options.only)
  process.env.DATABASE_URL = ''
  process.env.LATCHKEY_SECRET = 'only-for-benchmarks-only-for-benchmarks'
  process.env.LATCHKEY_ROLE = 'web'
  process.env.PORT = String(port)
  process.env.HOST = '127.0.0.1'
  for (const name of ['PER_SECOND', 'BURST', 'PER_KEY', 'PER_KEY_BURST'])
    process.env[`LICENSE_RATE_${name}`] = '1000000000'
  loadEnvironment('production')
  build()

  // Durable as in production: what is measured includes every flush to disk.
  const home = mkdtempSync(path.join(tmpdir(), 'latchkey-bench-'))
  onStop(() => rmSync(home, { recursive: true, force: true }))
  const database = await startDatabase({ home, name: 'bench' })
  onStop(database.stop)
  process.env.DATABASE_URL = database.url
  if (!migrate('deploy', database.url, { quiet: true })) throw new Halt('The migrations are not in order.')

  const { makeKeys } = await import('../e2e/load/keys.ts')
  const { measure } = await import('../e2e/load/runs.ts')
  const runs: Run[] = []
  const add = (result: Run) => {
    runs.push(result)
    printRun(result)
  }

  const url = `http://127.0.0.1:${port}`
  const app = await startServer('scripts/server.ts', [], port)
  let keys: LoadKeys = await makeKeys(1_000)
  const measureApp = async (name: string, load: Load, connections: number, total: number) => {
    if (wanted(name)) add(await measure(name, { url, load, connections, seconds, keys, total }))
  }
  for (const connections of [1, 16, 64, 256]) await measureApp('validate', 'validate', connections, 1_000)
  for (const connections of [16, 64]) await measureApp('activate+deactivate', 'activate+deactivate', connections, 1_000)
  await measureApp('mixed 90/5/5', 'mixed', 64, 1_000)

  if (wanted('reference: one UPDATE per transaction')) add(reference('reference: one UPDATE per transaction'))
  if (wanted('reference: no database')) {
    const bare = await startServer('e2e/load/bare-server.ts', [], port + 1)
    const target = {
      url: `http://127.0.0.1:${port + 1}`,
      load: 'validate' as const,
      connections: 64,
      seconds,
      keys,
      total: 0,
    }
    add(await measure('reference: no database', target))
    await end(bare)
  }
  if (wanted("reference: through Next's router")) {
    const next = await startServer(program('next'), ['start', '-p', String(port + 2), '-H', '127.0.0.1'], port + 2)
    const target = {
      url: `http://127.0.0.1:${port + 2}`,
      load: 'validate' as const,
      connections: 64,
      seconds,
      keys,
      total: 1_000,
    }
    add(await measure("reference: through Next's router", target))
    await end(next)
  }
  if (wanted('keys')) {
    for (const total of [1_000, 100_000, 1_000_000]) {
      keys = await makeKeys(total)
      await measureApp(`keys: ${total.toLocaleString('en')}`, 'validate', 64, total)
    }
  }
  await end(app)
  const { pool } = await import('#lib/db.ts')
  await pool.end()

  printRatios(runs)
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine, runs }, null, 2)}\n`)
  return runs.some(({ errors }) => errors > 0) ? 1 : 0
})

async function startServer(file: string, args: string[], onPort: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path.resolve(root, file), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PORT: String(onPort) },
  })
  onStop(() => void child.kill('SIGKILL'))
  for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
    const answers = await fetch(`http://127.0.0.1:${onPort}/api/health`, { signal: AbortSignal.timeout(5_000) }).then(
      () => true,
      () => false,
    )
    if (answers) return child
    if (child.exitCode !== null || Date.now() > deadline) throw new Halt(`${file} did not start.`)
  }
}

async function end(child: ChildProcess) {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

function reference(name: string): Run {
  const args = [path.join(root, 'e2e/load/reference.ts'), String(seconds)]
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: process.env })
  if (status !== 0) throw new Halt(`The reference failed: ${stderr}`)
  return { name, connections: 16, keys: 1_000, ...(JSON.parse(stdout) as Omit<Run, 'name' | 'connections' | 'keys'>) }
}

function printRun({ name, connections, rate, p50, p95, p99, errors }: Run) {
  const cell = (value: number, width: number, digits = 0) => value.toFixed(digits).padStart(width)
  console.log(
    `${name.padEnd(40)}${cell(connections, 5)} connections${cell(rate, 9)}/s   p50 ${cell(p50, 6, 1)} ms   p95 ${cell(p95, 6, 1)} ms   p99 ${cell(p99, 6, 1)} ms${errors ? `   ${errors} errors` : ''}`,
  )
}

/** Machines differ and are noisy; ratios within one run travel better than rates. */
function printRatios(runs: Run[]) {
  const validate = runs.find((run) => run.name === 'validate' && run.connections === 64)
  if (!validate) return
  console.log('\nvalidate at 64 connections is')
  for (const other of runs.filter(({ name }) => name.startsWith('reference')))
    console.log(`  ${(validate.rate / other.rate).toFixed(2).padStart(6)} × ${other.name}`)
  const few = runs.find(({ name }) => name === 'keys: 1,000')
  const many = runs.find(({ name }) => name === 'keys: 1,000,000')
  if (few && many)
    console.log(`  ${(many.rate / few.rate).toFixed(2).padStart(6)} × as fast with 1,000,000 keys as with 1,000`)
}
