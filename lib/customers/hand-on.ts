import '#server-only'
import { randomBytes } from 'node:crypto'
import type { Prisma } from '#prisma/client.ts'
import { readerOf } from '../auth/commands.ts'
import type { Customer, Merchant } from '../base/actor.ts'
import { DAY_MS } from '../base/days.ts'
import { env } from '../base/env.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { spellingsOf } from '../base/text.ts'
import { prisma, type Tx } from '../database/client.ts'
import { type NewEvent, record } from '../events/commands.ts'
import { lockKey, ownedBy } from '../license-keys/commands.ts'
import { replaceString, stringColumns } from '../license-keys/rotate.ts'
import { OFFER_DAYS } from '../mail/plain.ts'
import { hashesOf, hexHashOf } from '../secrets/secrets.ts'
import * as paths from '../web/paths.ts'
import { addCustomers } from './commands.ts'
import { readdress } from './hand-over.ts'
import { keyOffered, keysMoved, offerSent } from './mails.ts'
import { isErasedAddress, mayOffer, personDeleted } from './rules.ts'
import { customerSettingsOf } from './settings.ts'

// A customer hands a key on: another address is asked, and until it says yes nothing changes. Then the key is theirs with a string of its
// own and no devices, since whoever had it knows the old one.

/** So long a merchant may give it back at a click. */
export const GIVE_BACK_DAYS = 30

const OFFERS_A_DAY = 3
const OFFERS_OF_CUSTOMER_A_DAY = 10

const content = (token: string) => `key offer\n${token}`

const keyColumns = {
  ...{ organizationId: true, customerId: true, status: true, expiresAt: true },
  customer: { select: { email: true } },
  product: { select: { name: true } },
  keyConfiguration: { select: { name: true } },
} as const
const nameOf = (key: { product: { name: string } | null; keyConfiguration: { name: string } }) =>
  key.product?.name ?? key.keyConfiguration.name

/** Asks another address whether it takes a key. An offer of that key that is open ends. */
export async function offerKey(
  customer: Customer,
  { licenseKeyId, email }: { licenseKeyId: string; email: string },
  now: Date,
): Promise<void> {
  const where = { id: licenseKeyId, ...ownedBy(customer) }
  await prisma.$transaction(async (tx) => {
    if ((await tx.licenseKey.count({ where })) === 0) throw notFound('license key')
    await lockKey(tx, licenseKeyId)
    const key = await tx.licenseKey.findFirst({ where, select: keyColumns })
    if (!key) throw notFound('license key')
    const { organizationId, customerId } = key
    if (!(await customerSettingsOf(organizationId, tx)).mayHandOn)
      throw new Refusal('FORBIDDEN', 'Only the seller can hand this key on.')
    if (!mayOffer(key, now)) throw new Refusal('CONFLICT', 'A key that does not work cannot be handed on.')
    if ([...spellingsOf(customer.email), key.customer.email].includes(email))
      throw new Refusal('INVALID_INPUT', 'This is your own address.', 'own')
    if (isErasedAddress(email)) throw personDeleted('email')
    await assertNotTooOften(tx, licenseKeyId, customer, now)
    await endOffers(tx, { licenseKeyId }, now)
    const token = randomBytes(32).toString('base64url')
    await tx.keyOffer.create({
      data: {
        ...{ id: newId(now), organizationId, licenseKeyId, customerId, to: email, createdAt: now },
        ...{
          tokenHash: hexHashOf('sign-in', content(token)),
          expiresAt: new Date(now.getTime() + OFFER_DAYS * DAY_MS),
        },
      },
    })
    const about = { organizationId, product: nameOf(key) }
    const url = new URL(paths.takeKey({ token }), env().LATCHKEY_URL).href
    await record(tx, customer, now, {
      ...{ type: 'license_key.offered', organizationId, licenseKeyId, customerId, data: { to: email } },
      mails: [
        keyOffered({ ...about, to: email, from: key.customer.email, url }),
        offerSent({ ...about, to: key.customer.email, other: email, licenseKeyId }),
      ],
    })
  })
}

async function assertNotTooOften(tx: Tx, licenseKeyId: string, customer: Customer, now: Date): Promise<void> {
  const createdAt = { gt: new Date(now.getTime() - DAY_MS) }
  const ofKey = await tx.keyOffer.count({ where: { licenseKeyId, createdAt } })
  const theirs = { email: { in: spellingsOf(customer.email) } }
  const ofCustomer = await tx.keyOffer.count({ where: { customer: theirs, createdAt } })
  if (ofKey >= OFFERS_A_DAY || ofCustomer >= OFFERS_OF_CUSTOMER_A_DAY)
    throw new Refusal('RATE_LIMITED', 'Too many offers within a day. Try again tomorrow.')
}

