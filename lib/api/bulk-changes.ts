import '#server-only'
import { z } from 'zod'
import { startBulkChange, stopBulkChange, undoBulkChange } from '../bulk-changes/commands.ts'
import { outcomes } from '../bulk-changes/plain.ts'
import { previewBulkChange } from '../bulk-changes/preview.ts'
import {
  type BulkChangeSummary,
  getBulkChange,
  listBulkChangeRecords,
  listBulkKeyRecords,
} from '../bulk-changes/queries.ts'
import type { BulkAction } from '../bulk-changes/schema.ts'
import type { KeySelection } from '../bulk-changes/selection.ts'
import { shownStatuses } from '../license-keys/plain.ts'
import { limits as metadataLimits, Tags } from '../metadata/schema.ts'
import { endpoint } from './endpoint.ts'
import { limitChanges, limitFields, unit, why } from './license-key-shape.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { asked, Count, Day, Id, several, shown, Time, time, timeOrNull } from './wire.ts'

// What is done to many license keys in the background: previewed, started, followed, stopped and taken back.

const { limit_activations, limit_usage } = limitFields
const tagList = (words: string) => Tags.optional().describe(`${words}: at most ${metadataLimits.tags}.`)

const Action = z.union([
  z.strictObject({ type: z.enum(['disable', 'enable', 'revoke']) }),
  z.strictObject({
    type: z.literal('restore'),
    hold: z.boolean().optional().describe('Keep the keys although their purchases have ended.'),
  }),
  z.strictObject({ type: z.literal('extend'), count: z.int().min(1).max(9_999), unit }),
  z.strictObject({
    type: z.literal('extend'),
    until: Day.nullable().describe('The last day, in the organization’s time zone; null: they never end.'),
  }),
  z.strictObject({ type: z.literal('limits'), limit_activations, limit_usage }),
  z.strictObject({
    type: z.literal('move'),
    key_configuration_id: Id,
    product_id: Id.optional().describe('What they are sold as from then on; left out: as before.'),
    expiry: z.enum(['keep', 'configuration']).optional().describe('Their ends, or those the configuration gives.'),
  }),
  z.strictObject({ type: z.literal('tag'), add: tagList('To add'), remove: tagList('To remove') }),
  z.strictObject({ type: z.literal('resend') }).describe('Mails each key to its customer again.'),
])

function actionOf(action: z.output<typeof Action>): BulkAction {
  switch (action.type) {
    case 'restore':
      return { action: 'restore', hold: action.hold ?? false }
    case 'extend':
      return { action: 'extend', to: 'until' in action ? action.until : { count: action.count, unit: action.unit } }
    case 'limits': {
      const { activations, usageLimit } = limitChanges(action)
      const set = { ...(activations !== undefined && { activations }), ...(usageLimit !== undefined && { usageLimit }) }
      return { action: 'limits', ...set } as BulkAction
    }
    case 'move': {
      const { key_configuration_id: keyConfigurationId, product_id, expiry = 'keep' } = action
      return { action: 'move', keyConfigurationId, expiry, ...(product_id && { productId: product_id }) }
    }
    case 'tag':
      return { action: 'tag', add: action.add ?? [], remove: action.remove ?? [] }
    default:
      return { action: action.type }
  }
}

const which = {
  action: Action,
  license_key_ids: z.array(Id).min(1).max(10_000).optional().describe('These keys. Send this or `filter`.'),
  filter: z
    .strictObject({
      q: z.string().max(200).optional().describe('As the search of the dashboard reads it.'),
      status: several(z.enum(shownStatuses)),
      key_configuration_id: several(Id),
      product_id: several(Id),
      customer_id: Id.optional(),
    })
    .optional()
    .describe('All keys that match; an empty one is all there are. Send this or `license_key_ids`.'),
}
type Which = Pick<z.output<z.ZodObject<typeof which>>, 'license_key_ids' | 'filter'>

const oneWhich = [
  (ask: Which) => (ask.license_key_ids === undefined) !== (ask.filter === undefined),
  { error: 'Send either license_key_ids or filter', path: ['license_key_ids'] },
] satisfies [unknown, unknown]
const oneWhichInWords = { oneOf: [{ required: ['license_key_ids'] }, { required: ['filter'] }] }

