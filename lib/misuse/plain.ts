// Closed lists and bounds of misuse, for pages and rules alike.

/** What may point to misuse. Each stands for one kind of evidence; the last two only support others. */
const signalNames = [
  'places',
  'newcomers',
  'crowd',
  'turns',
  'copies',
  'together',
  'trials',
  'countries',
  'shared_device',
] as const
export type SignalName = (typeof signalNames)[number]

/** Whom keys of a configuration are sold to, as its merchant says; `unsaid` is read from the device limit. */
export const audiences = ['unsaid', 'person', 'team', 'trial', 'anyone'] as const
export type Audience = (typeof audiences)[number]

/** How a key stands: nothing to see, worth a look, or plain enough to act on. */
export const levels = ['none', 'look', 'act'] as const
export type Level = (typeof levels)[number]

/** From which score a key is looked at and acted on; it leaves a level only well below, so that it does not come and go. */
export const THRESHOLDS = { look: { enter: 50, leave: 40 }, act: { enter: 80, leave: 65 } } as const

/** How far an organization's own answers ("this is fine", and what it acted on) may move those thresholds. */
export const SHIFT = { least: -5, most: 15, perFine: 2, perAction: -1 } as const

/** Evidence is looked for in so many days, today included. */
export const WINDOW_DAYS = 28

/** Rows kept of one key and day; calls beyond them are only counted. */
export const ROWS_PER_KEY_DAY = 64

/** A network that so many keys use says nothing about who uses one of them. */
export const POPULAR_KEYS = 5

/** What is known about who runs a network; null when nothing is. */
export const networkKinds = ['home', 'mobile', 'vpn', 'hosting'] as const
export type NetworkKind = (typeof networkKinds)[number]

/** The first things to do about a key, mildest first. Rules that act alone may do the first two. */
export const mildActions = ['ask', 'block', 'lower', 'rotate', 'disable'] as const
export type MildAction = (typeof mildActions)[number]

/** Rules that act alone where they were switched on. */
export const aloneRules = ['asksAlone', 'blocksAlone'] as const
export type AloneRule = (typeof aloneRules)[number]

/** What holds while an organization says nothing. */
export const misuseDefaults: { addressDays: number } & Record<AloneRule, boolean> = {
  ...{ addressDays: 30, asksAlone: false, blocksAlone: false },
}

/** A team is at most so large. */
export const SEATS_MAX = 100_000

/** How a level is shown. */
export const levelLook = {
  none: { tone: 'off', label: 'Watched' },
  look: { tone: 'warn', label: 'Worth a look' },
  act: { tone: 'bad', label: 'Act on it' },
} as const satisfies Record<Level, { tone: 'off' | 'warn' | 'bad'; label: string }>

/** The audiences as people choose them. */
export const audienceLook = {
  unsaid: {
    label: 'Not said',
    says: 'Read from the device limit. Where there is none, only what no usual team does is much.',
  },
  person: { label: 'One person', says: 'Home, work and one more place are to be expected.' },
  team: { label: 'A team', says: 'As many people as you say, and some more places.' },
  trial: { label: 'One person, as a trial', says: 'Trials one after another are looked for, too.' },
  anyone: { label: 'Anyone', says: 'Site licenses and build servers: never suspected.' },
} as const satisfies Record<Audience, { label: string; says: string }>

/** The columns one may sort the list by. */
export const riskSorts = ['score', 'since'] as const
export type RiskSort = (typeof riskSorts)[number]

/** An owner's answer about their devices is waited for so many days. */
export const QUESTION_DAYS = 14

/** Sightings are kept so many days, and their shortened addresses no longer. */
export const ADDRESS_DAYS_MAX = 35
