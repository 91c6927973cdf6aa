import { z } from 'zod'
import type { ActivationRecord } from '../../activations/schema.ts'
import { INT4_MAX } from '../../base/numbers.ts'
import type { KeyRecord } from '../../license-keys/schema.ts'
import type { Answer, Parts } from '../../operations/line.ts'
import { idIn, limitIn, momentIn, namesOf, narrowed, numberIn, param, prefixedId } from '../../operations/spelling.ts'
import type { Outcome } from '../../operations/verbs.ts'

// License keys and their instances as Dodo Payments has them, and how it counts pages.

/** The id of a key's organization. */
export const businessId = ({ organization }: KeyRecord) => prefixedId('bus', organization)

/** Every key has a product there. One of ours that was issued without has its configuration in its place, which no product's id can be. */
export const productId = ({ product, configuration }: KeyRecord) => prefixedId('pdt', product ?? configuration)

/** An answer that says yes. */
export const ok = (body: unknown, status = 200): Answer => ({ status, body })

// ---------------------------------------------------------------- bodies

/** The fields of a body that must be an object: one without any would change nothing and say yes. */
export const bodyOf = ({ body }: Parts): Record<string, unknown> => z.looseObject({}).parse(body)

/** Their SDKs send no idempotency key, but count their own repetitions; the count of the first attempt is 0. */
export const isRepeated = ({ header }: Pick<Parts, 'header'>): boolean => Number(header('x-stainless-retry-count')) > 0

// ---------------------------------------------------------------- pages

const PAGE_SIZE_MAX = 100
const OFFSET_MAX = INT4_MAX

/**
 * Pages count from 0. But the iterator of their SDKs, when told nothing, asks for the page without a number and then for page 2: so that
 * page is pages 0 and 1 together, and both ways of iterating see everything once. Past the end there are no items, which ends both.
 */
export function pageOf(query: URLSearchParams) {
  const size = numberIn(query.get('page_size')) ?? 10
  const number = numberIn(query.get('page_number'))
  const limit = typeof size === 'number' ? Math.min(size, PAGE_SIZE_MAX) : size
  const newestFirst = { dir: 'desc' } as const
  if (number === null) return { ...newestFirst, offset: 0, limit: typeof limit === 'number' ? 2 * limit : limit }
  if (typeof number === 'string' || typeof limit === 'string') return { ...newestFirst, offset: number, limit }
  return { ...newestFirst, offset: Math.min(number * limit, OFFSET_MAX), limit }
}

/** Every name a row may have that a query calls so. */
export const namesIn = (query: URLSearchParams, name: string): string[] | undefined => {
  const value = param(query, name)
  return value === undefined ? undefined : namesOf(value)
}

// ---------------------------------------------------------------- license keys

const statuses: Record<string, object> = {
  active: { statuses: ['granted'], expired: false },
  expired: { statuses: ['granted'], expired: true },
  disabled: { statuses: ['disabled', 'revoked'] },
}

const sources: Record<string, object> = {
  auto: { sources: ['store', 'api'], imported: false },
  manual: { sources: ['manual'], imported: false },
  import: { imported: true },
}
const sourcesOfOne: Record<string, object> = { auto: { imported: false }, import: { imported: true } }

/** SDKs of the line 1.x know no `manual`, and some refuse an answer with a word they do not know. Each says which version it is. */
function isOfLineOne({ header }: Pick<Parts, 'header'>): boolean {
  const said =
    header('x-stainless-package-version') ?? /^Dodo ?Payments\/\S+ (\S+)/i.exec(header('user-agent') ?? '')?.[1]
  return /^[01]\./.test(said ?? '')
}

export function readKeys(parts: Parts) {
  const { query } = parts
  const until = momentIn(param(query, 'created_at_lte'))
  return {
    ...pageOf(query),
    filter: {
      customerIds: namesIn(query, 'customer_id'),
      productOrConfigurationIds: namesIn(query, 'product_id'),
      ...narrowed(statuses, query, 'status'),
      ...narrowed(isOfLineOne(parts) ? sourcesOfOne : sources, query, 'source'),
      createdFrom: momentIn(param(query, 'created_at_gte')),
      createdBefore: until instanceof Date ? new Date(until.getTime() + 1) : until,
    },
  }
}

