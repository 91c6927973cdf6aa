import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type NetworkFacts, placesOf, type Sighting, type Turn } from './places.ts'
import { type Level, levels, THRESHOLDS } from './plain.ts'
import { assess, type Excused, levelOf, scoreOf, shiftOf } from './rules.ts'
import { expectedPlaces, type Policy, points, type Surroundings, type Trial } from './signals.ts'
import { areaOf, networkOfAddress, sightingsOf, Tally } from './tally.ts'

const TODAY = 20_500
const DAY_MS = 86_400_000
const now = new Date((TODAY + 1) * DAY_MS - 1)
const EVENING = 0b111 << 18
const MIDNIGHT = { before: 1 << 23, after: 1 } as const
const person: Policy = { audience: 'person', seats: null, limit: null }
const unsaid: Policy = { audience: 'unsaid', seats: null, limit: null }

/** A device that is in a network on each of the last days, mornings or evenings. */
const daily = (device: string, network: string | ((day: number) => string), days = 28, more: Partial<Sighting> = {}) =>
  Array.from({ length: days }, (_, ago): Sighting => {
    const day = TODAY - ago
    const name = typeof network === 'string' ? network : network(day)
    return { device, day, network: name, hours: EVENING, yes: 3, no: 0, full: 0, ...more }
  })

const nothingKnown = (network: string): NetworkFacts => ({
  keys: 1,
  area: network,
  kind: null,
  country: null,
  owner: null,
})

const judged = (
  sightings: Sighting[],
  {
    policy = person,
    turns = [] as Turn[],
    excused = {} as Excused,
    ...around
  }: Partial<Surroundings> & { policy?: Policy; turns?: Turn[]; excused?: Excused } = {},
) =>
  assess(
    { sightings, turns },
    policy,
    { network: nothingKnown, callsPerDay: 3, trials: [], customersOfDevice: 1, ...around },
    excused,
    now,
  )

const several = (count: number, make: (i: number) => Sighting[]) =>
  Array.from({ length: count }, (_, i) => make(i)).flat()

describe('who is not accused', () => {
  test.each<[string, Sighting[], Parameters<typeof judged>[1]?]>([
    ['one device', daily('a', 'home')],
    ['one device that is somewhere else each day', daily('a', (day) => `hotel ${day}`)],
    ['devices whose address changes each day', [...daily('a', (d) => `n${d}`), ...daily('b', (d) => `n${d}`)]],
    [
      'sixty devices in one office',
      several(60, (i) => daily(`pc ${i}`, 'office')),
      { policy: { ...person, audience: 'unsaid' } },
    ],
    [
      'a team at home',
      several(8, (i) => daily(`pc ${i}`, `home ${i}`)),
      { policy: { audience: 'team', seats: 8, limit: null } },
    ],
    ['home, work, studio and parents', several(4, (i) => daily(`pc ${i}`, `place ${i}`))],
    [
      'build runners that come once',
      several(27, (ago) => several(20, (i) => daily(`r ${ago} ${i}`, `cloud ${i}`, 1, { day: TODAY - ago }))),
    ],
    [
      'build runners that run over midnight',
      several(20, (i) => [
        ...daily(`r ${i}`, `cloud ${i}`, 1, { day: TODAY - i, hours: MIDNIGHT.before }),
        ...daily(`r ${i}`, `cloud ${i}`, 1, { day: TODAY - i + 1, hours: MIDNIGHT.after }),
      ]),
    ],
    [
      'build runners that find no room, each once',
      several(60, (i) => daily(`r ${i}`, `cloud ${i}`, 1, { day: TODAY - (i % 14), yes: 0, no: 1, full: 1 })),
    ],
    [
      'servers that replace one another',
      several(27, (i) => daily(`s ${i}`, `cloud ${i}`, 2, { day: TODAY - i })).map((one, i) => ({
        ...one,
        day: one.day - (i % 2),
      })),
      { policy: unsaid },
    ],
    ['a machine in each of 14 shops', several(14, (i) => daily(`till ${i}`, `shop ${i}`)), { policy: unsaid }],
    ['a company in its first week', several(19, (i) => daily(`pc ${i}`, `home ${i}`, 6)), { policy: unsaid }],
    [
      'five people who are seen in networks of everybody only',
      several(5, (i) => daily(`phone ${i}`, `carrier ${i}`)),
      { network: (network) => ({ ...nothingKnown(network), keys: 50 }) },
    ],
    ['a device that is refused all day', daily('x', 'elsewhere', 14, { yes: 0, no: 90, full: 90 })],
    [
      'a site license, whoever uses it',
      several(50, (i) => daily(`pc ${i}`, `home ${i}`)),
      { policy: { ...person, audience: 'anyone' } },
    ],
    [
      'an id that the software sends everywhere',
      several(20, (i) => daily('00:00:00', `home ${i}`)),
      { callsPerDay: 3, customersOfDevice: 500 },
    ],
  ])('%s', (_who, sightings, around) => {
    expect(judged(sightings, around).score).toBeLessThan(THRESHOLDS.look.enter)
  })

  test('a classroom, whose trials run side by side', () => {
    const trials = Array.from({ length: 12 }, (_, i): Trial => {
      return { customer: `pupil ${i}`, by: 'device', from: 0, to: 30 * DAY_MS }
    })
    expect(judged(daily('a', 'school'), { trials }).score).toBe(0)
  })

  test('a person between three desks, who frees one to use the next', () => {
    const desks = ['home', 'work', 'studio']
    const sightings = desks.flatMap((desk) => daily(`pc ${desk}`, desk))
    const turns = Array.from({ length: 28 }, (_, ago) =>
      desks.flatMap((desk, i): Turn[] => {
        const at = (TODAY - ago) * DAY_MS + i * 5 * 3_600_000
        return [
          { at, device: `pc ${desk}`, on: true },
          { at: at + 3_600_000, device: `pc ${desk}`, on: false },
        ]
      }),
    ).flat()
    expect(judged(sightings, { turns, policy: { ...person, limit: 1 } }).score).toBe(0)
  })
})

