import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { spellingsOf } from '../base/text.ts'
import { isUniqueViolation, prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { mergeMetadata, metadataChanges, metadataOf } from '../metadata/rules.ts'
import type { MetadataPatch } from '../metadata/schema.ts'
import { mergeEdit, type Opened } from '../web/edits.ts'
import { isLanguage, type Language } from '../words/plain.ts'
import { assertIdFree, emailTaken } from './commands.ts'
import { takeAlong } from './hand-over.ts'
import { addressChanged, addressGiven } from './mails.ts'
import {
  addressChosen,
  customerChanges,
  customerParts,
  isErasedAddress,
  mayReaddress,
  personDeleted,
  shortAddress,
} from './rules.ts'
import type { UpdateCustomer } from './schema.ts'

const columns = {
  ...{ email: true, name: true, externalId: true, metadata: true, addressChosenAt: true, erasedAt: true },
  _count: { select: { licenseKeys: true, purchases: true } },
} as const

type Changes = UpdateCustomer & {
  metadata?: MetadataPatch | undefined
  /** Also from an address that they took themselves. */
  replaceChosenAddress?: boolean | undefined
}

/**
 * Changes a customer. Another address is a hand-over: their keys stand on the purchases page of whoever proves that one, and another id of
 * elsewhere lets a program's session open them. So where there are keys, or purchases that
 * bring some later, either takes whoever may change keys. Both mailboxes are told.
 * `opened` is what a form showed when it was opened; a program has none.
 */
export async function updateCustomer(
  merchant: Merchant,
  { customerId, metadata: patch, replaceChosenAddress = false, ...wanted }: Changes,
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  assertMay(merchant, 'customers.write')
  const { organizationId } = merchant
  try {
    await prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM customers WHERE id = ${customerId}::uuid AND organization_id = ${organizationId}::uuid FOR NO KEY UPDATE`
      const before = await tx.customer.findFirst({ where: { id: customerId, organizationId }, select: columns })
      if (!before) throw notFound('customer')
      if (before.erasedAt) throw personDeleted()
      const typed = {
        email: wanted.email ?? before.email,
        name: wanted.name === undefined ? before.name : wanted.name,
      }
      const after = {
        ...(opened
          ? mergeEdit(customerParts, opened, typed, { email: before.email, name: before.name }).merged
          : typed),
        externalId: wanted.externalId === undefined ? before.externalId : wanted.externalId,
      }
      const metadata = mergeMetadata(metadataOf(before.metadata), patch)
      const words = [...customerChanges(before, after), ...metadataChanges(metadataOf(before.metadata), metadata)]
      if (words.length === 0) return
      if (after.externalId !== before.externalId) await assertIdFree(tx, merchant, { customerId, ...after })
      const moves = after.email !== before.email
      const isReachedAnew = moves || after.externalId !== before.externalId
      const hasAny = before._count.licenseKeys + before._count.purchases > 0
      if (isReachedAnew && hasAny) assertMay(merchant, 'keys.write')
      if (moves && isErasedAddress(after.email)) throw personDeleted('email')
      if (moves)
        await assertAddress(
          tx,
          merchant,
          { customerId, email: after.email },
          mayReaddress(before, replaceChosenAddress),
        )
      await tx.customer.update({
        where: { id: customerId },
        data: { ...after, metadata, updatedAt: now, ...(moves && { addressChosenAt: null }) },
      })
      const ended = moves
        ? await leaveAddress(tx, merchant, { customerId, from: before.email, to: after.email }, now)
        : []
      const change: NewEvent = {
        ...{ type: 'customer.updated', organizationId, customerId, data: { email: after.email, changes: words } },
        ...(moves &&
          hasAny && {
            mails: [
              addressChanged(organizationId, before.email, after.email),
              addressGiven(organizationId, before.email, after.email, await languageOf(tx, before.email)),
            ],
          }),
      }
      await record(tx, merchant, now, change, ...ended)
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw emailTaken()
    throw error
  }
}

async function languageOf(tx: Tx, email: string): Promise<Language | null> {
  const reader = await tx.user.findUnique({ where: { email }, select: { language: true } })
  return isLanguage(reader?.language) ? reader.language : null
}

async function assertAddress(
  tx: Tx,
  { organizationId }: Merchant,
  { customerId, email }: { customerId: string; email: string },
  isAllowed: boolean,
): Promise<void> {
  const where = { organizationId, email: { in: spellingsOf(email) }, id: { not: customerId } }
  if (await tx.customer.findFirst({ where, select: { id: true } })) throw emailTaken()
  if (!isAllowed) throw addressChosen()
}

/**
 * What hung on the old address: sessions that programs made end, mails with keys that wait go to the new one, and so does the wish for no
 * reminders. Keys that were offered from there stay: whoever has that mailbox must not give away what is not seen with it any more.
 */
async function leaveAddress(
  tx: Tx,
  { organizationId }: Merchant,
  { customerId, from, to }: { customerId: string; from: string; to: string },
  now: Date,
): Promise<NewEvent[]> {
  await tx.customerSession.deleteMany({ where: { customerId, organizationId } })
  await takeAlong(tx, organizationId, [from], to)
  const offers = await tx.keyOffer.updateManyAndReturn({
    where: { organizationId, customerId, endedAt: null, expiresAt: { gt: now } },
    data: { endedAt: now },
    select: { licenseKeyId: true },
  })
  return [
    ...offers.map(
      ({ licenseKeyId }): NewEvent => ({
        ...{ type: 'license_key.offer_ended', organizationId, licenseKeyId, customerId, data: { by: 'seller' } },
      }),
    ),
    ...(await endMoves(tx, from, now)).map(
      (move): NewEvent => ({
        ...{ type: 'customer.address_stopped', organizationId, customerId },
        data: { to: shortAddress(move.to), by: 'seller' },
      }),
    ),
  ]
}

/**
 * A change of address that its customer asked for ends with the last they had under the old one; what they have at other sellers it still
 * moves. One that a mailbox confirms at this moment finds that out itself.
 */
const endMoves = (tx: Tx, from: string, now: Date) => tx.$queryRaw<{ to: string }[]>`
  UPDATE address_moves SET ended_at = ${now} WHERE id IN (
    SELECT id FROM address_moves WHERE "from" = ANY(${spellingsOf(from)}::text[]) AND done_at IS NULL AND ended_at IS NULL
      AND expires_at > ${now} AND NOT EXISTS (SELECT 1 FROM customers WHERE email = ANY(${spellingsOf(from)}::text[]))
    FOR UPDATE SKIP LOCKED)
  RETURNING "to"`
