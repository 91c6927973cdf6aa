import { type Lives, person, team, unsaid } from './lives.ts'
import { DAYS, KINDS, PERSON } from './parameters.ts'
import type { Place, SimulatedKey, Subject } from './world.ts'

// People whose keys must not be accused, however odd they look from afar.

type Kind = (lives: Lives) => SimulatedKey[]

/** Most merchants say nothing of whom a key is for, many that it is one person's. */
const ofPerson = ({ random }: Lives) => (random.chance(0.7) ? person : unsaid(random.pick([2, 3, 5, null])))
const ofTeam = ({ random }: Lives, count: number) =>
  random.chance(0.6) ? team(count) : unsaid(random.chance(0.7) ? count : null)

/** Laptops and desktops of one person, at home and perhaps at work. */
function devicesOf(lives: Lives, key: SimulatedKey, count: number, home: Place, work: Place | null): void {
  const { random } = lives
  for (let i = 0; i < count; i++) {
    const isLaptop = i === 0 ? random.chance(0.7) : random.chance(0.4)
    const comesAlong = isLaptop && work !== null && random.chance(PERSON.laptopComesAlong)
    const isAtWork = work !== null && i === 1 && !comesAlong
    const where = (day: number, hour: number) => {
      if (isAtWork) return work
      return comesAlong && work && day % 7 < 5 && hour >= 9 && hour < 18 ? work : home
    }
    lives.use(key, lives.id('device'), { where, isWorkday: isAtWork, ...(isAtWork && { begins: [8, 10] as const }) })
  }
}

const alone: Kind = (lives) => {
  const key = lives.key(ofPerson(lives))
  devicesOf(lives, key, lives.random.int(KINDS.alone.devices), lives.world.home(), null)
  return [key]
}

const homeAndWork: Kind = (lives) => {
  const key = lives.key(ofPerson(lives))
  const home = lives.world.home()
  devicesOf(lives, key, lives.random.int(KINDS.homeAndWork.devices), home, lives.world.office(home.country))
  return [key]
}

const commuter: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(ofPerson(lives))
  const home = world.home()
  const work = world.office(home.country)
  const way = world.mobile(home.country)
  const cafe = world.cafe(home.country)
  const hours = random.int(KINDS.commuter.hoursOnTheWay)
  for (let i = random.int(KINDS.commuter.devices); i > 0; i--) {
    const where = (day: number, hour: number) => {
      if (day % 7 > 4) return hour > 13 && hour < 16 ? cafe : home
      if (hour < 8 || hour >= 18 + hours) return home
      return hour < 8 + hours || hour >= 18 ? way : work
    }
    lives.use(key, lives.id('device'), { where, hoursADay: [6, 14], begins: [6, 8] })
  }
  return [key]
}

const traveler: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(ofPerson(lives))
  const home = world.home()
  const phone = world.mobile(home.country)
  const stays = new Map<number, Place>()
  for (let i = random.int(KINDS.traveler.trips); i > 0; i--) {
    const [from, nights, country] = [random.int([0, DAYS]), random.int(KINDS.traveler.nights), world.country()]
    const hotel = random.chance(0.5) ? world.cafe(country) : world.office(country)
    for (let night = 0; night < nights; night++) stays.set(from + night, hotel)
  }
  const where = (day: number, hour: number) => (hour === 12 ? phone : (stays.get(day) ?? home))
  lives.use(key, lives.id('device'), { where, share: 0.9 })
  if (random.chance(0.5)) lives.use(key, lives.id('device'), { where: () => home })
  return [key]
}

const vpnAlways: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(ofPerson(lives))
  const exits = world.vpn()
  const favorite = random.int([0, 1e6])
  for (let i = random.int(KINDS.vpnAlways.devices); i > 0; i--) {
    const number = random.int([0, 1e6])
    const isRestless = random.chance(KINDS.vpnAlways.newExit)
    const where = (day: number) => ({ country: 0, at: () => exits(isRestless ? number + day * 7 : favorite) })
    lives.use(key, lives.id('device'), { where })
  }
  return [key]
}

const family: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(random.chance(0.5) ? person : unsaid(random.pick([3, 5])))
  const home = world.home()
  for (let i = random.int(KINDS.family.members); i > 0; i--) {
    // A child that studies elsewhere, and comes home at times.
    const elsewhere = random.chance(KINDS.family.livesElsewhere) ? world.home(home.country) : null
    const where = (day: number) => (elsewhere && day % 14 < 12 ? elsewhere : home)
    lives.use(key, lives.id('device'), { where, begins: [8, 20] })
  }
  return [key]
}

