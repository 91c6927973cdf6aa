import '#server-only'
import { Prisma } from '#prisma/client.ts'
import { describeActor, type Merchant } from '../base/actor.ts'
import { dayOf } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { inOneTransaction, insertRows, prisma, type Tx } from '../database/client.ts'
import { enqueue } from '../database/queue.ts'
import { lock } from '../key-configurations/catalogue.ts'
import { updateKeyConfiguration } from '../key-configurations/commands.ts'
import { readKeyConfiguration, reviewKeyConfiguration } from '../key-configurations/queries.ts'
import type { Keepable } from '../key-configurations/rules.ts'
import type { KeyConfigurationSettings, UpdateKeyConfiguration } from '../key-configurations/schema.ts'
import type { Opened } from '../web/edits.ts'
import { decideKeep } from './decide.ts'
import { lockKeys, readCatalogue, readKeys, writeValues } from './keys.ts'
import { AT_ONCE, type BulkCounts, noCounts } from './plain.ts'
import { differences } from './rules.ts'
import type { ConfigureAction, StoredSettings } from './schema.ts'
import { askedBy } from './tell.ts'

// A configuration is changed for all of its keys, or only for those to come. In the second case the keys there are first get what holds
// for them now as limits of their own, batch by batch, and only then the configuration changes: no key ever has the new limits for a moment.

/** What came of saving a configuration; with many keys it is saved once each of them has what it keeps. */
export type Configured = { id: string; name: string; bulkChangeId: string | null; isDone: boolean }

/** Changes a configuration so that it can be taken back. `applies`: to all keys, or only to new ones. */
export async function configure(
  merchant: Merchant,
  { applies, ...update }: UpdateKeyConfiguration & { applies: 'all' | 'new' },
  now: Date,
  opened: Opened | null,
): Promise<Configured> {
  assertMay(merchant, 'catalogue.write')
  const { organizationId } = merchant
  // Refuses whatever saving would refuse, before any key is touched.
  const { keepable, changes } = await reviewKeyConfiguration(merchant, update, now, opened)
  const { id: keyConfigurationId, seenAt: _, ...settings } = update
  if (changes.length === 0) return { id: keyConfigurationId, name: settings.name, bulkChangeId: null, isDone: true }
  const keeps = applies === 'new' ? keepable : []
  if (keeps.length > 0) assertMay(merchant, 'keys.write')
  const id = newId(now)
  const action: ConfigureAction = {
    ...{ action: 'configure', keyConfigurationId, name: settings.name, keeps },
    asked: { settings: toJson(settings), opened },
  }
  const row = {
    ...{ id, organizationId, origin: 'configuration', action: action as Prisma.InputJsonObject, createdAt: now },
    ...{ counts: noCounts, ...askedBy(describeActor(merchant)) },
  }
  const ids = await followers(prisma, organizationId, action)
  if (ids.length <= AT_ONCE) {
    await inOneTransaction(
      async (tx) => {
        await tx.bulkChange.create({ data: { ...row, total: 0, status: 'done', finishedAt: now } })
        await finishConfigure(tx, merchant, id, action, noCounts, now)
      },
      { keep: true },
    )
    return { id: keyConfigurationId, name: settings.name, bulkChangeId: id, isDone: true }
  }
  await prisma.$transaction(async (tx) => {
    await tx.bulkChange.create({ data: { ...row, total: ids.length } })
    await addRows(
      tx,
      id,
      ids.map((licenseKeyId, position) => ({ position, license_key_id: licenseKeyId })),
    )
    await enqueue(tx, 'bulk.run', { bulkChangeId: id })
  })
  return { id: keyConfigurationId, name: settings.name, bulkChangeId: id, isDone: false }
}

const toJson = (settings: object): StoredSettings => JSON.parse(JSON.stringify(settings)) as StoredSettings

const addRows = (tx: Tx, id: string, rows: object[], more: Record<string, string> = {}) =>
  insertRows(tx, 'bulk_change_keys', { position: 'integer', license_key_id: 'uuid', ...more }, rows, {
    bulk_change_id: Prisma.sql`${id}::uuid`,
  })

