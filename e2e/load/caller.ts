// Many calls at once over few connections, as client software in the field makes them.
import { Agent, request } from 'node:http'

// biome-ignore lint/suspicious/noExplicitAny: tests read what comes.
type Json = any

/** An answer, or null when none came: the connection was refused or broke off. */
export type Said = { status: number; text: string; json: Json } | null

export type Verb = 'validate' | 'activate' | 'deactivate'
export type Call = (verb: Verb, body: object, headers?: Record<string, string>) => Promise<Said>

/** Nobody waits longer than this for an answer. */
const PATIENCE_MS = 30_000

/** Calls one process over at most so many connections, which stay open. */
export function caller(base: string, connections = 32): Call & { close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const call: Call = (verb, body, headers = {}) =>
    new Promise((resolve) => {
      const payload = JSON.stringify(body)
      const outgoing = request(`${base}/api/license/${verb}`, {
        agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload), ...headers },
      })
      const broken = () => resolve(null)
      outgoing.on('error', broken)
      outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy())
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', broken)
        response.on('close', broken)
        response.on('end', () => {
          if (!response.complete) return broken()
          const text = Buffer.concat(chunks).toString()
          resolve({ status: response.statusCode ?? 0, text, json: JSON.parse(text) })
        })
      })
      outgoing.end(payload)
    })
  return Object.assign(call, { close: () => agent.destroy() })
}

/** Runs `count` calls, `width` of them at a time. */
export async function inParallel<T>(count: number, width: number, run: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const work = async () => {
    for (let i = next++; i < count; i = next++) results[i] = await run(i)
  }
  await Promise.all(Array.from({ length: width }, work))
  return results
}
