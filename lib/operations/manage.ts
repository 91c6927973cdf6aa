import '#server-only'
import { renameActivation } from '../activations/commands.ts'
import {
  countActivationRecords,
  getActivationRecord,
  listActivationRecords,
  listOwnActivationRecords,
} from '../activations/records.ts'
import type { ApiClient, PortalCustomer } from '../base/actor.ts'
import { dayOf } from '../base/days.ts'
import { env } from '../base/env.ts'
import { isRefusal, notFound, Refusal } from '../base/errors.ts'
import { createCustomerSession } from '../customers/sessions.ts'
import {
  archiveKeyConfiguration,
  createKeyConfiguration,
  updateKeyConfiguration,
} from '../key-configurations/commands.ts'
import { limits } from '../key-configurations/plain.ts'
import {
  countKeyConfigurationRecords,
  getKeyConfigurationRecord,
  listKeyConfigurationRecords,
} from '../key-configurations/records.ts'
import { type KeyConfigurationSettings, UpdateKeyConfiguration } from '../key-configurations/schema.ts'
import { normaliseKeyString } from '../key-strings/string.ts'
import { adoptLicenseKey } from '../license-keys/adopt.ts'
import { changeLicenseKey } from '../license-keys/change.ts'
import {
  countKeyRecords,
  getKeyRecord,
  keyStringFor,
  listKeyRecords,
  listOwnKeyRecords,
  withString,
} from '../license-keys/records.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import type { KeyRecord } from '../license-keys/schema.ts'
import { isOwnOrganization } from '../organizations/queries.ts'
import * as paths from '../web/paths.ts'
import type { Call, ManagementVerb, Outcome, OwnVerb } from './verbs.ts'

type Manage = { [V in ManagementVerb]: (client: ApiClient, call: Call<V>, now: Date) => Promise<Outcome<V>> }

// More than any key of a device-limited product has; lists that show a key's devices end here.
const DEVICES_SHOWN = 1_000

