import { z } from 'zod'
import { Text } from '../../base/json.ts'
import { limits } from '../../key-configurations/plain.ts'
import {
  type KeyConfigurationRecord,
  type KeyConfigurationSettings,
  newKeyConfiguration,
} from '../../key-configurations/schema.ts'
import type { KeyRecord } from '../../license-keys/schema.ts'
import type { Parts } from '../../operations/line.ts'
import { uuidId } from '../../operations/spelling.ts'
import { idOf, Limit, last, many, pageOf, Uuid, valuesOf } from './read.ts'
import { boughtBy, writeCustomer } from './write.ts'

// Benefits of Polar's type `license_keys` are our key configurations. Polar knows fewer settings; the others stay as they are.

// ---------------------------------------------------------------- requests

const Expires = z
  .object({ ttl: Limit(), timeframe: z.enum(['year', 'month', 'day']) })
  .refine(({ ttl, timeframe }) => ttl <= limits.durationCount[timeframe], {
    path: ['ttl'],
    message: 'Input is too long for its timeframe',
  })

const Properties = z.object({
  prefix: z.string().nullish(),
  expires: Expires.nullish(),
  activations: z.object({ limit: Limit(limits.activationLimit), enable_customer_admin: z.boolean() }).nullish(),
  limit_usage: Limit().nullish(),
})

const Description = z.string().trim().min(3, 'Use at least 3 characters').max(42, 'Use at most 42 characters')
const Type = z.literal('license_keys', 'Latchkey has benefits of the type license_keys only')

const NewBenefit = z.object({
  type: Type,
  description: Description,
  organization_id: Uuid.nullish(),
  properties: Properties,
})

export function readNewBenefit(parts: Parts): unknown {
  const { body } = z.object({ body: NewBenefit }).parse({ body: parts.body })
  const { prefix, expires, activations, limit_usage: usageLimit } = body.properties
  const isTheirs = activations?.enable_customer_admin ?? newKeyConfiguration.customerMayDeactivate
  const settings: Omit<KeyConfigurationSettings, 'expiresOn' | 'prefix'> & { prefix: unknown } = {
    ...newKeyConfiguration,
    name: body.description,
    prefix,
    expiryKind: expires ? 'duration' : 'never',
    durationCount: expires?.ttl ?? null,
    durationUnit: expires?.timeframe ?? null,
    // Without a limit Polar refuses to activate.
    activationsMode: activations ? 'limited' : 'off',
    activationLimit: activations?.limit ?? null,
    usageLimit: usageLimit ?? null,
    customerMayDeactivate: isTheirs,
    customerMayRename: isTheirs,
    customerMayReplace: isTheirs,
  }
  return { organizationId: body.organization_id ?? null, settings }
}

const BenefitUpdate = z.object({
  type: Type.optional(),
  description: Description.nullish(),
  properties: Properties.nullish(),
})

// Polar finds no benefit that was deleted; here it is archived, and what it granted lives on.
const live = true

/** A change of a benefit; its properties are replaced all together. */
export function readBenefitUpdate(parts: Parts): unknown {
  const { body } = z.object({ body: BenefitUpdate }).parse({ body: parts.body })
  const { description, properties } = body
  const { expires, activations } = properties ?? {}
  return {
    configuration: idOf(parts),
    live,
    changes: {
      name: description ?? undefined,
      ...(properties && {
        prefix: properties.prefix ?? null,
        duration: expires ? { count: expires.ttl, unit: expires.timeframe } : null,
        activationLimit: activations?.limit ?? null,
        customerMayDeactivate: activations?.enable_customer_admin,
        usageLimit: properties.limit_usage ?? null,
      }),
    },
  }
}

export const readBenefit = (parts: Parts): unknown => ({ configuration: idOf(parts), live })

const BenefitList = z.object({
  query: z.object({
    organization_id: many(Uuid),
    type: many(z.string()),
    id: many(Uuid),
    exclude_id: many(Uuid),
    query: last(Text(200).optional()),
    sorting: many(z.string()),
  }),
})

