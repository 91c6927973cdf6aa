import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { Refusal } from '../base/errors.ts'
import { merchantMay, type SupportBounds, usualSupportBounds } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { countsFrom, type Extension, whyNotDevices, whyNotEnd, whyNotForSupport } from './bounds.ts'
import type { KeyFacts } from './rules.ts'
import type { KeyChanges } from './schema.ts'

// The bounds of support, as they are kept, and where one key is changed. Bulk changes ask the same rules in lib/bulk-changes/decide.ts.

/** True for somebody who may help with keys, within bounds, and not change them as they like. */
export const isBounded = (merchant: Merchant): boolean => !merchantMay(merchant, 'keys.write')

/** How far support may go in an organization. */
export const supportBoundsOf = async (organizationId: string, db: Tx = prisma): Promise<SupportBounds> =>
  (await db.supportSettings.findUnique({
    where: { organizationId },
    select: { extendDays: true, moreDevices: true, seesKeys: true },
  })) ?? usualSupportBounds

/** How far support has put off the ends of these keys, by key. Needs the keys' locks to stay true. */
export async function extensionsOf(db: Tx, licenseKeyIds: string[]): Promise<Map<string, Extension>> {
  const rows = await db.supportExtension.findMany({ where: { licenseKeyId: { in: licenseKeyIds } } })
  return new Map(rows.map(({ licenseKeyId, ...extension }) => [licenseKeyId, extension]))
}

/** Remembers that support put off these ends. Needs the keys' locks. */
export async function rememberExtensions(
  tx: Tx,
  organizationId: string,
  put: { id: string; from: Date; to: Date; extension: Extension | null }[],
  now: Date,
): Promise<void> {
  if (put.length === 0) return
  await tx.supportExtension.deleteMany({ where: { organizationId, licenseKeyId: { in: put.map(({ id }) => id) } } })
  await tx.supportExtension.createMany({
    data: put.map(({ id, from, to, extension }) => ({
      ...{ licenseKeyId: id, organizationId, reached: to },
      countsFrom: countsFrom(from, extension, now),
    })),
  })
}

type Facts = Pick<KeyFacts, 'status' | 'expiresAt' | 'limits'>

/** Refuses what goes further than support may, under the lock of the key, and remembers how far it went. */
export async function holdToBounds(
  tx: Tx,
  { organizationId }: Merchant,
  key: { id: string; changes: KeyChanges; was: Facts; is: Facts; configured: Facts['limits']; timeZone: string },
  now: Date,
): Promise<void> {
  const { id, changes, was, is, configured, timeZone } = key
  const bounds = await supportBoundsOf(organizationId, tx)
  const extension = (await extensionsOf(tx, [id])).get(id) ?? null
  const [from, to] = [was.expiresAt, is.expiresAt]
  const devices = { from: was.limits.activations, to: is.limits.activations, configured: configured.activations }
  const whys = {
    role: whyNotForSupport(changes, was.status),
    expiresOn: whyNotEnd({ from, to, extension }, bounds, timeZone, now),
    activationLimit: whyNotDevices(devices, bounds),
  }
  for (const [field, why] of Object.entries(whys))
    if (why) throw new Refusal('FORBIDDEN', why, field === 'role' ? undefined : field)
  if (from && to && to > from) await rememberExtensions(tx, organizationId, [{ id, from, to, extension }], now)
}
