import '#server-only'
import { isRefusal, isUnavailable, type Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { isOverloaded } from '../database/group-commit.ts'

/** What an error comes to for the client that met it. */
export type Failure =
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'unavailable'; retryAfterSeconds: number }
  | { kind: 'internal'; requestId: string }

/** Sorts an error out. What nobody expected is logged here, once, under the id that the client is told. */
export function failureOf(error: unknown, requestId = newId()): Failure {
  if (isRefusal(error)) return { kind: 'refused', refusal: error }
  if (isOverloaded(error)) return { kind: 'unavailable', retryAfterSeconds: error.retryAfterSeconds }
  if (isUnavailable(error)) {
    logAway(error)
    return { kind: 'unavailable', retryAfterSeconds: 1 }
  }
  log.error({ err: error, requestId }, 'request failed')
  return { kind: 'internal', requestId }
}

let awaySaidAt = -Infinity

// A database that is away fails every request; once a second is often enough to say so.
function logAway(error: unknown): void {
  if (performance.now() - awaySaidAt < 1_000) return
  awaySaidAt = performance.now()
  log.warn({ err: error }, 'the database cannot be reached')
}
