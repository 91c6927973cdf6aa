import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { WebhookState } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay, merchantMay, type Permission } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { type Keyset, keysetOf } from '../database/keyset.ts'

import type { PageOf } from '../database/marks.ts'
import { pageByTime } from '../database/pages.ts'

import { maskedKey } from '../key-strings/rules.ts'

import { unseal } from '../secrets/secrets.ts'
import { subjectOf, typesOfFormat, type WebhookFormat } from '../webhooks/formats.ts'
import { type DisabledReason, ENDPOINTS_MAX, type WebhookSubject } from '../webhooks/plain.ts'
import { messageTypes, type ResendSpan } from './plain.ts'
import { sinceOf, withoutKeyStrings } from './rules.ts'
import { openHeaders, secretsInForce } from './secrets.ts'

const endpointColumns = {
  ...{ id: true, url: true, description: true, types: true, format: true, version: true, hasKeyStrings: true },
  ...{ headers: true, disabledAt: true, disabledReason: true, failingSince: true, pausedUntil: true, lastSentAt: true },
  ...{ createdAt: true, updatedAt: true },
} satisfies Prisma.WebhookEndpointSelect

/** An endpoint, without what it signs with; of the headers it sends along, the names. */
export type EndpointRecord = {
  id: string
  url: string
  description: string
  /** None: all of them. */
  types: string[]
  format: WebhookFormat
  version: string
  hasKeyStrings: boolean
  headerNames: string[]
  disabledAt: Date | null
  disabledReason: DisabledReason | null
  failingSince: Date | null
  pausedUntil: Date | null
  lastSentAt: Date | null
  createdAt: Date
  updatedAt: Date
}
export type EndpointRecordSort = 'createdAt'

const toEndpoint = ({
  headers,
  ...row
}: Prisma.WebhookEndpointGetPayload<{ select: typeof endpointColumns }>): EndpointRecord => ({
  ...row,
  format: row.format as WebhookFormat,
  disabledReason: row.disabledReason as DisabledReason | null,
  headerNames: Object.keys(openHeaders(headers)).sort(),
})

/** Webhook endpoints of the organization. */
export async function listEndpointRecords(
  merchant: Merchant,
  { ids }: { ids?: string[] },
  page: Keyset<EndpointRecordSort>,
): Promise<EndpointRecord[]> {
  assertMay(merchant, 'webhooks.read')
  const { beyond, orderBy, take } = keysetOf(page)
  const rows = await prisma.webhookEndpoint.findMany({
    where: { organizationId: merchant.organizationId, removedAt: null, ...(ids && { id: { in: ids } }), AND: beyond },
    select: endpointColumns,
    orderBy,
    take,
  })
  return rows.map(toEndpoint)
}

/** One endpoint. NOT_FOUND for another organization's. */
export async function getEndpointRecord(merchant: Merchant, id: string): Promise<EndpointRecord> {
  const page = { sort: 'createdAt', dir: 'asc', limit: 1 } as const
  const [endpoint] = await listEndpointRecords(merchant, { ids: [id].filter(isId) }, page)
  if (!endpoint) throw notFound('webhook endpoint')
  return endpoint
}

/** So many waiting messages are counted, and no more. */
export const WAITING_COUNTED = 1_000

/** How many messages wait for each of these, up to one more than are counted. */
async function waitingFor({ organizationId }: Merchant, ids: string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await prisma.$queryRaw<{ id: string; count: number }[]>`SELECT e.id, (SELECT count(*) FROM (
      SELECT 1 FROM webhook_messages m WHERE m.endpoint_id = e.id AND m.state = 'waiting' LIMIT ${WAITING_COUNTED + 1}) w)::int AS count
    FROM webhook_endpoints e WHERE e.organization_id = ${organizationId}::uuid AND e.id = ANY(${ids}::uuid[])`
  return new Map(rows.map(({ id, count }) => [id, count]))
}

/** Every endpoint of the organization, oldest first, with how many messages wait for it. */
export async function listEndpoints(merchant: Merchant) {
  const page = { sort: 'createdAt', dir: 'asc', limit: ENDPOINTS_MAX } as const
  const endpoints = await listEndpointRecords(merchant, {}, page)
  const waiting = await waitingFor(
    merchant,
    endpoints.map(({ id }) => id),
  )
  return endpoints.map((endpoint) => ({ ...endpoint, waiting: waiting.get(endpoint.id) ?? 0 }))
}
export type EndpointSummary = Awaited<ReturnType<typeof listEndpoints>>[number]

/** One endpoint as its pages show it. NOT_FOUND for another organization's. */
export async function getEndpoint(merchant: Merchant, id: string, now: Date) {
  const endpoint = await getEndpointRecord(merchant, id)
  const [waiting, { secrets }] = await Promise.all([
    waitingFor(merchant, [id]),
    prisma.webhookEndpoint.findUniqueOrThrow({ where: { id }, select: { secrets: true } }),
  ])
  const formers = secretsInForce(secrets, now).flatMap(({ until }) => (until ? [new Date(until)] : []))
  return {
    ...endpoint,
    waiting: waiting.get(id) ?? 0,
    /** Until when messages are signed with the secret before this one, too. */
    formerSecretUntil: formers.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null,
  }
}
export type EndpointDetail = Awaited<ReturnType<typeof getEndpoint>>

