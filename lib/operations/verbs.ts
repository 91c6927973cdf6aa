import { z } from 'zod'
import type { ActivationRecord, DeviceCode, DeviceToken } from '../activations/schema.ts'
import { Text } from '../base/json.ts'
import { INT4_MAX } from '../base/numbers.ts'
import type { CustomerSession } from '../customers/schema.ts'
import type { ActivateCode, DeactivateCode, ValidateCode } from '../error-codes/schema.ts'
import { archiveFilters } from '../key-configurations/plain.ts'
import { CreateKeyConfiguration, type KeyConfigurationRecord } from '../key-configurations/schema.ts'
import {
  ActivateCall,
  DeactivateCall,
  DeviceCodeCall,
  DeviceTokenCall,
  type LicenseOutcome,
  ValidateCall,
} from '../license-calls/schema.ts'
import type { KeyRecord, KeyRecordFilter } from '../license-keys/schema.ts'

// What a dialect can ask of us: each verb, what it takes and what it comes to. A vendor's request is read into a call, and the outcome
// is written in the vendor's words. Calls are checked here, once, whatever the vendor calls the fields.

const Id = z.guid().toLowerCase()
const Number32 = z.int().min(0).max(INT4_MAX)
/** Years that PostgreSQL and every client can read. */
const Moment = z.date().min(new Date('0001-01-01T00:00:00Z')).max(new Date('9999-12-31T23:59:59.999Z'))
/** An id of ours, or one another system knows a row by. */
const Name = Text(200)
/** An id or a number; anything else names nothing. */
const Ref = z.union([Number32, Name])

const Filter = z.object({
  organizationIds: z.array(z.string()).max(100).optional(),
  ids: z.array(z.string()).max(100).optional(),
  numbers: z.array(Number32).max(100).optional(),
  configurationIds: z.array(Name).max(100).optional(),
  productIds: z.array(Name).max(100).optional(),
  productOrConfigurationIds: z.array(Name).max(100).optional(),
  customerIds: z.array(Name).max(100).optional(),
  customerExternalIds: z.array(Name).max(100).optional(),
  purchaseIds: z.array(z.string()).max(100).optional(),
  organizationNumbers: z.array(Number32).max(100).optional(),
  productNumbers: z.array(Number32).max(100).optional(),
  purchaseNumbers: z.array(Number32).max(100).optional(),
  statuses: z.array(z.enum(['granted', 'disabled', 'revoked'])).optional(),
  expired: z.boolean().optional(),
  activated: z.boolean().optional(),
  sources: z.array(z.enum(['manual', 'api', 'store'])).optional(),
  imported: z.boolean().optional(),
  createdFrom: Moment.optional(),
  createdBefore: Moment.optional(),
}) satisfies z.ZodType<KeyRecordFilter>

/** A page of a list in order of creation. */
const page = { offset: Number32, limit: z.int().min(1).max(200), dir: z.enum(['asc', 'desc']) }

const Changes = z.object({
  status: z.enum(['granted', 'disabled', 'revoked']).optional(),
  disabled: z.boolean().optional(),
  activations: z
    .union([
      z.literal(['configuration', 'no_limit']),
      z.object({ mode: z.enum(['off', 'unlimited', 'limited']), limit: Number32.min(1).nullable() }),
    ])
    .optional(),
  usageLimit: z.union([z.literal('configuration'), Number32.min(1).nullable()]).optional(),
  usage: Number32.optional(),
  expiresAt: z.union([z.literal('configuration'), Moment.nullable()]).optional(),
})

const ConfigurationFilter = z.object({
  organizationIds: z.array(Name).max(100).optional(),
  ids: z.array(Name).max(100).optional(),
  excludeIds: z.array(Name).max(100).optional(),
  q: Name.optional(),
  status: z.enum(archiveFilters),
})

/** What of a configuration vendors know, to change it; null is none, and leaves alone what a configuration has instead: any number of devices, a fixed day. */
const ConfigurationChanges = z.object({
  name: z.string().optional(),
  prefix: z.string().nullable().optional(),
  duration: z
    .object({ count: Number32, unit: z.enum(['day', 'month', 'year']) })
    .nullable()
    .optional(),
  activationLimit: Number32.nullable().optional(),
  activations: z.object({ mode: z.enum(['off', 'unlimited', 'limited']), limit: Number32.nullable() }).optional(),
  instructions: z.string().optional(),
  usageLimit: Number32.nullable().optional(),
  customerMayDeactivate: z.boolean().optional(),
})

/** `live`: one that is archived is not there. */
const OneConfiguration = z.object({ configuration: Name, live: z.boolean().optional() })

// Some vendors' calls name no organization: a key string belongs to one.
const anyOrganization = { organization_id: Id.nullable() }

