import '#server-only'
import { z } from 'zod'
import { listActivationRecords } from '../activations/records.ts'
import type { ApiClient } from '../base/actor.ts'
import { listCustomerRecords } from '../customers/queries.ts'
import { type EventRecord, listEventRecords } from '../events/queries.ts'
import { listKeyRecords } from '../license-keys/records.ts'
import { listDeliveryRecords } from '../purchases/failed-deliveries.ts'
import { listPurchaseRecords } from '../purchases/queries.ts'
import { type WebhookSubject, type WebhookType, webhookTypeNames, webhookTypes } from '../webhooks/plain.ts'
import { Activation, showActivation } from './activations.ts'
import { Customer, showCustomer } from './customers.ts'
import { Event, showEvent } from './events.ts'
import { LicenseKey, showKey } from './license-key-shape.ts'
import { Purchase, showPurchase } from './purchase-shape.ts'
import { FailedDelivery, showDelivery } from './store-delivery-shape.ts'
import { examples } from './webhook-examples.ts'
import { Id, shown, Time, time } from './wire.ts'

// What is sent to webhook endpoints: the event as it was, and the record it is about as it is when it is sent.

const Gone = shown(
  'DeletedRecord',
  'In place of a record that is there no more.',
  z.object({ id: Id, deleted: z.literal(true) }),
)

const bodyOf = <T extends z.ZodType>(id: string, about: WebhookSubject, data: T) =>
  shown(
    id,
    'What is sent to a webhook endpoint.',
    z.object({
      type: z.enum(
        webhookTypeNames.filter((type) => webhookTypes[type].about === about) as [WebhookType, ...WebhookType[]],
      ),
      timestamp: Time.describe('When it happened.'),
      test: z.literal(true).optional().describe('Only in tests, which tell of nothing that happened.'),
      event: Event.nullable().describe('The event as `GET /api/v1/events/{id}` answers it; null in a test.'),
      data: z.union([data, Gone]).describe('As it is when this is sent, not when it happened.'),
    }),
  )

/** The shapes of bodies, by what they are about. */
export const webhookBodies = {
  license_key: bodyOf('LicenseKeyWebhook', 'license_key', LicenseKey),
  activation: bodyOf('ActivationWebhook', 'activation', Activation),
  purchase: bodyOf('PurchaseWebhook', 'purchase', Purchase),
  customer: bodyOf('CustomerWebhook', 'customer', Customer),
  store_delivery: bodyOf('StoreDeliveryWebhook', 'store_delivery', FailedDelivery),
} as const satisfies Record<WebhookSubject, z.ZodType>

/** A message of which the body is to be written. */
export type Unwritten = {
  id: string
  eventId: string | null
  type: string
  createdAt: Date
  target: { organizationId: string; hasKeyStrings: boolean }
}

/** Reads as a program of the organization that may read all of it, and on whose behalf nothing is noted as shown. */
export const readerOf = (organizationId: string): ApiClient => ({
  ...{ kind: 'api_key', apiKeyId: '', name: 'Webhooks', organizationId },
  scopes: ['license_keys:write', 'catalogue:read', 'customers:read', 'purchases:read', 'events:read'],
})

/** The bodies of messages by their ids, of each organization with one query for each kind of record. */
export async function writeBodies(messages: readonly Unwritten[], now: Date): Promise<Map<string, string>> {
  const bodies = new Map<string, string>()
  const byOrganization = Map.groupBy(messages, ({ target }) => target.organizationId)
  for (const [organizationId, all] of byOrganization) {
    for (const [id, body] of await bodiesOf(readerOf(organizationId), all, now)) bodies.set(id, body)
  }
  return bodies
}

const isType = (type: string): type is WebhookType => Object.hasOwn(webhookTypes, type)

