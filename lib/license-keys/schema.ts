import { z } from 'zod'
import type { ActivationsMode, DurationUnit, LicenseKeyStatus, RevokeReason } from '#prisma/enums.ts'
import { checkbox, wholeNumber } from '../base/fields.ts'
import { type JsonObject, Text } from '../base/json.ts'
import { INT4_MAX } from '../base/numbers.ts'
import { emailAddress, tidyLine, tidyParagraphs } from '../base/text.ts'
import type { Metadata, MetadataPatch } from '../metadata/schema.ts'
import { SELECTION_MAX, type ShownStatus } from './plain.ts'
import type { Terms } from './terms.ts'

// ---------------------------------------------------------------- what people ask for

const Note = Text(2_000).overwrite(tidyParagraphs)
const optionalNumber = (max: number) =>
  z
    .union([z.literal('').transform(() => null), z.coerce.number<string>().int().min(1).max(max)])
    .nullable()
    .default(null)

const onOff = z.stringbool({ truthy: ['true', 'on'], falsy: ['false', 'off', ''] })

/** Issue a key by hand: to whom, from which configuration, for which product. */
export const IssueLicenseKey = z.object({
  keyConfigurationId: z.uuid('Choose a key configuration'),
  productId: z
    .union([z.literal('').transform(() => null), z.uuid()])
    .nullable()
    .default(null),
  customerEmail: emailAddress('Enter an e-mail address'),
  customerName: Text(120).overwrite(tidyLine).default(''),
  /** Order number of the purchase this key belongs to; without one a number is made. */
  reference: Text(80)
    .transform((text) => text.trim())
    .default(''),
  /** Another key for an order that is known; without it one is refused. */
  addToPurchase: z.union([onOff, z.boolean()]).default(false),
  note: Note.default(''),
  sendMail: z.union([z.stringbool(), z.boolean()]).default(false),
})
export type IssueLicenseKey = z.infer<typeof IssueLicenseKey>

/** What can be changed on one key; what is left out stays. An empty limit beside `limited` is an error, beside others it is ignored. */
export const UpdateLicenseKey = z
  .object({
    licenseKeyId: z.uuid(),
    note: Note.optional(),
    activations: z.enum(['configuration', 'off', 'unlimited', 'limited']).optional(),
    activationLimit: optionalNumber(INT4_MAX),
    usage: z.enum(['configuration', 'unlimited', 'limited']).optional(),
    usageLimit: optionalNumber(INT4_MAX),
    expiry: z.enum(['keep', 'configuration', 'never', 'date']).default('keep'),
    /** The last day the key is good, as YYYY-MM-DD; it expires when that day ends in the organization's time zone. */
    expiresOn: z
      .union([z.literal('').transform(() => null), z.iso.date()])
      .nullable()
      .default(null),
    newDevicesBlocked: z.union([z.stringbool(), z.boolean()]).optional(),
    /** Empty: no product. */
    productId: z.union([z.literal('').transform(() => null), z.uuid()]).nullish(),
  })
  .superRefine((input, context) => {
    const need = (field: 'activationLimit' | 'usageLimit' | 'expiresOn', message: string) =>
      context.addIssue({ code: 'custom', path: [field], message })
    if (input.activations === 'limited' && !input.activationLimit) need('activationLimit', 'Enter a limit')
    if (input.usage === 'limited' && !input.usageLimit) need('usageLimit', 'Enter a limit')
    if (input.expiry === 'date' && !input.expiresOn) need('expiresOn', 'Enter a date')
  })
export type UpdateLicenseKey = z.infer<typeof UpdateLicenseKey>

