import '#server-only'
import type { Customer, Merchant } from '../base/actor.ts'
import { HOUR_MS } from '../base/days.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { spellingsOf } from '../base/text.ts'
import { prisma, type Tx } from '../database/client.ts'
import { carryOut, record } from '../events/commands.ts'
import { openKeyString } from '../key-strings/string.ts'
import { queueMail } from '../mail/commands.ts'
import type { MailLicenseKey } from './schema.ts'
import { assertWorkOrAnyway } from './working.ts'

// ---------------------------------------------------------------- the string

/** The key string, for a member who may see it. Recorded. */
export async function revealLicenseKey(merchant: Merchant, licenseKeyId: string, now: Date): Promise<string> {
  assertMay(merchant, 'keys.reveal')
  return prisma.$transaction(async (tx) => {
    const key = await tx.licenseKey.findFirst({
      where: { id: licenseKeyId, organizationId: merchant.organizationId },
      select: { keyCipher: true, organizationId: true, customerId: true },
    })
    if (!key) throw notFound('license key')
    const { keyCipher, ...about } = key
    await record(tx, merchant, now, { type: 'license_key.revealed', licenseKeyId, ...about })
    return openKeyString(keyCipher)
  })
}

// ---------------------------------------------------------------- mail

const MAILS_PER_HOUR = 3

/**
 * Mails the key to its customer again. A customer may ask three times an hour; whoever mails one that does not work to somebody else says
 * `anyway`, and the mail says that it does not.
 */
export async function resendKeyMail(
  actor: Merchant | Customer,
  { licenseKeyId, anyway = false }: MailLicenseKey,
  now: Date,
): Promise<{ to: string }> {
  if (actor.kind !== 'customer') assertMay(actor, 'keys.help')
  return prisma.$transaction(async (tx) => {
    const where = { id: licenseKeyId, ...ownedBy(actor) }
    if ((await tx.licenseKey.count({ where })) === 0) throw notFound('license key')
    await lockKey(tx, licenseKeyId)
    const key = await tx.licenseKey.findFirst({
      where,
      select: { organizationId: true, customer: { select: { email: true } } },
    })
    if (!key) throw notFound('license key')
    if (actor.kind === 'customer') {
      const since = new Date(now.getTime() - HOUR_MS)
      const recent = await tx.mail.count({
        where: { licenseKeyId, template: 'license-key', createdAt: { gte: since } },
      })
      if (recent >= MAILS_PER_HOUR) {
        throw new Refusal(
          'RATE_LIMITED',
          `This key was mailed ${recent} times within the hour. Look in your spam folder, or try later.`,
        )
      }
    }
    const { organizationId, customer } = key
    if (actor.kind !== 'customer')
      await assertWorkOrAnyway(tx, { organizationId, licenseKeyIds: [licenseKeyId], anyway }, now)
    // No event asks for it: nothing about the key became so, and history says when it was mailed.
    const payload = { licenseKeyId, again: true }
    await queueMail(tx, now, { template: 'license-key', to: customer.email, organizationId, payload })
    await carryOut(tx, actor)
    return { to: customer.email }
  })
}

// ---------------------------------------------------------------- activations, for people

// Rows are only ever found through their owner.
export const ownedBy = (actor: Merchant | Customer) =>
  actor.kind === 'customer'
    ? { customer: { email: { in: spellingsOf(actor.email) } } }
    : { organizationId: actor.organizationId }

/**
 * Every change to a key or its activations holds this lock: counts made under it stay true until commit. For a key that was found to be the
 * actor's.
 */
export async function lockKey(tx: Tx, licenseKeyId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM license_keys WHERE id = ${licenseKeyId}::uuid FOR UPDATE`
}
