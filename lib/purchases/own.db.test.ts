import { beforeAll, describe, expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import type { Customer } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { createPurchase } from './commands.ts'
import { pageOfPurchases } from './own.ts'

let owner: Customer
let order: string
beforeAll(async () => {
  const email = `many-${newId().slice(-12)}@example.com`
  owner = { kind: 'customer', userId: newId(), email }
  const shop = await makeOrganization({ name: 'Çelik Yazılım' })
  const keyConfigurationId = await shop.configuration()
  const productId = await shop.product([keyConfigurationId], 'Paint Pro')
  const purchase = { kind: 'one_time', reference: 'A-77', purchasedAt: null, sendMail: false } as const
  await createPurchase(
    shop.merchant,
    { ...purchase, productId, customer: { email, name: '' }, quantity: 60 },
    new Date(),
  )
  order = (await prisma.purchase.findFirstOrThrow({ where: { organizationId: shop.id } })).id
  for (const name of ['one', 'two', 'three', 'four', 'five'])
    await shop.issue(await shop.configuration({ name: `Draw ${name}` }), { customerEmail: email })
})

const size = { page: 1, size: 2, keysShown: 10 }
const ask = (asked: Partial<Parameters<typeof pageOfPurchases>[1]>) =>
  pageOfPurchases(owner, { ...size, ...asked }, new Date())

describe('the purchases of somebody with many', () => {
  test('come in pages, each once', async () => {
    const pages = await Promise.all([1, 2, 3].map((page) => ask({ page })))
    expect(pages.map(({ purchases }) => purchases.length)).toEqual([2, 2, 2])
    expect(new Set(pages.flatMap(({ purchases }) => purchases.map(({ id }) => id))).size).toBe(6)
    expect(pages[0]).toMatchObject({ total: 6, all: 6, pages: 3 })
    expect((await ask({ page: 99 })).page).toBe(3)
  })

  test.each([
    ['paint', 1],
    ['celik yazilim draw', 5],
    ['a-77', 1],
    ['draw three', 1],
    ['nothing like it', 0],
    ['  ', 6],
  ])('%s finds %i', async (q, total) => expect((await ask({ q })).total).toBe(total))

  test('a key is found by its end', async () => {
    const key = await prisma.licenseKey.findFirstOrThrow({ where: { purchaseId: order } })
    const { purchases } = await ask({ q: key.lastCharacters.toLowerCase() })
    expect(purchases.map(({ id }) => id)).toEqual([order])
  })

  test('of a purchase with many keys the first stand in the list, all of them on its own pages', async () => {
    const [purchase] = (await ask({ q: 'paint' })).purchases
    expect([purchase?.keys.length, purchase?.keyCount]).toEqual([10, 60])
    const pages = await Promise.all([1, 2].map((page) => ask({ purchaseId: order, page, size: 50 })))
    expect(pages.map(({ purchases }) => purchases[0]?.keys.length)).toEqual([50, 10])
    expect(pages[0]).toMatchObject({ total: 60, pages: 2 })
  })

  test('are nobody else’s', async () => {
    const stranger: Customer = { ...owner, email: 'stranger@example.com' }
    expect(await pageOfPurchases(stranger, { ...size, purchaseId: order }, new Date())).toMatchObject({
      purchases: [],
      total: 0,
    })
  })
})
