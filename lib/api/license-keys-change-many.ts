import '#server-only'
import { z } from 'zod'
import { limits } from '../key-configurations/plain.ts'
import { changeLicenseKeys, type ManyChange, type ManyChanged } from '../license-keys/change-many.ts'
import { listKeyRecords } from '../license-keys/records.ts'
import type { KeyRecord } from '../license-keys/schema.ts'
import { endpoint } from './endpoint.ts'
import { LicenseKey, showKey, unit, why } from './license-key-shape.ts'
import { problemOf } from './problem.ts'
import { asked, Count, Id, Moment, shown } from './wire.ts'

// What is done to up to a thousand license keys in one step.

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

const tag = 'License keys'
const write = ['keys.write'] as const

export const changeMany = endpoint({
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
})