/** What an organization's programs do through a dialect, one verb at a time. Each checks the scopes itself. */
export const manage: Manage = {
  async listKeys(client, { filter, withActivations = false, ...page }, now) {
    const [records, total] = await Promise.all([
      listKeyRecords(client, filter, page, now),
      countKeyRecords(client, filter, now),
    ])
    const shown = { licenseKeyIds: records.map(({ id }) => id) }
    const activations = withActivations
      ? await listActivationRecords(client, shown, { dir: 'asc', limit: DEVICES_SHOWN })
      : []
    return { records, total, activations }
  },
  async getKey(client, { key }, now) {
    const record = await getKeyRecord(client, key, now)
    const page = { dir: 'asc', limit: DEVICES_SHOWN } as const
    return { record, activations: await listActivationRecords(client, { licenseKeyIds: [record.id] }, page) }
  },
  async changeKey(client, { key, changes }, now) {
    return { record: await changeKey(client, key, changes, now, { strict: false }) }
  },
  async rotateKey(client, { key, overlapHours }, now) {
    const { id } = await getKeyRecord(client, key, now)
    const { keyString } = await rotateLicenseKey(client, { licenseKeyId: id, overlapHours }, now)
    return { record: withString(await getKeyRecord(client, id, now, { justMade: true }), keyString) }
  },
  async listActivations(client, { licenseKeyId, licenseKeyNumber, ...page }, now) {
    const licenseKeyIds = licenseKeyId === null ? undefined : [licenseKeyId]
    const filter = {
      licenseKeyIds: licenseKeyNumber === null ? licenseKeyIds : await idsOf(client, licenseKeyNumber, now),
    }
    const [activations, total] = await Promise.all([
      listActivationRecords(client, filter, page),
      countActivationRecords(client, filter),
    ])
    const ids = [...new Set(activations.map((activation) => activation.licenseKeyId))]
    const records = await listKeyRecords(client, { ids }, { dir: 'asc', limit: ids.length }, now)
    return { activations, total, records }
  },
  async getActivation(client, { activation, licenseKeyId }, now) {
    const found = await getActivationRecord(client, activation)
    if (licenseKeyId !== null && found.licenseKeyId !== licenseKeyId.toLowerCase()) throw notFound('activation')
    return { activation: found, record: await getKeyRecord(client, found.licenseKeyId, now) }
  },
  async renameActivation(client, { activation, label }, now) {
    const { id, licenseKeyId } = await getActivationRecord(client, activation)
    await renameActivation(client, { activationId: id, label }, now)
    const changed = await getActivationRecord(client, id)
    return { activation: changed, record: await getKeyRecord(client, licenseKeyId, now) }
  },

  async listConfigurations(client, { filter, ...page }) {
    const [configurations, total] = await Promise.all([
      listKeyConfigurationRecords(client, filter, page),
      countKeyConfigurationRecords(client, filter),
    ])
    return { configurations, total }
  },
  async getConfiguration(client, call) {
    return { configuration: await oneConfiguration(client, call) }
  },
  async createConfiguration(client, { organizationId, settings, repeated = false }, now) {
    if (organizationId !== null && !(await isOwnOrganization(client, organizationId))) {
      throw new Refusal('INVALID_INPUT', 'This API key belongs to another organization.', 'organizationId')
    }
    const made = repeated ? await justMade(client, settings.name, now) : null
    const { id } = made ?? (await createUnderFreeName(client, settings, now))
    return { configuration: await getKeyConfigurationRecord(client, id) }
  },
  async changeConfiguration(client, { changes, ...call }, now) {
    const { id } = await oneConfiguration(client, call)
    await merged(client, id, changes, now)
    return { configuration: await getKeyConfigurationRecord(client, id) }
  },
  async archiveConfiguration(client, call, now) {
    const { id } = await oneConfiguration(client, call)
    await archiveKeyConfiguration(client, { id }, now)
    return { configuration: await getKeyConfigurationRecord(client, id) }
  },
  async listKeysOf(client, { configuration, filter, ...page }, now) {
    const found = await oneConfiguration(client, { configuration, live: true })
    const keys = { ...filter, configurationIds: [found.id] }
    const [records, total] = await Promise.all([
      listKeyRecords(client, keys, page, now),
      countKeyRecords(client, keys, now),
    ])
    return { configuration: found, records, total }
  },
  async listGrants(client, { filter, ...page }, now) {
    const [records, total] = await Promise.all([
      listKeyRecords(client, filter, page, now),
      countKeyRecords(client, filter, now),
    ])
    const ids = [...new Set(records.map(({ keyConfigurationId }) => keyConfigurationId))]
    const all = { sort: 'createdAt', dir: 'asc', limit: page.limit } as const
    return { configurations: await listKeyConfigurationRecords(client, { ids, status: 'all' }, all), records, total }
  },
  async createCustomerSession(client, whose, now) {
    const session = await createCustomerSession(client, whose, now)
    return { session, portalUrl: new URL(paths.purchases(), env().LATCHKEY_URL).href }
  },
  async changeKeyStrictly(client, { key, changes }, now) {
    return { record: await changeKey(client, key, changes, now, { strict: true }) }
  },
  async adoptKey(client, call, now) {
    const { licenseKeyId } = await adoptLicenseKey(client, call, now)
    return { record: await getKeyRecord(client, licenseKeyId, now, { justMade: true }) }
  },
  async deliverKey(client, { key, keyString, changes }, now) {
    const record = await getKeyRecord(client, key, now)
    if (normaliseKeyString(keyString) === normaliseKeyString(await keyStringFor(client, record.id))) {
      return { record: await changeKey(client, record.id, changes, now, { strict: true }) }
    }
    throw new Refusal('CONFLICT', 'Keys are made when they are granted: this one has its string already.', 'keyString')
  },
  async revokeKeyOf(client, { key, configurationIds }, now) {
    const [found] = await listKeyRecords(client, { ids: [key], configurationIds }, { dir: 'asc', limit: 1 }, now)
    if (!found) throw notFound('license key')
    if (found.revokedFor.includes('by_hand')) return { record: found }
    await changeLicenseKey(client, found.id, { status: 'revoked' }, now)
    return { record: await getKeyRecord(client, found.id, now) }
  },
}

type Own = { [V in OwnVerb]: (customer: PortalCustomer, call: Call<V>, now: Date) => Promise<Outcome<V>> }

/** What a customer does through a dialect, with a session the organization made for them. */
export const own: Own = {
  async listOwnKeys(customer, { configurationIds, ...page }, now) {
    return listOwnKeyRecords(customer, { configurationIds }, page, now)
  },
  async getOwnKey(customer, { key }, now) {
    const record = await ownKey(customer, key, now)
    return { record, activations: await listOwnActivationRecords(customer, record.id, DEVICES_SHOWN) }
  },
  async rotateOwnKey(customer, { key }, now) {
    const { id } = await ownKey(customer, key, now)
    const { keyString } = await rotateLicenseKey(customer, { licenseKeyId: id, overlapHours: 0 }, now)
    return { record: withString(await ownKey(customer, id, now), keyString) }
  },
}

async function oneConfiguration(client: ApiClient, { configuration, live = false }: Call<'getConfiguration'>) {
  const record = await getKeyConfigurationRecord(client, configuration)
  if (live && record.archivedAt) throw notFound('key configuration')
  return record
}

