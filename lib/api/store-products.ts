import '#server-only'
import { z } from 'zod'
import { QuantityMeaning } from '#prisma/enums.ts'
import { Text } from '../base/json.ts'
import { placeProduct } from '../stores/commands.ts'
import { listStoreProducts, type StoreProductItem } from '../stores/queries.ts'
import { endpoint } from './endpoint.ts'
import { asked, Count, Id, shown, Time, time } from './wire.ts'

const StoreProduct = shown(
  'StoreProduct',
  'What a store sells, and which product it is here.',
  z.object({
    ref: z.string().describe('The store’s id of it.'),
    name: z.string().nullable().describe('What the store calls it, as far as known.'),
    product_id: Id.nullable(),
    ignored: z.boolean().describe('Nothing is sold here with it.'),
    quantity_is: z
      .enum(QuantityMeaning)
      .describe('What three of it are: three keys, or one for three times the devices.'),
    waiting_sales: Count,
    first_seen_at: Time,
  }),
)
const StoreProducts = shown('StoreProducts', 'All of them.', z.object({ data: z.array(StoreProduct) }))

const showProduct = (item: StoreProductItem): z.input<typeof StoreProduct> => ({
  ref: item.ref,
  name: item.name,
  product_id: item.product?.id ?? null,
  ignored: item.isIgnored,
  quantity_is: item.quantityIs,
  waiting_sales: item.waiting,
  first_seen_at: time(item.firstSeenAt),
})

const Place = asked(
  'PlaceStoreProduct',
  z
    .strictObject({
      ref: Text(1_000, 1).describe('The store’s id of what it sells.'),
      product_id: Id.optional().describe('Which product it is here.'),
      ignored: z.literal(true).optional().describe('Nothing is sold here with it.'),
      quantity_is: z.enum(QuantityMeaning).default('keys'),
    })
    .refine(({ product_id, ignored }) => (product_id === undefined) !== (ignored === undefined), {
      path: ['product_id'],
      error: 'Send either product_id or "ignored": true',
    })
    .meta({ oneOf: [{ required: ['product_id'] }, { required: ['ignored'] }] }),
)

const tag = 'Stores'
const read = { tag, permissions: ['stores.read'], status: 200 } as const
const write = { tag, permissions: ['stores.write'], status: 200 } as const

/** What stores sell, and which product that is here. */
export const storeProductEndpoints = [
  endpoint({
    ...read,
    operation: 'listStoreProducts',
    method: 'GET',
    path: '/stores/{id}/products',
    summary: 'List what a store sells',
    description: 'As far as it has been heard of. What nobody has placed yet comes first.',
    answer: StoreProducts,
    run: async (client, { id }) => ({ data: (await listStoreProducts(client, id)).map(showProduct) }),
  }),
  endpoint({
    ...write,
    operation: 'placeStoreProduct',
    method: 'POST',
    path: '/stores/{id}/products',
    summary: 'Say which product something is',
    description: 'What waited for that is handled. Repeating it is not an error.',
    body: Place,
    example: { ref: 'quill-pro', product_id: '01a3c5d2-8d0f-7a21-8c33-2f5a9b7e4d02' },
    answer: StoreProducts,
    refuses: ['NOT_FOUND'],
    run: async (client, { id, body, now }) => {
      const { ref, product_id, quantity_is } = body
      const as = product_id ? ({ kind: 'product', productId: product_id } as const) : ({ kind: 'ignored' } as const)
      await placeProduct(client, { connectionId: id, ref, as, quantityIs: quantity_is }, now)
      return { data: (await listStoreProducts(client, id)).map(showProduct) }
    },
  }),
]
