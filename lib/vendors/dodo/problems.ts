import type { ActivateCode } from '../../error-codes/schema.ts'
import type { Answer, Issue, Line, Problem } from '../../operations/line.ts'

// Errors as Dodo Payments writes them: `{code, message}`.

/** Their SDKs repeat 408, 409, 429 and 5xx by themselves, so nothing that stays a "no" may have one of those. */
export const say = (status: number, code: string, message: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { code, message },
  headers: { ...(status < 500 && status !== 429 && { 'x-should-retry': 'false' }), ...headers },
})

const refusals = {
  NOT_FOUND: [404, 'LICENSE_KEY_NOT_FOUND', 'License key not found'],
  REPLACED: [404, 'LICENSE_KEY_NOT_FOUND', 'License key not found'],
  REVOKED: [403, 'INACTIVE_LICENSE_KEY', 'License key is not active: it has been revoked'],
  DISABLED: [403, 'INACTIVE_LICENSE_KEY', 'License key is not active: it has been disabled'],
  EXPIRED: [403, 'INACTIVE_LICENSE_KEY', 'License key is not active: it has expired'],
  // There a key without activations is one whose activations are used up.
  ACTIVATIONS_OFF: [422, 'LICENSE_KEY_LIMIT_REACHED', 'License key takes no activations'],
  NEW_DEVICES_BLOCKED: [422, 'LICENSE_KEY_LIMIT_REACHED', 'License key takes no further activations'],
  ACTIVATION_LIMIT_REACHED: [422, 'LICENSE_KEY_LIMIT_REACHED', 'License key activation limit reached'],
  ACTIVATION_NOT_FOUND: [403, 'LICENSE_KEY_NOT_FOUND', 'License key instance not found for this license key'],
} as const satisfies Record<Exclude<ActivateCode, 'ACTIVATED'>, [number, string, string]>

/** The answer to a license call that was refused. */
export const refused = (code: string): Answer => {
  const [status, name, message] = refusals[code as keyof typeof refusals]
  return say(status, name, message)
}

/** The answer to everything else that can go wrong. */
export function problem(problem: Problem, asked: Line | null): Answer {
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
        problem.issues.map(({ path, message }) => `${fieldOf(path, asked)}: ${message}`).join('; '),
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

// What our calls call otherwise.
const theirNames: Record<string, string> = {
  key: 'license_key',
  label: 'name',
  activation_id: 'license_key_instance_id',
  keyString: 'key',
  activationLimit: 'activations_limit',
  activations: 'activations_limit',
  expiresAt: 'expires_at',
  product: 'product_id',
  customer: 'customer_id',
  instructions: 'activation_message',
  durationCount: 'duration_count',
  duration: 'duration_count',
}
const theirParameters: Record<string, string> = {
  limit: 'page_size',
  offset: 'page_number',
  createdFrom: 'created_at_gte',
  createdBefore: 'created_at_lte',
  customerIds: 'customer_id',
  productOrConfigurationIds: 'product_id',
}
// What they send is not nested in these.
const ourFolders: (string | number)[] = ['changes', 'filter', 'settings']

/** What they call the field or parameter an issue is about: the first part of its path that has a name there. */
function fieldOf(path: Issue['path'], asked: Line | null): string {
  const names = asked?.body === 'none' ? { ...theirNames, ...theirParameters } : theirNames
  const parts = path.filter((part, i) => i > 0 || !ourFolders.includes(part))
  return parts.flatMap((part) => names[part] ?? [])[0] ?? (parts.join('.') || 'body')
}

function refusedByUs({ code, detail, field }: Problem & { kind: 'refused' }, asked: Line | null): Answer {
  switch (code) {
    case 'NOT_FOUND':
      return say(404, /^\/license_key.*\{/.test(asked?.path ?? '') ? 'LICENSE_KEY_NOT_FOUND' : 'NOT_FOUND', detail)
    case 'FORBIDDEN':
      return say(403, 'FORBIDDEN', detail)
    case 'CONFLICT':
      if (field === 'activations') return say(422, 'ACTIVATION_LIMIT_LESS_THAN_CURRENT_AMOUNT', detail)
      if (field === 'expiresAt') return say(400, 'NO_EXPIRY_ON_SUBSCRIPTION_LICENSE_KEYS', detail)
      return say(422, 'INVALID_REQUEST_BODY', detail)
    case 'INVALID_INPUT':
      return say(422, 'INVALID_REQUEST_BODY', detail)
  }
}
