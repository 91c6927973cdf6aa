import { z } from 'zod'
import type { ActivationRecord } from '../../activations/schema.ts'
import { INT4_MAX } from '../../base/numbers.ts'
import type { KeyRecord } from '../../license-keys/schema.ts'
import type { Answer, Parts } from '../../operations/line.ts'
import { inTable, limitIn, momentIn, narrowed, numberId, numberIn, wholeNumber } from '../../operations/spelling.ts'
import type { Outcome } from '../../operations/verbs.ts'
import { document } from './problems.ts'

// The resources of Lemon Squeezy: JSON:API documents with whole numbers for ids.

/** Six digits of a second, as they write times. */
export const time = (moment: Date) => moment.toISOString().replace('Z', '000Z')

/** `inactive` is valid too: not on any device yet. */
export function statusOf({ shownStatus, devices }: KeyRecord): 'inactive' | 'active' | 'expired' | 'disabled' {
  if (shownStatus === 'disabled' || shownStatus === 'revoked') return 'disabled'
  if (shownStatus === 'expired') return 'expired'
  return devices > 0 ? 'active' : 'inactive'
}

/** 0 is nobody's number: a key without a product is for none. */
export const productId = ({ product }: KeyRecord) => (product ? numberId(product) : 0)

/** Stores write the order's number on the purchase. */
export const orderId = ({ purchase }: KeyRecord) =>
  purchase ? (wholeNumber(purchase.reference) ?? purchase.number) : 0

// ---------------------------------------------------------------- requests

const PAGE_SIZE_MAX = 100
const OFFSET_MAX = INT4_MAX

/** Pages count from 1. */
function pageIn(query: URLSearchParams) {
  const size = numberIn(query.get('page[size]')) ?? 10
  const number = numberIn(query.get('page[number]')) ?? 1
  const limit = typeof size === 'number' ? Math.min(size, PAGE_SIZE_MAX) : size
  const isWrong = typeof number === 'string' || typeof limit === 'string'
  return { dir: 'asc', limit, offset: isWrong ? number : Math.min((number - 1) * limit, OFFSET_MAX) } as const
}

/** The rows a filter names; a text that is no number names none. */
function numbersIn(query: URLSearchParams, name: string): number[] | undefined {
  const text = query.get(`filter[${name}]`)
  if (!text) return undefined
  const number = wholeNumber(text)
  return number === null ? [] : [number]
}

const includesIn = ({ query }: Parts): string[] => (query.get('include') ?? '').split(',')

const statuses: Record<string, object> = {
  active: { statuses: ['granted'], expired: false, activated: true },
  inactive: { statuses: ['granted'], expired: false, activated: false },
  expired: { statuses: ['granted'], expired: true },
  disabled: { statuses: ['disabled', 'revoked'] },
}

export function readKeys(parts: Parts) {
  const { query } = parts
  // An order has one item here, and both have its number.
  const [orders, items] = [numbersIn(query, 'order_id'), numbersIn(query, 'order_item_id')]
  return {
    ...pageIn(query),
    withActivations: includesIn(parts).includes('license-key-instances'),
    filter: {
      organizationNumbers: numbersIn(query, 'store_id'),
      purchaseNumbers: orders && items ? orders.filter((number) => items.includes(number)) : (orders ?? items),
      productNumbers: numbersIn(query, 'product_id'),
      ...narrowed(statuses, query, 'filter[status]'),
    },
  }
}

/** The id in a path; what is no number names nothing. */
const idIn = ({ params }: Parts) => wholeNumber(params.id ?? '') ?? ''

export const readKey = (parts: Parts) => ({ key: idIn(parts) })

const KeyDocument = z.object({ data: z.object({ attributes: z.looseObject({}) }) })

/**
 * Their SDK sends `disabled: false` with every update that does not say otherwise. Beside other attributes it is therefore no wish: a key
 * that was switched off stays off when its limit or its date is changed. Alone it switches the key on, unless that was revoked.
 */
export function readChange(parts: Parts) {
  const { activation_limit, expires_at, disabled } = KeyDocument.parse(parts.body).data.attributes
  const isAlone = activation_limit === undefined && expires_at === undefined
  return {
    key: idIn(parts),
    changes: {
      disabled: disabled === null || (disabled === false && !isAlone) ? undefined : disabled,
      activations: activation_limit === undefined ? undefined : limitIn(activation_limit),
      expiresAt: momentIn(expires_at),
    },
  }
}

export const readActivation = (parts: Parts) => ({ activation: idIn(parts), licenseKeyId: null })

export function readInstances({ query }: Parts) {
  const [number] = numbersIn(query, 'license_key_id') ?? []
  const isNone = number === undefined && Boolean(query.get('filter[license_key_id]'))
  return { ...pageIn(query), licenseKeyId: isNone ? '' : null, licenseKeyNumber: number ?? null }
}

// ---------------------------------------------------------------- resources

type Resource = { type: string; id: string; attributes: object; relationships?: object; links?: object }

