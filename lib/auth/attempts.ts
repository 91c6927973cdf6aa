import '#server-only'
import { Prisma } from '#prisma/client.ts'
import { DAY_MS } from '../base/days.ts'
import { Refusal } from '../base/errors.ts'
import { prisma } from '../database/client.ts'
import { hashSecret } from '../secrets/secrets.ts'
import { inWords, type LimitName, limits, type Tries, tryNow } from './rules.ts'

/** One count: which limit holds, and for whom or what. */
export type Counted = { limit: LimitName; subject: string }

// Hashed: a dump shows no addresses, and every key fits its column.
const keyOf = ({ limit, subject }: Counted) => hashSecret('sign-in', `${limit}\n${subject}`).toString('base64url')

const messages: Record<
  'password' | 'code' | 'link' | 'mailed code' | 'device code' | 'token',
  (when: string) => string
> = {
  password: (when) => `Too many wrong passwords. Try again ${when}, or have a sign-in link e-mailed to you.`,
  code: (when) => `Too many wrong codes. Try again ${when}.`,
  link: (when) => `Too many sign-in links were requested. Try again ${when}.`,
  'mailed code': (when) => `Too many wrong codes. Open the link in the mail instead, or try another code ${when}.`,
  'device code': (when) => `Too many wrong codes. Try again ${when}.`,
  token: (when) => `Too many attempts from your network. Try again ${when}.`,
}

/** An attempt that has to wait. */
export class TooManyAttempts extends Refusal {
  readonly kind: keyof typeof messages
  readonly waitMs: number

  constructor(kind: keyof typeof messages, waitMs: number) {
    super('RATE_LIMITED', messages[kind](inWords(waitMs)))
    this.kind = kind
    this.waitMs = waitMs
  }
}

/**
 * Counts an attempt before it is made, so that parallel ones cannot slip through; throws RATE_LIMITED with the time to wait. An attempt
 * that any of the limits refuses counts for none. Time is the database's, so that all processes agree; tests give another.
 */
export async function countAttempt(counted: Counted[], now?: Date): Promise<void> {
  // In one order everywhere, or two attempts could wait for each other.
  const sorted = counted.map((each) => ({ ...each, key: keyOf(each) })).sort((a, b) => (a.key < b.key ? -1 : 1))
  if (sorted.length === 0) return
  const wait = await prisma.$transaction(async (tx) => {
    const values = sorted.map(({ key }) => Prisma.sql`(${key}, 0, '-infinity'::timestamptz)`)
    const rows = await tx.$queryRaw<(Tries & { key: string; at: Date; fresh: boolean })[]>`
      INSERT INTO rate_limits (key, count, last_at) VALUES ${Prisma.join(values)}
      ON CONFLICT (key) DO UPDATE SET count = rate_limits.count
      RETURNING key, count, CASE WHEN isfinite(last_at) THEN last_at ELSE clock_timestamp() END AS "lastAt",
        clock_timestamp() AS at`
    const decided = sorted.map(({ key, limit }) => {
      const row = rows.find((each) => each.key === key)
      if (!row) throw new Error('A count is missing.')
      return { key, ...tryNow(row.count > 0 ? row : null, limits[limit], now ?? row.at) }
    })
    const waits = decided.flatMap((each) => ('wait' in each ? [each.wait] : []))
    for (const each of decided) {
      // A refused attempt changes nothing but a time that lies ahead of a clock set back.
      const data = 'next' in each ? each.next : { lastAt: each.since }
      if (waits.length > 0 && 'next' in each) continue
      await tx.rateLimit.update({ where: { key: each.key }, data })
    }
    return Math.max(0, ...waits)
  })
  if (wait === 0) return
  const kind = (counted[0]?.limit.split(':', 1)[0] ?? 'token') as keyof typeof messages
  throw new TooManyAttempts(kind, wait)
}

/** A success: wrong attempts before it no longer count. */
export async function forgetAttempts(counted: Counted[]): Promise<void> {
  await prisma.$executeRaw`WITH mine AS MATERIALIZED (${inOrder(counted)}) DELETE FROM rate_limits r USING mine WHERE r.key = mine.key`
}

/** Locks rows in the order of `countAttempt`. */
const inOrder = (counted: Counted[]) =>
  Prisma.sql`SELECT key FROM rate_limits WHERE key = ANY(${counted.map(keyOf)}) ORDER BY key COLLATE "C" FOR UPDATE`

/** Takes back one attempt that turned out to be honest. */
export async function returnAttempt(counted: Counted[]): Promise<void> {
  await prisma.$executeRaw`WITH mine AS MATERIALIZED (${inOrder(counted)})
    UPDATE rate_limits r SET count = greatest(0, r.count - 1) FROM mine WHERE r.key = mine.key`
}

const FADED_MS = DAY_MS

/** Removes counts that faded long ago; for the hourly sweep. */
export async function purgeAttempts(now: Date): Promise<number> {
  const { count } = await prisma.rateLimit.deleteMany({
    where: { lastAt: { lt: new Date(now.getTime() - FADED_MS) } },
  })
  return count
}
