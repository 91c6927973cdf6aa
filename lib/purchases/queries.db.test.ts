import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Customer } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { getPurchasedKey, getPurchasedStrings, listPurchases } from './own.ts'

const now = new Date()
const person = (email: string): Customer => ({ kind: 'customer', userId: randomUUID(), email })

async function shop(name: string, email: string, other = email) {
  const { id: organizationId } = await prisma.organization.create({ data: { name, slug: randomUUID() } })
  const customer = await prisma.customer.create({ data: { organizationId, email } })
  const payer = other === email ? customer : await prisma.customer.create({ data: { organizationId, email: other } })
  const product = await prisma.product.create({ data: { organizationId, name: `${name} Editor` } })
  const configuration = await prisma.keyConfiguration.create({
    data: {
      organizationId,
      name: 'Standard',
      activationsMode: 'limited',
      activationLimit: 3,
      usageLimit: 100,
      usageReset: 'month',
      customerMayRename: false,
    },
  })
  const issue = (purchaseId: string | null) => {
    const keyString = makeKeyString('short', 'ED')
    return prisma.licenseKey
      .create({
        data: {
          id: newId(now),
          organizationId,
          customerId: customer.id,
          keyConfigurationId: configuration.id,
          productId: product.id,
          purchaseId,
          usage: 64,
          usagePeriodStart: new Date(0),
          ...keyStringColumns(keyString, 'ED'),
        },
      })
      .then(({ id }) => ({ id, keyString, organizationId }))
  }
  const buy = (at: Date) =>
    prisma.purchase.create({
      data: {
        organizationId,
        customerId: payer.id,
        productId: product.id,
        reference: randomUUID(),
        purchasedAt: at,
      },
    })
  return { issue, buy }
}

test('a person sees what they bought everywhere, newest first, and nothing else', async () => {
  const email = `${randomUUID()}@example.com`
  const inkwell = await shop('Inkwell', email)
  const kite = await shop('Kite', email)
  const other = await shop('Inkwell', `${randomUUID()}@example.com`)
  const old = await inkwell.buy(new Date('2020-01-01'))
  const recent = await kite.buy(new Date('2021-01-01'))
  const key = await inkwell.issue(old.id)
  const second = await inkwell.issue(old.id)
  const given = await inkwell.issue(null)
  const foreign = await other.issue((await other.buy(now)).id)

  const purchases = await listPurchases(person(email), now)
  expect(purchases.map(({ id }) => id)).toEqual([given.id, recent.id, old.id])
  expect(purchases.map(({ organization }) => organization.name)).toEqual(['Inkwell', 'Kite', 'Inkwell'])
  expect(purchases[2]?.keys.map(({ id }) => id)).toEqual([key.id, second.id])
  expect(purchases[0]).toMatchObject({ reference: null, keys: [{ id: given.id }] })
  expect(JSON.stringify(purchases)).not.toContain(foreign.id)
  expect(JSON.stringify(purchases)).not.toContain(key.keyString) // lists never carry the string

  await expect(getPurchasedKey(person(email), foreign.id, now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(getPurchasedKey(person(email), randomUUID(), now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(getPurchasedKey(person(email), "x' or 1=1", now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('all strings of a purchase are its owner’s to copy, and nobody else’s', async () => {
  const email = `${randomUUID()}@example.com`
  const inkwell = await shop('Inkwell', email)
  const { id } = await inkwell.buy(now)
  const keys = [await inkwell.issue(id), await inkwell.issue(id)]
  await inkwell.issue(null)
  const strings = await getPurchasedStrings(person(email), id)
  expect(strings.toSorted()).toEqual(keys.map(({ keyString }) => keyString).toSorted())
  for (const [who, what] of [
    [`${randomUUID()}@example.com`, id],
    [email, randomUUID()],
    [email, 'no id'],
  ] as const)
    await expect(getPurchasedStrings(person(who), what)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('one key tells its string, its live devices, this period’s usage and what its owner may do', async () => {
  const email = `${randomUUID()}@example.com`
  const { id, keyString, organizationId } = await (await shop('Inkwell', email)).issue(null)
  const device = (label: string, deactivatedAt: Date | null) =>
    prisma.activation.create({ data: { organizationId, licenseKeyId: id, label, deactivatedAt } })
  await device('Studio iMac', null)
  await device('Old MacBook', now)
  const key = await getPurchasedKey(person(email), id, now)
  expect(key.keyString).toBe(keyString)
  expect(key.activations.map(({ label }) => label)).toEqual(['Studio iMac'])
  expect(key.devices).toEqual({ mode: 'limited', used: 1, limit: 3 })
  expect(key.usage).toMatchObject({ used: 0, limit: 100, reset: 'month' }) // counted in a period long gone
  expect(key.mayNotDeactivate).toBeNull()
  expect(key.mayNotRename).toContain('seller')
})

test.each([
  ['the same one', (name: string) => `${name}@münchen.example`, true],
  ['in another spelling', (name: string) => `${name}@xn--mnchen-3ya.example`, true],
  ['somebody else’s', () => `${randomUUID()}@example.com`, false],
])('the order of a key is shown to whoever paid it: by an address that is %s', async (_, addressOf, isShown) => {
  const name = randomUUID()
  const { issue, buy } = await shop('Inkwell', `${name}@münchen.example`, addressOf(name))
  const { reference, purchasedAt, status, id } = await buy(now)
  const key = await issue(id)
  const seen = await getPurchasedKey(person(`${name}@münchen.example`), key.id, now)
  if (isShown) expect(seen.purchase).toMatchObject({ reference, purchasedAt, status })
  else expect(seen.purchase).toBeNull()
})
