import { describe, expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { openKeyString } from '../key-strings/string.ts'
import { validate } from '../license-calls/calls.ts'
import { changeLicenseKey } from '../license-keys/change.ts'
import { IssueLicenseKey } from '../license-keys/schema.ts'
import { restoreLicenseKeys, revokeLicenseKeys } from '../license-keys/status.ts'
import { openContents } from '../mail/queries.ts'
import { cancelPurchase, createPurchase, refundPurchase } from './commands.ts'
import { holdPurchase } from './hold.ts'
import { issueLicenseKey } from './issue.ts'
import { cancelPurchaseLater, endDuePurchases, resumePurchase } from './life.ts'
import { getPurchaseRecord } from './queries.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const system = { kind: 'system', name: 'Latchkey' } as const
const refusal = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) })

async function merchant(role: Role = 'admin'): Promise<Member> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  return { kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role }
}

/** A product that grants two configurations. */
async function product(me: Member): Promise<{ productId: string; configurations: [string, string] }> {
  const { organizationId } = me
  const configurations: [string, string] = [newId(), newId()]
  for (const id of configurations)
    await prisma.keyConfiguration.create({
      data: { id, organizationId, name: id, expiryKind: 'duration', durationCount: 1, durationUnit: 'year' },
    })
  const { id } = await prisma.product.create({
    data: {
      organizationId,
      name: 'Suite',
      keyConfigurations: { create: configurations.map((keyConfigurationId) => ({ keyConfigurationId })) },
    },
  })
  return { productId: id, configurations }
}

const order = (productId: string, over: object = {}) => ({
  ...{ productId, customer: { email: 'hana@novak.example', name: 'Hana' }, kind: 'one_time' as const, quantity: 1 },
  ...{ reference: 'A-1', purchasedAt: null, sendMail: false, ...over },
})

test('one key per configuration and piece; a one-time key follows the duration, a subscription’s has no date', async () => {
  const me = await merchant()
  const { productId, configurations } = await product(me)
  const datesOf = async (ids: string[]) =>
    (await prisma.licenseKey.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } })).map((key) => [
      key.keyConfigurationId,
      key.expiresAt?.getUTCFullYear() ?? null,
    ])
  const once = await createPurchase(me, order(productId, { quantity: 2 }), now)
  expect((await datesOf(once.licenseKeyIds)).sort()).toEqual(
    configurations
      .flatMap(
        (id) =>
          [
            [id, 2027],
            [id, 2027],
          ] as [string, number][],
      )
      .sort(),
  )
  const monthly = await createPurchase(me, order(productId, { kind: 'subscription', reference: 'A-2' }), now)
  expect((await datesOf(monthly.licenseKeyIds)).map(([, year]) => year)).toEqual([null, null])
  expect(await prisma.customer.count({ where: { organizationId: me.organizationId } })).toBe(1)
  expect(await getPurchaseRecord(me, monthly.purchaseId)).toMatchObject({ source: 'manual', status: 'active' })
})

test('the same order number at once is one purchase', async () => {
  const me = await merchant()
  const { productId } = await product(me)
  const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => createPurchase(me, order(productId), now)))
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const attempt of attempts)
    if (attempt.status === 'rejected') expect(attempt.reason).toEqual(refusal('CONFLICT', 'reference'))
  expect(await prisma.licenseKey.count({ where: { organizationId: me.organizationId } })).toBe(2)
})