describe('who is', () => {
  test('six people in six places', () => {
    const { score, evidence } = judged(several(6, (i) => daily(`pc ${i}`, `home ${i}`)))
    expect(score).toBeGreaterThanOrEqual(THRESHOLDS.look.enter)
    expect(evidence[0]).toMatchObject({ signal: 'places', values: { places: 6, atOnce: 6, expected: 3 } })
  })

  test('not what they were, when they stop: the score falls by half in two weeks', () => {
    const sightings = several(9, (i) => daily(`pc ${i}`, `home ${i}`))
    const later = new Date(now.getTime() + 7 * DAY_MS)
    const at = (when: Date) =>
      assess(
        { sightings, turns: [] },
        person,
        { network: nothingKnown, callsPerDay: 3, trials: [], customersOfDevice: 1 },
        {},
        when,
      ).score
    expect(at(later)).toBeLessThan(at(now) * 0.8)
  })

  test('whose network names change in the middle, as their hashes do, count no more for that', () => {
    const moved = (name: string) => (day: number) => (day > TODAY - 14 ? `${name} new` : `${name} old`)
    const home = [...daily('a', moved('home')), ...daily('b', moved('home'))]
    expect(placesOf(home, nothingKnown, TODAY).places).toHaveLength(1)
    const six = several(6, (i) => daily(`pc ${i}`, moved(`home ${i}`)))
    expect(judged(six).evidence[0]?.values.places).toBe(6)
  })

  test('a key on a forum, within days', () => {
    const { evidence } = judged(several(30, (i) => daily(`pc ${i}`, `home ${i}`, 2)))
    expect(evidence[0]?.signal).toBe('newcomers')
  })

  test('a crowd at a full key, each of which has its own network', () => {
    const crowd = several(20, (i) => daily(`x ${i}`, `n ${i}`, 2, { yes: 0, no: 2, full: 2 }))
    expect(judged([...daily('a', 'home'), ...crowd]).evidence[0]?.signal).toBe('crowd')
    const office = several(20, (i) => daily(`x ${i}`, 'office', 2, { yes: 0, no: 2, full: 2 }))
    expect(judged([...daily('a', 'home'), ...office]).score).toBe(0)
  })

  test('those who come back to a full key, beside those who have a slot', () => {
    const within = several(3, (i) => daily(`pc ${i}`, `home ${i}`))
    const refused = several(5, (i) => daily(`x ${i}`, `n ${i}`, 5, { yes: 0, no: 2, full: 2 }))
    expect(judged(refused).score).toBeLessThan(THRESHOLDS.look.enter)
    expect(judged([...within, ...refused], { policy: { ...person, limit: 3 } }).evidence[0]?.signal).toBe('crowd')
  })

  test('places that nobody said anything of, when more come every week', () => {
    const grown = several(14, (i) => daily(`pc ${i}`, `home ${i}`, 28 - i))
    expect(judged(grown, { policy: unsaid }).score).toBeGreaterThanOrEqual(THRESHOLDS.look.enter)
  })

  test('one device in ten networks at once that calls like ten', () => {
    const copies = several(10, (i) => daily('a', `home ${i}`))
    expect(judged(copies).evidence[0]?.signal).toBe('copies')
    expect(judged(copies, { callsPerDay: 30 }).score).toBe(0)
  })

  test('ten lasting devices at once, when the key is one person’s and only then', () => {
    const office = several(10, (i) => daily(`pc ${i}`, 'office'))
    expect(judged(office).evidence[0]?.signal).toBe('together')
    expect(judged(office, { policy: { ...person, audience: 'unsaid' } }).score).toBe(0)
  })

  test('trials that follow one another on one device', () => {
    const trials = Array.from({ length: 4 }, (_, i): Trial => {
      return {
        customer: `c ${i}`,
        by: 'device',
        from: (TODAY - 56 + i * 14) * DAY_MS,
        to: (TODAY - 42 + i * 14) * DAY_MS,
      }
    })
    expect(judged(daily('a', 'home'), { trials }).evidence[0]).toMatchObject({
      signal: 'trials',
      values: { trials: 4 },
    })
    const oneCustomer = trials.map((trial) => ({ ...trial, customer: 'c' }))
    expect(judged(daily('a', 'home'), { trials: oneCustomer }).score).toBe(0)
  })
})

