// Two hundred keys and what became of them. Days count back from today, so the demo is always of this month.
import type { Prisma } from '#prisma/client.ts'
import { dedicatedKeys, demoCustomer } from './companies.ts'
import { developers, offices, type Person, researchers, writers } from './people.ts'
import { type Random, weighted } from './random.ts'

/** A device in the story: since when, and until when it was seen or kept. */
export type DeviceStory = {
  name?: string
  sinceDays: number
  /** Not seen for so many days. */
  idleDays?: number
  /** Deactivated so many days ago, by whom. */
  goneDays?: number
  goneBy?: 'customer' | 'software' | 'support'
}

type Overrides = Partial<
  Pick<
    Prisma.LicenseKeyCreateManyInput,
    | 'activationsModeOverride'
    | 'activationLimitOverride'
    | 'newDevicesBlocked'
    | 'usageOverridden'
    | 'usageLimitOverride'
    | 'graceDaysOverride'
    | 'expiryOverridden'
  >
>

/** One key in the story. */
export type KeyStory = {
  configuration: string
  issuedDays: number
  devices: DeviceStory[]
  /** Validations on a working day: of each device, or of the key where nothing is activated. */
  rate: number
  overrides?: Overrides
  /** When the expiry must be exact; negative is past. With 0 `issuedDays` the issue follows from it. */
  expiresInDays?: number
  usage?: number
  off?: { status: 'disabled' | 'revoked'; days: number; reason: string }
  /** Devices that were refused, with the minutes since. */
  refused?: { label: string; minutes: number[] }
  changed?: { days: number; changes: string[] }
  revealedDays?: number
  note?: string
  /** Its mail is not sent yet. */
  mailWaits?: boolean
}

/** A purchase with its keys; without a product nothing was bought. */
export type PurchaseStory = {
  who: Person
  product: string | null
  kind?: 'one_time' | 'subscription'
  source?: 'store' | 'manual' | 'api'
  status?: 'active' | 'refunded' | 'canceled'
  reference?: string
  keys: KeyStory[]
}

const aria: Person = { ...demoCustomer, hours: 1, isCompany: false }
const [tomas, maya, lucia, sam, hana, oskar, amelie, kofi, ingrid, rafael] = writers as [Person, ...Person[]] & Person[]

const editor = (who: Person | undefined, key: Partial<KeyStory>, more: Partial<PurchaseStory> = {}): PurchaseStory => ({
  who: who ?? aria,
  product: 'Inkwell Editor',
  source: 'store',
  ...more,
  keys: [{ configuration: 'Editor, yearly', issuedDays: 100, devices: [], rate: 4, ...key }],
})

const minutesOf = (hours: number) => hours * 60

/** The demo customer's keys that people try things on: nothing has happened to them yet. */
function dedicated(): PurchaseStory[] {
  const { unlimited, perpetual, requiresActivation, metered, threeDevices, disabled, expired } = dedicatedKeys
  const order = (
    { reference, configuration }: { reference: string; configuration: string },
    key: Partial<KeyStory>,
    source: PurchaseStory['source'] = 'store',
  ) => editor(aria, { configuration, issuedDays: 8, rate: 0, ...key }, { reference, source })
  const team = order(requiresActivation, {
    overrides: { activationsModeOverride: 'limited', activationLimitOverride: 3 },
  })
  const api = order(metered, {
    overrides: { activationsModeOverride: 'unlimited', usageOverridden: true, usageLimitOverride: 100 },
  })
  return [
    order(unlimited, {}),
    order(perpetual, { overrides: { activationsModeOverride: 'off' } }),
    { ...team, product: 'Inkwell Team', keys: [...team.keys, ...api.keys] },
    order(threeDevices, { issuedDays: 0.1, mailWaits: true }),
    order(
      disabled,
      { issuedDays: 61, off: { status: 'disabled', days: 2, reason: 'Key seen in a public gist' } },
      'manual',
    ),
    order(expired, { issuedDays: 0, expiresInDays: -120 }, 'manual'),
  ]
}

