import type { BodyKind, HttpRequest } from '../http/request.ts'
import type { Outcome, Verb } from './verbs.ts'

/** An HTTP answer before it is bytes; `body` is JSON, or nothing. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> }

/** What is wrong with a request, place by place. */
export type Issue = { path: (string | number)[]; message: string }

/** What of a request a line reads: the parts of its path, its query, and its body, parsed. */
export type Parts = {
  params: Record<string, string>
  query: URLSearchParams
  body: unknown
  header: (name: string) => string | null
  /** The dialect's own address, for answers that have links. */
  url: string
}

/** Who may send a request: anybody's software, a program with an API key of the organization, or a customer with a session it made. */
export type Access = 'software' | 'api_key' | 'customer'

/** One route of a dialect: the request it reads becomes our call, our outcome becomes its answer. */
export type Line<V extends Verb = Verb> = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the dialect's prefix, without a slash at the end; `{id}` stands for one part of a path. */
  path: string
  verb: V
  access: Access
  body: BodyKind
  /** True: the outcome of a license call carries the key's record. */
  withRecord: boolean
  /** The vendor's request as ours; checked against the verb's call afterwards. Throws zod's error for what only the vendor forbids. */
  read: (parts: Parts) => unknown
  write: (outcome: Outcome<V>, parts: Parts) => Answer
}

/** Everything a request can fail on before a verb runs, or beside it. Every dialect has words for each. */
export type Problem =
  | { kind: 'no_such_route' }
  | { kind: 'method_not_allowed'; allow: string }
  | { kind: 'not_json' }
  | { kind: 'too_large'; maxBytes: number }
  | { kind: 'invalid_input'; issues: Issue[] }
  | { kind: 'unauthorized' }
  /** A management verb said no: not yours, not allowed, not possible. */
  | { kind: 'refused'; code: RefusedCode; detail: string; field: string | null }
  | { kind: 'idempotency_key_reused' }
  | { kind: 'rate_limited'; retryAfterSeconds: number }
  | { kind: 'unavailable'; retryAfterSeconds: number }
  | { kind: 'internal'; requestId: string }

export type RefusedCode = 'NOT_FOUND' | 'FORBIDDEN' | 'CONFLICT' | 'INVALID_INPUT'

/**
 * How one vendor spells our verbs over HTTP. It translates; it never decides. A problem is one of a line, or of a path (below the prefix)
 * that no line serves in this way.
 */
export type Dialect = {
  /** Below /api/license, like "/polar"; our own is "". */
  prefix: string
  lines: Line[]
  problem: (problem: Problem, line: Line | null, path?: string) => Answer
  /** Looks at a request before anything else: an answer ends it, and headers go with every answer. */
  greet?: (header: HttpRequest['header']) => { answer?: Answer; headers?: Record<string, string> }
}

/** Writes a line with its verb's types. */
export const line = <V extends Verb>(
  method: Line['method'],
  path: string,
  verb: V,
  parts: Pick<Line<V>, 'read' | 'write'> & Partial<Pick<Line<V>, 'access' | 'body' | 'withRecord'>>,
): Line =>
  ({
    method,
    path,
    verb,
    access: 'software',
    body: method === 'GET' ? 'none' : 'json',
    withRecord: false,
    ...parts,
  }) as unknown as Line
