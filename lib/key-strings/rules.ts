/** What may be shown of a key string: its last characters, at most six and never more than a quarter of it. */
export function lastCharactersOf(keyString: string): string {
  const count = Math.min(6, Math.floor(keyString.length / 4))
  // Without the dash a short key's last group begins with.
  return count === 0 ? '' : keyString.slice(-count).replace(/^[^0-9a-z]+/i, '')
}

/** A key as lists show it: prefix and last six characters. */
export const maskedKey = (key: { prefix: string | null; lastCharacters: string }): string =>
  `${key.prefix ? `${key.prefix}_` : ''}••••${key.lastCharacters}`

const UUID = '[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}'

const WHOLE = new RegExp(`^(?:.{1,64}[_\\s-])?${UUID}$`, 'i')

const BEGUN =
  /^(?:[0-9a-z-]{1,64}_)?[0-9a-f]{8}-[0-9a-f]{0,4}(?:-[0-9a-f]{0,12})*$|^[0-9a-z-]{1,64}_[0-9a-z]{5}(?:-[0-9a-z]{0,5})*$/i

/** True for what has the shape of a whole key of the usual format. */
export const looksWhole = (typed: string): boolean => WHOLE.test(typed.trim())

/** True for what looks like the beginning of a key: of a key only its prefix and its last characters are kept readable. */
export const looksBegun = (typed: string): boolean => BEGUN.test(typed.trim()) && !looksWhole(typed)

/** The end of a key in what somebody searches for, or null when it cannot be one: whole keys, masked ones, the last few characters. */
export function keyTail(typed: string): string | null {
  const tail = /(?:^|[•*…_\s-]|\.{2,})([0-9a-z]{3,})$/i.exec(typed.trim())?.[1]
  return tail && !typed.includes('@') ? tail.slice(-6) : null
}