// ---------------------------------------------------------------- what is sent to them

const messageColumns = {
  ...{ id: true, endpointId: true, eventId: true, type: true, licenseKeyId: true, state: true, attempts: true },
  ...{ dueAt: true, lastStatus: true, lastError: true, createdAt: true, settledAt: true },
} satisfies Prisma.WebhookMessageSelect

/** A message: an event on its way to one endpoint. Without an event: a test. */
export type MessageRecord = Prisma.WebhookMessageGetPayload<{ select: typeof messageColumns }>
export type MessageRecordSort = 'createdAt'

export type MessageRecordFilter = {
  ids?: string[] | undefined
  endpointIds?: string[] | undefined
  eventIds?: string[] | undefined
  licenseKeyIds?: string[] | undefined
  types?: string[] | undefined
  states?: WebhookState[] | undefined
  from?: Date | undefined
  before?: Date | undefined
}

/** Messages to the endpoints of the organization, as long as they are kept. */
export async function listMessageRecords(
  merchant: Merchant,
  filter: MessageRecordFilter,
  page: Keyset<MessageRecordSort>,
): Promise<MessageRecord[]> {
  assertMay(merchant, 'webhooks.read')
  const { beyond, orderBy, take } = keysetOf(page)
  const among = <T>(values: T[] | undefined) => (values ? { in: values } : undefined)
  return prisma.webhookMessage.findMany({
    where: {
      organizationId: merchant.organizationId,
      id: among(filter.ids),
      endpointId: among(filter.endpointIds),
      eventId: among(filter.eventIds),
      licenseKeyId: among(filter.licenseKeyIds),
      type: among(filter.types),
      state: among(filter.states),
      ...((filter.from || filter.before) && { createdAt: { gte: filter.from, lt: filter.before } }),
      AND: beyond,
    },
    select: messageColumns,
    orderBy,
    take,
  })
}

/**
 * A message with its attempts and what was sent last: the text, or null when nothing was or whoever asks may not see what is in it. Whole
 * key strings, whenever they were sent, are for those who may have them revealed.
 */
export async function getMessage(merchant: Merchant, id: string) {
  const page = { sort: 'createdAt', dir: 'asc', limit: 1 } as const
  const [message] = await listMessageRecords(merchant, { ids: [id].filter(isId) }, page)
  if (!message) throw notFound('webhook message')
  const [{ body }, endpoint, attempts] = await Promise.all([
    prisma.webhookMessage.findUniqueOrThrow({ where: { id }, select: { body: true } }),
    prisma.webhookEndpoint.findUnique({ where: { id: message.endpointId }, select: { format: true } }),
    prisma.webhookAttempt.findMany({
      where: { messageId: id },
      select: { number: true, at: true, durationMs: true, status: true, error: true, answer: true },
      orderBy: { number: 'asc' },
    }),
  ])
  const format = (endpoint?.format ?? 'latchkey') as WebhookFormat
  const needed = permissionsFor({ format, types: [message.type], hasKeyStrings: false })
  const maySee = needed.every((permission) => merchantMay(merchant, permission))
  const text = body && maySee ? unseal('webhook', body) : null
  return {
    ...message,
    tries: attempts,
    body: text && !merchantMay(merchant, 'keys.reveal') ? withoutKeyStrings(text) : text,
  }
}
export type MessageDetail = Awaited<ReturnType<typeof getMessage>>

/** One page of what was sent to an endpoint and what waits, newest first unless told otherwise. `page` counts from 1; `q` is part of a type, or an id. */
export async function listMessages(
  merchant: Merchant,
  endpointId: string,
  { q, states, types }: { q?: string; states?: WebhookState[]; types?: string[] },
  { dir = 'desc', ...pageOf }: PageOf & { dir?: 'asc' | 'desc' },
) {
  assertMay(merchant, 'webhooks.read')
  const words = q?.trim()
  const where: Prisma.WebhookMessageWhereInput = {
    ...{ organizationId: merchant.organizationId, endpointId },
    ...(states?.length && { state: { in: states } }),
    ...(types?.length && { type: { in: types } }),
    ...(words && {
      OR: isId(words)
        ? [{ id: words }, { eventId: words }, { licenseKeyId: words }]
        : [{ type: { in: messageTypes.filter((type) => type.includes(words.toLowerCase())) } }],
    }),
  }
  const select = { ...messageColumns, lease: true, _count: { select: { tries: true } } }
  const { rows, total, far } = await pageByTime(
    pageOf,
    { column: 'createdAt', dir },
    (asked) => prisma.webhookMessage.count({ where, ...asked }),
    ({ beyond, ...asked }) => prisma.webhookMessage.findMany({ where: { ...where, AND: beyond }, select, ...asked }),
  )
  const named = await namesOf(merchant, rows)
  const messages = rows.map(({ _count, ...row }) => ({
    ...withoutLease(row),
    /** All there were, also before it was sent again. */
    tries: _count.tries,
    about: named(row),
  }))
  return { messages, total, far }
}
export type MessageItem = Awaited<ReturnType<typeof listMessages>>['messages'][number]

