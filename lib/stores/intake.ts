import '#server-only'
import { createHash } from 'node:crypto'
import { DAY_MS } from '../base/days.ts'
import { env } from '../base/env.ts'
import { newId } from '../base/ids.ts'
import { log } from '../base/log.ts'
import { prisma } from '../database/client.ts'
import { tellSoon } from '../database/notes.ts'
import { enqueue } from '../database/queue.ts'
import type { HttpAnswer, HttpRequest } from '../http/request.ts'
import { hashesOf, seal, unseal } from '../secrets/secrets.ts'
import { UnreadableDelivery } from '../store-facts/read.ts'
import { type Delivery, type Distrust, distrusts, type Reading, type StoreReader } from '../store-facts/reader.ts'
import { UNREADABLE } from './plain.ts'
import { readerOf } from './readers.ts'
import { REFUSING_DAYS } from './rules.ts'
import { ConnectionSecrets } from './schema.ts'

// What stores send. A request is believed, kept and answered; what follows from it is the work of handle.ts, later.

/** Where stores' requests go: /api/stores/{store}/{token}. */
export const STORES_ROOT = '/api/stores'

/** The address that a connection's requests come to, from its sealed token. */
export const addressFor = (store: string, token: Uint8Array): string =>
  new URL(`${STORES_ROOT}/${store}/${unseal('store', token)}`, env().LATCHKEY_URL).href

const BODY_BYTES_MAX = 1_048_576
const TOO_LARGE = 'A delivery may have at most 1 MB.'

/** Answers a store: 200 once the delivery is kept. Any other status makes most stores send it again. */
export async function answerStore(request: HttpRequest, now = new Date()): Promise<HttpAnswer> {
  const requestId = newId()
  try {
    return await answer(request, now)
  } catch (error) {
    log.error({ err: error, requestId }, 'a delivery could not be kept')
    // The one status that every store which repeats anything repeats.
    return say(503, `Not kept; send it again. Request ${requestId}.`)
  }
}

async function answer(request: HttpRequest, receivedAt: Date): Promise<HttpAnswer> {
  const [, store = '', token = '', ...rest] = request.path.split('/')
  const reader = readerOf(store)
  if (request.method !== 'POST')
    return { ...say(405, 'This address takes what a store sends, by POST.'), headers: { ...PLAIN, allow: 'POST' } }
  const connection = reader && token && rest.length === 0 ? await connectionOf(store, token) : null
  const body = await request.body(BODY_BYTES_MAX)
  if (!body) {
    if (connection) {
      log.warn({ store, connectionId: connection.id }, 'a delivery was too large')
      await countRefusal(connection.id, TOO_LARGE, receivedAt)
      tellSoon('deliveries', connection.organizationId)
    }
    return say(413, TOO_LARGE)
  }
  // Whoever guesses addresses learns as much as who signs wrongly.
  if (!reader || !connection) return distrusted('wrong_signature')
  const delivery: Delivery = { header: request.header, body: Buffer.from(body), receivedAt }
  const why = reader.distrust(delivery, secretsOf(connection.secrets, receivedAt), receivedAt)
  if (why) {
    log.warn({ store, connectionId: connection.id, why }, 'a delivery was not believed')
    await countRefusal(connection.id, why, receivedAt)
    tellSoon('deliveries', connection.organizationId)
    return distrusted(why)
  }
  const { readings, problem } = readingsOf(reader, delivery)
  // A vendor would only send the same again. Whoever wrote the program is told and can mend it, so nothing of it is kept.
  if (problem && reader.tellsSender) {
    log.warn({ store, connectionId: connection.id, problem }, 'a delivery could not be read')
    await countRefusal(connection.id, problem.slice(0, 300), receivedAt)
    tellSoon('deliveries', connection.organizationId)
    return say(400, problem)
  }
  await keep(connection.id, readings, delivery)
  tellSoon('deliveries', connection.organizationId)
  return say(200, 'ok')
}

/** All that is kept of what was refused. */
const countRefusal = (id: string, why: string, at: Date) => prisma.$executeRaw`
  UPDATE store_connections SET refusals = refusals + 1, last_refusal = ${why}, last_refused_at = ${at},
    refused_since = CASE WHEN last_refused_at > ${new Date(at.getTime() - REFUSING_DAYS * DAY_MS)} THEN COALESCE(refused_since, ${at})
      ELSE ${at} END
  WHERE id = ${id}::uuid`

