import { z } from 'zod'
import { Text } from '../base/json.ts'
import { INT4_MAX } from '../base/numbers.ts'
import { limits } from '../key-configurations/plain.ts'
import { ActivateCall, ValidateCall } from '../license-calls/schema.ts'
import { type Snooze, snoozes } from './plain.ts'

const whole = (max: number) => z.coerce.number<string | number>().int().min(1).max(max)

/** What is done about a refusal of a key: one of the offers of fixes.ts. */
export const FixTrouble = z.object({ licenseKeyId: z.uuid() }).and(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('enable') }),
    z.object({ kind: z.literal('restore') }),
    z.object({ kind: z.literal('hold') }),
    z.object({
      kind: z.literal('extend'),
      count: whole(limits.durationCount.day),
      unit: z.enum(['day', 'month', 'year']),
      from: z.iso.datetime(),
    }),
    z.object({ kind: z.literal('free'), activationId: z.uuid() }),
    z.object({ kind: z.literal('raise-limit'), to: whole(INT4_MAX) }),
    z.object({ kind: z.literal('allow-devices') }),
    z.object({ kind: z.literal('raise-usage'), to: whole(INT4_MAX) }),
    z.object({ kind: z.literal('reset-usage') }),
    z.object({ kind: z.literal('set-product'), productId: z.uuid() }),
    z.object({ kind: z.literal('mail-key') }),
  ]),
)
export type FixTrouble = z.infer<typeof FixTrouble>

/** A trouble of the queue: a key, or an unknown one as it may be shown, and a cause. */
const Cause = z.object({ subject: Text(100, 1), code: Text(60, 1) })

export const SnoozeTrouble = Cause.extend({
  for: z.enum(Object.keys(snoozes) as [Snooze, ...Snooze[]]),
})
export type SnoozeTrouble = z.infer<typeof SnoozeTrouble>

export const WakeTrouble = Cause
export type WakeTrouble = z.infer<typeof WakeTrouble>

const { activation_id, fingerprint, conditions, increment_usage, benefit_id, product_id, customer_id, entitlements } =
  ValidateCall.shape

/** A call as it is thought out: what software would send, and when. */
export const Simulation = z.strictObject({
  verb: z.enum(['validate', 'activate']).default('validate'),
  /** Now, unless said. */
  at: z.date().nullish(),
  ...{ activation_id, fingerprint, conditions, increment_usage, benefit_id, product_id, customer_id, entitlements },
  replace_activation_id: ActivateCall.shape.replace_activation_id,
})
export type Simulation = z.infer<typeof Simulation>
