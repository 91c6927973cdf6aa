import { type Account, DAY, HOUR, type Kind, type Life } from './life.ts'
import type { Line } from './networks.ts'
import { DAYS, FROM, type Range } from './parameters.ts'

// Abuse, each kind mild and strong.

/** The key of one person. What merchants sell to one is what gets passed on. */
const keyOfOne = (life: Life, limit: number | null, makesRoom = false): Account => {
  const policy = life.personal()
  return life.account({ ...policy, limit }, { makesRoom })
}

/** Somebody who has the key and should not: a home, a café, perhaps a phone; for the days given. */
function stranger(life: Life, account: Account, days: Range, country = life.net.country(), device = life.device()) {
  const { chance, net } = life
  const home = net.home(country)
  const away = chance.is(0.5) ? net.mobile(country) : net.site(country)
  life.live(account, device, () => (chance.is(0.2) ? away : home), country, life.habit(), days)
}

const owner = (life: Life, account: Account) => stranger(life, account, [0, DAYS])

/** Posted where many read it: most try it for a day, some stay. */
const forum =
  (crowd: Range, within: Range): Kind =>
  (life) => {
    const { chance } = life
    const account = keyOfOne(life, chance.one([null, null, 10, 5, 3]))
    owner(life, account)
    const posted = chance.whole([10, 30])
    const span = chance.whole(within)
    for (let i = chance.whole(crowd); i > 0; i--) {
      const comes = posted + Math.floor(span * chance.next() ** 2)
      const stays = chance.is(0.5) ? chance.whole([1, 3]) : DAYS
      stranger(life, account, [comes, Math.min(DAYS, comes + stays)])
    }
    return [account]
  }

/** Slots that are sold: whoever starts the program frees somebody else. */
const soldSlots =
  (buyers: Range): Kind =>
  (life) => {
    const { chance } = life
    const account = keyOfOne(life, chance.one([1, 2, 3]), true)
    const begins = chance.whole([0, 20])
    for (let i = chance.whole(buyers); i > 0; i--) stranger(life, account, [begins + chance.whole([0, 14]), DAYS])
    return [account]
  }

/** Friends in several cities. */
const ring =
  (friends: Range, often: Range, isFar: boolean): Kind =>
  (life) => {
    const { chance, net } = life
    const country = net.country()
    const count = chance.whole(friends)
    const account = keyOfOne(life, chance.one([5, null, count]))
    for (let i = 0; i < count; i++) {
      const where = isFar && chance.is(0.7) ? net.other(country) : country
      const home = net.home(where)
      const phone = net.mobile(where)
      const begins = i === 0 ? 0 : chance.whole([0, 21])
      const habit = life.habit({ weekday: chance.some(often), weekend: chance.some(often) })
      life.live(account, life.device(), () => (chance.is(0.15) ? phone : home), where, habit, [begins, DAYS])
    }
    return [account]
  }

/** Keys from a stolen list, tried from rented machines, each time as another device; the good ones are used. */
const stuffing =
  (tries: Range, users: Range): Kind =>
  (life) => {
    const { chance, net } = life
    const account = keyOfOne(life, chance.one([2, 3, 5]))
    owner(life, account)
    const begins = chance.whole([10, 35])
    for (let i = chance.whole(tries); i > 0; i--) {
      const at = life.at(begins + chance.whole([0, 6]), chance.some([0, 24]), 0)
      account.want(at, life.device(), net.machine(chance.whole([0, 4])), chance.is(0.5) ? 'refused' : 'use')
    }
    for (let i = chance.whole(users); i > 0; i--) stranger(life, account, [begins + chance.whole([3, 10]), DAYS])
    return [account]
  }

/** One person's key on many rented machines. */
const farm =
  (machines: Range): Kind =>
  (life) => {
    const { chance, net } = life
    const account = keyOfOne(life, null)
    owner(life, account)
    const begins = chance.whole([7, 21])
    const cloud = chance.whole([0, 4])
    for (let i = chance.whole(machines); i > 0; i--) {
      const [device, line] = [life.device(), net.machine(cloud)]
      for (let day = begins; day < DAYS; day++)
        for (let hour = 0; hour < 24; hour += 6) account.want(life.at(day, hour + chance.next(), 0), device, line)
    }
    return [account]
  }

