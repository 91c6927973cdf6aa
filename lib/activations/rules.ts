import { DAY_MS, HOUR_MS } from '../base/days.ts'

export const YEAR_MS = 365 * DAY_MS

/** May the key's owner free a slot themselves? The reason they may not, or null. */
export const mayCustomerDeactivate = (configuration: { customerMayDeactivate: boolean }): string | null =>
  configuration.customerMayDeactivate ? null : 'Only the seller can deactivate devices of this key.'

/** What a merchant allows of freeing the places of devices. */
type ReleaseSettings = { cooldownHours: number; releasesAYear: number | null }

/** Why the owner of a key may not free the place of a device now, and from when on they may; null when they may. `released`: when they did before. */
export function whyNotRelease(
  released: readonly Date[],
  { cooldownHours, releasesAYear }: ReleaseSettings,
  now: Date,
): { why: 'cooldown' | 'yearly'; until: Date; count: number } | null {
  const latest = released.toSorted((a, b) => b.getTime() - a.getTime())
  const year = latest.filter((at) => at.getTime() > now.getTime() - YEAR_MS)
  const oldestThatCounts = releasesAYear === null ? undefined : year[releasesAYear - 1]
  if (oldestThatCounts)
    return { why: 'yearly', until: new Date(oldestThatCounts.getTime() + YEAR_MS), count: year.length }
  const last = latest[0]
  // Of two who ask in the same moment, one may have freed a place a moment after the other's now: without a cool-down that is no reason.
  const until = last && cooldownHours > 0 ? new Date(last.getTime() + cooldownHours * HOUR_MS) : null
  return until && until > now ? { why: 'cooldown', until, count: year.length } : null
}

/** How many more they may free within the year after this one; null: any number. */
export const releasesLeft = (
  released: readonly Date[],
  { releasesAYear }: Pick<ReleaseSettings, 'releasesAYear'>,
  now: Date,
): number | null =>
  releasesAYear === null
    ? null
    : Math.max(0, releasesAYear - 1 - released.filter((at) => at.getTime() > now.getTime() - YEAR_MS).length)

/** For so long the owner of a key may take back that they deactivated a device. */
export const UNDO_MS = 60_000

/** May the key's owner give a device another name? The reason they may not, or null. */
export const mayCustomerRename = (configuration: { customerMayRename: boolean }): string | null =>
  configuration.customerMayRename ? null : 'Only the seller can rename devices of this key.'
