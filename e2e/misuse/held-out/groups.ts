import { type Account, DAY, HOUR, type Kind, type Life } from './life.ts'
import type { Line } from './networks.ts'
import { DAYS, FROM, type Range } from './parameters.ts'

// Honest offices, schools, teams and machines.

/** One employee: at the office, at home on some days, on the way now and then. */
function employee(
  life: Life,
  account: Account,
  office: Line,
  country: number,
  atHome: number,
  days: Range = [0, DAYS],
) {
  const { chance, net } = life
  const home = net.home(country)
  const phone = net.mobile(country)
  const where = () => (chance.is(atHome) ? (chance.is(0.1) ? phone : home) : office)
  life.live(account, life.device(), where, country, life.work(), days)
}

/** Forty seats behind one address; some work at home on some days. */
const largeOffice: Kind = (life) => {
  const { chance, net } = life
  const people = chance.whole([30, 45])
  const country = net.country()
  const account = life.account(life.group(people))
  const office = net.site(country)
  const hybrid = chance.some([0, 0.5])
  for (let i = 0; i < people; i++)
    employee(life, account, office, country, chance.is(hybrid) ? chance.some([0.1, 0.6]) : 0)
  return [account]
}

/** Everybody works at home or in rented desks, on four continents. */
const remoteTeam: Kind = (life) => {
  const { chance, net } = life
  const people = chance.whole([4, 14])
  const account = life.account(life.group(people))
  for (let i = 0; i < people; i++) {
    const country = net.country()
    employee(life, account, chance.is(0.3) ? net.site(country) : net.home(country), country, 0.3)
  }
  return [account]
}

/** A room of PCs that are set back from an image: new fingerprints after each time, or the same one on all. */
const classroom: Kind = (life) => {
  const { chance, net } = life
  const seats = chance.whole([12, 30])
  const country = net.country()
  const school = chance.is(0.5) ? net.site(country) : net.campus(country).line
  const account = life.account(life.group(seats), { makesRoom: true })
  const isCloned = chance.is(0.3)
  const every = chance.whole([7, 21])
  const habit = life.work({ hours: [1, 4], weekday: 0.6, weekend: 0 })
  let machines: string[] = []
  for (let day = 0; day < DAYS; day++) {
    if (day % every === 0) {
      const image = life.device()
      machines = Array.from({ length: seats }, () => (isCloned ? image : life.device()))
    }
    for (const machine of machines)
      if (life.worksOn(day, habit)) life.sit(account, machine, school, day, country, habit)
  }
  return [account]
}

/** Each job starts on a new machine, activates, asks, and frees; some jobs are killed and free nothing. */
const buildJobs: Kind = (life) => {
  const { chance, net } = life
  const { country, home } = { country: net.country(), home: net.home() }
  const account = life.account(chance.is(0.3) ? life.group(chance.whole([5, 20])) : life.personal(3), {
    makesRoom: chance.is(0.5),
  })
  const cloud = chance.whole([0, 4])
  const perDay = chance.whole([2, 25])
  const killed = chance.some([0, 0.2])
  life.live(account, life.device(), () => home, country, life.work())
  for (let day = 0; day < DAYS; day++)
    for (let job = life.isWorkday(day) ? perDay : perDay >> 2; job > 0; job--) {
      const [device, line] = [life.device(), net.machine(cloud)]
      const at = life.at(day, chance.some([7, 20]), country)
      account.want(at, device, line)
      if (!chance.is(killed)) account.want(at + chance.some([120_000, HOUR]), device, line, 'free')
    }
  return [account]
}

/** Containers with a new fingerprint at every start, on a server that stays or in the office. */
const containers: Kind = (life) => {
  const { chance, net } = life
  const country = net.country()
  const office = net.site(country)
  const account = life.account(life.personal(3), { makesRoom: chance.is(0.6) })
  const host = chance.is(0.6) ? net.machine(chance.whole([0, 4])) : office
  const copies = chance.whole([1, 4])
  employee(life, account, office, country, 0.3)
  for (let day = 0; day < DAYS; day++)
    for (let i = 0; i < copies; i++) {
      const device = life.device()
      const at = life.at(day, chance.some([0, 6]), country)
      for (let hour = 0; hour < 20; hour += 4) account.want(at + hour * HOUR, device, host)
      if (chance.is(0.5)) account.want(at + 20.1 * HOUR, device, host, 'free')
    }
  return [account]
}

