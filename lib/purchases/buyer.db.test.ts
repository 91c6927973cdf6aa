import { expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import type { Store } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { followAddress } from './buyer.ts'

// A store tells another address of its person.

async function toldOf({ chosen }: { chosen: boolean }) {
  const shop = await makeOrganization()
  const [was, told, connectionId] = [`was-${newId()}@example.com`, `told-${newId()}@example.com`, newId()]
  await prisma.storeConnection.create({
    data: {
      ...{ id: connectionId, organizationId: shop.id, store: 'custom', name: 'Shop' },
      ...{ tokenHash: Buffer.from(connectionId), token: Buffer.from('x'), createdAt: new Date() },
    } as never,
  })
  const { id } = await prisma.customer.create({
    data: { organizationId: shop.id, email: was, addressChosenAt: chosen ? new Date() : null },
  })
  const person = { connectionId, customer: 'person-1' }
  await prisma.storeCustomer.create({
    data: { ...person, register: { fields: { email: { value: told } } }, customerId: id, appliedEmail: was },
  })
  const store: Store = { kind: 'store', name: 'Shop', connectionId, organizationId: shop.id }
  const buyer = { ref: 'person-1', email: told, name: null }
  await prisma.$transaction((tx) => followAddress(tx, store, { buyer }, new Date()))
  const known = await prisma.storeCustomer.findFirstOrThrow({ where: person, include: { person: true } })
  const { email } = await prisma.customer.findUniqueOrThrow({ where: { id } })
  return { was, told, email, next: known.person?.email }
}

test('a customer follows the address that their store tells', async () => {
  const { told, email, next } = await toldOf({ chosen: false })
  expect([email, next]).toEqual([told, told])
})

test('not from one that they took themselves: what they have stays, and what comes next goes to the new one', async () => {
  const { was, told, email, next } = await toldOf({ chosen: true })
  expect([email, next]).toEqual([was, told])
})