/** What a program changes on one key; what is left out stays, `configuration` gives a limit back to the configuration, null is unlimited. */
export type KeyChanges = {
  status?: LicenseKeyStatus | undefined
  /** Off, or on again, for vendors that know no revoked keys: one that is revoked is off. */
  disabled?: boolean | undefined
  /** Keep it although its purchase has ended, or leave it to its purchase again. */
  held?: boolean | undefined
  note?: string | undefined
  newDevicesBlocked?: boolean | undefined
  /** `limit` counts only when the mode is limited. */
  activations?: { mode: ActivationsMode; limit: number | null } | 'configuration' | undefined
  usageLimit?: number | null | 'configuration' | undefined
  /** Uses counted in the current period. */
  usage?: number | undefined
  /** null is never; a duration begins when the key expires, or now when it has expired. */
  expiresAt?: Date | null | 'configuration' | { count: number; unit: DurationUnit } | undefined
  graceDays?: number | 'configuration' | undefined
  /** What it is sold as; null is no product. */
  productId?: string | null | undefined
  metadata?: MetadataPatch | undefined
  tags?: string[] | undefined
}

/** What people change about a key, each as the key itself has it: `configuration` follows the configuration. */
export type KeyEdit = {
  note: string
  newDevicesBlocked: boolean
  activations: { mode: ActivationsMode; limit: number | null } | 'configuration'
  usageLimit: number | null | 'configuration'
  /** `own`: overridden on this key. A configured date that has yet to be worked out is `configured`. */
  expiry: { own: boolean; at: Date | null | 'configured' }
  productId: string | null
}

/** A new string for a key; for how many hours (30 days at most) the old one still validates on devices that are active. */
export const RotateLicenseKey = z.object({
  licenseKeyId: z.uuid(),
  overlapHours: z.coerce
    .number<string | number>('Enter a number of hours.')
    .int()
    .min(0)
    .max(720, 'At most 720 hours.')
    .default(0),
})
export type RotateLicenseKey = z.infer<typeof RotateLicenseKey>

export const LicenseKeyId = z.object({ licenseKeyId: z.uuid() })
/** `anyway`: although it does not work. */
export const MailLicenseKey = LicenseKeyId.extend({ anyway: checkbox.optional() })
export type MailLicenseKey = z.infer<typeof MailLicenseKey>
export const WithReason = z.object({
  licenseKeyId: z.uuid(),
  reason: Text(200)
    .transform((text) => text.trim())
    .default(''),
})
export const LicenseKeyIds = z.object({
  licenseKeyIds: z
    // Thousands of them are one field of a form.
    .union([z.array(z.string()), z.string().transform((ids) => ids.split(','))])
    .pipe(z.array(z.uuid()).min(1).max(SELECTION_MAX)),
  reason: Text(200)
    .transform((text) => text.trim())
    .default(''),
})
/** Gives keys back; `hold`: keeps them although their purchase has ended. */
export const RestoreLicenseKeys = LicenseKeyIds.extend({
  hold: z.union([onOff, z.boolean()]).default(false),
})

// ---------------------------------------------------------------- lists

/** The first character of a CSV that spreadsheets open with the right letters. */
export const BYTE_ORDER_MARK = '\uFEFF'

// ---------------------------------------------------------------- what keys look like

// ---------------------------------------------------------------- what the three calls answer

/** A key as client software sees it. A null limit is unlimited; `limitActivations` is 0 where activations are off. */
export type KeyAnswer = {
  id: string
  organizationId: string
  customerId: string
  keyConfigurationId: string
  productId: string | null
  keyString: string
  displayKey: string
  status: 'granted' | 'disabled' | 'revoked'
  limitActivations: number | null
  usage: number
  limitUsage: number | null
  validations: number
  lastValidatedAt: Date | null
  expiresAt: Date | null
  entitlements: string[]
  version: string | null
  createdAt: Date
  modifiedAt: Date
}

/** An activation as client software sees it; its conditions are never shown. */
export type ActivationAnswer = {
  id: string
  licenseKeyId: string
  label: string
  fingerprint: string | null
  meta: JsonObject
  createdAt: Date
  modifiedAt: Date | null
}

// ---------------------------------------------------------------- what programs of an organization read

