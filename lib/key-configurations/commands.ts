import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx, unlessTaken } from '../database/client.ts'
import type { Opened } from '../web/edits.ts'
import { added, changed, lock, setArchived } from './catalogue.ts'
import { grantingProducts, nameTaken, openedDay, readKeyConfiguration, timeZoneOf } from './queries.ts'
import { assertExpiryAhead, changeLine, changesBetween, mergeSettings, withDayIn } from './rules.ts'
import type { CreateKeyConfiguration, KeyConfigurationId, UpdateKeyConfiguration } from './schema.ts'

/** Adds a configuration. No key exists until one is issued from it. */
export const createKeyConfiguration = (
  merchant: Merchant,
  named: CreateKeyConfiguration,
  now = new Date(),
): Promise<{ id: string; name: string }> =>
  unlessTaken(
    nameTaken,
    prisma.$transaction((tx) => addKeyConfiguration(tx, merchant, named, now)),
  )

/** The same as part of something larger. */
export async function addKeyConfiguration(
  tx: Tx,
  merchant: Merchant,
  { productIds, ...named }: CreateKeyConfiguration,
  now: Date,
): Promise<{ id: string; name: string }> {
  assertMay(merchant, 'catalogue.write')
  const { organizationId } = merchant
  const settings = withDayIn(named, await timeZoneOf(tx, merchant))
  assertExpiryAhead(settings, null, now)
  await grantingProducts(tx, merchant, productIds)
  const id = newId(now)
  await tx.keyConfiguration.create({ data: { id, organizationId, ...settings, createdAt: now, updatedAt: now } })
  return added(tx, merchant, 'key_configuration', { id, name: settings.name, linked: productIds }, now)
}

/**
 * Changes a configuration, and with it every key that follows it. Says in history what changed, in words; changes nothing, says nothing.
 * With `opened`, what a form showed when it was opened, only what was changed since then is changed.
 */
export async function updateKeyConfiguration(
  merchant: Merchant,
  { id, seenAt, ...named }: UpdateKeyConfiguration,
  now = new Date(),
  opened: Opened | null = null,
): Promise<{ id: string; name: string; changes: string[] }> {
  assertMay(merchant, 'catalogue.write')
  return unlessTaken(
    nameTaken,
    prisma.$transaction(async (tx) => {
      await lock(tx, merchant, 'key_configuration', id)
      const before = await readKeyConfiguration(tx, merchant, id)
      if (seenAt && before.updatedAt.toISOString() !== seenAt) {
        throw new Refusal(
          'CONFLICT',
          'Somebody else changed this configuration while you did. Open it again to see how.',
        )
      }
      const { timeZone } = before
      const typed = withDayIn(named, timeZone, [before.settings.expiresOn, openedDay(opened)])
      const names = await grantingProducts(tx, merchant, typed.productIds)
      for (const product of before.products) names.set(product.id, product.name)
      const productName = (productId: string) => names.get(productId) ?? ''
      const after = opened ? mergeSettings(opened, typed, before.settings, productName, timeZone) : typed
      assertExpiryAhead(after, before.settings, now)
      const changes = changesBetween(before.settings, after, productName, timeZone).map(changeLine)
      if (changes.length === 0) return { id, name: after.name, changes }
      const { productIds, ...settings } = after
      await tx.keyConfiguration.update({ where: { id }, data: { ...settings, updatedAt: now } })
      return changed(tx, merchant, 'key_configuration', { id, name: after.name, linked: productIds, changes }, now)
    }),
  )
}

/** No new keys come from an archived configuration; existing keys keep working as before. */
export const archiveKeyConfiguration = (merchant: Merchant, { id }: KeyConfigurationId, now = new Date()) =>
  setArchived(merchant, 'key_configuration', id, true, now)

/** Lets keys be issued again. */
export const restoreKeyConfiguration = (merchant: Merchant, { id }: KeyConfigurationId, now = new Date()) =>
  setArchived(merchant, 'key_configuration', id, false, now)
