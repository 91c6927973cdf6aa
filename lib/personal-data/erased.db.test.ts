import { expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import { newId } from '../base/ids.ts'
import { updateCustomer } from '../customers/change.ts'
import { createCustomer } from '../customers/commands.ts'
import { offerKey } from '../customers/hand-on.ts'
import { mergeCustomers, transferLicenseKey, transferPurchase } from '../customers/hand-over.ts'
import { askToMove } from '../customers/move-address.ts'
import { addNote } from '../customers/notes.ts'
import { prisma } from '../database/client.ts'
import { createPurchase } from '../purchases/commands.ts'
import { issueLicenseKeys } from '../purchases/issue.ts'
import { erasePersonalData } from './commands.ts'

// Somebody whose personal data was deleted stays nobody: whatever would be kept of them now, no deletion would find again.

const now = new Date('2026-11-30T12:00:00Z')
const somebody = () => `somebody-${newId().slice(-12)}@example.com`
const deleted = (field?: string) =>
  expect.objectContaining({
    code: 'CONFLICT',
    message: expect.stringContaining('was deleted'),
    ...(field && { field }),
  })

async function shopWithErased() {
  const shop = await makeOrganization()
  const configuration = await shop.configuration()
  const product = await shop.product([configuration])
  const buy = async () => {
    const email = somebody()
    const { purchaseId, licenseKeyIds } = await createPurchase(shop.merchant, sale(product, { email, name: '' }), now)
    const { id } = await prisma.customer.findFirstOrThrow({ where: { organizationId: shop.id, email } })
    return { id, email, purchaseId, licenseKeyId: licenseKeyIds[0] as string }
  }
  const [gone, other] = [await buy(), await buy()]
  await erasePersonalData(shop.merchant, { customerId: gone.id }, now)
  const read = () => prisma.customer.findUniqueOrThrow({ where: { id: gone.id } })
  const { email: nobody } = await read()
  return { shop, configuration, product, gone, other, nobody, read }
}
const sale = (productId: string, customer: { email: string; name: string } | { id: string }) => ({
  ...{ productId, customer, reference: '', kind: 'one_time' as const, quantity: 1, purchasedAt: null, sendMail: false },
  metadata: undefined,
})

test('members and programs neither merge, change, describe nor note them', async () => {
  const { shop, gone, other, nobody, read } = await shopWithErased()
  const { merchant } = shop
  const before = await read()
  const merge = (customerId: string, intoId: string) => mergeCustomers(merchant, { customerId, intoId }, now)
  await expect(merge(other.id, gone.id)).rejects.toThrow(deleted('into'))
  await expect(merge(gone.id, other.id)).rejects.toThrow(deleted())
  const changes = [{ name: 'Lena' }, { email: somebody() }, { externalId: 'crm-1' }, { metadata: { who: 'Lena' } }]
  for (const change of changes)
    await expect(updateCustomer(merchant, { customerId: gone.id, ...change }, now)).rejects.toThrow(deleted())
  await expect(addNote(merchant, { customerId: gone.id, text: 'Lena' }, now)).rejects.toThrow(deleted())
  expect(await read()).toEqual(before)
  // Nor does anybody else become them.
  await expect(updateCustomer(merchant, { customerId: other.id, email: nobody }, now)).rejects.toThrow(deleted('email'))
  const made = { email: `deleted-1@deleted.invalid`, name: 'Lena', externalId: null }
  await expect(createCustomer(merchant, made, now)).rejects.toThrow(deleted('email'))
})

test('nothing is issued, sold, handed over or offered to them, by id or by the address in place of theirs', async () => {
  const { shop, configuration, product, gone, other, nobody } = await shopWithErased()
  const { merchant } = shop
  for (const customer of [{ id: gone.id }, { email: nobody, name: 'Lena' }]) {
    await expect(createPurchase(merchant, sale(product, customer), now)).rejects.toThrow(deleted())
    const { licenseKeyId, purchaseId } = other
    await expect(transferLicenseKey(merchant, { licenseKeyId, to: customer }, now)).rejects.toThrow(deleted())
    await expect(transferPurchase(merchant, { purchaseId, to: customer }, now)).rejects.toThrow(deleted())
    const order = { productId: null, reference: '', addToPurchase: false, note: '', sendMail: false }
    const asked = [customer, { id: other.id }].map((whose) => ({
      ...{ ...order, customer: whose, keyConfigurationId: configuration },
    }))
    const [refused, issued] = await issueLicenseKeys(merchant, asked, now)
    expect(refused).toEqual({ refusal: deleted() })
    expect(issued).toHaveProperty('keyString')
  }
  expect(await prisma.licenseKey.count({ where: { customerId: gone.id } })).toBe(1)
  await prisma.customerSettings.create({
    data: { organizationId: shop.id, mayRotate: false, mayHandOn: true, cooldownHours: 0, releasesAYear: null },
  })
  const { id: userId } = await prisma.user.create({ data: { email: other.email } })
  const reader = { kind: 'customer', userId, email: other.email } as const
  const offer = { licenseKeyId: other.licenseKeyId, email: nobody }
  await expect(offerKey(reader, offer, now)).rejects.toThrow(deleted('email'))
  const visitor = { kind: 'visitor', address: null } as const
  await expect(askToMove(reader, { email: nobody }, visitor, 'en', now)).rejects.toThrow(deleted('email'))
})

test('a note or a key that waits for the deletion is refused once it is done', async () => {
  const { shop, configuration, other } = await shopWithErased()
  const order = { productId: null, reference: '', addToPurchase: false, note: '', sendMail: false }
  const asked = { ...order, customer: { id: other.id }, keyConfigurationId: configuration }
  const waiting: Promise<unknown>[] = []
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM customers WHERE id = ${other.id}::uuid FOR UPDATE`
    waiting.push(addNote(shop.merchant, { customerId: other.id, text: 'Lena' }, now).catch((error) => error))
    waiting.push(issueLicenseKeys(shop.merchant, [asked], now))
    await tx.customer.update({ where: { id: other.id }, data: { erasedAt: now } })
  })
  expect(await Promise.all(waiting)).toEqual([deleted(), [{ refusal: deleted() }]])
})
