import '#server-only'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { pool, prisma } from '../db.ts'
import { Refusal } from '../errors.ts'
import { hashSecret } from '../secrets.ts'
import { inWords } from './rules.ts'

const MINUTES_15 = 15 * 60

// Per e-mail address the limits stop guessing one password; per client address they stop trying many people.
const limits = {
  password: {
    points: 5,
    duration: MINUTES_15,
    message: (when: string) => `Too many wrong passwords. Try again ${when}, or have a link mailed.`,
  },
  link: {
    points: 5,
    duration: MINUTES_15,
    message: (when: string) => `Too many sign-in links were asked for. Try again ${when}.`,
  },
  address: {
    points: 50,
    duration: MINUTES_15,
    message: (when: string) => `Too many attempts from your network. Try again ${when}.`,
  },
} as const satisfies Record<string, { points: number; duration: number; message: (when: string) => string }>

/** What is counted: wrong passwords and sign-in links per e-mail address, attempts per client address. */
export type Attempt = keyof typeof limits

const limiters = new Map<Attempt, RateLimiterPostgres>()

function limiter(kind: Attempt): RateLimiterPostgres {
  let found = limiters.get(kind)
  if (!found) {
    const { points, duration } = limits[kind]
    found = new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: 'rate_limits',
      tableCreated: true,
      clearExpiredByTimeout: false, // the hourly sweep does it
      keyPrefix: kind,
      points,
      duration,
    })
    limiters.set(kind, found)
  }
  return found
}

// Hashed: a dump shows no addresses, and every key fits its column.
const nameOf = (subject: string) => hashSecret('sign-in', subject).toString('base64url')

/** Counts an attempt before it is made, so that parallel ones cannot slip through; throws RATE_LIMITED with the time to wait. */
export async function countAttempt(kind: Attempt, subject: string): Promise<void> {
  try {
    await limiter(kind).consume(nameOf(subject))
  } catch (rejected) {
    if (!(rejected instanceof RateLimiterRes)) throw rejected
    throw new Refusal('RATE_LIMITED', limits[kind].message(inWords(rejected.msBeforeNext)))
  }
}

/** A success: wrong attempts before it no longer count. */
export async function forgetAttempts(kind: Attempt, subject: string): Promise<void> {
  await limiter(kind).delete(nameOf(subject))
}

/** Takes back one attempt that turned out to be honest. */
export async function returnAttempt(kind: Attempt, subject: string): Promise<void> {
  await limiter(kind).reward(nameOf(subject))
}

/** Removes counters that ran out; for the hourly sweep. */
export async function purgeAttempts(now: Date): Promise<number> {
  const { count } = await prisma.rateLimit.deleteMany({ where: { expire: { lt: BigInt(now.getTime()) } } })
  return count
}
