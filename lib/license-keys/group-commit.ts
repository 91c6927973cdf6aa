import '#server-only'

/** Thrown when more calls wait than may wait; the caller should come back after `retryAfterSeconds`. */
export class Overloaded extends Error {
  readonly retryAfterSeconds = 1
  constructor() {
    super('Too many calls are waiting.')
    this.name = 'Overloaded'
  }
}

type Waiting<Call, Outcome> = {
  call: Call
  key: string
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
}

export type GroupCommitOptions<Call, Outcome> = {
  /** Runs a batch and returns the outcomes in the same order, after they are durable. */
  run: (calls: Call[]) => Promise<Outcome[]>
  /** Calls with the same key never run in two batches at once. */
  keyOf: (call: Call) => string
  batchSize: number
  inFlight: number
  waitingMax: number
}

/**
 * Group commit: while batches are at the database, arriving calls wait; the next batch carries them all. One round trip and one flush
 * to disk then serve many callers. Every caller is answered only after its batch is durable. When a batch fails, its calls run one by
 * one, so that a call that cannot be run harms no other.
 */
export function groupCommit<Call, Outcome>(
  options: GroupCommitOptions<Call, Outcome>,
): (call: Call) => Promise<Outcome> {
  let waiting: Waiting<Call, Outcome>[] = []
  const busy = new Set<string>()
  let batches = 0

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
    while (batches < options.inFlight && waiting.length > 0) {
      const batch = takeBatch()
      if (batch.length === 0) return // every waiting key is at the database already
      batches++
      void runBatch(batch).finally(() => {
        batches--
        for (const item of batch) busy.delete(item.key)
        pump()
      })
    }
  }

  async function runBatch(batch: Waiting<Call, Outcome>[]): Promise<void> {
    try {
      const outcomes = await options.run(batch.map((item) => item.call))
      for (const [i, item] of batch.entries()) item.resolve(outcomes[i] as Outcome)
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error)
      else await Promise.all(batch.map((item) => runBatch([item])))
    }
  }

  return (call) =>
    new Promise<Outcome>((resolve, reject) => {
      if (waiting.length >= options.waitingMax) {
        reject(new Overloaded())
        return
      }
      waiting.push({ call, key: options.keyOf(call), resolve, reject })
      // Calls that arrive in one turn of the event loop share a batch.
      if (waiting.length === 1) setImmediate(pump)
    })
}
