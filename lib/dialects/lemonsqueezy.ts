import type { ActivationAnswer, KeyRecord, LicenseCode } from '../license-keys/schema.ts'
import { type Answer, type Dialect, type Line, line, type Parts, type Problem } from './line.ts'
import { fieldsOf, idIn, numberId, wholeNumber } from './spelling.ts'
import type { Outcome } from './verbs.ts'

// Lemon Squeezy: https://docs.lemonsqueezy.com. A store is an organization, an instance an activation, a variant a key configuration.

/** Six digits of a second, as they write times. */
const time = (moment: Date) => moment.toISOString().replace('Z', '000Z')

// ---------------------------------------------------------------- the licence API: public

type Flag = 'activated' | 'valid' | 'deactivated'

/** What a form leaves empty is not there; so are an empty text and null. */
const filled = (value: unknown): unknown => (value === '' || value === null ? undefined : value)

const readActivate = ({ body }: Parts) => {
  const { license_key, instance_name } = fieldsOf(body)
  return { key: filled(license_key), organization_id: null, label: filled(instance_name) }
}

const readInstance = ({ body }: Parts) => {
  const { license_key, instance_id } = fieldsOf(body)
  return { key: filled(license_key), organization_id: null, activation_id: idIn(filled(instance_id)) }
}

const words: Partial<Record<LicenseCode, string>> = {
  NOT_FOUND: 'license_key not found.',
  REVOKED: 'This license key has been disabled.',
  DISABLED: 'This license key has been disabled.',
  EXPIRED: 'This license key has expired.',
  ACTIVATION_REQUIRED: 'This license key is only valid with an instance_id.',
  ACTIVATION_NOT_FOUND: 'instance_id not found.',
  ACTIVATIONS_OFF: 'This license key has reached the activation limit.',
  NEW_DEVICES_BLOCKED: 'This license key has reached the activation limit.',
  ACTIVATION_LIMIT_REACHED: 'This license key has reached the activation limit.',
}

const isMissing = (code: LicenseCode) => code === 'NOT_FOUND' || code === 'ACTIVATION_NOT_FOUND'

/** A yes is 200, what is not there 404, any other no 400; the body says it too. */
function writeLicense(
  flag: Flag,
  { verdict, record, activation }: Outcome<'activate' | 'validate' | 'deactivate'>,
): Answer {
  const said = {
    [flag]: verdict.valid,
    error: verdict.valid ? null : (words[verdict.code] ?? verdict.detail),
  }
  const status = verdict.valid ? 200 : isMissing(verdict.code) ? 404 : 400
  if (!record) return { status, body: said }
  const instance = flag === 'deactivated' ? {} : { instance: activation && instanceOf(activation) }
  return { status, body: { ...said, license_key: keyOf(record), ...instance, meta: metaOf(record) } }
}

const keyOf = (record: KeyRecord) => ({
  id: numberId(record),
  status: statusOf(record),
  key: record.keyString,
  activation_limit: record.limitActivations,
  activation_usage: record.devices,
  created_at: time(record.createdAt),
  expires_at: record.expiresAt && time(record.expiresAt),
  test_mode: false,
})

const instanceOf = ({ id, label, createdAt }: ActivationAnswer) => ({ id, name: label, created_at: time(createdAt) })

/** `inactive` is valid too: not on any device yet. */
function statusOf({ shownStatus, devices }: KeyRecord): 'inactive' | 'active' | 'expired' | 'disabled' {
  if (shownStatus === 'disabled' || shownStatus === 'revoked') return 'disabled'
  if (shownStatus === 'expired') return 'expired'
  return devices > 0 ? 'active' : 'inactive'
}

/** Clients compare these with the numbers of their own product. 0 is nobody's number: a key without a product is for none. */
const metaOf = (record: KeyRecord) => ({
  store_id: numberId(record.organization),
  order_id: orderId(record),
  order_item_id: orderId(record),
  product_id: productId(record),
  product_name: record.product?.name ?? '',
  variant_id: numberId(record.configuration),
  variant_name: record.configuration.name,
  customer_id: numberId(record.customer),
  customer_name: record.customer.name ?? '',
  customer_email: record.customer.email,
})

const productId = ({ product }: KeyRecord) => (product ? numberId(product) : 0)

/** Stores write the order's number on the purchase. */
const orderId = ({ purchase }: KeyRecord) => (purchase ? (wholeNumber(purchase.reference) ?? purchase.number) : 0)

// ---------------------------------------------------------------- errors

