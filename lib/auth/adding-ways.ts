import '#server-only'
import { Refusal } from '../base/errors.ts'
import { waysOf, wayWords } from './offered-ways.ts'
import type { SignedIn } from './session.ts'
import { type SignInWay, whyNotAdd, whyNotTakeAway } from './ways.ts'

/** Lets through whoever may add this way to sign in to their account: a session that an organization keeps out must not let itself in. */
export async function assertMayAdd(user: SignedIn, way: SignInWay): Promise<void> {
  const closed = closedTo(user)
  if (closed.length === 0) return
  const why = whyNotAdd(way, closed, await waysOf(user), wayWords)
  if (why) throw new Refusal('FORBIDDEN', why)
}

const closedTo = (user: SignedIn) =>
  user.memberships.flatMap(({ name, needsWay }) => (needsWay ? [{ name, ways: needsWay }] : []))

/** The same of whoever takes a way away, or (null) gives their account another address. */
export function assertMayTakeAway(user: SignedIn, way: SignInWay | null): void {
  const why = whyNotTakeAway(way, closedTo(user), wayWords)
  if (why) throw new Refusal('FORBIDDEN', why)
}
