import { type LicenseCode, type RequestCode, verdicts } from '../../error-codes/schema.ts'
import type { ActivationAnswer, KeyAnswer } from '../../license-keys/schema.ts'
import { type Answer, type Dialect, line, type Parts, type Problem, type RefusedCode } from '../../operations/line.ts'
import type { Outcome } from '../../operations/verbs.ts'

// Our own words, which are those of the seed (Polar's guide) plus what it lacks: a code and a sentence for every answer.

const time = (value: Date | null): string | null => value?.toISOString() ?? null

const keyFields = (key: KeyAnswer) => ({
  id: key.id,
  organization_id: key.organizationId,
  user_id: key.customerId,
  customer_id: key.customerId,
  benefit_id: key.keyConfigurationId,
  product_id: key.productId,
  key: key.keyString,
  display_key: key.displayKey,
  status: key.status,
  limit_activations: key.limitActivations,
  usage: key.usage,
  limit_usage: key.limitUsage,
  validations: key.validations,
  last_validated_at: time(key.lastValidatedAt),
  expires_at: time(key.expiresAt),
  version: key.version,
  entitlements: key.entitlements,
})

const activationFields = (activation: ActivationAnswer) => ({
  id: activation.id,
  license_key_id: activation.licenseKeyId,
  label: activation.label,
  fingerprint: activation.fingerprint,
  meta: activation.meta,
  created_at: time(activation.createdAt),
  modified_at: time(activation.modifiedAt),
})

/** Always 200: the question was answered, whatever the answer. */
function writeValidate({ verdict, key, activation }: Outcome<'validate'>): Answer {
  return {
    status: 200,
    body: {
      valid: verdict.valid,
      code: verdict.code,
      detail: verdict.detail,
      grace: verdict.grace,
      ...(verdict.retryAfter !== null && { retry_after: verdict.retryAfter }),
      ...(key && { ...keyFields(key), activation: activation && activationFields(activation) }),
    },
  }
}

function writeActivate({ verdict, key, activation, manageUrl }: Outcome<'activate'>): Answer {
  if (!verdict.valid || !key || !activation) return refused(verdict, manageUrl && { manage_url: manageUrl })
  return {
    status: 200,
    body: { ...activationFields(activation), code: verdict.code, grace: verdict.grace, license_key: keyFields(key) },
  }
}

function writeDeactivate({ verdict }: Outcome<'deactivate'>): Answer {
  return verdict.valid ? { status: 200, body: { deactivated: true, code: verdict.code } } : refused(verdict)
}

function writeDeviceCode(code: Outcome<'askForKey'>): Answer {
  return {
    status: 200,
    body: {
      device_code: code.deviceCode,
      user_code: code.userCode,
      verification_uri: code.url,
      verification_uri_complete: code.urlWithCode,
      expires_in: code.expiresInSeconds,
      interval: code.intervalSeconds,
    },
  }
}

/** The names of errors are those of RFC 8628, 3.5, and the status that of RFC 6749, 5.2. */
function writeDeviceToken(token: Outcome<'pollForKey'>): Answer {
  if (token.answer === 'approved') {
    const { key, activation, grace } = token
    return {
      status: 200,
      body: { ...activationFields(activation), code: 'ACTIVATED', grace, license_key: keyFields(key) },
    }
  }
  const [code, detail] = notYet[token.answer]
  const interval = 'intervalSeconds' in token && { interval: token.intervalSeconds }
  return { status: 400, body: { error: code.toLowerCase(), code, detail, ...interval } }
}

const notYet = {
  pending: ['AUTHORIZATION_PENDING', 'Nobody has decided yet. Ask again after as many seconds as interval says.'],
  slow_down: ['SLOW_DOWN', 'Asked too soon. From now on wait as many seconds as interval says.'],
  denied: ['ACCESS_DENIED', 'The request was denied in the browser.'],
  expired: ['EXPIRED_TOKEN', 'The code is used or too old. Ask for a new one.'],
  unknown: ['EXPIRED_TOKEN', 'The code is used or too old. Ask for a new one.'],
} as const satisfies Record<Exclude<Outcome<'pollForKey'>['answer'], 'approved'>, readonly [RequestCode, string]>

