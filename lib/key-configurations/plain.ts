import { INT4_MAX } from '../base/numbers.ts'

/** The bounds of every number and text a configuration holds; forms and messages read them here. */
export const limits = {
  name: 80,
  prefix: 16,
  version: 40,
  instructions: 5_000,
  entitlements: 50,
  activationLimit: INT4_MAX,
  usageLimit: INT4_MAX,
  graceDays: 365,
  // So many days before the end, at most, and so many times.
  reminderDays: 365,
  reminders: 6,
  // Each about a thousand years less than what a date column holds, and more than any contract.
  durationCount: { day: 36_500, month: 1_200, year: 457 },
} as const

/** The columns a list of configurations can be sorted by. */
export const keyConfigurationSorts = ['name', 'keys', 'createdAt'] as const

export type KeyConfigurationSort = (typeof keyConfigurationSorts)[number]

/** Catalogue lists show what is in use, what was archived, or both. */
export const archiveFilters = ['active', 'archived', 'all'] as const

export type ArchiveFilter = (typeof archiveFilters)[number]