/** One trial after another: the same device under new names, or a new device each time in the same home. */
const trialChain =
  (days: number, sameDevice: number): Kind =>
  (life) => {
    const { chance, net } = life
    const country = net.country()
    const home = net.home(country)
    const device = life.device()
    const keeps = chance.is(sameDevice)
    const habit = life.habit({ weekday: 0.8, weekend: 0.6 })
    const accounts: Account[] = []
    for (let day = chance.whole([0, 7]); day < DAYS - 3; day += days + chance.whole([0, 2])) {
      const trial = { from: (FROM + day) * DAY + 9 * HOUR, to: (FROM + day + days) * DAY + 9 * HOUR }
      const account = life.account({ audience: 'trial', seats: null, limit: 2 }, { trial })
      life.live(account, keeps ? device : life.device(), () => home, country, habit, [
        day + 1,
        Math.min(DAYS, day + days),
      ])
      accounts.push(account)
    }
    return accounts
  }

/** Passed on: one more device a week, or two. */
const slowLeak =
  (perWeek: number): Kind =>
  (life) => {
    const { chance } = life
    const account = keyOfOne(life, chance.one([null, null, 10]))
    owner(life, account)
    for (let week = 1; week < DAYS / 7; week++)
      for (let i = 0; i < perWeek; i++) stranger(life, account, [week * 7 + chance.whole([0, 6]), DAYS])
    return [account]
  }

/** Used at the same hours by people on different continents. */
const farApart =
  (users: Range): Kind =>
  (life) => {
    const { chance, net } = life
    const count = chance.whole(users)
    const account = keyOfOne(life, chance.one([count, null]))
    for (let i = 0; i < count; i++) {
      // Germany, the United States, Australia, Japan, Brazil, India, South Africa, Korea.
      const country = [1, 0, 5, 7, 10, 11, 19, 17][i % 8] as number
      const line = net.home(country)
      const habit = life.habit({ hours: [4, 10], every: 1, weekday: 0.85, weekend: 0.5 })
      life.live(account, life.device(), () => line, country, habit)
    }
    return [account]
  }

/** A cracked program that always sends the same device id. */
const oneId =
  (users: Range): Kind =>
  (life) => {
    const { chance } = life
    const account = keyOfOne(life, chance.one([1, 2, 3]))
    const device = life.device()
    stranger(life, account, [0, DAYS], undefined, device)
    const begins = chance.whole([3, 20])
    for (let i = chance.whole(users) - 1; i > 0; i--)
      stranger(life, account, [begins + chance.whole([0, 14]), DAYS], undefined, device)
    return [account]
  }

/** A firm that bought one person's key for all who work there, at an office and at home. */
const firm =
  (people: Range): Kind =>
  (life) => {
    const { chance, net } = life
    const account = keyOfOne(life, null)
    const country = net.country()
    const office = net.site(country)
    for (let i = chance.whole(people); i > 0; i--) {
      const home: Line = net.home(country)
      const atHome = chance.some([0.1, 0.6])
      life.live(account, life.device(), () => (chance.is(atHome) ? home : office), country, life.work())
    }
    return [account]
  }

export const abuse: Record<string, Kind> = {
  'posted on a forum, mild': forum([8, 15], [6, 14]),
  'posted on a forum, strong': forum([40, 120], [3, 6]),
  'sold slots, mild': soldSlots([5, 9]),
  'sold slots, strong': soldSlots([15, 40]),
  'ring of friends, mild': ring([5, 5], [0.15, 0.5], false),
  'ring of friends, strong': ring([5, 8], [0.5, 0.95], true),
  'tried from a list, mild': stuffing([4, 12], [0, 2]),
  'tried from a list, strong': stuffing([12, 60], [4, 9]),
  'cloud farm, mild': farm([10, 20]),
  'cloud farm, strong': farm([60, 150]),
  'trial chain, mild': trialChain(14, 1),
  'trial chain, strong': trialChain(7, 0.5),
  'slow leak, mild': slowLeak(1),
  'slow leak, strong': slowLeak(2),
  'continents at once, mild': farApart([3, 3]),
  'continents at once, strong': farApart([5, 8]),
  'one device id for many, mild': oneId([3, 5]),
  'one device id for many, strong': oneId([12, 40]),
  'firm on one person’s key, mild': firm([4, 7]),
  'firm on one person’s key, strong': firm([12, 30]),
}
