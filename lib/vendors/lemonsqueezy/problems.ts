import type { Answer, Problem } from '../../operations/line.ts'

// Errors as Lemon Squeezy writes them: one shape for the license API, another for its resources.

/** Errors of the license API, which has fields: `{message, errors}` where the request is wrong. */
export function licenseProblem(problem: Problem): Answer {
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

// What our calls call otherwise.
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
export function resourceProblem(problem: Problem): Answer {
  const { status, title, detail, headers } = wordsOf(problem)
  const error = (more: object) => ({ status: String(status), title, ...more })
  const errors =
    problem.kind === 'invalid_input'
      ? problem.issues.map(({ path, message }) => error({ detail: message, source: sourceOf(path) }))
      : [error({ detail })]
  return document(status, { errors }, headers)
}

const sources: Record<string, object> = {
  limit: { parameter: 'page[size]' },
  offset: { parameter: 'page[number]' },
  'filter[status]': { parameter: 'filter[status]' },
  activations: { pointer: '/data/attributes/activation_limit' },
  expiresAt: { pointer: '/data/attributes/expires_at' },
  disabled: { pointer: '/data/attributes/disabled' },
}

/** Where in the request an issue is. */
const sourceOf = (path: (string | number)[]): object =>
  path.flatMap((part) => sources[part] ?? [])[0] ?? { pointer: '/data' }

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

/** A JSON:API document. */
export const document = (status: number, body: object, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { jsonapi: { version: '1.0' }, ...body },
  headers: { 'content-type': 'application/vnd.api+json', ...headers },
})
