import { z } from 'zod'
import { Text } from '../base/json.ts'
import { ADDRESS_DAYS_MAX, audiences, mildActions, SEATS_MAX } from './plain.ts'

const reason = Text(200)
  .transform((text) => text.trim())
  .default('')

/** Somebody says that a key is fine, and why. */
export const ExcuseKey = z.object({ licenseKeyId: z.uuid(), reason })
export type ExcuseKey = z.infer<typeof ExcuseKey>

/** One of the first things to do about a key. */
export const ActOnKey = z.object({ licenseKeyId: z.uuid(), action: z.enum(mildActions), reason })
export type ActOnKey = z.infer<typeof ActOnKey>

/** Whom keys of a configuration are sold to. */
export const ConfigurationPolicy = z
  .object({
    keyConfigurationId: z.uuid(),
    audience: z.enum(audiences),
    seats: z
      .union([
        z.literal('').transform(() => null),
        z.coerce.number<string>('Enter a number.').int().min(2).max(SEATS_MAX),
      ])
      .default(null),
  })
  .refine(({ audience, seats }) => audience !== 'team' || seats !== null, {
    path: ['seats'],
    message: 'Enter for how many.',
  })
export type ConfigurationPolicy = z.infer<typeof ConfigurationPolicy>

const yesNo = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])

/** What an organization says about misuse; what is left out stays. */
export const MisuseChoices = z.object({
  addressDays: z.coerce
    .number<string | number>('Enter a number of days.')
    .int('Enter a whole number of days.')
    .min(0, 'At least 0 days.')
    .max(ADDRESS_DAYS_MAX, `At most ${ADDRESS_DAYS_MAX} days.`)
    .optional(),
  asksAlone: yesNo.optional(),
  blocksAlone: yesNo.optional(),
})
export type MisuseChoices = z.infer<typeof MisuseChoices>
