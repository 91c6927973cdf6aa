import '#server-only'
import type { Prisma } from '#prisma/client.ts'
import type { Customer, Merchant, PortalCustomer } from '../base/actor.ts'
import { DAY_MS, HOUR_MS } from '../base/days.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { foldedHashOf, keyStringColumns, makeKeyString, openKeyString } from '../key-strings/string.ts'
import { lockKey, ownedBy } from './commands.ts'
import { mayRotate } from './rules.ts'
import type { RotateLicenseKey } from './schema.ts'

/**
 * Gives a key another string; the record, its counts and its devices stay. For `overlapHours` the old string still
 * validates on devices that are active now (of a key that takes none: wherever it is used), so that nobody is locked out
 * while the new one travels; with none, every earlier string ends at once. What ended is remembered, so that whoever sends
 * it learns that it was replaced. With `sendMail` its customer is mailed the new string; `mailedTo` says where.
 */
export async function rotateLicenseKey(
  actor: Merchant | PortalCustomer | Customer,
  { licenseKeyId, overlapHours, sendMail = false }: RotateLicenseKey & { sendMail?: boolean },
  now: Date,
): Promise<{ keyString: string; mailedTo: string | null }> {
  if (actor.kind !== 'portal_customer' && actor.kind !== 'customer') {
    assertMay(actor, 'keys.write')
    assertMay(actor, 'keys.reveal')
  }
  const where = {
    id: licenseKeyId,
    ...(actor.kind === 'portal_customer'
      ? { organizationId: actor.organizationId, customerId: actor.customerId }
      : ownedBy(actor)),
  }
  return prisma.$transaction(async (tx) => {
    if ((await tx.licenseKey.count({ where })) === 0) throw notFound('license key')
    await lockKey(tx, licenseKeyId)
    const key = await tx.licenseKey.findFirst({
      where,
      select: {
        organizationId: true,
        organization: { select: { customerSettings: { select: { mayRotate: true } } } },
        ...stringColumns,
        status: true,
        customerId: true,
        customer: { select: { email: true } },
        activationsModeOverride: true,
      },
    })
    if (!key) throw notFound('license key')
    const reason = mayRotate(key.status)
    if (reason) throw new Refusal('CONFLICT', reason)
    const { organizationId } = key
    if (actor.kind === 'customer') {
      if (!key.organization.customerSettings?.mayRotate)
        throw new Refusal('FORBIDDEN', 'Only the seller can replace this key.')
      await assertNotTooOften(tx, licenseKeyId, now)
    }
    const until = overlapHours > 0 ? new Date(now.getTime() + overlapHours * HOUR_MS) : null
    const keyString = await replaceString(tx, { id: licenseKeyId, ...key }, until, now)
    const mailedTo = sendMail ? key.customer.email : null
    await record(tx, actor, now, {
      type: 'license_key.rotated',
      organizationId,
      licenseKeyId,
      customerId: key.customerId,
      data: {
        until: until?.toISOString().slice(0, 16).replace('T', ' ') ?? null,
        everywhere: (key.activationsModeOverride ?? key.keyConfiguration.activationsMode) === 'off',
      },
      ...(mailedTo && { mails: [{ template: 'key-replaced', to: mailedTo, payload: { licenseKeyId } }] }),
    })
    return { keyString, mailedTo }
  })
}

/** What the replacing of a string needs of its key. */
export const stringColumns = {
  ...{ keyHash: true, keyCipher: true, lastCharacters: true, foldedHash: true },
  keyConfiguration: { select: { format: true, prefix: true, activationsMode: true } },
} as const

type StringOfKey = Prisma.LicenseKeyGetPayload<{ select: typeof stringColumns }> & { id: string }

/** Gives a key that is locked another string, which is returned; the former one works until then, where it is in use, or no more. */
export async function replaceString(tx: Tx, key: StringOfKey, until: Date | null, now: Date): Promise<string> {
  const { id: licenseKeyId, keyHash, keyCipher, lastCharacters } = key
  // Without an overlap every earlier string ends now.
  if (!until)
    await tx.oldKeyString.updateMany({ where: { licenseKeyId, validUntil: { gt: now } }, data: { validUntil: now } })
  const foldedHash = key.foldedHash ?? foldedHashOf(openKeyString(keyCipher))
  await tx.oldKeyString.create({
    data: { keyHash, foldedHash, keyCipher, lastCharacters, licenseKeyId, rotatedAt: now, validUntil: until ?? now },
  })
  // What was approved by its code is not told the new string: somebody may replace a key because they approved the wrong device.
  await tx.$executeRaw`UPDATE device_requests SET state = 'denied'
    WHERE state = 'approved' AND activation_id IN (SELECT id FROM activations WHERE license_key_id = ${licenseKeyId}::uuid)`
  const { format, prefix } = key.keyConfiguration
  const keyString = makeKeyString(format, prefix)
  await tx.licenseKey.update({
    where: { id: licenseKeyId },
    data: { ...keyStringColumns(keyString, prefix), updatedAt: now },
  })
  return keyString
}

const ROTATIONS_A_DAY = 3

// Each rotation keeps the string before it, so nobody makes them without end.
async function assertNotTooOften(tx: Tx, licenseKeyId: string, now: Date): Promise<void> {
  const since = new Date(now.getTime() - DAY_MS)
  const count = await tx.oldKeyString.count({ where: { licenseKeyId, rotatedAt: { gt: since } } })
  if (count >= ROTATIONS_A_DAY) throw new Refusal('RATE_LIMITED', 'This key was replaced three times within a day.')
}
