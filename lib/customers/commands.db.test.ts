import { expect, test } from 'vitest'
import type { Role } from '#prisma/enums.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { updateCustomer } from './change.ts'
import { createCustomer } from './commands.ts'
import { getCustomerRecord, listCustomerRecords } from './queries.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const refusal = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) })

async function merchant(role: Role = 'admin'): Promise<Member> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  return { kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role }
}

const hana = { email: 'hana@novak.example', name: 'Hana', externalId: null }

test('a customer is added once, however many ask at once', async () => {
  const me = await merchant()
  const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => createCustomer(me, hana, now)))
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const attempt of attempts)
    if (attempt.status === 'rejected') expect(attempt.reason).toEqual(refusal('CONFLICT', 'email'))
  expect(await listCustomerRecords(me, {}, { sort: 'email', dir: 'asc', limit: 9 })).toHaveLength(1)
  expect(await prisma.event.count({ where: { organizationId: me.organizationId } })).toBe(1)
})

test('what is sent changes and history says how; what changes nothing is no event', async () => {
  const me = await merchant()
  const { customerId } = await createCustomer(me, hana, now)
  await updateCustomer(me, { customerId, email: 'h@novak.example', externalId: 'cus_1' }, now)
  await updateCustomer(me, { customerId, name: 'Hana' }, now)
  expect(await getCustomerRecord(me, customerId)).toMatchObject({
    email: 'h@novak.example',
    name: 'Hana',
    externalId: 'cus_1',
  })
  const events = await prisma.event.findMany({ where: { customerId, type: 'customer.updated' } })
  expect(events.map(({ data }) => data)).toEqual([
    {
      email: 'h@novak.example',
      changes: ['Address: hana@novak.example → h@novak.example', 'External id: none → cus_1'],
    },
  ])
  const { customerId: other } = await createCustomer(me, hana, now)
  await expect(updateCustomer(me, { customerId: other, email: 'h@novak.example' }, now)).rejects.toThrow(
    refusal('CONFLICT', 'email'),
  )
})

test('another organization finds nobody, and viewers change nobody', async () => {
  const [me, other] = [await merchant(), await merchant()]
  const { customerId } = await createCustomer(me, hana, now)
  await expect(updateCustomer(other, { customerId, name: 'Mine' }, now)).rejects.toThrow(refusal('NOT_FOUND'))
  await expect(getCustomerRecord(other, customerId)).rejects.toThrow(refusal('NOT_FOUND'))
  const viewer = { ...me, role: 'viewer' as const }
  await expect(updateCustomer(viewer, { customerId, name: 'Mine' }, now)).rejects.toThrow(refusal('FORBIDDEN'))
  await expect(createCustomer(viewer, { ...hana, email: 'x@x.example' }, now)).rejects.toThrow(refusal('FORBIDDEN'))
})
