import type { ShownCall } from '../call-log/plain.ts'
import type { ChartStep, PartCounts } from '../call-log/rules.ts'
import type { Said } from './plain.ts'

/** Rows of one message, and how many may wait for the next ones. */
export const ROWS_AT_ONCE = 60
const ROWS_WAITING = 200

/** What waits to be told to one viewer. It has a size that no storm exceeds: what finds no room is counted. */
export class Backlog {
  #calls: ShownCall[] = []
  #more = 0
  #steps = new Map<number, PartCounts>()

  /** Takes calls, newest first, and what they add to the chart. */
  add(calls: readonly ShownCall[], steps: readonly ChartStep[]): void {
    for (const { at, counts } of steps) {
      const known = this.#steps.get(at) ?? {}
      for (const [part, count] of Object.entries(counts) as [keyof PartCounts, number][])
        known[part] = (known[part] ?? 0) + count
      this.#steps.set(at, known)
    }
    this.#calls = [...calls, ...this.#calls]
    const over = this.#calls.length - ROWS_WAITING
    if (over <= 0) return
    // A no is what somebody waits for; of the others the newest.
    const kept = new Set(
      [...this.#calls].sort((a, b) => Number(a.valid) - Number(b.valid) || b.at - a.at).slice(0, ROWS_WAITING),
    )
    for (const call of this.#calls) if (!kept.has(call)) this.#more += call.standsFor
    this.#calls = this.#calls.filter((call) => kept.has(call))
  }

  /** True when there is nothing to tell. */
  get isEmpty(): boolean {
    return this.#calls.length === 0 && this.#steps.size === 0
  }

  /** The next message: the oldest that wait, newest of them first. */
  take(): Said['calls'] {
    const calls = this.#calls.slice(-ROWS_AT_ONCE)
    this.#calls = this.#calls.slice(0, -ROWS_AT_ONCE)
    const steps = [...this.#steps].map(([at, counts]) => ({ at, counts }))
    this.#steps.clear()
    const more = this.#more
    this.#more = 0
    return { calls, more, steps }
  }
}

/** A message as it goes over the wire. `id` is where a stream that was cut goes on. */
export const spell = <Name extends keyof Said>(name: Name, data: Said[Name], id?: number): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
