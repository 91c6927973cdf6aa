import '#server-only'
import { isUnavailable } from '../base/errors.ts'
import { measure } from '../base/metrics.ts'

/** Thrown when more calls wait than may wait, or one for too long; the caller should come back after `retryAfterSeconds`. */
export class Overloaded extends Error {
  readonly retryAfterSeconds = 1
  constructor() {
    super('Too many calls are waiting.')
    this.name = 'Overloaded'
  }
}

/** True for what a full queue threw; also across the two copies of this module in one process. */
export const isOverloaded = (error: unknown): error is Overloaded =>
  error instanceof Error && error.name === 'Overloaded'

/** What a promise comes to, or Overloaded when that is not known within `ms`. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Overloaded()), Math.max(0, ms))
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** In place of an outcome: this call failed, the others of its batch did not. */
export class Failed {
  readonly error: unknown
  constructor(error: unknown) {
    this.error = error
  }
}

/** In place of an outcome: nothing was done for this call, though something was for others of its batch. It runs again, alone. */
export class Undecided extends Failed {}

type Waiting<Call, Outcome> = {
  call: Call
  key: string
  since: number
  /** Nobody waits for it any more. */
  isOver: boolean
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
}

export type GroupCommitOptions<Call, Outcome> = {
  /** What its batches are counted as. */
  name: string
  /**
   * Runs a batch and returns the outcomes in the same order, after they are durable. Throws only when running again is safe. May call
   * `release` when the database is done with all of it, so that the next batch is there while these calls are answered.
   */
  run: (calls: Call[], release: () => void) => Promise<(Outcome | Failed)[]>
  /** Calls with the same key never run in two batches at once. */
  keyOf: (call: Call) => string
  batchSize: number
  inFlight: number
  waitingMax: number
  /** How long a caller waits in all; then it is told to come back, and what its batch comes to is known by asking again. */
  waitMaxMs: number
}

// Lock time-out, deadlock: of one row, not of the database.
const isAboutLocks = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '40P01')

/** How long the batch at the database may keep the calls that came after it waiting. */
const HOLD_MS = 20

/**
 * Group commit: while a batch is at the database, arriving calls wait; the next batch carries them all. One round trip and one flush to
 * disk then serve many callers, and as a batch costs nearly the same with one call as with thirty, few large ones serve more than many
 * small ones. Only when a batch is full or the one before takes long, another begins beside it. Every caller is answered only after its
 * batch is durable. When a batch throws, its calls run alone (those of one key one after the other), so that a call that cannot be run
 * harms no other.
 */
export function groupCommit<Call, Outcome>(
  options: GroupCommitOptions<Call, Outcome>,
): (call: Call) => Promise<Outcome> {
  let waiting: Waiting<Call, Outcome>[] = []
  const atWork = new Set<Waiting<Call, Outcome>[]>()
  const busy = new Set<string>()
  let batches = 0
  let pumping = false
  /** Of the batch begun last, while what comes after it waits. */
  let latest: NodeJS.Timeout | undefined
  let expiry: NodeJS.Timeout | undefined

  function takeBatch(): Waiting<Call, Outcome>[] {
    const batch: Waiting<Call, Outcome>[] = []
    const rest: Waiting<Call, Outcome>[] = []
    for (const item of waiting) {
      if (batch.length < options.batchSize && !busy.has(item.key)) batch.push(item)
      else rest.push(item)
    }
    waiting = rest
    for (const item of batch) busy.add(item.key)
    return batch
  }

  function pump(): void {
    while (batches < options.inFlight && waiting.length > 0 && (!latest || waiting.length >= options.batchSize)) {
      const batch = takeBatch()
      if (batch.length === 0) return // every waiting key is at the database already
      batches++
      measure('batch_calls', options.name, batch.length)
      measure('batch_wait_seconds', options.name, (performance.now() - (batch[0]?.since ?? 0)) / 1_000)
      const letNext = () => {
        if (latest === holding) latest = undefined
        pump()
      }
      const holding = setTimeout(letNext, HOLD_MS)
      latest = holding
      let released = false
      const release = () => {
        if (released) return
        released = true
        clearTimeout(holding)
        for (const item of batch) busy.delete(item.key)
        batches--
        letNext()
      }
      void runBatch(batch, release).finally(release)
    }
  }

  async function runBatch(batch: Waiting<Call, Outcome>[], release = () => {}): Promise<void> {
    atWork.add(batch)
    try {
      const outcomes = await options.run(
        batch.map((item) => item.call),
        release,
      )
      const undecided: Waiting<Call, Outcome>[] = []
      let reason: unknown
      for (const [i, item] of batch.entries()) {
        const outcome = outcomes[i] as Outcome | Failed
        if (outcome instanceof Undecided) {
          undecided.push(item)
          reason = outcome.error
        } else if (outcome instanceof Failed) item.reject(outcome.error)
        else item.resolve(outcome)
      }
      if (undecided.length > 0) await runEachAlone(undecided, reason, batch.length === 1)
    } catch (error) {
      await runEachAlone(batch, error, batch.length === 1)
    } finally {
      atWork.delete(batch)
    }
  }

  async function runEachAlone(items: Waiting<Call, Outcome>[], error: unknown, wereAlone: boolean): Promise<void> {
    // A database that is away is away for each of them; asking for one after the other would only make them wait.
    if (wereAlone || (isUnavailable(error) && !isAboutLocks(error))) for (const item of items) item.reject(error)
    else
      await Promise.all(
        Map.groupBy(items, (item) => item.key)
          .values()
          .map(runAlone),
      )
  }

  async function runAlone(items: Waiting<Call, Outcome>[]): Promise<void> {
    for (const item of items) if (!item.isOver) await runBatch([item])
  }

  // One timer for all of them: those in front have waited longest. A database that hangs keeps its batch, but not the callers.
  function expire(): void {
    const oldest = performance.now() - options.waitMaxMs
    const isExpired = ({ since }: { since: number }) => since <= oldest
    const expired = waiting.filter(isExpired).concat(...[...atWork].map((batch) => batch.filter(isExpired)))
    waiting = waiting.filter((item) => !isExpired(item))
    for (const item of expired) {
      item.isOver = true
      item.reject(new Overloaded())
    }
    const left = [waiting, ...atWork].flatMap((items) => items.find((item) => !isExpired(item))?.since ?? [])
    expiry = left.length > 0 ? setTimeout(expire, Math.min(...left) - oldest).unref() : undefined
  }

  return (call) =>
    new Promise<Outcome>((resolve, reject) => {
      if (waiting.length >= options.waitingMax) {
        reject(new Overloaded())
        return
      }
      waiting.push({ call, key: options.keyOf(call), since: performance.now(), isOver: false, resolve, reject })
      if (!expiry) expiry = setTimeout(expire, options.waitMaxMs).unref()
      // Calls that arrive in one turn of the event loop share a batch.
      if (pumping) return
      pumping = true
      setImmediate(() => {
        pumping = false
        pump()
      })
    })
}