function office(lives: Lives, people: number, exits: number, fromHome: number): SimulatedKey[] {
  const key = lives.key(ofTeam(lives, people))
  const office = lives.world.office(undefined, exits)
  for (let i = 0; i < people; i++) {
    const home = lives.random.chance(fromHome) ? lives.world.home(office.country) : null
    const where = (day: number) => (home && (day % 7 === i % 5 || day % 7 === (i + 2) % 5) ? home : office)
    lives.use(key, lives.id('device'), { where, isWorkday: true, begins: [7, 10], hoursADay: [3, 9] })
  }
  return [key]
}

const smallOffice: Kind = (lives) =>
  office(lives, lives.random.int(KINDS.smallOffice.people), 1, KINDS.smallOffice.worksFromHome)

const largeOffice: Kind = (lives) =>
  office(lives, lives.random.int(KINDS.largeOffice.people), lives.random.int(KINDS.largeOffice.exits), 0.1)

const remoteTeam: Kind = (lives) => {
  const { random, world } = lives
  const people = random.int(KINDS.remoteTeam.people)
  const key = lives.key(random.chance(0.7) ? team(people) : unsaid(people))
  for (let i = 0; i < people; i++) {
    const home = world.home()
    const cafe = world.cafe(home.country)
    const isAbroad = random.chance(KINDS.remoteTeam.travels)
    const from = random.chance(KINDS.remoteTeam.joinLater) ? random.int([0, 40]) : 0
    const where = (day: number) => (day % 7 === 4 ? cafe : isAbroad && day % 21 > 17 ? world.office() : home)
    lives.use(key, lives.id('device'), { where, from, isWorkday: random.chance(0.7) })
  }
  return [key]
}

const developer: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(ofPerson(lives))
  const home = world.home()
  const server = world.cloud()
  lives.use(key, lives.id('device'), { where: () => home, share: 0.9 })
  for (let i = random.int(KINDS.developer.machines); i > 0; i--) {
    const number = random.int([0, 1e6])
    const where = random.chance(0.2) ? () => ({ country: 0, at: () => server(number) }) : () => home
    // Restored from a snapshot it has another id each time.
    const restores = random.int(KINDS.developer.restoresAWeek)
    for (let day = 0; day < DAYS; day += restores === 0 ? DAYS : Math.ceil(7 / restores)) {
      const until = restores === 0 ? DAYS : day + Math.ceil(7 / restores)
      lives.use(key, lives.id('device'), { where, from: day, until: Math.min(DAYS, until), share: 0.5 })
    }
  }
  return [key]
}

const buildServers: Kind = (lives) => {
  const { random, world } = lives
  const jobs = random.int(KINDS.buildServers.jobsADay)
  const key = lives.key(random.chance(KINDS.buildServers.saysTeam) ? team(10) : unsaid(null))
  const cloud = world.cloud()
  const frees = random.chance(KINDS.buildServers.frees)
  for (let day = 0; day < DAYS; day++) {
    for (let i = random.int([0, jobs]); i > 0; i--) {
      const number = random.int([0, 1e6])
      const where = () => ({ country: 0, at: () => cloud(number) })
      const use = { where, from: day, until: day + 1, share: 1, hoursADay: [1, 1] as const, begins: [0, 23] as const }
      lives.use(key, lives.id('runner'), frees ? { ...use, frees } : use)
    }
  }
  for (let i = random.int(KINDS.buildServers.agents); i > 0; i--) {
    const number = random.int([0, 1e6])
    lives.use(key, lives.id('agent'), { where: () => ({ country: 0, at: () => cloud(number) }), hoursADay: [20, 24] })
  }
  const home = world.office()
  for (let i = 0; i < 3; i++) lives.use(key, lives.id('device'), { where: () => home, isWorkday: true })
  return [key]
}

const reinstaller: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(random.chance(0.6) ? person : unsaid(2))
  const home = world.home()
  const every = random.int(KINDS.reinstaller.everyDays)
  for (let day = 0; day < DAYS; day += every)
    lives.use(key, lives.id('device'), { where: () => home, from: day, until: Math.min(DAYS, day + every), share: 0.8 })
  return [key]
}

