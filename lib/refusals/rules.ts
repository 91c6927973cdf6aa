import type { TroubleState } from './plain.ts'

/** What is known of a trouble of one key, cause and device. */
export type Standing = {
  code: string
  /** The key is known. */
  isKnown: boolean
  /** A device was named, and is told apart from others. */
  namesDevice: boolean
  lastAt: Date
  /** Whether its cause still holds. */
  stands: boolean
  /** When the key was last told yes, when the device was, and when any device last joined. */
  keyYesAt: Date | null
  deviceYesAt: Date | null
  joinedAt: Date | null
}

/** Refusals of the key itself: a yes to any software says that it is over. */
const ofKey = new Set(['REVOKED', 'DISABLED', 'EXPIRED'])
/** Refusals of what was asked: the same software may be told yes to another question. */
const ofQuestion = new Set(['PRODUCT_MISMATCH', 'ENTITLEMENT_MISSING', 'USAGE_LIMIT_REACHED'])
/** Refusals that a device ends by joining, under whatever name. */
const untilJoined = new Set(['ACTIVATION_REQUIRED', 'ACTIVATION_NOT_FOUND'])

/** The yes that ended it, or null: somebody is refused still, or nobody has asked since. */
export function solvedAt(trouble: Standing): Date | null {
  const { code, lastAt, stands, namesDevice, keyYesAt, deviceYesAt, joinedAt } = trouble
  const after = (at: Date | null) => (at !== null && at > lastAt ? at : null)
  if (ofKey.has(code)) return after(keyYesAt)
  if (untilJoined.has(code)) return after(deviceYesAt) ?? after(joinedAt)
  const yes = after(namesDevice ? deviceYesAt : keyYesAt)
  return ofQuestion.has(code) && stands ? null : yes
}

/** Where a trouble of one device stands. Of an unknown key nothing says that it is over. */
export function stateOf(trouble: Standing): Exclude<TroubleState, 'snoozed'> {
  if (!trouble.isKnown) return 'open'
  if (solvedAt(trouble)) return 'solved'
  return trouble.stands ? 'open' : 'fixed'
}

/** What of several devices counts: one that is refused still, then one that was told yes. */
export function stateOfAll(states: readonly Exclude<TroubleState, 'snoozed'>[]): Exclude<TroubleState, 'snoozed'> {
  if (states.includes('open')) return 'open'
  return states.includes('solved') ? 'solved' : 'fixed'
}

/** What somebody put aside, and how it was then. */
export type Snoozed = { until: Date | null; devices: number; count: number }

/** Is it put aside still? `until` null: until another device is refused, or twice as many calls were as then. */
export function isSnoozed(snooze: Snoozed | null, is: { devices: number; count: number }, now: Date): boolean {
  if (!snooze) return false
  if (snooze.until !== null) return now < snooze.until
  // A streak that began anew counts from one again: that is no worse.
  return is.devices <= snooze.devices && is.count < 2 * snooze.count
}
