import '#server-only'
import { Refusal } from '../base/errors.ts'
import { waysOf, wayWords } from './offered-ways.ts'
import type { SignedIn } from './session.ts'
import { type SignInWay, whyNotAdd } from './ways.ts'

/** Lets through whoever may add this way to sign in to their account: a session that an organization keeps out must not let itself in. */
export async function assertMayAdd(user: SignedIn, way: SignInWay): Promise<void> {
  const closed = user.memberships.flatMap(({ name, needsWay }) => (needsWay ? [{ name, ways: needsWay }] : []))
  if (closed.length === 0) return
  const why = whyNotAdd(way, closed, await waysOf(user), wayWords)
  if (why) throw new Refusal('FORBIDDEN', why)
}
