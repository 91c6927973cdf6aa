import '#server-only'
import { z } from 'zod'
import { transferLicenseKey } from '../customers/hand-over.ts'
import { limits } from '../key-configurations/plain.ts'
import { changeLicenseKey } from '../license-keys/change.ts'
import { resendKeyMail } from '../license-keys/commands.ts'
import { getKeyRecord, withString } from '../license-keys/records.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import { disableLicenseKeys, enableLicenseKeys, restoreLicenseKeys, revokeLicenseKeys } from '../license-keys/status.ts'
import { customerOf, oneBuyer, oneBuyerInWords, whoBuys } from './customers.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { LicenseKey, limitChanges, limitFields, note, show, showKey, tags, unit, why } from './license-key-shape.ts'
import { asked, Count, MetadataChanges, Moment, shown } from './wire.ts'

// What is done to one license key.

const MailedTo = shown('MailedTo', 'Where the key is sent.', z.object({ to: z.string() }))

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

const WithReason = asked('Reason', z.strictObject(why))

const Restore = asked(
  'RestoreLicenseKey',
  z.strictObject({
    ...why,
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

const SendMail = asked(
  'SendLicenseKeyMail',
  z.strictObject({
    anyway: z
      .boolean()
      .default(false)
      .describe('Send it although the key is revoked, disabled or expired; the mail says so.'),
  }),
)

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

const tag = 'License keys'
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

export const update = endpoint({
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
})

export const disable = statusEndpoint(
  'disable',
  disableLicenseKeys,
  'Disable a license key',
  'Switches it off; the very next validation refuses it. Reversible.',
)

export const enable = statusEndpoint(
  'enable',
  enableLicenseKeys,
  'Enable a license key',
  'Switches a disabled key on again.',
)

export const revoke = statusEndpoint(
  'revoke',
  revokeLicenseKeys,
  'Revoke a license key',
  'Ends it by hand, and with that any `held`. Only `restore` brings it back.',
)

export const restore = endpoint({
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
})

export const rotate = endpoint({
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
    const rotate = { licenseKeyId: id, overlapHours: body.overlap_hours, sendMail: body.send_mail }
    const { keyString } = await rotateLicenseKey(client, rotate, now)
    return showKey(withString(await getKeyRecord(client, id, now, { justMade: true }), keyString))
  },
})

export const extend = endpoint({
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
})

export const transfer = endpoint({
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
})

export const mail = endpoint({
  operation: 'mailLicenseKey',
  method: 'POST',
  path: '/license-keys/{id}/send-mail',
  tag,
  summary: 'Mail a license key to its customer',
  description:
    'A key that does not work is mailed only with `anyway`: without it the answer is CONFLICT and says why it does not. The mail then says so, too.',
  permissions: write,
  body: SendMail,
  example: { anyway: false },
  refuses: ['CONFLICT'],
  status: 200,
  answer: MailedTo,
  run: (client, { id, body, now }) => resendKeyMail(client, { licenseKeyId: id, anyway: body.anyway }, now),
})
