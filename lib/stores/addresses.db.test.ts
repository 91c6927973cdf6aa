import { expect, test } from 'vitest'
import { begin, end, handleAll, type Life, post } from '../../e2e/store-life.ts'
import { sample } from '../../e2e/store-samples.ts'
import { signers } from '../../e2e/store-signers.ts'
import { prisma } from '../database/client.ts'

// A buyer's address changes in the store: their customer has the new one here, and so has what they bought.

const OLD = 'lena@customer.example'
const NEW = 'lena.ortiz@customer.example'

type Told = { type: string; body: string; at: string }

/** A sample in JSON, with another address and more where it is named. */
function told(store: string, name: string, at: string, change: (json: never) => unknown = (json) => json): Told {
  const json = JSON.parse(sample(store, name).toString())
  const body = JSON.stringify(change(json as never))
  return { type: json.type ?? json.event_type ?? json.meta?.event_name ?? '', body, at }
}

const ping = (at: string, fields: Record<string, string>): Told => {
  const form = new URLSearchParams(sample('gumroad', 'sale-charge-of-a-membership').toString())
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return { type: 'sale', body: form.toString(), at }
}
const first = { sale_id: 'first', sale_timestamp: '2026-09-01T10:00:05Z', is_recurring_charge: 'false' }
const next = { sale_id: 'next', sale_timestamp: '2027-09-01T10:00:05Z', email: NEW }

const START = '2026-09-01T10:00:06Z'
const LATER = '2027-09-01T10:05:00Z'

const lemonCustomer = {
  meta: { event_name: 'customer_updated', test_mode: false },
  data: { type: 'customers', id: '501', attributes: { email: NEW, name: 'Lena Ortiz', updated_at: LATER } },
}

type Polar = { data: { customer: { email: string } } }

const stores: [string, Pick<Life, 'store' | 'secret' | 'headers' | 'products'>, Told[], Told, string][] = [
  [
    'Stripe tells of the customer',
    {
      ...{ store: 'stripe', secret: 'whsec_TestInkwell0123456789abcdef', headers: signers.stripe },
      products: { prod_Quill: 'Quill Pro', price_QuillYear: 'Quill Pro' },
    },
    [
      told('stripe', 'customer.subscription.created', START),
      told('stripe', 'customer.subscription.updated-first-payment-went-through', START),
      told('stripe', 'invoice.paid-first', START),
    ],
    told('stripe', 'customer.updated-e-mail-changed', LATER),
    NEW,
  ],
  [
    'Polar tells of it with the next order',
    {
      ...{ store: 'polar', secret: 'whsec_polarInkwell0123456789', headers: signers.standard((secret) => secret) },
      products: {},
    },
    [told('polar', 'subscription.active', START)],
    told('polar', 'subscription.cycled', LATER, ({ data, ...json }: Polar) => ({
      ...json,
      data: { ...data, customer: { ...data.customer, email: NEW, modified_at: LATER } },
    })),
    NEW,
  ],
  [
    'Paddle tells of the customer',
    {
      ...{ store: 'paddle', secret: 'pdl_ntfset_01quill_InkwellTestSecret', headers: signers.paddle },
      products: { pro_01quill: 'Quill Pro', pro_01studio: 'Quill Studio' },
    },
    [told('paddle', 'customer.created', START), told('paddle', 'transaction.completed-one-time-two-products', START)],
    told('paddle', 'customer.updated', '2026-10-10T12:00:00Z'),
    NEW,
  ],
  [
    'Lemon Squeezy tells of the customer',
    {
      ...{ store: 'lemonsqueezy', secret: 'inkwell-ls-secret', headers: signers.lemonsqueezy },
      products: { '4002': 'Quill Pro', '3001': 'Quill Pro' },
    },
    [told('lemonsqueezy', 'subscription_created', START)],
    { type: 'customer_updated', body: JSON.stringify(lemonCustomer), at: LATER },
    NEW,
  ],
  [
    'Gumroad charges a membership anew',
    { store: 'gumroad', secret: null, headers: () => ({}), products: { 'Pr0dQuill==': 'Quill Pro' } },
    [ping(START, first)],
    ping(LATER, { ...next, is_recurring_charge: 'true' }),
    NEW,
  ],
  [
    'Gumroad charges the membership of somebody without an account anew',
    { store: 'gumroad', secret: null, headers: () => ({}), products: { 'Pr0dQuill==': 'Quill Pro' } },
    [ping(START, { ...first, purchaser_id: '' })],
    ping(LATER, { ...next, purchaser_id: '', is_recurring_charge: 'true' }),
    NEW,
  ],
  [
    // At a checkout anybody types any address.
    'Gumroad sells something else to the same account',
    { store: 'gumroad', secret: null, headers: () => ({}), products: { 'Pr0dQuill==': 'Quill Pro' } },
    [ping(START, first)],
    ping(LATER, { ...next, subscription_id: '', recurrence: '', is_recurring_charge: 'false' }),
    OLD,
  ],
]

test.each(stores)('%s', async (_, store, sold, change, expected) => {
  const steps = [{ what: 'it is connected', at: '2026-09-01T10:00:00Z', sends: [], stands: [] }]
  const products = store.store === 'polar' ? polarProducts() : store.products
  const telling = await begin({ ...store, products, steps })
  const tell = async ({ type, body, at }: Told, id: string) => {
    await post(telling, { id, type, body, at }, new Date(at))
    await handleAll(telling, new Date(at))
  }
  const addresses = async () => {
    const { organizationId } = telling
    const where = { organizationId, licenseKeys: { some: {} } }
    const purchases = await prisma.purchase.findMany({ where, select: { customer: { select: { email: true } } } })
    return [...new Set(purchases.map(({ customer }) => customer.email))]
  }
  for (const [index, each] of sold.entries()) await tell(each, `msg_${index}`)
  expect(await addresses()).toEqual([OLD])
  await tell(change, 'msg_change')
  expect(await addresses()).toEqual([expected])
  await end(telling)
})

function polarProducts(): Record<string, string> {
  const { data } = JSON.parse(sample('polar', 'subscription.active').toString())
  return { [data.product_id]: 'Quill Pro' }
}
