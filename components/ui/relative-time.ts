const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** An instant as it comes from the database, JSON or a test. */
export type Instant = Date | string | number

/** The distance in words a person would use: "just now", "3 min ago", "in 6 days". */
export function relativeTime(value: Instant, now: Instant) {
  const distance = new Date(value).getTime() - new Date(now).getTime()
  const size = Math.abs(distance)
  if (size < 45_000) return distance > 0 ? 'in a moment' : 'just now'
  const words =
    size < 45 * minute
      ? `${Math.max(1, Math.round(size / minute))} min`
      : size < 22 * hour
        ? `${Math.round(size / hour)} h`
        : size < 100 * day
          ? plural(Math.round(size / day), 'day')
          : size < 700 * day
            ? plural(Math.round(size / (30.44 * day)), 'month')
            : plural(Math.round(size / (365.25 * day)), 'year')
  return distance > 0 ? `in ${words}` : `${words} ago`
}

/** A day as "30 Aug 2027", in UTC, the same on every machine. */
export function dayText(value: Instant) {
  const date = new Date(value)
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

/** An instant as "30 Aug 2027, 14:03:22 UTC". */
export function exactTime(value: Instant) {
  return `${dayText(value)}, ${new Date(value).toISOString().slice(11, 19)} UTC`
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
