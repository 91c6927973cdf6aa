import { trialOf } from './honest.ts'
import { type Lives, person, unsaid } from './lives.ts'
import { DAYS, KINDS } from './parameters.ts'
import type { Place, SimulatedKey } from './world.ts'

// What misuse looks like: keys used by more people than they were sold to.

type Kind = (lives: Lives) => SimulatedKey[]

/** Somebody who got the key from somebody else. */
function buyer(lives: Lives, key: SimulatedKey, from: number, use: { until?: number; seen?: 'full' } = {}): void {
  const { random, world } = lives
  const home = world.home()
  const work = random.chance(0.25) ? world.office(home.country) : null
  const where = (day: number, hour: number): Place => (work && day % 7 < 5 && hour >= 9 && hour < 17 ? work : home)
  lives.use(key, lives.id('device'), { where, from, begins: [7, 20], share: random.between([0.25, 0.85]), ...use })
}

const shared = (lives: Lives, people: number, within: number, saidPerson: number): SimulatedKey[] => {
  const key = lives.key(lives.random.chance(saidPerson) ? person : unsaid(null))
  for (let i = 0; i < people; i++) buyer(lives, key, i === 0 ? 0 : lives.random.int([0, within]))
  return [key]
}

const twoFriends: Kind = (lives) => {
  const key = lives.key(person)
  for (let i = 0; i < 2; i++) {
    const home = lives.world.home()
    for (let n = lives.random.int(KINDS.twoFriends.devices); n > 0; n--)
      lives.use(key, lives.id('device'), { where: () => home })
  }
  return [key]
}

const household: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(person)
  const homes = Array.from({ length: random.int(KINDS.household.homes) }, () => world.home())
  for (let i = random.int(KINDS.household.people); i > 0; i--) {
    const home = random.pick(homes)
    lives.use(key, lives.id('device'), { where: () => home, begins: [8, 20] })
  }
  return [key]
}

const companyOnPerson: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(person)
  const country = world.country()
  const offices = Array.from({ length: random.int(KINDS.companyOnPerson.offices) }, () => world.office(country))
  for (let i = random.int(KINDS.companyOnPerson.people); i > 0; i--) {
    const own = random.pick(offices)
    const home = random.chance(KINDS.companyOnPerson.worksFromHome) ? world.home(country) : null
    const where = (day: number) => (home && day % 7 === i % 5 ? home : own)
    lives.use(key, lives.id('device'), { where, isWorkday: true, begins: [7, 10], hoursADay: [3, 9] })
  }
  return [key]
}

// Quiet for weeks, then everybody who reads the forum tries it.
const forum: Kind = (lives) => {
  const { random } = lives
  const isLimited = random.chance(KINDS.forum.limited)
  const key = lives.key(isLimited ? unsaid(3) : person)
  const home = lives.world.home()
  lives.use(key, lives.id('device'), { where: () => home })
  const begins = random.int(KINDS.forum.beginsAfter)
  for (let i = 0, people = random.int(KINDS.forum.people); i < people; i++) {
    const from = Math.min(DAYS - 2, begins + Math.floor(-Math.log(1 - random.next()) * 5))
    const comesBack = random.chance(KINDS.forum.comesBack)
    const until = comesBack ? DAYS : from + 1
    buyer(lives, key, from, isLimited && i > 1 ? { until: Math.min(until, from + 6), seen: 'full' } : { until })
  }
  return [key]
}

// The key's devices give way to each other at its limit.
const takingTurns: Kind = (lives) => {
  const { random, world } = lives
  const limit = random.int(KINDS.takingTurns.limit)
  const key = lives.key({ ...(random.chance(0.7) ? person : unsaid(limit)), limit })
  const people = Array.from({ length: random.int(KINDS.takingTurns.people) }, () => ({
    home: world.home(),
    device: lives.id('device'),
  }))
  for (let day = 0; day < DAYS; day++) {
    if (!random.chance(0.85)) continue
    const times = random.int(KINDS.takingTurns.turnsADay)
    let last = -1
    for (let turn = 0; turn < times; turn++) {
      let next = random.int([0, people.length - 1])
      if (next === last) next = (next + 1) % people.length
      last = next
      const { home, device } = people[next] as (typeof people)[number]
      const begin = 7 + (turn * 16) / times
      const end = begin + 14 / times
      for (let hour = begin; hour < end; hour += 1)
        key.calls.push({
          ...lives.call(device, home.at(day, Math.floor(hour), 0), 0, day, hour, 'yes'),
          ...(hour === begin && { turn: 'on' as const }),
        })
      key.calls.push({ ...lives.call(device, home.at(day, Math.floor(end), 0), 0, day, end, 'yes'), turn: 'off' })
    }
  }
  return [key]
}

const trialChain: Kind = (lives) => {
  const { random, world } = lives
  const home = world.home()
  const newId = random.chance(KINDS.trialChain.newDeviceId)
  const device = lives.id('device')
  const keys: SimulatedKey[] = []
  let from = 0
  for (let i = random.int(KINDS.trialChain.trials); i > 0 && from < DAYS - 3; i--) {
    const key = lives.key(person)
    key.trial = trialOf(from, 10)
    lives.use(key, newId ? lives.id('device') : device, {
      where: () => home,
      from,
      until: Math.min(DAYS, from + 10),
      share: 0.8,
    })
    keys.push(key)
    from += 10 + random.int([0, 3])
  }
  return keys
}

// The id of one device, copied to others.
const clonedDevice: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(random.chance(0.5) ? person : unsaid(random.pick([1, 2, 3])))
  const device = lives.id('device')
  for (let i = random.int(KINDS.clonedDevice.people); i > 0; i--) {
    const home = world.home()
    lives.use(key, device, { where: () => home, begins: [7, 20] })
  }
  return [key]
}

/** Every abusive kind. */
export const abusive: Record<string, Kind> = {
  'two friends': twoFriends,
  'household beyond the policy': household,
  "company on a person's key": companyOnPerson,
  'key on a forum': forum,
  'sold to 5': (lives) => shared(lives, 5, 14, 1),
  'sold to 20': (lives) => shared(lives, 20, 30, 0.6),
  'sold to 100': (lives) => shared(lives, 100, 40, 0.6),
  'taking turns at the limit': takingTurns,
  'trial chain': trialChain,
  'cloned device id': clonedDevice,
}
