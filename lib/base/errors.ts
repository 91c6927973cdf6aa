/** A "no" to a command, and the HTTP status software sees for it. */
export const httpStatus = {
  INVALID_INPUT: 422,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  IN_USE: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  RATE_LIMITED: 429,
} as const

export type RefusalCode = keyof typeof httpStatus

/** What only a repeated request of the management API can be answered. */
export type RepeatCode = 'REQUEST_IN_PROGRESS' | 'ANSWER_LOST'

/** What only a program can be answered that says under which condition it asks. */
export type ConditionCode = 'PRECONDITION_FAILED' | 'UNKNOWN_VERSION'

/** What only whoever follows events can be answered. */
export type FollowCode = 'CURSOR_LOST'

/** Thrown by commands that refuse. `message` is for people; `field` names the input at fault, when there is one. */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly field: string | undefined

  constructor(code: RefusalCode, message: string, field?: string) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.field = field
  }
}

/** "Not yours" and "does not exist" are one and the same. */
export const notFound = (what: string): Refusal => new Refusal('NOT_FOUND', `There is no such ${what}.`)

/** True for what a query or command threw on purpose; also across the two copies of this module in one process. */
export const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Refusal || (error instanceof Error && error.name === 'Refusal' && 'code' in error)

// PostgreSQL: connection lost, out of resources, shutting down or starting, deadlock, serialization, lock time-out. Node: sockets.
// Prisma: unreachable, pool; what its driver said where Prisma has no code of its own for it.
const DATABASE_AWAY =
  /^(08|53|57|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|P1001|P1002|P1008|P1017|P2024|P2028|P2034|40001|40P01|55P03|DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|TransactionWriteConflict)/

type Cause = { kind?: string; originalCode?: string }

function codesOf(error: Error): string[] {
  const { code, meta } = error as { code?: unknown; meta?: { driverAdapterError?: { cause?: Cause } } }
  const { kind, originalCode } = meta?.driverAdapterError?.cause ?? {}
  return [code, kind, originalCode].map(String)
}

/** True when two transactions waited for each other, and PostgreSQL ended this one: done again, it goes through. */
export const isDeadlock = (error: unknown): boolean =>
  error instanceof Error && codesOf(error).some((code) => /^(40P01|P2034|TransactionWriteConflict)$/.test(code))

/** True when the database could not be asked: nothing is wrong with the request, and later it may succeed. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return codesOf(error).some((each) => DATABASE_AWAY.test(each)) || /connect(ion| ENOENT)|timeout/i.test(error.message)
}
