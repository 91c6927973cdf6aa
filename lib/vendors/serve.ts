import '#server-only'
import { ZodError } from 'zod'
import { manageUrl } from '../activations/ask.ts'
import { askForKey, pollForKey } from '../activations/device-requests.ts'
import type { ApiClient, PortalCustomer, Software } from '../base/actor.ts'
import { env } from '../base/env.ts'
import { notFound, type Refusal } from '../base/errors.ts'
import { count, measure } from '../base/metrics.ts'
import { assertMay } from '../base/permissions.ts'
import { fingerprintOf } from '../base/text.ts'
import { portalCustomerOf } from '../customers/sessions.ts'
import { within } from '../database/group-commit.ts'
import { holderOf, NoHolder } from '../http/bearer.ts'
import { readBody } from '../http/body.ts'
import { ownSafetyHeaders } from '../http/client.ts'
import { failureOf } from '../http/failure.ts'
import { IDEMPOTENCY_KEY_RULE, idempotencyKeyOf } from '../http/idempotency.ts'
import {
  type Allowance,
  isStranger,
  noteFound,
  noteMiss,
  rateHeaders,
  strangerWaits,
  takeDeviceAsk,
  takeFromAddress,
  takeFromHolder,
  takeFromKey,
  takeGuess,
} from '../http/rate-limit.ts'
import type { HttpAnswer, HttpRequest } from '../http/request.ts'
import { findRoute, type Router, routerOf, tidyPath } from '../http/router.ts'
import { activate, deactivate, validate } from '../license-calls/calls.ts'
import { mayBeKnownElsewhere, rememberedIds, withOurIds } from '../license-calls/known-as.ts'
import { keyRecordOfCall } from '../license-keys/records.ts'
import type { Access, Answer, Dialect, Line, Parts, Problem } from '../operations/line.ts'
import { manage, own } from '../operations/manage.ts'
import {
  type Call,
  calls,
  type DeviceVerb,
  isDeviceVerb,
  isLicenseVerb,
  type LicenseVerb,
  type ManagementVerb,
  type Outcome,
  type OwnVerb,
  type Verb,
} from '../operations/verbs.ts'
import { apiClientOf, isOwnOrganization } from '../organizations/queries.ts'
import { assertSureOfNo } from '../secrets/watch.ts'
import { partsOf } from './list.ts'
import { note } from './noted.ts'

// The one place where dialects meet commands. Both doors mount `answerLicense`: server/door.ts and the Next route.

const BODY_BYTES_MAX = 65_536
/** How long the database may keep a caller waiting, whatever is asked of it. */
const ANSWER_MS = 3_000
/** And how long to find out whether a "no" is sure. */
const DOUBT_MS = 400

type RunLicense<V extends LicenseVerb> = (
  software: Software,
  call: Call<V>,
  now: Date,
  idempotencyKey: string | null,
) => Promise<Omit<Outcome<V>, 'record'>>

const license: { [V in LicenseVerb]: RunLicense<V> } = { validate, activate, deactivate }
const managing = { ...manage, ...own } satisfies Record<ManagementVerb | OwnVerb, unknown>

// ---------------------------------------------------------------- routes

type Routes = { dialect: Dialect; router: Router<Line> }

const routesOf = (dialect: Dialect): Routes => ({ dialect, router: routerOf(dialect.lines) })

const { latchkey, ...theirs } = partsOf('dialect')
const vendors = Object.values(theirs).map(routesOf)
const ours = routesOf(latchkey)

const routesFor = (path: string): Routes =>
  vendors.find(({ dialect: { prefix } }) => path.startsWith(prefix) && (path[prefix.length] ?? '/') === '/') ?? ours

// ---------------------------------------------------------------- requests

