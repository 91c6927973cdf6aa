// Everything the simulation assumes, in one place. Ranges are inclusive; shares are from 0 to 1.

export type Range = readonly [least: number, most: number]

/** Worlds whose results the thresholds in lib/misuse were set by, and worlds whose results are reported. No seed is in both. */
export const SEEDS = { setting: [11, 12, 13], reporting: [1001, 1002, 1003, 1004, 1005] } as const

/** How many days are simulated. */
export const DAYS = 56
/** Keys are assessed every so many days. */
export const ASSESS_EVERY_DAYS = 2

/** How many of each kind are in one world. */
export const HONEST_OF_A_KIND = 120
export const ABUSIVE_OF_A_KIND = 40

export const WORLD = {
  countries: 12,
  providersPerCountry: 4,
  regionsPerProvider: 6,
  /** Networks (/24) in a region of a provider. */
  networksPerRegion: 256,
  /** How providers give addresses to houses: for good, anew each week, anew each day, or anew at each call from a few that many share. */
  addressing: { fixed: 0.45, weekly: 0.2, daily: 0.25, shared: 0.1 },
  sharedNetworks: 8,
  mobileCarriersPerCountry: 2,
  networksPerCarrier: 40,
  vpnProviders: 5,
  exitsPerVpnProvider: 30,
  clouds: 4,
  networksPerCloud: 240,
  cafesPerCountry: 60,
  /** Of networks, those that the tables say something wrong of, where that is tried. */
  mislabeled: 0.2,
} as const

/** How software calls: hourly while it runs, or only when it starts. Each world has one. */
export const APPS = [
  { name: 'calls every hour', perHour: 1, onlyAtStart: false },
  { name: 'calls when it starts', perHour: 1, onlyAtStart: true },
  { name: 'calls four times an hour', perHour: 4, onlyAtStart: false },
] as const

export const PERSON = {
  /** Share of days on which a device is used. */
  use: [0.35, 0.95] as Range,
  hoursADay: [1, 9] as Range,
  worksElsewhere: 0.5,
  /** Share of laptops that come along to work. */
  laptopComesAlong: 0.6,
  reinstalls: 0.05,
} as const

/** What an honest or abusive kind of key is like. */
export const KINDS = {
  alone: { devices: [1, 3] as Range },
  homeAndWork: { devices: [2, 4] as Range },
  commuter: { devices: [1, 3] as Range, hoursOnTheWay: [1, 3] as Range },
  traveler: { devices: [1, 2] as Range, trips: [3, 9] as Range, nights: [1, 5] as Range },
  vpnAlways: { devices: [1, 3] as Range, newExit: 0.5 },
  family: { members: [2, 5] as Range, livesElsewhere: 0.25 },
  smallOffice: { people: [3, 9] as Range, worksFromHome: 0.3 },
  largeOffice: { people: [15, 60] as Range, exits: [1, 3] as Range },
  remoteTeam: { people: [4, 25] as Range, joinLater: 0.4, travels: 0.2 },
  developer: { machines: [3, 8] as Range, restoresAWeek: [0, 5] as Range },
  buildServers: { jobsADay: [5, 60] as Range, agents: [0, 3] as Range, frees: 0.7, saysTeam: 0.5 },
  reinstaller: { everyDays: [2, 9] as Range },
  daily: { devices: [2, 4] as Range },
  reseller: { customers: [8, 25] as Range },
  classroom: { pupils: [12, 32] as Range, lessonsAWeek: [1, 5] as Range },
  movesHouse: { devices: [1, 3] as Range },
  deskToDesk: { desks: [2, 3] as Range },

  twoFriends: { devices: [1, 2] as Range },
  household: { people: [6, 10] as Range, homes: [1, 2] as Range },
  companyOnPerson: { people: [8, 40] as Range, worksFromHome: 0.4, offices: [1, 3] as Range },
  forum: { people: [30, 150] as Range, beginsAfter: [14, 35] as Range, comesBack: 0.5, limited: 0.5 },
  sold5: { people: [5, 5] as Range },
  sold20: { people: [20, 20] as Range },
  sold100: { people: [100, 100] as Range },
  takingTurns: { people: [3, 8] as Range, limit: [1, 2] as Range, turnsADay: [2, 8] as Range },
  trialChain: { trials: [4, 7] as Range, newDeviceId: 0.3 },
  clonedDevice: { people: [6, 25] as Range },
} as const
