import '#server-only'
import { z } from 'zod'
import { StoreMode } from '#prisma/enums.ts'
import { Text } from '../base/json.ts'
import { inOneTransaction } from '../database/client.ts'
import { type StoreName, storeNames } from '../store-facts/schema.ts'
import { connectStore, makeStoreSecret, removeStore, setStoreSecret, updateStore } from '../stores/commands.ts'
import { getStore, type StoreDetail } from '../stores/queries.ts'
import { listStoreIds, type StoreRecordSort } from '../stores/records.ts'
import { storeStates } from '../stores/rules.ts'
import { ConnectStore } from '../stores/schema.ts'
import { endpoint } from './endpoint.ts'
import { listQuery, pageOf, readPage, type Sorts } from './paging.ts'
import { asked, Count, Id, NAMED, several, shown, Time, time, timeOrNull } from './wire.ts'

const Days = z.int().min(0).max(365)
const Settings = z.strictObject({
  grace_days: Days.describe('How long keys work after a payment that failed, where the store does not say.'),
  margin_days: Days.describe('A subscription of which nothing is heard ends so many days after what was paid for.'),
  keys_during_trials: z.boolean(),
  obeys_refund_wish: z.boolean().describe('A store that asks whether to take keys back with a refund is obeyed.'),
  keeps_during_dispute: z.boolean(),
  full_refund_percent: z.int().min(1).max(100).describe('From how many percent on a refund counts as one of all.'),
  continues_keys: z.boolean().describe('Whoever buys a product again whose purchase has ended goes on with its key.'),
  mails_renewed: z.boolean(),
  mails_payment_failed: z.boolean(),
  mails_ended: z.boolean(),
})

const storeFields = {
  id: Id,
  store: z.enum(storeNames),
  mode: z.enum(StoreMode).describe('Whether it brings live sales or tests.'),
  name: z.string(),
  state: z
    .enum(storeStates)
    .describe('`secret`: it lacks the secret that is needed to believe it. `waiting`: nothing has arrived yet.'),
  address: z.string().nullable().describe('Where the store sends to. null without the scope `stores:write`.'),
  has_secret: z.boolean().describe('The secret itself is shown to nobody.'),
  former_secret_until: Time.nullable().describe('Until when the secret before this one is good, too.'),
  has_api_access: z.boolean(),
  settings: Settings.describe('How keys live by what this store says.'),
  off_at: Time.nullable().describe('Since when what it sends is kept, and nothing follows from it.'),
  waiting: z.object({
    products: Count.describe('Products of the store of which nobody has said what they are here.'),
    sales: Count.describe('Sales that wait for that.'),
    failed: Count.describe('Deliveries that were given up.'),
    new: Count.describe('Deliveries that are not handled yet.'),
    refunds: Count.describe('Refunds and disputes of the last 30 days whose payment has not come.'),
  }),
  deliveries: Count,
  purchases: Count,
  refused: Count.describe('Requests that were refused: not believed, or of your own shop and not readable.'),
  last_refusal: z.string().nullable(),
  last_refused_at: Time.nullable(),
  first_delivery_at: Time.nullable(),
  last_delivery_at: Time.nullable(),
  reconciled_at: Time.nullable().describe('Up to when everything was read from its API.'),
  created_at: Time,
}

const Store = shown('Store', 'Where the organization sells: a connection to a store.', z.object(storeFields))
const NewStore = shown(
  'StoreWithSecret',
  'A connection, and its secret where that is made here.',
  z.object({
    ...storeFields,
    secret: z
      .string()
      .nullable()
      .describe('What your own shop signs with. Shown here and never again. null where the store shows it.'),
  }),
)

