/** A slug made from a name: "Inkwell Software GmbH" gives inkwell-software-gmbh. */
export const slugFrom = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')

/** How long the security log is kept. */
export const securityLogMonths = [1, 3, 6, 12, 24, 36] as const

/** After how many months events can leave the history; the years among them are called so. */
export const historyMonths = [3, 6, 12, 24, 36, 60] as const

/** How long a history is kept, in words; null is for ever. */
export const historyWords = (months: number | null): string =>
  months === null ? 'forever' : months < 24 ? `${months} months` : `${months / 12} years`

/** So many days an organization waits for its deletion, in which any owner can stop it. */
export const DELETION_DAYS = 14
