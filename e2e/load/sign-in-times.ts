// Whether the time of an answer tells that somebody has an account here: known and unknown addresses in turns, over HTTP: npm run bench -- --sign-in.
import { setTimeout as sleep } from 'node:timers/promises'
import { newRequest, sendSignInLink } from '#lib/auth/commands.ts'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { callAction } from '../actions.ts'
import { makeOrganization } from '../organization.ts'

/** Milliseconds of known and of unknown addresses, and how sure ranks are that they differ. */
export type SignInTimes = {
  name: string
  known: { median: number; p95: number }
  unknown: { median: number; p95: number }
  /** Of all pairs, how often the known one took longer: 0.5 tells nothing. */
  longer: number
  /** Mann and Whitney's test, two-sided: the chance of such ranks when nothing differs. */
  p: number
}

const WARM = 10

const visitor = { kind: 'visitor', address: null } as const

/** What somebody who wants to know may send; `prepare` is not timed. */
const ways: Record<
  string,
  { action: string; prepare?: (email: string) => Promise<string>; fields: (email: string, made: string) => object }
> = {
  'sign-in by a wrong password': {
    action: 'app/login/actions.ts#signInAction',
    fields: (email) => ({ email, password: 'none that anybody has', intent: 'password' }),
  },
  'asking for a sign-in mail': {
    action: 'app/login/actions.ts#signInAction',
    fields: (email) => ({ email, password: '', intent: 'link' }),
  },
  'asking for a new password': {
    action: 'app/login/actions.ts#forgottenPasswordAction',
    fields: (email) => ({ email }),
  },
  'a wrong code of an asked-for mail': {
    action: 'app/login/actions.ts#useCodeAction',
    prepare: async (email) => {
      const request = newRequest()
      await sendSignInLink(visitor, { email, callbackUrl: '', request }, new Date())
      return request
    },
    fields: (email, request) => ({ email, request, code: '000000', callbackUrl: '' }),
  },
}

/** Measures every way, `tries` of each kind, one at a time and in turns. */
export async function timeSignIn(base: string, tries: number, tell: (times: SignInTimes) => void): Promise<void> {
  const { email: known } = await makeOrganization()
  const unknown = () => `owner-${newId().slice(-12)}@example.com`
  for (const [name, { action, prepare, fields }] of Object.entries(ways)) {
    const once = async (email: string) => {
      // Limits are what they are; here only the time is asked about.
      await prisma.rateLimit.deleteMany()
      const made = (await prepare?.(email)) ?? ''
      // What goes on behind the answer before is over.
      await sleep(25)
      const begun = performance.now()
      await callAction(action, { fields: fields(email, made) as Record<string, string>, ids: {}, base })
      return performance.now() - begun
    }
    for (let i = 0; i < WARM; i++) await once(i % 2 ? known : unknown())
    const times = { known: [] as number[], unknown: [] as number[] }
    for (let i = 0; i < tries * 2; i++) {
      // First one, then the other, then the other first: neither always follows.
      const isKnown = [true, false, false, true][i % 4] === true
      ;(isKnown ? times.known : times.unknown).push(await once(isKnown ? known : unknown()))
    }
    tell({ name, known: middleOf(times.known), unknown: middleOf(times.unknown), ...ranks(times.known, times.unknown) })
  }
}

function middleOf(times: number[]) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  return { median: at(0.5), p95: at(0.95) }
}

/** Mann and Whitney's U by its normal approximation, good from some twenty of each. */
export function ranks(a: number[], b: number[]): { longer: number; p: number } {
  let u = 0
  for (const x of a) for (const y of b) u += x > y ? 1 : x === y ? 0.5 : 0
  const pairs = a.length * b.length
  const z = (u - pairs / 2) / Math.sqrt((pairs * (a.length + b.length + 1)) / 12)
  return { longer: u / pairs, p: Math.min(1, 2 * upperTail(Math.abs(z))) }
}

// Abramowitz and Stegun 26.2.17: the normal distribution beyond z, to seven digits.
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly
}
