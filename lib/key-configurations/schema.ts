import { z } from 'zod'
import { ActivationsMode, DurationUnit, ExpiryKind, ExpiryStart, KeyFormat, UsageReset } from '#prisma/enums.ts'
import { blank, checkbox, choice, ids, line, paragraphs, wholeNumber } from '../base/fields.ts'
import { limits } from './plain.ts'

/** A day from a date field, as the end of that day in UTC; commands make it the end of that day in the organization's zone (withDayIn). */
const lastMomentOfDay = z.preprocess(
  (value) => (blank(value) ? null : value),
  z.iso
    .date('Enter a date.')
    .transform((day) => new Date(`${day}T23:59:59.999Z`))
    .nullable(),
)

const Entitlement = z
  .string()
  .trim()
  .regex(
    /^[a-z0-9._-]{1,40}$/,
    'Use up to 40 lowercase letters, digits, dots, dashes, and underscores for each feature name.',
  )

/** Feature names: a list, or a text with commas, spaces or lines between them. */
const entitlements = z.preprocess(
  (value) => {
    const list = typeof value === 'string' ? [value] : (value ?? [])
    return Array.isArray(list)
      ? list.flatMap((entry) => (typeof entry === 'string' ? entry.split(/[\s,;]+/).filter(Boolean) : [entry]))
      : list
  },
  z
    .array(Entitlement, 'Enter feature names.')
    .transform((names) => [...new Set(names)])
    .refine(
      (names) => names.length <= limits.entitlements,
      `A key can carry at most ${limits.entitlements} feature names.`,
    ),
)

const reminderDaysMessage = `Enter days from 1 to ${limits.reminderDays}, such as 30, 7, 1.`

/** Days before the end, most days first: a list, or a text with commas or spaces between them. */
const reminderDays = z.preprocess(
  (value) => {
    const list = typeof value === 'string' ? [value] : (value ?? [])
    return Array.isArray(list)
      ? list.flatMap((entry) =>
          typeof entry === 'string'
            ? entry
                .split(/[\s,;]+/)
                .filter(Boolean)
                .map((day) => (/^\d{1,4}$/.test(day) ? Number(day) : day))
            : [entry],
        )
      : list
  },
  z
    .array(
      z.int(reminderDaysMessage).min(1, reminderDaysMessage).max(limits.reminderDays, reminderDaysMessage),
      reminderDaysMessage,
    )
    .transform((days) => [...new Set(days)].sort((a, b) => b - a))
    .refine((days) => days.length <= limits.reminders, `Remind at most ${limits.reminders} times.`),
)

const prefix = z.preprocess(
  (value) => (typeof value === 'string' ? value.trim().toUpperCase() || null : (value ?? null)),
  z
    .string('Enter a prefix, or leave it empty.')
    .max(limits.prefix, `A prefix can have at most ${limits.prefix} characters.`)
    .regex(
      /^[A-Z0-9](?:[A-Z0-9_-]*[A-Z0-9])?$/,
      'Use letters and digits, with dashes and underscores only between them.',
    )
    .nullable(),
)

const fields = {
  name: line('A name', limits.name).min(1, 'Enter a name.'),
  prefix,
  format: choice(KeyFormat, 'uuid'),
  expiryKind: choice(ExpiryKind, 'never'),
  expiresOn: lastMomentOfDay,
  durationCount: wholeNumber(1, Math.max(...Object.values(limits.durationCount))),
  durationUnit: choice(DurationUnit, 'year'),
  expiryStart: choice(ExpiryStart, 'issue'),
  endsWithDay: checkbox,
  graceDays: wholeNumber(0, limits.graceDays).transform((days) => days ?? 0),
  expiryReminderDays: reminderDays,
  activationsMode: choice(ActivationsMode, 'unlimited'),
  activationLimit: wholeNumber(1, limits.activationLimit),
  activationRequired: checkbox,
  // Only forms send it: "limited" with an empty number is a slip, not "unlimited".
  usageMode: z.enum(['unlimited', 'limited'], 'Choose one of these.').optional(),
  usageLimit: wholeNumber(1, limits.usageLimit),
  usageReset: choice(UsageReset, 'never'),
  instructions: z.preprocess((value) => value ?? '', paragraphs('Instructions', limits.instructions)),
  customerMayDeactivate: checkbox,
  customerMayRename: checkbox,
  customerMayReplace: checkbox,
  version: z
    .preprocess((value) => value ?? '', line('A version', limits.version))
    .transform((value): string | null => value || null),
  entitlements,
  productIds: ids,
}

type Fields = z.output<z.ZodObject<typeof fields>>

/** Everything a person decides about a key configuration, checked and with what does not apply set to nothing. */
export type KeyConfigurationSettings = Omit<Fields, 'usageMode' | 'durationUnit'> & {
  durationUnit: DurationUnit | null
}

