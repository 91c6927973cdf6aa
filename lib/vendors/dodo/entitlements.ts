import { z } from 'zod'
import { type KeyConfigurationRecord, newKeyConfiguration } from '../../key-configurations/schema.ts'
import type { KeyRecord } from '../../license-keys/schema.ts'
import type { Answer, Parts } from '../../operations/line.ts'
import { idIn, limitIn, momentIn, namesOf, narrowed, param, prefixedId } from '../../operations/spelling.ts'
import type { Outcome } from '../../operations/verbs.ts'
import { bodyOf, businessId, isRepeated, keyStatus, namesIn, ok, pageOf, paymentOf } from './keys.ts'

// Entitlements and grants as Dodo Payments has them. An entitlement is a key configuration; a grant is a key, seen as what its customer got.

// ---------------------------------------------------------------- entitlements

const DAYS = { Day: 1, Week: 7 } as const

const IntegrationConfig = z
  .object({
    activation_message: z.string().max(2_500).nullish(),
    activations_limit: z.int().nullish(),
    duration_count: z.int().positive().nullish(),
    duration_interval: z.enum(['Day', 'Week', 'Month', 'Year']).nullish(),
    fulfillment_mode: z.literal('auto', 'Keys are made when they are granted: only auto').nullish(),
  })
  .refine(
    (config) => (config.duration_count == null) === (config.duration_interval == null),
    'duration_count and duration_interval go together',
  )
type IntegrationConfig = z.infer<typeof IntegrationConfig>

const CreateEntitlement = z.object({
  name: z.string(),
  integration_type: z.literal('license_key', 'Only license_key'),
  integration_config: IntegrationConfig,
})

const UpdateEntitlement = z.object({ name: z.string().nullish(), integration_config: IntegrationConfig.nullish() })

function durationOf({ duration_count: count, duration_interval: interval }: IntegrationConfig) {
  if (count == null || interval == null) return null
  if (interval === 'Month' || interval === 'Year')
    return { count, unit: interval === 'Month' ? ('month' as const) : ('year' as const) }
  return { count: count * DAYS[interval], unit: 'day' as const }
}

export function readCreateEntitlement(parts: Parts) {
  const { name, integration_config: config } = CreateEntitlement.parse(parts.body)
  const duration = durationOf(config)
  const { mode, limit } = limitIn(config.activations_limit ?? null)
  return {
    organizationId: null,
    repeated: isRepeated(parts),
    settings: {
      ...newKeyConfiguration,
      name,
      instructions: config.activation_message ?? '',
      activationsMode: mode,
      activationLimit: limit,
      ...(duration && { expiryKind: 'duration', durationCount: duration.count, durationUnit: duration.unit }),
    },
  }
}

// What is deleted there is not there any more.
const live = true

/** What the configuration leaves out stays: there are settings theirs has no words for, and a limit must not go unasked. */
export function readUpdateEntitlement({ params, body }: Parts) {
  const { name, integration_config: config } = UpdateEntitlement.parse(body)
  const { activation_message, activations_limit, duration_count } = config ?? {}
  return {
    configuration: params.id,
    live,
    changes: {
      name: name ?? undefined,
      instructions: activation_message === undefined ? undefined : (activation_message ?? ''),
      activations: activations_limit === undefined ? undefined : limitIn(activations_limit),
      duration: duration_count === undefined ? undefined : durationOf(config ?? {}),
    },
  }
}

export const readEntitlementId = ({ params }: Parts) => ({ configuration: params.id, live })

export function readEntitlements({ query }: Parts) {
  const type = param(query, 'integration_type')
  const none = { ids: [] as string[] }
  const isOurs = type === undefined || type === 'license_key'
  return { ...pageOf(query), sort: 'createdAt', filter: { status: 'active', ...(!isOurs && none) } }
}

const intervals = { day: 'Day', month: 'Month', year: 'Year' } as const

