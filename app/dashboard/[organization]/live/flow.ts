import type { CallPlace, ShownCall } from '#lib/call-log/plain.ts'
import type { ChartStep } from '#lib/call-log/rules.ts'

/** What the page holds: rows and what waits while somebody reads, the chart, and what time it is. All of it has a size. */
export type Flow = {
  /** Newest first. */
  calls: ShownCall[]
  /** Came while the list was held. */
  waiting: ShownCall[]
  fresh: ReadonlySet<string>
  steps: ChartStep[]
  next: CallPlace | null
  paused: boolean
  /** Somebody has scrolled down. */
  away: boolean
  now: number
  /** How many may wait. */
  most: number
}

export type FlowAction =
  | { type: 'drawn'; first: First }
  | { type: 'calls'; calls: ShownCall[]; steps: ChartStep[]; more: number }
  | { type: 'chart'; steps: ChartStep[] }
  | { type: 'tick'; now: number }
  | { type: 'pause' }
  | { type: 'away'; isAway: boolean }
  | { type: 'show'; now: number }

/** Rows of the list, and of those that wait. */
const ROWS_MAX = 200
const STEPS_MAX = 200

/** What the server drew the page with. */
export type First = { calls: ShownCall[]; steps: ChartStep[]; next: CallPlace | null; clock: number; now: number }

export const firstFlow = (first: First): Flow => ({
  ...{ calls: first.calls, steps: first.steps, next: first.next, now: first.now },
  ...{ waiting: [], fresh: new Set<string>(), paused: false, away: false, most: ROWS_MAX },
})

/** Rows as they stand in the list. */
export const shownRows = ({ calls }: Flow): ShownCall[] => calls

export function flow(state: Flow, action: FlowAction): Flow {
  switch (action.type) {
    case 'drawn':
      return { ...firstFlow(action.first), paused: state.paused }
    case 'calls': {
      const steps = added(state.steps, action.steps)
      const known = new Set([...state.calls, ...state.waiting].map(({ id }) => id))
      const news = action.calls.filter(({ id }) => !known.has(id))
      if (news.length === 0) return { ...state, steps }
      if (state.paused || state.away)
        return { ...state, steps, waiting: newestFirst([...news, ...state.waiting]).slice(0, ROWS_MAX) }
      return joined({ ...state, steps }, news)
    }
    case 'chart':
      return { ...state, steps: action.steps }
    case 'tick':
      return state.paused ? state : { ...state, now: action.now }
    case 'pause':
      return { ...state, paused: true }
    case 'away':
      if (action.isAway === state.away) return state
      // Back at the top the list goes on by itself.
      return action.isAway || state.paused
        ? { ...state, away: action.isAway }
        : joined({ ...state, away: false, waiting: [] }, state.waiting)
    case 'show':
      return joined({ ...state, paused: false, away: false, waiting: [], now: action.now }, state.waiting)
  }
}

function joined(state: Flow, news: readonly ShownCall[]): Flow {
  if (news.length === 0) return state
  const all = newestFirst([...news, ...state.calls])
  const calls = all.slice(0, ROWS_MAX)
  const last = calls.at(-1)
  // What fell off is where older ones begin.
  const next = all.length > ROWS_MAX && last ? { writtenAt: last.writtenAt, id: last.id } : state.next
  return { ...state, calls, next, fresh: new Set(news.map(({ id }) => id)) }
}

const newestFirst = (calls: ShownCall[]): ShownCall[] =>
  calls.sort((a, b) => b.writtenAt - a.writtenAt || (a.id < b.id ? 1 : -1))

function added(steps: readonly ChartStep[], more: readonly ChartStep[]): ChartStep[] {
  if (more.length === 0) return [...steps]
  const byStep = new Map(steps.map((step) => [step.at, { ...step.counts }]))
  for (const { at, counts } of more) {
    const known = byStep.get(at) ?? {}
    for (const [part, count] of Object.entries(counts) as [keyof typeof counts, number][])
      known[part] = (known[part] ?? 0) + count
    byStep.set(at, known)
  }
  return [...byStep]
    .map(([at, counts]) => ({ at, counts }))
    .sort((a, b) => a.at - b.at)
    .slice(-STEPS_MAX)
}
