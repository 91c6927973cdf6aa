import type { z } from 'zod'
import {
  ActivateCall,
  type ActivateCode,
  DeactivateCall,
  type DeactivateCode,
  type LicenseOutcome,
  ValidateCall,
  type ValidateCode,
} from '../license-keys/schema.ts'

/** A request as any HTTP server can hand it over. Nothing of its body is read before somebody asks for it. */
export type HttpRequest = {
  method: string
  /** The path below /api/license and what follows the "?", as they were sent. */
  path: string
  query: string
  /** By its name in lower case. */
  header: (name: string) => string | null
  /** The client, as the production server found it out; null where nothing stands before the handler. */
  address: string | null
  /** Null when there is more than that. Throws when the client goes away. */
  body: (maxBytes: number) => Promise<Uint8Array | null>
}

/** An HTTP answer before it is bytes; `body` is JSON, or nothing. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> }

/** What is wrong with a request body, place by place. */
export type Issue = { path: (string | number)[]; message: string }

/** Our three verbs: what each takes and what it comes to. */
export const verbs = { validate: ValidateCall, activate: ActivateCall, deactivate: DeactivateCall } as const
export type Verb = keyof typeof verbs
export type Call<V extends Verb> = z.infer<(typeof verbs)[V]>
type Codes = { validate: ValidateCode; activate: ActivateCode; deactivate: DeactivateCode }
export type Outcome<V extends Verb> = LicenseOutcome<Codes[V]>

/** One route of a dialect: the body it reads becomes our call, our outcome becomes its answer. */
export type Line<V extends Verb = Verb> = {
  method: 'POST'
  path: string
  verb: V
  /** The vendor's body as ours, or as it came; checked against the verb's schema afterwards. */
  read: (body: unknown) => unknown
  write: (outcome: Outcome<V>) => Answer
}

/** Everything a request can fail on before a verb runs, or beside it. Every dialect has words for each. */
export type Problem =
  | { kind: 'no_such_route' }
  | { kind: 'method_not_allowed'; allow: string }
  | { kind: 'not_json' }
  | { kind: 'too_large'; maxBytes: number }
  | { kind: 'invalid_input'; issues: Issue[] }
  | { kind: 'idempotency_key_reused' }
  | { kind: 'rate_limited'; retryAfterSeconds: number }
  | { kind: 'unavailable'; retryAfterSeconds: number }
  | { kind: 'internal'; requestId: string }

/** How one vendor spells our verbs over HTTP. It translates; it never decides. */
export type Dialect = { prefix: string; lines: Line[]; problem: (problem: Problem) => Answer }

/** Writes a line with its verb's types. */
export const line = <V extends Verb>(
  method: 'POST',
  path: string,
  verb: V,
  parts: Pick<Line<V>, 'read' | 'write'>,
): Line => ({ method, path, verb, ...parts }) as unknown as Line
