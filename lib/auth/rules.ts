import type { Route } from 'next'
import { DAY_MS } from '../base/days.ts'
import * as paths from '../web/paths.ts'

const ORIGIN = 'http://here.invalid'

/** The path to go to after sign-in, or null when it is anything but a path on this site. */
export function safePath(wanted: string | null | undefined): Route | null {
  if (!wanted?.startsWith('/') || wanted.length > 4_000) return null
  if (!URL.canParse(wanted, ORIGIN)) return null
  // Parsed as a browser does, so `//evil.example`, `/\evil.example` and tabs inside are seen for what they are.
  const url = new URL(wanted, ORIGIN)
  if (url.origin !== ORIGIN || url.pathname.startsWith('//')) return null
  // Back to the sign-in pages would go round in a circle, and a route handler is no page.
  // An invitation is answered after signing in.
  if (/^\/(login|setup|api)(\/|$)/.test(url.pathname) && url.pathname !== '/login/invitation') return null
  return paths.of(url)
}

/** Where somebody goes who just signed in and did not ask for a page. */
export const homePath = (user: { memberships: readonly unknown[] }): Route =>
  user.memberships.length > 0 ? paths.dashboard() : paths.purchases()

/** The sign-in page that leads back to `path`. */
export function loginPath(path?: string | null): Route {
  return paths.login({ callbackUrl: safePath(path) })
}

/** The page of the second step, which leads on to `path`. */
export const secondStepPath = (path?: string | null): Route => paths.secondStep({ callbackUrl: safePath(path) })

// ---------------------------------------------------------------- sessions

/** How many days a session lasts: without being used, and at most. Members can do more harm than customers, who come seldom. */
export const sessionDays = {
  member: { idle: 14, longest: 30 },
  customer: { idle: 30, longest: 90 },
} as const satisfies Record<string, { idle: number; longest: number }>

/** True when a session has lasted as long as it may, or was not used for too long. */
export function sessionIsOver(
  session: { createdAt: Date; lastSeenAt: Date },
  who: keyof typeof sessionDays,
  now: Date,
): boolean {
  const { idle, longest } = sessionDays[who]
  const since = (moment: Date) => (now.getTime() - moment.getTime()) / DAY_MS
  return since(session.createdAt) >= longest || since(session.lastSeenAt) >= idle
}

/** When a session ends if it is used from now on. */
export const sessionEnd = (session: { createdAt: Date }, who: keyof typeof sessionDays): Date =>
  new Date(session.createdAt.getTime() + sessionDays[who].longest * DAY_MS)

/** How long the second step may take. */
export const SECOND_STEP_MINUTES = 15

/** True for a session that has passed the first step only. It opens nothing but the second. */
export const isPending = (session: { secondStepAt: Date | null; twoStepAt: Date | null }): boolean =>
  session.twoStepAt !== null && session.secondStepAt === null

/** True while a session that waits for the second step may still pass it. */
export const mayPass = ({ createdAt }: { createdAt: Date }, now: Date): boolean =>
  now.getTime() - createdAt.getTime() < SECOND_STEP_MINUTES * 60_000

const browsers: [RegExp, string][] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
]

const systems: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/** "Firefox on Linux" from what a browser says of itself; of a program its name. Null when it says nothing. */
export function deviceInWords(userAgent: string | null | undefined): string | null {
  if (!userAgent?.trim()) return null
  const find = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1]
  const [browser, system] = [find(browsers), find(systems)]
  if (browser) return system ? `${browser} on ${system}` : browser
  const program = /^[A-Za-z][\w.+-]{0,39}/.exec(userAgent.trim())?.[0]
  return program && program !== 'Mozilla' ? program : (system ?? 'Another browser')
}

// ---------------------------------------------------------------- attempts

/**
 * How often something may be tried: `free` times at once, then after a wait that doubles from `firstWait` to `longestWait`. One attempt is
 * forgotten every `fade`. All in seconds. Nobody is shut out: a wait is at most that long, and an attempt that was refused does not prolong it.
 */
export type Limit = { free: number; firstWait: number; longestWait: number; fade: number }