const showStore = (store: StoreDetail): z.input<typeof Store> => ({
  id: store.id,
  store: store.store as StoreName,
  mode: store.mode,
  name: store.name,
  state: store.state,
  address: store.address,
  has_secret: store.hasSecret,
  former_secret_until: timeOrNull(store.formerSecretUntil),
  has_api_access: store.hasCredential,
  settings: {
    grace_days: store.settings.graceDays,
    margin_days: store.settings.marginDays,
    keys_during_trials: store.settings.keysDuringTrials,
    obeys_refund_wish: store.settings.obeysRefundWish,
    keeps_during_dispute: store.settings.keepsDuringDispute,
    full_refund_percent: store.settings.fullRefundPercent,
    continues_keys: store.settings.continuesKeys,
    mails_renewed: store.settings.mailsRenewed,
    mails_payment_failed: store.settings.mailsPaymentFailed,
    mails_ended: store.settings.mailsEnded,
  },
  off_at: timeOrNull(store.offAt),
  waiting: {
    products: store.waiting.products,
    sales: store.waiting.sales,
    failed: store.waiting.failed,
    new: store.waiting.fresh,
    refunds: store.waiting.unpaid,
  },
  deliveries: store.deliveries,
  purchases: store.purchases,
  refused: store.refusals,
  last_refusal: store.lastRefusal,
  last_refused_at: timeOrNull(store.lastRefusedAt),
  first_delivery_at: timeOrNull(store.firstDeliveryAt),
  last_delivery_at: timeOrNull(store.lastDeliveryAt),
  reconciled_at: timeOrNull(store.reconciledAt),
  created_at: time(store.createdAt),
})

const Removed = shown('RemovedStore', 'A connection that is gone.', z.object({ id: Id, deleted: z.literal(true) }))

const Name = ConnectStore.shape.name.meta(NAMED)
const Secret = Text(2_000, 1).describe('What the store signs with, as it shows it. Kept sealed and shown to nobody.')
const ApiAccess = Text(2_000).describe('What opens the store’s API, as its page here describes it. Kept sealed.')

const Create = asked(
  'CreateStore',
  z.strictObject({
    store: z.enum(storeNames),
    mode: z.enum(StoreMode),
    name: Name,
    secret: Secret.optional().describe('Left out: nothing it sends is believed yet. Of your own shop it is made here.'),
    api_access: ApiAccess.optional(),
    settings: Settings.partial().optional(),
  }),
)

const Changes = asked(
  'StoreChanges',
  z.strictObject({
    name: Name.optional(),
    api_access: ApiAccess.nullable().optional().describe('null takes it away.'),
    settings: Settings.partial().optional(),
    off: z
      .boolean()
      .optional()
      .describe('true: what it sends is kept, and nothing follows from it until it is on again.'),
  }),
)

const Rotate = asked(
  'RotateStoreSecret',
  z.strictObject({
    secret: Secret.optional().describe(
      'The new one, as the store shows it. Left out for your own shop: one is made here.',
    ),
  }),
)

const given = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Field in keyof T]?: Exclude<T[Field], undefined>
  }

const settingsOf = (settings: Partial<z.output<typeof Settings>>) =>
  given({
    graceDays: settings.grace_days,
    marginDays: settings.margin_days,
    keysDuringTrials: settings.keys_during_trials,
    obeysRefundWish: settings.obeys_refund_wish,
    keepsDuringDispute: settings.keeps_during_dispute,
    fullRefundPercent: settings.full_refund_percent,
    continuesKeys: settings.continues_keys,
    mailsRenewed: settings.mails_renewed,
    mailsPaymentFailed: settings.mails_payment_failed,
    mailsEnded: settings.mails_ended,
  })

const storeSorts = {
  created_at: { by: 'createdAt', kind: 'time', value: (store) => store.createdAt },
} satisfies Sorts<StoreDetail, StoreRecordSort>
const tag = 'Stores'
const read = { tag, permissions: ['stores.read'], status: 200 } as const
const write = { tag, permissions: ['stores.write'], status: 200 } as const

