// What the processes behind one port have counted, added up. The process that is asked asks the primary, the primary asks all.
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { added, link, type Snapshot, snapshot } from '#lib/base/metrics.ts'

/** One that is busy for longer is left out this time: what it has counted is not lost. */
const WAIT_MS = 1_500

type Message =
  | { metrics: 'ask'; id: number }
  | { metrics: 'tell'; id: number }
  | { metrics: 'told'; id: number; snapshot: Snapshot }
  | { metrics: 'all'; id: number; snapshots: Snapshot[] }

const isOurs = (message: unknown): message is Message =>
  typeof message === 'object' && message !== null && 'metrics' in message

const late = async <T>(otherwise: T): Promise<T> => sleep(WAIT_MS, otherwise, { ref: false })

/** Makes this process, started by another of ours, tell what it has counted, and ask for what all have. */
export function joinMetrics(name: string): void {
  if (!process.send || !process.env.LATCHKEY_METRICS_LINK) return
  const waiting = new Map<number, (snapshots: Snapshot[]) => void>()
  process.on('message', (message) => {
    if (!isOurs(message)) return
    if (message.metrics === 'tell') process.send?.({ metrics: 'told', id: message.id, snapshot: snapshot(name) })
    if (message.metrics === 'all') waiting.get(message.id)?.(message.snapshots)
  })
  let last = 0
  link.ask = async () => {
    const id = ++last
    const { promise, resolve } = Promise.withResolvers<Snapshot[]>()
    waiting.set(id, resolve)
    process.send?.({ metrics: 'ask', id })
    // Twice: the primary waits for the others.
    const came = await Promise.race([promise, late(null).then(() => late<Snapshot[] | null>(null))])
    waiting.delete(id)
    return came ?? [snapshot(name)]
  }
}

/** In the primary: children that are added are asked when one of them, or the primary itself, wants to know. */
export function gatherMetrics(ownName: string): (child: ChildProcess) => void {
  const children = new Set<ChildProcess>()
  /** What each told last. */
  const known = new Map<ChildProcess, Snapshot>()
  /** Of processes that have ended: what they counted was counted. */
  let gone: Snapshot[] = []
  let last = 0

  const tell = (child: ChildProcess): Promise<Snapshot | null> => {
    const id = ++last
    const { promise, resolve } = Promise.withResolvers<Snapshot | null>()
    const heard = (message: unknown) => {
      if (isOurs(message) && message.metrics === 'told' && message.id === id) resolve(message.snapshot)
    }
    child.on('message', heard)
    child.send({ metrics: 'tell', id } satisfies Message, (error) => error && resolve(null))
    return Promise.race([promise, late(null)]).finally(() => child.off('message', heard))
  }

  const all = async (): Promise<Snapshot[]> => {
    const told = await Promise.all(
      [...children].map(async (child) => {
        const now = child.connected ? await tell(child) : null
        if (now) known.set(child, now)
        return now ?? known.get(child) ?? null
      }),
    )
    return [snapshot(ownName), ...told.filter((each) => each !== null), ...gone]
  }
  link.ask = all

  return (child) => {
    children.add(child)
    child.on('message', async (message: unknown) => {
      if (!isOurs(message) || message.metrics !== 'ask') return
      const snapshots = await all()
      if (child.connected) child.send({ metrics: 'all', id: message.id, snapshots } satisfies Message, () => {})
    })
    child.once('exit', () => {
      children.delete(child)
      const told = known.get(child)
      known.delete(child)
      // Their memory is free; their counts stay, as one.
      if (told) gone = [{ process: 'ended', pid: 0, gauges: [], ...added([...gone, told]) }]
    })
  }
}
