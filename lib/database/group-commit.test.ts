import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Failed, type GroupCommitOptions, groupCommit, isOverloaded, Overloaded, Undecided } from './group-commit.ts'

type Call = { key: string; n: number }
type Batch = { calls: Call[]; release: () => void; finish: () => void; fail: (error: Error) => void }

/** A queue whose batches wait until the test lets them go on. */
function held(options: Partial<GroupCommitOptions<Call, string>> = {}) {
  const batches: Batch[] = []
  const enqueue = groupCommit<Call, string>({
    name: 'test',
    run: (calls, release) =>
      new Promise((resolve, reject) => {
        batches.push({ calls, release, finish: () => resolve(calls.map(({ key, n }) => `${key}${n}`)), fail: reject })
      }),
    keyOf: ({ key }) => key,
    batchSize: 100,
    inFlight: 2,
    waitingMax: 1_000,
    waitMaxMs: 60_000,
    ...options,
  })
  const names = () => batches.map(({ calls }) => calls.map(({ key, n }) => `${key}${n}`).join(' '))
  return { batches, enqueue, names }
}

const limits = { waitingMax: 100, waitMaxMs: 60_000 }
const call = (key: string, n = 1): Call => ({ key, n })

afterEach(() => void vi.useRealTimers())

describe('groupCommit', () => {
  test('calls of one turn share a batch, and each gets its own outcome', async () => {
    const { batches, enqueue, names } = held()
    const all = Promise.all([enqueue(call('a')), enqueue(call('b')), enqueue(call('a', 2))])
    await turn()
    expect(names()).toEqual(['a1 b1 a2'])
    batches[0]?.finish()
    expect(await all).toEqual(['a1', 'b1', 'a2'])
  })

  test('nobody is answered before the batch is durable', async () => {
    const { batches, enqueue } = held()
    let answered = false
    const one = enqueue(call('a')).then(() => {
      answered = true
    })
    await turn()
    await turn()
    expect(answered).toBe(false)
    batches[0]?.finish()
    await one
    expect(answered).toBe(true)
  })

  test('a batch holds at most its size, and the rest keeps its order', async () => {
    const { batches, enqueue, names } = held({ batchSize: 2, inFlight: 1 })
    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => enqueue(call(key))))
    for (let i = 0; i < 3; i++) {
      await turn()
      batches[i]?.finish()
    }
    expect(await all).toEqual(['a1', 'b1', 'c1', 'd1', 'e1'])
    expect(names()).toEqual(['a1 b1', 'c1 d1', 'e1'])
  })

  test('a batch that the database is done with lets the next one begin, its keys too', async () => {
    const { batches, enqueue, names } = held({ inFlight: 1 })
    const all = [enqueue(call('a')), enqueue(call('b'))]
    await turn()
    all.push(enqueue(call('a', 2)), enqueue(call('c')))
    await turn()
    expect(names()).toEqual(['a1 b1'])
    batches[0]?.release()
    expect(names()).toEqual(['a1 b1', 'a2 c1'])
    all.push(enqueue(call('a', 3)), enqueue(call('d')))
    // That the first one ends later says nothing about the keys and the place of the second.
    batches[0]?.finish()
    await turn()
    expect(names()).toEqual(['a1 b1', 'a2 c1'])
    batches[1]?.finish()
    await turn()
    expect(names()).toEqual(['a1 b1', 'a2 c1', 'a3 d1'])
    batches[2]?.finish()
    expect(await Promise.all(all)).toEqual(['a1', 'b1', 'a2', 'c1', 'a3', 'd1'])
  })

  test('at most so many batches are in flight', async () => {
    const { batches, enqueue, names } = held({ batchSize: 1, inFlight: 2 })
    const all = Promise.all(['a', 'b', 'c'].map((key) => enqueue(call(key))))
    await turn()
    await turn()
    expect(names()).toEqual(['a1', 'b1'])
    batches[1]?.finish()
    await turn()
    expect(names()).toEqual(['a1', 'b1', 'c1'])
    batches[0]?.finish()
    batches[2]?.finish()
    await all
  })

  test('calls of one key are never in two batches at once', async () => {
    const { batches, enqueue, names } = held()
    const first = enqueue(call('a'))
    await turn()
    const later = [enqueue(call('a', 2)), enqueue(call('a', 3))]
    await turn()
    await turn()
    expect(names()).toEqual(['a1'])
    batches[0]?.finish()
    await first
    await turn()
    expect(names()).toEqual(['a1', 'a2 a3'])
    batches[1]?.finish()
    expect(await Promise.all(later)).toEqual(['a2', 'a3'])
  })

  test('a call that waits for its busy key holds up no other key', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { batches, enqueue, names } = held()
    const first = enqueue(call('a'))
    await turn()
    const second = enqueue(call('a', 2))
    await turn()
    const other = enqueue(call('b'))
    await turn()
    vi.advanceTimersByTime(20)
    expect(names()).toEqual(['a1', 'b1'])
    batches[1]?.finish()
    expect(await other).toBe('b1')
    batches[0]?.finish()
    await first
    await turn()
    batches[2]?.finish()
    expect(await second).toBe('a2')
  })

  test('a batch that throws runs its calls alone: only the one at fault fails', async () => {
    const runs: string[] = []
    const enqueue = groupCommit<Call, string>({
      name: 'test',
      run: async (calls) => {
        runs.push(calls.map(({ key, n }) => `${key}${n}`).join(' '))
        if (calls.some(({ key }) => key === 'bad')) throw new Error('bad call')
        return calls.map(({ key, n }) => `${key}${n}`)
      },
      keyOf: ({ key }) => key,
      batchSize: 100,
      inFlight: 1,
      ...limits,
    })
    const results = await Promise.allSettled([enqueue(call('a')), enqueue(call('bad')), enqueue(call('b'))])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(runs).toEqual(['a1 bad1 b1', 'a1', 'bad1', 'b1'])
    expect(await enqueue(call('a', 9))).toBe('a9')
  })

  test('alone, calls of one key still run one after the other', async () => {
    const running = new Map<string, number>()
    let most = 0
    const enqueue = groupCommit<Call, string>({
      name: 'test',
      run: async (calls) => {
        if (calls.length > 1) throw new Error('not together')
        const { key, n } = calls[0] as Call
        running.set(key, (running.get(key) ?? 0) + 1)
        most = Math.max(most, running.get(key) as number)
        await turn()
        running.set(key, (running.get(key) as number) - 1)
        return [`${key}${n}`]
      },
      keyOf: ({ key }) => key,
      batchSize: 100,
      inFlight: 2,
      ...limits,
    })
    const calls = ['a', 'a', 'b', 'a', 'b'].map((key, n) => call(key, n))
    expect(await Promise.all(calls.map(enqueue))).toEqual(['a0', 'a1', 'b2', 'a3', 'b4'])
    expect(most).toBe(1)
  })

  test('a failed call among others that are durable fails alone and is not run again', async () => {
    let runs = 0
    const enqueue = groupCommit<Call, string>({
      name: 'test',
      run: async (calls) => {
        runs++
        return calls.map(({ key }) => (key === 'lost' ? new Failed(new Error('connection lost')) : key))
      },
      keyOf: ({ key }) => key,
      batchSize: 100,
      inFlight: 2,
      ...limits,
    })
    const results = await Promise.allSettled([enqueue(call('a')), enqueue(call('lost')), enqueue(call('b'))])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(runs).toBe(1)
  })

  test('of a batch that was written in part, the rest runs again alone, and only what fails then fails', async () => {
    const runs: string[] = []
    const enqueue = groupCommit<Call, string>({
      name: 'test',
      run: async (calls) => {
        runs.push(calls.map(({ key }) => key).join(' '))
        const undecided = calls.some(({ key }) => key === 'bad') ? new Undecided(new Error('bad call')) : undefined
        return calls.map(({ key }) => (key === 'plain' ? key : (undecided ?? key)))
      },
      keyOf: ({ key }) => key,
      batchSize: 100,
      inFlight: 2,
      ...limits,
    })
    const results = await Promise.allSettled(['plain', 'a', 'bad', 'b'].map((key) => enqueue(call(key))))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(runs).toEqual(['plain a bad b', 'a', 'bad', 'b'])
  })

  test('a full queue refuses at once, and takes calls again when it has room', async () => {
    const { batches, enqueue } = held({ batchSize: 2, inFlight: 1, waitingMax: 3 })
    const accepted = [enqueue(call('a')), enqueue(call('b')), enqueue(call('c'))]
    const refused = await enqueue(call('d')).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Overloaded)
    expect(isOverloaded(refused)).toBe(true)
    expect(isOverloaded(new Error('other'))).toBe(false)
    await turn()
    const again = enqueue(call('d'))
    batches[0]?.finish()
    await turn()
    batches[1]?.finish()
    await turn()
    batches[2]?.finish()
    expect(await Promise.all([...accepted, again])).toEqual(['a1', 'b1', 'c1', 'd1'])
  })

  test('what arrives while a batch is at the database goes together in the next', async () => {
    const { batches, enqueue, names } = held({ inFlight: 2 })
    void enqueue(call('a'))
    await turn()
    for (const key of ['b', 'c', 'd']) {
      void enqueue(call(key))
      await turn()
    }
    expect(names()).toEqual(['a1'])
    batches[0]?.finish()
    await turn()
    expect(names()).toEqual(['a1', 'b1 c1 d1'])
  })

  test('a full batch waits for no other', async () => {
    const { enqueue, names } = held({ batchSize: 2, inFlight: 2 })
    void enqueue(call('a'))
    await turn()
    for (const key of ['b', 'c', 'd']) void enqueue(call(key))
    await turn()
    expect(names()).toEqual(['a1', 'b1 c1'])
  })

  test('a batch that takes long holds up what comes after it for a moment only', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { batches, enqueue, names } = held({ inFlight: 3 })
    void enqueue(call('a'))
    await turn()
    void enqueue(call('b'))
    await turn()
    vi.advanceTimersByTime(19)
    expect(names()).toEqual(['a1'])
    vi.advanceTimersByTime(1)
    expect(names()).toEqual(['a1', 'b1'])
    void enqueue(call('c'))
    await turn()
    batches[1]?.finish()
    await turn()
    expect(names()).toEqual(['a1', 'b1', 'c1'])
  })

  test('a call that waits too long is refused, one that came later is not yet', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { batches, enqueue } = held({ inFlight: 1, waitMaxMs: 3_000 })
    const first = enqueue(call('a')).catch((error: unknown) => error)
    await turn()
    vi.advanceTimersByTime(100)
    const early = enqueue(call('b')).catch((error: unknown) => error)
    vi.advanceTimersByTime(2_000)
    const late = enqueue(call('c')).catch((error: unknown) => error)
    vi.advanceTimersByTime(1_500)
    expect(isOverloaded(await first)).toBe(true)
    expect(isOverloaded(await early)).toBe(true)
    batches[0]?.finish()
    await turn()
    await turn()
    batches[1]?.finish()
    expect(await late).toBe('c1')
  })

  test('a database that hangs keeps the batch, and its callers no longer than others', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { batches, enqueue, names } = held({ inFlight: 1, waitMaxMs: 3_000 })
    const first = enqueue(call('a')).catch((error: unknown) => error)
    await turn()
    vi.advanceTimersByTime(1_000)
    const waiting = enqueue(call('b')).catch((error: unknown) => error)
    vi.advanceTimersByTime(2_000)
    expect(isOverloaded(await first)).toBe(true)
    vi.advanceTimersByTime(1_000)
    expect(isOverloaded(await waiting)).toBe(true)
    // A lock that was not had in time: what nobody waits for any more is not tried again.
    batches[0]?.fail(Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' }))
    await turn()
    const later = enqueue(call('c'))
    await turn()
    expect(names()).toEqual(['a1', 'c1'])
    batches[1]?.finish()
    expect(await later).toBe('c1')
  })

  test('a key that stays locked keeps its batch waiting, and then only its own calls fail', async () => {
    const enqueue = groupCommit<Call, string>({
      name: 'test',
      run: async (calls) => {
        const timeout = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' })
        if (calls.some(({ key }) => key === 'locked')) throw timeout
        return calls.map(({ key }) => key)
      },
      keyOf: ({ key }) => key,
      batchSize: 100,
      inFlight: 2,
      ...limits,
    })
    const results = await Promise.allSettled([enqueue(call('a')), enqueue(call('locked')), enqueue(call('b'))])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('whatever comes when: every call is answered with its own outcome, once, in the order of its key', async () => {
    const arrivals = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'bad'), wait: fc.nat(3) }), {
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        async (list, size, inFlight) => {
          const running = new Set<string>()
          const done: Call[] = []
          let flights = 0
          const enqueue = groupCommit<Call, string>({
            name: 'test',
            run: async (calls) => {
              const keys = new Set(calls.map(({ key }) => key))
              expect(calls.length).toBeLessThanOrEqual(size)
              for (const key of keys) expect(running.has(key)).toBe(false)
              for (const key of keys) running.add(key)
              flights++
              await turn()
              flights--
              for (const key of keys) running.delete(key)
              if (keys.has('bad')) throw new Error('bad call')
              done.push(...calls)
              return calls.map(({ key, n }) => `${key}${n}`)
            },
            keyOf: ({ key }) => key,
            batchSize: size,
            inFlight,
            ...limits,
          })
          const answers: Promise<PromiseSettledResult<string>[]>[] = []
          for (const [n, { key, wait }] of list.entries()) {
            for (let i = 0; i < wait; i++) await turn()
            answers.push(Promise.allSettled([enqueue(call(key, n))]))
          }
          const results = (await Promise.all(answers)).flat()
          for (const [n, { key }] of list.entries())
            expect(results[n]).toMatchObject(key === 'bad' ? { status: 'rejected' } : { value: `${key}${n}` })
          for (const key of ['a', 'b', 'c']) {
            const order = done.filter((each) => each.key === key).map(({ n }) => n)
            expect(order).toEqual(order.toSorted((x, y) => x - y))
          }
          expect(flights).toBe(0)
          expect(done.length).toBe(list.filter(({ key }) => key !== 'bad').length)
        },
      ),
      { numRuns: 200 },
    )
  })
})
