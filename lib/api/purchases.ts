import '#server-only'
import { z } from 'zod'
import { PurchaseKind, PurchaseSource, PurchaseStatus } from '#prisma/enums.ts'
import { Text } from '../base/json.ts'
import { listKeyRecords } from '../license-keys/records.ts'
import { mergeMetadata } from '../metadata/rules.ts'
import { createPurchase, updatePurchase } from '../purchases/commands.ts'
import {
  getPurchaseRecord,
  listPurchaseRecords,
  type PurchaseRecord,
  type PurchaseRecordSort,
} from '../purchases/queries.ts'
import { PURCHASE_KEYS_MAX } from '../purchases/schema.ts'
import { customerOf, oneBuyer, oneBuyerInWords, whoBuys } from './customers.ts'
import { endpoint } from './endpoint.ts'
import { LicenseKey, showKey } from './license-key-shape.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { Purchase, purchaseFields, showPurchase } from './purchase-shape.ts'
import { purchaseActions } from './purchases-change.ts'
import { asked, Id, MetadataChanges, Moment, metadataFilter, NewMetadata, several, shown } from './wire.ts'

const NewPurchase = shown(
  'NewPurchase',
  'A new purchase with the keys it issued.',
  z.object({ ...purchaseFields, license_keys: z.array(LicenseKey) }),
)

const Create = asked(
  'CreatePurchase',
  z
    .strictObject({
      product_id: Id,
      ...whoBuys,
      kind: z
        .enum(PurchaseKind)
        .default('one_time')
        .describe('Keys of a subscription have no date of their own: they end when it ends.'),
      quantity: z.int().min(1).max(PURCHASE_KEYS_MAX).default(1),
      reference: Text(80)
        .transform((text) => text.trim())
        .optional()
        .describe('The order number; one is made when it is left out.'),
      purchased_at: Moment.optional().describe('Now, when it is left out.'),
      send_mail: z.boolean().default(false).describe('Mail the keys to the customer.'),
      metadata: NewMetadata,
    })
    .refine(...oneBuyer)
    .meta(oneBuyerInWords),
)

const Changes = asked('PurchaseChanges', z.strictObject({ metadata: MetadataChanges }))

const sorts = {
  created_at: { by: 'createdAt', kind: 'time', value: (purchase) => purchase.createdAt },
  purchased_at: { by: 'purchasedAt', kind: 'time', value: (purchase) => purchase.purchasedAt },
} satisfies Sorts<PurchaseRecord, PurchaseRecordSort>

const tag = 'Purchases'

export const purchaseEndpoints = [
  endpoint({
    operation: 'listPurchases',
    method: 'GET',
    path: '/purchases',
    tag,
    summary: 'List purchases',
    permissions: ['purchases.read'],
    query: listQuery(sorts, {
      customer_id: several(Id),
      product_id: several(Id),
      reference: several(Text(80)),
      kind: several(z.enum(PurchaseKind)),
      status: several(z.enum(PurchaseStatus)),
      source: several(z.enum(PurchaseSource)),
      purchased_from: Moment.optional(),
      purchased_before: Moment.optional(),
      ...metadataFilter,
    }),
    status: 200,
    answer: pageOf('PurchasePage', Purchase),
    run: (client, { query }) =>
      readPage(
        query,
        sorts,
        (keyset) =>
          listPurchaseRecords(
            client,
            {
              customerIds: query.customer_id,
              productIds: query.product_id,
              references: query.reference,
              kinds: query.kind,
              statuses: query.status,
              sources: query.source,
              purchasedFrom: query.purchased_from,
              purchasedBefore: query.purchased_before,
              metadata: query.metadata,
            },
            keyset,
          ),
        showPurchase,
      ),
  }),
  endpoint({
    operation: 'createPurchase',
    method: 'POST',
    path: '/purchases',
    tag,
    summary: 'Record a purchase and issue its keys',
    description: 'Issues one key of each configuration the product grants, times the quantity; at most 1,000 keys.',
    permissions: ['purchases.write', 'keys.write'],
    body: Create,
    example: {
      product_id: '01a3c5d2-8d0f-7a21-8c33-2f5a9b7e4d02',
      customer: { email: 'hana@novak.example', name: 'Hana Nováková' },
      kind: 'subscription',
      reference: 'ORDER-10482',
      send_mail: true,
    },
    status: 201,
    answer: NewPurchase,
    refuses: ['NOT_FOUND', 'CONFLICT'],
    run: async (client, { body, now }) => {
      const order = {
        productId: body.product_id,
        customer: customerOf(body),
        kind: body.kind,
        quantity: body.quantity,
        reference: body.reference ?? '',
        purchasedAt: body.purchased_at ?? null,
        sendMail: body.send_mail,
        metadata: mergeMetadata({}, body.metadata),
      }
      const { purchaseId, licenseKeyIds } = await createPurchase(client, order, now)
      const [purchase, keys] = await Promise.all([
        getPurchaseRecord(client, purchaseId),
        listKeyRecords(client, { ids: licenseKeyIds }, { dir: 'asc', limit: PURCHASE_KEYS_MAX }, now, {
          justMade: true,
        }),
      ])
      return { ...showPurchase(purchase), license_keys: keys.map(showKey) }
    },
  }),
  endpoint({
    operation: 'getPurchase',
    method: 'GET',
    path: '/purchases/{id}',
    tag,
    summary: 'Get a purchase',
    permissions: ['purchases.read'],
    status: 200,
    answer: Purchase,
    run: async (client, { id }) => showPurchase(await getPurchaseRecord(client, id)),
  }),
  endpoint({
    operation: 'updatePurchase',
    method: 'PATCH',
    path: '/purchases/{id}',
    tag,
    summary: 'Change a purchase',
    description: 'What is left out stays. What was bought, by whom and when does not change.',
    permissions: ['purchases.write'],
    body: Changes,
    example: { metadata: { invoice: 'INV-2026-118' } },
    status: 200,
    answer: Purchase,
    run: async (client, { id, body, now }) => {
      await updatePurchase(client, { purchaseId: id, metadata: body.metadata }, now)
      return showPurchase(await getPurchaseRecord(client, id))
    },
  }),
  ...purchaseActions,
]