test('nothing is sold of what is archived, too much, or not theirs', async () => {
  const [me, other] = [await merchant(), await merchant()]
  const { productId, configurations } = await product(me)
  await expect(createPurchase(other, order(productId), now)).rejects.toThrow(refusal('NOT_FOUND'))
  await expect(createPurchase(me, order(productId, { customer: { id: newId() } }), now)).rejects.toThrow(
    refusal('NOT_FOUND'),
  )
  await expect(createPurchase(me, order(productId, { quantity: 501 }), now)).rejects.toThrow(
    refusal('INVALID_INPUT', 'quantity'),
  )
  await expect(createPurchase({ ...me, role: 'viewer' }, order(productId), now)).rejects.toThrow(refusal('FORBIDDEN'))
  await prisma.keyConfiguration.update({ where: { id: configurations[0] }, data: { archivedAt: now } })
  await expect(createPurchase(me, order(productId), now)).rejects.toThrow(refusal('CONFLICT', 'productId'))
  await prisma.product.update({ where: { id: productId }, data: { archivedAt: now } })
  await expect(createPurchase(me, order(productId), now)).rejects.toThrow(refusal('CONFLICT', 'productId'))
  expect(await prisma.purchase.count({ where: { organizationId: me.organizationId } })).toBe(0)
  expect(await prisma.customer.count({ where: { organizationId: me.organizationId } })).toBe(0)
})

test('a refund ends the keys, also disabled ones, once', async () => {
  const [me, other] = [await merchant(), await merchant()]
  const { productId } = await product(me)
  const { purchaseId, licenseKeyIds } = await createPurchase(me, order(productId), now)
  await prisma.licenseKey.update({ where: { id: licenseKeyIds[0] as string }, data: { status: 'disabled' } })
  const input = { purchaseId, reason: '', tell: false }
  await expect(refundPurchase(other, input, now)).rejects.toThrow(refusal('NOT_FOUND'))
  await expect(refundPurchase({ ...me, role: 'viewer' }, input, now)).rejects.toThrow(refusal('FORBIDDEN'))
  const times = await Promise.all(Array.from({ length: 4 }, () => refundPurchase(me, input, now)))
  expect(times.map(({ revoked }) => revoked).sort()).toEqual([0, 0, 0, 2])
  const keys = await prisma.licenseKey.findMany({ where: { purchaseId } })
  expect(keys.map(({ status }) => status)).toEqual(['revoked', 'revoked'])
  const events = await prisma.event.findMany({ where: { purchaseId, type: { contains: 'revoked' } } })
  expect(events.map(({ data }) => data)).toEqual(
    Array(2).fill({ reason: 'Purchase A-1 refunded', for: ['refunded'], already: false }),
  )
})

describe('whoever bought it hears that a person ended it', () => {
  const told = async (me: Member) =>
    (
      await prisma.mail.findMany({
        where: { organizationId: me.organizationId, template: 'purchase-news' },
        orderBy: { id: 'asc' },
      })
    ).map((mail) => [(openContents(mail).payload as { news: string }).news, mail.dueAt.getTime() - now.getTime()])
  async function sold(over: object = {}) {
    const me = await merchant()
    const { productId } = await product(me)
    return { me, ...(await createPurchase(me, { ...order(productId), ...over }, now)) }
  }

  test('as asked, in the words for what it was; what can be taken back waits five minutes', async () => {
    const [one, subscription, quiet] = [await sold(), await sold({ kind: 'subscription' }), await sold()]
    await cancelPurchase(one.me, { purchaseId: one.purchaseId, reason: '', tell: true }, now)
    await cancelPurchase(one.me, { purchaseId: one.purchaseId, reason: '', tell: true }, now)
    expect(await told(one.me)).toEqual([['canceled', 300_000]])
    await refundPurchase(one.me, { purchaseId: one.purchaseId, reason: '', tell: true }, now)
    expect(await told(one.me)).toEqual([
      ['canceled', 300_000],
      ['refunded', 0],
    ])
    await cancelPurchase(subscription.me, { purchaseId: subscription.purchaseId, reason: '', tell: true }, now)
    expect(await told(subscription.me)).toEqual([['ended', 300_000]])
    await refundPurchase(quiet.me, { purchaseId: quiet.purchaseId, reason: '', tell: false }, now)
    expect(await told(quiet.me)).toEqual([])
  })

  test('not where the mail is switched off, nor where every key is kept, nor of a test', async () => {
    const [off, kept, trial] = [await sold(), await sold(), await sold()]
    await prisma.mailSettings.create({
      data: { organizationId: off.me.organizationId, switches: { refunded: false } },
    })
    await holdPurchase(kept.me, { purchaseId: kept.purchaseId, held: true, reason: '' }, now)
    await prisma.purchase.update({ where: { id: trial.purchaseId }, data: { isTest: true } })
    for (const { me, purchaseId } of [off, kept, trial]) {
      await refundPurchase(me, { purchaseId, reason: '', tell: true }, now)
      expect(await told(me)).toEqual([])
    }
  })

  test('a subscription whose day has come tells it too', async () => {
    const { me, purchaseId } = await sold({ kind: 'subscription' })
    const end = new Date(now.getTime() + 60_000)
    await cancelPurchaseLater(me, { purchaseId, endsAt: end, reason: '' }, now)
    await endDuePurchases({ kind: 'system', name: 'Test' }, new Date(end.getTime() + 1))
    expect((await told(me)).map(([news]) => news)).toEqual(['ended'])
  })
})

