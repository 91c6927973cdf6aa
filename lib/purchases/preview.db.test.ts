import { expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { pageOfPurchases } from './own.ts'
import { openPreview, previewedKey, previewOf } from './preview.ts'

// A member looks at a customer's page: opened by a press, of one organization, and never as the customer.

const refusal = (code: string) => expect.objectContaining({ code })
const minutes = (count: number) => new Date(Date.now() + count * 60_000)
const everything = { page: 1, size: 50, keysShown: 10 }

async function shopWithBuyer(email = `seen-${newId().slice(-12)}@example.com`) {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration(), { customerEmail: email })
  const { id } = await prisma.customer.findFirstOrThrow({ where: { organizationId: shop.id, email } })
  const looks = () => prisma.event.count({ where: { customerId: id, type: 'customer.previewed' } })
  return { shop, key, email, id, looks }
}

test('it opens by a press, for whoever pressed and an hour; history says so once', async () => {
  const { shop, id, email, looks } = await shopWithBuyer()
  const [viewer, other] = [await shop.member('viewer'), await shop.member('admin')]
  expect((await previewOf(viewer, id, minutes(0))).viewer).toBeNull()
  await Promise.all(Array.from({ length: 5 }, () => openPreview(viewer, { customerId: id }, minutes(1))))
  expect(await looks()).toBe(1)
  expect((await previewOf(viewer, id, minutes(60))).viewer).toMatchObject({ kind: 'preview', customerId: id })
  expect((await previewOf(other, id, minutes(2))).viewer).toBeNull()
  expect((await previewOf(viewer, id, minutes(62))).viewer).toBeNull()
  await openPreview(viewer, { customerId: id }, minutes(62))
  expect(await looks()).toBe(2)
  // No session of theirs was made, nor an account.
  expect(await prisma.customerSession.count({ where: { customerId: id } })).toBe(0)
  expect(await prisma.user.count({ where: { email } })).toBe(0)
})

test('it shows what is theirs here, and nothing that the same address has elsewhere', async () => {
  const { shop, key, email, id } = await shopWithBuyer()
  const elsewhere = await shopWithBuyer(email)
  await openPreview(shop.merchant, { customerId: id }, new Date())
  const { viewer } = await previewOf(shop.merchant, id, new Date())
  if (!viewer) throw new Error('It is open.')
  const { purchases } = await pageOfPurchases(viewer, everything, new Date())
  expect(purchases.flatMap(({ keys }) => keys.map(({ id }) => id))).toEqual([key.id])
  await expect(previewedKey(shop.merchant, viewer, elsewhere.key.id, new Date())).rejects.toThrow(refusal('NOT_FOUND'))
  // Nor do strangers look.
  const stranger = elsewhere.shop.merchant
  await expect(openPreview(stranger, { customerId: id }, new Date())).rejects.toThrow(refusal('NOT_FOUND'))
  await expect(previewOf(stranger, id, new Date())).rejects.toThrow(refusal('NOT_FOUND'))
})

test('a key is whole for whoever may see it, which is recorded, and masked for everybody else', async () => {
  const { shop, key, id } = await shopWithBuyer()
  const support = await shop.member('support')
  const revealed = () =>
    prisma.event.findMany({
      where: { licenseKeyId: key.id, type: 'license_key.revealed' },
      orderBy: { id: 'asc' },
    })
  const keyAs = async (member: typeof support) => {
    await openPreview(member, { customerId: id }, new Date())
    const { viewer } = await previewOf(member, id, new Date())
    if (!viewer) throw new Error('It is open.')
    return (await previewedKey(member, viewer, key.id, new Date())).keyString
  }
  expect(await keyAs(support)).not.toContain(key.key.slice(5, 20))
  expect(await revealed()).toEqual([])
  expect(await keyAs({ ...support, supportSeesKeys: true })).toBe(key.key)
  expect(await keyAs(shop.merchant)).toBe(key.key)
  expect(await keyAs(shop.merchant)).toBe(key.key)
  expect((await revealed()).map(({ actorId, customerId }) => [actorId, customerId])).toEqual([
    [support.userId, id],
    [shop.merchant.userId, id],
  ])
})