/** Keys a merchant would notice: every state, and every trouble. */
function remarkable(): PurchaseStory[] {
  const names = (...list: [string, number, Partial<DeviceStory>?][]): DeviceStory[] =>
    list.map(([name, sinceDays, more]) => ({ name, sinceDays, ...more }))
  return [
    editor(aria, {
      issuedDays: 152,
      devices: names(['Aria’s MacBook Air', 151], ['Studio iMac', 96, { idleDays: 67 }]),
    }),
    editor(tomas, {
      issuedDays: 313,
      devices: names(['Studio iMac', 280], ['ThinkPad X1', 263], ['Old MacBook Pro', 312, { idleDays: 91 }]),
      rate: 7,
      refused: { label: 'MacBook Air', minutes: [2, 11, 26, 48] },
      changed: { days: 264, changes: ['Device limit: 2 → 3'] },
      note: 'Moved to a new studio. Keeps the old MacBook for print jobs.',
    }),
    editor(lucia, {
      issuedDays: 62,
      devices: names(['Lucia’s MacBook Pro', 61], ['Mac mini', 60], ['Framework 13', 31]),
      refused: { label: 'Surface Laptop', minutes: [minutesOf(5), minutesOf(29)] },
    }),
    editor(amelie, {
      issuedDays: 201,
      devices: names(['Amélie’s MacBook Air', 200], ['Desk PC', 187], ['Dell XPS 15', 40]),
      refused: { label: 'iPad Pro', minutes: [minutesOf(17)] },
    }),
    editor(sam, { issuedDays: 0, expiresInDays: 5.6, devices: names(['Sam’s Dell XPS 15', 358], ['Desk PC', 210]) }),
    editor(kofi, { issuedDays: 0, expiresInDays: 9.2, devices: names(['ThinkPad X1', 355]) }),
    editor(ingrid, { issuedDays: 0, expiresInDays: 12.7, devices: names(['MacBook Air', 352], ['Mac mini', 12]) }),
    editor(rafael, { issuedDays: 0, expiresInDays: -2.3, devices: names(['Rafael’s Surface Laptop', 366]) }),
    editor(hana, { issuedDays: 0, expiresInDays: -4.6, devices: names(['Hana’s MacBook Pro', 368], ['Mac mini', 90]) }),
    editor(writers[10], { issuedDays: 0, expiresInDays: -6.1, devices: names(['Zofia’s Framework 13', 370]) }),
    editor(maya, {
      issuedDays: 264,
      devices: names(['Maya’s MacBook Pro', 263]),
      off: { status: 'disabled', days: 9, reason: 'Payment disputed, waiting for the bank' },
      note: 'Bank case 4471. Switch on again as soon as the dispute is withdrawn.',
    }),
    editor(oskar, {
      issuedDays: 342,
      devices: names(['Oskar’s MacBook Air', 341], ['Desk PC', 335], ['ThinkPad X1', 90]),
      rate: 9,
      off: { status: 'disabled', days: 6, reason: 'Shared on a forum' },
      revealedDays: 6,
    }),
    editor(writers[11], {
      issuedDays: 80,
      off: { status: 'disabled', days: 33, reason: 'Customer asked for a pause' },
    }),
    editor(
      writers[12],
      {
        issuedDays: 26,
        devices: names(['Mei-Ling’s Mac mini', 26]),
        off: { status: 'revoked', days: 23, reason: 'Refund' },
      },
      { status: 'refunded' },
    ),
    editor(
      writers[13],
      { issuedDays: 40, devices: names(['Desk PC', 39]), off: { status: 'revoked', days: 12, reason: 'Refund' } },
      { status: 'refunded' },
    ),
    editor(
      writers[14],
      { issuedDays: 95, off: { status: 'revoked', days: 94, reason: 'Bought twice by mistake' } },
      { status: 'refunded' },
    ),
    editor(writers[15], {
      issuedDays: 118,
      devices: names(['Yusuf’s ThinkPad X1', 117], ['Desk PC', 100], ['Mac mini', 99], ['MacBook Air', 5]),
      overrides: { activationsModeOverride: 'limited', activationLimitOverride: 5 },
      changed: { days: 5, changes: ['Device limit: 3 → 5'] },
      note: 'Two more devices until the end of the book project, as agreed with Mara.',
    }),
    editor(writers[16], {
      issuedDays: 381,
      expiresInDays: 70,
      devices: names(['Clara’s MacBook Air', 380]),
      overrides: { expiryOverridden: true },
      changed: { days: 21, changes: ['Expires: extended by 3 months'] },
      note: 'Extended as thanks for the Swedish dictionary.',
    }),
    editor(writers[17], {
      issuedDays: 130,
      devices: names(['Noah’s MacBook Pro', 129], ['Surface Laptop', 128]),
      overrides: { newDevicesBlocked: true },
      changed: { days: 14, changes: ['New devices: blocked'] },
      refused: { label: 'unknown-host', minutes: [minutesOf(20), minutesOf(75)] },
      note: 'Account was taken over once. Unblock only after a call.',
    }),
    editor(writers[18], {
      issuedDays: 210,
      devices: names(
        ['Aoife’s MacBook Air', 209],
        ['Old MacBook Pro', 205, { goneDays: 3, goneBy: 'customer' }],
        ['Mac mini', 3],
      ),
      overrides: { newDevicesBlocked: true, graceDaysOverride: 30 },
      changed: { days: 3, changes: ['New devices: blocked'] },
    }),
    ...teams(names),
    ...apis(),
  ]
}

