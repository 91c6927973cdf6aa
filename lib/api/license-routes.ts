import '#server-only'
import { z } from 'zod'
import { LicenseKeyStatus } from '#prisma/enums.ts'
import { activateCodes, deviceCodes, validateCodes } from '../error-codes/schema.ts'
import { ActivateCall, DeactivateCall, DeviceCodeCall, DeviceTokenCall, ValidateCall } from '../license-calls/schema.ts'
import { asked, Count, Id, shown, Time } from './wire.ts'

// What the three public calls of client software take and answer, for the OpenAPI document. lib/vendors/latchkey/dialect.ts spells them.

const object = { type: ['object', 'null'], additionalProperties: true } as const
const detail = z.string().describe('A sentence for people.')
const anything = z.record(z.string(), z.unknown())

const keyFields = {
  id: Id,
  organization_id: Id,
  user_id: Id.describe('The same as `customer_id`.'),
  customer_id: Id,
  benefit_id: Id.describe('The key configuration.'),
  product_id: Id.nullable(),
  key: z.string(),
  display_key: z.string(),
  status: z.enum(LicenseKeyStatus),
  limit_activations: Count.nullable().describe('null: unlimited; 0: takes none.'),
  usage: Count,
  limit_usage: Count.nullable(),
  validations: Count,
  last_validated_at: Time.nullable(),
  expires_at: Time.nullable(),
  version: z.string().nullable(),
  entitlements: z.array(z.string()),
}

const activationFields = {
  id: Id,
  license_key_id: Id,
  label: z.string(),
  fingerprint: z.string().nullable(),
  meta: anything,
  created_at: Time,
  modified_at: Time.nullable(),
}

const Validated = shown(
  'Validated',
  'Whether the key may be used. An unknown key shows none of its fields.',
  z.object({
    valid: z.boolean(),
    code: z.enum(validateCodes),
    detail,
    grace: z.boolean().describe('Past its date, and still valid for some days.'),
    retry_after: Count.optional().describe('Seconds until there are uses again.'),
    ...z.object(keyFields).partial().shape,
    activation: z.object(activationFields).nullable().optional(),
  }),
)

const Activated = shown(
  'Activated',
  'The device has a slot, new or as before.',
  z.object({
    ...activationFields,
    code: z.literal('ACTIVATED'),
    grace: z.boolean(),
    license_key: z.object(keyFields),
  }),
)

const Deactivated = shown(
  'Deactivated',
  'The slot is free.',
  z.object({ deactivated: z.literal(true), code: z.literal('DEACTIVATED') }),
)

const refused = (codes: readonly [string, ...string[]]) => z.enum(codes)
const code = refused([...new Set([...activateCodes, 'ACTIVATION_NOT_FOUND'])] as [string, ...string[]])
const Refused = shown(
  'LicenseRefused',
  'Why not.',
  z.object({
    error: code,
    code,
    detail,
    manage_url: z
      .url()
      .optional()
      .describe(
        'With `ACTIVATION_LIMIT_REACHED`, where the customer may do so: open it in a browser. There the owner of the key signs in and gives the place of another device to this one; then ask again. Good for 30 minutes.',
      ),
  }),
)

const Failed = shown(
  'LicenseProblem',
  'What was wrong with the request, or with us; it says nothing about the key.',
  z.object({
    error: z.string(),
    code: z.string(),
    detail,
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    retry_after: Count.optional(),
    request_id: z.string().optional(),
  }),
)

const DeviceCode = shown(
  'DeviceCode',
  'What to show, and how to ask whether somebody approved.',
  z.object({
    device_code: z.string().describe('A secret of the device, to ask with.'),
    user_code: z.string().describe('To be shown and typed, as "BCDF-GHJK".'),
    verification_uri: z.url().describe('Where it is typed.'),
    verification_uri_complete: z.url().describe('The same with the code in it, to be opened or shown as a QR code.'),
    expires_in: Count.describe('Seconds.'),
    interval: Count.describe('Seconds between two polls.'),
  }),
)

const Undecided = shown(
  'DeviceUndecided',
  'No activation, or not yet; `error` has the names of RFC 8628.',
  z.object({
    error: z.string().describe(`${deviceCodes.map((each) => each.toLowerCase()).join(', ')}, or INVALID_JSON.`),
    code: z.enum([...deviceCodes, 'INVALID_JSON']),
    detail,
    interval: Count.optional().describe('Wait so many seconds before the next poll.'),
  }),
)

const json = { conditions: ValidateCall.shape.conditions.meta(object) }