/** Answers any request below /api/license: always JSON, never an exception. */
export async function answerLicense(request: HttpRequest): Promise<HttpAnswer> {
  if (request.method === 'OPTIONS') return { status: 204, headers: preflight(request), body: null }
  const path = tidyPath(request.path)
  const { dialect, router } = routesFor(path)
  const { answer: ended, headers } = dialect.greet?.(request.header) ?? {}
  if (ended) return spell(ended, headers)
  const below = path.slice(dialect.prefix.length)
  const found = findRoute(router, request.method, below)
  try {
    if (found.route) {
      const began = performance.now()
      const said = await answer(request, dialect, found.route, found.params)
      measure('license_call_seconds', found.route.verb, (performance.now() - began) / 1_000)
      return spell(said, headers)
    }
    const problem: Problem = found.allow
      ? { kind: 'method_not_allowed', allow: found.allow }
      : { kind: 'no_such_route' }
    count('license_calls', 'none', problem.kind)
    return spell(dialect.problem(problem, null, below), headers)
  } catch (error) {
    return spell(refusedWith(dialect, problemOf(error), found.route), headers)
  }
}

/** What each line is counted as, whatever ids stand in the address. */
const routeNames = new Map<Line, string>(
  [...vendors, ours].flatMap(({ dialect }) =>
    dialect.lines.map((line) => [line, `${line.method} ${dialect.prefix}${line.path}`] as const),
  ),
)
const routeOf = (line: Line | undefined | null): string => (line && routeNames.get(line)) || 'none'

function refusedWith(dialect: Dialect, problem: Problem, line: Line | undefined | null): Answer {
  count('license_calls', routeOf(line), problem.kind === 'refused' ? problem.code : problem.kind)
  return dialect.problem(problem, line ?? null)
}

const noQuery = new URLSearchParams()

const addressOf = ({ prefix }: Dialect) => `${env().LATCHKEY_URL.replace(/\/$/, '')}/api/license${prefix}`

type Params = Record<string, string>

async function answer(request: HttpRequest, dialect: Dialect, line: Line, params: Params): Promise<Answer> {
  const allowance = await takeFromAddress(request.address)
  const answer =
    allowance.waitSeconds > 0 ? tooMany(dialect, line, allowance) : await answerLine(request, dialect, line, params)
  return { ...answer, headers: { ...rateHeaders(allowance), ...answer.headers } }
}

async function answerLine(request: HttpRequest, dialect: Dialect, line: Line, params: Params): Promise<Answer> {
  const holder = line.access === 'software' ? null : await within(ANSWER_MS, holderFor(request, line.access))
  if (holder instanceof NoHolder)
    return holder.waits ? tooMany(dialect, line, holder.waits) : refusedWith(dialect, { kind: 'unauthorized' }, line)
  if (holder && !isLicenseVerb(line.verb)) {
    const allowance = await takeFromHolder(
      holder.kind === 'api_key' ? holder.apiKeyId : `customer ${holder.customerId}`,
    )
    if (allowance.waitSeconds > 0) return tooMany(dialect, line, allowance)
  }

  const body = await readBody(request, line.body, BODY_BYTES_MAX)
  if ('problem' in body) return refusedWith(dialect, unread[body.problem], line)
  const { header } = request
  const query = request.query ? new URLSearchParams(request.query) : noQuery
  const parts: Parts = {
    params,
    query,
    body: body.value,
    header,
    // Few answers have links.
    get url() {
      return addressOf(dialect)
    },
  }
  const call = readCall(line, parts)
  if (!call.success) return refusedWith(dialect, invalid(call.error), line)
  const idempotencyKey = idempotencyKeyOf(header)
  if (idempotencyKey === undefined) return refusedWith(dialect, wrongIdempotencyKey, line)
  // A line's verb ties schema, command and writer together; the compiler cannot follow a union through all three.
  if (isLicenseVerb(line.verb)) {
    const outcome = await callLicense(
      request,
      dialect,
      line,
      call.data as Call<LicenseVerb>,
      holder as ApiClient | null,
      idempotencyKey,
    )
    if ('waitSeconds' in outcome) return tooMany(dialect, line, outcome)
    count('license_calls', routeOf(line), outcome.verdict.code)
    return line.write(outcome, parts)
  }
  if (isDeviceVerb(line.verb)) {
    const outcome = await callDevice(request, line.verb, call.data as Call<DeviceVerb>)
    if ('waitSeconds' in outcome) return tooMany(dialect, line, outcome)
    count('license_calls', routeOf(line), 'answer' in outcome ? outcome.answer : 'done')
    return line.write(outcome, parts)
  }
  const run = managing[line.verb] as (holder: Holder, call: unknown, now: Date) => Promise<Outcome<Verb>>
  const outcome = await run(holder as Holder, call.data, new Date())
  count('license_calls', routeOf(line), 'done')
  return line.write(outcome, parts)
}

