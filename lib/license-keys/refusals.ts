// Why a key is refused now: one answer for the key's page, the list, the overview and the customer's page.

import type { LicenseKeyStatus, RevokeReason } from '#prisma/enums.ts'
import { DAY_MS, endInShort } from '../base/days.ts'
import type { ActivateCode, ValidateCode } from '../error-codes/schema.ts'
import { dayWords } from './look.ts'
import { expiryState, type KeyFacts, reasonsInWords, usageNow } from './rules.ts'

/** How far back a refusal still says that somebody is locked out. */
export const RECENT_DAYS = 3

/** Since when refusals count: whole days in UTC, as they are counted, today and those before it. */
export const recentSince = (now: Date): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()) - (RECENT_DAYS - 1) * DAY_MS)

/** Every code that says no to a key. */
export type RefusalCode = Exclude<ValidateCode | ActivateCode, 'VALID' | 'ACTIVATED'>

/** What a key refused lately with one code; `label`: the last device that was named. */
export type RecentRefusal = { code: string; times: number; lastAt: Date; label: string | null }

/** Who switched a key off, when, and what they said. */
export type StoppedBy = { who: string; at: Date; reason: string | null }

/** What the rule has to know of a key. */
export type RefusalFacts = KeyFacts & {
  devices: number
  /** The last time a device came or came again; null: none is active. */
  lastActivatedAt: Date | null
  /** Whether a live device holds conditions that are older than a moment. */
  conditionsSince: Date | null
  updatedAt: Date
  /** When the configuration was last changed. */
  configurationChangedAt: Date
  stopped: StoppedBy | null
  /** Why it is revoked. */
  revokedFor: readonly RevokeReason[]
}

/** One reason why a key is refused: in words, and how often it was. What helps says lib/refusals. */
export type Trouble = {
  code: string
  /** Somebody was refused lately for it and would be again: the only thing that is red. */
  harms: boolean
  /** A few words, for lists. */
  short: string
  /** A sentence, which begins small: it follows how often it happened. */
  why: string
  times: number
  lastAt: Date | null
  label: string | null
}

type Rule = {
  short: string
  /** Would whoever was refused at that moment be refused again? */
  stands: (key: RefusalFacts, lastAt: Date, now: Date) => boolean
  why: (key: RefusalFacts, label: string | null, now: Date) => string
  /** Refuses everybody, whether or not somebody asked. */
  forAll?: true
}

const asks = (label: string | null) => (label ? `“${label}” asks to join` : 'another device asks to join')

const stoppedWords = ({ stopped }: RefusalFacts, what: string): string =>
  stopped
    ? `${stopped.who} ${what} it on ${dayWords(stopped.at)}${stopped.reason ? `: “${stopped.reason}”` : ', without giving a reason'}.`
    : `somebody ${what} it.`

function devicesInUse(devices: number, limit: number, label: string | null): string {
  if (devices > limit) return `${devices} devices are in use, the limit is ${limit}, and ${asks(label)}.`
  return limit === 1
    ? `its one device is in use and ${asks(label)}.`
    : `all ${limit} devices are in use and ${asks(label)}.`
}

/** No device came since: whoever was refused has not joined. */
const noneJoinedSince = ({ lastActivatedAt }: RefusalFacts, at: Date) =>
  lastActivatedAt === null || lastActivatedAt <= at

