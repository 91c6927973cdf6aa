// The load itself, as a process of its own: plain sockets and ready-made requests, because a full HTTP client would take more of the
// machine than the server it measures. One request at a time on each connection, for a bounded time. In: one JSON text on standard
// input (LoadOrder); out: one JSON line (LoadResult).
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { LoadKeys } from './keys.ts'

export type Load = 'validate' | 'activate+deactivate' | 'mixed'

export type LoadOrder = {
  url: string
  load: Load
  connections: number
  /** Not counted, before the seconds that are. */
  warmSeconds: number
  seconds: number
  keys: LoadKeys
}

/** Requests per second, milliseconds, and requests without the answer they had to get. */
export type LoadResult = { rate: number; p50: number; p95: number; p99: number; errors: number }

const TIMEOUT_MS = 10_000
const order = JSON.parse(await text(process.stdin)) as LoadOrder
const { hostname, port } = new URL(order.url)
const { organizationId, keys } = order.keys

const times: number[] = []
let errors = 0

function requestOf(verb: string, fields: object): Buffer {
  const body = JSON.stringify({ ...fields, organization_id: organizationId })
  return Buffer.from(
    `POST /api/license/${verb} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

const validations = keys.map((key) => requestOf('validate', { key }))
// Only now: of fifty thousand keys that takes a while.
const start = performance.now() + order.warmSeconds * 1_000
const end = start + order.seconds * 1_000
const pick = <T>(items: T[]): T => items[Math.floor(Math.random() * items.length)] as T

/** One step of a connection: what it sends, the mark of the right answer, and what it learns from the body. */
type Step = { send: () => Buffer; mark: string; learn?: (body: string) => void }

/** The steps one connection repeats. */
function stepsOf(load: Load): Step[] {
  const validate: Step = { send: () => pick(validations), mark: '"valid":true' }
  let key = ''
  let activationId = ''
  const activate: Step = {
    send: () => {
      key = pick(keys)
      return requestOf('activate', { key, label: 'load' })
    },
    mark: '"code":"ACTIVATED"',
    learn: (body) => {
      activationId = (JSON.parse(body) as { id: string }).id
    },
  }
  const deactivate: Step = {
    send: () => requestOf('deactivate', { key, activation_id: activationId }),
    mark: '"deactivated":true',
  }
  if (load === 'validate') return [validate]
  if (load === 'activate+deactivate') return [activate, deactivate]
  return [...Array<Step>(9).fill(validate), activate, ...Array<Step>(9).fill(validate), deactivate]
}

/** True when the bytes are a whole answer. */
function isWhole(answer: Buffer): boolean {
  const head = answer.indexOf('\r\n\r\n')
  if (head < 0) return false
  const headers = answer.toString('latin1', 0, head)
  const length = /content-length: *(\d+)/i.exec(headers)?.[1]
  if (length !== undefined) return answer.length >= head + 4 + Number(length)
  // As Next answers: in chunks, the last of them empty.
  return answer.subarray(-5).equals(lastChunk)
}

const lastChunk = Buffer.from('0\r\n\r\n')

/** Runs one connection until the time is over. */
function runConnection(steps: Step[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let at = 0
    let sentAt = 0
    let got: Buffer | null = null
    const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const next = () => {
      sentAt = performance.now()
      if (sentAt >= end) {
        socket.destroy()
        resolve()
        return
      }
      socket.write((steps[at] as Step).send())
    }
    socket.setTimeout(TIMEOUT_MS, () => reject(new Error('A request was not answered in time.')))
    socket.on('connect', next)
    socket.on('error', reject)
    socket.on('end', () => reject(new Error('The server closed a connection.')))
    socket.on('data', (chunk) => {
      got = got ? Buffer.concat([got, chunk]) : chunk
      if (!isWhole(got)) return
      const now = performance.now()
      const step = steps[at] as Step
      const isRight = got.includes(step.mark)
      if (sentAt >= start && now <= end) {
        times.push(now - sentAt)
        if (!isRight) errors++
      }
      if (isRight) step.learn?.(got.toString('utf8', got.indexOf('\r\n\r\n') + 4))
      got = null
      // After a wrong answer the following steps have nothing to build on.
      at = isRight ? (at + 1) % steps.length : 0
      next()
    })
  })
}

await Promise.all(Array.from({ length: order.connections }, () => runConnection(stepsOf(order.load))))
times.sort((a, b) => a - b)
const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
const result: LoadResult = {
  rate: times.length / order.seconds,
  p50: at(0.5),
  p95: at(0.95),
  p99: at(0.99),
  errors,
}
console.log(JSON.stringify(result))
