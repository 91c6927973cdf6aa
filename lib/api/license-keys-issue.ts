import '#server-only'
import { z } from 'zod'
import { Text } from '../base/json.ts'
import { listKeyRecords } from '../license-keys/records.ts'
import type { KeyRecord } from '../license-keys/schema.ts'
import { type IssueOrder, issueLicenseKeys } from '../purchases/issue.ts'
import { customerOf, oneBuyer, oneBuyerInWords, whoBuys } from './customers.ts'
import { endpoint } from './endpoint.ts'
import { LicenseKey, limitChanges, limitFields, note, show, showKey, tags } from './license-key-shape.ts'
import { problemOf } from './problem.ts'
import { asked, Count, Id, NewMetadata, shown } from './wire.ts'

// Issuing license keys: one, or up to a thousand.

const IssuedKeys = shown(
  'IssuedLicenseKeys',
  'What came of each row, in the order they were sent.',
  z.object({
    issued: Count,
    refused: Count,
    data: z.array(
      z.discriminatedUnion('status', [
        z.object({ index: Count, status: z.literal('issued'), license_key: LicenseKey }),
        z.object({
          index: Count,
          status: z.literal('refused'),
          error: z.object({
            code: z.string(),
            detail: z.string(),
            errors: z.array(z.object({ path: z.string(), message: z.string() })),
          }),
        }),
      ]),
    ),
  }),
)

const fields = {
  key_configuration_id: Id.describe('The key configuration the key is made from.'),
  product_id: Id.nullable().optional().describe('With a product the key belongs to a purchase.'),
  ...whoBuys,
  reference: Text(80)
    .transform((text) => text.trim())
    .optional()
    .describe('The order number of the purchase; one is made when it is left out. Needs `product_id`.'),
  add_to_purchase: z
    .boolean()
    .default(false)
    .describe('Give another key to the purchase with this `reference`. Without it, a known one is refused (409).'),
  note: note.optional(),
  metadata: NewMetadata,
  tags: tags.optional(),
  ...limitFields,
  send_mail: z.boolean().default(false).describe('Mail the key to the customer, with the activation instructions.'),
}

const IssueOne = asked(
  'IssueLicenseKey',
  z
    .strictObject(fields)
    .refine(...oneBuyer)
    .meta(oneBuyerInWords),
)
const IssueMany = asked('IssueLicenseKeys', z.strictObject({ license_keys: z.array(IssueOne).min(1).max(1_000) }))

const orderOf = (order: z.output<typeof IssueOne>): IssueOrder => ({
  keyConfigurationId: order.key_configuration_id,
  productId: order.product_id ?? null,
  customer: customerOf(order),
  reference: order.reference ?? '',
  addToPurchase: order.add_to_purchase,
  note: order.note ?? '',
  sendMail: order.send_mail,
  changes: { ...limitChanges(order), metadata: order.metadata, tags: order.tags },
})

const tag = 'License keys'
const write = ['keys.write'] as const

export const issue = endpoint({
  operation: 'issueLicenseKey',
  method: 'POST',
  path: '/license-keys',
  tag,
  summary: 'Issue a license key',
  description: 'Makes one key for a customer, who is added when new.',
  permissions: write,
  body: IssueOne,
  example: {
    key_configuration_id: '01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11',
    customer: { email: 'tomas@herrera.example', name: 'Tomás Herrera' },
    send_mail: true,
  },
  status: 201,
  answer: LicenseKey,
  refuses: ['NOT_FOUND', 'CONFLICT'],
  run: async (client, { body, now }) => {
    const [issued] = await issueLicenseKeys(client, [orderOf(body)], now)
    if (!issued) throw new Error('An order was not answered.')
    if ('refusal' in issued) throw issued.refusal
    return show(client, issued.licenseKeyId, now, { justMade: true })
  },
})

export const issueMany = endpoint({
  operation: 'issueLicenseKeys',
  method: 'POST',
  path: '/license-keys/batch',
  tag,
  summary: 'Issue up to 1,000 license keys',
  description:
    'Each row is issued or refused by itself, and the answer says which. A malformed row (422) refuses the whole call, and nothing is issued.',
  permissions: write,
  body: IssueMany,
  example: {
    license_keys: [
      {
        key_configuration_id: '01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11',
        customer: { email: 'tomas@herrera.example' },
      },
      {
        key_configuration_id: '01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11',
        customer: { email: 'hana@novak.example' },
        limit_activations: 5,
      },
    ],
  },
  status: 200,
  answer: IssuedKeys,
  run: async (client, { body, now }) => {
    const rows = await issueLicenseKeys(client, body.license_keys.map(orderOf), now)
    const ids = rows.flatMap((row) => ('licenseKeyId' in row ? row.licenseKeyId : []))
    const records = await listKeyRecords(client, { ids }, { dir: 'asc', limit: ids.length }, now, { justMade: true })
    const byId = new Map(records.map((record) => [record.id, record]))
    return {
      issued: ids.length,
      refused: rows.length - ids.length,
      data: rows.map((row, index) => {
        if ('refusal' in row) {
          const { code, message, errors } = problemOf(row.refusal)
          return { index, status: 'refused' as const, error: { code, detail: message, errors } }
        }
        return { index, status: 'issued' as const, license_key: showKey(byId.get(row.licenseKeyId) as KeyRecord) }
      }),
    }
  },
})