/** Whoever sets up software for clients activates each key on their own machine first, or on the client's by remote. */
const setsUpForClients: Kind = (life) => {
  const { chance, net } = life
  const country = net.country()
  const [desk, laptop] = [life.device(), life.device()]
  const shop = net.site(country)
  return Array.from({ length: chance.whole([3, 10]) }, () => {
    const people = chance.whole([1, 4])
    const account = life.account(people === 1 ? life.personal(3) : life.group(people + 1), { makesRoom: true })
    const office = net.site(country)
    const begins = chance.whole([0, 40])
    account.want(life.at(begins, 10, country), desk, shop)
    if (chance.is(0.7)) account.want(life.at(begins, 12, country), desk, shop, 'free')
    for (let i = 0; i < people; i++) employee(life, account, office, country, 0.1, [begins + 1, DAYS])
    for (let day = begins; day < DAYS; day += chance.whole([6, 25]))
      account.want(life.at(day, 15, country), laptop, office)
    return account
  })
}

/** One key of a technician, run on the machines of whoever called, for an hour or a day. */
const technician: Kind = (life) => {
  const { chance, net } = life
  const country = net.country()
  const account = life.account(life.personal(2), { makesRoom: true })
  const home = net.home(country)
  life.live(account, life.device(), () => home, country, life.habit())
  for (let day = 0; day < DAYS; day++)
    for (let visit = life.isWorkday(day) ? chance.whole([0, 2]) : 0; visit > 0; visit--) {
      const [device, line] = [life.device(), chance.is(0.5) ? net.site(country) : net.home(country)]
      const at = life.at(day, chance.some([8, 17]), country)
      account.want(at, device, line)
      account.want(at + chance.some([0.3, 4]) * HOUR, device, line, 'free')
    }
  return [account]
}

/** A company that grows: three people, then twenty, in two or three cities. It pays, and its seats are raised in time. */
const growth: Kind = (life) => {
  const { chance, net } = life
  const country = net.country()
  const people = chance.whole([10, 25])
  const account = life.account(life.group(people))
  const offices = Array.from({ length: chance.whole([1, 3]) }, () => net.site(chance.is(0.8) ? country : net.country()))
  const since = chance.whole([14, 30])
  for (let i = 0; i < people; i++) {
    const joins = i < 3 ? 0 : since + chance.whole([0, 20])
    employee(life, account, chance.one(offices), country, chance.some([0, 0.5]), [joins, DAYS])
  }
  return [account]
}

/** Counts usage: servers that come and go with the load, thousands of calls a day. */
const metered: Kind = (life) => {
  const { chance, net } = life
  const cloud = chance.whole([0, 4])
  const account = life.account({ audience: 'unsaid', seats: null, limit: null })
  const least = chance.whole([1, 3])
  const most = least + chance.whole([1, 8])
  let servers: [string, Line][] = []
  for (let day = 0; day < DAYS; day++) {
    for (let hour = 0; hour < 24; hour += 2) {
      const wanted = Math.round(least + ((most - least) * (1 + Math.sin((hour / 24) * 2 * Math.PI))) / 2)
      while (servers.length < wanted) servers.push([life.device(), net.machine(cloud)])
      servers = servers.slice(0, wanted)
      for (const [device, line] of servers)
        for (let i = 0; i < 6; i++) account.want(life.at(day, hour + i / 3, 0), device, line)
    }
    if (chance.is(0.2)) servers = []
  }
  return [account]
}

/** Tills, screens or machines, each in its own shop, always on. */
const shops: Kind = (life) => {
  const { chance, net } = life
  const country = net.country()
  const count = chance.whole([4, 25])
  const account = life.account(life.group(count))
  for (let i = 0; i < count; i++) {
    const line = chance.is(0.7) ? net.home(country) : net.mobile(country)
    const habit = life.habit({ from: 8, hours: [9, 12], weekday: 0.99, weekend: 0.8 })
    life.live(account, life.device(), () => line, country, habit)
  }
  return [account]
}

/** Colleagues in one office who each try the program, some weeks apart, each under their own name. */
const colleaguesTry: Kind = (life) => {
  const { chance, net } = life
  const country = net.country()
  const office = net.site(country)
  return Array.from({ length: chance.whole([2, 8]) }, () => {
    const from = chance.whole([0, 40])
    const days = chance.one([14, 14, 30])
    const trial = { from: (FROM + from) * DAY + 9 * HOUR, to: (FROM + from + days) * DAY + 9 * HOUR }
    const account = life.account({ audience: 'trial', seats: null, limit: 2 }, { trial })
    employee(life, account, office, country, 0.2, [from + 1, from + chance.whole([3, days + 2])])
    return account
  })
}

export const groups: Record<string, Kind> = {
  'office of 40 seats': largeOffice,
  'remote team on four continents': remoteTeam,
  'classroom from an image': classroom,
  'build jobs': buildJobs,
  'containers, new daily': containers,
  'sets up for clients': setsUpForClients,
  'technician on visits': technician,
  'company that grows': growth,
  'servers that count usage': metered,
  'a machine in every shop': shops,
  'colleagues who each try it': colleaguesTry,
}
