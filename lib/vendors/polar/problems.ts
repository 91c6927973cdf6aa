import type { Answer, Issue, Line, Problem } from '../../operations/line.ts'

// Polar's errors: what is wrong has a name, and its SDKs check that the name is the one they know for the status.

/** An error with its name. */
export const say = (status: number, error: string, detail: string, headers?: Record<string, string>): Answer => ({
  status,
  body: { error, detail },
  ...(headers && { headers }),
})

/** What does not exist, is not theirs, or may not be used. */
export const notFound = (detail = 'Not found'): Answer => say(404, 'ResourceNotFound', detail)

/** What our calls and commands name otherwise than Polar's bodies. */
const places: Record<string, string[]> = {
  name: ['description'],
  prefix: ['properties', 'prefix'],
  durationCount: ['properties', 'expires', 'ttl'],
  expiryStart: ['properties', 'activations'],
  expiresAt: ['expires_at'],
  organizationId: ['organization_id'],
  customerId: ['customer_id'],
  externalId: ['external_customer_id'],
}

/** Where in the request: the readers say it whole, fields of a call are those of the body. */
function locationOf(path: Issue['path']): (string | number)[] {
  const [first = '', last = ''] = [path[0], path.at(-1)].map(String)
  if (path.length === 0) return ['body']
  if (first === 'Idempotency-Key') return ['header', first]
  return ['path', 'query', 'body'].includes(first) ? path : ['body', ...(places[last] ?? path)]
}

type Wrong = { path: Issue['path']; message: string; type?: string }

const wrong = (...issues: Wrong[]): Answer => ({
  status: 422,
  body: {
    error: 'RequestValidationError',
    detail: issues.map(({ path, message, type = 'value_error' }) => ({ type, loc: locationOf(path), msg: message })),
  },
})

const retryAfter = (seconds: number) => ({ 'retry-after': String(seconds) })

/** Everything a request can fail on, in Polar's words. */
export function problem(problem: Problem, line: Line | null): Answer {
  switch (problem.kind) {
    case 'no_such_route':
      return notFound('Latchkey answers the part of the API that is about license keys. There is no such route.')
    case 'method_not_allowed':
      return say(405, 'MethodNotAllowed', 'Method Not Allowed', { allow: problem.allow })
    case 'not_json':
      return wrong({ path: ['body', 0], message: 'JSON decode error', type: 'json_invalid' })
    case 'too_large':
      return say(413, 'RequestTooLarge', `The body may have at most ${problem.maxBytes} bytes.`)
    case 'invalid_input':
      return wrong(...problem.issues)
    case 'unauthorized':
      return say(401, 'Unauthorized', whatIsNeeded(line), { 'www-authenticate': 'Bearer realm="latchkey"' })
    case 'refused':
      return refused(problem, line)
    case 'idempotency_key_reused':
      return wrong({ path: ['Idempotency-Key'], message: 'It was used for another request' })
    case 'rate_limited':
      return say(
        429,
        'TooManyRequests',
        `This says nothing about the license key. Try again in ${problem.retryAfterSeconds} s.`,
        retryAfter(problem.retryAfterSeconds),
      )
    case 'unavailable':
      return say(
        503,
        'ServiceUnavailable',
        'This says nothing about the license key. Try again.',
        retryAfter(problem.retryAfterSeconds),
      )
    case 'internal':
      return say(500, 'InternalServerError', `Something went wrong on our side (${problem.requestId}).`)
  }
}

const whatIsNeeded = (line: Line | null) =>
  line?.access === 'customer'
    ? 'The token of a customer session is needed, and a session lasts an hour.'
    : 'An API key of the organization is needed.'

function refused({ code, detail, field }: Extract<Problem, { kind: 'refused' }>, line: Line | null): Answer {
  switch (code) {
    case 'NOT_FOUND':
      // What the path names is not found; what the body names is a wrong field.
      return field === null ? notFound() : wrong({ path: [field], message: detail })
    case 'FORBIDDEN':
      return {
        status: 403,
        body: { error: 'insufficient_scope', error_description: detail },
        headers: { 'www-authenticate': 'Bearer realm="latchkey", error="insufficient_scope"' },
      }
    case 'CONFLICT':
      if (line?.verb === 'rotateKey' || line?.verb === 'rotateOwnKey') return say(400, 'RotateNotPermitted', detail)
      return wrong({ path: field === null ? [] : [field], message: detail })
    case 'INVALID_INPUT':
      return wrong({ path: field === null ? [] : [field], message: detail })
  }
}
