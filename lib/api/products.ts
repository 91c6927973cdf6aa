import '#server-only'
import { z } from 'zod'
import { line, paragraphs } from '../base/fields.ts'
import { Text } from '../base/json.ts'
import { inOneTransaction } from '../database/client.ts'
import { setExternalIds } from '../metadata/commands.ts'
import { metadataOf } from '../metadata/rules.ts'
import { archiveProduct, createProduct, restoreProduct, updateProduct } from '../products/commands.ts'
import {
  getProductRecord,
  listProductRecords,
  type ProductRecord,
  type ProductRecordSort,
} from '../products/queries.ts'
import { limits } from '../products/schema.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import {
  archiveFilterOf,
  asked,
  ExternalIds,
  Id,
  Metadata,
  MetadataChanges,
  metadataFilter,
  NAMED,
  NewMetadata,
  shown,
  Time,
  time,
  timeOrNull,
  YesOrNo,
} from './wire.ts'

const TAKES_OVER =
  'Products whose key goes on with a purchase of this one in a store: the newest key of the customer keeps its string and its devices. For upgrades, and for a lifetime bought on top of a subscription.'

/** What an answer says of one. */
export const Product = shown(
  'Product',
  'What is sold.',
  z.object({
    id: Id,
    external_ids: z.array(z.string()).describe('Ids other systems know it by.'),
    name: z.string(),
    description: z.string().nullable(),
    key_configurations: z
      .array(z.object({ id: Id, name: z.string() }))
      .describe('Each purchase issues one key of each.'),
    takes_over_product_ids: z.array(Id).describe(TAKES_OVER),
    metadata: Metadata,
    archived_at: Time.nullable(),
    created_at: Time,
    modified_at: Time,
  }),
)

/** A product as the API shows it. */
export const showProduct = (product: ProductRecord): z.input<typeof Product> => ({
  id: product.id,
  external_ids: product.externalIds,
  name: product.name,
  description: product.description,
  key_configurations: product.keyConfigurations,
  takes_over_product_ids: product.takesOver,
  metadata: metadataOf(product.metadata),
  archived_at: timeOrNull(product.archivedAt),
  created_at: time(product.createdAt),
  modified_at: time(product.updatedAt),
})

const name = line('A name', limits.name).min(1, 'Enter a name.').meta(NAMED)
const description = paragraphs('A description', limits.description)
  .transform((text): string | null => text || null)
  .nullable()
const ids = z
  .array(Id)
  .max(500)
  .transform((list) => [...new Set(list)])
  .describe('Each purchase issues one key of each.')
const taken = z
  .array(Id)
  .max(500)
  .transform((list) => [...new Set(list)])
  .describe(TAKES_OVER)
const Create = asked(
  'CreateProduct',
  z.strictObject({
    name,
    description: description.default(null),
    key_configuration_ids: ids.default([]),
    takes_over_product_ids: taken.default([]),
    metadata: NewMetadata,
    external_ids: ExternalIds.optional(),
  }),
)
const Changes = asked(
  'ProductChanges',
  z.strictObject({
    name: name.optional(),
    description: description.optional(),
    key_configuration_ids: ids.optional(),
    takes_over_product_ids: taken.optional(),
    metadata: MetadataChanges,
    external_ids: ExternalIds.optional(),
  }),
)

const sorts = {
  created_at: { by: 'createdAt', kind: 'time', value: (product) => product.createdAt },
  name: { by: 'name', kind: 'text', value: (product) => product.name },
} satisfies Sorts<ProductRecord, ProductRecordSort>

const tag = 'Products'
const write = ['catalogue.write'] as const

const archiveEndpoint = (verb: 'archive' | 'restore', change: typeof archiveProduct, description: string): Endpoint =>
  endpoint({
    operation: `${verb}Product`,
    method: 'POST',
    path: `/products/{id}/${verb}`,
    tag,
    summary: verb === 'archive' ? 'Archive a product' : 'Restore a product',
    description,
    permissions: write,
    status: 200,
    answer: Product,
    run: async (client, { id, now }) => {
      await change(client, { id }, now)
      return showProduct(await getProductRecord(client, id))
    },
  })

export const productEndpoints = [
  endpoint({
    operation: 'listProducts',
    method: 'GET',
    path: '/products',
    tag,
    summary: 'List products',
    permissions: ['catalogue.read'],
    query: listQuery(sorts, {
      archived: YesOrNo.describe('true: only archived ones; false: only those in use.'),
      q: Text(200).optional().describe('Part of a name.'),
      ...metadataFilter,
    }),
    status: 200,
    answer: pageOf('ProductPage', Product),
    run: (client, { query }) =>
      readPage(
        query,
        sorts,
        (keyset) =>
          listProductRecords(
            client,
            { status: archiveFilterOf(query.archived), q: query.q, metadata: query.metadata },
            keyset,
          ),
        showProduct,
      ),
  }),
  endpoint({
    operation: 'createProduct',
    method: 'POST',
    path: '/products',
    tag,
    summary: 'Create a product',
    permissions: write,
    body: Create,
    example: {
      name: 'Inkwell Editor',
      description: 'Writes beautifully.',
      key_configuration_ids: ['01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11'],
    },
    status: 201,
    answer: Product,
    refuses: ['NOT_FOUND', 'CONFLICT'],
    run: async (client, { body, now }) => {
      const { key_configuration_ids, takes_over_product_ids, external_ids, ...product } = body
      const id = await inOneTransaction(
        async () => {
          const made = await createProduct(
            client,
            { ...product, keyConfigurationIds: key_configuration_ids, takesOver: takes_over_product_ids },
            now,
          )
          if (external_ids) await setExternalIds(client, 'product', { id: made.id, externalIds: external_ids }, now)
          return made.id
        },
        { keep: true },
      )
      return showProduct(await getProductRecord(client, id))
    },
  }),
  endpoint({
    operation: 'getProduct',
    method: 'GET',
    path: '/products/{id}',
    tag,
    summary: 'Get a product',
    permissions: ['catalogue.read'],
    status: 200,
    answer: Product,
    run: async (client, { id }) => showProduct(await getProductRecord(client, id)),
  }),
  endpoint({
    operation: 'updateProduct',
    method: 'PATCH',
    path: '/products/{id}',
    tag,
    summary: 'Change a product',
    description: 'What is left out stays. Keys that were issued stay too.',
    permissions: write,
    body: Changes,
    example: { name: 'Inkwell Editor 5' },
    status: 200,
    answer: Product,
    refuses: ['CONFLICT', 'INVALID_INPUT'],
    run: async (client, { id, body, now }) => {
      const { key_configuration_ids, takes_over_product_ids, external_ids, ...changes } = body
      await inOneTransaction(
        async () => {
          await updateProduct(
            client,
            { id, ...changes, keyConfigurationIds: key_configuration_ids, takesOver: takes_over_product_ids },
            now,
          )
          if (external_ids) await setExternalIds(client, 'product', { id, externalIds: external_ids }, now)
        },
        { keep: true },
      )
      return showProduct(await getProductRecord(client, id))
    },
  }),
  archiveEndpoint('archive', archiveProduct, 'It is no longer sold; what was sold keeps working as before.'),
  archiveEndpoint('restore', restoreProduct, 'Offers it again.'),
]