function teams(names: (...list: [string, number, Partial<DeviceStory>?][]) => DeviceStory[]): PurchaseStory[] {
  const team = (
    nth: number,
    seats: number,
    issuedDays: number,
    key: Partial<KeyStory> = {},
    more: Partial<PurchaseStory> = {},
  ) => ({
    who: offices[nth] as Person,
    product: 'Inkwell Team',
    kind: 'subscription' as const,
    source: 'store' as const,
    ...more,
    keys: [
      { configuration: 'Team, 25 seats', issuedDays, devices: seatsOf(seats, issuedDays), rate: 3, ...key },
      {
        configuration: 'API, metered',
        issuedDays,
        devices: [],
        rate: nth % 3 === 0 ? 18 : 0,
        usage: nth * 31,
        ...offOf(key),
      },
    ],
  })
  const offOf = (key: Partial<KeyStory>) => (key.off ? { off: key.off } : {})
  const seatsOf = (count: number, issuedDays: number): DeviceStory[] =>
    Array.from({ length: count }, (_, n) => ({
      sinceDays: Math.max(1, issuedDays - 1 - Math.floor((n * n * issuedDays) / (count * count * 1.3))),
      ...(n % 9 === 7 && { idleDays: 64 + n }),
    }))
  const tenSeats = { overrides: { activationsModeOverride: 'limited' as const, activationLimitOverride: 10 } }
  return [
    team(0, 4, 240, { ...tenSeats, changed: { days: 239, changes: ['Device limit: 25 → 10'] } }),
    team(1, 9, 190, { ...tenSeats, revealedDays: 8, note: 'Invoice by post. Contact: Frau Seidel, -214.' }),
    team(
      2,
      18,
      0,
      { expiresInDays: 5.8, devices: seatsOf(18, 355), note: 'Renewal offer sent.' },
      { kind: 'one_time', source: 'manual' },
    ),
    team(3, 25, 300, {
      refused: { label: 'PROOF-26', minutes: [35, minutesOf(3), minutesOf(3.2)] },
      note: 'Wants 40 seats.',
    }),
    team(4, 14, 120),
    team(5, 22, 410, {
      devices: [...seatsOf(20, 410), ...names(['RECEPTION-21', 300, { goneDays: 18, goneBy: 'support' }])],
    }),
    team(6, 25, 260, {
      overrides: { activationsModeOverride: 'limited', activationLimitOverride: 60 },
      devices: seatsOf(41, 260),
      changed: { days: 17, changes: ['Device limit: 25 → 60'] },
    }),
    team(7, 11, 75),
    team(8, 6, 44),
    team(9, 8, 30),
    team(10, 5, 160, { off: { status: 'revoked', days: 19, reason: 'Subscription canceled' } }, { status: 'canceled' }),
    team(11, 3, 1.4),
  ]
}

function apis(): PurchaseStory[] {
  const api = (nth: number, rate: number, usage: number, key: Partial<KeyStory> = {}): PurchaseStory => ({
    who: developers[nth] as Person,
    product: 'Inkwell API',
    kind: 'subscription',
    source: 'store',
    keys: [{ configuration: 'API, metered', issuedDays: 4 + (7 - nth) * 47, devices: [], rate, usage, ...key }],
  })
  const more = (limit: number | null) => ({ usageOverridden: true, usageLimitOverride: limit })
  return [
    api(0, 96, 4_120, { overrides: more(5_000), changed: { days: 22, changes: ['Usage limit: 1000 → 5000'] } }),
    api(1, 54, 640),
    api(2, 140, 9_871, { overrides: more(null), changed: { days: 110, changes: ['Usage limit: 1000 → unlimited'] } }),
    api(3, 61, 1_000, { note: 'Asked for the price of 5,000 pages.' }),
    api(4, 33, 962),
    api(5, 28, 415),
    api(6, 12, 88),
    api(7, 0, 0),
  ]
}

