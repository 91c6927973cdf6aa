import { z } from 'zod'
import { checkbox, line } from '../base/fields.ts'
import { type LifecycleSettings, lifecycleDefaults } from '../purchases/standing.ts'
import { storeNames } from '../store-facts/schema.ts'

/** What a merchant says when they connect a store. */
export const ConnectStore = z.object({
  store: z.enum(storeNames, 'Choose a store.'),
  mode: z.enum(['live', 'test'], 'Choose live or test.'),
  name: line('A name', 80).min(1, 'Enter a name, such as that of the account.'),
})
export type ConnectStore = z.infer<typeof ConnectStore>

/** Names one connection. */
export const StoreId = z.object({ connectionId: z.guid() })
export type StoreId = z.infer<typeof StoreId>

/** What a merchant pastes from a store. */
export const StoreSecret = z.object({ connectionId: z.guid(), secret: z.string().max(2_000, 'That is too long.') })

/** What lets us ask the store's API; an empty one takes it away. */
export const StoreCredential = z.object({
  connectionId: z.guid(),
  credential: z.string().max(2_000, 'That is too long.'),
})

/** Whether what a store says is acted on. */
export const SwitchStore = z.object({ connectionId: z.guid(), off: checkbox })

const Days = z.coerce
  .number('Enter whole days.')
  .int('Enter whole days.')
  .min(0, 'At least 0 days.')
  .max(365, 'At most 365 days.')

/** Life of a key, as merchants choose it for a connection. */
export const ConnectionSettings = z.object({
  marginDays: Days,
  graceDays: Days,
  keysDuringTrials: checkbox,
  obeysRefundWish: checkbox,
  keepsDuringDispute: checkbox,
  fullRefundPercent: z.coerce
    .number('Enter whole percent.')
    .int('Enter whole percent.')
    .min(1, 'At least 1 percent.')
    .max(100, 'At most 100 percent.'),
  continuesKeys: checkbox,
  mailsRenewed: checkbox,
  mailsPaymentFailed: checkbox,
  mailsEnded: checkbox,
}) satisfies z.ZodType<LifecycleSettings>

/** The same as the form of a connection sends it. */
export const SetStoreSettings = ConnectionSettings.extend({ connectionId: z.guid() }).transform(
  ({ connectionId, ...settings }) => ({ connectionId, settings }),
)
export type SetStoreSettings = z.infer<typeof SetStoreSettings>

/** The settings of a connection: what it says, and the defaults for the rest. */
export const settingsOf = (stored: unknown): LifecycleSettings => {
  const read = ConnectionSettings.safeParse({ ...lifecycleDefaults, ...(stored as object) })
  return read.success ? read.data : lifecycleDefaults
}

/** How a merchant answers which product something of a store is here. */
export type PlaceProduct = {
  connectionId: string
  ref: string
  /** A product there is; a new one; or nothing that is sold here. A new one without a configuration gets one of its own, with the usual settings. */
  as:
    | { kind: 'product'; productId: string }
    | { kind: 'new'; name: string; keyConfigurationId: string | null }
    | { kind: 'ignored' }
  quantityIs: 'keys' | 'devices'
}

const placing = {
  connectionId: z.guid(),
  ref: z.string().min(1).max(1_000),
  quantityIs: z.enum(['keys', 'devices']).default('keys'),
}

/** The same as a form sends it. */
export const PlaceProduct = z
  .discriminatedUnion(
    'as',
    [
      z.object({ ...placing, as: z.literal('product'), productId: z.guid('Choose a product.') }),
      z.object({
        ...placing,
        as: z.literal('new'),
        name: line('A name', 80).min(1, 'Enter a name.'),
        keyConfigurationId: z
          .union([z.literal('').transform(() => null), z.guid()])
          .nullable()
          .default(null),
      }),
      z.object({ ...placing, as: z.literal('ignored') }),
    ],
    'Choose what it is here.',
  )
  .transform(({ connectionId, ref, quantityIs, ...said }): PlaceProduct => {
    const as =
      said.as === 'product'
        ? ({ kind: 'product', productId: said.productId } as const)
        : said.as === 'new'
          ? ({ kind: 'new', name: said.name, keyConfigurationId: said.keyConfigurationId } as const)
          : ({ kind: 'ignored' } as const)
    return { connectionId, ref, quantityIs, as }
  })

/** Since which day what a store sold is read from its API; empty: since the last time. */
export const ReadOrders = z.object({
  connectionId: z.guid(),
  since: z
    .union([z.literal('').transform(() => null), z.iso.date('Choose a day.')])
    .nullable()
    .default(null),
})

/** Which deliveries are handled once more: one by its id, or all that failed or wait. */
export const ReplayDeliveries = z
  .object({ connectionId: z.guid(), which: z.union([z.enum(['failed', 'waiting']), z.guid()]) })
  .transform(({ connectionId, which }) => ({
    connectionId,
    which: which === 'failed' || which === 'waiting' ? ({ state: which } as const) : { id: which },
  }))
export type ReplayDeliveries = z.infer<typeof ReplayDeliveries>

/** A secret of a connection; with an end while another has taken its place. ISO 8601. */
export const ConnectionSecrets = z.array(z.object({ secret: z.string(), until: z.string().nullable() }))
export type ConnectionSecrets = z.infer<typeof ConnectionSecrets>

/** A replaced secret is good for so long, for what a store signed before it took the new one. */
export const SECRET_OVERLAP_HOURS = 24
