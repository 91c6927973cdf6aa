import '#server-only'
import { z } from 'zod'
import { deactivateActivation, renameActivation } from '../activations/commands.ts'
import { getActivationRecord, listActivationRecords } from '../activations/records.ts'
import type { ActivationRecord, ActivationRecordSort } from '../activations/schema.ts'
import { type JsonObject, Text } from '../base/json.ts'
import { tidyLine } from '../base/text.ts'
import { activate } from '../license-calls/calls.ts'
import { ActivateCall } from '../license-calls/schema.ts'
import { keyStringFor } from '../license-keys/records.ts'
import { endpoint } from './endpoint.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { Problem, type ProblemCode } from './problem.ts'
import { asked, Count, Id, SHOWS, several, shown, Time, time, timeOrNull, YesOrNo } from './wire.ts'

/** What an answer says of one. */
export const Activation = shown(
  'Activation',
  'One device that holds, or held, a slot of a license key.',
  z.object({
    id: Id,
    external_id: z.string().nullable().describe('Its id where it was imported from.'),
    license_key_id: Id,
    label: z.string().describe('The name people know the device by.'),
    fingerprint: z.string().nullable(),
    meta: z.record(z.string(), z.unknown()).describe('What the software said about the device.'),
    validations: Count,
    last_validated_at: Time.nullable(),
    created_at: Time,
    modified_at: Time.nullable(),
    deactivated_at: Time.nullable().describe('null while it holds a slot.'),
  }),
)

/** An activation as the API shows it. */
export const showActivation = (activation: ActivationRecord): z.input<typeof Activation> => ({
  id: activation.id,
  external_id: activation.externalId,
  license_key_id: activation.licenseKeyId,
  label: activation.label,
  fingerprint: activation.fingerprint,
  meta: activation.meta,
  validations: activation.validations,
  last_validated_at: timeOrNull(activation.lastValidatedAt),
  created_at: time(activation.createdAt),
  modified_at: timeOrNull(activation.modifiedAt),
  deactivated_at: timeOrNull(activation.deactivatedAt),
})

const { label, fingerprint, conditions, meta, replace_activation_id } = ActivateCall.shape
// PHP writes an empty object as an empty list.
const object = {
  anyOf: [{ type: 'object', additionalProperties: true }, { type: 'array', maxItems: 0 }, { type: 'null' }],
} as const
const Activate = asked(
  'ActivateOnBehalf',
  z.strictObject({
    label: label.describe('The name people know the device by.'),
    fingerprint: fingerprint.describe(
      'What identifies the device: the same one again takes no second slot. Placeholders that many machines share (`Default string`, `None`, nothing but zeros) count as none.',
    ),
    conditions: conditions.meta({ ...object, description: 'Must be sent again, equal, with each validation.' }),
    meta: meta.meta({ ...object, description: 'Kept beside it, for you.' }),
    replace_activation_id: replace_activation_id.describe('An activation that gives its slot to this one.'),
  }),
)

const Rename = asked(
  'RenameActivation',
  z.strictObject({
    label: Text(256).overwrite(tidyLine).min(1, 'Enter a name').meta(SHOWS),
  }),
)

const sorts = {
  created_at: { by: 'createdAt', kind: 'time', value: (activation) => activation.createdAt },
  label: { by: 'label', kind: 'text', value: (activation) => activation.label },
} satisfies Sorts<ActivationRecord, ActivationRecordSort>

const tag = 'Activations'

export const activationEndpoints = [
  endpoint({
    operation: 'listActivations',
    method: 'GET',
    path: '/activations',
    tag,
    summary: 'List activations',
    description: 'Live ones, unless asked for others.',
    permissions: ['keys.read'],
    query: listQuery(sorts, {
      license_key_id: several(Id),
      customer_id: several(Id),
      fingerprint: Text(256, 1).optional(),
      deactivated: YesOrNo.describe('true: only those that were deactivated; false, the usual: only live ones.'),
    }),
    status: 200,
    answer: pageOf('ActivationPage', Activation),
    run: (client, { query }) =>
      readPage(
        query,
        sorts,
        (keyset) =>
          listActivationRecords(
            client,
            {
              licenseKeyIds: query.license_key_id,
              customerIds: query.customer_id,
              fingerprint: query.fingerprint,
              deactivated: query.deactivated,
            },
            keyset,
          ),
        showActivation,
      ),
  }),
  endpoint({
    operation: 'activateLicenseKey',
    method: 'POST',
    path: '/license-keys/{id}/activations',
    tag,
    isBesides: true,
    summary: 'Activate a license key on behalf of a device',
    description: 'The same rules as for client software: never more activations than the limit.',
    permissions: ['keys.write'],
    body: Activate,
    example: { label: 'Studio iMac', fingerprint: '9c1e0f6a' },
    status: 201,
    answer: Activation,
    refuses: [
      ...(['REVOKED', 'DISABLED', 'EXPIRED', 'ACTIVATIONS_OFF'] as const),
      ...(['ACTIVATION_NOT_FOUND', 'NEW_DEVICES_BLOCKED', 'ACTIVATION_LIMIT_REACHED'] as const),
    ],
    run: async (client, { id, body, now }) => {
      const call = {
        ...body,
        conditions: body.conditions as JsonObject | null | undefined,
        meta: body.meta as JsonObject | null | undefined,
        key: await keyStringFor(client, id),
        organization_id: client.organizationId,
      }
      const { verdict, activation } = await activate(client, call, now)
      if (!verdict.valid || !activation) throw new Problem(verdict.code as ProblemCode, verdict.detail)
      return showActivation(await getActivationRecord(client, activation.id, { all: true }))
    },
  }),
  endpoint({
    operation: 'getActivation',
    method: 'GET',
    path: '/activations/{id}',
    tag,
    summary: 'Get an activation',
    permissions: ['keys.read'],
    status: 200,
    answer: Activation,
    run: async (client, { id }) => showActivation(await getActivationRecord(client, id, { all: true })),
  }),
  endpoint({
    operation: 'renameActivation',
    method: 'PATCH',
    path: '/activations/{id}',
    tag,
    summary: 'Rename an activation',
    permissions: ['keys.write'],
    body: Rename,
    example: { label: 'Studio iMac' },
    status: 200,
    answer: Activation,
    run: async (client, { id, body, now }) => {
      await renameActivation(client, { activationId: id, label: body.label }, now)
      return showActivation(await getActivationRecord(client, id))
    },
  }),
  endpoint({
    operation: 'deactivate',
    method: 'DELETE',
    path: '/activations/{id}',
    tag,
    summary: 'Deactivate',
    description: 'Frees the slot. Repeating it is not an error.',
    permissions: ['keys.write'],
    status: 200,
    answer: Activation,
    run: async (client, { id, now }) => {
      await deactivateActivation(client, id, now)
      return showActivation(await getActivationRecord(client, id, { all: true }))
    },
  }),
]
