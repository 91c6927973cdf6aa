import { forgetAttempts } from '#lib/auth/attempts.ts'
import { type LimitName, limits } from '#lib/auth/rules.ts'
import { networkOf } from '#lib/http/client.ts'

/** Forgets how often this machine tried to sign in: all tests come from one network. What is counted of an address is another test's own. */
export async function forgetNetwork(): Promise<void> {
  const subject = networkOf('127.0.0.1')
  const shared = (Object.keys(limits) as LimitName[]).filter((limit) => limit.endsWith(': network'))
  await forgetAttempts(shared.map((limit) => ({ limit, subject })))
}