export const readKeyId = ({ params }: Parts) => ({ key: idIn(params.id) })

export function readChange(parts: Parts) {
  const { activations_limit, disabled, expires_at } = bodyOf(parts)
  return {
    key: idIn(parts.params.id),
    changes: {
      disabled: disabled ?? undefined,
      activations: activations_limit === undefined ? undefined : limitIn(activations_limit),
      expiresAt: momentIn(expires_at),
    },
  }
}

export function readAdopt(parts: Parts) {
  const { key, product_id, customer_id, activations_limit = null, expires_at = null } = bodyOf(parts)
  return {
    keyString: key,
    product: product_id,
    customer: customer_id,
    activations: limitIn(activations_limit),
    expiresAt: momentIn(expires_at),
    repeated: isRepeated(parts),
  }
}

/** The state of a key in their words. */
export function keyStatus({ shownStatus }: KeyRecord): 'active' | 'expired' | 'disabled' {
  if (shownStatus === 'disabled' || shownStatus === 'revoked') return 'disabled'
  return shownStatus === 'expired' ? 'expired' : 'active'
}

function keySource({ externalId, purchase }: KeyRecord, parts: Pick<Parts, 'header'>): 'auto' | 'import' | 'manual' {
  if (externalId !== null) return 'import'
  if (isOfLineOne(parts)) return 'auto'
  return purchase && purchase.source !== 'manual' ? 'auto' : 'manual'
}

/** Stores write the number of their payment or subscription on the purchase. */
export function paymentOf({ purchase }: KeyRecord) {
  if (!purchase) return { payment_id: null, subscription_id: null }
  const named = { id: purchase.id, externalId: purchase.reference }
  return {
    payment_id: prefixedId('pay', named),
    subscription_id: purchase.kind === 'subscription' ? prefixedId('sub', named) : null,
  }
}

/** A key. */
export const keyOf = (record: KeyRecord, parts: Pick<Parts, 'header'>) => ({
  id: prefixedId('lic', record),
  brand_id: businessId(record),
  business_id: businessId(record),
  created_at: record.createdAt,
  customer_id: prefixedId('cus', record.customer),
  instances_count: record.devices,
  key: record.keyString,
  product_id: productId(record),
  source: keySource(record, parts),
  status: keyStatus(record),
  activations_limit: record.limitActivations,
  expires_at: record.expiresAt,
  ...paymentOf(record),
})

export const writeKey =
  (status = 200) =>
  ({ record }: { record: KeyRecord }, parts: Parts): Answer =>
    ok(keyOf(record, parts), status)

export const writeKeys = ({ records }: Outcome<'listKeys'>, parts: Parts): Answer =>
  ok({ items: records.map((record) => keyOf(record, parts)) })

// ---------------------------------------------------------------- license key instances

const namesOfKey = ['license_key_id', 'grant_id']

export function readInstances({ query }: Parts) {
  // A grant is its key; two that differ have no instance in common.
  const [id = null, ...others] = new Set(namesOfKey.flatMap((name) => idIn(param(query, name)) ?? []))
  return { ...pageOf(query), licenseKeyId: others.length > 0 ? '' : id, licenseKeyNumber: null }
}

export const readActivationId = ({ params }: Parts) => ({ activation: idIn(params.id), licenseKeyId: null })

export const readRename = (parts: Parts) => ({ activation: idIn(parts.params.id), label: bodyOf(parts).name })

const instanceOf = (activation: ActivationRecord, record: KeyRecord) => ({
  id: prefixedId('lki', activation),
  business_id: businessId(record),
  created_at: activation.createdAt,
  license_key_id: prefixedId('lic', record),
  name: activation.label,
})

export const writeInstance = ({ activation, record }: Outcome<'getActivation'>): Answer =>
  ok(instanceOf(activation, record))

export function writeInstances({ activations, records }: Outcome<'listActivations'>): Answer {
  const keys = new Map(records.map((record) => [record.id, record]))
  const items = activations.flatMap((activation) => {
    const record = keys.get(activation.licenseKeyId)
    return record ? [instanceOf(activation, record)] : []
  })
  return ok({ items })
}
