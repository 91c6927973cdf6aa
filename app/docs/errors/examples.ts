import { problems as apiProblems, type ProblemCode } from '#lib/api/problem.ts'
import type { AnswerCode } from '#lib/error-codes/rules.ts'
import {
  type ActivateCode,
  activateCodes,
  type DeactivateCode,
  type DeviceAnswerCode,
  deactivateCodes,
  type RequestCode,
  type ValidateCode,
  validateCodes,
} from '#lib/error-codes/schema.ts'
import {
  checkValidate,
  decideActivation,
  decideDeactivation,
  replacedKey,
  unknownKey,
  type ValidateAsk,
} from '#lib/license-calls/rules.ts'
import type { LicenseOutcome } from '#lib/license-calls/schema.ts'
import { sampleKeyString } from '#lib/license-keys/plain.ts'
import type { ActivationFacts, KeyFacts } from '#lib/license-keys/rules.ts'
import type { ActivationAnswer, KeyAnswer } from '#lib/license-keys/schema.ts'
import type { Answer, Problem } from '#lib/operations/line.ts'
import type { LicenseVerb, Outcome } from '#lib/operations/verbs.ts'
import { native } from '#lib/vendors/latchkey/dialect.ts'

// Answers for the pages about codes. The rules decide them and the native dialect writes them, so they are what software gets.

/** One answer: which call gives it, with which status, and its body where the code is one of the license calls. */
export type Example = {
  call: LicenseVerb | 'device-token' | 'any call' | 'management API'
  status: number
  body: unknown
}

const now = new Date('2027-03-01T09:30:00Z')
const expiresAt = new Date('2028-02-14T00:00:00Z')
const ids = {
  key: '6fd3a1f2-8d0b-4c6e-9a57-2f6b1c0d7e84',
  organization: 'fda84e25-7b55-4d67-916d-60ead04ff61f',
  customer: '0f9c6b7e-53a1-4f0e-8f6a-7a1f3b9d2c55',
  configuration: '3c7e9d10-2b64-4a8f-b1d2-95e0c4f7a613',
  product: '81b5d2c4-6e0f-4379-a8c1-d47e2f90b36a',
  activation: 'b6724bc8-7ad9-4ca0-b143-7c896fcbb6fe',
}
const another = '00000000-0000-4000-8000-000000000000'

const facts: KeyFacts = {
  status: 'granted',
  expiresAt,
  productId: ids.product,
  keyConfigurationId: ids.configuration,
  customerId: ids.customer,
  formerIds: [],
  newDevicesBlocked: false,
  usage: 0,
  usagePeriodStart: null,
  entitlements: ['sync'],
  limits: {
    activations: { mode: 'limited', limit: 3, overridden: false },
    usage: { limit: null, reset: 'never', overridden: false },
    grace: { days: 7, overridden: false },
    activationRequired: false,
  },
}
const device: ActivationFacts = { id: ids.activation, fingerprint: '9c1e0f6a', conditions: {} }
const ask: ValidateAsk = {
  ...{ activationId: ids.activation, fingerprint: null, conditions: {}, incrementUsage: 0 },
  ...{ productId: null, keyConfigurationId: null, customerId: null, entitlements: [] },
}

/** What is different when a code is the answer. */
type Scene = {
  key?: Partial<KeyFacts>
  limits?: Partial<KeyFacts['limits']>
  ask?: Partial<ValidateAsk>
  devices?: ActivationFacts[]
}

// These show nothing of a key.
type WithoutKey = 'NOT_FOUND' | 'REPLACED'

const expired = new Date('2027-02-14T00:00:00Z')
const states = {
  REVOKED: { key: { status: 'revoked' } },
  DISABLED: { key: { status: 'disabled' } },
  EXPIRED: { key: { expiresAt: expired } },
} as const satisfies Record<string, Scene>

const validateScenes = {
  ...states,
  PRODUCT_MISMATCH: { ask: { productId: another } },
  CONFIGURATION_MISMATCH: { ask: { keyConfigurationId: another } },
  CUSTOMER_MISMATCH: { ask: { customerId: another } },
  ACTIVATION_REQUIRED: { limits: { activationRequired: true }, ask: { activationId: null } },
  ACTIVATION_NOT_FOUND: { devices: [] },
  CONDITIONS_MISMATCH: {
    devices: [{ ...device, conditions: { major_version: 4 } }],
    ask: { conditions: { major_version: 5 } },
  },
  ENTITLEMENT_MISSING: { ask: { entitlements: ['export'] } },
  USAGE_LIMIT_REACHED: {
    key: { usage: 990, usagePeriodStart: new Date('2027-03-01T00:00:00Z') },
    limits: { usage: { limit: 1_000, reset: 'month', overridden: false } },
    ask: { incrementUsage: 15 },
  },
  VALID: {},
} satisfies Record<Exclude<ValidateCode, WithoutKey>, Scene>

const three = ['1', '2', '3'].map((fingerprint) => ({ ...device, fingerprint }))
const activateScenes = {
  ...states,
  ACTIVATIONS_OFF: { limits: { activations: { mode: 'off', limit: null, overridden: false } } },
  ACTIVATION_NOT_FOUND: { devices: [] },
  NEW_DEVICES_BLOCKED: { key: { newDevicesBlocked: true }, devices: [] },
  ACTIVATION_LIMIT_REACHED: { devices: three },
  ACTIVATED: {},
} satisfies Record<Exclude<ActivateCode, WithoutKey>, Scene>