function entitlementOf({ settings, ...record }: KeyConfigurationRecord) {
  const { activationsMode, activationLimit, durationCount, durationUnit, instructions } = settings
  return {
    id: prefixedId('ent', record),
    business_id: prefixedId('bus', { id: record.organizationId, externalIds: record.organizationExternalIds }),
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    name: settings.name,
    description: null,
    integration_type: 'license_key',
    integration_config: {
      activation_message: instructions || null,
      activations_limit: activationsMode === 'off' ? 0 : activationLimit,
      duration_count: durationCount,
      duration_interval: durationUnit && intervals[durationUnit],
      fulfillment_mode: 'auto',
    },
    is_active: record.archivedAt === null,
    metadata: {},
  }
}

export const writeEntitlement =
  (status = 200) =>
  ({ configuration }: { configuration: KeyConfigurationRecord }): Answer =>
    ok(entitlementOf(configuration), status)

export const writeEntitlements = ({ configurations }: Outcome<'listConfigurations'>): Answer =>
  ok({ items: configurations.map(entitlementOf) })

// ---------------------------------------------------------------- grants

/** A key is there as soon as it is granted, so nothing ever waits or fails. */
const grantStatuses: Record<string, object> = {
  Delivered: { statuses: ['granted', 'disabled'] },
  Revoked: { statuses: ['revoked'] },
  Pending: { statuses: [] },
  Failed: { statuses: [] },
}

export const readGrantsOfEntitlement = ({ params, query }: Parts) => ({
  ...pageOf(query),
  filter: {
    configurationIds: namesOf(params.id ?? ''),
    customerIds: namesIn(query, 'customer_id'),
    ...narrowed(grantStatuses, query, 'status'),
  },
})

export function readGrantsOfCustomer({ params, query }: Parts) {
  const type = param(query, 'integration_type')
  const isOurs = type === undefined || type === 'license_key'
  return {
    ...pageOf(query),
    filter: {
      customerIds: namesOf(params.id ?? ''),
      ...narrowed(grantStatuses, query, 'status'),
      ...(!isOurs && { ids: [] }),
    },
  }
}

export const readRevoke = ({ params }: Parts) => ({
  key: idIn(params.grant_id),
  configurationIds: namesOf(params.id ?? ''),
})

/** Without a limit or a date, or with null, the key has those of its entitlement, as it was made with. */
export function readDelivery(parts: Parts) {
  const { key, activations_limit, expires_at } = bodyOf(parts)
  return {
    key: idIn(parts.params.grant_id),
    keyString: key,
    changes: {
      activations: activations_limit == null ? undefined : limitIn(activations_limit),
      expiresAt: momentIn(expires_at ?? undefined),
    },
  }
}

/** A key as what its customer got. */
export function grantOf(record: KeyRecord) {
  const isRevoked = record.status === 'revoked'
  return {
    id: prefixedId('entg', record),
    brand_id: businessId(record),
    business_id: businessId(record),
    created_at: record.createdAt,
    updated_at: record.modifiedAt,
    customer_id: prefixedId('cus', record.customer),
    entitlement_id: prefixedId('ent', record.configuration),
    integration_type: 'license_key',
    metadata: {},
    status: isRevoked ? 'Revoked' : 'Delivered',
    delivered_at: record.createdAt,
    revoked_at: isRevoked ? record.modifiedAt : null,
    revocation_reason: null,
    error_code: null,
    error_message: null,
    license_key: {
      id: prefixedId('lic', record),
      key: record.keyString,
      status: keyStatus(record),
      activations_used: record.devices,
      activations_limit: record.limitActivations,
      expires_at: record.expiresAt,
    },
    ...paymentOf(record),
  }
}

export const writeGrant = ({ record }: { record: KeyRecord }): Answer => ok(grantOf(record))

export const writeGrants = ({ records }: Outcome<'listKeys'>): Answer => ok({ items: records.map(grantOf) })