/** What a choice makes meaningless is dropped before it is read, so a number left behind in a closed part of the form is no error. */
function withoutIdleFields(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  const settings: Record<string, unknown> = { ...input }
  const drop = (...names: string[]) => {
    for (const name of names) delete settings[name]
  }
  const kind = blank(settings.expiryKind) ? 'never' : settings.expiryKind
  if (kind !== 'fixed_date') drop('expiresOn')
  if (kind !== 'duration') drop('durationCount', 'durationUnit', 'expiryStart', 'endsWithDay')
  if (kind === 'never') drop('graceDays', 'expiryReminderDays')
  if (settings.activationsMode !== 'limited') drop('activationLimit')
  if (settings.usageMode === 'unlimited') drop('usageLimit')
  if (blank(settings.usageLimit)) drop('usageReset')
  return settings
}

type CrossField = (settings: Partial<Fields>) => { field: keyof Fields; message: string } | null

const crossFieldChecks: CrossField[] = [
  ({ expiryKind, expiresOn }) =>
    expiryKind === 'fixed_date' && expiresOn === null
      ? { field: 'expiresOn', message: 'Enter the last day these keys work.' }
      : null,
  ({ expiryKind, durationCount, durationUnit }) => {
    if (expiryKind !== 'duration' || durationCount === undefined || !durationUnit) return null
    if (durationCount === null) return { field: 'durationCount', message: 'Enter how long keys work.' }
    const max = limits.durationCount[durationUnit]
    return durationCount > max
      ? { field: 'durationCount', message: `At most ${max.toLocaleString('en')} ${durationUnit}s.` }
      : null
  },
  ({ expiryKind, expiryStart, activationsMode }) =>
    expiryKind === 'duration' && expiryStart === 'first_activation' && activationsMode === 'off'
      ? { field: 'expiryStart', message: 'Without activations the time has to start at issue.' }
      : null,
  ({ activationsMode, activationLimit }) =>
    activationsMode === 'limited' && activationLimit === null
      ? { field: 'activationLimit', message: 'Enter how many devices a key allows.' }
      : null,
  ({ activationsMode, activationRequired }) =>
    activationsMode === 'off' && activationRequired
      ? { field: 'activationRequired', message: 'A key that takes no activations cannot require one.' }
      : null,
  ({ usageMode, usageLimit }) =>
    usageMode === 'limited' && usageLimit === null
      ? { field: 'usageLimit', message: 'Enter how many uses a key has.' }
      : null,
]

// Reports all that is wrong at once: without `when`, zod skips these checks while any single field is wrong.
const crossFields = z.superRefine<Fields>(
  (settings, context) => {
    const failed = new Set(context.issues.map((issue) => issue.path?.[0]))
    for (const check of crossFieldChecks) {
      const problem = check(settings)
      if (problem && !failed.has(problem.field)) {
        context.addIssue({ code: 'custom', path: [problem.field], message: problem.message })
      }
    }
  },
  { when: ({ value }) => typeof value === 'object' && value !== null },
)

const settled = ({ usageMode: _, ...settings }: Fields): KeyConfigurationSettings => ({
  ...settings,
  durationUnit: settings.expiryKind === 'duration' ? settings.durationUnit : null,
})

/** A new configuration, from a form or from JSON. */
export const CreateKeyConfiguration = z
  .preprocess(withoutIdleFields, z.object(fields).check(crossFields))
  .transform(settled)
export type CreateKeyConfiguration = KeyConfigurationSettings

/** All settings of an existing configuration. `seenAt` is its `updatedAt` as the form saw it: nobody overwrites what they have not seen. */
export type UpdateKeyConfiguration = KeyConfigurationSettings & { id: string; seenAt?: string | undefined }
export const UpdateKeyConfiguration = z
  .preprocess(
    withoutIdleFields,
    z.object({ ...fields, id: z.guid(), seenAt: z.iso.datetime().optional() }).check(crossFields),
  )
  .transform(({ id, seenAt, ...settings }): UpdateKeyConfiguration => ({ id, seenAt, ...settled(settings) }))

/** Names one configuration, to archive or restore it. */
export const KeyConfigurationId = z.object({ id: z.guid() })
export type KeyConfigurationId = z.infer<typeof KeyConfigurationId>

/** What a new configuration starts with. */
export const newKeyConfiguration: KeyConfigurationSettings = {
  name: '',
  prefix: null,
  format: 'uuid',
  expiryKind: 'never',
  expiresOn: null,
  durationCount: null,
  durationUnit: null,
  expiryStart: 'issue',
  endsWithDay: false,
  graceDays: 0,
  expiryReminderDays: [],
  activationsMode: 'limited',
  activationLimit: 3,
  activationRequired: false,
  usageLimit: null,
  usageReset: 'never',
  instructions: '',
  customerMayDeactivate: true,
  customerMayRename: true,
  customerMayReplace: true,
  version: null,
  entitlements: [],
  productIds: [],
}

/** A configuration as programs of the organization and the vendors' dialects see it. */
export type KeyConfigurationRecord = {
  id: string
  organizationId: string
  externalIds: string[]
  organizationExternalIds: string[]
  settings: KeyConfigurationSettings
  /** The organization's, in which the day of expiry is written. */
  timeZone: string
  archivedAt: Date | null
  createdAt: Date
  updatedAt: Date
}