/** Every refusal of a key there is; the order is that of the checks. */
const rules = {
  NOT_FOUND: {
    short: 'not known',
    stands: () => false,
    why: () => 'software asked for it where it is not known.',
  },
  REPLACED: {
    short: 'the replaced string was sent',
    stands: () => true,
    why: () => 'software sends a string that was replaced: it needs the current one.',
  },
  REVOKED: {
    short: 'revoked',
    stands: ({ status }) => status === 'revoked',
    why: (key) =>
      key.stopped || key.revokedFor.length === 0 ? stoppedWords(key, 'revoked') : `${reasonsInWords(key.revokedFor)}.`,
    forAll: true,
  },
  DISABLED: {
    short: 'disabled',
    stands: ({ status }) => status === 'disabled',
    why: (key) => stoppedWords(key, 'disabled'),
    forAll: true,
  },
  EXPIRED: {
    short: 'expired',
    stands: (key, _, now) => key.status === 'granted' && expiryState(key, now) === 'expired',
    why: ({ expiresAt, limits, timeZone = 'UTC' }) =>
      `it expired on ${expiresAt ? endInShort(expiresAt, timeZone) : 'a day that is over'}${
        limits.grace.days > 0 ? ', and its grace period is over too' : ''
      }.`,
    forAll: true,
  },
  PRODUCT_MISMATCH: {
    short: 'another product was asked for',
    stands: ({ updatedAt }, at) => updatedAt <= at,
    why: ({ productId }) =>
      productId === null
        ? 'software asks for a product, and this key has none.'
        : 'software asks for another product than the one this key is for.',
  },
  CONFIGURATION_MISMATCH: {
    short: 'another configuration was asked for',
    stands: () => true,
    why: () => 'software asks for keys of another configuration: it was built for another plan.',
  },
  CUSTOMER_MISMATCH: {
    short: 'another customer was asked for',
    stands: () => true,
    why: () => 'software asks for the key of another customer: someone is using a key that is not theirs.',
  },
  ACTIVATION_REQUIRED: {
    short: 'asked without a device',
    stands: (key, at) => key.limits.activationRequired && noneJoinedSince(key, at),
    why: () => 'its configuration requires an activation, and software asks without naming a device.',
  },
  ACTIVATION_NOT_FOUND: {
    short: 'the device is not active',
    stands: noneJoinedSince,
    why: () =>
      'software asks on a device that is not active, perhaps one that was deactivated: it has to activate again.',
  },
  CONDITIONS_MISMATCH: {
    short: 'other conditions than at activation',
    stands: ({ conditionsSince }, at) => conditionsSince !== null && conditionsSince <= at,
    why: () =>
      'software sends other conditions than its device was activated with. Deactivate the device, so that it activates again with the current ones.',
  },
  ENTITLEMENT_MISSING: {
    short: 'a feature is not included',
    stands: ({ configurationChangedAt }, at) => configurationChangedAt <= at,
    why: ({ entitlements }) =>
      `software asks for a feature that is not among ${entitlements.length > 0 ? entitlements.join(', ') : 'its entitlements: it has none'}.`,
  },
  USAGE_LIMIT_REACHED: {
    short: 'usage limit reached',
    stands: (key, _, now) => key.limits.usage.limit !== null && usageNow(key, now) >= key.limits.usage.limit,
    why: (key, _, now) =>
      `${usageNow(key, now).toLocaleString('en')} of ${(key.limits.usage.limit ?? 0).toLocaleString('en')} uses are spent.`,
  },
  ACTIVATIONS_OFF: {
    short: 'takes no activations',
    stands: ({ limits }) => limits.activations.mode === 'off',
    why: (_, label) => `this key takes no activations and ${asks(label)}.`,
  },
  NEW_DEVICES_BLOCKED: {
    short: 'new devices are blocked',
    stands: ({ newDevicesBlocked }) => newDevicesBlocked,
    why: (_, label) => `new devices are blocked and ${asks(label)}.`,
  },
  ACTIVATION_LIMIT_REACHED: {
    short: 'device limit reached',
    stands: ({ limits, devices }) => limits.activations.limit !== null && devices >= limits.activations.limit,
    why: ({ devices, limits }, label) => devicesInUse(devices, limits.activations.limit ?? 0, label),
  },
} as const satisfies Record<RefusalCode, Rule>

const ruleOf = (code: string): Rule | null => (Object.hasOwn(rules, code) ? rules[code as RefusalCode] : null)

/** Why a key is refused, in a few words for lists; a code that is not known speaks for itself. */
export const refusalShort = (code: string): string => ruleOf(code)?.short ?? code

/** Does what caused a refusal still stand, so that the next attempt would be refused too? key-list.ts asks the same in SQL. */
export const refusalStands = (code: string, key: RefusalFacts, lastAt: Date, now: Date): boolean =>
  ruleOf(code)?.stands(key, lastAt, now) ?? false

const codesForAll = { revoked: 'REVOKED', disabled: 'DISABLED' } as const

/** What refuses everybody, from the state of the key alone. */
function stateCode(key: RefusalFacts, now: Date): RefusalCode | null {
  const status: LicenseKeyStatus = key.status
  if (status !== 'granted') return codesForAll[status]
  return expiryState(key, now) === 'expired' ? 'EXPIRED' : null
}

/**
 * Everything that refuses a key now: its state, whether or not anybody asked, and what was refused lately and would be again. What harms
 * somebody stands first, what happened last before what happened earlier.
 */
export function whyRefused(key: RefusalFacts, recent: RecentRefusal[], now: Date): Trouble[] {
  const standing = recent.filter(({ code, lastAt }) => refusalStands(code, key, lastAt, now))
  const troubles = standing.map(({ code, times, lastAt, label }) => troubleOf(code, key, { times, lastAt, label }, now))
  const state = stateCode(key, now)
  if (state && !troubles.some(({ code }) => code === state)) {
    troubles.push(troubleOf(state, key, { times: 0, lastAt: null, label: null }, now))
  }
  return troubles.sort((a, b) => (b.lastAt?.getTime() ?? 0) - (a.lastAt?.getTime() ?? 0))
}

function troubleOf(
  code: string,
  key: RefusalFacts,
  seen: Pick<Trouble, 'times' | 'lastAt' | 'label'>,
  now: Date,
): Trouble {
  const rule = ruleOf(code)
  return {
    code,
    harms: seen.times > 0,
    short: refusalShort(code),
    why: rule?.why(key, seen.label, now) ?? code,
    ...seen,
  }
}
