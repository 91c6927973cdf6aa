import '#server-only'
import { z } from 'zod'
import { DurationUnit, ExpiryStart, KeyFormat, UsageReset } from '#prisma/enums.ts'
import { dayOf } from '../base/days.ts'
import { line, paragraphs } from '../base/fields.ts'
import { limits } from '../key-configurations/plain.ts'
import {
  CreateKeyConfiguration,
  type KeyConfigurationRecord,
  type KeyConfigurationSettings,
} from '../key-configurations/schema.ts'
import { fieldErrors, Problem } from './problem.ts'
import { asked, Count, Day, ExternalIds, Id, NAMED, shown, Time, time, timeOrNull } from './wire.ts'

// A key configuration in answers and in requests, and how either becomes the settings that commands take.

// ---------------------------------------------------------------- what it is made of

const never = { kind: z.literal('never') }
const onDay = { kind: z.literal('fixed_date') }
const after = {
  kind: z.literal('duration'),
  count: z.int().min(1).max(limits.durationCount.day),
  unit: z.enum(DurationUnit),
}
const from = z.enum(ExpiryStart).describe('When the time begins.')
const withDay = z
  .boolean()
  .describe('Keys end when the day they end in is over in the time zone of the organization, not at the minute.')

const ShownExpiry = z.discriminatedUnion('kind', [
  z.object(never),
  z.object({
    ...onDay,
    expires_on: z.iso.date().describe('The last day keys work, in the time zone of the organization.'),
  }),
  z.object({ ...after, from, ends_with_day: withDay }),
])

