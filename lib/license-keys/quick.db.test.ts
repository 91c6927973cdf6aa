import { expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { quickCustomers } from '../customers/queries.ts'
import { prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { quickPurchases } from '../purchases/list.ts'
import { keyAnywhere, quickKeys } from './quick.ts'
import { rotateLicenseKey } from './rotate.ts'

const now = new Date('2026-11-29T12:00:00Z')

async function shop() {
  const organizationId = newId()
  const own = { organizationId }
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const me: Member = {
    kind: 'merchant',
    userId: newId(),
    email: 'm@test.example',
    name: 'Mara',
    organizationId,
    role: 'owner',
  }
  const customer = await prisma.customer.create({
    data: { ...own, email: 'jose@herrera.example', name: 'José Herrera' },
  })
  const configuration = await prisma.keyConfiguration.create({ data: { ...own, name: 'Editor' } })
  const product = await prisma.product.create({ data: { ...own, name: 'Inkwell' } })
  const purchase = await prisma.purchase.create({
    data: { ...own, customerId: customer.id, productId: product.id, reference: 'SO-10482', purchasedAt: now },
  })
  const keyString = makeKeyString('short', 'TEST')
  const { id } = await prisma.licenseKey.create({
    data: {
      ...{ ...own, customerId: customer.id, keyConfigurationId: configuration.id, purchaseId: purchase.id },
      ...{ ...keyStringColumns(keyString, 'TEST'), createdAt: now, updatedAt: now },
    },
  })
  return { me, id, keyString, customer, purchase }
}

test('a whole key is found in any spelling, in any organization one belongs to and in no other', async () => {
  const [here, there, strange] = [await shop(), await shop(), await shop()]
  const both = [here.me, there.me]
  const { keyString } = there
  const spellings = [
    keyString,
    keyString.toLowerCase(),
    `Key: ${keyString}`,
    `“${keyString}”`,
    keyString.replaceAll('-', ' '),
    keyString.replaceAll('-', '–'),
    keyString.replaceAll('0', 'O'),
  ]
  for (const typed of spellings)
    expect(await keyAnywhere(both, typed), typed).toEqual({
      ...{ licenseKeyId: there.id, organizationId: there.me.organizationId, replaced: false },
    })
  expect(await keyAnywhere(both, strange.keyString)).toBeNull()
  expect(await keyAnywhere([], keyString)).toBeNull()
  await rotateLicenseKey(there.me, { licenseKeyId: there.id, overlapHours: 0 }, now)
  expect(await keyAnywhere(both, keyString.toLowerCase())).toMatchObject({ licenseKeyId: there.id, replaced: true })
})

test('keys are found by their end and by what was found around them', async () => {
  const { me, id, keyString, customer, purchase } = await shop()
  const none = { customerIds: [], purchaseIds: [] }
  const ids = async (words: string, around: Parameters<typeof quickKeys>[2] = none) =>
    (await quickKeys(me, words, around, 5, now)).map((key) => key.id)
  expect(await ids(keyString.slice(-5))).toEqual([id])
  expect(await ids('nothing')).toEqual([])
  expect(await ids('x', { customerIds: [customer.id], purchaseIds: [purchase.id] })).toEqual([id])
  expect(await ids(id)).toEqual([id])
  const other = await shop()
  expect(await quickKeys(other.me, 'x', { customerIds: [customer.id], purchaseIds: [] }, 5, now)).toEqual([])
})

test('customers by each word, purchases by what looks like a number', async () => {
  const { me, customer, purchase } = await shop()
  await shop()
  expect((await quickCustomers(me, 'HERRERA jose', 5)).map(({ id }) => id)).toEqual([customer.id])
  expect(await quickCustomers(me, 'herrera zoe', 5)).toEqual([])
  expect((await quickPurchases(me, '#10482', 5)).map(({ id }) => id)).toEqual([purchase.id])
  expect(await quickPurchases(me, 'so', 5)).toEqual([])
})