const resource = (type: string, id: number, attributes: object): Resource => ({ type, id: String(id), attributes })

/** What stands beside a key, by the name clients include it by; null when there is none. */
const around: Record<string, (record: KeyRecord) => Resource | null> = {
  store: ({ organization }) => resource('stores', numberId(organization), { name: organization.name }),
  customer: ({ organization, customer }) =>
    resource('customers', numberId(customer), {
      store_id: numberId(organization),
      name: customer.name ?? '',
      email: customer.email,
      created_at: time(customer.createdAt),
      updated_at: time(customer.modifiedAt),
      test_mode: false,
    }),
  order: (record) =>
    record.purchase &&
    resource('orders', orderId(record), {
      store_id: numberId(record.organization),
      customer_id: numberId(record.customer),
      identifier: record.purchase.id,
      order_number: orderId(record),
      user_name: record.customer.name ?? '',
      user_email: record.customer.email,
      status: record.purchase.status === 'refunded' ? 'refunded' : 'paid',
      refunded: record.purchase.status === 'refunded',
      created_at: time(record.purchase.purchasedAt),
      test_mode: false,
    }),
  'order-item': (record) =>
    record.purchase &&
    resource('order-items', orderId(record), {
      order_id: orderId(record),
      product_id: productId(record),
      variant_id: numberId(record.configuration),
      product_name: record.product?.name ?? '',
      variant_name: record.configuration.name,
      created_at: time(record.purchase.purchasedAt),
    }),
  variant: ({ product, configuration, createdAt }) =>
    resource('variants', numberId(configuration), {
      product_id: product ? numberId(product) : 0,
      name: configuration.name,
      has_license_keys: true,
      status: 'published',
      created_at: time(createdAt),
      test_mode: false,
    }),
  product: ({ organization, product }) =>
    product &&
    resource('products', numberId(product), {
      store_id: numberId(organization),
      name: product.name,
      test_mode: false,
    }),
}

type Linkage = { type: string; id: string } | { type: string; id: string }[] | null

const identifier = ({ type, id }: Resource) => ({ type, id })

const linksOf = (self: string, name: string) => ({
  related: `${self}/${name}`,
  self: `${self}/relationships/${name}`,
})

/** What a resource is related to; what was included is named as well, as JSON:API asks, so that clients find it. */
const relationships = (self: string, names: string[], included: Record<string, Linkage> = {}) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      { links: linksOf(self, name), ...(Object.hasOwn(included, name) && { data: included[name] }) },
    ]),
  )

/** By what name clients ask for what is around a key. */
export const relatedToKeys = [...Object.keys(around), 'license-key-instances']

const words = { inactive: 'Inactive', active: 'Active', expired: 'Expired', disabled: 'Disabled' } as const

function keyResource(record: KeyRecord, url: string, names: string[] = [], activations?: ActivationRecord[]): Resource {
  const id = numberId(record)
  const status = statusOf(record)
  const self = `${url}/v1/license-keys/${id}`
  return {
    type: 'license-keys',
    id: String(id),
    attributes: {
      store_id: numberId(record.organization),
      customer_id: numberId(record.customer),
      order_id: orderId(record),
      order_item_id: orderId(record),
      product_id: productId(record),
      user_name: record.customer.name ?? '',
      user_email: record.customer.email,
      key: record.keyString,
      key_short: `XXXX-${record.keyString.slice(-12)}`,
      activation_limit: record.limitActivations,
      instances_count: record.devices,
      disabled: status === 'disabled' ? 1 : 0,
      status,
      status_formatted: words[status],
      expires_at: record.expiresAt && time(record.expiresAt),
      created_at: time(record.createdAt),
      updated_at: time(record.modifiedAt),
      test_mode: false,
    },
    relationships: relationships(self, relatedToKeys, linkage(record, url, names, activations)),
    links: { self },
  }
}

function linkage(record: KeyRecord, url: string, names: string[], activations: ActivationRecord[] = []) {
  const known = names.filter((name) => relatedToKeys.includes(name))
  return Object.fromEntries(
    known.map((name): [string, Linkage] => {
      if (name === 'license-key-instances') return [name, instancesOf(activations, [record], url).map(identifier)]
      const related = inTable(around, name)?.(record)
      return [name, related ? identifier(related) : null]
    }),
  )
}

function instanceResource(
  activation: ActivationRecord,
  record: KeyRecord,
  url: string,
  names: string[] = [],
): Resource {
  const id = numberId(activation)
  const self = `${url}/v1/license-key-instances/${id}`
  return {
    type: 'license-key-instances',
    id: String(id),
    attributes: {
      license_key_id: numberId(record),
      // What the license API calls instance_id.
      identifier: activation.id,
      name: activation.label,
      created_at: time(activation.createdAt),
      updated_at: time(activation.modifiedAt ?? activation.createdAt),
    },
    relationships: relationships(
      self,
      ['license-key'],
      names.includes('license-key') ? { 'license-key': { type: 'license-keys', id: String(numberId(record)) } } : {},
    ),
    links: { self },
  }
}