// Vendors check more than we do: their readers throw what they find, and it is answered like what our own check finds.
function readCall(line: Line, parts: Parts) {
  try {
    return calls[line.verb].safeParse(line.read(parts))
  } catch (error) {
    if (error instanceof ZodError) return { success: false as const, error }
    throw error
  }
}

function tooMany(dialect: Dialect, line: Line, allowance: Allowance): Answer {
  const answer = refusedWith(dialect, { kind: 'rate_limited', retryAfterSeconds: allowance.waitSeconds }, line)
  return { ...answer, headers: { ...rateHeaders(allowance), ...answer.headers } }
}

async function callLicense(
  request: HttpRequest,
  dialect: Dialect,
  line: Line,
  call: Call<LicenseVerb>,
  client: ApiClient | null,
  idempotencyKey: string | null,
): Promise<Outcome<LicenseVerb> | Allowance> {
  const { address } = request
  const began = performance.now()
  const ofKey = await takeFromKey(call.key)
  if (ofKey.waitSeconds > 0) return ofKey
  if (client) {
    assertMay(client, 'keys.write')
    call.organization_id ??= client.organizationId
    if (!(await isOwnOrganization(client, call.organization_id))) throw notFound('license key')
    call.organization_id = client.organizationId
  }
  // A device's id is no guess: who names the right one has been here before.
  const strange = client === null && isStranger(address, call.key)
  if (strange && !('activation_id' in call && call.activation_id)) {
    noteMiss(address, call.key)
    return strangerWaits()
  }
  const verb = line.verb as LicenseVerb
  const outcome = (await runLicense(verb, { kind: 'software', address }, call, idempotencyKey)) as Outcome<'activate'>
  if (strange && !outcome.activation) {
    noteMiss(address, call.key)
    return strangerWaits()
  }
  if (outcome.verdict.code !== 'NOT_FOUND') noteFound(address, call.key)
  else {
    await within(DOUBT_MS, assertSureOfNo())
    noteMiss(address, call.key)
    const guesses = await takeGuess(address)
    if (guesses.waitSeconds > 0) return guesses
  }
  const durationMs = performance.now() - began
  note({ verb, call, outcome, request, dialect: dialect.prefix, durationMs }, new Date())
  const manageUrl = dialect === latchkey ? manageUrlOf(call, outcome) : null
  const record = line.withRecord && outcome.key ? await keyRecordOfCall(outcome.key.id) : null
  return { ...outcome, record, ...(manageUrl && { manageUrl }) } as Outcome<LicenseVerb>
}

/** Software that has no key: it begins to ask for one, or asks whether it was given one. */
async function callDevice(
  { address, header }: HttpRequest,
  verb: DeviceVerb,
  call: Call<DeviceVerb>,
): Promise<Outcome<DeviceVerb> | Allowance> {
  const software: Software = { kind: 'software', address }
  const now = new Date()
  if ('device_code' in call) {
    const ofCode = await takeFromKey(call.device_code)
    if (ofCode.waitSeconds > 0) return ofCode
    const outcome = await within(ANSWER_MS, pollForKey(software, call.device_code, now))
    if (outcome.answer !== 'unknown') return outcome
    const guesses = await takeGuess(address)
    return guesses.waitSeconds > 0 ? guesses : outcome
  }
  if (verb === 'pollForKey') throw new Error('A poll has a code.')
  const asks = await takeDeviceAsk(address)
  if (asks.waitSeconds > 0) return asks
  return within(ANSWER_MS, askForKey(software, call, header('user-agent'), now))
}

