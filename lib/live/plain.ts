import type { ShownCall } from '../call-log/plain.ts'
import type { ChartStep } from '../call-log/rules.ts'

/** What a page can be told of: calls of client software, what happened, deliveries of stores, messages to webhook endpoints. */
export const subjects = ['calls', 'events', 'deliveries', 'messages'] as const
export type Subject = (typeof subjects)[number]

/** What a stream says, by the names of its messages. */
export type Said = {
  /** Calls, newest first; `more` were answered and are only counted. */
  calls: { calls: ShownCall[]; more: number; steps: ChartStep[] }
  /** The chart as it is now, in place of what was there. */
  chart: { steps: ChartStep[] }
  /** Something that the page shows has changed. */
  changed: { what: Subject[] }
  /** Whether it is told at once, or looks every few seconds. */
  state: { state: 'notes' | 'looking' }
  /** Nothing more comes: the session has ended, or what it may see. */
  over: Record<string, never>
  beat: Record<string, never>
}
