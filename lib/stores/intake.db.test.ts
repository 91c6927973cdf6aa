import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { newCustomSecret } from '../vendors/custom/store.ts'
import { connectStore, setStoreSecret } from './commands.ts'
import { answerStore } from './intake.ts'
import { listStores, salesInWant } from './queries.ts'

const paid = {
  ...{ type: 'purchase.updated', timestamp: '2026-09-01T10:00:05Z' },
  data: {
    order_id: '1001',
    status: 'active',
    items: [{ product_id: 'quill' }],
    customer: { email: 'lena@customer.example' },
  },
}

test('who sends to us with their own program is told what is wrong, and so is the merchant', async () => {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  const me: Member = {
    kind: 'merchant',
    userId: newId(),
    email: 'm@test.example',
    name: null,
    organizationId,
    role: 'owner',
  }
  const now = new Date()
  const { connectionId, token } = await connectStore(me, { store: 'custom', mode: 'live', name: 'Shop' }, now)
  const secret = newCustomSecret()
  await setStoreSecret(me, { connectionId, secret }, now)
  const send = async (body: string, method = 'POST') => {
    const at = String(Math.floor(now.getTime() / 1_000))
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const signature = createHmac('sha256', key).update(`id.${at}.${body}`).digest('base64')
    const headers: Record<string, string> = {
      'webhook-id': 'id',
      'webhook-timestamp': at,
      'webhook-signature': `v1,${signature}`,
    }
    const answer = await answerStore({
      ...{ method, path: `/custom/${token}`, query: '', address: null },
      header: (name) => headers[name] ?? null,
      body: async () => Buffer.from(body),
    })
    return [answer.status, answer.body] as const
  }
  expect(await send('{', 'POST')).toEqual([400, 'The body is not JSON.'])
  expect(await send(JSON.stringify({ ...paid, data: { ...paid.data, status: 'paid' } }))).toEqual([
    400,
    expect.stringContaining('status'),
  ])
  // Nothing is kept of either but how often, and why the last one.
  expect(await prisma.storeDelivery.count({ where: { connectionId } })).toBe(0)
  expect(await prisma.storeConnection.findUniqueOrThrow({ where: { id: connectionId } })).toMatchObject({
    ...{ refusals: 2, lastRefusal: expect.stringContaining('status'), lastRefusedAt: expect.any(Date) },
    firstDeliveryAt: null,
  })
  expect((await salesInWant(me, new Date())).troubles).toMatchObject([{ id: connectionId, trouble: 'refused' }])
  expect((await send('', 'GET'))[0]).toBe(405)
  expect(await send(JSON.stringify(paid))).toEqual([200, 'ok'])
  expect(await prisma.storeDelivery.count({ where: { connectionId, type: 'purchase.updated' } })).toBe(1)
  // What is heard later is newer than what was refused; a month of silence is news again.
  expect((await salesInWant(me, new Date())).troubles).toEqual([])
  const later = new Date(Date.now() + 31 * 86_400_000)
  expect((await salesInWant(me, later)).troubles).toMatchObject([{ trouble: 'silent' }])

  // Who sold something every other day, for a month and more, is missed earlier.
  const at = (days: number) => new Date(later.getTime() - days * 86_400_000)
  const sold = (count: number) =>
    prisma.storeDelivery.createMany({
      data: Array.from({ length: count }, (_, index) => ({
        ...{ connectionId, key: `sold-${count}-${index}`, type: 'purchase.updated', content: Buffer.from('') },
        ...{ state: 'done' as const, receivedAt: at(9 + index * 2), dueAt: later },
      })),
    })
  await prisma.storeDelivery.deleteMany({ where: { connectionId } })
  await prisma.storeConnection.update({
    where: { id: connectionId },
    data: { lastDeliveryAt: at(9), firstDeliveryAt: at(60) },
  })
  await sold(5)
  expect((await salesInWant(me, later)).troubles).toEqual([])
  await sold(6)
  expect((await salesInWant(me, later)).troubles).toMatchObject([{ trouble: 'silent' }])
  const [listed] = await listStores(me)
  expect(listed?.longestGapDays).toBe(2)
  // The trials of a new shop are no rhythm.
  await prisma.storeConnection.update({ where: { id: connectionId }, data: { firstDeliveryAt: at(20) } })
  expect((await salesInWant(me, later)).troubles).toEqual([])
})
