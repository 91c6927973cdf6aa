import { z } from 'zod'

/** Secrets of an endpoint, the newest first; with an end where another has taken its place. ISO 8601. */
export const WebhookSecrets = z.array(z.object({ secret: z.string(), until: z.string().nullable() })).min(1)
export type WebhookSecrets = z.infer<typeof WebhookSecrets>

/** Headers that are sent along, names in lower case. */
export const WebhookHeaders = z.record(z.string(), z.string())
export type WebhookHeaders = z.infer<typeof WebhookHeaders>
