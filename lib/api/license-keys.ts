import '#server-only'
import { z } from 'zod'
import { ActivationsMode, LicenseKeyStatus, RevokeReason } from '#prisma/enums.ts'
import type { ApiClient } from '../base/actor.ts'
import { Text } from '../base/json.ts'
import { transferLicenseKey } from '../customers/hand-over.ts'
import { limits } from '../key-configurations/schema.ts'
import {
  changeLicenseKey,
  disableLicenseKeys,
  enableLicenseKeys,
  restoreLicenseKeys,
  revokeLicenseKeys,
  rotateLicenseKey,
} from '../license-keys/change.ts'
import { changeLicenseKeys, type ManyChange, type ManyChanged } from '../license-keys/change-many.ts'
import { resendKeyMail } from '../license-keys/commands.ts'
import { lookUpKeys } from '../license-keys/look-up.ts'
import { getKeyRecord, listKeyRecords, sortValueOf, withString } from '../license-keys/records.ts'
import {
  type KeyChanges,
  type KeyRecord,
  type KeyRecordSort,
  matchedBy,
  shownStatuses,
} from '../license-keys/schema.ts'
import { Tags } from '../metadata/schema.ts'
import { type IssueOrder, issueLicenseKeys } from '../purchases/issue.ts'
import { customerOf, oneBuyer, oneBuyerInWords, whoBuys } from './customers.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { Expanded, expanded, expandKeys } from './expand.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { problemOf } from './problem.ts'
import {
  asked,
  Count,
  Id,
  Metadata,
  MetadataChanges,
  Moment,
  metadataFilter,
  NewMetadata,
  Reason,
  several,
  shown,
  Time,
  time,
  timeOrNull,
  YesOrNo,
} from './wire.ts'

// ---------------------------------------------------------------- answers

/** A customer, product or configuration beside what belongs to it. */
const Named = z.object({ id: Id, name: z.string() })

export const LicenseKey = shown(
  'LicenseKey',
  'A license key.',
  z.object({
    id: Id,
    external_id: z.string().nullable().describe('Its id where it was imported from.'),
    key: z
      .string()
      .describe(
        'The key string that the customer enters. Where a key is read, that takes the scope `license_keys:reveal`; without it this is `display_key`.',
      ),
    display_key: z.string().describe('Its last characters, for lists.'),
    status: z.enum(LicenseKeyStatus).describe('As stored; an expired key stays `granted`.'),
    revoked_for: z
      .array(z.enum(RevokeReason))
      .describe(
        'Why it is revoked; empty when it is not. `by_hand` is lifted by `restore`, the others by its purchase.',
      ),
    held: z.boolean().describe('Somebody chose to keep it although its purchase has ended, or will.'),
    state: z.enum(shownStatuses).describe('What people call it: status and clock together.'),
    customer_id: Id,
    customer: z.object({ id: Id, email: z.string(), name: z.string().nullable() }),
    key_configuration_id: Id,
    key_configuration: Named,
    product_id: Id.nullable(),
    product: Named.nullable(),
    purchase_id: Id.nullable(),
    purchase: z
      .object({
        id: Id,
        reference: z.string(),
        kind: z.enum(['one_time', 'subscription']),
        status: z.enum(['active', 'refunded', 'canceled']),
      })
      .nullable(),
    expires_at: Time.nullable().describe('null: never, or not before the first activation.'),
    grace_days: Count.describe('How many days after its expiry it still validates.'),
    activations_mode: z.enum(ActivationsMode),
    limit_activations: Count.nullable().describe('null: unlimited; 0: takes none.'),
    activations: Count.describe('How many are active.'),
    new_devices_blocked: z.boolean(),
    limit_usage: Count.nullable().describe('null: unlimited.'),
    usage: Count.describe('Uses of the current period.'),
    overridden: z
      .array(z.enum(['activations', 'usage', 'expiry', 'grace']))
      .describe('Which limits are its own and not those of its configuration.'),
    validations: Count,
    last_validated_at: Time.nullable(),
    first_activated_at: Time.nullable(),
    entitlements: z.array(z.string()),
    version: z.string().nullable(),
    note: z.string().describe('Only the organization sees it.'),
    metadata: Metadata,
    tags: z.array(z.string()).describe('Words for sorting keys; only the organization sees them.'),
    created_at: Time,
    modified_at: Time,
    expanded: Expanded.optional(),
  }),
)