async function bodiesOf(reader: ApiClient, messages: Unwritten[], now: Date): Promise<Map<string, string>> {
  const eventIds = [...new Set(messages.flatMap(({ eventId }) => eventId ?? []))]
  const page = (limit: number) => ({ sort: 'createdAt', dir: 'asc', limit }) as const
  const events = new Map(
    (eventIds.length === 0
      ? []
      : await listEventRecords(reader, { ids: eventIds }, { sort: 'at', dir: 'asc', limit: eventIds.length })
    ).map((event) => [event.id, event]),
  )
  const of = ({ eventId, type }: Unwritten) => {
    const event = events.get(eventId ?? '')
    return event && isType(type) ? { event, about: webhookTypes[type].about } : null
  }
  const ids = (subject: WebhookSubject) => [
    ...new Set(
      messages.flatMap((message) => {
        const found = of(message)
        return found?.about === subject ? (idOf(found.event, subject) ?? []) : []
      }),
    ),
  ]
  const keyIds = ids('license_key')
  const withStrings = messages.some(({ target }) => target.hasKeyStrings)
  const isMasked = messages.some(({ target }) => !target.hasKeyStrings)
  const read = async <T extends { id: string }>(wanted: string[], list: () => Promise<T[]>) =>
    new Map(wanted.length === 0 ? [] : (await list()).map((row) => [row.id, row] as const))
  const keys = (justMade: boolean) =>
    read(keyIds, () => listKeyRecords(reader, { ids: keyIds }, { dir: 'asc', limit: keyIds.length }, now, { justMade }))
  const [masked, whole, activations, purchases, customers, deliveries] = await Promise.all([
    isMasked ? keys(false) : null,
    withStrings ? keys(true) : null,
    read(ids('activation'), () =>
      listActivationRecords(reader, { ids: ids('activation'), all: true }, page(ids('activation').length)),
    ),
    read(ids('purchase'), () => listPurchaseRecords(reader, { ids: ids('purchase') }, page(ids('purchase').length))),
    read(ids('customer'), () => listCustomerRecords(reader, { ids: ids('customer') }, page(ids('customer').length))),
    read(ids('store_delivery'), () => listDeliveryRecords(reader, ids('store_delivery'))),
  ])
  const dataOf = (event: EventRecord, subject: WebhookSubject, hasKeyStrings: boolean): unknown => {
    const id = idOf(event, subject) ?? ''
    const gone = { id, deleted: true }
    switch (subject) {
      case 'license_key': {
        const key = (hasKeyStrings ? whole : masked)?.get(id)
        return key ? showKey(key) : gone
      }
      case 'activation': {
        const activation = activations.get(id)
        return activation ? showActivation(activation) : gone
      }
      case 'purchase': {
        const purchase = purchases.get(id)
        return purchase ? showPurchase(purchase) : gone
      }
      case 'customer': {
        const customer = customers.get(id)
        return customer ? showCustomer(customer) : gone
      }
      case 'store_delivery': {
        const delivery = deliveries.get(id)
        return delivery ? showDelivery(delivery) : gone
      }
    }
  }
  return new Map(
    messages.map((message) => {
      const { id, type, createdAt, target } = message
      const found = of(message)
      const body = found
        ? {
            ...{ type, timestamp: time(found.event.at), event: showEvent(found.event) },
            data: dataOf(found.event, found.about, target.hasKeyStrings),
          }
        : { type, timestamp: time(createdAt), test: true, event: null, data: isType(type) ? exampleOf(type) : {} }
      return [id, JSON.stringify(body)]
    }),
  )
}

/** What an event names of that kind. */
const idOf = (event: EventRecord, subject: WebhookSubject): string | null =>
  ({
    license_key: event.licenseKeyId,
    activation: event.activationId,
    purchase: event.purchaseId,
    customer: event.customerId,
    // No column of an event: of this kind there are few.
    store_delivery: typeof event.data.deliveryId === 'string' ? event.data.deliveryId : null,
  })[subject]

/** A record such as a message of this type has. */
export const exampleOf = (type: WebhookType) => examples[webhookTypes[type].about]

/** What a message of this type looks like. */
export function exampleBody(type: WebhookType): object {
  const { event, timestamp } = examples
  return { type, timestamp, event: { ...event, type: factOf(type) }, data: exampleOf(type) }
}

// The types that no fact has by that name.
const facts: Partial<Record<WebhookType, string>> = {
  'activation.replaced': 'activation.created',
  'activation.updated': 'activation.renamed',
}
const factOf = (type: WebhookType): string => facts[type] ?? type