const endOffers = (tx: Tx, of: { licenseKeyId: string } | { id: string }, now: Date) =>
  tx.keyOffer.updateMany({ where: { ...of, endedAt: null }, data: { endedAt: now } })

/** The offer of one of their keys that waits for its answer; null when there is none. `owned` finds what is theirs. */
export const openOfferOf = (owned: Prisma.LicenseKeyWhereInput, licenseKeyId: string, now: Date) =>
  prisma.keyOffer.findFirst({
    where: { licenseKeyId, licenseKey: owned, endedAt: null, expiresAt: { gt: now } },
    select: { to: true, expiresAt: true },
  })

/** Takes an offer back. One that is over is no error. */
export async function withdrawOffer(customer: Customer, licenseKeyId: string, now: Date): Promise<void> {
  const where = { id: licenseKeyId, ...ownedBy(customer) }
  await prisma.$transaction(async (tx) => {
    if ((await tx.licenseKey.count({ where })) === 0) throw notFound('license key')
    await lockKey(tx, licenseKeyId)
    const key = await tx.licenseKey.findFirst({ where, select: { organizationId: true, customerId: true } })
    if (!key) throw notFound('license key')
    const { count } = await endOffers(tx, { licenseKeyId }, now)
    if (count > 0)
      await record(tx, customer, now, { type: 'license_key.offer_ended', licenseKeyId, ...key, data: { by: 'giver' } })
  })
}

// ---------------------------------------------------------------- whoever is to have it

const offerColumns = {
  ...{ id: true, organizationId: true, licenseKeyId: true, customerId: true, to: true, expiresAt: true, endedAt: true },
  ...{ isTaken: true, customer: { select: { email: true } } },
  licenseKey: {
    select: { customerId: true, product: { select: { name: true } }, keyConfiguration: { select: { name: true } } },
  },
} as const

const readOffer = (tx: Tx, token: string) =>
  tx.keyOffer.findFirst({
    where: { tokenHash: { in: hashesOf('sign-in', content(token.slice(0, 200))) } },
    select: offerColumns,
  })

/** What a mailed link offers; null when it is none of ours. It is open while it may be taken. */
export async function offerOf(token: string, now: Date) {
  const offer = await readOffer(prisma, token)
  if (!offer) return null
  const { organizationId, licenseKey, to, customer, isTaken } = offer
  const isOpen = !offer.endedAt && offer.expiresAt > now && licenseKey.customerId === offer.customerId
  return { organizationId, product: nameOf(licenseKey), to, from: customer.email, isTaken, isOpen }
}

const over = () => new Refusal('CONFLICT', 'This offer is over.', 'offer')

/**
 * Takes the key that a mailed link offers: whoever has the link reads that mailbox. The key gets another string, its devices are freed, and the
 * purchase stays with whoever paid. Of two at once one is too late.
 */
export async function takeOffer(token: string, now: Date): Promise<{ email: string; licenseKeyId: string }> {
  return prisma.$transaction(async (tx) => {
    const offer = await readOffer(tx, token)
    if (!offer || offer.endedAt || offer.expiresAt <= now) throw over()
    const { organizationId, licenseKeyId, to } = offer
    const { id: userId } = await readerOf(tx, to, now)
    const taker = { kind: 'customer' as const, userId, email: to, organizationId }
    // Customers come before keys.
    const ownerId = [...(await addCustomers(tx, taker, [{ email: to, name: '' }], now)).values()][0]?.id
    const owner = await keepCustomer(tx, ownerId)
    if (!owner) throw over()
    const key = await lockedKey(tx, { organizationId, licenseKeyId })
    if (!key || key.customerId !== offer.customerId || !mayOffer(key, now)) throw over()
    const { count } = await tx.keyOffer.updateMany({
      where: { id: offer.id, endedAt: null },
      data: { endedAt: now, isTaken: true },
    })
    if (count === 0) throw over()
    await passOn(tx, taker, key, owner, now)
    return { email: owner.email, licenseKeyId }
  })
}

type Owner = { id: string; email: string }

/** Whom a key goes to, kept from being merged away until it is theirs. Customers are locked before keys. */
async function keepCustomer(tx: Tx, id: string | undefined): Promise<Owner | null> {
  const [owner] = await tx.$queryRaw<Owner[]>`SELECT id, email FROM customers
    WHERE id = ${id ?? null}::uuid AND erased_at IS NULL FOR KEY SHARE`
  return owner ?? null
}

async function lockedKey(tx: Tx, { organizationId, licenseKeyId }: { organizationId: string; licenseKeyId: string }) {
  await lockKey(tx, licenseKeyId)
  return tx.licenseKey.findFirst({
    where: { id: licenseKeyId, organizationId },
    select: {
      ...{ ...keyColumns, ...stringColumns, id: true },
      keyConfiguration: { select: { ...stringColumns.keyConfiguration.select, name: true } },
    },
  })
}