const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
const say = (status: number, body: string): HttpAnswer => ({ status, headers: PLAIN, body })

// Which of the reasons it was is for the merchant's page; only what helps nobody but the store is said here.
const distrusted = (why: Distrust): HttpAnswer =>
  say(401, why === 'too_old' || why === 'from_the_future' ? distrusts[why] : distrusts.wrong_signature)

const connectionOf = (store: string, token: string) =>
  prisma.storeConnection.findFirst({
    where: { store, tokenHash: { in: hashesOf('store-token', token).map((hash) => Buffer.from(hash, 'hex')) } },
    select: { id: true, secrets: true, organizationId: true },
  })

/** The secrets that are good at that moment. */
export function secretsOf(sealed: Uint8Array | null, now: Date): string[] {
  if (!sealed) return []
  return ConnectionSecrets.parse(JSON.parse(unseal('store', sealed))).flatMap(({ secret, until }) =>
    until === null || new Date(until) > now ? [secret] : [],
  )
}

type Kept = Pick<Reading, 'key' | 'type' | 'occurredAt'>[]

// What a store signed and we cannot read is kept all the same: it can be handled again when we can.
function readingsOf(reader: StoreReader, delivery: Delivery): { readings: Kept; problem?: string } {
  try {
    return { readings: reader.read(delivery) }
  } catch (error) {
    if (!(error instanceof UnreadableDelivery)) throw error
    const key = createHash('sha256').update(delivery.body).digest('hex')
    return { readings: [{ key, type: UNREADABLE, occurredAt: null }], problem: error.message }
  }
}

async function keep(connectionId: string, readings: Kept, delivery: Delivery): Promise<void> {
  const { receivedAt } = delivery
  const content = seal('store', JSON.stringify(contentOf(delivery)))
  await prisma.$transaction(async (tx) => {
    const kept = await tx.storeDelivery.createManyAndReturn({
      data: readings.map(({ key, type, occurredAt }) => ({
        ...{ id: newId(receivedAt), connectionId, key: shortKey(key), type: type.slice(0, 120), content },
        ...{ receivedAt, dueAt: receivedAt, occurredAt: occurredAt ? new Date(occurredAt) : null },
      })),
      // The same event once more.
      skipDuplicates: true,
      select: { id: true },
    })
    await tx.$executeRaw`UPDATE store_connections SET last_delivery_at = ${receivedAt}, refused_since = NULL,
      first_delivery_at = COALESCE(first_delivery_at, ${receivedAt}) WHERE id = ${connectionId}::uuid`
    for (const { id } of kept) await enqueue(tx, 'store.handle', { deliveryId: id })
  })
}

// ---------------------------------------------------------------- what is kept

type Content = { headers: Record<string, string>; body: string }

function contentOf({ header, body }: Delivery): Content {
  const headers = Object.fromEntries(
    NAMES.flatMap((name) => (header(name) === null ? [] : [[name, header(name) ?? '']])),
  )
  return { headers, body: body.toString('base64') }
}

/** Headers that readers read, but for signatures. */
const NAMES = [
  ...['content-type', 'webhook-id', 'webhook-timestamp', 'x-event-name', 'x-fs-signature'],
  ...['x-wc-webhook-topic', 'x-wc-webhook-resource', 'x-wc-webhook-event', 'x-wc-webhook-delivery-id'],
  ...['x-wc-webhook-source', 'x-shopify-topic', 'x-shopify-event-id', 'x-shopify-webhook-id'],
  ...['x-shopify-triggered-at', 'x-shopify-shop-domain', 'x-shopify-api-version', 'x-shopify-test'],
]

/** What is kept of a delivery when the personal data in it was deleted. */
export const emptyDelivery = () => seal('store', JSON.stringify({ headers: {}, body: '' } satisfies Content))

/** A delivery as it came, from what is kept of it. */
export function openDelivery(content: Uint8Array, receivedAt: Date): Delivery {
  const { headers, body } = JSON.parse(unseal('store', content)) as Content
  return { header: (name) => headers[name.toLowerCase()] ?? null, body: Buffer.from(body, 'base64'), receivedAt }
}

/** What names a delivery, as it is kept: a long one by its hash, so that two with one beginning stay two. */
const shortKey = (key: string): string =>
  key.length <= 255 ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`