export const storeEndpoints = [
  endpoint({
    ...read,
    operation: 'listStores',
    method: 'GET',
    path: '/stores',
    summary: 'List stores',
    query: listQuery(storeSorts, { store: several(z.enum(storeNames)) }),
    answer: pageOf('StorePage', Store),
    run: (client, { query, now }) =>
      readPage(
        query,
        storeSorts,
        async (keyset) => {
          const stores = await listStoreIds(client, { stores: query.store }, keyset)
          return Promise.all(stores.map(({ id }) => getStore(client, id, now)))
        },
        showStore,
      ),
  }),
  endpoint({
    ...write,
    operation: 'createStore',
    method: 'POST',
    path: '/stores',
    summary: 'Connect a store',
    description: 'Makes the address that the store is to send to. It is believed once it has its secret.',
    body: Create,
    example: { store: 'polar', mode: 'live', name: 'Polar of Inkwell', secret: 'polar_whs_…' },
    status: 201,
    answer: NewStore,
    refuses: ['CONFLICT'],
    run: async (client, { body, now }) => {
      const { store, mode, name, secret, api_access, settings } = body
      // A secret that cannot be one leaves no connection behind.
      const { connectionId, made } = await inOneTransaction(
        async () => {
          const { connectionId } = await connectStore(client, { store, mode, name }, now)
          if (secret !== undefined) await setStoreSecret(client, { connectionId, secret }, now)
          const changes = { ...given({ credential: api_access }), ...(settings && { settings: settingsOf(settings) }) }
          await updateStore(client, { connectionId, ...changes }, now)
          const isMadeHere = secret === undefined && store === 'custom'
          return { connectionId, made: isMadeHere ? await makeStoreSecret(client, { connectionId }, now) : null }
        },
        { keep: true },
      )
      return { ...showStore(await getStore(client, connectionId, now)), secret: made?.secret ?? null }
    },
  }),
  endpoint({
    ...read,
    operation: 'getStore',
    method: 'GET',
    path: '/stores/{id}',
    summary: 'Get a store',
    answer: Store,
    run: async (client, { id, now }) => showStore(await getStore(client, id, now)),
  }),
  endpoint({
    ...write,
    operation: 'updateStore',
    method: 'PATCH',
    path: '/stores/{id}',
    summary: 'Change a store',
    description: 'What is left out stays. Changed settings weigh anew what has been sold before.',
    body: Changes,
    example: { settings: { grace_days: 7 } },
    answer: Store,
    run: async (client, { id, body, now }) => {
      const { name, api_access, settings, off } = body
      const credential = api_access === null ? '' : api_access
      const changes = { ...given({ name, credential, off }), ...(settings && { settings: settingsOf(settings) }) }
      await updateStore(client, { connectionId: id, ...changes }, now)
      return showStore(await getStore(client, id, now))
    },
  }),
  endpoint({
    ...write,
    operation: 'deleteStore',
    method: 'DELETE',
    path: '/stores/{id}',
    summary: 'Remove a store',
    description: 'With what it sent. Purchases and keys stay as they are, and follow no store any more.',
    answer: Removed,
    run: async (client, { id, now }) => {
      await removeStore(client, { connectionId: id }, now)
      return { id, deleted: true as const }
    },
  }),
  endpoint({
    ...write,
    operation: 'rotateStoreSecret',
    method: 'POST',
    path: '/stores/{id}/rotate-secret',
    summary: 'Replace the secret of a store',
    description: 'The one before goes on being good for 24 hours, for what was signed with it.',
    body: Rotate,
    example: { secret: 'polar_whs_…' },
    answer: NewStore,
    refuses: ['CONFLICT'],
    run: async (client, { id, body, now }) => {
      const made = body.secret === undefined ? (await makeStoreSecret(client, { connectionId: id }, now)).secret : null
      if (body.secret !== undefined) await setStoreSecret(client, { connectionId: id, secret: body.secret }, now)
      return { ...showStore(await getStore(client, id, now)), secret: made }
    },
  }),
]
