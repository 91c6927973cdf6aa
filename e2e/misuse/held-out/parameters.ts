// What the held-out population assumes. Written by somebody who had not seen the rules of lib/misuse, their thresholds
// or the worlds they were set by. Nothing here follows lib/misuse: it says how people, providers and clouds behave.

export type Range = readonly [least: number, most: number]

/** The rules may be mended by what the tuning seeds show; what is published comes from the reporting seeds. */
export const HELD_OUT_SEEDS = { tuning: [301, 302, 303], reporting: [9001, 9002, 9003] } as const

/** 2026-03-02, a Monday. */
export const FROM = 20_514
export const DAYS = 56

/** Of one seed. Every abusive kind has a mild and a strong variant with this many each: abuse is about 4 % of all. */
export const HONEST_OF_A_KIND = 120
export const ABUSIVE_OF_A_VARIANT = 7

/** Share of customers, and hours ahead of UTC. */
export const COUNTRIES = [
  ['US', 0.3, -6],
  ['DE', 0.12, 1],
  ['GB', 0.1, 0],
  ['FR', 0.06, 1],
  ['CA', 0.05, -5],
  ['AU', 0.04, 10],
  ['NL', 0.04, 1],
  ['JP', 0.04, 9],
  ['IT', 0.03, 1],
  ['ES', 0.03, 1],
  ['BR', 0.03, -3],
  ['IN', 0.03, 5],
  ['PL', 0.03, 1],
  ['SE', 0.02, 1],
  ['CH', 0.02, 1],
  ['AT', 0.02, 1],
  ['MX', 0.01, -6],
  ['KR', 0.01, 9],
  ['SG', 0.01, 8],
  ['ZA', 0.01, 2],
] as const

/** How the providers of a country share its houses. */
export const PROVIDERS = [0.42, 0.26, 0.16, 0.1, 0.06] as const

/** How often a provider gives addresses in which way; the rest shares a few addresses among many houses (CGNAT). */
export const ADDRESSING = { fixed: 0.15, sticky: 0.4, nightly: 0.2 } as const
/** Share of providers whose houses have IPv6 too, and of the calls of such houses that use it. */
export const IPV6 = { providers: 0.55, calls: 0.7, newPrefixNightly: 0.3 } as const

export const WORLD = {
  areasPerProvider: [4, 14],
  regionsPerProvider: 8,
  networksPerRegion: [20, 70],
  stickyDays: [9, 70],
  cgnatExits: [2, 9],
  carriersPerCountry: 3,
  networksPerCarrier: [16, 48],
  carrierSessionHours: [1, 7],
  hotelsPerCountry: 500,
  cafesPerCountry: 400,
  campusNetworks: [4, 24],
  vpnProviders: 6,
  networksPerVpnCountry: 3,
  cloudProviders: 5,
  areasPerCloud: 24,
  proxyRegions: 3,
} as const

/** How often client software asks, in hours while it is open; null: once when it starts. */
export const CADENCES = [
  { share: 0.45, everyHours: null },
  { share: 0.3, everyHours: 4 },
  { share: 0.25, everyHours: 1 },
] as const

/** How merchants sell to one person: how many devices, null for any number; and whether they said so as a policy. */
export const PERSON_LIMITS = [2, 3, 3, 5, 5, null] as const
export const POLICY_SAID = 0.6
