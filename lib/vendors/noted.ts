import '#server-only'
import { flushCallLog, noteCall } from '../call-log/log.ts'
import type { HttpRequest } from '../http/request.ts'
import { flushValidationCounts } from '../license-calls/counts.ts'
import { flushSightings, noteSighting } from '../misuse/sightings.ts'
import type { Call, LicenseVerb, Outcome } from '../operations/verbs.ts'
import { flushRefusals, noteRefusal } from '../refusals/note.ts'

/** A license call that was answered: what was asked in our words, by whom, in whose dialect, and what came of it. */
export type Answered = {
  verb: LicenseVerb
  call: Call<LicenseVerb>
  outcome: Omit<Outcome<LicenseVerb>, 'record'>
  request: Pick<HttpRequest, 'address' | 'header'>
  /** The vendor's path; empty: our own. */
  dialect: string
  durationMs: number
}

/** The one place that tells everybody who watches license calls. Each of them notes in memory, waits for nothing and never throws. */
export function note({ verb, call, outcome, request, dialect, durationMs }: Answered, now: Date): void {
  if (verb !== 'deactivate')
    noteSighting(request.address, call as Call<'activate' | 'validate'>, outcome, now.getTime())
  if (!outcome.verdict.valid) noteRefusal(verb, call, outcome, request.address, now)
  noteCall(verb, call, outcome, request, dialect, durationMs)
}

/** Writes all that was noted and counted; for a server that stops. */
export async function flushNoted(): Promise<void> {
  await Promise.all([flushValidationCounts(), flushRefusals(), flushCallLog(), flushSightings()])
}
