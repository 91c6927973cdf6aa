import '#server-only'
import { z } from 'zod'
import type { ApiClient } from '../base/actor.ts'
import { isRefusal } from '../base/errors.ts'
import { isId, newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { objectOf } from '../base/text.ts'
import { inOneTransaction } from '../database/client.ts'
import { holderOf, NoHolder } from '../http/bearer.ts'
import { readBody } from '../http/body.ts'
import { failureOf } from '../http/failure.ts'
import { IDEMPOTENCY_KEY_RULE, idempotencyKeyOf } from '../http/idempotency.ts'
import { rateHeaders, takeFromHolder } from '../http/rate-limit.ts'
import type { HttpAnswer, HttpRequest } from '../http/request.ts'
import { findRoute, routerOf, tidyPath } from '../http/router.ts'
import { apiClientOf } from '../organizations/queries.ts'
import { apiVersions, type Endpoint } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import { assertMatches, etagOf, takesIfMatch } from './etag.ts'
import { fieldErrors, Problem, problemBody, problemOf, problems } from './problem.ts'
import { type Outcome, once } from './repeatable.ts'

// The way of every request of the management API: find the endpoint, know the client, check what they ask, run it, answer in JSON.

/** Where the management API begins. */
export const API_ROOT = '/api/v1'

const BODY_BYTES_MAX = 1_048_576

/** Answers any request below /api/v1: always JSON, never an exception. */
export async function answerApi(request: HttpRequest): Promise<HttpAnswer> {
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
  return { status: outcome.status, headers, body }
}

async function answer(request: HttpRequest, headers: Record<string, string>, requestId: string): Promise<Outcome> {
  const { endpoint, id } = find(request.method === 'HEAD' ? 'GET' : request.method, request.path)
  const searchParams = new URLSearchParams(request.query)
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

const router = routerOf(endpoints)

function find(method: string, path: string): { endpoint: Endpoint; id: string } {
  const found = findRoute(router, method, tidyPath(path))
  if (found.route) {
    const { id = '' } = found.params
    if ('id' in found.params && !isId(id)) throw new Problem('NOT_FOUND', 'Not found: ids are UUIDs.')
    return { endpoint: found.route, id: id.toLowerCase() }
  }
  if (!found.allow)
    throw new Problem('ROUTE_NOT_FOUND', 'There is no such address. The reference at /docs lists all of them.')
  throw new Problem('METHOD_NOT_ALLOWED', `Use ${found.allow}.`, { headers: { allow: found.allow } })
}

// ---------------------------------------------------------------- how it is asked

function assertVersion({ header }: HttpRequest): void {
  const asked = header('latchkey-version')
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

function readIfMatch(endpoint: Endpoint, { header }: HttpRequest): string | null {
  const given = header('if-match')
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

async function clientOf(request: HttpRequest, now: Date): Promise<ApiClient> {
  const { address, header } = request
  const client = await holderOf(request, (token) =>
    apiClientOf(token, now, { address, userAgent: header('user-agent') }),
  )
  if (!(client instanceof NoHolder)) return client
  if (client.waits) {
    const { waitSeconds } = client.waits
    throw new Problem(
      'RATE_LIMITED',
      `Too many unknown API keys came from this address. Try again in ${waitSeconds} s.`,
      { headers: { 'retry-after': String(waitSeconds) } },
    )
  }
  const [detail, why] = client.sent
    ? ['This API key is unknown, revoked or expired.', ', error="invalid_token"']
    : ['Send an API key: Authorization: Bearer latchkey_…', '']
  throw new Problem('UNAUTHORIZED', detail, { headers: { 'www-authenticate': `Bearer realm="Latchkey"${why}` } })
}

async function takeAllowance(client: ApiClient, headers: Record<string, string>): Promise<void> {
  const allowance = await takeFromHolder(client.apiKeyId)
  Object.assign(headers, rateHeaders(allowance))
  const { limit, waitSeconds } = allowance
  if (waitSeconds === 0) return
  throw new Problem(
    'RATE_LIMITED',
    `This API key may send ${limit} requests a minute. Try again in ${waitSeconds} s.`,
    {
      headers: { 'retry-after': String(waitSeconds) },
    },
  )
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

async function readJson(request: HttpRequest): Promise<unknown> {
  const body = await readBody(request, 'optional', BODY_BYTES_MAX)
  // Nothing is an object without fields: what an endpoint needs, its schema asks for.
  if ('value' in body) return objectOf(body.value === undefined ? {} : body.value)
  throw body.problem === 'too_large'
    ? new Problem('PAYLOAD_TOO_LARGE', `The body may have at most ${BODY_BYTES_MAX} bytes.`)
    : new Problem('INVALID_JSON', 'The body must be JSON in UTF-8.')
}

function readIdempotencyKey({ header }: HttpRequest): string | null {
  const key = idempotencyKeyOf(header)
  if (key !== undefined) return key
  const message = `${IDEMPOTENCY_KEY_RULE}.`
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
  const failure = failureOf(error, requestId)
  if (failure.kind === 'refused') return problemOf(failure.refusal)
  if (failure.kind === 'unavailable') {
    return new Problem('UNAVAILABLE', 'The service cannot answer right now. Try again in a moment.', {
      headers: { 'retry-after': String(failure.retryAfterSeconds) },
    })
  }
  return new Problem('INTERNAL_ERROR', 'Something went wrong on our side. Send request_id when you ask about it.')
}
