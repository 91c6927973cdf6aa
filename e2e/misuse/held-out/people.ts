import { type Habit, HOUR, type Kind, type Life } from './life.ts'
import type { Line } from './networks.ts'
import { COUNTRIES, DAYS } from './parameters.ts'

// Honest people with a key of their own.

/** Somebody with a home, perhaps an office, cafés, a phone to be online with. */
function somebody(life: Life, country = life.net.country()) {
  const { net, chance } = life
  const home = net.home(country)
  const phone = net.mobile(country)
  const office = chance.is(0.5) ? net.site(country) : home
  const out = (): Line => (chance.is(0.5) ? phone : net.cafe(country))
  return { country, home, phone, office, out }
}

/** A laptop goes along, a desktop stays. */
const threeMachines: Kind = (life) => {
  const { chance, net } = life
  const { country, home, office, out } = somebody(life)
  const account = life.account(life.personal(3), { makesRoom: true })
  life.live(account, life.device(), () => home, country, life.habit())
  const laptop = life.habit()
  life.live(
    account,
    life.device(),
    (day) => (chance.is(0.2) ? out() : life.isWorkday(day) ? office : home),
    country,
    laptop,
  )
  // The second laptop: the old one at home, one that belongs to the employer, or one in a cabin for weekends.
  const second = chance.share([0.5, 0.35, 0.15])
  const cabin = net.home(country)
  const where = second === 0 ? home : second === 1 ? office : cabin
  const habit =
    second === 2 ? life.habit({ weekday: 0.05, weekend: 0.6 }) : life.habit({ weekday: chance.some([0.1, 0.8]) })
  life.live(account, life.device(), () => where, country, habit)
  return [account]
}

/** Hotels, airports and a phone; another country every few days or weeks. */
const traveler: Kind = (life) => {
  const { chance, net } = life
  const origin = net.country()
  const home = net.home(origin)
  const account = life.account(life.personal(2), { makesRoom: true })
  const devices = Array.from({ length: chance.whole([1, 2]) }, () => life.device())
  const habit = life.habit({ weekday: chance.some([0.6, 0.95]), weekend: chance.some([0.4, 0.9]) })
  const isNomad = chance.is(0.3)
  for (let day = 0; day < DAYS; ) {
    const isAway = isNomad || chance.is(0.6)
    const country = isAway ? (chance.is(0.7) ? net.other(origin) : origin) : origin
    const phone = net.mobile(country)
    const bed = isAway ? (isNomad && chance.is(0.5) ? net.home(country) : net.hotel(country)) : home
    const until = Math.min(DAYS, day + chance.whole(isNomad ? [5, 20] : [1, 6]))
    for (; day < until; day++)
      for (const device of devices)
        if (life.worksOn(day, habit))
          life.sit(
            account,
            device,
            chance.is(0.3) ? (chance.is(0.5) ? phone : net.cafe(country)) : bed,
            day,
            country,
            habit,
          )
  }
  return [account]
}

/** A VPN on some or all devices, whose exit hops; now and then it is off or drops. */
const vpnHopper: Kind = (life) => {
  const { chance, net } = life
  const { country, home, phone } = somebody(life)
  const account = life.account(life.personal(2), { makesRoom: true })
  const exit = net.vpn()
  const always = chance.some([0.4, 1])
  const hops = chance.is(0.5)
  for (let i = chance.whole([1, 3]); i > 0; i--) {
    const device = life.device()
    const habit = life.habit()
    for (let day = 0; day < DAYS; day++) {
      if (!life.worksOn(day, habit)) continue
      for (let part = chance.whole([1, 3]); part > 0; part--) {
        const where = hops ? chance.whole([0, COUNTRIES.length - 1]) : chance.is(0.8) ? country : net.other(country)
        const line = chance.is(always) ? exit(where, chance.whole([0, 99])) : chance.is(0.15) ? phone : home
        life.sit(account, device, line, day, country, { ...habit, from: habit.from + part, hours: [0.5, 2] })
      }
    }
  }
  return [account]
}

