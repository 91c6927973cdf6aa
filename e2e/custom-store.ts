// A shop of a merchant's own, which signs what it sends as Standard Webhooks are signed.
import { Webhook } from 'standardwebhooks'
import type { Member } from '#lib/base/actor.ts'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { seal } from '#lib/secrets/secrets.ts'
import { connectStore, makeStoreSecret } from '#lib/stores/commands.ts'
import { UNREADABLE } from '#lib/stores/plain.ts'
import { type Answer, send } from './http.ts'

/** Where a shop sends its messages, and what it signs them with. */
export type CustomShop = { path: string; secret: string }

/** Connects a shop of one's own. */
export async function connectCustomShop(
  merchant: Member,
  { name = 'Website', mode = 'live' as 'live' | 'test' } = {},
): Promise<CustomShop & { connectionId: string }> {
  const now = new Date()
  const { connectionId, token } = await connectStore(merchant, { store: 'custom', mode, name }, now)
  const { secret } = await makeStoreSecret(merchant, { connectionId }, now)
  return { connectionId, secret, path: `/api/stores/custom/${token}` }
}

/** Sends a message, signed now. */
export function sendMessage({ path, secret }: CustomShop, message: object, id = `msg_${newId()}`): Promise<Answer> {
  const body = JSON.stringify({ timestamp: new Date().toISOString(), ...message })
  const at = new Date()
  return send({
    path,
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    },
  })
}

/** Somebody bought something there. */
export const sale = (more: {
  orderId?: string
  subscriptionId?: string
  email?: string
  name?: string
  status?: string
  productId?: string
  productName?: string
  quantity?: number
  [field: string]: unknown
}) => {
  const { orderId, subscriptionId, email, name, status = 'active', productId, productName, quantity, ...rest } = more
  return {
    type: 'purchase.updated',
    data: {
      ...(subscriptionId ? { subscription_id: subscriptionId } : { order_id: orderId ?? newId() }),
      status,
      items: [
        {
          product_id: productId ?? 'quill-pro',
          ...(productName && { product_name: productName }),
          ...(quantity && { quantity }),
        },
      ],
      customer: { email: email ?? `buyer-${newId().slice(-12)}@example.com`, ...(name && { name }) },
      ...rest,
    },
  }
}

/** Something that was kept and could not be read, as vendors' messages are whose shape is not known. A shop of one's own is told at once. */
export async function keepUnreadable(connectionId: string, note: string): Promise<void> {
  const now = new Date()
  const body = Buffer.from(JSON.stringify({ type: 'purchase.updated', data: { note } })).toString('base64')
  await prisma.storeDelivery.create({
    data: {
      ...{ id: newId(now), connectionId, key: newId(), type: UNREADABLE, state: 'failed', attempts: 1 },
      ...{ content: seal('store', JSON.stringify({ headers: { 'webhook-id': newId() }, body })) },
      ...{ outcome: ['It could not be read.'], receivedAt: now, dueAt: now, handledAt: now },
    },
  })
}

/** Waits until everything a connection was sent has been handled. */
export async function handled(connectionId: string): Promise<void> {
  // A prompt that is lost is made up for by the queue, which looks by itself every half minute.
  for (const deadline = Date.now() + 45_000; Date.now() < deadline; ) {
    if ((await prisma.storeDelivery.count({ where: { connectionId, state: 'new' } })) === 0) return
    await new Promise((done) => setTimeout(done, 100))
  }
  const left = await prisma.storeDelivery.findMany({
    where: { connectionId, state: 'new' },
    select: { type: true, attempts: true, outcome: true, receivedAt: true },
  })
  throw new Error(`Deliveries were not handled within 45 seconds: ${JSON.stringify(left)}`)
}
