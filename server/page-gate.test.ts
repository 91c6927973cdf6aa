import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Gate, type GateOptions, type Place } from './page-gate.ts'

const options: GateOptions = {
  ...{ rate: null, atOnce: 3, atOnceOfOne: 2, waiting: 4, waitingOfOne: 2, waitMs: 60_000 },
}
const isPlace = (place: Place): place is () => void => typeof place === 'function'

/** What a request got so far; undefined while it waits. */
function watch(entering: Promise<Place>) {
  const seen: { place?: Place } = {}
  entering.then((place) => {
    seen.place = place
  })
  return seen
}
const leave = (seen: { place?: Place } | undefined) => (seen?.place as (() => void) | undefined)?.()
const turn = () => new Promise(setImmediate)

test('one address takes its part and waits then, while others go in', async () => {
  const gate = new Gate(options)
  const ofA = [1, 2, 3, 4, 5].map(() => watch(gate.enter('a')))
  await turn()
  expect(ofA.map(({ place }) => place && isPlace(place))).toEqual([true, true, undefined, undefined, false])
  expect(ofA[4]?.place).toEqual({ status: 503, retryAfterSeconds: 2 })
  const ofB = watch(gate.enter('b'))
  const next = watch(gate.enter('c'))
  await turn()
  expect([ofB, next].map(({ place }) => place && isPlace(place))).toEqual([true, undefined])
  leave(ofA[0])
  await turn()
  // Whoever waited longest and has room: the third of the first address.
  expect([ofA[2], next].map((seen) => seen?.place && isPlace(seen.place))).toEqual([true, undefined])
})

test('nobody waits longer than the time for it', async () => {
  const gate = new Gate({ ...options, atOnce: 1, waitMs: 1 })
  await gate.enter('a')
  expect(await gate.enter('b')).toEqual({ status: 503, retryAfterSeconds: 2 })
})

test('too many of one address in a second: 429, for it alone', async () => {
  const gate = new Gate({ ...options, rate: { perSecond: 2, burst: 1 }, atOnce: 100, atOnceOfOne: 100 })
  const places = [await gate.enter('a'), await gate.enter('a'), await gate.enter('a'), await gate.enter('a')]
  expect(places.map(isPlace)).toEqual([true, true, true, false])
  expect(places[3]).toEqual({ status: 429, retryAfterSeconds: 1 })
  // One home is one address.
  expect(isPlace(await gate.enter('2001:db8::1'))).toBe(true)
})

test('never more inside than may be, and everybody gets in when others leave', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('a', 'b', 'c', 'leave'), { maxLength: 60 }), async (steps) => {
      const gate = new Gate({ ...options, waiting: 100, waitingOfOne: 100 })
      const inside: { address: string; leave: () => void }[] = []
      let entered = 0
      const asked = steps.filter((step) => step !== 'leave').length
      const check = () => {
        expect(inside.length).toBeLessThanOrEqual(3)
        for (const name of ['a', 'b', 'c'])
          expect(inside.filter(({ address }) => address === name).length).toBeLessThanOrEqual(2)
      }
      for (const step of steps) {
        if (step === 'leave') inside.shift()?.leave()
        else
          void gate.enter(step).then((place) => {
            entered++
            inside.push({ address: step, leave: place as () => void })
          })
        await turn()
        check()
      }
      while (inside.length > 0) {
        inside.shift()?.leave()
        await turn()
        check()
      }
      expect(entered).toBe(asked)
    }),
    { numRuns: 200 },
  ))
