import '#server-only'
import { z } from 'zod'
import type { ApiClient } from '../base/actor.ts'
import { isRefusal, isUnavailable } from '../base/errors.ts'
import { isId, newId } from '../base/ids.ts'
import { exactJson } from '../base/json.ts'
import { log } from '../base/log.ts'
import { assertMay } from '../base/permissions.ts'
import { objectOf } from '../base/text.ts'
import { inOneTransaction } from '../database/client.ts'
import { isOverloaded } from '../database/group-commit.ts'
import { ADDRESS_HEADER } from '../http/client.ts'
import { apiClientOf } from '../organizations/queries.ts'
import { assertSureOfNo } from '../secrets/watch.ts'
import { apiVersions, type Endpoint } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import { assertMatches, etagOf, takesIfMatch } from './etag.ts'
import { fieldErrors, Problem, problemBody, problemOf, problems } from './problem.ts'
import { takeFromApiKey, takeWrongToken } from './rate-limit.ts'
import { type Outcome, once } from './repeatable.ts'

// The way of every request of the management API: find the endpoint, know the client, check what they ask, run it, answer in JSON.

/** Where the management API begins. */
export const API_ROOT = '/api/v1'

const BODY_BYTES_MAX = 1_048_576

/** Answers any request below /api/v1: always JSON, never an exception. */
export async function answerApi(request: Request): Promise<Response> {
  const requestId = newId()
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    'request-id': requestId,
    'latchkey-version': apiVersions[apiVersions.length - 1] as string,
  }
  const outcome = await answer(request, headers, requestId).catch((error: unknown) => refuse(error, headers, requestId))
  const isProblem = outcome.status >= 400
  headers['content-type'] = `application/${isProblem ? 'problem+json' : 'json'}; charset=utf-8`
  const body = request.method === 'HEAD' ? null : JSON.stringify(outcome.body)
  return new Response(body, { status: outcome.status, headers })
}

async function answer(request: Request, headers: Record<string, string>, requestId: string): Promise<Outcome> {
  const { pathname, searchParams } = new URL(request.url)
  const { endpoint, id } = find(request.method === 'HEAD' ? 'GET' : request.method, pathname)
  assertVersion(request)
  const now = new Date()
  const client = await clientOf(request, now)
  await takeAllowance(client, headers)
  for (const permission of endpoint.permissions) assertMay(client, permission)
  const query = endpoint.query ? check(endpoint.query, readQuery(searchParams, endpoint.query)) : {}
  const body = endpoint.body ? check(endpoint.body, await readJson(request)) : undefined
  const isRehearsal = readDryRun(endpoint, searchParams)
  const ifMatch = readIfMatch(endpoint, request)
  if (isRehearsal) headers['dry-run'] = 'true'
  const work = (who: ApiClient) => endpoint.run(who, { id, query, body, now })
  const carryOut = (who: ApiClient): Promise<unknown> =>
    ifMatch === null && !isRehearsal
      ? work(who)
      : inOneTransaction(
          async (tx) => {
            if (ifMatch !== null) await assertMatches(tx, who, endpoint, { id, now, ifMatch })
            return work(who)
          },
          { keep: !isRehearsal },
        )
  const run = async (who: ApiClient): Promise<Outcome> => {
    try {
      const shown = await carryOut(who)
      return { status: endpoint.status, body: isRehearsal ? masked(shown) : shown }
    } catch (error) {
      // A "no" is an answer, and repeated like any other.
      const problem = isRefusal(error) ? problemOf(error) : error
      if (!(problem instanceof Problem)) throw error
      Object.assign(headers, problem.headers)
      return { status: problems[problem.code].status, body: problemBody(problem, requestId) }
    }
  }
  const idempotencyKey = endpoint.method === 'GET' ? null : readIdempotencyKey(request)
  const tagged = (outcome: Outcome): Outcome => {
    const isShown = outcome.status === endpoint.status && !isRehearsal
    const etag = isShown ? etagOf(endpoint, outcome.body) : null
    if (etag) headers.etag = etag
    return outcome
  }
  if (idempotencyKey === null) return tagged(await run(client))
  const asked = { method: endpoint.method, path: endpoint.path, id, body }
  const how = { ...(ifMatch !== null && { ifMatch }), ...(isRehearsal && { isRehearsal }) }
  const outcome = await once(client, idempotencyKey, { ...asked, ...how }, now, run)
  tagged(outcome)
  if (outcome.replayed) headers['idempotent-replayed'] = 'true'
  return outcome
}

// ---------------------------------------------------------------- which endpoint

const routes = endpoints.map((endpoint) => ({ endpoint, segments: endpoint.path.split('/') }))

