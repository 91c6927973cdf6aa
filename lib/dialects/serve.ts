import '#server-only'
import type { Software } from '../actor.ts'
import { isRefusal, isUnavailable } from '../errors.ts'
import { newId } from '../ids.ts'
import { isOverloaded } from '../license-keys/group-commit.ts'
import { activate, deactivate, validate } from '../license-keys/license-calls.ts'
import { log } from '../log.ts'
import {
  type Answer,
  type Call,
  type Dialect,
  type HttpRequest,
  type Line,
  type Outcome,
  type Problem,
  type Verb,
  verbs,
} from './line.ts'
import { native } from './native.ts'
import { type Allowance, rateHeaders, takeFromAddress, takeFromKey, takeGuess } from './rate-limit.ts'

// The one place where dialects meet commands. Both doors mount `answerLicense`: scripts/license-door.ts and the Next route.

const BODY_BYTES_MAX = 65_536

type Run<V extends Verb> = (
  software: Software,
  call: Call<V>,
  now: Date,
  idempotencyKey: string | null,
) => Promise<Outcome<V>>

const run: { [V in Verb]: Run<V> } = { validate, activate, deactivate }

const dialects: Dialect[] = [native]

/** Answers any request below /api/license: always JSON, never an exception. */
export async function answerLicense(request: HttpRequest): Promise<HttpAnswer> {
  if (request.method === 'OPTIONS') return { status: 204, headers: preflight(request), body: null }
  const path = tidyPath(request.path)
  const dialect = dialects.find(({ prefix }) => path.startsWith(prefix)) ?? native
  try {
    return spell(await answer(request, dialect, path.slice(dialect.prefix.length)))
  } catch (error) {
    return spell(dialect.problem(problemOf(error)))
  }
}

// A base URL that ends in "/" makes clients ask for "//".
function tidyPath(path: string): string {
  if (path.includes('//')) path = path.replace(/\/{2,}/g, '/')
  return path.endsWith('/') ? path.slice(0, -1) : path
}

async function answer(request: HttpRequest, dialect: Dialect, path: string): Promise<Answer> {
  const onPath = dialect.lines.filter((line) => line.path === path)
  if (onPath.length === 0) return dialect.problem({ kind: 'no_such_route' })
  const line = onPath.find(({ method }) => method === request.method)
  if (!line)
    return dialect.problem({ kind: 'method_not_allowed', allow: onPath.map(({ method }) => method).join(', ') })

  const allowance = await takeFromAddress(request.address)
  const answer = allowance.waitSeconds > 0 ? tooMany(dialect, allowance) : await answerLine(request, dialect, line)
  return { ...answer, headers: { ...rateHeaders(allowance), ...answer.headers } }
}

async function answerLine(request: HttpRequest, dialect: Dialect, line: Line): Promise<Answer> {
  const body = await readJson(request)
  if ('problem' in body) return dialect.problem(body.problem)
  const call = verbs[line.verb].safeParse(line.read(body.json))
  if (!call.success) {
    const issues = call.error.issues.map(({ path, message }) => ({ path: path.map(String), message }))
    return dialect.problem({ kind: 'invalid_input', issues })
  }
  const idempotencyKey = request.header('idempotency-key')
  if (idempotencyKey !== null && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    const message = 'Use 1 to 255 visible ASCII characters'
    return dialect.problem({ kind: 'invalid_input', issues: [{ path: ['Idempotency-Key'], message }] })
  }
  const ofKey = await takeFromKey(call.data.key)
  if (ofKey.waitSeconds > 0) return tooMany(dialect, ofKey)

  // The line's verb ties schema, command and writer together; the compiler cannot follow a union through all three.
  const command = run[line.verb] as Run<Verb>
  const { address } = request
  const outcome = await command({ kind: 'software', address }, call.data as Call<Verb>, new Date(), idempotencyKey)
  if (outcome.verdict.code === 'NOT_FOUND') {
    const guesses = await takeGuess(address)
    if (guesses.waitSeconds > 0) return tooMany(dialect, guesses)
  }
  return line.write(outcome)
}

function tooMany(dialect: Dialect, allowance: Allowance): Answer {
  const answer = dialect.problem({ kind: 'rate_limited', retryAfterSeconds: allowance.waitSeconds })
  return { ...answer, headers: { ...rateHeaders(allowance), ...answer.headers } }
}

// Bytes that are not UTF-8 are refused, not mended.
const utf8 = new TextDecoder('utf-8', { fatal: true })

async function readJson(request: HttpRequest): Promise<{ json: unknown } | { problem: Problem }> {
  try {
    const bytes = await request.body(BODY_BYTES_MAX)
    if (!bytes) return { problem: { kind: 'too_large', maxBytes: BODY_BYTES_MAX } }
    // JSON under any content type: clients name many. A body that broke off is none either.
    return { json: JSON.parse(utf8.decode(bytes)) }
  } catch {
    return { problem: { kind: 'not_json' } }
  }
}

function problemOf(error: unknown): Problem {
  if (isOverloaded(error)) return { kind: 'unavailable', retryAfterSeconds: error.retryAfterSeconds }
  if (isRefusal(error) && error.code === 'IDEMPOTENCY_KEY_REUSED') return { kind: 'idempotency_key_reused' }
  const requestId = newId()
  const away = isUnavailable(error)
  if (away) logAway(error)
  else log.error({ err: error, requestId }, 'licence route failed')
  return away ? { kind: 'unavailable', retryAfterSeconds: 1 } : { kind: 'internal', requestId }
}

let awaySaidAt = 0

// A database that is away fails every request; once a second is often enough to say so.
function logAway(error: unknown): void {
  if (Date.now() - awaySaidAt < 1_000) return
  awaySaidAt = Date.now()
  log.warn({ err: error }, 'licence routes cannot reach the database')
}

// Public routes: any page may call them, nothing rides on cookies.
const cors = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, polar-version',
}

const preflight = (request: HttpRequest): Record<string, string> => ({
  ...cors,
  'access-control-allow-methods': 'GET, POST, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers':
    request.header('access-control-request-headers') ?? 'authorization, content-type, accept, idempotency-key',
  'access-control-max-age': '86400',
})

/** An answer as it goes over the wire. */
export type HttpAnswer = { status: number; headers: Record<string, string>; body: string | null }

const plain = { ...cors, 'cache-control': 'no-store' }
const json = { ...plain, 'content-type': 'application/json; charset=utf-8' }

function spell({ status, body, headers }: Answer): HttpAnswer {
  const always = body === undefined ? plain : json
  return {
    status,
    headers: headers ? { ...always, ...headers } : always,
    body: body === undefined ? null : JSON.stringify(body),
  }
}
