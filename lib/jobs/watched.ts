import '#server-only'
import type { System } from '../base/actor.ts'
import { perProcess } from '../base/per-process.ts'
import type { WorkKind } from './plain.ts'
import { workOfAll } from './queries.ts'

const system: System = { kind: 'system', name: 'Latchkey' }

/** How one kind of work of the whole installation stands. */
export type WatchedWork = { waiting: number; running: number; failed: number; oldestSeconds: number }

/** Whoever asks more often gets the same answer: the first address that says it can be asked by anybody. */
const KEPT_MS = 5_000

const shared = perProcess('watched-work', (): { at: number; work?: Promise<Record<WorkKind, WatchedWork>> } => ({
  at: -Infinity,
}))

/** How the background work of the whole installation stands, at most some seconds ago. */
export function watchedWork(): Promise<Record<WorkKind, WatchedWork>> {
  if (shared.work && performance.now() - shared.at < KEPT_MS) return shared.work
  shared.at = performance.now()
  const asked = read(new Date())
  shared.work = asked
  asked.catch(() => {
    if (shared.work === asked) shared.at = -Infinity
  })
  return asked
}

async function read(now: Date): Promise<Record<WorkKind, WatchedWork>> {
  const work = await workOfAll(system)
  return Object.fromEntries(
    Object.entries(work).map(([kind, { waiting, running, failed, oldestAt }]) => [
      kind,
      {
        ...{ waiting, running, failed },
        oldestSeconds: oldestAt ? Math.max(0, Math.round((now.getTime() - oldestAt.getTime()) / 1_000)) : 0,
      },
    ]),
  ) as Record<WorkKind, WatchedWork>
}
