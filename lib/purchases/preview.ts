import '#server-only'
import type { Member } from '../base/actor.ts'
import { HOUR_MS } from '../base/days.ts'
import { notFound } from '../base/errors.ts'
import { isId } from '../base/ids.ts'
import { assertMay, merchantMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { recordReveals } from '../license-keys/reveals.ts'
import { isLanguage, type Language } from '../words/plain.ts'
import { getPurchasedKey, type Previewed } from './own.ts'

// A member looks at the page of a customer as the customer sees it. No session of the customer's is made: the page reads what is theirs in this
// organization, for the member. It opens by a press, which history keeps, and stays open for an hour; a link alone shows nothing.

const OPEN_MS = HOUR_MS

const opened = (tx: Tx, { organizationId, userId }: Member, customerId: string, now: Date) =>
  tx.event.findFirst({
    where: {
      ...{ organizationId, customerId, type: 'customer.previewed', actorId: userId },
      at: { gt: new Date(now.getTime() - OPEN_MS) },
    },
    select: { id: true },
  })

/** Opens it for an hour. History says so once, however often it is pressed meanwhile. */
export async function openPreview(member: Member, { customerId }: { customerId: string }, now: Date): Promise<void> {
  assertMay(member, 'keys.read')
  const { organizationId } = member
  await prisma.$transaction(async (tx) => {
    const known = await tx.$queryRaw<object[]>`SELECT 1 FROM customers
      WHERE id = ${customerId}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
    if (known.length === 0) throw notFound('customer')
    if (await opened(tx, member, customerId, now)) return
    await record(tx, member, now, { type: 'customer.previewed', organizationId, customerId, data: {} })
  })
}

/** Whose page is looked at, and in which language they read; `viewer` is null while it is not open. */
export async function previewOf(
  member: Member,
  customerId: string,
  now: Date,
): Promise<{ name: string | null; email: string; language: Language; viewer: Previewed | null }> {
  assertMay(member, 'keys.read')
  const { organizationId } = member
  const customer = isId(customerId)
    ? await prisma.customer.findFirst({
        where: { id: customerId, organizationId },
        select: { name: true, email: true },
      })
    : null
  if (!customer) throw notFound('customer')
  const { email } = customer
  const [isOpen, reader] = await Promise.all([
    opened(prisma, member, customerId, now),
    prisma.user.findUnique({ where: { email }, select: { language: true } }),
  ])
  return {
    ...customer,
    language: isLanguage(reader?.language) ? reader.language : 'en',
    viewer: isOpen ? { kind: 'preview', customerId, organizationId, email } : null,
  }
}

/** One of their keys as they see it: with its string for whoever may see it, which is recorded, and masked for everybody else. */
export async function previewedKey(member: Member, viewer: Previewed, licenseKeyId: string, now: Date) {
  const key = await getPurchasedKey(viewer, licenseKeyId, now)
  const seesKeys = merchantMay(member, 'keys.reveal')
  if (seesKeys) await recordReveals(member, [{ id: key.id, customerId: viewer.customerId }], now)
  return { ...key, keyString: seesKeys ? key.keyString : key.masked }
}
