import { expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import type { Member } from '../actor.ts'
import { prisma } from '../db.ts'
import { newId } from '../ids.ts'
import { createPurchase, refundPurchase } from './commands.ts'
import { getPurchaseRecord } from './queries.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const refusal = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) })

async function merchant(role: Role = 'support'): Promise<Member> {
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
  const input = { purchaseId, reason: '' }
  await expect(refundPurchase(other, input, now)).rejects.toThrow(refusal('NOT_FOUND'))
  await expect(refundPurchase({ ...me, role: 'viewer' }, input, now)).rejects.toThrow(refusal('FORBIDDEN'))
  const times = await Promise.all(Array.from({ length: 4 }, () => refundPurchase(me, input, now)))
  expect(times.map(({ revoked }) => revoked).sort()).toEqual([0, 0, 0, 2])
  const keys = await prisma.licenseKey.findMany({ where: { purchaseId } })
  expect(keys.map(({ status }) => status)).toEqual(['revoked', 'revoked'])
  const events = await prisma.event.findMany({ where: { purchaseId, type: { contains: 'revoked' } } })
  expect(events.map(({ data }) => data)).toEqual(Array(2).fill({ reason: 'Purchase A-1 refunded' }))
})