function selectionOf({ license_key_ids, filter }: Which): KeySelection {
  if (!filter) return { ids: (license_key_ids ?? []).map((id) => id.toLowerCase()) }
  const { q, status, key_configuration_id, product_id, customer_id } = filter
  return {
    filter: {
      ...(q && { q }),
      ...(status && { statuses: status }),
      ...(key_configuration_id && { configurationIds: key_configuration_id }),
      ...(product_id && { productIds: product_id }),
      ...(customer_id && { customerId: customer_id }),
    },
  }
}

const Preview = asked(
  'PreviewBulkChange',
  z
    .strictObject(which)
    .refine(...oneWhich)
    .meta(oneWhichInWords),
)
const Start = asked(
  'StartBulkChange',
  z
    .strictObject({
      ...which,
      ...why,
      expected: Count.optional().describe('`total` of a preview: refused (409) when another number matches by now.'),
    })
    .refine(...oneWhich)
    .meta(oneWhichInWords),
)

const reach = { license_keys: Count, customers: Count, activations: Count }
const BulkPreview = shown(
  'BulkChangePreview',
  'What a change would do to whom, as everything is now.',
  z.object({
    total: Count.describe('Keys that are meant.'),
    due: Count.describe('Keys that would change.'),
    customers: Count.describe('Whose those are.'),
    skipped: z.array(z.object({ reason: z.string(), license_keys: Count, refused: z.boolean() })),
    stops: z.object(reach).describe('What would no longer work.'),
    starts: z.object(reach).describe('What would work again.'),
    over_limit: z.object({ activations: Count, usage: Count }).describe('Keys with more than they would be allowed.'),
    mailed_customers: Count,
  }),
)

const counts = { changed: Count, unchanged: Count, refused: Count, undone: Count, left: Count }
const BulkChange = shown(
  'BulkChange',
  'Something that is done to many license keys.',
  z.object({
    id: Id,
    title: z.string(),
    status: z.enum(['running', 'done', 'stopped', 'failed', 'undoing', 'undone']),
    total: Count,
    ...counts,
    reason: z.string().nullable(),
    failure: z.string().nullable(),
    actor: z.string().describe('Who asked for it.'),
    undoable: z.boolean(),
    undoable_until: Time,
    created_at: Time,
    finished_at: Time.nullable(),
  }),
)

const show = (change: BulkChangeSummary): z.input<typeof BulkChange> => ({
  ...{ id: change.id, title: change.title, status: change.status, total: change.total, ...change.counts },
  ...{ reason: change.reason || null, failure: change.failure, actor: change.actorLabel },
  ...{ undoable: change.whyNotUndone === null, undoable_until: time(change.undoableUntil) },
  ...{ created_at: time(change.createdAt), finished_at: timeOrNull(change.finishedAt) },
})

const ChangedKey = z.object({
  license_key_id: Id,
  outcome: z.enum(outcomes as [(typeof outcomes)[number], ...typeof outcomes]),
  changes: z.array(z.string()).describe('What was changed, in words.'),
  note: z.string().nullable().describe('Why it was not changed, or not taken back.'),
})

const sorts = {
  created_at: { by: 'createdAt', kind: 'time', value: (change) => change.createdAt },
} satisfies Sorts<BulkChangeSummary, 'createdAt'>

type KeyRecord = Awaited<ReturnType<typeof listBulkKeyRecords>>[number]
const keySorts = {
  position: { by: 'position', kind: 'number', value: (key) => key.position },
} satisfies Sorts<KeyRecord, 'position'>

const tag = 'License keys'
const write = ['keys.write'] as const
const exampleIds = ['01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11', '01a3c5d2-8d0f-7a21-8c33-2f5a9b7e4d02']