/** What each verb takes. */
export const calls = {
  validate: ValidateCall.extend(anyOrganization),
  activate: ActivateCall.extend({ ...anyOrganization, repeated: z.boolean().optional() }),
  deactivate: DeactivateCall.extend(anyOrganization),
  askForKey: DeviceCodeCall,
  pollForKey: DeviceTokenCall,
  listKeys: z.object({ filter: Filter, withActivations: z.boolean().optional(), ...page }),
  getKey: z.object({ key: Ref }),
  changeKey: z.object({ key: Ref, changes: Changes }),
  rotateKey: z.object({ key: Ref, overlapHours: z.int().min(0).max(720) }),
  listActivations: z.object({ licenseKeyId: z.string().nullable(), licenseKeyNumber: Number32.nullable(), ...page }),
  getActivation: z.object({ activation: Ref, licenseKeyId: z.string().nullable() }),
  renameActivation: z.object({ activation: Ref, label: Text(256, 1) }),
  listConfigurations: z.object({ filter: ConfigurationFilter, sort: z.enum(['createdAt', 'name']), ...page }),
  getConfiguration: OneConfiguration,
  /** `repeated`: the client says that it sent this before and got no answer. */
  createConfiguration: z.object({
    organizationId: z.string().nullable(),
    settings: CreateKeyConfiguration,
    repeated: z.boolean().optional(),
  }),
  changeConfiguration: OneConfiguration.extend({ changes: ConfigurationChanges }),
  archiveConfiguration: OneConfiguration,
  listKeysOf: z.object({ configuration: Name, filter: Filter, ...page }),
  listGrants: z.object({ filter: Filter, ...page }),
  createCustomerSession: z.object({ customerId: z.string().nullable(), externalId: z.string().nullable() }),
  listOwnKeys: z.object({ configurationIds: z.array(z.string()).max(100).optional(), ...page }),
  getOwnKey: z.object({ key: z.string() }),
  rotateOwnKey: z.object({ key: z.string() }),
  /** Like changeKey, but refuses what contradicts how the key is used or sold. */
  changeKeyStrictly: z.object({ key: Ref, changes: Changes }),
  /** A key whose string was made elsewhere. `repeated`: the client says that it sent this before and got no answer. */
  adoptKey: z.object({
    keyString: Text(512, 4),
    product: Name,
    customer: Name,
    activations: z.object({ mode: z.enum(['off', 'unlimited', 'limited']), limit: Number32.min(1).nullable() }),
    expiresAt: Moment.nullable(),
    repeated: z.boolean().optional(),
  }),
  /** Says that a key was handed over, and with which limits; only with the string it has. */
  deliverKey: z.object({ key: Ref, keyString: Text(512, 1), changes: Changes }),
  /** Revokes a key of one of these configurations; one that is revoked stays so. */
  revokeKeyOf: z.object({ key: Name, configurationIds: z.array(Name).max(100) }),
} as const satisfies Record<string, z.ZodType>

export type Verb = keyof typeof calls
export type Call<V extends Verb> = z.infer<(typeof calls)[V]>

/** What a license call came to; `record` is there when the line asked for it and the key exists. */
type WithRecord = { record: KeyRecord | null }

type Outcomes = {
  validate: LicenseOutcome<ValidateCode> & WithRecord
  activate: LicenseOutcome<ActivateCode> & WithRecord
  deactivate: LicenseOutcome<DeactivateCode> & WithRecord
  askForKey: DeviceCode
  pollForKey: DeviceToken
  /** `activations` are those of these keys, when asked for. */
  listKeys: { records: KeyRecord[]; total: number; activations: ActivationRecord[] }
  getKey: { record: KeyRecord; activations: ActivationRecord[] }
  changeKey: { record: KeyRecord }
  rotateKey: { record: KeyRecord }
  /** `records` are the keys they are of. */
  listActivations: { activations: ActivationRecord[]; total: number; records: KeyRecord[] }
  getActivation: { activation: ActivationRecord; record: KeyRecord }
  renameActivation: { activation: ActivationRecord; record: KeyRecord }
  listConfigurations: { configurations: KeyConfigurationRecord[]; total: number }
  getConfiguration: { configuration: KeyConfigurationRecord }
  createConfiguration: { configuration: KeyConfigurationRecord }
  changeConfiguration: { configuration: KeyConfigurationRecord }
  archiveConfiguration: { configuration: KeyConfigurationRecord }
  listKeysOf: { configuration: KeyConfigurationRecord; records: KeyRecord[]; total: number }
  /** `configurations` are those the keys were made from. */
  listGrants: { configurations: KeyConfigurationRecord[]; records: KeyRecord[]; total: number }
  /** `portalUrl` is where the customer sees all they bought. */
  createCustomerSession: { session: CustomerSession; portalUrl: string }
  listOwnKeys: { records: KeyRecord[]; total: number }
  getOwnKey: { record: KeyRecord; activations: ActivationRecord[] }
  rotateOwnKey: { record: KeyRecord }
  changeKeyStrictly: { record: KeyRecord }
  adoptKey: { record: KeyRecord }
  deliverKey: { record: KeyRecord }
  revokeKeyOf: { record: KeyRecord }
}
/** What each verb comes to. Refusals of the verbs that are no license calls are thrown, and become a Problem. */
export type Outcome<V extends Verb> = Outcomes[V]

/** The three calls of client software. */
const licenseVerbs = ['validate', 'activate', 'deactivate'] as const satisfies Verb[]
export type LicenseVerb = (typeof licenseVerbs)[number]
/** What software does that has no key yet: somebody chooses one in a browser. */
export type DeviceVerb = 'askForKey' | 'pollForKey'
/** What a customer does with a session that the organization made for them. */
export type OwnVerb = 'listOwnKeys' | 'getOwnKey' | 'rotateOwnKey'
/** What an organization's own programs do, with an API key. */
export type ManagementVerb = Exclude<Verb, LicenseVerb | DeviceVerb | OwnVerb>

export const isDeviceVerb = (verb: Verb): verb is DeviceVerb => verb === 'askForKey' || verb === 'pollForKey'

export const isLicenseVerb = (verb: Verb): verb is LicenseVerb => (licenseVerbs as readonly Verb[]).includes(verb)
