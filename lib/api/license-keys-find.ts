import '#server-only'
import { z } from 'zod'
import { LicenseKeyStatus } from '#prisma/enums.ts'
import { Text } from '../base/json.ts'
import { lookUpKeys } from '../license-keys/look-up.ts'
import { listKeyRecords, sortValueOf } from '../license-keys/records.ts'
import { type KeyRecord, type KeyRecordSort, matchedBy } from '../license-keys/schema.ts'
import { termsTyped } from '../license-keys/typed.ts'
import { endpoint } from './endpoint.ts'
import { expanded, expandKeys } from './expand.ts'
import { LicenseKey, show, showKey } from './license-key-shape.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { asked, Id, Moment, metadataFilter, several, shown, YesOrNo } from './wire.ts'

// Reading license keys: the list, one, and by anything that is known of them.

const FOUND_MAX = 100
const FoundKeys = shown(
  'FoundLicenseKeys',
  'License keys that have what was looked for, the closest first.',
  z.object({
    data: z.array(
      z.object({
        matched_by: z.enum(matchedBy).describe('What of the key was what was looked for.'),
        replaced: z.boolean().describe('true: by a string that was rotated away.'),
        activation_id: Id.nullable().describe('The device that was named, live or not.'),
        license_key: LicenseKey,
      }),
    ),
    has_more: z.boolean().describe(`true: there are more than ${FOUND_MAX}.`),
  }),
)

const LookUp = asked(
  'LookUpLicenseKeys',
  z.strictObject({ query: Text(512, 1).describe('One whole thing, as somebody typed it.') }),
)

const sorts = {
  created_at: { by: 'createdAt', kind: 'time', value: (key) => sortValueOf(key, 'createdAt') },
  expires_at: { by: 'expiresAt', kind: 'endless time', value: (key) => sortValueOf(key, 'expiresAt') },
  last_validated_at: {
    by: 'lastValidatedAt',
    kind: 'endless time',
    value: (key) => sortValueOf(key, 'lastValidatedAt'),
  },
  validations: { by: 'validations', kind: 'number', value: (key) => sortValueOf(key, 'validations') },
} satisfies Sorts<KeyRecord, KeyRecordSort>

const filters = {
  status: several(z.enum(LicenseKeyStatus)).describe('As stored: expired keys are `granted`.'),
  expired: YesOrNo.describe('true: past expiry and grace; false: not.'),
  activated: YesOrNo.describe('true: with live activations; false: without.'),
  key_configuration_id: several(Id),
  product_id: several(Id),
  customer_id: several(Id),
  purchase_id: several(Id),
  email: Text(254).optional().describe('The whole address of the customer.'),
  created_from: Moment.optional(),
  created_before: Moment.optional(),
  expires_from: Moment.optional(),
  expires_before: Moment.optional(),
  q: Text(200, 1)
    .optional()
    .describe(
      'One whole thing of a key, as `lookUpLicenseKeys` takes it; of the keys found, at most 1,000. Addresses are logged: send key strings there.',
    ),
  filter: Text(2_000, 1)
    .optional()
    .describe(
      'Filters as they are typed above the list of keys: `status:expired,grace product:"Inkwell Pro" seen:<30d -tag:beta limit:at`. docs/api.md lists them.',
    ),
  tag: several(Text(40, 1)).describe('Keys that have each of these tags.'),
  ...metadataFilter,
}

const tag = 'License keys'
const read = ['keys.read'] as const

export const list = endpoint({
  operation: 'listLicenseKeys',
  method: 'GET',
  path: '/license-keys',
  tag,
  summary: 'List license keys',
  permissions: read,
  query: listQuery(sorts, { ...filters, ...expandKeys }),
  status: 200,
  answer: pageOf('LicenseKeyPage', LicenseKey),
  run: async (client, { query, now }) => {
    const found = query.q === undefined ? undefined : await lookUpKeys(client, query.q, 1_000)
    const terms = query.filter === undefined ? undefined : await termsTyped(client, query.filter)
    const page = await readPage(
      query,
      sorts,
      (keyset) =>
        listKeyRecords(
          client,
          {
            ids: found?.map(({ licenseKeyId }) => licenseKeyId),
            statuses: query.status,
            expired: query.expired,
            activated: query.activated,
            configurationIds: query.key_configuration_id,
            productIds: query.product_id,
            customerIds: query.customer_id,
            purchaseIds: query.purchase_id,
            email: query.email,
            createdFrom: query.created_from,
            createdBefore: query.created_before,
            expiresFrom: query.expires_from,
            expiresBefore: query.expires_before,
            tags: query.tag,
            metadata: query.metadata,
            terms,
          },
          keyset,
          now,
        ),
      showKey,
    )
    return { ...page, data: await expanded(client, page.data, query['expand[]']) }
  },
})

export const lookUp = endpoint({
  operation: 'lookUpLicenseKeys',
  method: 'POST',
  path: '/license-keys/lookup',
  tag,
  summary: 'Find license keys by one thing of them',
  description:
    'A whole key string, also one that was rotated away; the id of a key or an activation; an id of elsewhere; an order number; the address of a customer; the fingerprint or the name of a device. In a key string case, blanks, line breaks, dashes, quotes and a label before it do not matter, as long as one key can be meant. What is looked for is in the body so that it stays out of access logs. Nothing found is an empty list.',
  permissions: read,
  body: LookUp,
  example: { query: 'API_1C285B2D-6CE6-4BC7-B8BE-ADB6A7E304DA' },
  status: 200,
  answer: FoundKeys,
  run: async (client, { body, now }) => {
    const found = await lookUpKeys(client, body.query, FOUND_MAX + 1)
    const shown = found.slice(0, FOUND_MAX)
    const ids = shown.map(({ licenseKeyId }) => licenseKeyId)
    const records = await listKeyRecords(client, { ids }, { dir: 'asc', limit: FOUND_MAX }, now)
    const byId = new Map(records.map((record) => [record.id, record]))
    const data = shown.flatMap(({ licenseKeyId, matchedBy, replaced, activationId }) => {
      const record = byId.get(licenseKeyId)
      if (!record) return []
      return { matched_by: matchedBy, replaced, activation_id: activationId, license_key: showKey(record) }
    })
    return { data, has_more: found.length > FOUND_MAX }
  },
})

export const get = endpoint({
  operation: 'getLicenseKey',
  method: 'GET',
  path: '/license-keys/{id}',
  tag,
  summary: 'Get a license key',
  permissions: read,
  query: z.strictObject(expandKeys),
  status: 200,
  answer: LicenseKey,
  run: async (client, { id, query, now }) => {
    const [key] = await expanded(client, [await show(client, id, now)], query['expand[]'])
    return key as z.input<typeof LicenseKey>
  },
})