/** A new fingerprint every week or two: the system is installed anew, by someone who tries systems. */
const reinstaller: Kind = (life) => {
  const { chance } = life
  const { country, home, office, out } = somebody(life)
  const account = life.account(life.personal(2), { makesRoom: chance.is(0.8) })
  const habit = life.habit()
  for (let day = 0; day < DAYS; ) {
    const until = Math.min(DAYS, day + chance.whole([4, 12]))
    const days = [day, until] as const
    life.live(
      account,
      life.device(),
      (d) => (chance.is(0.1) ? out() : life.isWorkday(d) ? office : home),
      country,
      habit,
      days,
    )
    day = until
  }
  if (chance.is(0.5)) life.live(account, life.device(), () => home, country, life.habit({ weekday: 0.3 }))
  return [account]
}

/** Snapshots that are taken back, copies with the same fingerprint side by side, new machines; at home and on a server. */
const virtualMachines: Kind = (life) => {
  const { chance, net } = life
  const { country, home, office, out } = somebody(life)
  const account = life.account(life.personal(3), { makesRoom: true })
  const laptop = life.device()
  const habit = life.habit({ weekday: 0.85 })
  life.live(account, laptop, (d) => (chance.is(0.15) ? out() : life.isWorkday(d) ? office : home), country, habit)
  const image = life.device()
  const rented = chance.is(0.4) ? net.machine(chance.whole([0, 4])) : home
  for (let day = 0; day < DAYS; day++) {
    // Two copies of one image run in the same hours.
    if (chance.is(0.4)) life.sit(account, image, office, day, country, habit)
    if (chance.is(0.4)) life.sit(account, image, chance.is(0.5) ? rented : home, day, country, habit)
    if (chance.is(0.15)) {
      const fresh = life.device()
      life.sit(account, fresh, chance.is(0.5) ? office : home, day, country, { ...habit, hours: [0.5, 4] })
      if (chance.is(0.6)) account.want(life.at(day, habit.from + 6, country), fresh, home, 'free')
    }
  }
  return [account]
}

/** Home, campus, parents at weekends; then another town with another home. */
const student: Kind = (life) => {
  const { chance, net } = life
  const country = net.country()
  const parents = net.home(country)
  const account = life.account(life.personal(2), { makesRoom: true })
  const devices = Array.from({ length: chance.whole([1, 3]) }, () => life.device())
  const moves = chance.whole([14, 44])
  const semester = () => ({ room: net.home(country), campus: net.campus(country).line })
  const [before, after] = [semester(), semester()]
  devices.forEach((device, i) => {
    const habit = life.habit({ weekday: i === 0 ? 0.9 : 0.3, weekend: 0.5 })
    life.live(
      account,
      device,
      (day) => {
        if (Math.abs(day - moves) < 5) return parents
        const { room, campus } = day < moves ? before : after
        if (!life.isWorkday(day)) return chance.is(0.4) ? parents : room
        return i < 2 && chance.is(0.5) ? campus : room
      },
      country,
      habit,
    )
  })
  return [account]
}

/** Two addresses of the same line at once, prefixes that change at night, a phone beside: all of it one desk. */
const newAddressNightly: Kind = (life) => {
  const { chance } = life
  const { country, home, phone } = somebody(life)
  const account = life.account(life.personal(2))
  for (let i = chance.whole([2, 3]); i > 0; i--)
    life.live(
      account,
      life.device(),
      () => (chance.is(0.15) ? phone : home),
      country,
      life.habit({ every: 1, weekday: 0.9 }),
    )
  return [account]
}

/** No line at home but the phone network or a satellite: every few hours another address, sometimes another area. */
const sharedAddresses: Kind = (life) => {
  const { chance, net } = life
  const { country, phone } = somebody(life)
  const second = chance.is(0.5) ? net.mobile(country) : phone
  const account = life.account(life.personal(2))
  for (let i = chance.whole([1, 3]); i > 0; i--)
    life.live(account, life.device(), () => (chance.is(0.5) ? phone : second), country, life.habit())
  return [account]
}

/** A repaired machine: the fingerprint changes once, or with every part that the workshop tries. */
const newMainboard: Kind = (life) => {
  const { chance, net } = life
  const { country, home, office } = somebody(life)
  const account = life.account(life.personal(2), { makesRoom: chance.is(0.5) })
  const breaks = chance.whole([10, 40])
  const habit = life.habit()
  life.live(account, life.device(), () => home, country, habit, [0, breaks])
  const workshop = net.site(country)
  for (let tries = chance.whole([0, 3]); tries > 0; tries--)
    life.sit(account, life.device(), workshop, breaks + tries, country, { ...habit, hours: [0.2, 2] })
  life.live(account, life.device(), () => home, country, habit, [breaks + 4, DAYS])
  life.live(account, life.device(), () => office, country, life.habit())
  return [account]
}