describe('no yes after an end', () => {
  const codeOf = async (licenseKeyId: string) => {
    const key = await prisma.licenseKey.findUniqueOrThrow({ where: { id: licenseKeyId } })
    const call = { key: openKeyString(key.keyCipher), organization_id: key.organizationId }
    return (await validate({ kind: 'software', address: null }, call, now)).verdict.code
  }
  async function sold() {
    const me = await merchant()
    const { productId, configurations } = await product(me)
    const { purchaseId, licenseKeyIds } = await createPurchase(me, order(productId), now)
    return { me, productId, configurations, purchaseId, ids: licenseKeyIds, id: licenseKeyIds[0] as string }
  }

  test('cancelled, restored, cancelled again, refunded', async () => {
    const { me, purchaseId, id, ids } = await sold()
    const end = { purchaseId, reason: '', tell: false }
    expect(await cancelPurchase(me, end, now)).toEqual({ revoked: 2, held: 0 })
    const restore = restoreLicenseKeys(me, { licenseKeyIds: ids, reason: '' }, now)
    await expect(restore).rejects.toThrow('The key stays revoked: its purchase no longer covers it.')
    expect(await codeOf(id)).toBe('REVOKED')
    // As older versions did.
    await prisma.licenseKey.update({ where: { id }, data: { status: 'granted', revokedFor: [] } })
    expect(await cancelPurchase(me, end, now)).toEqual({ revoked: 1, held: 0 })
    expect(await codeOf(id)).toBe('REVOKED')
    expect(await refundPurchase(me, end, now)).toEqual({ revoked: 0, held: 0 })
    expect(await prisma.licenseKey.findUniqueOrThrow({ where: { id } })).toMatchObject({ revokedFor: ['refunded'] })
  })

  test('restoring lifts what was done by hand, and says what holds the key still', async () => {
    const { me, purchaseId, id } = await sold()
    const one = { licenseKeyIds: [id], reason: '', tell: false }
    expect(await revokeLicenseKeys(me, one, now)).toMatchObject({ changed: 1 })
    await refundPurchase(me, { purchaseId, reason: '', tell: false }, now)
    expect(await restoreLicenseKeys(me, one, now)).toEqual({
      ...{ changed: 0, stillRevoked: 1, why: 'its purchase is refunded' },
    })
    expect(await codeOf(id)).toBe('REVOKED')
    const events = await prisma.event.findMany({ where: { licenseKeyId: id }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })
    expect(events.slice(1).map(({ type, data }) => [type, data])).toEqual([
      ['license_key.revoked', { reason: null, for: ['by_hand'], already: false }],
      ['license_key.revoked', { reason: 'Purchase A-1 refunded', for: ['refunded'], already: true }],
      [
        'license_key.updated',
        { changes: ['No longer: it was revoked by hand', 'Still revoked: its purchase is refunded'] },
      ],
    ])
  })

  test('who holds a key keeps it, also through a later end, until it is revoked by hand', async () => {
    const { me, purchaseId, id, ids } = await sold()
    const one = { licenseKeyIds: [id], reason: 'Friend of the house' }
    await cancelPurchase(me, { purchaseId, reason: '', tell: false }, now)
    expect(await restoreLicenseKeys(me, { ...one, hold: true }, now)).toMatchObject({ changed: 1 })
    expect(await codeOf(id)).toBe('VALID')
    expect(await refundPurchase(me, { purchaseId, reason: '', tell: false }, now)).toEqual({ revoked: 0, held: 1 })
    expect([await codeOf(id), await codeOf(ids[1] as string)]).toEqual(['VALID', 'REVOKED'])
    await revokeLicenseKeys(me, one, now)
    expect(await prisma.licenseKey.findUniqueOrThrow({ where: { id } })).toMatchObject({
      held: false,
      revokedFor: ['refunded', 'by_hand'],
    })
    const events = await prisma.event.findMany({ where: { licenseKeyId: id, type: { contains: 'e' } } })
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['license_key.held', 'license_key.restored', 'license_key.released']),
    )
  })

  test('a key that is kept loses the end of its subscription, and has it again when it is let go', async () => {
    const me = await merchant()
    const { productId } = await product(me)
    const made = await createPurchase(me, order(productId, { kind: 'subscription' }), now)
    const { purchaseId } = made
    const [id, other] = made.licenseKeyIds as [string, string]
    const endsAt = new Date(now.getTime() + 10 * 86_400_000)
    const after = new Date(endsAt.getTime() + 1_000)
    await cancelPurchaseLater(me, { purchaseId, endsAt, reason: '' }, now)
    await endDuePurchases(system, after)
    const keyNow = (of: string) =>
      prisma.licenseKey.findUniqueOrThrow({
        where: { id: of },
        select: { status: true, held: true, expiresAt: true, expiryOverridden: true },
      })
    const over = { status: 'revoked', held: false, expiresAt: endsAt, expiryOverridden: true }
    expect([await keyNow(id), await keyNow(other)]).toEqual([over, over])
    const kept = { status: 'granted', held: true, expiresAt: null, expiryOverridden: false }
    // By the banner of the key, by its page or the API, and all of a purchase at once.
    await restoreLicenseKeys(me, { licenseKeyIds: [id], reason: '', hold: true }, after)
    expect([await keyNow(id), await keyNow(other)]).toEqual([kept, over])
    await changeLicenseKey(me, id, { held: false }, after)
    expect(await keyNow(id)).toEqual(over)
    await changeLicenseKey(me, id, { held: true }, after)
    expect(await keyNow(id)).toEqual(kept)
    await holdPurchase(me, { purchaseId, held: false, reason: '' }, after)
    expect(await keyNow(id)).toEqual(over)
    await holdPurchase(me, { purchaseId, held: true, reason: '' }, after)
    expect([await keyNow(id), await keyNow(other)]).toEqual([kept, kept])
    // Another end that somebody chose for it stays.
    const chosen = new Date('2030-01-01T00:00:00Z')
    await changeLicenseKey(me, id, { expiresAt: chosen }, after, { strict: true })
    await prisma.$transaction((tx) => resumePurchase(tx, me, { purchaseId, reason: '' }, after))
    expect(await keyNow(id)).toMatchObject({ held: true, expiresAt: chosen })
  })

  test('an ended order gives no new key', async () => {
    const { me, purchaseId, productId, configurations } = await sold()
    await refundPurchase(me, { purchaseId, reason: '', tell: false }, now)
    const input = IssueLicenseKey.parse({
      ...{ keyConfigurationId: configurations[0], productId, customerEmail: 'hana@novak.example', reference: 'A-1' },
      addToPurchase: true,
    })
    await expect(issueLicenseKey(me, input, now)).rejects.toThrow(refusal('CONFLICT', 'reference'))
    expect(await prisma.licenseKey.count({ where: { purchaseId } })).toBe(2)
  })
})