export function readBenefits(parts: Parts): unknown {
  const { query } = BenefitList.parse({ query: valuesOf(parts.query) })
  const sorting = query.sorting?.find((each) => /^-?(created_at|description)$/.test(each)) ?? '-created_at'
  const isOtherType = query.type && !query.type.includes('license_keys')
  return {
    filter: {
      organizationIds: query.organization_id,
      ids: isOtherType ? [] : query.id,
      excludeIds: query.exclude_id,
      q: query.query,
      status: 'active',
    },
    sort: sorting.endsWith('description') ? 'name' : 'createdAt',
    dir: sorting.startsWith('-') ? 'desc' : 'asc',
    ...pageOf(parts),
  }
}

const GrantList = z.object({
  query: z.object({
    is_granted: last(z.stringbool().optional()),
    customer_id: many(Uuid),
    member_id: many(z.string()),
  }),
})

// Switching a key off takes nothing back in Polar's sense; revoking it does.
const statusesOf = (isGranted: boolean | undefined) =>
  isGranted === undefined ? undefined : isGranted ? ['granted', 'disabled'] : ['revoked']

/** Who has a benefit. */
export function readGrants(parts: Parts): unknown {
  const { query } = GrantList.parse({ query: valuesOf(parts.query) })
  const filter = {
    customerIds: query.customer_id,
    // There are no members here.
    ids: query.member_id ? [] : undefined,
    statuses: statusesOf(query.is_granted),
  }
  return { configuration: idOf(parts), filter, dir: 'asc', ...pageOf(parts) }
}

const AllGrantList = z.object({
  query: z.object({
    organization_id: many(Uuid),
    customer_id: many(Uuid),
    external_customer_id: many(Text(200, 1)),
    is_granted: last(z.stringbool().optional()),
    sorting: many(z.string()),
  }),
})

/** Who has which benefit. */
export function readAllGrants(parts: Parts): unknown {
  const { query } = AllGrantList.parse({ query: valuesOf(parts.query) })
  const filter = {
    organizationIds: query.organization_id,
    customerIds: query.customer_id,
    customerExternalIds: query.external_customer_id,
    statuses: statusesOf(query.is_granted),
  }
  const sorting = query.sorting?.find((each) => /^-?(created_at|granted_at)$/.test(each)) ?? '-created_at'
  return { filter, dir: sorting.startsWith('-') ? 'desc' : 'asc', ...pageOf(parts) }
}

// ---------------------------------------------------------------- answers

const organizationOf = ({ organizationId: id, organizationExternalIds: externalIds }: KeyConfigurationRecord) =>
  uuidId({ id, externalIds })

/** A configuration as a benefit. */
export function writeBenefit(configuration: KeyConfigurationRecord) {
  const { createdAt, updatedAt, archivedAt, settings } = configuration
  const { durationCount, durationUnit, activationLimit } = settings
  return {
    id: uuidId(configuration),
    created_at: createdAt.toISOString(),
    modified_at: updatedAt.toISOString(),
    type: 'license_keys',
    description: settings.name,
    selectable: archivedAt === null,
    deletable: true,
    is_deleted: archivedAt !== null,
    organization_id: organizationOf(configuration),
    metadata: {},
    visibility: 'public',
    visibility_configurable: false,
    properties: {
      prefix: settings.prefix,
      expires:
        settings.expiryKind === 'duration' && durationCount !== null && durationUnit !== null
          ? { ttl: durationCount, timeframe: durationUnit }
          : null,
      activations:
        settings.activationsMode === 'limited' && activationLimit !== null
          ? { limit: activationLimit, enable_customer_admin: settings.customerMayDeactivate }
          : null,
      limit_usage: settings.usageLimit,
    },
  }
}

/** A key as the grant of its benefit: there is one for each key. */
export function writeGrant(key: KeyRecord, configuration: KeyConfigurationRecord) {
  const isRevoked = key.status === 'revoked'
  return {
    id: key.id,
    created_at: key.createdAt.toISOString(),
    modified_at: key.modifiedAt.toISOString(),
    granted_at: key.createdAt.toISOString(),
    is_granted: !isRevoked,
    revoked_at: isRevoked ? key.modifiedAt.toISOString() : null,
    is_revoked: isRevoked,
    ...boughtBy(key.purchase),
    customer_id: key.customerId,
    member_id: null,
    member: null,
    benefit_id: uuidId(configuration),
    error: null,
    customer: writeCustomer(key.customer, organizationOf(configuration)),
    benefit: writeBenefit(configuration),
    properties: { license_key_id: key.id, display_key: key.displayKey },
  }
}