/** What messages are about: the key, and whose. For people who may read them. */
async function namesOf(
  merchant: Merchant,
  rows: readonly { eventId: string | null; licenseKeyId: string | null }[],
): Promise<
  (row: { eventId: string | null; licenseKeyId: string | null }) => { key: string | null; customer: string | null }
> {
  const { organizationId } = merchant
  const nobody = () => ({ key: null, customer: null })
  if (!merchantMay(merchant, 'keys.read') || !merchantMay(merchant, 'customers.read')) return nobody
  const [keys, events] = await Promise.all([
    prisma.licenseKey.findMany({
      where: { organizationId, id: { in: rows.flatMap(({ licenseKeyId }) => licenseKeyId ?? []) } },
      select: { id: true, prefix: true, lastCharacters: true, customer: { select: { name: true, email: true } } },
    }),
    prisma.event.findMany({
      where: { organizationId, id: { in: rows.flatMap(({ eventId }) => eventId ?? []) } },
      select: { id: true, customerId: true },
    }),
  ])
  const customers = await prisma.customer.findMany({
    where: { organizationId, id: { in: events.flatMap(({ customerId }) => customerId ?? []) } },
    select: { id: true, name: true, email: true },
  })
  const keyById = new Map(keys.map((key) => [key.id, key]))
  const customerById = new Map(customers.map((customer) => [customer.id, customer]))
  const customerOf = new Map(events.map(({ id, customerId }) => [id, customerById.get(customerId ?? '')]))
  return ({ eventId, licenseKeyId }) => {
    const key = keyById.get(licenseKeyId ?? '')
    const customer = key?.customer ?? customerOf.get(eventId ?? '')
    return { key: key ? maskedKey(key) : null, customer: customer ? (customer.name ?? customer.email) : null }
  }
}

/** Somebody who has a message is sending it: when it would be lost for good is no next attempt. */
const withoutLease = <Row extends { lease: string | null }>({ lease, ...message }: Row) => ({
  ...message,
  isOnItsWay: lease !== null,
})

/** One message to an endpoint as its page shows it: never with a whole key string. NOT_FOUND for another organization's. */
export async function getShownMessage(merchant: Merchant, endpointId: string, id: string) {
  const message = await getMessage(merchant, id)
  if (message.endpointId !== endpointId) throw notFound('webhook message')
  const { lease } = await prisma.webhookMessage.findUniqueOrThrow({ where: { id }, select: { lease: true } })
  const body = message.body && withoutKeyStrings(message.body)
  return { ...message, isOnItsWay: lease !== null, body, isMasked: body !== message.body }
}
export type ShownMessage = Awaited<ReturnType<typeof getShownMessage>>

/** So many failed messages are counted, and no more. */
const FAILED_COUNTED = 100_000

/** How many messages to an endpoint have failed or were given up, in each span that they can be sent again for. */
export async function countFailed(
  merchant: Merchant,
  endpointId: string,
  now: Date,
): Promise<Record<ResendSpan, number>> {
  assertMay(merchant, 'webhooks.read')
  const { organizationId } = merchant
  const [counts] = await prisma.$queryRaw<[Record<ResendSpan, number>]>`SELECT
      count(*) FILTER (WHERE created_at >= ${sinceOf('hour', now)})::int AS hour,
      count(*) FILTER (WHERE created_at >= ${sinceOf('day', now)})::int AS day,
      count(*) FILTER (WHERE created_at >= ${sinceOf('week', now)})::int AS week,
      count(*)::int AS all
    FROM (SELECT created_at FROM webhook_messages
      WHERE endpoint_id = ${endpointId}::uuid AND organization_id = ${organizationId}::uuid AND state IN ('failed', 'gone')
      ORDER BY created_at DESC LIMIT ${FAILED_COUNTED}) failed`
  return counts
}

const reads: Record<WebhookSubject, Permission> = {
  license_key: 'keys.read',
  activation: 'keys.read',
  purchase: 'purchases.read',
  customer: 'customers.read',
  store_delivery: 'purchases.read',
}

/** What somebody must be allowed to read who has this sent to them. */
export function permissionsFor({
  format,
  types,
  hasKeyStrings,
}: {
  format: WebhookFormat
  types: readonly string[]
  hasKeyStrings: boolean
}): Permission[] {
  const named = types.length > 0 ? types : typesOfFormat(format)
  const subjects = named.flatMap((type) => subjectOf(format, type) ?? [])
  return [
    ...new Set([
      ...subjects.map((subject) => reads[subject]),
      // A grant of Polar's has its benefit in it, which is the whole configuration.
      ...(format === 'polar' ? ['catalogue.read' as const] : []),
      ...(hasKeyStrings ? ['keys.reveal' as const] : []),
    ]),
  ]
}
