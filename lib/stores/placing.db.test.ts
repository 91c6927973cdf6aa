import { expect, test } from 'vitest'
import { sampleWith } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { connectStore, placeProduct, setStoreCredential, setStoreSecret } from './commands.ts'
import { handleDelivery } from './handle.ts'
import { answerStore } from './intake.ts'
import { getStore, listDeliveries, listStoreProducts, listStores } from './queries.ts'
import { wantsAccess } from './rules.ts'

// What a connection asks people about, and what it says of what waits.

const system = { kind: 'system', name: 'Latchkey' } as const

async function shop(store: 'stripe' | 'custom', secret: string) {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role: 'owner' },
  }
  const { connectionId, token } = await connectStore(me, { store, mode: 'live', name: 'Shop' }, new Date())
  await setStoreSecret(me, { connectionId, secret }, new Date())
  const handleAll = async () => {
    for (;;) {
      const [next] = await prisma.storeDelivery.findMany({ where: { connectionId, state: 'new' }, take: 1 })
      if (!next) return
      await handleDelivery(system, next.id, new Date())
    }
  }
  const send = async (id: string, type: string, message: object) => {
    const body = JSON.stringify(message)
    const sign = store === 'stripe' ? signers.stripe : signers.standard()
    const headers = sign({ id, type, body }, new Date(), secret)
    const answer = await answerStore({
      ...{ method: 'POST', path: `/${store}/${token}`, query: '', address: null },
      header: (name) => headers[name] ?? null,
      body: async () => Buffer.from(body),
    })
    expect(answer).toMatchObject({ status: 200 })
    await handleAll()
  }
  const asked = async () =>
    (await listStoreProducts(me, connectionId)).filter(({ product, isIgnored }) => !product && !isIgnored)
  const placeNew = (ref: string) =>
    placeProduct(
      me,
      { connectionId, ref, as: { kind: 'new', name: ref, keyConfigurationId: null }, quantityIs: 'keys' },
      new Date(),
    ).then(handleAll)
  return { me, connectionId, send, asked, placeNew, handleAll }
}

let sessions = 0
/** A paid checkout of Stripe, as one of a payment link or with what the merchant wrote into its metadata. */
function checkout(session: { payment_link: string | null; metadata: object }) {
  sessions += 1
  const id = `cs_live_${sessions}`
  const event = sampleWith('stripe', 'checkout.session.completed', {
    id: `evt_${sessions}`,
    data: { object: { id, payment_intent: `pi_${sessions}`, line_items: null, ...session } },
  })
  return [event.id as string, event.type as string, event] as const
}

const stripeSecret = 'whsec_of_stripe'
const ownSecret = `whsec_${Buffer.from('inkwell-custom-secret-of-32-bytes').toString('base64')}`

test('a sale whose metadata names its product is asked about once, by that name', async () => {
  const { send, asked, placeNew } = await shop('stripe', stripeSecret)
  const both = { payment_link: 'plink_1', metadata: { latchkey_product: 'editor' } }
  await send(...checkout(both))
  expect(await asked()).toMatchObject([{ ref: 'editor', waiting: 1 }])
  // Another sale by that link names nothing: that is a question of its own.
  await send(...checkout({ payment_link: 'plink_1', metadata: {} }))
  expect(await asked()).toMatchObject([
    { ref: 'editor', waiting: 1 },
    { ref: 'plink_1', waiting: 1 },
  ])
  await placeNew('editor')
  expect(await asked()).toMatchObject([{ ref: 'plink_1', waiting: 1 }])
  await placeNew('plink_1')
  expect(await asked()).toEqual([])
})

test('a question goes away once what it asked is answered otherwise', async () => {
  const { connectionId, send, asked, placeNew } = await shop('stripe', stripeSecret)
  await send(...checkout({ payment_link: 'plink_1', metadata: { latchkey_product: 'editor' } }))
  // A question of before the merchant wrote metadata, of which no sale waits any more.
  await prisma.storeProduct.create({ data: { connectionId, ref: 'plink_1', firstSeenAt: new Date() } })
  expect((await asked()).map(({ ref }) => ref)).toEqual(['editor', 'plink_1'])
  await placeNew('editor')
  expect(await asked()).toEqual([])
})

test('what waits says who bought, for how much and when', async () => {
  const { send, asked } = await shop('stripe', stripeSecret)
  await send(...checkout({ payment_link: 'plink_1', metadata: {} }))
  expect(await asked()).toMatchObject([
    {
      name: null,
      sales: [
        {
          ...{ buyer: 'lena@customer.example', amount: 14_700, currency: 'eur' },
          boughtAt: new Date('2026-09-01T09:58:00Z'),
        },
      ],
    },
  ])
})

test('a sale that names no product wants API access, and is tried again once that is there', async () => {
  const { me, connectionId, send } = await shop('stripe', stripeSecret)
  await send(...checkout({ payment_link: null, metadata: {} }))
  const store = await getStore(me, connectionId, new Date())
  expect(store.waits).toMatchObject([{ for: 'product', count: 1 }])
  expect(wantsAccess(store)).toBe(true)
  await setStoreCredential(me, { connectionId, credential: 'rk_live_1' }, new Date())
  expect(await prisma.storeDelivery.count({ where: { connectionId, state: 'new' } })).toBe(1)
  expect(wantsAccess(await getStore(me, connectionId, new Date()))).toBe(false)
})

test('a refund of a payment that nothing here has waits and is counted, until the payment is told', async () => {
  const { me, connectionId, send, placeNew } = await shop('custom', ownSecret)
  const message = (id: string, type: string, data: object) =>
    send(id, type, { type, timestamp: new Date().toISOString(), data })
  const states = async () =>
    (await listDeliveries(me, connectionId, {}, { page: 1, size: 50 })).deliveries.map(({ type, state }) => [
      type,
      state,
    ])
  const counted = async () => (await listStores(me))[0]?.waiting.unpaid
  await message('m1', 'purchase.updated', {
    ...{ order_id: 'W-1', status: 'active', customer: { email: 'lena@customer.example' } },
    items: [{ product_id: 'editor' }],
  })
  await placeNew('editor')
  await message('m2', 'refund.updated', { id: 'ref_1', payment_id: 'pay_1', status: 'succeeded', amount: 'all' })
  expect((await states())[0]).toEqual(['refund.updated', 'waiting'])
  expect(await counted()).toBe(1)
  await message('m3', 'payment.received', { id: 'pay_1', order_id: 'W-1', amount: 4_900, currency: 'EUR' })
  expect((await states()).map(([, state]) => state)).toEqual(['done', 'done', 'done'])
  expect(await counted()).toBe(0)
  expect(await prisma.licenseKey.findFirst({ where: { organizationId: me.organizationId } })).toMatchObject({
    revokedFor: ['refunded'],
  })
})