/** A key as the API shows it. */
export function showKey(key: KeyRecord): z.input<typeof LicenseKey> {
  const { customer, configuration, product, purchase, overridden } = key
  return {
    id: key.id,
    external_id: key.externalId,
    key: key.keyString,
    display_key: key.displayKey,
    status: key.status,
    revoked_for: key.revokedFor,
    held: key.held,
    state: key.shownStatus,
    customer_id: customer.id,
    customer: { id: customer.id, email: customer.email, name: customer.name },
    key_configuration_id: configuration.id,
    key_configuration: { id: configuration.id, name: configuration.name },
    product_id: product?.id ?? null,
    product: product && { id: product.id, name: product.name },
    purchase_id: purchase?.id ?? null,
    purchase: purchase && {
      id: purchase.id,
      reference: purchase.reference,
      kind: purchase.kind,
      status: purchase.status,
    },
    expires_at: timeOrNull(key.expiresAt),
    grace_days: key.graceDays,
    activations_mode: key.activationsMode,
    limit_activations: key.limitActivations,
    activations: key.devices,
    new_devices_blocked: key.newDevicesBlocked,
    limit_usage: key.limitUsage,
    usage: key.usage,
    overridden: (['activations', 'usage', 'expiry', 'grace'] as const).filter((limit) => overridden[limit]),
    validations: key.validations,
    last_validated_at: timeOrNull(key.lastValidatedAt),
    first_activated_at: timeOrNull(key.firstActivatedAt),
    entitlements: key.entitlements,
    version: key.version,
    note: key.note,
    metadata: key.metadata,
    tags: key.tags,
    created_at: time(key.createdAt),
    modified_at: time(key.modifiedAt),
  }
}

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