/** A key with everything around it, as programs of the organization and the vendors' dialects see it. */
export type KeyRecord = KeyAnswer & {
  number: number
  externalId: string | null
  /** Live activations. */
  devices: number
  activationsMode: ActivationsMode
  /** Which limits are the key's own and not its configuration's. */
  overridden: { activations: boolean; usage: boolean; expiry: boolean; grace: boolean }
  graceDays: number
  newDevicesBlocked: boolean
  /** Why it is revoked; empty when it is not. */
  revokedFor: RevokeReason[]
  /** Kept by a person although its purchase has ended, or will. */
  held: boolean
  shownStatus: ShownStatus
  note: string
  metadata: Metadata
  tags: string[]
  firstActivatedAt: Date | null
  organization: { id: string; number: number; externalIds: string[]; name: string }
  customer: {
    id: string
    number: number
    externalId: string | null
    email: string
    name: string | null
    createdAt: Date
    modifiedAt: Date
  }
  configuration: { id: string; number: number; externalIds: string[]; name: string }
  product: { id: string; number: number; externalIds: string[]; name: string } | null
  purchase: {
    id: string
    number: number
    reference: string
    kind: 'one_time' | 'subscription'
    source: 'manual' | 'api' | 'store'
    status: 'active' | 'refunded' | 'canceled'
    /** Of a store's test mode. */
    isTest: boolean
    purchasedAt: Date
  } | null
}

/** What of a key was what somebody looked for. */
export const matchedBy = [
  ...(['key', 'id', 'activation_id', 'external_id', 'purchase_reference', 'customer_email'] as const),
  ...(['customer_external_id', 'fingerprint', 'device_name'] as const),
] as const
export type MatchedBy = (typeof matchedBy)[number]

/** A key that was found, and by what. */
export type FoundKey = {
  licenseKeyId: string
  matchedBy: MatchedBy
  /** By a string that was rotated away. */
  replaced: boolean
  /** The device that was named. */
  activationId: string | null
}

/** Which keys a program asks for; every part narrows. */
export type KeyRecordFilter = {
  organizationIds?: string[] | undefined
  ids?: string[] | undefined
  numbers?: number[] | undefined
  /** Ids of ours, or ones other systems know the rows by. */
  configurationIds?: string[] | undefined
  productIds?: string[] | undefined
  /** The same, where a key without a product is said to be for its configuration. */
  productOrConfigurationIds?: string[] | undefined
  customerIds?: string[] | undefined
  customerExternalIds?: string[] | undefined
  purchaseIds?: string[] | undefined
  /** Numbers, for vendors whose ids are numbers: ours, or ones the rows came with. */
  organizationNumbers?: number[] | undefined
  productNumbers?: number[] | undefined
  purchaseNumbers?: number[] | undefined
  /** As stored: expired keys are `granted`. */
  statuses?: LicenseKeyStatus[] | undefined
  /** True: past expiry and grace; false: not. */
  expired?: boolean | undefined
  /** True: with live activations; false: without. */
  activated?: boolean | undefined
  sources?: ('manual' | 'api' | 'store')[] | undefined
  /** True: with a string that was made elsewhere; false: without. */
  imported?: boolean | undefined
  keyString?: string | undefined
  email?: string | undefined
  createdFrom?: Date | undefined
  createdBefore?: Date | undefined
  expiresFrom?: Date | undefined
  expiresBefore?: Date | undefined
  metadata?: Metadata | undefined
  /** Keys that have each of them. */
  tags?: string[] | undefined
  /** What people ask for on the page of keys. */
  terms?: Terms | undefined
}

/** What programs can sort keys by. A key that never expires expires last; one that was never validated was validated first. */
const keyRecordSorts = ['createdAt', 'expiresAt', 'lastValidatedAt', 'validations'] as const
export type KeyRecordSort = (typeof keyRecordSorts)[number]

/** Which part of a list, in order of creation unless said otherwise: by offset, or what comes after the last one seen. */
export type RecordPage<Sort extends string = never> = {
  sort?: Sort | 'createdAt'
  dir: 'asc' | 'desc'
  limit: number
  offset?: number
  after?: { value: Date | string | number; id: string } | undefined
}

/** How far support may go by itself. */
export const BoundSupport = z.object({
  // Left empty: not at all.
  extendDays: wholeNumber(0, 3_660).transform((days) => days ?? 0),
  moreDevices: wholeNumber(0, 1_000).transform((devices) => devices ?? 0),
  seesKeys: checkbox,
})
export type BoundSupport = z.infer<typeof BoundSupport>