const problems = {
  INVALID_JSON: { kind: 'not_json' },
  ROUTE_NOT_FOUND: { kind: 'no_such_route' },
  METHOD_NOT_ALLOWED: { kind: 'method_not_allowed', allow: 'POST' },
  PAYLOAD_TOO_LARGE: { kind: 'too_large', maxBytes: 65_536 },
  INVALID_INPUT: { kind: 'invalid_input', issues: [{ path: ['organization_id'], message: 'Invalid UUID' }] },
  IDEMPOTENCY_KEY_REUSED: { kind: 'idempotency_key_reused' },
  RATE_LIMITED: { kind: 'rate_limited', retryAfterSeconds: 2 },
  INTERNAL_ERROR: { kind: 'internal', requestId: '0197d2f4-6c1e-7a08-b3f5-4e9c2d81a7b6' },
  UNAVAILABLE: { kind: 'unavailable', retryAfterSeconds: 1 },
} satisfies Record<Exclude<RequestCode, DeviceAnswerCode>, Problem>

const polls = {
  AUTHORIZATION_PENDING: { answer: 'pending', intervalSeconds: 5 },
  SLOW_DOWN: { answer: 'slow_down', intervalSeconds: 10 },
  ACCESS_DENIED: { answer: 'denied' },
  EXPIRED_TOKEN: { answer: 'expired' },
} satisfies Record<DeviceAnswerCode, Outcome<'pollForKey'>>

function keyAnswer(key: KeyFacts): KeyAnswer {
  return {
    id: ids.key,
    organizationId: ids.organization,
    customerId: key.customerId,
    keyConfigurationId: key.keyConfigurationId,
    productId: key.productId,
    keyString: sampleKeyString('uuid', 'EDITOR'),
    displayKey: '****-E304DA',
    status: key.status,
    limitActivations: key.limits.activations.mode === 'off' ? 0 : key.limits.activations.limit,
    usage: key.usage,
    limitUsage: key.limits.usage.limit,
    validations: 128,
    lastValidatedAt: new Date('2027-02-28T17:04:00Z'),
    expiresAt: key.expiresAt,
    entitlements: key.entitlements,
    version: '4.x',
    createdAt: new Date('2026-02-14T10:12:00Z'),
    modifiedAt: new Date('2026-02-14T10:12:00Z'),
  }
}

const activationAnswer: ActivationAnswer = {
  id: ids.activation,
  licenseKeyId: ids.key,
  label: 'Studio iMac',
  fingerprint: '9c1e0f6a',
  meta: {},
  createdAt: new Date('2026-02-14T10:15:00Z'),
  modifiedAt: null,
}

const staged = ({ key, limits, ask: asked, devices }: Scene) => ({
  key: { ...facts, ...key, limits: { ...facts.limits, ...limits } },
  ask: { ...ask, ...asked },
  devices: devices ?? [device],
})

const withoutKey = (code: WithoutKey) => ({
  ...{ verdict: code === 'NOT_FOUND' ? unknownKey(false) : replacedKey(), key: null, activation: null },
})

function onValidate(code: ValidateCode): LicenseOutcome<ValidateCode> {
  if (code === 'NOT_FOUND' || code === 'REPLACED') return withoutKey(code)
  const scene = staged(validateScenes[code])
  const { verdict, activation } = checkValidate(scene.key, scene.devices, scene.ask, now)
  return { verdict, key: keyAnswer(scene.key), activation: activation && activationAnswer }
}

function onActivate(code: ActivateCode): LicenseOutcome<ActivateCode> {
  if (code === 'NOT_FOUND' || code === 'REPLACED') return withoutKey(code)
  const scene = staged(activateScenes[code])
  const asked = {
    fingerprint: '9c1e0f6a',
    replaceActivationId: code === 'ACTIVATION_NOT_FOUND' ? another : null,
  }
  const { verdict } = decideActivation(scene.key, scene.devices, asked, now)
  return { verdict, key: keyAnswer(scene.key), activation: verdict.valid ? activationAnswer : null }
}

function onDeactivate(code: DeactivateCode): LicenseOutcome<DeactivateCode> {
  if (code === 'NOT_FOUND' || code === 'REPLACED') return withoutKey(code)
  const { verdict } = decideDeactivation(code === 'DEACTIVATED' ? { deactivatedAt: null } : null)
  return { verdict, key: keyAnswer(facts), activation: null }
}

const writers = new Map(native.lines.map((line) => [line.verb, line.write as (outcome: LicenseOutcome) => Answer]))

/** Every way in which this code is answered. */
export function examplesOf(code: AnswerCode): Example[] {
  const among = <Code extends string>(codes: readonly Code[]): Code | undefined => codes.find((each) => each === code)
  const examples: Example[] = []
  const add = (call: LicenseVerb, outcome: LicenseOutcome) => {
    const write = writers.get(call)
    if (write) examples.push({ call, ...withoutHeaders(write(outcome)) })
  }
  const validates = among(validateCodes)
  if (validates) add('validate', onValidate(validates))
  const activates = among(activateCodes)
  if (activates) add('activate', onActivate(activates))
  const deactivates = among(deactivateCodes)
  if (deactivates) add('deactivate', onDeactivate(deactivates))
  if (code in problems) {
    const problem = problems[code as keyof typeof problems]
    examples.push({ call: 'any call', ...withoutHeaders(native.problem(problem, null)) })
  }
  if (code in polls) {
    const write = writers.get('pollForKey') as ((outcome: Outcome<'pollForKey'>) => Answer) | undefined
    const outcome = polls[code as DeviceAnswerCode]
    if (write) examples.push({ call: 'device-token', ...withoutHeaders(write(outcome)) })
  }
  if (Object.hasOwn(apiProblems, code)) {
    const { status } = apiProblems[code as ProblemCode]
    examples.push({ call: 'management API', status, body: undefined })
  }
  return examples
}

const withoutHeaders = ({ status, body }: Answer) => ({ status, body })
