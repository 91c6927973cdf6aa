// What is measured: one run of the load generator against a server, on loopback, bounded in time.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { LoadOrder, LoadResult } from './generator.ts'

/** One measured run. Rates are requests per second, times are milliseconds. */
export type Run = { name: string; connections: number; keys: number } & LoadResult

/** Code is compiled, plans are made and connections are opened before the time counts. */
export const WARM_SECONDS = 3

/** Loads a server for some seconds. */
export async function measure(
  name: string,
  order: Omit<LoadOrder, 'warmSeconds'>,
  total: number,
  warmSeconds = WARM_SECONDS,
): Promise<Run> {
  const result = await runScript<LoadResult>('generator.ts', { ...order, warmSeconds })
  return { name, connections: order.connections, keys: total, ...result }
}

/** Runs a script of this folder as a process of its own: its order as JSON in, one JSON line out. `env` is added to ours. */
export const runScript = <Result>(script: string, order: object, env: Record<string, string> = {}): Promise<Result> =>
  startScript<Result>(script, order, env).result

/** The same for a script that says "ready" on a line before that of its result. */
export function startScript<Result>(
  script: string,
  order: object,
  env: Record<string, string> = {},
): { ready: Promise<void>; result: Promise<Result> } {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, script)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  child.stdin.end(JSON.stringify(order))
  const { promise: ready, resolve } = Promise.withResolvers<void>()
  const read = async () => {
    let last = ''
    for await (const line of createInterface(child.stdout))
      if (line === 'ready') resolve()
      else if (line) last = line
    // Nobody waits for one that has ended.
    resolve()
    if (!last) throw new Error(`${script} measured nothing.`)
    return JSON.parse(last) as Result
  }
  return { ready, result: read() }
}
