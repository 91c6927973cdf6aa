import { dayOf } from '#lib/base/days.ts'
import { withDayIn } from '#lib/key-configurations/rules.ts'
import {
  CreateKeyConfiguration,
  type KeyConfigurationSettings,
  newKeyConfiguration,
} from '#lib/key-configurations/schema.ts'

/** Settings as a form holds them, before anything is checked: what is typed, ticked and chosen. */
export type FormValues = {
  [Name in keyof Omit<KeyConfigurationSettings, 'productIds'>]: NonNullable<
    KeyConfigurationSettings[Name]
  > extends boolean
    ? boolean
    : string
} & { usageMode: 'unlimited' | 'limited'; productIds: string[] }

/** Settings as the form shows them. */
export const toFormValues = (settings: KeyConfigurationSettings, timeZone: string): FormValues => ({
  ...settings,
  prefix: settings.prefix ?? '',
  expiresOn: settings.expiresOn ? dayOf(settings.expiresOn, timeZone) : '',
  durationCount: String(settings.durationCount ?? 1),
  durationUnit: settings.durationUnit ?? 'year',
  // A time that is chosen anew ends with a day.
  endsWithDay: settings.expiryKind === 'duration' ? settings.endsWithDay : true,
  graceDays: String(settings.graceDays),
  expiryReminderDays: settings.expiryReminderDays.join(', '),
  activationLimit: String(settings.activationLimit ?? newKeyConfiguration.activationLimit),
  usageMode: settings.usageLimit === null ? 'unlimited' : 'limited',
  usageLimit: String(settings.usageLimit ?? ''),
  version: settings.version ?? '',
  entitlements: settings.entitlements.join(', '),
})

/** What is wrong with what is typed so far, where that can be said before it is sent. */
export function typedErrors(values: FormValues): Record<string, string[]> {
  // A dash or underscore at the end of a prefix waits for what comes next.
  const typed = { ...values, name: values.name || 'Name', prefix: values.prefix.replace(/[-_]+$/, '') }
  const { error } = CreateKeyConfiguration.safeParse(typed)
  const issues = error?.issues.filter(({ path }) =>
    ['prefix', 'version', 'entitlements', 'expiryReminderDays'].includes(String(path[0])),
  )
  return Object.fromEntries((issues ?? []).map(({ path, message }) => [String(path[0]), [message]]))
}

/** The settings these values stand for, for a picture of them: what cannot be read yet stays as it was in `last`. */
export function readForSample(
  values: FormValues,
  last: KeyConfigurationSettings,
  timeZone: string,
): KeyConfigurationSettings {
  const first = CreateKeyConfiguration.safeParse(values)
  if (first.success) return withDayIn(first.data, timeZone, [last.expiresOn])
  const standIns: Record<string, unknown> = { ...toFormValues(last, timeZone), name: last.name || 'Name' }
  const readable: Record<string, unknown> = { ...values }
  for (const issue of first.error.issues) readable[String(issue.path[0])] = standIns[String(issue.path[0])]
  const second = CreateKeyConfiguration.safeParse(readable)
  return second.success ? { ...withDayIn(second.data, timeZone, [last.expiresOn]), name: values.name } : last
}
