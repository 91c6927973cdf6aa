import { afterAll, expect, test } from 'vitest'
import { addressIsKnown } from '../auth/queries.ts'
import type { Customer, System } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { readEmail } from '../base/text.ts'
import { pool, prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { listPurchases } from '../purchases/own.ts'
import { tidyAddresses } from './tidy-addresses.ts'

const now = new Date()
const system: System = { kind: 'system', name: 'Latchkey' }
afterAll(() => pool.end())

async function shop() {
  const id = newId()
  await prisma.organization.create({ data: { id, slug: id, name: 'Test' } })
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId: id, name: 'Pro' } })
  const customer = async (email: string) => {
    const { id: customerId } = await prisma.customer.create({ data: { organizationId: id, email } })
    const owner = { organizationId: id, customerId, keyConfigurationId: configuration.id }
    const key = await prisma.licenseKey.create({
      data: { id: newId(), ...owner, ...keyStringColumns(makeKeyString('uuid', null), null) },
    })
    return { customerId, keyId: key.id }
  }
  return { id, customer }
}
const emailOf = async (id: string) => (await prisma.customer.findUniqueOrThrow({ where: { id } })).email
const keysFor = async (email: string) => {
  const userId = newId()
  const customer: Customer = { kind: 'customer', userId, email }
  return (await listPurchases(customer, now)).flatMap(({ keys }) => keys.map(({ id }) => id))
}

test.each([
  ['a domain as it is on the wire', 'ada.%@xn--mnchen-3ya.example'],
  ['letters taken apart', 'jose\u0301.%@example.com'],
  ['both', 'jose\u0301.%@xn--mnchen-3ya.example'],
])('%s: the address is found as it is typed, and the history says so', async (_, pattern) => {
  const stored = pattern.replace('%', newId().slice(-12))
  const { customer } = await shop()
  const { customerId, keyId } = await customer(stored)
  const user = await prisma.user.create({ data: { email: stored } })
  const typed = readEmail(stored) as string
  expect(typed).not.toBe(stored)
  await tidyAddresses(system, now)
  expect(await emailOf(customerId)).toBe(typed)
  expect((await prisma.user.findUniqueOrThrow({ where: { id: user.id } })).email).toBe(typed)
  expect(await addressIsKnown(typed)).toBe(true)
  expect(await keysFor(typed)).toEqual([keyId])
  const events = await prisma.event.findMany({ where: { customerId } })
  expect(events.map(({ type, data }) => [type, data])).toEqual([
    ['customer.updated', { email: typed, changes: [`Address: ${stored} → ${typed}`] }],
  ])
  // And once is enough.
  await tidyAddresses(system, now)
  expect(await prisma.event.count({ where: { customerId } })).toBe(1)
})

test('two customers whose addresses are one keep their rows, and their owner sees the keys of both', async () => {
  const { customer, id } = await shop()
  const name = `jose\u0301.${newId().slice(-12)}`
  const typed = `${name}@münchen.example`.normalize('NFC')
  const both = [await customer(typed), await customer(`${name.normalize('NFC')}@xn--mnchen-3ya.example`)]
  both.push(await customer(`${name}@xn--mnchen-3ya.example`.normalize('NFD')))
  await Promise.all([tidyAddresses(system, now), tidyAddresses(system, now)])
  expect(await prisma.customer.count({ where: { organizationId: id } })).toBe(3)
  expect((await keysFor(typed)).sort()).toEqual(both.map(({ keyId }) => keyId).sort())
  const rows = await prisma.licenseKey.findMany({ where: { organizationId: id }, select: { customerId: true } })
  expect(rows.map(({ customerId }) => customerId).sort()).toEqual(both.map(({ customerId }) => customerId).sort())
})

test('two accounts that are one: whoever signs in belongs to what both belonged to', async () => {
  const [first, second] = [await shop(), await shop()]
  const at = `${newId().slice(-12)}@bücher.example`
  const usual = await prisma.user.create({ data: { email: at } })
  const other = await prisma.user.create({ data: { email: at.replace('bücher', 'xn--bcher-kva') } })
  await prisma.membership.createMany({
    data: [
      { organizationId: first.id, userId: usual.id, role: 'owner' },
      { organizationId: first.id, userId: other.id, role: 'viewer' },
      { organizationId: second.id, userId: other.id, role: 'owner' },
    ],
  })
  await tidyAddresses(system, now)
  const held = await prisma.membership.findMany({ where: { userId: usual.id }, orderBy: { createdAt: 'asc' } })
  expect(new Map(held.map(({ organizationId, role }) => [organizationId, role]))).toEqual(
    new Map([
      [first.id, 'owner'],
      [second.id, 'owner'],
    ]),
  )
})
