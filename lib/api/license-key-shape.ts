import '#server-only'
import { z } from 'zod'
import { ActivationsMode, LicenseKeyStatus, RevokeReason } from '#prisma/enums.ts'
import type { ApiClient } from '../base/actor.ts'
import { Text } from '../base/json.ts'
import { limits } from '../key-configurations/plain.ts'
import { shownStatuses } from '../license-keys/plain.ts'
import { getKeyRecord } from '../license-keys/records.ts'
import type { KeyChanges, KeyRecord } from '../license-keys/schema.ts'
import { Tags } from '../metadata/schema.ts'
import { Expanded } from './expand.ts'
import { Count, Id, Metadata, Moment, Reason, shown, Time, time, timeOrNull } from './wire.ts'

// A license key in answers, and what is set of it in requests, for one key and for many.

/** A customer, product or configuration beside what belongs to it. */
const Named = z.object({ id: Id, name: z.string() })

export const LicenseKey = shown(
  'LicenseKey',
  'A license key.',
  z.object({
    id: Id,
    external_id: z.string().nullable().describe('Its id where it was imported from.'),
    key: z
      .string()
      .describe(
        'The key string that the customer enters. Where a key is read, that takes the scope `license_keys:reveal`; without it this is `display_key`.',
      ),
    display_key: z.string().describe('Its last characters, for lists.'),
    status: z.enum(LicenseKeyStatus).describe('As stored; an expired key stays `granted`.'),
    revoked_for: z
      .array(z.enum(RevokeReason))
      .describe(
        'Why it is revoked; empty when it is not. `by_hand` is lifted by `restore`, the others by its purchase.',
      ),
    held: z.boolean().describe('Somebody chose to keep it although its purchase has ended, or will.'),
    state: z.enum(shownStatuses).describe('What people call it: status and clock together.'),
    customer_id: Id,
    customer: z.object({ id: Id, email: z.string(), name: z.string().nullable() }),
    key_configuration_id: Id,
    key_configuration: Named,
    product_id: Id.nullable(),
    product: Named.nullable(),
    test: z.boolean().describe('Its purchase is of a test connection: nobody paid.'),
    purchase_id: Id.nullable(),
    purchase: z
      .object({
        id: Id,
        reference: z.string(),
        kind: z.enum(['one_time', 'subscription']),
        status: z.enum(['active', 'refunded', 'canceled']),
      })
      .nullable(),
    expires_at: Time.nullable().describe('null: never, or not before the first activation.'),
    grace_days: Count.describe('How many days after its expiry it still validates.'),
    activations_mode: z.enum(ActivationsMode),
    limit_activations: Count.nullable().describe('null: unlimited; 0: takes none.'),
    activations: Count.describe('How many are active.'),
    new_devices_blocked: z.boolean(),
    limit_usage: Count.nullable().describe('null: unlimited.'),
    usage: Count.describe('Uses of the current period.'),
    overridden: z
      .array(z.enum(['activations', 'usage', 'expiry', 'grace']))
      .describe('Which limits are its own and not those of its configuration.'),
    validations: Count,
    last_validated_at: Time.nullable(),
    first_activated_at: Time.nullable(),
    entitlements: z.array(z.string()),
    version: z.string().nullable(),
    note: z.string().describe('Only the organization sees it.'),
    metadata: Metadata,
    tags: z.array(z.string()).describe('Words for sorting keys; only the organization sees them.'),
    created_at: Time,
    modified_at: Time,
    expanded: Expanded.optional(),
  }),
)

/** A key as the API shows it. */
export function showKey(key: KeyRecord): z.input<typeof LicenseKey> {
  const { customer, configuration, product, purchase, overridden } = key
  return {
    id: key.id,
    external_id: key.externalId,
    key: key.keyString,
    display_key: key.displayKey,
    status: key.status,
    revoked_for: key.revokedFor,
    held: key.held,
    state: key.shownStatus,
    customer_id: customer.id,
    customer: { id: customer.id, email: customer.email, name: customer.name },
    key_configuration_id: configuration.id,
    key_configuration: { id: configuration.id, name: configuration.name },
    product_id: product?.id ?? null,
    product: product && { id: product.id, name: product.name },
    test: purchase?.isTest ?? false,
    purchase_id: purchase?.id ?? null,
    purchase: purchase && {
      id: purchase.id,
      reference: purchase.reference,
      kind: purchase.kind,
      status: purchase.status,
    },
    expires_at: timeOrNull(key.expiresAt),
    grace_days: key.graceDays,
    activations_mode: key.activationsMode,
    limit_activations: key.limitActivations,
    activations: key.devices,
    new_devices_blocked: key.newDevicesBlocked,
    limit_usage: key.limitUsage,
    usage: key.usage,
    overridden: (['activations', 'usage', 'expiry', 'grace'] as const).filter((limit) => overridden[limit]),
    validations: key.validations,
    last_validated_at: timeOrNull(key.lastValidatedAt),
    first_activated_at: timeOrNull(key.firstActivatedAt),
    entitlements: key.entitlements,
    version: key.version,
    note: key.note,
    metadata: key.metadata,
    tags: key.tags,
    created_at: time(key.createdAt),
    modified_at: time(key.modifiedAt),
  }
}

// ---------------------------------------------------------------- what is set of it

const ofConfiguration = z.literal('configuration')
/** The limits a key can have of its own. */
export const limitFields = {
  limit_activations: z
    .union([z.int().min(0).max(limits.activationLimit), ofConfiguration])
    .nullable()
    .optional()
    .describe('null: unlimited; 0: takes none; `configuration`: what the configuration says.'),
  limit_usage: z
    .union([z.int().min(1).max(limits.usageLimit), ofConfiguration])
    .nullable()
    .optional()
    .describe('null: unlimited; `configuration`: what the configuration says.'),
  expires_at: z
    .union([Moment, ofConfiguration])
    .nullable()
    .optional()
    .describe('null: never; `configuration`: what the configuration says.'),
  grace_days: z
    .union([z.int().min(0).max(limits.graceDays), ofConfiguration])
    .optional()
    .describe('`configuration`: what the configuration says.'),
}

/** Its note and its tags. */
export const note = Text(2_000).describe('Only the organization sees it.')
export const tags = Tags.describe('Words for sorting keys, at most 20 of up to 40 characters: the whole list.')

type Limits = z.output<z.ZodObject<typeof limitFields>>

/** The limits that a request sets, as a command takes them. */
export function limitChanges({ limit_activations, limit_usage, expires_at, grace_days }: Limits): KeyChanges {
  const activations =
    limit_activations === undefined || limit_activations === 'configuration'
      ? limit_activations
      : limit_activations === null
        ? { mode: 'unlimited' as const, limit: null }
        : limit_activations === 0
          ? { mode: 'off' as const, limit: null }
          : { mode: 'limited' as const, limit: limit_activations }
  return { activations, usageLimit: limit_usage, expiresAt: expires_at, graceDays: grace_days }
}

/** Why it is done. */
export const why = { reason: Reason.optional().describe('Kept in the history; customers do not see it.') }

/** Units of a duration. */
export const unit = z.enum(['day', 'month', 'year'])

/** A key as the API shows it now. */
export const show = async (client: ApiClient, id: string, now: Date, how?: { justMade: true }) =>
  showKey(await getKeyRecord(client, id, now, how))