const AskedExpiry = z.discriminatedUnion('kind', [
  z.strictObject(never),
  z.strictObject({
    ...onDay,
    expires_on: Day.describe('The last day keys work, in the time zone of the organization.'),
  }),
  z.strictObject({ ...after, from: from.default('issue'), ends_with_day: withDay.default(true) }).meta({
    allOf: (['month', 'year'] as const).map((unit) => ({
      if: { properties: { unit: { const: unit } }, required: ['unit'] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
      then: { properties: { count: { maximum: limits.durationCount[unit] } } },
    })),
  }),
])

/** What an answer says of one. */
export const KeyConfiguration = shown(
  'KeyConfiguration',
  'How keys are made and how they behave. Keys read its limits live, unless they have their own.',
  z.object({
    id: Id,
    external_ids: z.array(z.string()).describe('Ids other systems know it by.'),
    name: z.string(),
    prefix: z.string().nullable(),
    format: z.enum(KeyFormat),
    expiry: ShownExpiry,
    grace_days: Count,
    expiry_reminder_days: z
      .array(Count)
      .describe('So many days before their end customers are reminded by mail; most first.'),
    limit_activations: Count.nullable().describe('null: unlimited; 0: takes none.'),
    activation_required: z.boolean(),
    limit_usage: Count.nullable().describe('null: unlimited.'),
    usage_reset: z.enum(UsageReset),
    instructions: z.string(),
    customer_may_deactivate: z.boolean(),
    customer_may_rename: z.boolean(),
    customer_may_replace: z.boolean(),
    version: z.string().nullable(),
    entitlements: z.array(z.string()),
    product_ids: z.array(Id).describe('Products that grant it.'),
    archived_at: Time.nullable(),
    created_at: Time,
    modified_at: Time,
  }),
)

const fields = {
  name: line('A name', limits.name).min(1, 'Enter a name.').meta(NAMED),
  prefix: z
    .string()
    .trim()
    .toUpperCase()
    .max(limits.prefix)
    .regex(
      /^[A-Z0-9](?:[A-Z0-9_-]*[A-Z0-9])?$/,
      'Use letters and digits, with dashes and underscores only between them.',
    )
    .nullable()
    .describe('`MYAPP` makes keys like `MYAPP_1C28…`.'),
  format: z.enum(KeyFormat).describe('`uuid`, or `short`: five groups of five, with a check character.'),
  expiry: AskedExpiry,
  grace_days: z.int().min(0).max(limits.graceDays).describe('How many days after their expiry keys still validate.'),
  expiry_reminder_days: z
    .array(z.int().min(1).max(limits.reminderDays))
    .max(limits.reminders)
    .describe(
      'So many days before the end of a key its customer is reminded by mail, such as `[30, 7, 1]`. Empty: never. Keys that never expire have none.',
    ),
  limit_activations: z.int().min(0).max(limits.activationLimit).nullable().describe('null: unlimited; 0: takes none.'),
  activation_required: z.boolean().describe('Keys are only valid on an activated device.'),
  limit_usage: z.int().min(1).max(limits.usageLimit).nullable().describe('null: unlimited.'),
  usage_reset: z.enum(UsageReset).describe('When uses are counted from zero again.'),
  instructions: paragraphs('Instructions', limits.instructions).describe('Markdown; mailed with the key.'),
  customer_may_deactivate: z.boolean(),
  customer_may_rename: z.boolean(),
  customer_may_replace: z
    .boolean()
    .describe(
      'Software may give a new device the slot of another (`replace_activation_id`). Otherwise it needs a free slot.',
    ),
  version: line('A version', limits.version).nullable(),
  entitlements: z
    .array(
      z.string().regex(/^[a-z0-9._-]{1,40}$/, 'Use up to 40 lowercase letters, digits, dots, dashes, and underscores.'),
    )
    .max(limits.entitlements)
    .describe('Names of features the key carries.'),
  product_ids: z.array(Id).max(500).describe('Products that grant it.'),
}

// What two settings together cannot be; `checked` refuses it.
const takesNone = { limit_activations: { const: 0 } }
const together = {
  allOf: [
    { ...takesNone, activation_required: { const: true } },
    {
      ...takesNone,
      expiry: {
        properties: { kind: { const: 'duration' }, from: { const: 'first_activation' } },
        required: ['kind', 'from'],
      },
    },
  ].map((properties) => ({ not: { properties, required: Object.keys(properties) } })),
}

/** What a new one is made from, and what can be changed of one. */
export const Create = asked(
  'CreateKeyConfiguration',
  z
    .strictObject({
      name: fields.name,
      prefix: fields.prefix.default(null),
      format: fields.format.default('uuid'),
      expiry: fields.expiry.default({ kind: 'never' }),
      grace_days: fields.grace_days.default(0),
      expiry_reminder_days: fields.expiry_reminder_days.default([]),
      limit_activations: fields.limit_activations.default(null),
      activation_required: fields.activation_required.default(false),
      limit_usage: fields.limit_usage.default(null),
      usage_reset: fields.usage_reset.default('never'),
      instructions: fields.instructions.default(''),
      customer_may_deactivate: fields.customer_may_deactivate.default(true),
      customer_may_rename: fields.customer_may_rename.default(true),
      customer_may_replace: fields.customer_may_replace.default(true),
      version: fields.version.default(null),
      entitlements: fields.entitlements.default([]),
      product_ids: fields.product_ids.default([]),
      external_ids: ExternalIds.optional(),
    })
    .meta(together),
)
export const Changes = asked(
  'KeyConfigurationChanges',
  z
    .strictObject({ ...fields, external_ids: ExternalIds })
    .partial()
    .meta(together),
)

// ---------------------------------------------------------------- inside and outside

/** All settings, as requests spell them. */
export type Settings = Omit<z.output<typeof Create>, 'external_ids'>

function expiryOf(settings: KeyConfigurationSettings, timeZone: string) {
  const { expiryKind, expiresOn, durationCount, durationUnit, expiryStart, endsWithDay } = settings
  if (expiryKind === 'fixed_date' && expiresOn)
    return { kind: 'fixed_date' as const, expires_on: dayOf(expiresOn, timeZone) }
  if (expiryKind === 'duration' && durationCount && durationUnit)
    return {
      ...{ kind: 'duration' as const, count: durationCount, unit: durationUnit, from: expiryStart },
      ends_with_day: endsWithDay,
    }
  return { kind: 'never' as const }
}

/** Settings as requests and answers spell them. */
export const settingsOf = (configuration: KeyConfigurationSettings, timeZone: string): Settings => ({
  name: configuration.name,
  prefix: configuration.prefix,
  format: configuration.format,
  expiry: expiryOf(configuration, timeZone),
  grace_days: configuration.graceDays,
  expiry_reminder_days: configuration.expiryReminderDays,
  limit_activations: configuration.activationsMode === 'off' ? 0 : configuration.activationLimit,
  activation_required: configuration.activationRequired,
  limit_usage: configuration.usageLimit,
  usage_reset: configuration.usageReset,
  instructions: configuration.instructions,
  customer_may_deactivate: configuration.customerMayDeactivate,
  customer_may_rename: configuration.customerMayRename,
  customer_may_replace: configuration.customerMayReplace,
  version: configuration.version,
  entitlements: configuration.entitlements,
  product_ids: configuration.productIds,
})

/** A key configuration as the API shows it. */
export const showKeyConfiguration = (configuration: KeyConfigurationRecord): z.input<typeof KeyConfiguration> => ({
  id: configuration.id,
  external_ids: configuration.externalIds,
  ...settingsOf(configuration.settings, configuration.timeZone),
  archived_at: timeOrNull(configuration.archivedAt),
  created_at: time(configuration.createdAt),
  modified_at: time(configuration.updatedAt),
})

/** The settings as commands take them. What belongs together is checked by the schema of the forms. */
export function checked(settings: Settings) {
  const { expiry, limit_activations } = settings
  const parsed = CreateKeyConfiguration.safeParse({
    name: settings.name,
    prefix: settings.prefix,
    format: settings.format,
    expiryKind: expiry.kind,
    ...(expiry.kind === 'fixed_date' && { expiresOn: expiry.expires_on }),
    ...(expiry.kind === 'duration' && {
      durationCount: expiry.count,
      durationUnit: expiry.unit,
      expiryStart: expiry.from,
      endsWithDay: expiry.ends_with_day,
    }),
    graceDays: settings.grace_days,
    expiryReminderDays: settings.expiry_reminder_days,
    activationsMode: limit_activations === null ? 'unlimited' : limit_activations === 0 ? 'off' : 'limited',
    activationLimit: limit_activations || null,
    activationRequired: settings.activation_required,
    usageLimit: settings.limit_usage,
    usageReset: settings.usage_reset,
    instructions: settings.instructions,
    customerMayDeactivate: settings.customer_may_deactivate,
    customerMayRename: settings.customer_may_rename,
    customerMayReplace: settings.customer_may_replace,
    version: settings.version,
    entitlements: settings.entitlements,
    productIds: settings.product_ids,
  })
  if (parsed.success) return parsed.data
  const errors = fieldErrors(parsed.error.issues).map(({ path, message }) => ({
    path: outside[path] ?? path,
    message,
  }))
  throw new Problem('INVALID_INPUT', 'Some fields do not go together; see errors.', { errors })
}

const outside: Record<string, string> = {
  durationCount: 'expiry.count',
  expiryStart: 'expiry.from',
  expiresOn: 'expiry.expires_on',
  activationRequired: 'activation_required',
}
