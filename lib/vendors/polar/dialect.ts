import type { LicenseCode } from '../../error-codes/schema.ts'
import type { KeyRecord } from '../../license-keys/schema.ts'
import { type Answer, type Dialect, line, type Parts } from '../../operations/line.ts'
import type { LicenseVerb, Outcome } from '../../operations/verbs.ts'
import {
  readAllGrants,
  readBenefit,
  readBenefits,
  readBenefitUpdate,
  readGrants,
  readNewBenefit,
  writeBenefit,
  writeGrant,
} from './benefits.ts'
import { notFound, problem, say } from './problems.ts'
import {
  INT32_MAX,
  pageOf,
  readActivate,
  readActivation,
  readDeactivate,
  readKey,
  readKeys,
  readKeyUpdate,
  readOwnKeys,
  readRotate,
  readSession,
  readValidate,
  versionOf,
} from './read.ts'
import { versions, writeActivation, writeGrantedKey, writeKey, writeList, writeSession } from './write.ts'

// Polar's API as far as it is about license keys: docs.polar.sh/api-reference, SDKs 0.20 to 1.0.

const ok = (body: unknown): Answer => ({ status: 200, body })
const created = (body: unknown): Answer => ({ status: 201, body })
const done: Answer = { status: 204 }

// ---------------------------------------------------------------- license calls

/** Clients tell the reasons apart by Polar's own sentences; what Polar has none for is said in ours. */
const sentences: Partial<Record<LicenseCode, string>> = {
  NOT_FOUND: 'Not found',
  REPLACED: 'Not found',
  REVOKED: 'License key is no longer active.',
  DISABLED: 'License key is no longer active.',
  EXPIRED: 'License key has expired.',
  ACTIVATION_NOT_FOUND: 'Not found',
  ACTIVATION_LIMIT_REACHED: 'License key activation limit already reached',
}

const sentenceFor = ({ verdict }: Pick<Outcome<LicenseVerb>, 'verdict'>) => sentences[verdict.code] ?? verdict.detail

function writeValidate(outcome: Outcome<'validate'>, parts: Parts): Answer {
  const { verdict, key, activation, record } = outcome
  if (!key || !record) return notFound()
  if (verdict.code === 'USAGE_LIMIT_REACHED') {
    const left = Math.max(0, (key.limitUsage ?? INT32_MAX) - key.usage)
    return say(400, 'BadRequest', `License key only has ${left} more usages.`)
  }
  if (!verdict.valid) return notFound(sentenceFor(outcome))
  return ok({
    ...writeGrantedKey(key, record, versionOf(parts), parts),
    activation: activation && writeActivation(activation),
  })
}

function writeActivate(outcome: Outcome<'activate'>, parts: Parts): Answer {
  const { verdict, key, activation, record } = outcome
  if (!key || !record) return notFound()
  if (!verdict.valid || !activation) return say(403, 'NotPermitted', sentenceFor(outcome))
  return ok({ ...writeActivation(activation), license_key: writeGrantedKey(key, record, versionOf(parts), parts) })
}

/** A device that was gone already is not found. */
const writeDeactivate = ({ verdict, activation }: Outcome<'deactivate'>): Answer =>
  verdict.valid && activation ? done : notFound()

const validate = { read: readValidate, write: writeValidate, withRecord: true }
const activate = { read: readActivate, write: writeActivate, withRecord: true }
const deactivate = { read: readDeactivate, write: writeDeactivate }

// ---------------------------------------------------------------- keys

const writeOne = ({ record }: { record: KeyRecord }, parts: Parts) => ok(writeKey(record, versionOf(parts)))

const writeWithDevices = ({ record, activations }: Outcome<'getKey'>, parts: Parts) =>
  ok({ ...writeKey(record, versionOf(parts)), activations: activations.map(writeActivation) })

const writeDevice = ({ activation, record }: Outcome<'getActivation'>, parts: Parts) =>
  ok({ ...writeActivation(activation), license_key: writeKey(record, versionOf(parts)) })

const listOf = (items: unknown[], total: number, parts: Parts) => ok(writeList(items, total, pageOf(parts).limit))

const writeKeys = ({ records, total }: Outcome<'listOwnKeys'>, parts: Parts) =>
  listOf(
    records.map((record) => writeKey(record, versionOf(parts))),
    total,
    parts,
  )

// ---------------------------------------------------------------- benefits

type OneBenefit = Outcome<'getConfiguration'>

const writeOneBenefit = ({ configuration }: OneBenefit) => ok(writeBenefit(configuration))

const writeBenefits = ({ configurations, total }: Outcome<'listConfigurations'>, parts: Parts) =>
  listOf(configurations.map(writeBenefit), total, parts)

