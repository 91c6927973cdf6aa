import '#server-only'
import type { Software } from '../actor.ts'
import { isRefusal, isUnavailable } from '../errors.ts'
import { newId } from '../ids.ts'
import { isOverloaded } from '../license-keys/group-commit.ts'
import { activate, deactivate, validate } from '../license-keys/license-calls.ts'
import { log } from '../log.ts'
import { type Answer, type Call, type Dialect, type Outcome, type Problem, type Verb, verbs } from './line.ts'
import { native } from './native.ts'
import { takeFromAddress, takeFromKey, takeGuess } from './rate-limit.ts'

// The one place where dialects meet commands. Both doors mount `handleLicense`: scripts/server.ts and the Next route.

const ROOT = '/api/license'
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
export async function handleLicense(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '')
    .slice(ROOT.length)
  const dialect = dialects.find(({ prefix }) => path.startsWith(prefix)) ?? native
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: preflight(request) })
  try {
    return toResponse(await answer(request, dialect, path.slice(dialect.prefix.length)))
  } catch (error) {
    return toResponse(dialect.problem(problemOf(error)))
  }
}

async function answer(request: Request, dialect: Dialect, path: string): Promise<Answer> {
  const onPath = dialect.lines.filter((line) => line.path === path)
  if (onPath.length === 0) return dialect.problem({ kind: 'no_such_route' })
  const line = onPath.find(({ method }) => method === request.method)
  if (!line)
    return dialect.problem({ kind: 'method_not_allowed', allow: onPath.map(({ method }) => method).join(', ') })

  const address = request.headers.get('x-latchkey-address')
  const wait = await takeFromAddress(address)
  if (wait > 0) return dialect.problem({ kind: 'rate_limited', retryAfterSeconds: wait })

  const body = await readJson(request)
  if ('problem' in body) return dialect.problem(body.problem)
  const call = verbs[line.verb].safeParse(line.read(body.json))
  if (!call.success) {
    const issues = call.error.issues.map(({ path, message }) => ({ path: path.map(String), message }))
    return dialect.problem({ kind: 'invalid_input', issues })
  }
  const idempotencyKey = request.headers.get('idempotency-key')
  if (idempotencyKey !== null && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    const message = 'Use 1 to 255 visible ASCII characters'
    return dialect.problem({ kind: 'invalid_input', issues: [{ path: ['Idempotency-Key'], message }] })
  }
  const waitForKey = await takeFromKey(call.data.key)
  if (waitForKey > 0) return dialect.problem({ kind: 'rate_limited', retryAfterSeconds: waitForKey })

  // The line's verb ties schema, command and writer together; the compiler cannot follow a union through all three.
  const command = run[line.verb] as Run<Verb>
  const outcome = await command({ kind: 'software', address }, call.data as Call<Verb>, new Date(), idempotencyKey)
  if (outcome.verdict.code === 'NOT_FOUND') {
    const waitToGuess = await takeGuess(address)
    if (waitToGuess > 0) return dialect.problem({ kind: 'rate_limited', retryAfterSeconds: waitToGuess })
  }
  return line.write(outcome)
}

async function readJson(request: Request): Promise<{ json: unknown } | { problem: Problem }> {
  const tooLarge = { problem: { kind: 'too_large', maxBytes: BODY_BYTES_MAX } as const }
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) return tooLarge
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > BODY_BYTES_MAX) return tooLarge
    chunks.push(chunk)
  }
  try {
    // JSON under any content type: clients name many. Bytes that are not UTF-8 are refused, not mended.
    return { json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))) }
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
const cors = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after, polar-version' }

const preflight = (request: Request): Record<string, string> => ({
  ...cors,
  'access-control-allow-methods': 'GET, POST, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers':
    request.headers.get('access-control-request-headers') ?? 'authorization, content-type, accept, idempotency-key',
  'access-control-max-age': '86400',
})

function toResponse({ status, body, headers }: Answer): Response {
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: {
      ...cors,
      'cache-control': 'no-store',
      ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
      ...headers,
    },
  })
}
