// How a key looks to people: rules like those beside it, for the words and colours of pages, lists and mails.

import type { ActivationsMode } from '#prisma/enums.ts'
import { DAY_MS, endInShort } from '../base/days.ts'
import type { ShownStatus } from './plain.ts'
import { expiryState, type KeyFacts, type KeyOverrides } from './rules.ts'
import type { KeyEdit } from './schema.ts'

/** How near an expiry is announced. */
export const EXPIRING_DAYS = 14

/** The state of a key as people call it. */
export function shownStatus(key: Pick<KeyFacts, 'status' | 'expiresAt' | 'limits'>, now: Date): ShownStatus {
  if (key.status !== 'granted') return key.status
  const expiry = expiryState(key, now)
  if (expiry !== 'live') return expiry
  const soon = key.expiresAt !== null && key.expiresAt.getTime() - now.getTime() <= EXPIRING_DAYS * DAY_MS
  return soon ? 'expiring' : 'active'
}

type Look = { label: string; tone: 'ok' | 'warn' | 'bad' | 'off'; forCustomer: string }

/** A status is a word and a colour, everywhere the same. */
export const statusLook = {
  active: { label: 'Active', tone: 'ok', forCustomer: 'Active' },
  expiring: { label: 'Expires soon', tone: 'warn', forCustomer: 'Active, expires soon' },
  grace: { label: 'In grace', tone: 'warn', forCustomer: 'Expired, still works for a few days' },
  expired: { label: 'Expired', tone: 'off', forCustomer: 'Expired' },
  disabled: { label: 'Disabled', tone: 'off', forCustomer: 'Switched off by the seller' },
  revoked: { label: 'Revoked', tone: 'bad', forCustomer: 'Revoked' },
} as const satisfies Record<ShownStatus, Look>

/** The status in a list: what is near says how near. */
export function statusWords(key: { status: ShownStatus; expiresAt: Date | null }, now: Date): string {
  if (key.status !== 'expiring' || key.expiresAt === null) return statusLook[key.status].label
  const days = daysUntil(key.expiresAt, now)
  return days <= 1 ? 'Expires within a day' : `Expires in ${days} days`
}

/** Whole days until a moment, rounded up; 0 from that moment on. */
export const daysUntil = (moment: Date, now: Date): number =>
  Math.max(0, Math.ceil((moment.getTime() - now.getTime()) / DAY_MS))

/** From how many silent days on a device is called idle. */
export const IDLE_DAYS = 60

/** Whole days since a device was last heard of. */
export const idleDays = (device: { lastValidatedAt: Date | null; createdAt: Date }, now: Date): number =>
  Math.floor((now.getTime() - (device.lastValidatedAt ?? device.createdAt).getTime()) / DAY_MS)

/** A key as the form that changes it shows it. */
export const editOf = (
  key: KeyOverrides & {
    note: string
    newDevicesBlocked: boolean
    expiryOverridden: boolean
    expiresAt: Date | null
    productId: string | null
  },
): KeyEdit => ({
  note: key.note,
  newDevicesBlocked: key.newDevicesBlocked,
  activations:
    key.activationsModeOverride === null
      ? 'configuration'
      : {
          mode: key.activationsModeOverride,
          limit: key.activationsModeOverride === 'limited' ? key.activationLimitOverride : null,
        },
  usageLimit: key.usageOverridden ? key.usageLimitOverride : 'configuration',
  expiry: { own: key.expiryOverridden, at: key.expiresAt },
  productId: key.productId,
})

/** One sentence about what holds for a key once its overrides are saved, and whether it takes something away. */
export type OverrideEffect = { tone: 'ok' | 'warn' | 'bad'; text: string }

/** What a draft of overrides means for the devices, uses and days of a key as it is now. */
export function overrideEffects(
  key: {
    devices: number
    usage: number
    expiresAt: Date | null
    graceDays: number
    usageResetsAt: Date | null
    timeZone: string
  },
  draft: {
    mode: ActivationsMode
    limit: number | null
    newDevicesBlocked: boolean
    usageLimit: number | null
    expiresAt: Date | null
    /** The key has no date yet: its time begins with its first activation. */
    startsLater: boolean
  },
  now: Date,
): OverrideEffect[] {
  return [devicesEffect(key.devices, draft), usageEffect(key, draft.usageLimit), expiryEffect(key, draft, now)]
}

/** A day as people write it, in UTC: 2 Jan 2027. */
export const dayWords = (date: Date): string => `${date.getUTCDate()} ${date.toUTCString().slice(8, 16)}`

const count = (amount: number, noun: string): string =>
  `${amount.toLocaleString('en')} ${noun}${amount === 1 ? '' : 's'}`

function devicesEffect(
  devices: number,
  draft: { mode: ActivationsMode; limit: number | null; newDevicesBlocked: boolean },
): OverrideEffect {
  const active = devices === 1 ? 'The one active device keeps' : `The ${devices} active devices keep`
  const keep = devices === 0 ? '' : ` ${active} working.`
  if (draft.mode === 'off') return { tone: 'warn', text: `No device can join.${keep}` }
  if (draft.newDevicesBlocked) return { tone: 'warn', text: `No new device can join while they are blocked.${keep}` }
  if (draft.mode === 'unlimited' || draft.limit === null) return { tone: 'ok', text: 'Any number of devices can join.' }
  const left = draft.limit - devices
  if (left > 0) return { tone: 'ok', text: `${count(left, devices === 0 ? 'device' : 'more device')} can join.` }
  return {
    tone: 'warn',
    text: `${active} working; a new one can join once ${left === 0 ? 'one is' : `${1 - left} are`} deactivated.`,
  }
}

function usageEffect(
  key: { usage: number; usageResetsAt: Date | null; timeZone: string },
  limit: number | null,
): OverrideEffect {
  if (limit === null) return { tone: 'ok', text: 'Usage is not limited.' }
  const left = limit - key.usage
  if (left > 0) return { tone: 'ok', text: `${count(left, 'use')} left of ${limit.toLocaleString('en')}.` }
  const until = key.usageResetsAt ? ` until ${endInShort(key.usageResetsAt, key.timeZone)}` : ''
  return {
    tone: 'bad',
    text: `${count(key.usage, 'use')} of ${limit.toLocaleString('en')} counted: every further use is refused${until}.`,
  }
}

function expiryEffect(
  key: { expiresAt: Date | null; graceDays: number; timeZone: string },
  draft: { expiresAt: Date | null; startsLater: boolean },
  now: Date,
): OverrideEffect {
  const { expiresAt } = draft
  const end = (date: Date) => new Date(date.getTime() + key.graceDays * DAY_MS)
  const wasOver = key.expiresAt !== null && end(key.expiresAt) <= now
  if (draft.startsLater) return { tone: 'ok', text: 'Its time starts with the first activation.' }
  if (expiresAt === null)
    return { tone: 'ok', text: wasOver ? 'It works again and never expires.' : 'It never expires.' }
  if (end(expiresAt) <= now) {
    return { tone: 'bad', text: wasOver ? 'It stays expired.' : 'It has expired: the next validation is refused.' }
  }
  if (expiresAt <= now) {
    return {
      tone: 'warn',
      text: `It has expired and works in its grace period until ${endInShort(end(expiresAt), key.timeZone)}.`,
    }
  }
  const days = count(daysUntil(expiresAt, now), 'day')
  return {
    tone: 'ok',
    text: `It works${wasOver ? ' again' : ''} until ${endInShort(expiresAt, key.timeZone)}, ${days} from now.`,
  }
}