const writeAllGrants = ({ configurations, records, total }: Outcome<'listGrants'>, parts: Parts) =>
  listOf(
    records.flatMap((record) => {
      const configuration = configurations.find(({ id }) => id === record.keyConfigurationId)
      return configuration ? [writeGrant(record, configuration)] : []
    }),
    total,
    parts,
  )

const writeGrants = ({ configuration, records, total }: Outcome<'listKeysOf'>, parts: Parts) =>
  listOf(
    records.map((record) => writeGrant(record, configuration)),
    total,
    parts,
  )

// ---------------------------------------------------------------- the page of the API

const ofOrganization = { access: 'api_key' } as const
const ofCustomer = { access: 'customer' } as const
const bodiless = { body: 'none' } as const

/** Polar's dialect, at /api/license/polar. */
export const polar: Dialect = {
  prefix: '/polar',
  lines: [
    line('POST', '/v1/customer-portal/license-keys/validate', 'validate', validate),
    line('POST', '/v1/customer-portal/license-keys/activate', 'activate', activate),
    line('POST', '/v1/customer-portal/license-keys/deactivate', 'deactivate', deactivate),

    line('GET', '/v1/license-keys', 'listKeys', { ...ofOrganization, read: readKeys, write: writeKeys }),
    line('GET', '/v1/license-keys/{id}', 'getKey', { ...ofOrganization, read: readKey, write: writeWithDevices }),
    line('PATCH', '/v1/license-keys/{id}', 'changeKey', { ...ofOrganization, read: readKeyUpdate, write: writeOne }),
    line('POST', '/v1/license-keys/{id}/rotate', 'rotateKey', {
      ...ofOrganization,
      ...bodiless,
      read: readRotate,
      write: writeOne,
    }),
    line('GET', '/v1/license-keys/{id}/activations/{activation_id}', 'getActivation', {
      ...ofOrganization,
      read: readActivation,
      write: writeDevice,
    }),
    line('POST', '/v1/license-keys/validate', 'validate', { ...ofOrganization, ...validate }),
    line('POST', '/v1/license-keys/activate', 'activate', { ...ofOrganization, ...activate }),
    line('POST', '/v1/license-keys/deactivate', 'deactivate', { ...ofOrganization, ...deactivate }),

    line('GET', '/v1/benefits', 'listConfigurations', { ...ofOrganization, read: readBenefits, write: writeBenefits }),
    line('POST', '/v1/benefits', 'createConfiguration', {
      ...ofOrganization,
      read: readNewBenefit,
      write: ({ configuration }) => created(writeBenefit(configuration)),
    }),
    line('GET', '/v1/benefits/{id}', 'getConfiguration', {
      ...ofOrganization,
      read: readBenefit,
      write: writeOneBenefit,
    }),
    line('PATCH', '/v1/benefits/{id}', 'changeConfiguration', {
      ...ofOrganization,
      read: readBenefitUpdate,
      write: writeOneBenefit,
    }),
    line('DELETE', '/v1/benefits/{id}', 'archiveConfiguration', {
      ...ofOrganization,
      ...bodiless,
      read: readBenefit,
      write: () => done,
    }),
    line('GET', '/v1/benefit-grants', 'listGrants', { ...ofOrganization, read: readAllGrants, write: writeAllGrants }),
    line('GET', '/v1/benefits/{id}/grants', 'listKeysOf', { ...ofOrganization, read: readGrants, write: writeGrants }),

    line('POST', '/v1/customer-sessions', 'createCustomerSession', {
      ...ofOrganization,
      read: readSession,
      write: (outcome, parts) => created(writeSession(outcome, parts)),
    }),
    line('GET', '/v1/customer-portal/license-keys', 'listOwnKeys', {
      ...ofCustomer,
      read: readOwnKeys,
      write: writeKeys,
    }),
    line('GET', '/v1/customer-portal/license-keys/{id}', 'getOwnKey', {
      ...ofCustomer,
      read: readKey,
      write: writeWithDevices,
    }),
    line('POST', '/v1/customer-portal/license-keys/{id}/rotate', 'rotateOwnKey', {
      ...ofCustomer,
      ...bodiless,
      read: readKey,
      write: writeOne,
    }),
  ],
  problem,
  greet(header) {
    const sent = header('polar-version')
    // As Polar answers versions it does not have.
    if (sent !== null && !versions.some((version) => version === sent)) {
      return { answer: { status: 404, body: { detail: 'Not Found' } } }
    }
    return { headers: { 'polar-version': versionOf({ header }) } }
  },
}