/** 404 for what does not exist, 403 for what is not allowed. */
const refused = ({ code, detail }: { code: LicenseCode; detail: string }, more?: object | ''): Answer => ({
  status: verdicts[code].status,
  body: { error: code, code, detail, ...(more || {}) },
})

function problem(problem: Problem): Answer {
  const say = (
    status: number,
    code: RequestCode | RefusedCode | 'UNAUTHORIZED',
    detail: string,
    more: object = {},
    headers: Record<string, string> = {},
  ) => ({
    status,
    body: { error: code, code, detail, ...more },
    headers,
  })
  switch (problem.kind) {
    case 'no_such_route':
      return say(
        404,
        'ROUTE_NOT_FOUND',
        'There is no such route. The license routes are validate, activate, deactivate, device-code, and device-token.',
      )
    case 'method_not_allowed':
      return say(405, 'METHOD_NOT_ALLOWED', `Use ${problem.allow}.`, {}, { allow: problem.allow })
    case 'not_json':
      return say(400, 'INVALID_JSON', 'The body must be a JSON object in UTF-8.')
    case 'too_large':
      return say(413, 'PAYLOAD_TOO_LARGE', `The body may have at most ${problem.maxBytes} bytes.`)
    case 'invalid_input':
      return say(422, 'INVALID_INPUT', 'Some fields are missing or wrong; see issues.', {
        issues: problem.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
      })
    // Nothing of ours asks for credentials or manages keys here; said all the same.
    case 'unauthorized':
      return say(401, 'UNAUTHORIZED', 'An API key is needed.')
    case 'refused':
      return say(problem.code === 'NOT_FOUND' ? 404 : 403, problem.code, problem.detail)
    case 'idempotency_key_reused':
      return say(
        422,
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key was used for another request within 24 hours. Choose a new one.',
      )
    case 'rate_limited':
      return say(
        429,
        'RATE_LIMITED',
        `Too many requests. This says nothing about the license key. Try again in ${problem.retryAfterSeconds} s.`,
        { retry_after: problem.retryAfterSeconds },
        { 'retry-after': String(problem.retryAfterSeconds) },
      )
    case 'unavailable':
      return say(
        503,
        'UNAVAILABLE',
        'The service cannot answer right now. This says nothing about the license key.',
        { retry_after: problem.retryAfterSeconds },
        { 'retry-after': String(problem.retryAfterSeconds) },
      )
    case 'internal':
      return say(500, 'INTERNAL_ERROR', 'Something went wrong on our side. Nothing was changed.', {
        request_id: problem.requestId,
      })
  }
}

const asSent = ({ body }: Parts) => withOrganization(body)

// Whoever repeats a call of ours sends an Idempotency-Key, which is exact.
const asFirstSent = (parts: Parts) => {
  const body = asSent(parts)
  return typeof body === 'object' && body !== null && 'repeated' in body ? { ...body, repeated: undefined } : body
}

// Ours says whose key it is; a body without it is refused like one without a key.
function withOrganization(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('organization_id' in body)) return body
  return body.organization_id === null ? { ...body, organization_id: undefined } : body
}

/** The native dialect, at /api/license. */
export const native: Dialect = {
  prefix: '',
  lines: [
    line('POST', '/validate', 'validate', { read: asSent, write: writeValidate }),
    line('POST', '/activate', 'activate', { read: asFirstSent, write: writeActivate }),
    line('POST', '/deactivate', 'deactivate', { read: asSent, write: writeDeactivate }),
    line('POST', '/device-code', 'askForKey', { read: ({ body }) => body, write: writeDeviceCode }),
    line('POST', '/device-token', 'pollForKey', { read: ({ body }) => body, write: writeDeviceToken }),
  ],
  problem,
}
