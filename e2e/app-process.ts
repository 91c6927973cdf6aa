// Further app processes on the tests' database, with settings of their own, that a test may kill.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { send } from './http.ts'

const root = path.join(import.meta.dirname, '..')

export type AppProcess = {
  url: string
  pid: number
  /** Everything it has said. */
  log: () => string
  /** Sends a signal and waits for its end, with this exit code. */
  end: (signal?: NodeJS.Signals) => Promise<number | null>
}

/** Starts the production server as one more process; it answers license calls and pages when this resolves. */
export async function startAppProcess(
  settings: Record<string, string> = {},
  { port = 0, script = 'server/web.ts', args = [] as string[] } = {},
): Promise<AppProcess> {
  const at = port || (await freePort())
  const url = `http://127.0.0.1:${at}`
  const child = spawn(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOST: '127.0.0.1', LATCHKEY_ROLE: 'web', ...settings, PORT: String(at) },
  })
  const ended = once(child, 'exit')
  let said = ''
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    return (await ended)[0] as number | null
  }
  const isUp = () =>
    send({ base: url, method: 'GET', path: '/api/license/validate' }).then(
      ({ status }) => status === 405,
      () => false,
    )
  for (const deadline = Date.now() + 90_000; !(await isUp()); await sleep(50))
    if (child.exitCode !== null || Date.now() > deadline) {
      await end('SIGKILL')
      throw new Error(`The app process did not start: ${said.slice(-4_000)}`)
    }
  // Where pages are in the same process, it answers nobody for a second or more while it loads them.
  await send({ base: url, method: 'GET', path: '/api/ready' }).catch(() => {})
  return { url, pid: child.pid as number, log: () => said, end }
}

/**
 * A port that nobody listens on, and that no connection is given: while a process is being started again, those who call it could be
 * connected from its very port, even to themselves.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    // Linux gives connections ports from 32,768 on.
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    server.close()
    return port
  }
}

/** The processes that a process has started. */
export const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

/** Next alone, as hosts run it that know nothing of our server. */
export const startNextAlone = (settings: Record<string, string> = {}): Promise<AppProcess> =>
  startAppProcess(settings, { script: 'node_modules/next/dist/bin/next', args: ['start', '-H', '127.0.0.1'] })
