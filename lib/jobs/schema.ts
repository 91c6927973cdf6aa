import { z } from 'zod'
import { retryable } from './plain.ts'

/** What is tried again: all that failed of a kind, or one of them. */
export const RetryWork = z.object({
  kind: z.enum(retryable),
  id: z
    .union([z.literal('').transform(() => null), z.guid()])
    .nullable()
    .default(null),
})
export type RetryWork = z.infer<typeof RetryWork>