function find(method: string, pathname: string): { endpoint: Endpoint; id: string } {
  const path = pathname.slice(API_ROOT.length).replace(/\/$/, '')
  const segments = path.split('/')
  const onPath = routes.filter(
    (route) =>
      route.segments.length === segments.length &&
      route.segments.every((segment, at) => segment === '{id}' || segment === segments[at]),
  )
  // "batch" and "lookup" are no ids.
  const exact = onPath.filter((route) => route.segments.every((segment, at) => segment === segments[at]))
  const here = exact.length > 0 ? exact : onPath
  if (here.length === 0) {
    throw new Problem('ROUTE_NOT_FOUND', 'There is no such address. The reference at /docs lists all of them.')
  }
  const route = here.find(({ endpoint }) => endpoint.method === method)
  if (!route) {
    const allow = here.map(({ endpoint }) => endpoint.method).join(', ')
    throw new Problem('METHOD_NOT_ALLOWED', `Use ${allow}.`, { headers: { allow } })
  }
  const id = segments[route.segments.indexOf('{id}')] ?? ''
  if (route.segments.includes('{id}') && !isId(id)) {
    throw new Problem('NOT_FOUND', 'Not found: ids are UUIDs.')
  }
  return { endpoint: route.endpoint, id: id.toLowerCase() }
}

// ---------------------------------------------------------------- how it is asked

function assertVersion(request: Request): void {
  const asked = request.headers.get('latchkey-version')
  if (asked === null || (apiVersions as readonly string[]).includes(asked)) return
  const message = `Known versions: ${apiVersions.join(', ')}.`
  throw new Problem('UNKNOWN_VERSION', message, { errors: [{ path: 'Latchkey-Version', message }] })
}

/** Whether a write is only to be told and not to be done. Whatever else stands in the address of a write is refused: it could be this, misspelt. */
function readDryRun(endpoint: Endpoint, params: URLSearchParams): boolean {
  if (endpoint.method === 'GET') return false
  const refuse = (path: string, message: string) => {
    throw new Problem('INVALID_INPUT', message, { errors: [{ path, message }] })
  }
  for (const name of params.keys()) {
    if (name !== 'dry_run') refuse(name, `A ${endpoint.method} takes no parameter but dry_run.`)
  }
  const asked = params.getAll('dry_run')
  if (asked.length === 0) return false
  if (asked.length > 1 || !/^(true|false|1|0)$/.test(asked[0] as string)) refuse('dry_run', 'Use true or false')
  const isWanted = asked[0] === 'true' || asked[0] === '1'
  if (isWanted && endpoint.isBesides) refuse('dry_run', 'This call cannot be tried without doing it.')
  return isWanted
}

function readIfMatch(endpoint: Endpoint, request: Request): string | null {
  const given = request.headers.get('if-match')
  if (given === null) return null
  const refuse = (message: string) => {
    throw new Problem('INVALID_INPUT', message, { errors: [{ path: 'If-Match', message }] })
  }
  if (!takesIfMatch(endpoint)) refuse('This call takes no If-Match: it changes no single thing that has an ETag.')
  if (!/^(\*|(W\/)?"[\x21\x23-\x7e]*"( *, *(W\/)?"[\x21\x23-\x7e]*")*)$/.test(given.trim()))
    refuse('Send the ETag as it came, in its quotes.')
  return given
}

/** What a rehearsal came to, without key strings: those it would make are never made. */
function masked(shown: unknown): unknown {
  if (Array.isArray(shown)) return shown.map(masked)
  if (typeof shown !== 'object' || shown === null || shown instanceof Date) return shown
  const parts = Object.entries(shown).map(([name, part]) => [name, masked(part)] as const)
  const copy = Object.fromEntries(parts)
  return 'key' in copy && 'display_key' in copy ? { ...copy, key: copy.display_key } : copy
}

// ---------------------------------------------------------------- who asks

async function clientOf(request: Request, now: Date): Promise<ApiClient> {
  const given = request.headers.get('authorization')
  const token = /^bearer +(\S+) *$/i.exec(given ?? '')?.[1]
  if (!token) {
    throw new Problem('UNAUTHORIZED', 'Send an API key: Authorization: Bearer latchkey_…', {
      headers: { 'www-authenticate': 'Bearer realm="Latchkey"' },
    })
  }
  const client = await apiClientOf(token, now, {
    address: request.headers.get(ADDRESS_HEADER),
    userAgent: request.headers.get('user-agent'),
  })
  if (client) return client
  await assertSureOfNo()
  const { wait } = await takeWrongToken(request.headers.get(ADDRESS_HEADER))
  if (wait > 0) {
    throw new Problem('RATE_LIMITED', `Too many unknown API keys came from this address. Try again in ${wait} s.`, {
      headers: { 'retry-after': String(wait) },
    })
  }
  throw new Problem('UNAUTHORIZED', 'This API key is unknown, revoked or expired.', {
    headers: { 'www-authenticate': 'Bearer realm="Latchkey", error="invalid_token"' },
  })
}

