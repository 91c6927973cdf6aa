import type { JsonObject } from '../base/json.ts'
import type { Verb } from '../error-codes/schema.ts'
import type { Looked } from '../license-calls/rules.ts'

/** What was asked, in the words of the native routes, without the key and its organization. */
export type Asked = Partial<{
  activation_id: string
  fingerprint: string
  conditions: JsonObject
  increment_usage: number
  benefit_id: string
  product_id: string
  customer_id: string
  entitlements: string[]
  label: string
  meta: JsonObject
  replace_activation_id: string
}>

/** What is kept of a refused call. */
export type LookedAt = {
  /** The sentence that the software was told. */
  said: string
  asked: Asked
  looked: Looked
}

/** The name of all devices of a key beyond those that are told apart, and of all unknown keys beyond those. */
export const OTHERS = '*'

/** So many rows are kept of one key and hour before devices are no longer told apart. */
export const ROWS_PER_HOUR = 20

/** How long refused calls are kept. */
export const KEPT_DAYS = 90

/** A refused call, as pages show it. */
export type RefusedCall = LookedAt & {
  verb: Verb
  code: string
  device: string
  label: string | null
  address: string | null
  count: number
  firstAt: Date
  lastAt: Date
}

/** How far back the queue looks. */
export const troubleWindows = { day: 1, week: 7 } as const
export type TroubleWindow = keyof typeof troubleWindows

/** Where a trouble stands: refused now; put aside; its cause is gone and nobody has asked since; the same software was told yes since. */
export const troubleStates = ['open', 'snoozed', 'fixed', 'solved'] as const
export type TroubleState = (typeof troubleStates)[number]

/** For how long a trouble may be put aside. */
export const snoozes = { day: 'For a day', week: 'For a week', worse: 'Until it gets worse' } as const
export type Snooze = keyof typeof snoozes