const newAddressDaily: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(ofPerson(lives))
  const home = world.home()
  const networks = random.int([0, 1e6])
  const at = (day: number) => `home/${home.country}/p9/r${networks % 6}/${(networks + day * 101) % 256}`
  for (let i = random.int(KINDS.daily.devices); i > 0; i--)
    lives.use(key, lives.id('device'), { where: (day) => ({ country: home.country, at: () => at(day) }) })
  return [key]
}

// Sets up the keys of its customers on its own machine, which it uses for all of them.
const reseller: Kind = (lives) => {
  const { random, world } = lives
  const shop = world.office()
  const machine = lives.id('device')
  return Array.from({ length: random.int(KINDS.reseller.customers) }, () => {
    const key = lives.key(ofPerson(lives))
    const from = random.int([0, 40])
    lives.use(key, machine, { where: () => shop, from, until: from + 1, share: 1, frees: true, hoursADay: [1, 1] })
    devicesOf(lives, key, random.int([1, 2]), world.home(shop.country), null)
    return key
  })
}

// Every pupil has a trial of their own, on machines that several classes share.
const classroom: Kind = (lives) => {
  const { random, world } = lives
  const school = world.office()
  const pupils = random.int(KINDS.classroom.pupils)
  const machines = Array.from({ length: Math.ceil(pupils / random.int([1, 3])) }, () => lives.id('device'))
  const from = random.int([0, 20])
  const lessons = random.int(KINDS.classroom.lessonsAWeek) / 5
  return Array.from({ length: pupils }, (_, i) => {
    const key = lives.key(person)
    key.trial = trialOf(from, 30)
    const device = machines[i % machines.length] as string
    lives.use(key, device, {
      where: () => school,
      from,
      until: from + 30,
      isWorkday: true,
      share: lessons,
      hoursADay: [1, 2],
    })
    return key
  })
}

/** A trial of some days, in milliseconds. */
export function trialOf(from: number, days: number): { from: number; to: number } {
  const day = 86_400_000
  return { from: (20_451 + from) * day, to: (20_451 + from + days) * day }
}

const movesHouse: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(person)
  const [before, after] = [world.home(), world.home()]
  const [work, next] = [world.office(before.country), world.office(after.country)]
  const on = random.int([10, 45])
  for (let i = random.int(KINDS.movesHouse.devices); i > 0; i--)
    lives.use(key, lives.id('device'), { where: (day) => (day < on ? before : after) })
  lives.use(key, lives.id('device'), { where: () => work, until: on, isWorkday: true })
  lives.use(key, lives.id('device'), { where: () => next, from: on, isWorkday: true })
  return [key]
}

// One license, carried from desk to desk: freed here in the evening, taken there.
const deskToDesk: Kind = (lives) => {
  const { random, world } = lives
  const key = lives.key(random.chance(0.7) ? { ...person, limit: 1 } : unsaid(1))
  const country = world.country()
  const desks = Array.from({ length: random.int(KINDS.deskToDesk.desks) }, (_, i) =>
    i === 0 ? world.home(country) : world.office(country),
  )
  const begins = [
    [18, 20],
    [8, 10],
    [13, 15],
  ] as const
  for (const [i, desk] of desks.entries())
    lives.use(key, lives.id('device'), {
      where: () => desk,
      begins: begins[i] ?? [8, 10],
      hoursADay: [2, 4],
      frees: true,
      isWorkday: i > 0,
      share: 0.8,
    })
  return [key]
}

/** Every honest kind. */
export const honest: Record<string, Kind> = {
  'alone, 1 to 3 devices': alone,
  'home and work': homeAndWork,
  'commuter on a phone network': commuter,
  traveler,
  'VPN always on': vpnAlways,
  family,
  'small office': smallOffice,
  'large office behind one address': largeOffice,
  'remote team': remoteTeam,
  'developer with virtual machines': developer,
  'build servers': buildServers,
  'reinstalls often': reinstaller,
  'address changes daily': newAddressDaily,
  'reseller sets up keys': reseller,
  'classroom of trials': classroom,
  'moves house and job': movesHouse,
  'one license from desk to desk': deskToDesk,
}

/** One of a kind. */
export const subjectOf = (kind: string, isHonest: boolean, make: Kind, lives: Lives): Subject => ({
  kind,
  isHonest,
  keys: make(lives),
})