async function ownKey(customer: PortalCustomer, id: string, now: Date) {
  const { records } = await listOwnKeyRecords(customer, { ids: [id] }, { dir: 'asc', limit: 1 }, now)
  if (!records[0]) throw notFound('license key')
  return records[0]
}

// To vendors "no limit" is one thing: what takes any number of devices goes on doing so, everything else takes none.
const withoutLimit = (mode: 'off' | 'unlimited' | 'limited') =>
  mode === 'unlimited' ? {} : { activations: { mode: 'off' as const, limit: null } }

// Vendors know a configuration by its id, and several may have one name; people tell them apart by it.
async function createUnderFreeName(client: ApiClient, settings: KeyConfigurationSettings, now: Date) {
  for (let nth = 1; ; nth++) {
    const suffix = nth === 1 ? '' : ` (${nth})`
    const name = settings.name.slice(0, limits.name - suffix.length) + suffix
    try {
      return await createKeyConfiguration(client, { ...settings, name }, now)
    } catch (error) {
      if (!(isRefusal(error) && error.code === 'CONFLICT' && error.field === 'name' && nth < NAMES_TRIED)) throw error
    }
  }
}

const NAMES_TRIED = 50
const REPEATED_WITHIN_MS = 10 * 60_000

/** A configuration that an earlier attempt of the same request made. */
async function justMade(client: ApiClient, name: string, now: Date): Promise<{ id: string } | null> {
  const newest = { sort: 'createdAt', dir: 'desc', limit: 50 } as const
  const records = await listKeyConfigurationRecords(client, { q: name, status: 'active' }, newest)
  const since = now.getTime() - REPEATED_WITHIN_MS
  const isOf = (given: string) => given === name || given.replace(/ \(\d+\)$/, '') === name
  return records.find(({ settings, createdAt }) => isOf(settings.name) && createdAt.getTime() >= since) ?? null
}

// A program that changes some settings has seen none of the others, so it overwrites nobody: what changed meanwhile is read again.
async function merged(client: ApiClient, id: string, changes: Call<'changeConfiguration'>['changes'], now: Date) {
  for (let nth = 1; ; nth++) {
    const { settings, updatedAt, timeZone } = await getKeyConfigurationRecord(client, id)
    const after = UpdateKeyConfiguration.parse({
      id,
      seenAt: updatedAt.toISOString(),
      ...changed(settings, changes, timeZone),
    })
    try {
      return await updateKeyConfiguration(client, after, now)
    } catch (error) {
      if (!(isRefusal(error) && error.code === 'CONFLICT' && !error.field && nth < CHANGES_TRIED)) throw error
    }
  }
}

const CHANGES_TRIED = 20

function changed(before: KeyConfigurationSettings, changes: Call<'changeConfiguration'>['changes'], timeZone: string) {
  const { duration, activationLimit, activations, ...others } = changes
  const named = Object.entries(others).filter(([, value]) => value !== undefined)
  return {
    ...before,
    // Read as a day, as forms send it.
    expiresOn: before.expiresOn ? dayOf(before.expiresOn, timeZone) : undefined,
    ...Object.fromEntries(named),
    ...(duration && { expiryKind: 'duration', durationCount: duration.count, durationUnit: duration.unit }),
    ...(duration === null && before.expiryKind === 'duration' && { expiryKind: 'never' }),
    ...(activationLimit && { activationsMode: 'limited', activationLimit }),
    ...(activationLimit === null &&
      before.activationsMode !== 'unlimited' && { activationsMode: 'off', activationRequired: false }),
    ...(activations && { activationsMode: activations.mode, activationLimit: activations.limit }),
    ...(activations?.mode === 'off' && { activationRequired: false }),
  }
}

async function changeKey(
  client: ApiClient,
  key: string | number,
  { activations, ...others }: Call<'changeKey'>['changes'],
  now: Date,
  how: { strict: boolean },
): Promise<KeyRecord> {
  const { id, activationsMode } = await getKeyRecord(client, key, now)
  const limits = activations === 'no_limit' ? withoutLimit(activationsMode) : { activations }
  await changeLicenseKey(client, id, { ...others, ...limits }, now, how)
  return getKeyRecord(client, id, now)
}

// A number that names no key of the organization matches nothing.
async function idsOf(client: ApiClient, number: number, now: Date): Promise<string[]> {
  try {
    return [(await getKeyRecord(client, number, now)).id]
  } catch (error) {
    if (isRefusal(error) && error.code === 'NOT_FOUND') return []
    throw error
  }
}
