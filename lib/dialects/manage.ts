import '#server-only'
import type { ApiClient } from '../actor.ts'
import { isRefusal, notFound } from '../errors.ts'
import { changeLicenseKey, rotateLicenseKey } from '../license-keys/change-key.ts'
import { renameActivation } from '../license-keys/commands.ts'
import {
  countActivationRecords,
  countKeyRecords,
  getActivationRecord,
  getKeyRecord,
  listActivationRecords,
  listKeyRecords,
} from '../license-keys/key-records.ts'
import type { Call, ManagementVerb, Outcome } from './verbs.ts'

type Manage = { [V in ManagementVerb]: (client: ApiClient, call: Call<V>, now: Date) => Promise<Outcome<V>> }

// More than any key of a device-limited product has; lists that show a key's devices end here.
const DEVICES_SHOWN = 1_000

/** What an organization's programs do through a dialect, one verb at a time. Each checks the scopes itself. */
export const manage: Manage = {
  async listKeys(client, { filter, ...page }, now) {
    const [records, total] = await Promise.all([
      listKeyRecords(client, filter, page, now),
      countKeyRecords(client, filter, now),
    ])
    return { records, total }
  },
  async getKey(client, { key }, now) {
    const record = await getKeyRecord(client, key, now)
    const page = { dir: 'asc', limit: DEVICES_SHOWN } as const
    return { record, activations: await listActivationRecords(client, { licenseKeyIds: [record.id] }, page) }
  },
  async changeKey(client, { key, changes }, now) {
    const { id } = await getKeyRecord(client, key, now)
    await changeLicenseKey(client, id, changes, now)
    return { record: await getKeyRecord(client, id, now) }
  },
  async rotateKey(client, { key, overlapHours }, now) {
    const { id } = await getKeyRecord(client, key, now)
    await rotateLicenseKey(client, { licenseKeyId: id, overlapHours }, now)
    return { record: await getKeyRecord(client, id, now) }
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
    return { activations, total }
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
