import type { ActivateCode, KeyRecord } from '../license-keys/schema.ts'
import { type Answer, type Dialect, type Line, line, type Parts, type Problem } from './line.ts'
import { fieldsOf, idIn, prefixedId } from './spelling.ts'
import type { Outcome } from './verbs.ts'

// Dodo Payments: https://docs.dodopayments.com. Instances are activations, a business is an organization.

// ---------------------------------------------------------------- errors

/** Their SDKs repeat 408, 409, 429 and 5xx by themselves, so nothing that stays a "no" may have one of those. */
const say = (status: number, code: string, message: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { code, message },
  headers: { ...(status < 500 && status !== 429 && { 'x-should-retry': 'false' }), ...headers },
})

const refusals = {
  NOT_FOUND: [404, 'LICENSE_KEY_NOT_FOUND', 'License key not found'],
  REVOKED: [403, 'INACTIVE_LICENSE_KEY', 'License key is not active: it has been revoked'],
  DISABLED: [403, 'INACTIVE_LICENSE_KEY', 'License key is not active: it has been disabled'],
  EXPIRED: [403, 'INACTIVE_LICENSE_KEY', 'License key is not active: it has expired'],
  // There a key without activations is one whose activations are used up.
  ACTIVATIONS_OFF: [422, 'LICENSE_KEY_LIMIT_REACHED', 'License key takes no activations'],
  NEW_DEVICES_BLOCKED: [422, 'LICENSE_KEY_LIMIT_REACHED', 'License key takes no further activations'],
  ACTIVATION_LIMIT_REACHED: [422, 'LICENSE_KEY_LIMIT_REACHED', 'License key activation limit reached'],
  ACTIVATION_NOT_FOUND: [403, 'LICENSE_KEY_NOT_FOUND', 'License key instance not found for this license key'],
} as const satisfies Record<Exclude<ActivateCode, 'ACTIVATED'>, [number, string, string]>

const refused = (code: string): Answer => {
  const [status, name, message] = refusals[code as keyof typeof refusals]
  return say(status, name, message)
}

function problem(problem: Problem, asked: Line | null): Answer {
  switch (problem.kind) {
    case 'no_such_route':
      return say(404, 'NOT_FOUND', 'There is no such route')
    case 'method_not_allowed':
      return say(405, 'NOT_FOUND', `Use ${problem.allow}`, { allow: problem.allow })
    case 'not_json':
      return say(422, 'INVALID_REQUEST_BODY', 'The body must be a JSON object in UTF-8')
    case 'too_large':
      return say(413, 'INVALID_REQUEST_BODY', `The body may have at most ${problem.maxBytes} bytes`)
    case 'invalid_input':
      return say(
        422,
        asked?.body === 'none' ? 'INVALID_QUERY_PARAMS' : 'INVALID_REQUEST_BODY',
        problem.issues.map(({ path, message }) => `${path.map(theirName).join('.')}: ${message}`).join('; '),
      )
    case 'unauthorized':
      return say(401, 'UNAUTHORIZED', 'An API key is needed: Authorization: Bearer …')
    case 'refused':
      return refusedByUs(problem, asked)
    case 'idempotency_key_reused':
      return say(422, 'INVALID_REQUEST_PARAMETERS', 'This Idempotency-Key was used for another request')
    case 'rate_limited':
      return say(429, 'TOO_MANY_REQUESTS', `Too many requests; try again in ${problem.retryAfterSeconds} s`, {
        'retry-after': String(problem.retryAfterSeconds),
      })
    case 'unavailable':
      return say(503, 'INTERNAL_SERVER_ERROR', 'The service cannot answer right now', {
        'retry-after': String(problem.retryAfterSeconds),
      })
    case 'internal':
      return say(500, 'INTERNAL_SERVER_ERROR', `Something went wrong; request ${problem.requestId}`)
  }
}

const theirNames: Record<string, string> = {
  key: 'license_key',
  label: 'name',
  activation_id: 'license_key_instance_id',
}
const theirName = (part: string | number): string => theirNames[part] ?? String(part)

function refusedByUs({ code, detail }: Problem & { kind: 'refused' }, asked: Line | null): Answer {
  switch (code) {
    case 'NOT_FOUND':
      return say(404, asked?.path.startsWith('/license_key') ? 'LICENSE_KEY_NOT_FOUND' : 'NOT_FOUND', detail)
    case 'FORBIDDEN':
      return say(403, 'FORBIDDEN', detail)
    case 'CONFLICT':
    case 'INVALID_INPUT':
      return say(422, 'INVALID_REQUEST_BODY', detail)
  }
}

// ---------------------------------------------------------------- licenses: public

const readValidate = ({ body }: Parts) => {
  const { license_key, license_key_instance_id = null } = fieldsOf(body)
  return { key: license_key, organization_id: null, activation_id: idIn(license_key_instance_id) }
}

const readActivate = ({ body, header }: Parts) => {
  const { license_key, name } = fieldsOf(body)
  // Their SDKs send no idempotency key, but count their own repetitions; the count of the first attempt is 0.
  const repeated = Number(header('x-stainless-retry-count')) > 0
  return { key: license_key, organization_id: null, label: name, repeated }
}

const readDeactivate = ({ body }: Parts) => {
  const { license_key, license_key_instance_id } = fieldsOf(body)
  return { key: license_key, organization_id: null, activation_id: idIn(license_key_instance_id) }
}

/** Always 200: why a key is not valid is not said. */
const writeValidate = ({ verdict }: Outcome<'validate'>): Answer => ({ status: 200, body: { valid: verdict.valid } })

function writeActivate({ verdict, activation, record }: Outcome<'activate'>): Answer {
  if (!verdict.valid || !activation || !record) return refused(verdict.code)
  const { customer } = record
  return {
    status: 201,
    body: {
      id: prefixedId('lki', activation),
      business_id: businessId(record),
      created_at: activation.createdAt,
      license_key_id: prefixedId('lic', record),
      name: activation.label,
      customer: {
        customer_id: prefixedId('cus', customer),
        email: customer.email,
        name: customer.name ?? customer.email,
        metadata: {},
        phone_number: null,
      },
      product: { product_id: productId(record), name: record.product?.name ?? record.configuration.name },
    },
  }
}

/** An empty body, which their SDKs do not parse. */
const writeDeactivate = ({ verdict }: Outcome<'deactivate'>): Answer =>
  verdict.valid ? { status: 200 } : refused(verdict.code)

// ---------------------------------------------------------------- resources

const businessId = ({ organization }: KeyRecord) => prefixedId('bus', organization)

// Every key has a product there. One of ours that was issued without has its configuration in its place, which no product's id can be.
const productId = ({ product, configuration }: KeyRecord) => prefixedId('pdt', product ?? configuration)

/** The dialect of Dodo Payments, at /api/license/dodo. */
export const dodo: Dialect = {
  prefix: '/dodo',
  lines: [
    line('POST', '/licenses/validate', 'validate', { read: readValidate, write: writeValidate }),
    line('POST', '/licenses/activate', 'activate', { read: readActivate, write: writeActivate, withRecord: true }),
    line('POST', '/licenses/deactivate', 'deactivate', { read: readDeactivate, write: writeDeactivate }),
  ],
  problem,
}