/** What is counted for whom. */
export const limits = {
  /** Wrong passwords of one account from one network, by browsers that never signed in to it. */
  'password: account and network': { free: 5, firstWait: 2, longestWait: 900, fade: 600 },
  /** The same from all networks together: guessing from many places. Never long, or it would shut out the owner. */
  'password: account': { free: 20, firstWait: 1, longestWait: 30, fade: 180 },
  /** Wrong passwords of all accounts from one network: trying many people. */
  'password: network': { free: 30, firstWait: 2, longestWait: 900, fade: 60 },
  /** Wrong passwords in a browser that signed in to this account before. Only its own count. */
  'password: known browser': { free: 5, firstWait: 2, longestWait: 900, fade: 600 },
  /** Wrong codes of the second step, in browsers that never signed in to the account: whoever tries knows the password, so all together. */
  'code: account': { free: 5, firstWait: 4, longestWait: 600, fade: 600 },
  /** The same in a browser that signed in to it before. Only its own count. */
  'code: known browser': { free: 5, firstWait: 4, longestWait: 600, fade: 600 },
  /** Wrong codes of all accounts from one network. */
  'code: network': { free: 30, firstWait: 4, longestWait: 900, fade: 60 },
  /** Links asked for one address, by one network and by all. */
  'link: address and network': { free: 4, firstWait: 30, longestWait: 1_800, fade: 600 },
  'link: address': { free: 8, firstWait: 60, longestWait: 1_800, fade: 600 },
  /** Links asked for any address by one network. */
  'link: network': { free: 30, firstWait: 10, longestWait: 900, fade: 60 },
  /** Wrong codes for one mail: these and no more, for as long as the mail is good. Its link goes on working. */
  'mailed code: request': { free: 5, firstWait: 86_400, longestWait: 86_400, fade: 86_400 },
  /** Wrong codes for one address, whoever types them and however many mails were asked for. */
  'mailed code: address': { free: 10, firstWait: 60, longestWait: 3_600, fade: 3_600 },
  /** Wrong codes for all addresses from one network. */
  'mailed code: network': { free: 20, firstWait: 10, longestWait: 900, fade: 300 },
  /** Wrong codes of devices that ask for a key, typed by one person: there are 20^8, and a few hundred are open at once. */
  'device code: account': { free: 10, firstWait: 60, longestWait: 3_600, fade: 3_600 },
  /** The same by all people of one network. */
  'device code: network': { free: 20, firstWait: 10, longestWait: 900, fade: 300 },
  /** Links and invitations that were opened and did not work. Tokens are long; this only spares the database. */
  'token: network': { free: 60, firstWait: 2, longestWait: 60, fade: 10 },
} as const satisfies Record<string, Limit>
export type LimitName = keyof typeof limits

/** Attempts so far, some of them faded, and when the last one was. */
export type Tries = { count: number; lastAt: Date }

/** Attempts that still count. A clock that was set back does not make anybody wait for it. */
const remaining = ({ count, lastAt }: Tries, { fade }: Limit, now: Date): number =>
  Math.max(0, count - Math.max(0, now.getTime() - lastAt.getTime()) / 1_000 / fade)

/** May one more attempt be made now? Then what is to be remembered, else how many milliseconds to wait. */
export function tryNow(tries: Tries | null, limit: Limit, now: Date): { next: Tries } | { wait: number; since: Date } {
  const count = tries ? remaining(tries, limit, now) : 0
  const lastAt = tries && tries.lastAt < now ? tries.lastAt : now
  const over = Math.min(30, Math.ceil(count - (limit.free - 1)))
  if (over > 0) {
    const wait = Math.min(limit.longestWait, limit.firstWait * 2 ** (over - 1)) * 1_000
    // `lastAt` is now when the clock was set back: the wait begins anew, once.
    const left = wait - (now.getTime() - lastAt.getTime())
    if (left > 0) return { wait: left, since: lastAt }
  }
  return { next: { count: count + 1, lastAt: now } }
}

/** "in 40 seconds", "in 12 minutes". */
export function inWords(milliseconds: number): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  if (seconds < 60) return seconds === 1 ? 'in 1 second' : `in ${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  return minutes === 1 ? 'in 1 minute' : `in ${minutes} minutes`
}
