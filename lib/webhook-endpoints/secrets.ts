import '#server-only'
import { randomBytes } from 'node:crypto'
import { HOUR_MS } from '../base/days.ts'
import { seal, unseal } from '../secrets/secrets.ts'
import type { WebhookFormat } from '../webhooks/formats.ts'
import { SECRET_OVERLAP_HOURS } from '../webhooks/plain.ts'
import { WebhookHeaders, WebhookSecrets } from '../webhooks/schema.ts'

// What an endpoint signs with and sends along, as it is kept: sealed.

const PREFIX = 'whsec_'

/** A secret as receivers paste it: `whsec_` and the bytes of the key in base 64. */
export const newSecret = (): string => PREFIX + randomBytes(32).toString('base64')

/** The key of a secret: the bytes it spells. Polar takes the secret itself, as it is written, prefix and all. */
export const keyOfSecret = (secret: string, format: WebhookFormat): Buffer =>
  format === 'polar' ? Buffer.from(secret, 'utf8') : Buffer.from(secret.slice(PREFIX.length), 'base64')

export const sealSecrets = (secrets: WebhookSecrets) => seal('webhook', JSON.stringify(secrets))

/** The secrets that messages are signed with at that moment, the newest first. */
export const secretsInForce = (sealed: Uint8Array, now: Date): WebhookSecrets =>
  WebhookSecrets.parse(JSON.parse(unseal('webhook', sealed))).filter(
    ({ until }) => until === null || new Date(until) > now,
  )

/** Those with a new one in front. The others are good for a day longer, so that no receiver has to change at the same moment. */
export function withNewSecret(before: WebhookSecrets, secret: string, now: Date): WebhookSecrets {
  const end = new Date(now.getTime() + SECRET_OVERLAP_HOURS * HOUR_MS).toISOString()
  // Each makes the header longer; whoever rotates three times a day has given up the oldest.
  return [{ secret, until: null }, ...before.slice(0, 2).map((each) => ({ ...each, until: each.until ?? end }))]
}

export const sealHeaders = (headers: WebhookHeaders) =>
  Object.keys(headers).length > 0 ? seal('webhook', JSON.stringify(headers)) : null

export const openHeaders = (sealed: Uint8Array | null): WebhookHeaders =>
  sealed ? WebhookHeaders.parse(JSON.parse(unseal('webhook', sealed))) : {}
