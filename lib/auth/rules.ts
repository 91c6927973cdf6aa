const ORIGIN = 'http://here.invalid'

/** The path to go to after sign-in, or null when it is anything but a path on this site. */
export function safePath(wanted: string | null | undefined): string | null {
  if (!wanted?.startsWith('/') || wanted.length > 1_000) return null
  if (!URL.canParse(wanted, ORIGIN)) return null
  // Parsed as a browser does, so `//evil.example`, `/\evil.example` and tabs inside are seen for what they are.
  const url = new URL(wanted, ORIGIN)
  if (url.origin !== ORIGIN || url.pathname.startsWith('//')) return null
  // Back to the sign-in pages would go round in a circle, and a route handler is no page.
  if (/^\/(login|setup|api)(\/|$)/.test(url.pathname)) return null
  return url.pathname + url.search + url.hash
}

/** Where somebody goes who just signed in and did not ask for a page. */
export const homePath = (user: { memberships: readonly unknown[] }): string =>
  user.memberships.length > 0 ? '/dashboard' : '/purchases'

/** The sign-in page that leads back to `path`. */
export function loginPath(path?: string | null): string {
  const back = safePath(path)
  return back ? `/login?${new URLSearchParams({ callbackUrl: back })}` : '/login'
}

/** "in 40 seconds", "in 12 minutes". */
export function inWords(milliseconds: number): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  if (seconds < 60) return seconds === 1 ? 'in 1 second' : `in ${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  return minutes === 1 ? 'in 1 minute' : `in ${minutes} minutes`
}
