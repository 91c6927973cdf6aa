import { expect, test } from 'vitest'
import type { Merchant } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { type CustomerListParams, getCustomer, listCustomers, listPurchasesOf } from './queries.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const by = (sort: CustomerListParams['sort'], dir: 'asc' | 'desc' = 'asc') => ({ page: 1, size: 50, sort, dir })

async function merchant(): Promise<Merchant> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  return { kind: 'merchant', userId: newId(), email: 'm@test.example', name: null, organizationId, role: 'viewer' }
}

async function customer(me: Merchant, email: string, name: string | null, keys: (Date | null)[] = []) {
  const { organizationId } = me
  const made = await prisma.customer.create({ data: { organizationId, email, name } })
  if (keys.length === 0) return made.id
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: newId() } })
  const product = await prisma.product.create({ data: { organizationId, name: newId() } })
  const purchase = await prisma.purchase.create({
    data: { organizationId, customerId: made.id, productId: product.id, reference: newId(), purchasedAt: now },
  })
  for (const lastValidatedAt of keys) {
    const key = await prisma.licenseKey.create({
      data: {
        organizationId,
        customerId: made.id,
        keyConfigurationId: configuration.id,
        productId: product.id,
        purchaseId: purchase.id,
        ...keyStringColumns(makeKeyString('uuid', 'APP'), 'APP'),
        lastValidatedAt,
      },
    })
    await prisma.activation.create({ data: { organizationId, licenseKeyId: key.id, label: 'A' } })
    await prisma.activation.create({ data: { organizationId, licenseKeyId: key.id, label: 'B', deactivatedAt: now } })
  }
  return made.id
}

test('lists what each customer holds, found by name or address, sorted with nothing last', async () => {
  const me = await merchant()
  const earlier = new Date('2026-11-01T00:00:00.000Z')
  const zoe = await customer(me, 'zoe@x.example', 'Zoë', [now, earlier])
  const anon = await customer(me, 'anon@x.example', null)
  const bea = await customer(me, 'bea@y.example', 'Bea', [earlier, null, null])
  const list = async (q: string, params = by('name')) =>
    (await listCustomers(me, { q }, params)).customers.map((each) => each.id)
  const { customers, total } = await listCustomers(me, {}, by('name'))
  expect(total).toBe(3)
  expect(customers.map((each) => each.id)).toEqual([anon, bea, zoe])
  expect(customers[2]).toMatchObject({ name: 'Zoë', keys: 2, devices: 2, purchases: 1, lastSeenAt: now })
  expect(customers[0]).toMatchObject({ name: null, keys: 0, devices: 0, purchases: 0, lastSeenAt: null })
  expect(await list('', by('keys', 'desc'))).toEqual([bea, zoe, anon])
  expect(await list('', by('lastSeenAt', 'desc'))).toEqual([zoe, bea, anon])
  expect(await list('', by('lastSeenAt', 'asc'))).toEqual([bea, zoe, anon])
  expect(await list('@X.EX')).toEqual([anon, zoe])
  expect(await list(' zo ')).toEqual([zoe])
  expect(await list('%')).toEqual([])
  expect(await list('_')).toEqual([])
  expect((await listCustomers(me, {}, { ...by('name'), page: 2, size: 2 })).customers.map((each) => each.id)).toEqual([
    zoe,
  ])
})

test('one customer has their purchases with the keys of each', async () => {
  const me = await merchant()
  const id = await customer(me, 'zoe@x.example', 'Zoë', [now, null])
  const found = await getCustomer(me, id)
  expect(found).toMatchObject({ email: 'zoe@x.example' })
  const { purchases, total } = await listPurchasesOf(me, id, { page: 1, size: 50 })
  expect(purchases).toMatchObject([{ status: 'active', source: 'manual' }])
  expect(purchases[0]?.licenseKeys).toHaveLength(2)
  expect(total).toBe(1)
})

test('the oldest of very many purchases is reached by paging, and none twice', async () => {
  const me = await merchant()
  const id = await customer(me, 'many@x.example', 'Many', [now])
  const { productId } = await prisma.purchase.findFirstOrThrow({ where: { customerId: id } })
  const { organizationId } = me
  await prisma.purchase.createMany({
    data: Array.from({ length: 205 }, (_, i) => ({
      ...{ organizationId, customerId: id, productId, reference: `many-${i}`, purchasedAt: new Date(i * 1_000) },
    })),
  })
  const references: string[] = []
  for (let page = 1; page <= 5; page++) {
    const part = await listPurchasesOf(me, id, { page, size: 50 })
    expect(part.total).toBe(206)
    references.push(...part.purchases.map(({ reference }) => reference))
  }
  expect(new Set(references).size).toBe(206)
  expect(references.at(-1)).toBe('many-0')
})

test('another organization sees neither the customer nor their number', async () => {
  const [me, other] = [await merchant(), await merchant()]
  const id = await customer(other, 'zoe@x.example', 'Zoë', [now])
  const missing = expect.objectContaining({ code: 'NOT_FOUND' })
  for (const each of [id, newId(), 'x']) await expect(getCustomer(me, each)).rejects.toThrow(missing)
  expect(await listCustomers(me, { q: 'zoe' }, by('name'))).toMatchObject({ customers: [], total: 0 })
})