/** What was asked to be included, each once. */
function included(parts: Parts, records: KeyRecord[], activations: ActivationRecord[], inside: 'keys' | 'instances') {
  const names = includesIn(parts)
  const found =
    inside === 'keys' ? records.flatMap((record) => names.flatMap((name) => inTable(around, name)?.(record) ?? [])) : []
  if (inside === 'keys' && names.includes('license-key-instances')) {
    found.push(...instancesOf(activations, records, parts.url))
  }
  if (inside === 'instances' && names.includes('license-key')) {
    found.push(...records.map((record) => keyResource(record, parts.url)))
  }
  const once = new Map(found.map((resource) => [`${resource.type} ${resource.id}`, resource]))
  return once.size > 0 ? { included: [...once.values()] } : {}
}

function instancesOf(
  activations: ActivationRecord[],
  records: KeyRecord[],
  url: string,
  names: string[] = [],
): Resource[] {
  const keys = new Map(records.map((record) => [record.id, record]))
  return activations.flatMap((activation) => {
    const record = keys.get(activation.licenseKeyId)
    return record ? [instanceResource(activation, record, url, names)] : []
  })
}

// ---------------------------------------------------------------- answers

const single = (data: Resource, more: object = {}): Answer => document(200, { links: data.links, data, ...more })

export const writeKey = (
  { record, activations = [] }: { record: KeyRecord; activations?: ActivationRecord[] },
  parts: Parts,
): Answer =>
  single(keyResource(record, parts.url, includesIn(parts), activations), included(parts, [record], activations, 'keys'))

export const writeKeys = ({ records, activations, total }: Outcome<'listKeys'>, parts: Parts): Answer =>
  list(
    records.map((record) => keyResource(record, parts.url, includesIn(parts), activations)),
    total,
    '/v1/license-keys',
    parts,
    included(parts, records, activations, 'keys'),
  )

export const writeActivation = ({ activation, record }: Outcome<'getActivation'>, parts: Parts): Answer =>
  single(instanceResource(activation, record, parts.url, includesIn(parts)), included(parts, [record], [], 'instances'))

export const writeInstances = ({ activations, records, total }: Outcome<'listActivations'>, parts: Parts): Answer =>
  list(
    instancesOf(activations, records, parts.url, includesIn(parts)),
    total,
    '/v1/license-key-instances',
    parts,
    included(parts, records, [], 'instances'),
  )

type KeyAnswer = { record: KeyRecord; activations?: ActivationRecord[] }

/** What a key's link `related` leads to; null where there is none. */
export const writeRelated =
  (name: string) =>
  ({ record, activations = [] }: KeyAnswer, parts: Parts): Answer => {
    const self = `${parts.url}/v1/license-keys/${numberId(record)}/${name}`
    const data =
      name === 'license-key-instances'
        ? instancesOf(activations, [record], parts.url)
        : (inTable(around, name)?.(record) ?? null)
    return document(200, { links: { self }, data })
  }

/** What its link `self` leads to: only which ones they are. */
export const writeRelationship =
  (name: string) =>
  ({ record, activations = [] }: KeyAnswer, parts: Parts): Answer => {
    const links = linksOf(`${parts.url}/v1/license-keys/${numberId(record)}`, name)
    return document(200, { links, data: linkage(record, parts.url, [name], activations)[name] })
  }

/** The same two of an instance, which is only related to its key. */
export const writeKeyOfInstance = ({ record }: Outcome<'getActivation'>, parts: Parts): Answer =>
  single(keyResource(record, parts.url))

export const writeInstanceRelationship = ({ activation, record }: Outcome<'getActivation'>, parts: Parts): Answer =>
  document(200, {
    links: linksOf(`${parts.url}/v1/license-key-instances/${numberId(activation)}`, 'license-key'),
    data: { type: 'license-keys', id: String(numberId(record)) },
  })

function list(data: Resource[], total: number, path: string, { query, url }: Parts, more: object): Answer {
  const { limit, offset } = pageIn(query) as { limit: number; offset: number }
  const currentPage = Math.floor(offset / limit) + 1
  const lastPage = Math.max(1, Math.ceil(total / limit))
  const page = {
    currentPage,
    from: data.length > 0 ? offset + 1 : null,
    lastPage,
    perPage: limit,
    to: data.length > 0 ? offset + data.length : null,
    total,
  }
  const link = (number: number) => {
    const at = new URLSearchParams(query)
    at.set('page[number]', String(number))
    at.set('page[size]', String(limit))
    return `${url}${path}?${at}`
  }
  const links = {
    first: link(1),
    last: link(lastPage),
    ...(currentPage < lastPage && { next: link(currentPage + 1) }),
    ...(currentPage > 1 && { prev: link(Math.min(currentPage - 1, lastPage)) }),
  }
  return document(200, { meta: { page }, links, data, ...more })
}