export const bulkChangeEndpoints = [
  endpoint({
    operation: 'previewBulkChange',
    method: 'POST',
    path: '/bulk-changes/preview',
    tag,
    summary: 'Preview a bulk change',
    description: 'Says what would happen to whom; changes nothing.',
    permissions: write,
    body: Preview,
    example: { action: { type: 'disable' }, filter: { status: ['expired'] } },
    status: 200,
    answer: BulkPreview,
    refuses: ['NOT_FOUND', 'CONFLICT'],
    run: async (client, { body, now }) => {
      const input = { selection: selectionOf(body), action: actionOf(body.action) }
      const preview = await previewBulkChange(client, input, now)
      const shownReach = ({ keys, customers, devices }: typeof preview.starts) => ({
        ...{ license_keys: keys, customers, activations: devices },
      })
      return {
        ...{ total: preview.total, due: preview.due, customers: preview.customers },
        skipped: preview.skipped.map(({ why: reason, keys, isRefused }) => ({
          ...{ reason, license_keys: keys, refused: isRefused },
        })),
        ...{ stops: shownReach(preview.stops), starts: shownReach(preview.starts) },
        over_limit: { activations: preview.overDevices, usage: preview.overUsage },
        mailed_customers: preview.mailed,
      }
    },
  }),
  endpoint({
    operation: 'startBulkChange',
    method: 'POST',
    path: '/bulk-changes',
    tag,
    summary: 'Start a bulk change',
    description:
      'Which keys it reaches is fixed by this call. Up to 500 are changed before it answers, more in the background: get it again until `status` is `done`. Each key is changed, was so already, or is refused by itself. It can be taken back for 30 days.',
    permissions: write,
    body: Start,
    example: { action: { type: 'disable' }, license_key_ids: exampleIds, reason: 'Leaked list' },
    status: 201,
    answer: BulkChange,
    refuses: ['NOT_FOUND', 'CONFLICT'],
    run: async (client, { body, now }) => {
      const input = { selection: selectionOf(body), action: actionOf(body.action), reason: body.reason ?? '' }
      const { expected } = body
      const { id } = await startBulkChange(client, { ...input, expected, origin: 'api' }, () => new Date())
      return show(await getBulkChange(client, id, now))
    },
  }),
  endpoint({
    operation: 'listBulkChanges',
    method: 'GET',
    path: '/bulk-changes',
    tag,
    summary: 'List bulk changes',
    permissions: ['keys.read'],
    query: listQuery(sorts, {}),
    status: 200,
    answer: pageOf('BulkChangePage', BulkChange),
    run: (client, { query, now }) =>
      readPage(query, sorts, (keyset) => listBulkChangeRecords(client, keyset, now), show),
  }),
  endpoint({
    operation: 'getBulkChange',
    method: 'GET',
    path: '/bulk-changes/{id}',
    tag,
    summary: 'Get a bulk change',
    permissions: ['keys.read'],
    status: 200,
    answer: BulkChange,
    run: async (client, { id, now }) => show(await getBulkChange(client, id, now)),
  }),
  endpoint({
    operation: 'listBulkChangeKeys',
    method: 'GET',
    path: '/bulk-changes/{id}/license-keys',
    tag,
    summary: 'List what became of each key of a bulk change',
    description: 'Kept for 30 days.',
    permissions: ['keys.read'],
    query: listQuery(keySorts, { outcome: several(ChangedKey.shape.outcome) }),
    status: 200,
    answer: pageOf('BulkChangeKeyPage', ChangedKey),
    run: async (client, { id, query, now }) => {
      await getBulkChange(client, id, now)
      const read = (keyset: Parameters<typeof listBulkKeyRecords>[3]) =>
        listBulkKeyRecords(client, id, query.outcome ?? [], keyset)
      return readPage(query, keySorts, read, ({ licenseKeyId, outcome, changes, note }) => ({
        ...{ license_key_id: licenseKeyId, outcome, changes, note },
      }))
    },
  }),
  endpoint({
    operation: 'stopBulkChange',
    method: 'POST',
    path: '/bulk-changes/{id}/stop',
    tag,
    summary: 'Stop a bulk change',
    description: 'What was done stays done and can be taken back; what was not reached stays as it is.',
    permissions: write,
    status: 200,
    answer: BulkChange,
    run: async (client, { id, now }) => {
      await stopBulkChange(client, id, now)
      return show(await getBulkChange(client, id, now))
    },
  }),
  endpoint({
    operation: 'undoBulkChange',
    method: 'POST',
    path: '/bulk-changes/{id}/undo',
    tag,
    summary: 'Take a bulk change back',
    description:
      'Each key is given what it had before. Keys that were changed since are left alone, and listed as `left`. Of more than 500 keys it runs in the background.',
    permissions: write,
    status: 200,
    answer: BulkChange,
    refuses: ['CONFLICT'],
    run: async (client, { id, now }) => {
      await undoBulkChange(client, id, () => new Date())
      return show(await getBulkChange(client, id, now))
    },
  }),
]
