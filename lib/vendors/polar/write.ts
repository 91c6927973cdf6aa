import type { Json, JsonObject } from '../../base/json.ts'
import type { ActivationAnswer, KeyAnswer, KeyRecord } from '../../license-keys/schema.ts'
import type { Parts } from '../../operations/line.ts'
import { fieldsOf, uuidId } from '../../operations/spelling.ts'
import type { Outcome } from '../../operations/verbs.ts'

// Polar's objects. Its SDKs refuse a body that lacks a field, and each generation asks for others; these bodies satisfy all from 0.20 to 1.0.

/** The versions of the API that clients name in `Polar-Version`; without the header they mean the first. */
export const versions = ['2026-04', '2026-10', '2027-01'] as const
export type Version = (typeof versions)[number]

const time = (value: Date | null): string | null => value?.toISOString() ?? null

// Old SDKs ask for a picture. This one is empty and is loaded from nowhere.
const noPicture = 'data:image/svg+xml,%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22/%3E'

/** A customer; what Latchkey does not know of one is null. */
export const writeCustomer = (customer: KeyRecord['customer'], organizationId: string) => ({
  id: customer.id,
  created_at: time(customer.createdAt),
  modified_at: time(customer.modifiedAt),
  metadata: {},
  external_id: customer.externalId,
  email: customer.email,
  email_verified: false,
  type: 'individual',
  name: customer.name,
  billing_name: null,
  billing_address: null,
  tax_id: null,
  organization_id: organizationId,
  locale: null,
  default_payment_method_id: null,
  first_user_event_at: null,
  deleted_at: null,
  avatar_url: noPicture,
})

/** What a client calls the rows around a key, in its own request. */
type Names = { organization_id?: unknown; benefit_id?: unknown }

/** A key. No limit is null, and so is taking no devices at all: Polar knows no difference. */
export function writeKey(key: KeyRecord, version: Version, names: Names = {}) {
  const { customer } = key
  const organizationId = uuidId(key.organization, names.organization_id)
  return {
    id: key.id,
    created_at: time(key.createdAt),
    modified_at: time(key.modifiedAt),
    organization_id: organizationId,
    // Of SDKs before 0.34:
    user_id: customer.id,
    user: {
      id: customer.id,
      email: customer.email,
      public_name: customer.name ?? customer.email,
      avatar_url: noPicture,
    },
    customer_id: customer.id,
    customer: writeCustomer(customer, organizationId),
    ...(version !== '2026-04' && { member_id: null, member: null }),
    // Polar tells clients to compare it with the one they know.
    benefit_id: uuidId(key.configuration, names.benefit_id),
    key: key.keyString,
    display_key: key.displayKey,
    status: key.status,
    limit_activations: key.limitActivations || null,
    usage: key.usage,
    limit_usage: key.limitUsage,
    validations: key.validations,
    last_validated_at: time(key.lastValidatedAt),
    expires_at: time(key.expiresAt),
  }
}

/** A key as validate and activate answer it: `answer` has what the call itself counted, and later versions say what it was bought with. */
export function writeGrantedKey(answer: KeyAnswer, record: KeyRecord, version: Version, { body }: Pick<Parts, 'body'>) {
  const key = writeKey({ ...record, ...answer }, version, fieldsOf(body))
  return version === '2027-01' ? { ...key, ...boughtWith(record.purchase) } : key
}

/** A purchase is a subscription or an order. */
export const boughtBy = (purchase: KeyRecord['purchase']) => ({
  subscription_id: purchase?.kind === 'subscription' ? purchase.id : null,
  order_id: purchase?.kind === 'one_time' ? purchase.id : null,
})

// The periods of a subscription are the store's to know; a made-up end might lock somebody out.
function boughtWith(purchase: KeyRecord['purchase']) {
  const order = purchase?.kind === 'one_time' ? purchase : null
  return {
    ...boughtBy(purchase),
    subscription: null,
    order: order && {
      id: order.id,
      created_at: time(order.purchasedAt),
      status: order.status === 'refunded' ? 'refunded' : 'paid',
      paid: true,
    },
  }
}

/** A device of a key. Its conditions are never shown. */
export const writeActivation = (activation: ActivationAnswer) => ({
  id: activation.id,
  license_key_id: activation.licenseKeyId,
  label: activation.label,
  meta: flat(activation.meta),
  created_at: time(activation.createdAt),
  modified_at: time(activation.modifiedAt),
})

/** Polar's metadata has no levels and no null: SDKs refuse both, so what lies deeper is shown as its JSON text. */
export const flat = (meta: JsonObject): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(meta)
      .filter((entry): entry is [string, Exclude<Json, null>] => entry[1] !== null)
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : value]),
  )

/** One page of a list. */
export const writeList = (items: unknown[], total: number, limit: number) => ({
  items,
  pagination: { total_count: total, max_page: Math.ceil(total / limit) },
})

/** A session of a customer. Its token is in no other answer. */
export function writeSession({ session, portalUrl }: Outcome<'createCustomerSession'>, { body }: Pick<Parts, 'body'>) {
  const { customer } = session
  return {
    id: session.id,
    created_at: time(session.createdAt),
    modified_at: null,
    token: session.token,
    expires_at: time(session.expiresAt),
    return_url: (body as { return_url?: string | null }).return_url ?? null,
    customer_portal_url: portalUrl,
    customer_id: customer.id,
    customer: writeCustomer(customer, session.organizationId),
  }
}
