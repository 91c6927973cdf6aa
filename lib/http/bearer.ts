import '#server-only'
import { within } from '../database/group-commit.ts'
import { assertSureOfNo } from '../secrets/watch.ts'
import { type Allowance, takeWrongToken } from './rate-limit.ts'
import type { HttpRequest } from './request.ts'

/** How long to find out whether a "no" is sure. */
const DOUBT_MS = 400

/** In place of a holder: there was no token, or one that opens nothing, and how long its address must wait after too many of those. */
export class NoHolder {
  readonly sent: boolean
  readonly waits: Allowance | null
  constructor(sent: boolean, waits: Allowance | null) {
    this.sent = sent
    this.waits = waits
  }
}

/** Whose token the request carries (RFC 6750). Throws while it is not certain that the database knows every token. */
export async function holderOf<Holder>(
  { header, address }: Pick<HttpRequest, 'header' | 'address'>,
  find: (token: string) => Promise<Holder | null>,
): Promise<Holder | NoHolder> {
  const token = /^bearer +(\S+) *$/i.exec(header('authorization') ?? '')?.[1]
  if (!token) return new NoHolder(false, null)
  const holder = await find(token)
  if (holder) return holder
  await within(DOUBT_MS, assertSureOfNo())
  const allowance = await takeWrongToken(address)
  return new NoHolder(true, allowance.waitSeconds > 0 ? allowance : null)
}