/** Errors of the licence API, which has fields: `{message, errors}` where the request is wrong. */
function licenseProblem(problem: Problem): Answer {
  switch (problem.kind) {
    case 'not_json':
      return { status: 422, body: { message: 'The request must be a form or a JSON object in UTF-8.', errors: {} } }
    case 'invalid_input': {
      const errors = Object.groupBy(
        problem.issues.map(({ path, message }) => fieldError(String(path[0] ?? ''), message)),
        ({ field }) => field,
      )
      const sentences = problem.issues.length
      const first = Object.values(errors)[0]?.[0]?.sentence ?? ''
      const more = sentences > 1 ? ` (and ${sentences - 1} more error${sentences > 2 ? 's' : ''})` : ''
      return {
        status: 422,
        body: {
          message: `${first}${more}`,
          errors: Object.fromEntries(
            Object.entries(errors).map(([field, of]) => [field, of?.map(({ sentence }) => sentence)]),
          ),
        },
      }
    }
    default: {
      const { status, detail, headers } = wordsOf(problem)
      return { status, body: { message: detail }, ...(headers && { headers }) }
    }
  }
}

const theirNames: Record<string, string> = { key: 'license_key', label: 'instance_name', activation_id: 'instance_id' }

function fieldError(ours: string, message: string): { field: string; sentence: string } {
  const field = theirNames[ours] ?? ours
  const name = `The ${field.replaceAll('_', ' ')} field`
  return {
    field,
    sentence: message.endsWith('received undefined') ? `${name} is required.` : `${name} is invalid: ${message}.`,
  }
}

/** Errors of everything else: a JSON:API document. */
function resourceProblem(problem: Problem): Answer {
  const { status, title, detail, headers } = wordsOf(problem)
  const error = (more: object) => ({ status: String(status), title, ...more })
  const errors =
    problem.kind === 'invalid_input'
      ? problem.issues.map(({ path, message }) =>
          error({ detail: message, source: { pointer: `/data/attributes/${path.join('/')}` } }),
        )
      : [error({ detail })]
  return document(status, { errors }, headers)
}

function wordsOf(problem: Problem): {
  status: number
  title: string
  detail: string
  headers?: Record<string, string>
} {
  const later = (seconds: number) => ({ 'retry-after': String(seconds) })
  switch (problem.kind) {
    case 'no_such_route':
      return { status: 404, title: 'Not Found', detail: 'There is no such route.' }
    case 'method_not_allowed':
      return {
        status: 405,
        title: 'Method Not Allowed',
        detail: `Use ${problem.allow}.`,
        headers: { allow: problem.allow },
      }
    case 'not_json':
      return { status: 400, title: 'Bad Request', detail: 'The body must be a JSON object in UTF-8.' }
    case 'too_large':
      return {
        status: 413,
        title: 'Payload Too Large',
        detail: `The body may have at most ${problem.maxBytes} bytes.`,
      }
    case 'invalid_input':
      return { status: 422, title: 'Unprocessable Entity', detail: 'Some fields are missing or wrong.' }
    case 'unauthorized':
      return { status: 401, title: 'Unauthorized', detail: 'Unauthenticated.' }
    case 'refused':
      return { ...refusals[problem.code], detail: problem.detail }
    case 'idempotency_key_reused':
      return {
        status: 422,
        title: 'Unprocessable Entity',
        detail: 'This Idempotency-Key was used for another request.',
      }
    case 'rate_limited':
      return {
        status: 429,
        title: 'Too Many Requests',
        detail: 'Too Many Attempts.',
        headers: later(problem.retryAfterSeconds),
      }
    case 'unavailable':
      return {
        status: 503,
        title: 'Service Unavailable',
        detail: 'The service cannot answer right now.',
        headers: later(problem.retryAfterSeconds),
      }
    case 'internal':
      return {
        status: 500,
        title: 'Server Error',
        detail: `Something went wrong; request ${problem.requestId}.`,
      }
  }
}

const refusals = {
  NOT_FOUND: { status: 404, title: 'Not Found' },
  FORBIDDEN: { status: 403, title: 'Forbidden' },
  CONFLICT: { status: 422, title: 'Unprocessable Entity' },
  INVALID_INPUT: { status: 422, title: 'Unprocessable Entity' },
} as const

const document = (status: number, body: object, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { jsonapi: { version: '1.0' }, ...body },
  headers: { 'content-type': 'application/vnd.api+json', ...headers },
})

const isLicenseLine = (asked: Line | null) => asked?.access === 'software'

/** The dialect of Lemon Squeezy, at /api/license/lemonsqueezy. */
export const lemonsqueezy: Dialect = {
  prefix: '/lemonsqueezy',
  lines: [
    line('POST', '/v1/licenses/activate', 'activate', {
      read: readActivate,
      write: (outcome) => writeLicense('activated', outcome),
      body: 'form',
      withRecord: true,
    }),
    line('POST', '/v1/licenses/validate', 'validate', {
      read: readInstance,
      write: (outcome) => writeLicense('valid', outcome),
      body: 'form',
      withRecord: true,
    }),
    line('POST', '/v1/licenses/deactivate', 'deactivate', {
      read: readInstance,
      write: (outcome) => writeLicense('deactivated', outcome),
      body: 'form',
      withRecord: true,
    }),
  ],
  problem: (problem, asked) => (isLicenseLine(asked) ? licenseProblem(problem) : resourceProblem(problem)),
}