// Only our own answers may have more in them; vendors' are theirs to the byte. Made where there is nothing left but a "no".
function manageUrlOf(call: Call<LicenseVerb>, { verdict, key, mayReplace }: Outcome<'activate'>): string | null {
  if (verdict.code !== 'ACTIVATION_LIMIT_REACHED' || !key || !mayReplace || !('label' in call)) return null
  const { label, fingerprint } = call
  return manageUrl({ licenseKeyId: key.id, label, fingerprint: fingerprintOf(fingerprint), askedAt: new Date() })
}

// Software written for another vendor may name things as that vendor did. That is looked up only when our ids did not do.
async function runLicense(
  verb: LicenseVerb,
  software: Software,
  asked: Call<LicenseVerb>,
  idempotencyKey: string | null,
) {
  const command = license[verb] as RunLicense<LicenseVerb>
  const now = new Date()
  const began = performance.now()
  // A command keeps its own limit; one that is not the first thing asked has what is left.
  const inTime = <T>(promise: Promise<T>) => within(ANSWER_MS - (performance.now() - began), promise)
  // A repetition must ask exactly what the first attempt asked.
  const named = idempotencyKey === null ? rememberedIds(asked) : ((await inTime(withOurIds(asked))) ?? asked)
  const first = command(software, named, now, idempotencyKey)
  const outcome = await (idempotencyKey === null ? first : inTime(first))
  if (!mayBeKnownElsewhere(outcome.verdict.code)) return outcome
  const ours = await inTime(withOurIds(asked))
  return ours ? inTime(command(software, ours, new Date(), idempotencyKey)) : outcome
}

type Holder = ApiClient | PortalCustomer

/** Whose API key or session the request carries. */
const holderFor = (request: HttpRequest, access: Exclude<Access, 'software'>): Promise<Holder | NoHolder> =>
  holderOf<Holder>(request, (token) =>
    access === 'customer'
      ? portalCustomerOf(token, new Date())
      : apiClientOf(token, new Date(), { address: request.address, userAgent: request.header('user-agent') }),
  )

const unread: Record<'not_json' | 'too_large', Problem> = {
  not_json: { kind: 'not_json' },
  too_large: { kind: 'too_large', maxBytes: BODY_BYTES_MAX },
}

const wrongIdempotencyKey: Problem = {
  kind: 'invalid_input',
  issues: [{ path: ['Idempotency-Key'], message: IDEMPOTENCY_KEY_RULE }],
}

const invalid = ({ issues }: ZodError): Problem => ({
  kind: 'invalid_input',
  issues: issues.map(({ path, message }) => ({ path: path.filter((part) => typeof part !== 'symbol'), message })),
})

function problemOf(error: unknown): Problem {
  // A vendor's request that cannot be read as one of our calls.
  if (error instanceof ZodError) return invalid(error)
  const failure = failureOf(error)
  return failure.kind === 'refused' ? refusedBy(failure.refusal) : failure
}

function refusedBy({ code, message, field }: Refusal): Problem {
  if (code === 'IDEMPOTENCY_KEY_REUSED') return { kind: 'idempotency_key_reused' }
  if (code === 'UNAUTHORIZED') return { kind: 'unauthorized' }
  if (code === 'RATE_LIMITED') return { kind: 'rate_limited', retryAfterSeconds: 60 }
  return { kind: 'refused', code: code === 'IN_USE' ? 'CONFLICT' : code, detail: message, field: field ?? null }
}

// Public routes: any page may call them, nothing rides on cookies.
const cors = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, polar-version',
}

const preflight = (request: HttpRequest): Record<string, string> => ({
  ...plain,
  'access-control-allow-methods': 'GET, POST, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers':
    request.header('access-control-request-headers') ?? 'authorization, content-type, accept, idempotency-key',
  'access-control-max-age': '86400',
})

const plain = { ...cors, 'cache-control': 'no-store', ...ownSafetyHeaders() }
const json = { ...plain, 'content-type': 'application/json; charset=utf-8' }

function spell({ status, body, headers }: Answer, greeting?: Record<string, string>): HttpAnswer {
  const always = body === undefined ? plain : json
  return {
    status,
    headers: headers || greeting ? { ...always, ...greeting, ...headers } : always,
    body: body === undefined ? null : JSON.stringify(body),
  }
}