describe('scores', () => {
  const sold = several(9, (i) => daily(`pc ${i}`, `home ${i}`))

  test('what was said to be fine counts again only when it has grown much', () => {
    const before = judged(sold)
    const points = before.evidence.find(({ signal }) => signal === 'places')?.points ?? 0
    expect(judged(sold, { excused: { places: points } }).evidence.map(({ signal }) => signal)).not.toContain('places')
    expect(judged(sold, { excused: { places: points - 21 } }).evidence[0]?.signal).toBe('places')
  })

  test('more evidence never makes a score smaller, and none runs over', () => {
    const some = fc.array(fc.record({ points: fc.integer({ min: 1, max: 92 }), supports: fc.boolean() }), {
      maxLength: 9,
    })
    const one = fc.record({ points: fc.integer({ min: 1, max: 92 }), supports: fc.constant(true) })
    const evidence = (each: { points: number; supports: boolean }) =>
      ({ signal: 'places', values: {}, lastDay: TODAY, ...each }) as const
    fc.assert(
      fc.property(some, one, (before, added) => {
        const score = scoreOf(before.map(evidence))
        expect(score).toBeLessThanOrEqual(100)
        expect(scoreOf([...before, added].map(evidence))).toBeGreaterThanOrEqual(score)
      }),
    )
    expect(scoreOf([evidence({ points: 90, supports: true })])).toBe(0)
  })

  test.each<[number, Level, number, Level]>([
    [49, 'none', 0, 'none'],
    [50, 'none', 0, 'look'],
    [41, 'look', 0, 'look'],
    [39, 'look', 0, 'none'],
    [80, 'look', 0, 'act'],
    [66, 'act', 0, 'act'],
    [64, 'act', 0, 'look'],
    [39, 'act', 0, 'none'],
    [55, 'none', 6, 'none'],
    [46, 'none', -5, 'look'],
  ])('%i after %s, moved by %i, is %s', (score, before, shift, expected) => {
    expect(levelOf(score, before, shift)).toBe(expected)
    expect(levels).toContain(expected)
  })

  test('an organization moves its thresholds within bounds', () => {
    expect([shiftOf(0, 0), shiftOf(2, 0), shiftOf(100, 0), shiftOf(0, 100)]).toEqual([0, 4, 15, -5])
  })

  test.each<[Policy, number]>([
    [person, 3],
    [{ audience: 'team', seats: 10, limit: 3 }, 15],
    [{ audience: 'unsaid', seats: null, limit: 2 }, 3],
    [{ audience: 'unsaid', seats: null, limit: 5 }, 9],
    [{ audience: 'unsaid', seats: null, limit: null }, 8],
  ])('%o leads one to expect %i places', (policy, expected) => {
    expect(expectedPlaces(policy)).toBe(expected)
  })

  test('points lie on straight lines', () => {
    const table = [
      [1, 20],
      [3, 40],
    ] as const
    expect([0.9, 1, 2, 3, 99].map((value) => points(value, table))).toEqual([0, 20, 30, 40, 40])
  })
})

describe('the tally', () => {
  test('adds calls up by key, device, day and network', () => {
    const tally = new Tally()
    const at = TODAY * DAY_MS
    tally.add('k', 'd', 'n', 'yes', at)
    tally.add('k', 'd', 'n', 'no', at + 3_600_000)
    tally.add('k', null, 'n', 'full', at + 23.5 * 3_600_000)
    const [[day, keys] = []] = [...tally.days]
    const of = keys?.get('k')
    expect(day).toBe(TODAY)
    expect(of && [...sightingsOf(TODAY, of)]).toEqual([
      { device: 'd', day: TODAY, network: 'n', hours: 0b11, yes: 1, no: 1, full: 0 },
      { device: null, day: TODAY, network: 'n', hours: 1 << 23, yes: 0, no: 1, full: 1 },
    ])
  })

  test('keeps 64 rows of a key and day, and counts the rest', () => {
    const tally = new Tally()
    for (let i = 0; i < 100; i++) tally.add('k', `d${i}`, 'n', 'yes', TODAY * DAY_MS)
    tally.add('k', 'd1', 'n', 'yes', TODAY * DAY_MS)
    expect(tally.days.get(TODAY)?.get('k')).toMatchObject({ rows: 64, dropped: 36 })
  })

  test.each([
    ['203.0.113.7', '203.0.113.0/24', '203.0.0.0/16'],
    ['::ffff:203.0.113.7', '203.0.113.0/24', '203.0.0.0/16'],
    ['2001:DB8:1:2::5', '2001:db8:1::/48', '2001:db8::/32'],
    ['2001:db8::5', '2001:db8:0::/48', '2001:db8::/32'],
    ['::1', '0:0:0::/48', '0:0::/32'],
    ['unknown', 'unknown', 'unknown'],
  ])('%s lies in %s, in %s', (address, network, area) => {
    expect(networkOfAddress(address)).toBe(network)
    expect(areaOf(network)).toBe(area)
  })
})
