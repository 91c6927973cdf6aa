import '#server-only'
import { randomBytes } from 'node:crypto'
import type { Merchant } from '../base/actor.ts'
import { HOUR_MS } from '../base/days.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import { record } from '../events/commands.ts'
import { addKeyConfiguration } from '../key-configurations/commands.ts'
import { newKeyConfiguration } from '../key-configurations/schema.ts'
import { addProduct, unlessNameTaken } from '../products/commands.ts'
import type { LifecycleSettings } from '../purchases/standing.ts'
import { hashSecret, seal, unseal } from '../secrets/secrets.ts'
import { newCustomSecret } from '../vendors/custom/store.ts'
import { mergeEdit, type Opened } from '../web/edits.ts'
import { handleWaiting } from './handle.ts'
import { settingParts } from './rules.ts'
import {
  ConnectionSecrets,
  type ConnectStore,
  type PlaceProduct,
  type ReplayDeliveries,
  SECRET_OVERLAP_HOURS,
  settingsOf,
} from './schema.ts'
import { storeLabels, storeSetups } from './setups.ts'

// What a merchant does about the stores they sell at.

/** Makes the address that a store's deliveries go to. Nothing is believed before there is a secret, except where a store has none. */
export async function connectStore(
  merchant: Merchant,
  { store, mode, name }: ConnectStore,
  now: Date,
): Promise<{ connectionId: string; token: string }> {
  assertMay(merchant, 'stores.write')
  const { organizationId } = merchant
  const connectionId = newId(now)
  const token = randomBytes(32).toString('base64url')
  await prisma.$transaction(async (tx) => {
    await tx.storeConnection.create({
      data: {
        ...{ id: connectionId, organizationId, store, mode, name, createdAt: now },
        tokenHash: new Uint8Array(hashSecret('store-token', token)),
        token: seal('store', token),
      },
    })
    await record(tx, merchant, now, { type: 'store.connected', organizationId, data: { store: labelOf(store), name } })
  })
  return { connectionId, token }
}

const labelOf = (store: string): string => storeLabels[store as keyof typeof storeLabels] ?? store

