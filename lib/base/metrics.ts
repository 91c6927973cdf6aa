import '#server-only'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { perProcess } from './per-process.ts'

// What this process has counted since it began. Counting is an addition in memory: it must not cost a license call anything that could be
// measured. Several processes behind one port are added up by whoever is asked (server/metrics.ts).

/** What is counted: its help, and what tells the lines of it apart, in their order. */
export const counters = {
  license_calls: {
    name: 'latchkey_license_calls_total',
    help: 'License calls answered, by route and verdict; what is no verdict is why there was none.',
    labels: ['route', 'verdict'],
  },
  deliveries: {
    name: 'latchkey_store_deliveries_total',
    help: 'Deliveries of stores handled, by what became of them.',
    labels: ['store', 'state'],
  },
  webhook_attempts: {
    name: 'latchkey_webhook_attempts_total',
    help: 'Attempts to send a webhook message, by outcome.',
    labels: ['outcome'],
  },
  mails: { name: 'latchkey_mails_total', help: 'Attempts to send a mail, by outcome.', labels: ['outcome'] },
} as const
export type Counter = keyof typeof counters

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const

/** What is measured: how many came to at most each bound. */
export const histograms = {
  license_call_seconds: {
    name: 'latchkey_license_call_duration_seconds',
    help: 'How long a license call took, from its route to its answer.',
    label: 'verb',
    bounds: SECONDS,
  },
  batch_calls: {
    name: 'latchkey_batch_calls',
    help: 'License calls that went to the database together.',
    label: 'kind',
    bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  },
  batch_wait_seconds: {
    name: 'latchkey_batch_wait_seconds',
    help: 'How long the call that waited longest did so before its batch began.',
    label: 'kind',
    bounds: SECONDS,
  },
} as const satisfies Record<string, { name: string; help: string; label: string; bounds: readonly number[] }>
export type Histogram = keyof typeof histograms

type Cell = { n: number }
type Measured = { sum: number; counts: number[] }
type Gauge = { help: string; read: () => number }

type Kept = {
  counts: Record<Counter, Map<string, Map<string, Cell>>>
  measured: Record<Histogram, Map<string, Measured>>
  gauges: Map<string, Gauge>
  lag: ReturnType<typeof monitorEventLoopDelay> | null
}

const kept = perProcess(
  'metrics',
  (): Kept => ({
    counts: mapsOf(counters),
    measured: mapsOf(histograms),
    gauges: new Map(),
    lag: null,
  }),
)

function mapsOf<Name extends string, Value>(names: Record<Name, unknown>): Record<Name, Map<string, Value>> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, new Map()])) as Record<Name, Map<string, Value>>
}

/** Counts one more. */
export function count(counter: Counter, first: string, second = ''): void {
  const of = kept.counts[counter]
  let cells = of.get(first)
  if (!cells) {
    cells = new Map()
    of.set(first, cells)
  }
  const cell = cells.get(second)
  if (cell) cell.n++
  else cells.set(second, { n: 1 })
}

/** Measures something once. */
export function measure(histogram: Histogram, label: string, value: number): void {
  const of = kept.measured[histogram]
  const { bounds } = histograms[histogram]
  let measured = of.get(label)
  if (!measured) {
    // One more than there are bounds: for what lies beyond the last.
    measured = { sum: 0, counts: new Array<number>(bounds.length + 1).fill(0) }
    of.set(label, measured)
  }
  measured.sum += value
  let at = 0
  while (at < bounds.length && value > (bounds[at] as number)) at++
  measured.counts[at] = (measured.counts[at] as number) + 1
}

/** Something of this process that is read when somebody asks. Said once. */
export const gauge = (name: string, help: string, read: () => number): void => {
  kept.gauges.set(name, { help, read })
}

// From the first time somebody asks on: it costs a timer.
function watchEventLoop(): void {
  if (kept.lag) return
  kept.lag = monitorEventLoopDelay({ resolution: 50 })
  kept.lag.enable()
}

// ---------------------------------------------------------------- what is told

/** What one process has counted, as plain data. */
export type Snapshot = {
  process: string
  pid: number
  counts: { counter: Counter; labels: string[]; n: number }[]
  measured: { histogram: Histogram; label: string; sum: number; counts: number[] }[]
  gauges: { name: string; help: string; value: number }[]
}

const NANOSECONDS = 1e9

/** What this process has counted until now. `name` is what the process is for. */
export function snapshot(name: string): Snapshot {
  watchEventLoop()
  const { rss, heapUsed } = process.memoryUsage()
  const gauges = [
    { name: 'latchkey_process_resident_memory_bytes', help: 'Memory of the process.', value: rss },
    { name: 'latchkey_process_heap_used_bytes', help: 'Memory that JavaScript uses.', value: heapUsed },
    { name: 'latchkey_process_uptime_seconds', help: 'How long the process has run.', value: process.uptime() },
    ...lagGauges(),
    ...[...kept.gauges].map(([name, { help, read }]) => ({ name, help, value: read() })),
  ]
  return {
    ...{ process: name, pid: process.pid, gauges },
    counts: Object.entries(kept.counts).flatMap(([counter, of]) =>
      [...of].flatMap(([first, cells]) =>
        [...cells].map(([second, { n }]) => ({
          ...{ counter: counter as Counter, n },
          labels: [first, second].slice(0, counters[counter as Counter].labels.length),
        })),
      ),
    ),
    measured: Object.entries(kept.measured).flatMap(([histogram, of]) =>
      [...of].map(([label, { sum, counts }]) => ({
        ...{ histogram: histogram as Histogram, label, sum },
        counts: [...counts],
      })),
    ),
  }
}

// Since the last time somebody asked.
function lagGauges(): Snapshot['gauges'] {
  const { lag } = kept
  if (!lag) return []
  const [p99, max] = [lag.percentile(99), lag.max].map((value) =>
    Number.isFinite(value) ? Math.max(0, value) / NANOSECONDS : 0,
  ) as [number, number]
  lag.reset()
  const since = 'since the last time this was read.'
  return [
    {
      name: 'latchkey_event_loop_lag_p99_seconds',
      help: `99 of 100 turns of the event loop were no later, ${since}`,
      value: p99,
    },
    { name: 'latchkey_event_loop_lag_max_seconds', help: `The latest turn of the event loop ${since}`, value: max },
  ]
}

// ---------------------------------------------------------------- several processes

/** How the processes behind one port are asked; set by the server where there are several. */
export const link = perProcess('metrics-link', (): { ask?: () => Promise<Snapshot[]> } => ({}))

/** What every process behind this port has counted. */
export const allSnapshots = async (): Promise<Snapshot[]> => (link.ask ? link.ask() : [snapshot('all')])

/** Counts and measures of several, one line for each set of labels. */
export function added(snapshots: readonly Snapshot[]): Pick<Snapshot, 'counts' | 'measured'> {
  const counts = new Map<string, Snapshot['counts'][number]>()
  const measured = new Map<string, Snapshot['measured'][number]>()
  for (const each of snapshots) {
    for (const line of each.counts) {
      const key = JSON.stringify([line.counter, line.labels])
      const known = counts.get(key)
      counts.set(key, { ...line, n: line.n + (known?.n ?? 0) })
    }
    for (const line of each.measured) {
      const key = JSON.stringify([line.histogram, line.label])
      const known = measured.get(key)
      measured.set(key, {
        ...line,
        sum: line.sum + (known?.sum ?? 0),
        counts: line.counts.map((n, at) => n + (known?.counts[at] ?? 0)),
      })
    }
  }
  return { counts: [...counts.values()], measured: [...measured.values()] }
}