/** The keys that would follow the configuration in what is to be kept. */
async function followers(
  db: Tx,
  organizationId: string,
  { keyConfigurationId, keeps }: Pick<ConfigureAction, 'keyConfigurationId' | 'keeps'>,
): Promise<string[]> {
  if (keeps.length === 0) return []
  const follows = {
    devices: Prisma.sql`activations_mode_override IS NULL`,
    usage: Prisma.sql`NOT usage_overridden`,
    grace: Prisma.sql`grace_days_override IS NULL`,
  } satisfies Record<Keepable, Prisma.Sql>
  const some = keeps.map((each) => follows[each])
  const rows = await db.$queryRaw<{ id: string }[]>`SELECT id FROM license_keys
    WHERE organization_id = ${organizationId}::uuid AND key_configuration_id = ${keyConfigurationId}::uuid
      AND (${Prisma.join(some, ' OR ')}) ORDER BY created_at DESC, id DESC`
  return rows.map(({ id }) => id)
}

/**
 * Changes the configuration itself, once its keys have what they keep; those that were issued meanwhile get it here. Nobody issues one while
 * this holds the configuration.
 */
export async function finishConfigure(
  tx: Tx,
  merchant: Merchant,
  id: string,
  action: ConfigureAction,
  counts: BulkCounts,
  now: Date,
): Promise<void> {
  const { organizationId } = merchant
  const { keyConfigurationId, keeps, asked } = action
  await lock(tx, merchant, 'key_configuration', keyConfigurationId)
  const before = await readKeyConfiguration(tx, merchant, keyConfigurationId)
  const late = await keepFor(tx, organizationId, id, action, now)
  const { expiresOn } = asked.settings as { expiresOn: string | null }
  const settings = {
    ...(asked.settings as unknown as KeyConfigurationSettings),
    expiresOn: expiresOn === null ? null : new Date(expiresOn),
  }
  const { changes } = await updateKeyConfiguration(merchant, { id: keyConfigurationId, ...settings }, now, asked.opened)
  const after = await readKeyConfiguration(tx, merchant, keyConfigurationId)
  const done = { was: toJson(before.settings), became: toJson(after.settings), changes }
  const name = after.settings.name
  await tx.bulkChange.update({
    where: { id },
    data: {
      action: { ...action, name, keeps, done } as Prisma.InputJsonObject,
      total: { increment: late },
      counts: { ...counts, changed: counts.changed + late },
    },
  })
}

async function keepFor(
  tx: Tx,
  organizationId: string,
  bulkChangeId: string,
  action: ConfigureAction,
  now: Date,
): Promise<number> {
  const ids = await followers(tx, organizationId, action)
  if (ids.length === 0) return 0
  await lockKeys(tx, organizationId, ids)
  const [keys, catalogue] = [await readKeys(tx, organizationId, ids), await readCatalogue(tx, organizationId)]
  const kept = ids.flatMap((id) => {
    const key = keys.get(id)
    const decision = key && decideKeep(action.keeps, key, catalogue)
    const what = key && decision?.do === 'change' ? differences(key.values, decision.to) : null
    return what ? [{ id, ...what }] : []
  })
  await writeValues(
    tx,
    organizationId,
    kept.map(({ id, became }) => ({ id, to: became })),
    now,
  )
  const { _max } = await tx.bulkChangeKey.aggregate({ where: { bulkChangeId }, _max: { position: true } })
  const from = (_max.position ?? -1) + 1
  const rows = kept.map(({ id, was, became }, n) => ({
    ...{ position: from + n, license_key_id: id, outcome: 'changed', was, became, changed_at: now },
  }))
  const types = { outcome: 'bulk_outcome', was: 'jsonb', became: 'jsonb', changed_at: 'timestamptz' }
  await addRows(tx, bulkChangeId, rows, types)
  return kept.length
}

/** Gives a configuration back what it had, before its keys give up what they kept. Refuses where the same was changed since. */
export async function restoreConfiguration(merchant: Merchant, action: ConfigureAction, now: Date): Promise<void> {
  const { keyConfigurationId, done } = action
  if (!done) return
  const { timeZone } = await readKeyConfiguration(prisma, merchant, keyConfigurationId)
  const { expiresOn, ...was } = done.was as unknown as Omit<KeyConfigurationSettings, 'expiresOn'> & {
    expiresOn: string | null
  }
  // Forms name the day.
  const day = expiresOn && new Date(`${dayOf(new Date(expiresOn), timeZone)}T23:59:59.999Z`)
  const settings = { ...was, expiresOn: day || null }
  await updateKeyConfiguration(merchant, { id: keyConfigurationId, ...settings }, now, done.became)
}
