// A page that watches, without a browser: reads the stream of live pages, and can be cut off from it.
import { type ClientRequest, request } from 'node:http'
import type { ShownCall } from '#lib/call-log/plain.ts'
import type { Said } from '#lib/live/plain.ts'

export type Watching = {
  /** By their ids, each once. */
  calls: Map<string, ShownCall>
  /** How many there were in all, by the chart. */
  counted: () => number
  changes: () => number
  messages: () => number
  /** Milliseconds between the answer of a call and its message, at worst since this was last asked. */
  lag: () => number
  /** The last message that had a number. */
  last: () => string
  /** Resolves when the stream says how it stands. */
  began: Promise<string>
  /** Resolves when the server has ended it. */
  over: Promise<void>
  cut: () => void
}

/** Watches an address of /api/live; `after` goes on after a message. */
export function watchLive(url: string, path: string, cookie: string, after = ''): Watching {
  const calls = new Map<string, ShownCall>()
  const began = Promise.withResolvers<string>()
  const over = Promise.withResolvers<void>()
  let [changes, messages, lag, last, text] = [0, 0, 0, after, '']
  const steps = new Map<number, number>()

  const add = (more: Said['chart']['steps']) => {
    for (const { at, counts } of more) {
      const sum = Object.values(counts).reduce((all, count) => all + count, 0)
      steps.set(at, (steps.get(at) ?? 0) + sum)
    }
  }

  const take = (name: string, data: string, id: string | undefined) => {
    messages++
    if (id) last = id
    if (name === 'state') began.resolve((JSON.parse(data) as Said['state']).state)
    if (name === 'changed') changes++
    if (name === 'chart') {
      steps.clear()
      add((JSON.parse(data) as Said['chart']).steps)
    }
    if (name !== 'calls') return
    const said = JSON.parse(data) as Said['calls']
    add(said.steps)
    const now = Date.now()
    for (const call of said.calls) {
      // What was missed is late by nature.
      if (said.steps.length > 0 && !calls.has(call.id)) lag = Math.max(lag, now - call.at)
      calls.set(call.id, call)
    }
    // Of a long run only the newest: this one must not be what grows.
    if (calls.size > 20_000) for (const id of [...calls.keys()].slice(0, 10_000)) calls.delete(id)
    if (steps.size > 7_200) for (const at of [...steps.keys()].slice(0, 3_600)) steps.delete(at)
  }

  const outgoing: ClientRequest = request(
    new URL(path, url),
    { agent: false, headers: { cookie, accept: 'text/event-stream', ...(after && { 'last-event-id': after }) } },
    (response) => {
      if (response.statusCode !== 200) began.reject(new Error(`The stream was answered ${response.statusCode}.`))
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(message)?.[1]
          const message = text.slice(0, end)
          text = text.slice(end + 2)
          const [name, data] = [field('event'), field('data')]
          if (name && data) take(name, data, field('id'))
        }
      })
      response.on('error', () => {})
      response.on('close', () => over.resolve())
    },
  )
  outgoing.on('error', (error) => {
    began.reject(error)
    over.resolve()
  })
  began.promise.catch(() => {})
  outgoing.end()
  return {
    calls,
    counted: () => [...steps.values()].reduce((all, count) => all + count, 0),
    changes: () => changes,
    messages: () => messages,
    lag: () => {
      const worst = lag
      lag = 0
      return worst
    },
    last: () => last,
    began: began.promise,
    over: over.promise,
    cut: () => outgoing.destroy(),
  }
}