/** A clock that is wrong: refused, tries again every minute, at any hour; or suddenly right. */
const wrongClock: Kind = (life) => {
  const { chance } = life
  const { country, home, office } = somebody(life)
  const account = life.account(life.personal(2))
  const habit = life.habit({ every: 1 })
  const device = life.device()
  life.live(account, device, (day) => (life.isWorkday(day) ? office : home), country, habit)
  for (let spell = chance.whole([1, 6]); spell > 0; spell--) {
    const begin = life.at(chance.whole([0, DAYS - 1]), chance.some([0, 24]), country)
    for (let i = chance.whole([30, 400]); i > 0; i--)
      account.want(begin + i * chance.some([20_000, 90_000]), device, chance.is(0.5) ? home : office, 'refused')
  }
  return [account]
}

/** At work all traffic leaves through a filtering service in several regions; at home it does not. */
const filteredTraffic: Kind = (life) => {
  const { chance, net } = life
  const { country, home, phone } = somebody(life)
  const proxy = net.proxy()
  const account = life.account(life.personal(2))
  const habit = life.work({ every: chance.one([null, 1, 0.5]) })
  const around = (day: number): Line => (life.isWorkday(day) ? (chance.is(0.9) ? proxy : phone) : home)
  life.live(account, life.device(), around, country, habit)
  // Some traffic is let past it: the same device has two addresses in one hour.
  if (chance.is(0.5))
    life.live(account, life.device(), () => (at) => (at % (2 * HOUR) < HOUR ? proxy(at) : home(at)), country, habit)
  return [account]
}

/** A grown couple apart: two homes, and grandparents; tablets of children go to and fro. */
const family: Kind = (life) => {
  const { chance, net } = life
  const { country, home, phone } = somebody(life)
  const devices = chance.whole([3, 5])
  const account = life.account({ ...life.personal(devices), limit: chance.one([5, 6, null]) }, { makesRoom: true })
  const second = chance.is(0.35) ? net.home(country) : home
  const grown = chance.is(0.3) ? net.home(chance.is(0.1) ? net.other(country) : country) : home
  for (let i = 0; i < devices; i++) {
    const habit: Habit = life.habit({ weekday: chance.some([0.1, 0.8]) })
    const where = (day: number): Line => {
      if (i === 0 && chance.is(0.2)) return phone
      if (i === 1) return Math.floor(day / 7) % 2 ? second : home
      if (i === 2) return life.isWorkday(day) || chance.is(0.6) ? grown : home
      return home
    }
    life.live(account, life.device(), where, country, habit)
  }
  return [account]
}

/** A laptop that goes everywhere and desktops that never meet it: home, studio, a partner's home, a weekend house. */
const manyDesks: Kind = (life) => {
  const { chance, net } = life
  const { country, home, out } = somebody(life)
  const desks = [home, net.site(country), net.home(country), net.home(country)].slice(0, chance.whole([2, 4]))
  const account = life.account(life.personal(desks.length + 1), { makesRoom: true })
  const uses = desks.map((_, i) => [0.6, 0.7, 0.3, 0.15][i] as number)
  desks.forEach((desk, i) => {
    const often = uses[i] as number
    const habit = life.habit({
      weekday: i === 3 ? 0.03 : often * chance.some([0.5, 1]),
      weekend: i === 1 ? 0.1 : often,
      hours: [1, 3],
    })
    life.live(account, life.device(), () => desk, country, habit)
  })
  const laptop = life.habit({ weekday: chance.some([0.1, 0.7]) })
  life.live(account, life.device(), () => (chance.is(0.4) ? out() : chance.one(desks)), country, laptop)
  return [account]
}

export const people: Record<string, Kind> = {
  'laptops and a desktop': threeMachines,
  'desks in several places': manyDesks,
  'family, some of it apart': family,
  'traveler in hotels': traveler,
  'VPN that hops': vpnHopper,
  'installs anew weekly': reinstaller,
  'snapshots and copies of machines': virtualMachines,
  'student who moves': student,
  'new address nightly, IPv6': newAddressNightly,
  'only shared addresses': sharedAddresses,
  'new mainboard': newMainboard,
  'wrong clock': wrongClock,
  'filtered traffic': filteredTraffic,
}