/** One of the calls. */
export type LicenseRoute = {
  operation: string
  /** Takes an Idempotency-Key. */
  isRepeatable: boolean
  path: string
  summary: string
  description: string
  body: z.ZodType
  example: object
  /** Every status with what it means and the shape of its body. */
  answers: Record<number, { description: string; answer: z.ZodType }>
}

const always = {
  400: { description: 'The body is not JSON.', answer: Failed },
  413: { description: 'The body has more than 64 KB.', answer: Failed },
  422: {
    description: 'A field is missing or wrong, or the Idempotency-Key belongs to another request.',
    answer: Failed,
  },
  429: { description: 'Too many requests from this address; Retry-After says how long to wait.', answer: Failed },
  500: { description: 'An error on our side.', answer: Failed },
  503: { description: 'The service cannot answer right now; Retry-After says when to try again.', answer: Failed },
}

const key = 'API_1C285B2D-6CE6-4BC7-B8BE-ADB6A7E304DA'
const organization_id = 'fda84e25-7b55-4d67-916d-60ead04ff61f'

export const licenseRoutes: readonly LicenseRoute[] = [
  {
    operation: 'validate',
    isRepeatable: true,
    path: '/api/license/validate',
    summary: 'Validate a key',
    description:
      'May this key be used? Always 200 when the question is well formed; `code` says why not. The checks are made in the order in which the codes are listed.',
    body: asked('Validate', ValidateCall.extend(json)),
    example: { key, organization_id, increment_usage: 1 },
    answers: { 200: { description: 'Yes or no, and why.', answer: Validated }, ...always },
  },
  {
    operation: 'activate',
    isRepeatable: true,
    path: '/api/license/activate',
    summary: 'Activate a key on a device',
    description: 'With a `fingerprint`, the same device again gets the same activation and takes no second slot.',
    body: asked('Activate', ActivateCall.extend({ ...json, meta: ActivateCall.shape.meta.meta(object) })),
    example: { key, organization_id, label: 'Studio iMac', fingerprint: '9c1e0f6a' },
    answers: {
      200: { description: 'The device is activated.', answer: Activated },
      403: { description: 'The key takes no further device.', answer: Refused },
      404: { description: 'No such key, one that was replaced, or no such activation to replace.', answer: Refused },
      ...always,
    },
  },
  {
    operation: 'deactivateDevice',
    isRepeatable: true,
    path: '/api/license/deactivate',
    summary: 'Deactivate a device',
    description: 'Works for expired, disabled and revoked keys too. Repeating it is not an error.',
    body: asked('Deactivate', DeactivateCall),
    example: { key, organization_id, activation_id: 'b6724bc8-7ad9-4ca0-b143-7c896fcbb6fe' },
    answers: {
      200: { description: 'The slot is free.', answer: Deactivated },
      404: { description: 'No such key or activation, or a key string that was replaced.', answer: Refused },
      ...always,
    },
  },
  {
    operation: 'askForKey',
    isRepeatable: false,
    path: '/api/license/device-code',
    summary: 'Ask for a key without one',
    description:
      'For a device whose customer types no key (RFC 8628): show the code and the address, or open the complete one. The customer signs in there, sees what is asking, and approves it with one of their keys. `product_id` and `benefit_id` say which keys will do. Codes are good for 10 minutes.',
    body: asked('AskForKey', DeviceCodeCall.extend({ ...json, meta: DeviceCodeCall.shape.meta.meta(object) })),
    example: { organization_id, label: 'Studio iMac', fingerprint: '9c1e0f6a' },
    answers: {
      200: { description: 'Show the code.', answer: DeviceCode },
      404: { description: 'No such organization, product or key configuration.', answer: Failed },
      ...always,
    },
  },
  {
    operation: 'pollForKey',
    isRepeatable: false,
    path: '/api/license/device-token',
    summary: 'Ask whether somebody approved',
    description:
      'Once every `interval` seconds. After the approval the answer is that of an activation, with the key; it is given again for a minute. Whoever asks too soon gets `slow_down` and has to wait five seconds longer from then on.',
    body: asked('PollForKey', DeviceTokenCall),
    example: { device_code: 'jV0n0gWm4l8tX7Yt3oZ0yq4oQ5Xn2vK1bS9aR6cD8eF' },
    answers: {
      200: { description: 'The device is activated.', answer: Activated },
      ...always,
      400: { description: 'Not approved, or not yet; or the body is not JSON.', answer: Undecided },
    },
  },
]