async function takeAllowance(client: ApiClient, headers: Record<string, string>): Promise<void> {
  const { limit, remaining, resetSeconds, wait } = await takeFromApiKey(client.apiKeyId)
  headers['ratelimit-limit'] = String(limit)
  headers['ratelimit-remaining'] = String(remaining)
  headers['ratelimit-reset'] = String(resetSeconds)
  if (wait === 0) return
  throw new Problem('RATE_LIMITED', `This API key may send ${limit} requests a minute. Try again in ${wait} s.`, {
    headers: { 'retry-after': String(wait) },
  })
}

// ---------------------------------------------------------------- what is asked

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Problem('INVALID_INPUT', 'Some fields are missing or wrong; see errors.', {
    errors: fieldErrors(parsed.error.issues),
  })
}

/** A parameter that may come several times is a list, any other the text it is. */
function readQuery(params: URLSearchParams, { shape }: z.ZodObject): Record<string, unknown> {
  // `metadata[plan]=pro` is an entry of an object.
  const isEntry = (name: string) => 'metadata' in shape && /^metadata\[.*\]$/s.test(name)
  const names = [...new Set(params.keys())]
  const entries = names.filter(isEntry).map((name) => {
    const values = params.getAll(name)
    return [name.slice('metadata['.length, -1), values.length > 1 ? values : values[0]] as const
  })
  const plain = Object.fromEntries(
    names
      .filter((name) => !isEntry(name))
      .map((name) => {
        const values = params.getAll(name)
        const isList = Object.hasOwn(shape, name) && takesList(shape[name] as z.ZodType)
        return [name, isList || values.length > 1 ? values : values[0]]
      }),
  )
  return entries.length > 0 ? { ...plain, metadata: Object.fromEntries(entries) } : plain
}

const takesList = (schema: z.ZodType): boolean =>
  schema instanceof z.ZodOptional ? takesList(schema.unwrap() as z.ZodType) : schema instanceof z.ZodArray

// Bytes that are not UTF-8 are refused, not mended.
const utf8 = new TextDecoder('utf-8', { fatal: true })

async function readJson(request: Request): Promise<unknown> {
  try {
    const bytes = await readBody(request)
    // Nothing is an object without fields: what an endpoint needs, its schema asks for.
    return bytes.byteLength === 0 ? {} : objectOf(exactJson(utf8.decode(bytes)))
  } catch (error) {
    // A body that broke off is none either.
    if (error instanceof Problem) throw error
    throw new Problem('INVALID_JSON', 'The body must be JSON in UTF-8.')
  }
}

async function readBody(request: Request): Promise<Uint8Array> {
  const tooLarge = () => new Problem('PAYLOAD_TOO_LARGE', `The body may have at most ${BODY_BYTES_MAX} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) throw tooLarge()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > BODY_BYTES_MAX) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function readIdempotencyKey(request: Request): string | null {
  const key = request.headers.get('idempotency-key')
  if (key === null || /^[\x21-\x7e]{1,255}$/.test(key)) return key
  const message = 'Use 1 to 255 visible ASCII characters.'
  throw new Problem('INVALID_INPUT', message, { errors: [{ path: 'Idempotency-Key', message }] })
}

// ---------------------------------------------------------------- what goes wrong

function refuse(error: unknown, headers: Record<string, string>, requestId: string): Outcome {
  const problem = asProblem(error, requestId)
  Object.assign(headers, problem.headers)
  return { status: problems[problem.code].status, body: problemBody(problem, requestId) }
}

function asProblem(error: unknown, requestId: string): Problem {
  if (error instanceof Problem) return error
  if (isRefusal(error)) return problemOf(error)
  if (isOverloaded(error)) return unavailable(error.retryAfterSeconds)
  log.error({ err: error, requestId }, 'management API failed')
  if (isUnavailable(error)) return unavailable(1)
  return new Problem('INTERNAL_ERROR', 'Something went wrong on our side. Send request_id when you ask about it.')
}

const unavailable = (seconds: number) =>
  new Problem('UNAVAILABLE', 'The service cannot answer right now. Try again in a moment.', {
    headers: { 'retry-after': String(seconds) },
  })