/** Everybody else, so that lists have pages and charts have weight. */
function ordinary(random: Random, yearly: number, lifetime: number, trials: number): PurchaseStory[] {
  // Whoever is in the story above has enough of it; with trials, everybody had one.
  const plain = writers.slice(10)
  const devicesOf = (issuedDays: number, most: number): DeviceStory[] => {
    const count = weighted(random, [2, 9, 6, most > 2 ? 3 : 0])
    return Array.from({ length: count }, (_, n) => {
      const sinceDays = Math.max(0.3, n === 0 ? issuedDays - random.next() : issuedDays * random.next())
      if (n > 0 && sinceDays > 12 && random.chance(0.22))
        return {
          sinceDays,
          goneDays: random.next() * Math.min(30, sinceDays),
          goneBy: random.pick(['customer', 'customer', 'software', 'support']),
        }
      return sinceDays > 70 && random.chance(0.14) ? { sinceDays, idleDays: random.int(61, 69) } : { sinceDays }
    })
  }
  const rate = () => random.int(1, 7)
  const years = Array.from({ length: yearly }, (_, nth): PurchaseStory => {
    // About a quarter has run out; a year is the configuration's.
    const issuedDays = nth % 4 === 0 ? random.int(378, 520) : 1 + 345 * random.next() ** 2
    return editor(random.pick(plain), { issuedDays, devices: devicesOf(issuedDays, 3), rate: rate() })
  })
  const lives = Array.from({ length: lifetime }, (_, nth): PurchaseStory => {
    // Sold until spring, and given away since.
    const isGift = nth % 6 === 0
    const issuedDays = isGift ? random.int(2, 200) : random.int(215, 540)
    const key = { configuration: 'Editor, lifetime', issuedDays, devices: devicesOf(issuedDays, 3), rate: rate() }
    if (isGift) return editor(random.pick(plain), { ...key, note: 'For a review.' }, { source: 'manual' })
    const isRefunded = nth % 17 === 5
    return editor(
      random.pick(plain),
      { ...key, ...(isRefunded && { off: { status: 'revoked', days: issuedDays - 9, reason: 'Refund' } }) },
      isRefunded ? { status: 'refunded' } : {},
    )
  })
  const tries = Array.from({ length: trials }, (_, nth): PurchaseStory => {
    const issuedDays = 0.6 + nth * 3.1
    const devices = random.chance(0.25) ? [] : [{ sinceDays: Math.max(0.2, issuedDays - 2 * random.next()) }]
    const key = { configuration: 'Editor trial', issuedDays, devices, rate: random.int(2, 6), mailWaits: nth === 0 }
    return editor(writers[(nth * 11 + 5) % writers.length], key, {
      source: 'api',
      ...(nth % 5 === 2 && { product: null }),
    })
  })
  return [...years, ...lives, ...tries]
}

/** Inkwell: 200 keys, its orders in the sequence they came. */
export function inkwellStory(random: Random): PurchaseStory[] {
  const known = [...dedicated(), ...remarkable()]
  const left = 200 - known.reduce((sum, purchase) => sum + purchase.keys.length, 0)
  const yearly = Math.round(left * 0.42)
  const trials = Math.round(left * 0.17)
  const all = [...known, ...ordinary(random, yearly, left - yearly - trials, trials)]
  return numbered(all, random)
}

/** Northfield: small, and where the demo customer bought as well. */
export function northfieldStory(): PurchaseStory[] {
  const notes = (who: Person | undefined, reference: string, key: Partial<KeyStory>): PurchaseStory => ({
    ...editor(who, { configuration: 'Fieldnotes, personal', ...key }, { reference }),
    product: 'Fieldnotes',
  })
  return [
    notes(aria, '#2071', {
      issuedDays: 88,
      devices: [
        { name: 'Aria’s iPhone', sinceDays: 88 },
        { name: 'Field tablet', sinceDays: 51 },
      ],
      rate: 3,
    }),
    notes(aria, '#2031', {
      issuedDays: 0,
      expiresInDays: 11.5,
      devices: [{ name: 'Aria’s MacBook Air', sinceDays: 350 }],
    }),
    notes(researchers[0], '#2064', { issuedDays: 120, devices: [{ sinceDays: 119 }] }),
    notes(researchers[1], '#2077', { issuedDays: 61, devices: [{ sinceDays: 60 }, { sinceDays: 22 }] }),
    notes(researchers[2], '#2083', { issuedDays: 33 }),
    notes(researchers[3], '#2018', { issuedDays: 400, devices: [{ sinceDays: 399 }] }),
  ]
}

const ageOf = ({ keys: [key] }: PurchaseStory) => key?.issuedDays || 365 - (key?.expiresInDays ?? 0)

// Newest first, so that the numbers of the printed keys hold however many came between.
function numbered(purchases: PurchaseStory[], random: Random): PurchaseStory[] {
  let order = Number.POSITIVE_INFINITY
  let trial = 2_214
  return purchases
    .toSorted((a, b) => ageOf(a) - ageOf(b))
    .map((purchase) => {
      const { source, product, reference } = purchase
      if (reference?.startsWith('#')) order = Math.min(order, Number(reference.slice(1)))
      if (reference || !product) return purchase
      if (source === 'store') return { ...purchase, reference: `#${--order}` }
      return { ...purchase, reference: source === 'api' ? `TRIAL-${trial--}` : `M-${random.hex(10).toUpperCase()}` }
    })
    .reverse()
}
