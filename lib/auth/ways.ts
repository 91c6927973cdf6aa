import { type SignInProvider, signInProviders } from './plain.ts'

// Which ways of signing in open an organization. A session remembers how it was begun; an organization names the ways that it lets in.

/** The ways that an organization can allow or not. */
export const signInWays = ['password', 'mail', 'passkey', ...signInProviders] as const
export type SignInWay = 'password' | 'mail' | 'passkey' | SignInProvider

/** True for the name of one. */
export const isSignInWay = (name: string): name is SignInWay => (signInWays as readonly string[]).includes(name)

const byHow: Record<string, SignInWay | 'console'> = {
  // Whoever joins by an invitation has just set their password.
  ...{ password: 'password', invitation: 'password', passkey: 'passkey', console: 'console' },
  ...{ link: 'mail', 'mailed code': 'mail', 'key-mail': 'mail' },
  ...Object.fromEntries(signInProviders.map((provider) => [provider, provider])),
}

/** The way that a session was begun; null: nobody knows. */
export const wayOf = (how: string | null): SignInWay | 'console' | null => byHow[how ?? ''] ?? null

/**
 * The ways that would open an organization to this session, or null when it is open. `allowed` is what the organization names (nothing: all
 * ways), `offered` what this server has set up: the rest does not count. The console's link opens everything.
 */
export function waysMissing(
  allowed: readonly string[],
  how: string | null,
  offered: readonly SignInWay[],
): SignInWay[] | null {
  if (allowed.length === 0) return null
  const way = wayOf(how)
  if (way === 'console') return null
  const counted = offered.filter((each) => allowed.includes(each))
  return way !== null && counted.includes(way) ? null : counted
}

/**
 * Why an owner may not allow these ways alone, or null when they may. They have to be in by one of them, and still have it: so nobody shuts
 * everybody out, themselves included. `wordsOf` says a way within a sentence.
 */
export function whyNotAllowOnly(
  wanted: readonly SignInWay[],
  { how, has, offered }: { how: string | null; has: readonly SignInWay[]; offered: readonly SignInWay[] },
  wordsOf: (way: SignInWay) => string,
): string | null {
  if (wanted.length === 0) return null
  const counted = offered.filter((way) => wanted.includes(way))
  if (counted.length === 0) return 'None of these is set up on this server. Choose one that is.'
  const way = wayOf(how)
  if (way === 'console')
    return 'You signed in with a link from the console. Sign in by one of these ways first, so that you know it works.'
  if (way === null || !counted.includes(way))
    return `You signed in ${way ? `by ${wordsOf(way)}` : 'in another way'}. Sign in by one of these ways first, so that you know it works.`
  return has.includes(way)
    ? null
    : `You signed in by ${wordsOf(way)}, and could not do so again. Set it up on your account page first.`
}

/**
 * Why somebody may not add `added` to their account in this session, or null when they may. A session that an organization keeps out must not
 * make itself the key: whoever has one of its ways already signs in by that first. The first of its ways may be added by any session.
 */
export function whyNotAdd(
  added: SignInWay,
  closed: readonly { name: string; ways: readonly SignInWay[] }[],
  has: readonly SignInWay[],
  wordsOf: (way: SignInWay) => string,
): string | null {
  const by = closed.find(({ ways }) => ways.includes(added) && ways.some((way) => has.includes(way)))
  if (!by) return null
  const own = by.ways.filter((way) => has.includes(way)).map(wordsOf)
  return `${by.name} lets its members in by ${own.join(' or ')}. Sign in by that first; then you can change this.`
}

/**
 * Why somebody may not take one of their ways away in this session, or give their account another address, or null when they may: with the
 * way gone, one of their own would be the first. An address opens password, mail and providers, so it is asked of every way (`taken` null).
 */
export function whyNotTakeAway(
  taken: SignInWay | null,
  closed: readonly { name: string; ways: readonly SignInWay[] }[],
  wordsOf: (way: SignInWay) => string,
): string | null {
  const by = closed.find(({ ways }) => taken === null || ways.includes(taken))
  if (!by) return null
  const ways = by.ways.map(wordsOf).join(' or ')
  return `${by.name} lets its members in by ${ways || 'other ways'} only. Sign in by that first; then you can change this.`
}
