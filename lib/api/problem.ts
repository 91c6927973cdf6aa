import '#server-only'
import { env } from '../base/env.ts'
import { type ConditionCode, httpStatus, type Refusal, type RefusalCode, type RepeatCode } from '../base/errors.ts'
import * as paths from '../web/paths.ts'

/** Everything the management API can answer beside what was asked for: one code, one status, one title each. */
export const problems = {
  INVALID_JSON: { status: 400, title: 'The body is not JSON' },
  UNAUTHORIZED: { status: httpStatus.UNAUTHORIZED, title: 'No valid API key' },
  FORBIDDEN: { status: httpStatus.FORBIDDEN, title: 'The API key may not do that' },
  NOT_FOUND: { status: httpStatus.NOT_FOUND, title: 'Not found' },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is no such address' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not take that method' },
  CONFLICT: { status: httpStatus.CONFLICT, title: 'This conflicts with how things are' },
  IN_USE: { status: httpStatus.IN_USE, title: 'Something else still needs it' },
  REQUEST_IN_PROGRESS: { status: 409, title: 'The same request is still running' },
  ANSWER_LOST: { status: 409, title: 'The request was carried out, but its answer was lost' },
  PRECONDITION_FAILED: { status: 412, title: 'It was changed meanwhile' },
  UNKNOWN_VERSION: { status: 400, title: 'There is no such version of the API' },
  CURSOR_LOST: { status: 410, title: 'The event of this cursor is gone' },
  REVOKED: { status: 409, title: 'The license key is revoked' },
  DISABLED: { status: 409, title: 'The license key is disabled' },
  EXPIRED: { status: 409, title: 'The license key has expired' },
  ACTIVATIONS_OFF: { status: 409, title: 'The license key takes no activations' },
  ACTIVATION_NOT_FOUND: { status: 404, title: 'There is no such activation' },
  NEW_DEVICES_BLOCKED: { status: 409, title: 'The license key takes no new devices' },
  ACTIVATION_LIMIT_REACHED: { status: 409, title: 'All activations are in use' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large' },
  INVALID_INPUT: { status: httpStatus.INVALID_INPUT, title: 'Some fields are missing or wrong' },
  IDEMPOTENCY_KEY_REUSED: { status: httpStatus.IDEMPOTENCY_KEY_REUSED, title: 'The Idempotency-Key was already used' },
  RATE_LIMITED: { status: httpStatus.RATE_LIMITED, title: 'Too many requests' },
  INTERNAL_ERROR: { status: 500, title: 'Something went wrong on our side' },
  UNAVAILABLE: { status: 503, title: 'The service cannot answer right now' },
} as const satisfies Record<RefusalCode | RepeatCode | ConditionCode, { status: number; title: string }> &
  Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** What is wrong with one part of a request. */
export type FieldError = { path: string; message: string }

/** A "no" of the management API; thrown anywhere below its router. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly errors: FieldError[]
  readonly headers: Record<string, string>

  constructor(
    code: ProblemCode,
    detail: string,
    { errors = [], headers = {} }: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail)
    this.name = 'Problem'
    this.code = code
    this.errors = errors
    this.headers = headers
  }
}

// Errors name a field as forms do; requests write it in snake case.
const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** A command's refusal as a problem. */
export const problemOf = ({ code, message, field }: Refusal): Problem =>
  new Problem(code, message, { errors: field ? [{ path: snakeCase(field), message }] : [] })

/** What zod found wrong; at most a hundred places, which is enough to see the pattern. */
export const fieldErrors = (issues: readonly { path: PropertyKey[]; message: string }[]): FieldError[] =>
  issues.slice(0, 100).map(({ path, message }) => ({ path: path.map(String).join('.'), message }))

/** The body of a problem (RFC 9457). */
export const problemBody = ({ code, message, errors }: Problem, requestId: string) => ({
  type: new URL(paths.errorCode({ code }), env().LATCHKEY_URL).href,
  title: problems[code].title,
  status: problems[code].status,
  detail: message,
  code,
  request_id: requestId,
  errors,
})