/** A connection of the merchant's, held until commit. */
async function lock(tx: Tx, { organizationId }: Merchant, connectionId: string) {
  await tx.$queryRaw`SELECT 1 FROM store_connections
    WHERE id = ${connectionId}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
  const connection = await tx.storeConnection.findFirst({ where: { id: connectionId, organizationId } })
  if (!connection) throw notFound('connection')
  return connection
}

type Connection = Awaited<ReturnType<typeof lock>>

async function change(
  merchant: Merchant,
  connectionId: string,
  now: Date,
  what: (tx: Tx, connection: Connection) => Promise<string[]>,
): Promise<void> {
  assertMay(merchant, 'stores.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const connection = await lock(tx, merchant, connectionId)
    const changes = await what(tx, connection)
    if (changes.length === 0) return
    const data = { store: labelOf(connection.store), name: connection.name, changes }
    await record(tx, merchant, now, { type: 'store.updated', organizationId, data })
  })
}

/** The secret that the store signs with from now on. One that was there before is good for a day longer. */
export const setStoreSecret = (
  merchant: Merchant,
  { connectionId, secret }: { connectionId: string; secret: string },
  now: Date,
) =>
  change(merchant, connectionId, now, async (tx, { store, secrets }) => {
    const setup = storeSetups[store as keyof typeof storeSetups]?.secret
    const typed = secret.trim()
    const wrong = typed === '' ? 'Paste the secret.' : setup?.wrong?.(typed)
    if (wrong) throw new Refusal('INVALID_INPUT', wrong, 'secret')
    const before = secrets ? ConnectionSecrets.parse(JSON.parse(unseal('store', secrets))) : []
    if (before.some((each) => each.secret === typed && each.until === null)) return []
    const until = new Date(now.getTime() + SECRET_OVERLAP_HOURS * HOUR_MS).toISOString()
    const after: ConnectionSecrets = [
      { secret: typed, until: null },
      ...before
        .filter((each) => each.secret !== typed && (each.until === null || new Date(each.until) > now))
        .map((each) => ({ ...each, until: each.until ?? until })),
    ]
    await tx.storeConnection.update({
      where: { id: connectionId },
      // Whether that mends what was refused, the next delivery says.
      data: { secrets: seal('store', JSON.stringify(after)), refusedSince: null },
    })
    return [before.length > 0 ? 'Secret replaced' : 'Secret set']
  })

/** What lets us ask the store's API; '' takes it away. */
export const setStoreCredential = (
  merchant: Merchant,
  { connectionId, credential }: { connectionId: string; credential: string },
  now: Date,
) => change(merchant, connectionId, now, (tx, connection) => writeCredential(tx, connection, credential, now))

async function writeCredential(tx: Tx, { id, store }: Connection, credential: string, now: Date): Promise<string[]> {
  const typed = credential.trim()
  const setup = storeSetups[store as keyof typeof storeSetups]?.credential
  const wrong = typed && (setup ? setup.wrong?.(typed) : 'This store’s API is not asked.')
  if (wrong) throw new Refusal('INVALID_INPUT', wrong, 'credential')
  await tx.storeConnection.update({
    where: { id },
    data: {
      credential: typed ? seal('store', typed) : null,
      // Nothing is known of the new one, and the sweep reads by it soon.
      ...{ accessTriedAt: null, accessProblem: null, reconcileDueAt: null },
    },
  })
  // What the store did not say by itself can be asked now.
  if (typed) await handleWaiting(tx, id, now)
  return [typed ? 'API access set' : 'API access taken away']
}

/** Makes a secret for a store that has none of its own to show, and tells it: this once. */
export async function makeStoreSecret(
  merchant: Merchant,
  { connectionId }: { connectionId: string },
  now: Date,
): Promise<{ secret: string }> {
  assertMay(merchant, 'stores.write')
  const { organizationId } = merchant
  const connection = await prisma.storeConnection.findFirst({ where: { id: connectionId, organizationId } })
  if (!connection) throw notFound('connection')
  if (storeSetups[connection.store as keyof typeof storeSetups]?.secret?.madeBy !== 'latchkey')
    throw new Refusal('CONFLICT', 'The secret of this store is not made here.')
  const secret = newCustomSecret()
  await setStoreSecret(merchant, { connectionId, secret }, now)
  return { secret }
}

/**
 * How keys live by what this connection says. Everything that was said is weighed anew by it. With `opened`, what a form showed when it
 * was opened, only what was changed since then is changed.
 */
export const setStoreSettings = (
  merchant: Merchant,
  { connectionId, settings: typed }: { connectionId: string; settings: LifecycleSettings },
  now: Date,
  opened: Opened | null = null,
) =>
  change(merchant, connectionId, now, async (tx, connection) => {
    const before = settingsOf(connection.settings)
    const settings = opened ? mergeEdit<LifecycleSettings>(settingParts, opened, typed, before).merged : typed
    return writeSettings(tx, connection, settings, now)
  })

async function writeSettings(tx: Tx, connection: Connection, settings: LifecycleSettings, now: Date) {
  const before = settingsOf(connection.settings)
  const changed = settingParts.filter(({ fields: [name] }) => before[name] !== settings[name])
  if (changed.length === 0) return []
  await tx.storeConnection.update({ where: { id: connection.id }, data: { settings } })
  await weighAnew(tx, connection.id, now)
  return changed.map(({ label, words }) => `${label}: ${words(before)} → ${words(settings)}`)
}

// The sweep takes them as if their time had come.
const weighAnew = (tx: Tx, connectionId: string, now: Date) =>
  tx.$executeRaw`UPDATE purchases p SET changes_at = ${now} FROM store_lines l
    WHERE l.purchase_id = p.id AND l.connection_id = ${connectionId}::uuid`

/** While a connection is off, deliveries are kept and nothing follows from them. */
export const switchStore = (
  merchant: Merchant,
  { connectionId, off }: { connectionId: string; off: boolean },
  now: Date,
) => change(merchant, connectionId, now, (tx, connection) => writeOff(tx, connection, off, now))

async function writeOff(tx: Tx, { id, offAt }: Connection, off: boolean, now: Date): Promise<string[]> {
  if ((offAt !== null) === off) return []
  await tx.storeConnection.update({ where: { id }, data: { offAt: off ? now : null } })
  if (!off) await enqueue(tx, 'store.sweep', {})
  return [off ? 'Switched off' : 'Switched on']
}

/** Changes several of these at once; what is left out stays. */
export const updateStore = (
  merchant: Merchant,
  {
    connectionId,
    name,
    credential,
    settings,
    off,
  }: {
    connectionId: string
    name?: string
    credential?: string
    settings?: Partial<LifecycleSettings>
    off?: boolean
  },
  now: Date,
) =>
  change(merchant, connectionId, now, async (tx, connection) => {
    const isRenamed = name !== undefined && name !== connection.name
    if (isRenamed) await tx.storeConnection.update({ where: { id: connectionId }, data: { name } })
    return [
      ...(isRenamed ? [`Name: ${connection.name} → ${name}`] : []),
      ...(credential === undefined ? [] : await writeCredential(tx, connection, credential, now)),
      ...(settings
        ? await writeSettings(tx, connection, { ...settingsOf(connection.settings), ...settings }, now)
        : []),
      ...(off === undefined ? [] : await writeOff(tx, connection, off, now)),
    ]
  })

/** Says which product something of the store is here; what waited for that is handled. */
export const placeProduct = (merchant: Merchant, { connectionId, ref, as, quantityIs }: PlaceProduct, now: Date) =>
  unlessNameTaken(
    change(merchant, connectionId, now, async (tx) => {
      const product = await productOf(tx, merchant, as, now)
      const placed = { productId: product?.id ?? null, isIgnored: product === null, quantityIs }
      const where = { connectionId_ref: { connectionId, ref } }
      const before = await tx.storeProduct.findUnique({ where })
      const isSame =
        before?.productId === placed.productId &&
        before.isIgnored === placed.isIgnored &&
        before.quantityIs === quantityIs
      await tx.storeProduct.upsert({
        where,
        create: { connectionId, ref, ...placed, firstSeenAt: now },
        update: placed,
      })
      // Also when nothing changed: what it waited for may be mended elsewhere.
      await handleWaiting(tx, connectionId, now)
      return isSame ? [] : [`${before?.name ?? ref}: ${product?.name ?? 'nothing sold here'}`]
    }),
  )

/** The product that is meant, made when it is a new one; null: none. */
async function productOf(tx: Tx, merchant: Merchant, as: PlaceProduct['as'], now: Date) {
  const { organizationId } = merchant
  if (as.kind === 'ignored') return null
  if (as.kind === 'product') {
    const product = await tx.product.findFirst({
      where: { id: as.productId, organizationId },
      select: { id: true, name: true },
    })
    if (!product) throw new Refusal('NOT_FOUND', 'There is no such product.', 'productId')
    return product
  }
  const { name } = as
  const own = { ...newKeyConfiguration, name }
  const keyConfigurationId = as.keyConfigurationId ?? (await addKeyConfiguration(tx, merchant, own, now)).id
  return addProduct(tx, merchant, { name, description: null, keyConfigurationIds: [keyConfigurationId] }, now)
}

/** Handles deliveries once more: one, or all that failed or wait. */
export async function replayDeliveries(
  merchant: Merchant,
  { connectionId, which }: ReplayDeliveries,
  now: Date,
): Promise<{ replayed: number }> {
  assertMay(merchant, 'stores.write')
  const { organizationId } = merchant
  return prisma.$transaction(async (tx) => {
    const { store, name } = await lock(tx, merchant, connectionId)
    const again = await tx.storeDelivery.updateManyAndReturn({
      where: { connectionId, ...('id' in which ? { id: which.id } : { state: which.state }) },
      data: { state: 'new', dueAt: now, attempts: 0 },
      select: { id: true },
    })
    for (const { id } of again) await enqueue(tx, 'store.handle', { deliveryId: id })
    const replayed = again.length
    if ('id' in which && replayed === 0) throw notFound('delivery')
    if (replayed > 0) {
      const changes = [`${replayed} ${replayed === 1 ? 'delivery' : 'deliveries'} handled again`]
      const data = { store: labelOf(store), name, changes }
      await record(tx, merchant, now, { type: 'store.updated', organizationId, data })
    }
    return { replayed }
  })
}

/** Removes a connection with all it said. Purchases and keys stay as they are, and follow no store any more. */
export async function removeStore(
  merchant: Merchant,
  { connectionId }: { connectionId: string },
  now: Date,
): Promise<void> {
  assertMay(merchant, 'stores.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const { store, name } = await lock(tx, merchant, connectionId)
    await tx.$executeRaw`UPDATE purchases p SET changes_at = NULL FROM store_lines l
      WHERE l.purchase_id = p.id AND l.connection_id = ${connectionId}::uuid`
    await tx.storeConnection.delete({ where: { id: connectionId } })
    await record(tx, merchant, now, { type: 'store.removed', organizationId, data: { store: labelOf(store), name } })
  })
}
