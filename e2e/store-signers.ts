// How each store signs what it sends.

import { createHmac } from 'node:crypto'

/** The headers of a delivery that is sent now. */
export type Signer = (
  sent: { id: string; type: string; body: string },
  now: Date,
  secret: string,
) => Record<string, string>

const decodedSecret = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64')

const hmac = (key: string | Uint8Array, content: string, encoding: 'hex' | 'base64'): string =>
  createHmac('sha256', key).update(content).digest(encoding)

const secondsOf = (moment: Date): number => Math.floor(moment.getTime() / 1_000)

/** How stores sign; held against signatures of their own libraries in lib/stores/signers.test.ts. */
export const signers = {
  /** Standard Webhooks, with the bytes of the secret. */
  standard:
    (keyOf: (secret: string) => string | Uint8Array = decodedSecret): Signer =>
    ({ id, body }, now, secret) => {
      const at = String(secondsOf(now))
      const signature = `v1,${hmac(keyOf(secret), `${id}.${at}.${body}`, 'base64')}`
      return { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature }
    },
  stripe: (({ body }, now, secret) => {
    const at = secondsOf(now)
    return { 'stripe-signature': `t=${at},v1=${hmac(secret, `${at}.${body}`, 'hex')}` }
  }) as Signer,
  paddle: (({ body }, now, secret) => {
    const at = secondsOf(now)
    return { 'paddle-signature': `ts=${at};h1=${hmac(secret, `${at}:${body}`, 'hex')}` }
  }) as Signer,
  lemonsqueezy: (({ type, body }, _now, secret) => ({
    ...{ 'x-signature': hmac(secret, body, 'hex'), 'x-event-name': type },
  })) as Signer,
  fastspring: (({ body }, _now, secret) => ({ 'x-fs-signature': hmac(secret, body, 'base64') })) as Signer,
  woocommerce: (({ id, type, body }, _now, secret) => ({
    ...{ 'x-wc-webhook-signature': hmac(secret, body, 'base64'), 'x-wc-webhook-topic': type },
    'x-wc-webhook-delivery-id': id,
  })) as Signer,
  shopify: (({ id, type, body }, _now, secret) => ({
    ...{ 'x-shopify-hmac-sha256': hmac(secret, body, 'base64'), 'x-shopify-topic': type },
    ...{ 'x-shopify-event-id': id, 'x-shopify-webhook-id': `webhook-${id}` },
  })) as Signer,
  creem: (({ body }, _now, secret) => ({ 'creem-signature': hmac(secret, body, 'hex') })) as Signer,
}
