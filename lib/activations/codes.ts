// The codes of devices that ask for a key (RFC 8628), and how their software may ask whether somebody approved.

/** Letters that nobody takes for one another, and no vowels, so that no code is a word (RFC 8628, 6.1). */
export const CODE_LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
export const CODE_LENGTH = 8

/** For so long a code is good. */
export const CODE_MINUTES = 10
export const CODE_MS = CODE_MINUTES * 60_000

/** Software waits so long between two polls, and so much longer each time it does not. */
export const INTERVAL_S = 5
export const LONGEST_INTERVAL_S = 60
/** What a network may take off the time between two of them. */
export const EARLY_MS = 1_000

/** An answer that was lost is given again for so long; after that the code has been used. */
export const AGAIN_MS = 60_000

/** A code as it is shown: "BCDF-GHJK". */
export const shownCode = (code: string): string => `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`

/** The code that somebody typed, in capitals or not and with whatever between its letters; null when it cannot be one. */
export function codeTyped(text: string): string | null {
  const letters = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
  return letters.length === CODE_LENGTH && [...letters].every((letter) => CODE_LETTERS.includes(letter))
    ? letters
    : null
}

/** A request as one poll finds it; `before` and `waited` are of the poll before. */
export type Polled = {
  state: 'open' | 'approved' | 'denied'
  expiresAt: Date
  before: Date | null
  /** How long its software had to wait since, in seconds. */
  waited: number
  decidedAt: Date | null
  collectedAt: Date | null
}

/** What a poll is answered. */
export function answerOf(
  request: Polled | null,
  now: Date,
): 'pending' | 'slow_down' | 'denied' | 'expired' | 'approved' {
  if (!request) return 'expired'
  const since = (at: Date | null) => (at ? now.getTime() - at.getTime() : 0)
  if (request.state === 'denied') return 'denied'
  if (request.state === 'approved') {
    const isOver = since(request.collectedAt) > AGAIN_MS || since(request.decidedAt) > CODE_MS
    return isOver ? 'expired' : 'approved'
  }
  if (request.expiresAt <= now) return 'expired'
  const isEarly = request.before !== null && since(request.before) < request.waited * 1_000 - EARLY_MS
  return isEarly ? 'slow_down' : 'pending'
}