const ChangedKeys = shown(
  'ChangedLicenseKeys',
  'What came of each key, in the order they were sent.',
  z.object({
    changed: Count,
    unchanged: Count.describe('They were so already.'),
    refused: Count,
    data: z.array(
      z.discriminatedUnion('status', [
        z.object({ index: Count, license_key_id: Id, status: z.literal('changed'), license_key: LicenseKey }),
        z.object({ index: Count, license_key_id: Id, status: z.literal('unchanged'), license_key: LicenseKey }),
        z.object({
          index: Count,
          license_key_id: Id,
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

const MailedTo = shown('MailedTo', 'Where the key is sent.', z.object({ to: z.string() }))

// ---------------------------------------------------------------- requests

const ofConfiguration = z.literal('configuration')
const limitFields = {
  limit_activations: z
    .union([z.int().min(0).max(limits.activationLimit), ofConfiguration])
    .nullable()
    .optional()
    .describe('null: unlimited; 0: takes none; `configuration`: what the configuration says.'),
  limit_usage: z
    .union([z.int().min(1).max(limits.usageLimit), ofConfiguration])
    .nullable()
    .optional()
    .describe('null: unlimited; `configuration`: what the configuration says.'),
  expires_at: z
    .union([Moment, ofConfiguration])
    .nullable()
    .optional()
    .describe('null: never; `configuration`: what the configuration says.'),
  grace_days: z
    .union([z.int().min(0).max(limits.graceDays), ofConfiguration])
    .optional()
    .describe('`configuration`: what the configuration says.'),
}
const note = Text(2_000).describe('Only the organization sees it.')
const tags = Tags.describe('Words for sorting keys, at most 20 of up to 40 characters: the whole list.')

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

type Limits = z.output<z.ZodObject<typeof limitFields>>

function limitChanges({ limit_activations, limit_usage, expires_at, grace_days }: Limits): KeyChanges {
  const activations =
    limit_activations === undefined || limit_activations === 'configuration'
      ? limit_activations
      : limit_activations === null
        ? { mode: 'unlimited' as const, limit: null }
        : limit_activations === 0
          ? { mode: 'off' as const, limit: null }
          : { mode: 'limited' as const, limit: limit_activations }
  return { activations, usageLimit: limit_usage, expiresAt: expires_at, graceDays: grace_days }
}

const Changes = asked(
  'LicenseKeyChanges',
  z.strictObject({
    ...limitFields,
    usage: Count.max(limits.usageLimit).optional().describe('Uses counted in the current period.'),
    new_devices_blocked: z.boolean().optional(),
    held: z
      .boolean()
      .optional()
      .describe('Keep the key although its purchase has ended, or will; false leaves it to its purchase again.'),
    note: note.optional(),
    metadata: MetadataChanges,
    tags: tags.optional(),
  }),
)

const WithReason = asked(
  'Reason',
  z.strictObject({ reason: Reason.optional().describe('Kept in the history; customers do not see it.') }),
)

const Restore = asked(
  'RestoreLicenseKey',
  z.strictObject({
    reason: Reason.optional().describe('Kept in the history; customers do not see it.'),
    hold: z.boolean().default(false).describe('Keep the key although its purchase has ended.'),
  }),
)

const Rotate = asked(
  'RotateLicenseKey',
  z.strictObject({
    overlap_hours: z
      .int()
      .min(0)
      .max(720)
      .default(0)
      .describe(
        'For how long the old string still validates on devices that are active now; of a key that takes no devices, wherever it is used.',
      ),
    send_mail: z.boolean().default(false).describe('Mail the new string to the customer.'),
  }),
)

const unit = z.enum(['day', 'month', 'year'])
const Extend = asked(
  'ExtendLicenseKey',
  z.union([
    z.strictObject({
      count: z.int().min(1).max(limits.durationCount.day),
      unit: unit.describe('Calendar arithmetic: a month after 31 January is the last day of February.'),
    }),
    z.strictObject({ until: Moment }),
  ]),
)

const Transfer = asked(
  'TransferLicenseKey',
  z
    .strictObject(whoBuys)
    .refine(...oneBuyer)
    .meta(oneBuyerInWords),
)

const LookUp = asked(
  'LookUpLicenseKeys',
  z.strictObject({ query: Text(512, 1).describe('One whole thing, as somebody typed it.') }),
)

const BULK_MAX = 1_000
const whichKeys = {
  license_key_ids: z
    .array(Id)
    .min(1)
    .max(BULK_MAX)
    .refine((ids) => new Set(ids.map((id) => id.toLowerCase())).size === ids.length, 'Send each id once')
    .transform((ids) => ids.map((id) => id.toLowerCase()))
    .meta({ uniqueItems: true }),
}
const why = { reason: Reason.optional().describe('Kept in the history; customers do not see it.') }
const ChangeMany = asked(
  'ChangeLicenseKeys',
  z.union([
    z.strictObject({ action: z.enum(['disable', 'enable', 'revoke']), ...whichKeys, ...why }),
    z.strictObject({
      action: z.literal('restore'),
      ...whichKeys,
      ...why,
      hold: z.boolean().default(false).describe('Keep the keys although their purchases have ended.'),
    }),
    z.strictObject({
      action: z.literal('extend'),
      ...whichKeys,
      count: z.int().min(1).max(limits.durationCount.day),
      unit: unit.describe('Calendar arithmetic, as `extendLicenseKey` does it.'),
    }),
    z.strictObject({ action: z.literal('extend'), ...whichKeys, until: Moment }),
  ]),
)

function manyChangeOf(body: z.output<typeof ChangeMany>): ManyChange {
  if (body.action === 'restore') return { action: 'restore', hold: body.hold }
  if (body.action !== 'extend') return { action: body.action }
  return { action: 'extend', by: 'until' in body ? body.until : { count: body.count, unit: body.unit } }
}

// ---------------------------------------------------------------- lists

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
  tag: several(Text(40, 1)).describe('Keys that have each of these tags.'),
  ...metadataFilter,
}

// ---------------------------------------------------------------- endpoints

const show = async (client: ApiClient, id: string, now: Date, how?: { justMade: true }) =>
  showKey(await getKeyRecord(client, id, now, how))
const tag = 'License keys'
const read = ['keys.read'] as const
const write = ['keys.write'] as const
const exampleReason = { reason: 'Key seen in a public gist' }

/** An endpoint that changes the stored status. Where a key has it already, nothing happens and nothing is refused. */
const statusEndpoint = (
  verb: 'disable' | 'enable' | 'revoke',
  change: typeof disableLicenseKeys,
  summary: string,
  description: string,
): Endpoint =>
  endpoint({
    operation: `${verb}LicenseKey`,
    method: 'POST',
    path: `/license-keys/{id}/${verb}`,
    tag,
    summary,
    description,
    permissions: write,
    body: WithReason,
    example: exampleReason,
    status: 200,
    answer: LicenseKey,
    run: async (client, { id, body, now }) => {
      await change(client, { licenseKeyIds: [id], reason: body.reason ?? '' }, now)
      return show(client, id, now)
    },
  })

export const licenseKeyEndpoints = [
  endpoint({
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
            },
            keyset,
            now,
          ),
        showKey,
      )
      return { ...page, data: await expanded(client, page.data, query['expand[]']) }
    },
  }),
  endpoint({
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
  }),
  endpoint({
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
  }),
  endpoint({
    operation: 'changeLicenseKeys',
    method: 'POST',
    path: '/license-keys/batch/change',
    tag,
    summary: 'Change up to 1,000 license keys',
    description:
      'Disables, enables, revokes, restores or extends keys, each by the rules of the call for one. Each is changed, was so already, or is refused by itself, and the answer says which; all that changes does so in one step. A malformed request (422) changes nothing.',
    permissions: write,
    body: ChangeMany,
    example: {
      action: 'disable',
      license_key_ids: ['01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11', '01a3c5d2-8d0f-7a21-8c33-2f5a9b7e4d02'],
      reason: 'Reseller did not pay',
    },
    status: 200,
    answer: ChangedKeys,
    run: async (client, { body, now }) => {
      const ids = body.license_key_ids
      const reason = 'reason' in body ? (body.reason ?? '') : ''
      const outcomes = await changeLicenseKeys(client, { licenseKeyIds: ids, change: manyChangeOf(body), reason }, now)
      const there = ids.filter((_, at) => !('refusal' in (outcomes[at] as object)))
      const records = await listKeyRecords(client, { ids: there }, { dir: 'asc', limit: BULK_MAX }, now)
      const byId = new Map(records.map((record) => [record.id, record]))
      const count = (is: (outcome: ManyChanged) => boolean) => outcomes.filter(is).length
      return {
        changed: count((outcome) => 'changed' in outcome && outcome.changed),
        unchanged: count((outcome) => 'changed' in outcome && !outcome.changed),
        refused: count((outcome) => 'refusal' in outcome),
        data: outcomes.map((outcome, index) => {
          const license_key_id = ids[index] as string
          if ('refusal' in outcome) {
            const { code, message, errors } = problemOf(outcome.refusal)
            return { index, license_key_id, status: 'refused' as const, error: { code, detail: message, errors } }
          }
          const license_key = showKey(byId.get(license_key_id) as KeyRecord)
          return { index, license_key_id, status: outcome.changed ? 'changed' : 'unchanged', license_key } as const
        }),
      }
    },
  }),
  endpoint({
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
  }),
  endpoint({
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
  }),
  endpoint({
    operation: 'updateLicenseKey',
    method: 'PATCH',
    path: '/license-keys/{id}',
    tag,
    summary: 'Change a license key',
    description:
      'What is left out stays. A limit set here is the key’s own, until it is given back with `configuration`.',
    permissions: write,
    body: Changes,
    example: { limit_activations: 5, note: 'Two more seats, agreed by mail' },
    status: 200,
    answer: LicenseKey,
    run: async (client, { id, body, now }) => {
      const { usage, note, new_devices_blocked, held, metadata, tags } = body
      const own = { usage, note, held, metadata, tags, newDevicesBlocked: new_devices_blocked }
      const changes = { ...limitChanges(body), ...own }
      await changeLicenseKey(client, id, changes, now)
      return show(client, id, now)
    },
  }),
  statusEndpoint(
    'disable',
    disableLicenseKeys,
    'Disable a license key',
    'Switches it off; the very next validation refuses it. Reversible.',
  ),
  statusEndpoint('enable', enableLicenseKeys, 'Enable a license key', 'Switches a disabled key on again.'),
  statusEndpoint(
    'revoke',
    revokeLicenseKeys,
    'Revoke a license key',
    'Ends it by hand, and with that any `held`. Only `restore` brings it back.',
  ),
  endpoint({
    operation: 'restoreLicenseKey',
    method: 'POST',
    path: '/license-keys/{id}/restore',
    tag,
    summary: 'Restore a license key',
    description:
      'Lifts what was revoked by hand. A key whose purchase has ended stays revoked, and `revoked_for` says why; `hold` keeps it in spite of that. Refused when there is nothing to lift.',
    permissions: write,
    body: Restore,
    example: { reason: 'Paid by bank transfer' },
    status: 200,
    answer: LicenseKey,
    refuses: ['CONFLICT'],
    run: async (client, { id, body, now }) => {
      await restoreLicenseKeys(client, { licenseKeyIds: [id], reason: body.reason ?? '', hold: body.hold }, now)
      return show(client, id, now)
    },
  }),
  endpoint({
    operation: 'rotateLicenseKey',
    method: 'POST',
    path: '/license-keys/{id}/rotate',
    tag,
    summary: 'Give a license key another string',
    description: 'The record, its counts and its activations stay.',
    permissions: ['keys.write', 'keys.reveal'],
    body: Rotate,
    example: { overlap_hours: 48, send_mail: true },
    status: 200,
    answer: LicenseKey,
    refuses: ['CONFLICT'],
    run: async (client, { id, body, now }) => {
      const { keyString } = await rotateLicenseKey(client, { licenseKeyId: id, overlapHours: body.overlap_hours }, now)
      if (body.send_mail) await resendKeyMail(client, id, now)
      return showKey(withString(await getKeyRecord(client, id, now, { justMade: true }), keyString))
    },
  }),
  endpoint({
    operation: 'extendLicenseKey',
    method: 'POST',
    path: '/license-keys/{id}/extend',
    tag,
    summary: 'Extend a license key',
    description:
      'By a duration, which begins when the key expires (now, when it has expired), or until a moment. Months keep the day of the month the key began with. A disabled key can be extended; a revoked one is refused.',
    permissions: write,
    body: Extend,
    example: { count: 1, unit: 'year' },
    status: 200,
    answer: LicenseKey,
    refuses: ['CONFLICT'],
    run: async (client, { id, body, now }) => {
      const expiresAt = 'until' in body ? body.until : body
      await changeLicenseKey(client, id, { expiresAt }, now, { extending: true })
      return show(client, id, now)
    },
  }),
  endpoint({
    operation: 'transferLicenseKey',
    method: 'POST',
    path: '/license-keys/{id}/transfer',
    tag,
    summary: 'Hand a license key on to another customer',
    description:
      'The key goes with its devices; the customer is added when new. The purchase stays with whoever paid, and still decides over the key. Both are told by mail, without the string. Whoever had the key knows its string: rotate it where they must not use it on. When it is theirs already, nothing happens.',
    permissions: write,
    locksOthers: true,
    refuses: ['CONFLICT'],
    body: Transfer,
    example: { customer: { email: 'hana@novak.example', name: 'Hana Nováková' } },
    status: 200,
    answer: LicenseKey,
    run: async (client, { id, body, now }) => {
      await transferLicenseKey(client, { licenseKeyId: id, to: customerOf(body) }, now)
      return show(client, id, now)
    },
  }),
  endpoint({
    operation: 'mailLicenseKey',
    method: 'POST',
    path: '/license-keys/{id}/send-mail',
    tag,
    summary: 'Mail a license key to its customer',
    permissions: write,
    status: 200,
    answer: MailedTo,
    run: (client, { id, now }) => resendKeyMail(client, id, now),
  }),
]
