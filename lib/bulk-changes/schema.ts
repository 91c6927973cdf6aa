import { z } from 'zod'
import { wholeNumber } from '../base/fields.ts'
import { Text } from '../base/json.ts'
import { INT4_MAX } from '../base/numbers.ts'
import type { Keepable } from '../key-configurations/rules.ts'
import { Tags } from '../metadata/schema.ts'
import { BULK_MAX } from './plain.ts'

const limit = z.int().min(1).max(INT4_MAX)

/** What is done to each of many keys, as it is kept and as programs send it. */
export const BulkAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('disable') }),
  z.object({ action: z.literal('enable') }),
  z.object({ action: z.literal('revoke') }),
  /** `hold`: also where its purchase has ended. */
  z.object({ action: z.literal('restore'), hold: z.boolean().default(false) }),
  z.object({
    action: z.literal('extend'),
    /** More time, the last day (YYYY-MM-DD in the organization's zone), or null: never. */
    to: z.union([
      z.object({ count: z.int().min(1).max(9_999), unit: z.enum(['day', 'month', 'year']) }),
      z.iso.date(),
      z.null(),
    ]),
  }),
  z.object({
    action: z.literal('limits'),
    /** Left out: stays. A null limit is unlimited. */
    activations: z
      .union([
        z.literal('configuration'),
        z.object({ mode: z.literal('limited'), limit }),
        z.object({ mode: z.enum(['off', 'unlimited']), limit: z.null().default(null) }),
      ])
      .optional(),
    usageLimit: z.union([z.literal('configuration'), limit, z.null()]).optional(),
  }),
  z.object({
    action: z.literal('move'),
    keyConfigurationId: z.uuid(),
    /** What they are sold as from now on; left out: as before. */
    productId: z.uuid().optional(),
    /** Keep their ends, or get the one that the configuration gives. */
    expiry: z.enum(['keep', 'configuration']).default('keep'),
  }),
  z.object({ action: z.literal('tag'), add: Tags.default([]), remove: Tags.default([]) }),
  z.object({ action: z.literal('resend') }),
])
export type BulkAction = z.infer<typeof BulkAction>

/** What is kept of a change to one key at its page, which its own command made. */
export type OwnAction = { action: 'own'; label: string }
/** A change of a configuration, and the limits that its keys keep (lib/bulk-changes/configure.ts). */
export type ConfigureAction = {
  action: 'configure'
  keyConfigurationId: string
  name: string
  /** What of them keys keep that were there before. */
  keeps: Keepable[]
  /** What its form said, and what that was opened with; for the moment when every key has what it keeps. */
  asked: { settings: StoredSettings; opened: Record<string, unknown> | null }
  /** All settings before and after, and what that changed in words; once it was done. */
  done?: { was: StoredSettings; became: StoredSettings; changes: string[] }
}
/** Settings of a configuration as JSON has them. */
export type StoredSettings = Record<string, unknown>
export type KeptAction = BulkAction | OwnAction | ConfigureAction

const blankAsUndefined = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === undefined ? undefined : value), schema.optional())

const words = z
  .string()
  .default('')
  .transform((text) => [...new Set(text.split(',').flatMap((tag) => tag.trim() || []))])
  .pipe(Tags)

/** The same as a form has it; a field for each thing. */
export const BulkForm = z
  .object({
    action: z.enum(['disable', 'enable', 'revoke', 'restore', 'extend', 'limits', 'move', 'tag', 'resend']),
    hold: z.preprocess((value) => value === 'on' || value === 'true', z.boolean()),
    end: z.enum(['more', 'date', 'never']).default('more'),
    count: wholeNumber(1, 9_999).optional(),
    unit: z.enum(['day', 'month', 'year']).default('month'),
    day: blankAsUndefined(z.iso.date('Choose a day.')),
    devices: z.enum(['keep', 'configuration', 'off', 'unlimited', 'limited']).default('keep'),
    deviceLimit: wholeNumber(1, INT4_MAX).optional(),
    usage: z.enum(['keep', 'configuration', 'unlimited', 'limited']).default('keep'),
    usageLimit: wholeNumber(1, INT4_MAX).optional(),
    keyConfigurationId: blankAsUndefined(z.uuid()),
    productId: blankAsUndefined(z.uuid()),
    expiry: z.enum(['keep', 'configuration']).default('keep'),
    addTags: words,
    removeTags: words,
  })
  .transform((form, context): BulkAction => {
    const need = (path: keyof typeof form, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message })
      return z.NEVER
    }
    switch (form.action) {
      case 'restore':
        return { action: 'restore', hold: form.hold }
      case 'extend': {
        if (form.end === 'never') return { action: 'extend', to: null }
        if (form.end === 'date') return form.day ? { action: 'extend', to: form.day } : need('day', 'Choose a day.')
        return form.count
          ? { action: 'extend', to: { count: form.count, unit: form.unit } }
          : need('count', 'Enter how much time to add.')
      }
      case 'limits': {
        if (form.devices === 'keep' && form.usage === 'keep') return need('devices', 'Choose what changes.')
        if (form.devices === 'limited' && !form.deviceLimit) return need('deviceLimit', 'Enter a limit.')
        if (form.usage === 'limited' && !form.usageLimit) return need('usageLimit', 'Enter a limit.')
        return {
          action: 'limits',
          ...(form.devices === 'configuration' && { activations: 'configuration' }),
          ...((form.devices === 'off' || form.devices === 'unlimited') && {
            activations: { mode: form.devices, limit: null },
          }),
          ...(form.devices === 'limited' && { activations: { mode: 'limited', limit: form.deviceLimit ?? 1 } }),
          ...(form.usage === 'configuration' && { usageLimit: 'configuration' }),
          ...(form.usage === 'unlimited' && { usageLimit: null }),
          ...(form.usage === 'limited' && { usageLimit: form.usageLimit ?? 1 }),
        }
      }
      case 'move': {
        const { keyConfigurationId, productId, expiry } = form
        if (!keyConfigurationId) return need('keyConfigurationId', 'Choose a key configuration.')
        return { action: 'move', keyConfigurationId, expiry, ...(productId && { productId }) }
      }
      case 'tag':
        return form.addTags.length + form.removeTags.length > 0
          ? { action: 'tag', add: form.addTags, remove: form.removeTags }
          : need('addTags', 'Enter a tag to add or to remove.')
      default:
        return { action: form.action }
    }
  })

/** Why, for the history. */
export const Reason = Text(200)
  .transform((text) => text.trim())
  .default('')

/** Which keys: named ones, or (by the address of the list) all that match. */
export const Selection = z.union([
  z.object({
    licenseKeyIds: z
      // Thousands of them are one field of a form.
      .union([z.array(z.string()), z.string().transform((ids) => ids.split(','))])
      .pipe(z.array(z.uuid()).min(1).max(BULK_MAX)),
  }),
  z.object({ address: z.string().max(8_000) }),
])

export const BulkChangeId = z.object({ bulkChangeId: z.uuid() })