/** Makes a key somebody else's, with a string that only they know and without devices. Both are told, and they are mailed the key. */
async function passOn(
  tx: Tx,
  actor: Customer | Merchant,
  key: NonNullable<Awaited<ReturnType<typeof lockedKey>>>,
  owner: Owner,
  now: Date,
): Promise<void> {
  const { id: licenseKeyId, organizationId, customer: from } = key
  const about = { organizationId, licenseKeyId, customerId: owner.id }
  await replaceString(tx, key, null, now)
  const freed = await freeDevices(tx, about, now)
  await tx.licenseKey.update({ where: { id: licenseKeyId }, data: { customerId: owner.id, updatedAt: now } })
  await readdress(tx, organizationId, [licenseKeyId], owner.email)
  const everywhere = key.keyConfiguration.activationsMode === 'off'
  await record(
    tx,
    actor,
    now,
    ...freed,
    { ...about, type: 'license_key.rotated', data: { until: null, everywhere } },
    {
      ...{ ...about, type: 'license_key.transferred', data: { from: from.email, to: owner.email } },
      mails: [
        keysMoved('away', { organizationId, product: nameOf(key), to: from.email, other: owner.email }),
        { template: 'license-key', to: owner.email, payload: { licenseKeyId } },
      ],
    },
  )
}

async function freeDevices(
  tx: Tx,
  about: { organizationId: string; licenseKeyId: string; customerId: string },
  now: Date,
): Promise<NewEvent[]> {
  const where = { licenseKeyId: about.licenseKeyId, deactivatedAt: null }
  const live = await tx.activation.findMany({ where, select: { id: true, label: true } })
  await tx.activation.updateMany({ where, data: { deactivatedAt: now } })
  return live.map(({ id, label }) => ({ ...about, type: 'activation.deactivated', activationId: id, data: { label } }))
}

/** Says no to what a mailed link offers. One that is over is no error. */
export async function declineOffer(token: string, now: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const offer = await readOffer(tx, token)
    if (!offer) throw over()
    const { organizationId, licenseKeyId, customerId, to } = offer
    await lockKey(tx, licenseKeyId)
    const { count } = await endOffers(tx, { id: offer.id }, now)
    if (count === 0) return
    const { id: userId } = await readerOf(tx, to, now)
    await record(tx, { kind: 'customer', userId, email: to }, now, {
      ...{ type: 'license_key.offer_ended', organizationId, licenseKeyId, customerId, data: { by: 'taker' } },
    })
  })
}

// ---------------------------------------------------------------- the merchant

/** That a key was lately handed on by the customer who had it, who could be given it back; null otherwise. */
export async function handedOn({ organizationId }: Merchant, licenseKeyId: string, now: Date) {
  const offer = await prisma.keyOffer.findFirst({
    where: {
      ...{
        organizationId,
        licenseKeyId,
        isTaken: true,
        endedAt: { gt: new Date(now.getTime() - GIVE_BACK_DAYS * DAY_MS) },
      },
    },
    orderBy: { endedAt: 'desc' },
    select: {
      ...{ to: true, endedAt: true, customer: { select: { id: true, email: true } } },
      licenseKey: { select: { customer: { select: { id: true, email: true } } } },
    },
  })
  if (!offer?.endedAt) return null
  // The last that happened to whose it is: addresses change meanwhile, and with them nobody gives a key away.
  const taken = await prisma.event.findFirst({
    where: { organizationId, licenseKeyId, type: 'license_key.transferred' },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    select: { at: true, customerId: true },
  })
  const { customer: owner } = offer.licenseKey
  if (taken?.customerId !== owner.id || taken.at.getTime() !== offer.endedAt.getTime()) return null
  return { at: offer.endedAt, to: owner, from: offer.customer }
}

/** Gives such a key back: another string, no devices, and both are told. CONFLICT when it is nobody's to give back any more. */
export async function giveBack(merchant: Merchant, licenseKeyId: string, now: Date): Promise<{ email: string }> {
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  const handed = await handedOn(merchant, licenseKeyId, now)
  const gone = new Refusal('CONFLICT', 'Whoever took the key does not have it any more.')
  if (!handed) throw gone
  return prisma.$transaction(async (tx) => {
    const owner = await keepCustomer(tx, handed.from.id)
    const key = owner && (await lockedKey(tx, { organizationId, licenseKeyId }))
    if (!owner || key?.customerId !== handed.to.id) throw gone
    await passOn(tx, merchant, key, owner, now)
    return { email: owner.email }
  })
}

/** Removes offers that are long over; for the hourly sweep. */
export async function purgeOffers(now: Date): Promise<void> {
  const before = new Date(now.getTime() - (GIVE_BACK_DAYS + OFFER_DAYS) * DAY_MS)
  await prisma.keyOffer.deleteMany({ where: { createdAt: { lt: before } } })
}
