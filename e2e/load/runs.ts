// What is measured: one run of the load generator against a server, on loopback, bounded in time.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { text } from 'node:stream/consumers'
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
export async function runScript<Result>(
  script: string,
  order: object,
  env: Record<string, string> = {},
): Promise<Result> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, script)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  child.stdin.end(JSON.stringify(order))
  const answer = await text(child.stdout)
  if (!answer) throw new Error(`${script} measured nothing.`)
  return JSON.parse(answer) as Result
}
