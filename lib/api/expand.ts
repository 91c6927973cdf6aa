import '#server-only'
import { z } from 'zod'
import { listActivationsOf } from '../activations/records.ts'
import type { ApiClient } from '../base/actor.ts'
import { listCustomerRecords } from '../customers/queries.ts'
import { listKeyConfigurationRecords } from '../key-configurations/records.ts'
import { listProductRecords } from '../products/queries.ts'
import { listPurchaseRecords } from '../purchases/queries.ts'
import { Activation, showActivation } from './activations.ts'
import { Customer, showCustomer } from './customers.ts'
import { KeyConfiguration, showKeyConfiguration } from './key-configuration-shape.ts'
import { Product, showProduct } from './products.ts'
import { Purchase, showPurchase } from './purchase-shape.ts'
import { shown } from './wire.ts'

// What stands around keys, whole, in the same answer: one query for each kind and page, however many keys there are.

const DEVICES_MAX = 100
const kinds = ['customer', 'product', 'key_configuration', 'purchase', 'activations'] as const
type Kind = (typeof kinds)[number]

/** The parameter of calls that read keys. */
export const expandKeys = {
  'expand[]': z
    .array(z.enum(kinds))
    .min(1)
    .max(kinds.length)
    .optional()
    .describe(
      `What to put whole into \`expanded\`; repeat it for several. Each takes the scope that reads it. Of activations the oldest ${DEVICES_MAX} live ones of each key.`,
    ),
}

/** What is put into a key's answer. */
export const Expanded = shown(
  'ExpandedLicenseKey',
  'What `expand[]` asked for, whole.',
  z.object({
    customer: Customer.optional(),
    product: Product.nullable().optional(),
    key_configuration: KeyConfiguration.optional(),
    purchase: Purchase.nullable().optional(),
    activations: z
      .object({ data: z.array(Activation), has_more: z.boolean() })
      .optional()
      .describe('Live ones, the oldest first.'),
  }),
)

type Key = {
  id: string
  customer_id: string
  product_id: string | null
  key_configuration_id: string
  purchase_id: string | null
}

/** The keys with what was asked for around each. */
export async function expanded<K extends Key>(
  client: ApiClient,
  keys: K[],
  wanted: readonly Kind[] | undefined,
): Promise<(K & { expanded?: z.input<typeof Expanded> })[]> {
  if (!wanted) return keys
  const asks = new Set(wanted)
  const among = (idOf: (key: Key) => string | null) => [...new Set(keys.flatMap((key) => idOf(key) ?? []))]
  const page = { sort: 'createdAt', dir: 'asc', limit: keys.length } as const
  const by = async <T extends { id: string }>(kind: Kind, read: () => Promise<T[]>) =>
    new Map(asks.has(kind) ? (await read()).map((row) => [row.id, row] as const) : [])
  const [customers, products, configurations, purchases, activations] = await Promise.all([
    by('customer', () => listCustomerRecords(client, { ids: among((key) => key.customer_id) }, page)),
    by('product', () => listProductRecords(client, { ids: among((key) => key.product_id), status: 'all' }, page)),
    by('key_configuration', () =>
      listKeyConfigurationRecords(client, { ids: among((key) => key.key_configuration_id), status: 'all' }, page),
    ),
    by('purchase', () => listPurchaseRecords(client, { ids: among((key) => key.purchase_id) }, page)),
    asks.has('activations')
      ? listActivationsOf(
          client,
          among((key) => key.id),
          DEVICES_MAX + 1,
        )
      : null,
  ])
  return keys.map((key) => {
    const product = products.get(key.product_id ?? '')
    const purchase = purchases.get(key.purchase_id ?? '')
    const customer = customers.get(key.customer_id)
    const configuration = configurations.get(key.key_configuration_id)
    const devices = activations?.get(key.id) ?? []
    return {
      ...key,
      expanded: {
        ...(customer && { customer: showCustomer(customer) }),
        ...(asks.has('product') && { product: product ? showProduct(product) : null }),
        ...(configuration && { key_configuration: showKeyConfiguration(configuration) }),
        ...(asks.has('purchase') && { purchase: purchase ? showPurchase(purchase) : null }),
        ...(activations && {
          activations: {
            data: devices.slice(0, DEVICES_MAX).map(showActivation),
            has_more: devices.length > DEVICES_MAX,
          },
        }),
      },
    }
  })
}
