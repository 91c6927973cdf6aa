import { DAY_MS, dayOf } from '../base/days.ts'
import type { SupportBounds } from '../base/permissions.ts'
import type { EffectiveLimits } from './rules.ts'
import type { KeyChanges } from './schema.ts'

// What support may change of a key by itself, and how far. Null is "it may"; anything else says why not, and whom to ask.

type Devices = Pick<EffectiveLimits['activations'], 'mode' | 'limit'>

/** How far support has put off an end before, and from where those days count. */
export type Extension = { countsFrom: Date; reached: Date }

const mine = ['note', 'newDevicesBlocked', 'activations', 'expiresAt', 'status', 'disabled'] as const

const count = (amount: number, one: string) => `${amount} ${one}${amount === 1 ? '' : 's'}`

/** The bounds in words, for whoever they hold. */
export function boundsWords({ extendDays, moreDevices }: SupportBounds): string {
  const end = extendDays > 0 ? `put off the end by up to ${count(extendDays, 'day')}` : null
  const devices = moreDevices > 0 ? `allow up to ${count(moreDevices, 'device')} more than the configuration` : null
  const all = ['block new devices', ...(devices ? [devices] : []), ...(end ? [end] : []), 'write a note']
  return `You may ${all.slice(0, -1).join(', ')} and ${all.at(-1)}. For anything else, ask an admin.`
}

/** Why these changes are nothing for support, whatever they say. */
export function whyNotForSupport(changes: KeyChanges, status: 'granted' | 'disabled' | 'revoked'): string | null {
  const isOthers = (name: string) => !(mine as readonly string[]).includes(name)
  const asked = (Object.keys(changes) as (keyof KeyChanges)[]).filter((name) => changes[name] !== undefined)
  if (asked.some(isOthers))
    return 'Support changes devices, the end and the note of a key. For anything else, ask an admin.'
  if (changes.status === 'revoked' || (status === 'revoked' && changes.status !== undefined))
    return 'Support may disable keys. To revoke or restore one, ask an admin.'
  return null
}

/**
 * From where the days are counted that support may add: the end that somebody else gave the key last, so that many small steps come to no
 * more than one; from now where that is over.
 */
export function countsFrom(end: Date, extension: Extension | null, now: Date): Date {
  if (extension?.reached.getTime() === end.getTime()) return extension.countsFrom
  return end > now ? end : now
}

/** Why support may not move the end of a key from here to there. */
export function whyNotEnd(
  { from, to, extension }: { from: Date | null; to: Date | null; extension: Extension | null },
  { extendDays }: Pick<SupportBounds, 'extendDays'>,
  zone: string,
  now: Date,
): string | null {
  if (from?.getTime() === to?.getTime()) return null
  if (extendDays === 0) return 'Support may not change when keys end here: ask an admin.'
  if (from === null || to === null || to < from) return 'Support may only put off the end of a key: ask an admin.'
  const start = countsFrom(from, extension, now)
  const dayNumber = (moment: Date) => Date.parse(dayOf(moment, zone)) / DAY_MS
  if (dayNumber(to) - dayNumber(start) <= extendDays) return null
  const most = `Support may extend by at most ${count(extendDays, 'day')} at a time`
  const used = dayNumber(from) - dayNumber(start)
  return used > 0 ? `${most}, and has used ${used} of them: ask an admin.` : `${most}: ask an admin.`
}

/** Why support may not change how many devices a key takes from this to that. */
export function whyNotDevices(
  { from, to, configured }: { from: Devices; to: Devices; configured: Devices },
  { moreDevices }: Pick<SupportBounds, 'moreDevices'>,
): string | null {
  if (from.mode === to.mode && from.limit === to.limit) return null
  if (moreDevices === 0) return 'Support may not change how many devices a key takes here: ask an admin.'
  const limits = [from, to, configured].map(({ mode, limit }) => (mode === 'limited' ? limit : null))
  const [was, is, given] = limits
  if (was == null || is == null || given == null)
    return 'Support may change the number of a device limit, and nothing else about it: ask an admin.'
  const most = given + moreDevices
  if (was > most) return `Somebody allowed this key ${was} devices, more than support may change: ask an admin.`
  if (is < given) return `Support may not go below the ${given} devices of the configuration: ask an admin.`
  return is > most
    ? `Support may allow at most ${moreDevices} more than the configuration, ${most} devices here: ask an admin.`
    : null
}
