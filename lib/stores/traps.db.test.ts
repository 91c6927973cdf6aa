import { afterEach, expect, test } from 'vitest'
import {
  begin,
  end,
  handleAll,
  type Life,
  post,
  type Sent,
  sampleWith,
  snapshot,
  type Telling,
} from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'
import { prisma } from '../database/client.ts'
import { sweepStores } from './handle.ts'

/*
 * What users of other systems complain about when keys are sold by a store, each as a test.
 *
 * Three of them are told in the lives of the stores (life-*.db.test.ts): a server that was down (what was lost is read from the API), a
 * cancellation that only a date tells (Stripe), and three of a product as one key for three times the devices (polar-life.db.test.ts).
 */

const BUYER = { id: '31', email: 'lena@customer.example', name: 'Lena Ortiz' }

const shop: Life = {
  store: 'custom',
  secret: `whsec_${Buffer.from('inkwell-custom-secret-of-32-bytes').toString('base64')}`,
  headers: signers.standard(),
  products: { pro: 'Quill Pro', studio: 'Quill Studio' },
  steps: [{ what: 'it is connected', at: '2026-09-01T10:00:00Z', sends: [], stands: [] }],
}

const open: Telling[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await end(each)
})

async function connected(life: Life = shop): Promise<Telling> {
  const telling = await begin(life)
  open.push(telling)
  return telling
}

let count = 0
const message = (type: string, timestamp: string, data: object, more: object = {}): Sent => {
  count += 1
  return { id: `msg_${count}`, type, body: JSON.stringify({ type, timestamp, data, ...more }), at: timestamp }
}
const order = (at: string, status: string, more: object = {}) =>
  message('purchase.updated', at, {
    order_id: '1001',
    status,
    items: [{ product_id: 'pro' }],
    customer: BUYER,
    ...more,
  })
const subscription = (at: string, status: string, more: object = {}) =>
  message('purchase.updated', at, {
    ...{ subscription_id: 'S7', status, items: [{ product_id: 'pro' }], customer: BUYER, ...more },
  })
const payment = (at: string, more: object = {}) =>
  message('payment.received', at, { id: 'p1', order_id: '1001', amount: 14_700, currency: 'EUR', ...more })
const renewal = (at: string, id: string, until: string) =>
  message('payment.received', at, { id, subscription_id: 'S7', amount: 2_900, currency: 'EUR', paid_through: until })
const refund = (at: string, more: object = {}) =>
  message('refund.updated', at, { id: 'r1', payment_id: 'p1', status: 'succeeded', amount: 'all', ...more })

/** Delivers and handles these one after the other, the last of them at its own time; then says how everything stands. */
async function tell(at: Telling, ...sent: Sent[]): Promise<string[]> {
  const now = new Date(sent.at(-1)?.at ?? 0)
  for (const each of sent) {
    await post(at, each, now)
    await handleAll(at, now)
  }
  return stands(at, now.toISOString())
}

const stands = async (at: Telling, now: string): Promise<string[]> => (await snapshot(at, new Date(now))).stands
const keys = ({ organizationId }: Telling) =>
  prisma.licenseKey.findMany({ where: { organizationId }, orderBy: { id: 'asc' } })
const customers = async ({ organizationId }: Telling) =>
  (await prisma.customer.findMany({ where: { organizationId } })).map(({ email }) => email).sort()
const mails = ({ organizationId }: Telling) =>
  prisma.mail.findMany({ where: { organizationId, template: { in: ['license-key', 'license-keys'] } } })

test('1: a sale that is told again, set back and told once more is one key and one mail', async () => {
  const at = await connected()
  const paid = [order('2026-09-01T10:00:05Z', 'active'), payment('2026-09-01T10:00:05Z')]
  await tell(at, ...paid)
  await tell(at, ...paid, order('2026-09-01T10:00:05Z', 'active'))
  // It is paid, whatever somebody in the shop sets it to.
  expect(await tell(at, order('2026-09-02T10:00:00Z', 'pending'))).toEqual(['Quill Pro ×1: active'])
  expect(await tell(at, order('2026-09-03T10:00:00Z', 'active'))).toEqual(['Quill Pro ×1: active'])
  expect(await keys(at)).toHaveLength(1)
  expect(await mails(at)).toHaveLength(1)
})

test('2: the same sale, sent ten times within a second under ten ids, is one', async () => {
  const at = await connected()
  const now = new Date('2026-09-01T10:00:05Z')
  const sent = Array.from({ length: 10 }, () =>
    order('2026-09-01T10:00:05Z', 'active', { items: [{ product_id: 'pro', quantity: 2 }] }),
  )
  await Promise.all(sent.map((each) => post(at, each, now)))
  await Promise.all(
    Array.from({ length: 4 }, () => sweepStores({ kind: 'system', name: 'Latchkey' }, now, at.connectionId)),
  )
  expect(await stands(at, '2026-09-01T10:00:06Z')).toEqual(['Quill Pro ×2: active'])
  expect(await keys(at)).toHaveLength(2)
  // Both keys in one.
  expect(await mails(at)).toHaveLength(1)
})

test('3: the key is there before its mail is sent, and the mail waits until it is', async () => {
  const at = await connected()
  expect(await tell(at, order('2026-09-01T10:00:05Z', 'active'))).toEqual(['Quill Pro ×1: active'])
  const [key] = await keys(at)
  expect(await mails(at)).toMatchObject([{ licenseKeyId: key?.id, to: 'lena@customer.example', sentAt: null }])
})

test('4: the key goes to the address that was typed, whenever that of the account is told', async () => {
  const account = () =>
    message('customer.updated', '2026-08-01T10:00:00Z', { id: '31', email: 'account@customer.example', name: null })
  const typed = () => order('2026-09-01T10:00:05Z', 'active')
  for (const sent of [
    [account(), typed()],
    [typed(), account()],
  ]) {
    const at = await connected()
    await tell(at, ...sent)
    expect(await customers(at)).toEqual(['lena@customer.example'])
    expect(await mails(at)).toMatchObject([{ to: 'lena@customer.example' }])
  }
})

test('6: a refund ends the key, also when it is told before the sale', async () => {
  const at = await connected()
  expect(await tell(at, refund('2026-09-05T12:00:00Z'))).toEqual([])
  const paid = [
    order('2026-09-01T10:00:05Z', 'active'),
    { ...payment('2026-09-01T10:00:05Z'), at: '2026-09-05T12:00:01Z' },
  ]
  await tell(at, ...paid)
  expect(await stands(at, '2026-09-05T12:00:02Z')).toEqual(['Quill Pro ×0: refunded'])
})

test('7: a part of the money takes nothing; an item takes its own keys', async () => {
  const at = await connected()
  const items = [
    { id: 'a', product_id: 'pro', quantity: 2 },
    { id: 'b', product_id: 'studio' },
  ]
  await tell(at, order('2026-09-01T10:00:05Z', 'active', { items }), payment('2026-09-01T10:00:05Z'))
  const all = ['Quill Pro ×2: active', 'Quill Studio ×1: active']
  expect(await tell(at, refund('2026-09-05T12:00:00Z', { amount: 4_900 }))).toEqual(all)
  const one = refund('2026-09-06T12:00:00Z', { id: 'r2', amount: 4_900, items: [{ id: 'a', quantity: 1 }] })
  expect(await tell(at, one)).toEqual(['Quill Pro ×1: active', 'Quill Studio ×1: active'])
  const other = refund('2026-09-07T12:00:00Z', { id: 'r3', amount: 100, items: [{ id: 'b', quantity: 1 }] })
  expect(await tell(at, other)).toEqual(['Quill Pro ×1: active', 'Quill Studio ×0: refunded'])
})

test('8: of a renewal that was charged twice one may go back', async () => {
  const at = await connected()
  await tell(
    at,
    ...[subscription('2026-09-01T10:00:05Z', 'active'), renewal('2026-09-01T10:00:05Z', 'p1', '2027-09-01T10:00:00Z')],
    ...['p2', 'p3'].map((id) => renewal('2027-09-01T10:00:05Z', id, '2028-09-01T10:00:00Z')),
  )
  const doubled = refund('2027-09-02T10:00:00Z', { payment_id: 'p3' })
  expect(await tell(at, doubled)).toEqual(['Quill Pro ×1: active paid 2028-09-01'])
  // The other one, too: then what was paid before holds.
  const whole = refund('2027-09-03T10:00:00Z', { id: 'r2', payment_id: 'p2' })
  expect(await tell(at, whole)).toEqual(['Quill Pro ×1: active paid 2027-09-01'])
})

test('9: what is older changes nothing, whenever it comes', async () => {
  const at = await connected()
  await tell(at, subscription('2026-09-01T10:00:05Z', 'active'))
  const ended = ['Quill Pro ×0: ended ends 2026-10-01']
  expect(await tell(at, subscription('2026-10-01T10:00:00.000002Z', 'ended'))).toEqual(ended)
  // By a millionth of a second.
  const older = { ...subscription('2026-10-01T10:00:00.000001Z', 'active'), at: '2026-10-01T10:00:04Z' }
  expect(await tell(at, older)).toEqual(ended)
})

test('11: a cancellation lets keys work until what is paid is over', async () => {
  const at = await connected()
  const ends_at = '2027-09-01T10:00:00Z'
  await tell(at, subscription('2026-09-01T10:00:05Z', 'active'), renewal('2026-09-01T10:00:05Z', 'p1', ends_at))
  await tell(at, subscription('2026-11-02T09:00:00Z', 'active', { ends_at }))
  expect(await stands(at, '2027-09-01T09:59:59Z')).toEqual(['Quill Pro ×1: ending paid 2027-09-01 ends 2027-09-01'])
  expect(await stands(at, '2027-09-01T10:00:00Z')).toEqual(['Quill Pro ×0: ended paid 2027-09-01 ends 2027-09-01'])
})

test('11: what was to end later and is over now, ends now', async () => {
  const at = await connected()
  await tell(
    at,
    subscription('2026-09-01T10:00:05Z', 'active'),
    renewal('2026-09-01T10:00:05Z', 'p7', '2026-10-01T10:00:00Z'),
  )
  await tell(at, subscription('2026-09-05T10:00:00Z', 'active', { ends_at: '2026-10-01T10:00:00Z' }))
  expect((await keys(at)).map(({ status }) => status)).toEqual(['granted'])
  await tell(at, subscription('2026-09-10T10:00:00Z', 'ended'))
  expect((await keys(at)).map(({ status }) => status)).toEqual(['revoked'])
})

test('12: a charge that fails starts a time of grace, which others do not move, and which ends by itself', async () => {
  const at = await connected()
  await tell(
    at,
    subscription('2026-09-01T10:00:05Z', 'active'),
    renewal('2026-09-01T10:00:05Z', 'p1', '2027-09-01T10:00:00Z'),
  )
  const grace = ['Quill Pro ×1: past_due paid 2027-09-01 grace 2027-09-15']
  for (const day of ['01', '04', '09', '14'])
    expect(await tell(at, subscription(`2027-09-${day}T10:05:00Z`, 'past_due'))).toEqual(grace)
  expect(await stands(at, '2027-09-15T10:04:59Z')).toEqual(grace)
  expect(await stands(at, '2027-09-15T10:05:00Z')).toEqual(['Quill Pro ×0: lapsed paid 2027-09-01 grace 2027-09-15'])
  // The next year is another time of grace.
  await tell(
    at,
    renewal('2027-09-16T10:00:00Z', 'p2', '2028-09-01T10:00:00Z'),
    subscription('2027-09-16T10:00:00Z', 'active'),
  )
  expect(await tell(at, subscription('2028-09-01T10:05:00Z', 'past_due'))).toEqual([
    'Quill Pro ×1: past_due paid 2028-09-01 grace 2028-09-15',
  ])
})

test('13: a day is the whole of it, and a renewal may come late', async () => {
  const fastspring: Life = {
    ...shop,
    ...{ store: 'fastspring', secret: 'inkwell-fs-secret', headers: signers.fastspring },
    products: { 'quill-pro-yearly': 'Quill Pro' },
  }
  const event = (name: string, at: string): Sent => ({
    ...{ id: name, type: name, at },
    body: JSON.stringify(sampleWith('fastspring', name)),
  })
  const at = await connected(fastspring)
  await tell(at, event('subscription.activated', '2026-09-01T10:00:06Z'))
  // It is charged at some hour of the day that it names, and may take days.
  const active = ['Quill Pro ×3: active paid 2027-09-01']
  expect(await stands(at, '2027-09-01T23:00:00Z')).toEqual(active)
  expect(await stands(at, '2027-09-15T23:00:00Z')).toEqual(active)
  expect(await stands(at, '2027-09-16T00:00:00Z')).toEqual(['Quill Pro ×0: lapsed paid 2027-09-01'])
  await tell(at, event('subscription.canceled', '2027-09-16T00:00:01Z'))
  const canceled = await connected(fastspring)
  await tell(canceled, event('subscription.canceled', '2026-11-02T09:00:00Z'))
  expect(await stands(canceled, '2027-09-01T23:00:00Z')).toEqual([
    'Quill Pro ×3: ending paid 2027-09-01 ends 2027-09-01',
  ])
  expect(await stands(canceled, '2027-09-02T00:00:00Z')).toEqual([
    'Quill Pro ×0: ended paid 2027-09-01 ends 2027-09-01',
  ])
})

test('14: a trial goes over into what is paid, without a date on the key', async () => {
  const at = await connected()
  expect(
    await tell(at, subscription('2026-09-01T10:00:05Z', 'active', { trial_ends_at: '2026-09-15T10:00:00Z' })),
  ).toEqual(['Quill Pro ×1: trial'])
  for (const year of [2026, 2027, 2028]) {
    await tell(at, renewal(`${year}-09-15T10:00:05Z`, `p${year}`, `${year + 1}-09-15T10:00:00Z`))
    expect(await stands(at, `${year + 1}-09-14T10:00:00Z`)).toEqual([`Quill Pro ×1: active paid ${year + 1}-09-15`])
  }
  expect(await keys(at)).toMatchObject([{ expiresAt: null, status: 'granted' }])
})

test('15, 16: another plan, its renewal, an end and a new beginning are one key', async () => {
  const at = await connected()
  const items = [{ product_id: 'studio' }]
  await tell(
    at,
    subscription('2026-09-01T10:00:05Z', 'active'),
    renewal('2026-09-01T10:00:05Z', 'p1', '2027-09-01T10:00:00Z'),
  )
  const [first] = await keys(at)
  const studio = ['Quill Studio ×1: active paid 2027-09-01']
  expect(await tell(at, subscription('2026-12-01T09:00:00Z', 'active', { items }))).toEqual(studio)
  await tell(at, renewal('2027-09-01T10:00:05Z', 'p2', '2028-09-01T10:00:00Z'))
  await tell(at, subscription('2028-03-01T09:00:00Z', 'ended', { items }))
  expect(await keys(at)).toMatchObject([{ status: 'revoked', revokedFor: ['ended'] }])
  expect(await tell(at, subscription('2028-04-01T09:00:00Z', 'active', { items }))).toEqual([
    'Quill Studio ×1: active paid 2028-09-01',
  ])
  const [last, ...more] = await keys(at)
  expect([last?.id, last?.keyHash, more]).toEqual([first?.id, first?.keyHash, []])
})

test('17: five are five keys; of those that are too many the ones that are used stay', async () => {
  const at = await connected()
  const some = (quantity: number) => ({ items: [{ product_id: 'pro', quantity }] })
  expect(await tell(at, subscription('2026-09-01T10:00:05Z', 'active', some(5)))).toEqual(['Quill Pro ×5: active'])
  const used = (await keys(at)).slice(3)
  await prisma.licenseKey.updateMany({
    where: { id: { in: used.map(({ id }) => id) } },
    data: { firstActivatedAt: new Date('2026-09-02T10:00:00Z') },
  })
  expect(await tell(at, subscription('2026-10-01T10:00:00Z', 'active', some(2)))).toEqual(['Quill Pro ×2: active'])
  const granted = (await keys(at)).filter(({ status }) => status === 'granted')
  expect(granted.map(({ id }) => id)).toEqual(used.map(({ id }) => id))
  expect(await tell(at, subscription('2026-11-01T10:00:00Z', 'active', some(4)))).toEqual(['Quill Pro ×4: active'])
  expect(await keys(at)).toHaveLength(5)
})

test('18: another address moves its own person, and never makes two people one', async () => {
  const at = await connected()
  await tell(at, order('2026-09-01T10:00:05Z', 'active'))
  const other = { id: '32', email: 'omar@customer.example', name: 'Omar' }
  await tell(at, order('2026-09-02T10:00:05Z', 'active', { order_id: '1002', customer: other }))
  const moved = (when: string, id: string, email: string) =>
    message('customer.updated', when, { id, email, name: null })
  await tell(at, moved('2026-10-10T12:00:00Z', '31', 'lena.ortiz@customer.example'))
  expect(await customers(at)).toEqual(['lena.ortiz@customer.example', 'omar@customer.example'])
  // That address is somebody's.
  await tell(at, moved('2026-10-11T12:00:00Z', '32', 'lena.ortiz@customer.example'))
  expect(await customers(at)).toEqual(['lena.ortiz@customer.example', 'omar@customer.example'])
  // What they buy next is theirs.
  await tell(at, order('2026-10-12T10:00:05Z', 'active', { order_id: '1003', customer: { id: '32' } }))
  const owners = await prisma.purchase.findMany({
    where: { organizationId: at.organizationId },
    orderBy: { reference: 'asc' },
    select: { customer: { select: { email: true } } },
  })
  expect(owners.map(({ customer }) => customer.email)).toEqual([
    ...['lena.ortiz@customer.example', 'omar@customer.example', 'omar@customer.example'],
  ])
})

test('4: half a letter or a NUL in what somebody typed loses no sale, nor does a number beyond all', async () => {
  const at = await connected()
  const odd = {
    customer: { ...BUYER, name: 'Lena \0\uD83D Ortiz' },
    items: [{ product_id: 'pro', product_name: 'Quill\uDC00' }],
  }
  expect(await tell(at, order('2026-09-01T10:00:05Z', 'active', odd))).toEqual(['Quill Pro ×1: active'])
  expect(await keys(at)).toHaveLength(1)
  const many = { order_id: '1002', items: [{ product_id: 'pro', quantity: 2_147_483_648 }] }
  await post(at, order('2026-09-02T10:00:05Z', 'active', many), new Date('2026-09-02T10:00:05Z'))
  await handleAll(at, new Date('2026-09-02T10:00:05Z'))
  expect(await prisma.storeDelivery.count({ where: { connectionId: at.connectionId, state: 'waiting' } })).toBe(1)
})

test('18: whoever typed somebody else’s address at a checkout has nothing of theirs when it changes', async () => {
  const at = await connected()
  const { organizationId } = at
  // Somebody who bought elsewhere.
  const victim = await prisma.customer.create({ data: { organizationId, email: 'victim@customer.example' } })
  const product = await prisma.product.findFirstOrThrow({ where: { organizationId } })
  await prisma.purchase.create({
    data: {
      ...{ organizationId, customerId: victim.id, productId: product.id, reference: 'M-1' },
      ...{ purchasedAt: new Date('2026-08-01T10:00:00Z') },
    },
  })
  const typed = { customer: { id: '66', email: 'victim@customer.example' } }
  const told = (time: string, email: string) => message('customer.updated', time, { id: '66', email })
  const handle = async (...sent: Sent[]) => {
    for (const each of sent) {
      await post(at, each, new Date(each.at ?? 0))
      await handleAll(at, new Date(each.at ?? 0))
    }
  }
  await handle(order('2026-09-01T10:00:05Z', 'active', typed), payment('2026-09-01T10:00:05Z'))
  await handle(told('2026-09-02T10:00:00Z', 'attacker@customer.example'))
  expect(await customers(at)).toEqual(['attacker@customer.example', 'victim@customer.example'])
  const all = await prisma.purchase.findMany({ where: { organizationId }, include: { customer: true } })
  expect(all.map(({ customer }) => customer.email)).toEqual(['victim@customer.example', 'victim@customer.example'])
  // What they buy from now on is theirs.
  await handle(
    order('2026-09-03T10:00:05Z', 'active', { ...typed, order_id: '1002' }),
    payment('2026-09-03T10:00:05Z', { id: 'p2', order_id: '1002' }),
  )
  const later = await prisma.purchase.findFirstOrThrow({
    where: { organizationId, reference: '1002' },
    include: { customer: true },
  })
  expect(later.customer.email).toBe('attacker@customer.example')
})

test('19: a trial of the store’s test mode touches no live sale', async () => {
  const at = await connected()
  await tell(at, order('2026-09-01T10:00:05Z', 'active'))
  const paid = ['Quill Pro ×1: active']
  const ended = { order_id: '1001', status: 'ended', items: [{ product_id: 'pro' }] }
  expect(await tell(at, message('purchase.updated', '2026-09-02T10:00:00Z', ended, { test: true }))).toEqual(paid)
  const bought = { ...ended, order_id: '1002', status: 'active', customer: BUYER }
  expect(await tell(at, message('purchase.updated', '2026-09-02T10:00:00Z', bought, { test: true }))).toEqual(paid)
  const states = await prisma.storeDelivery.findMany({
    where: { connectionId: at.connectionId },
    orderBy: { id: 'asc' },
    select: { state: true },
  })
  expect(states.map(({ state }) => state)).toEqual(['done', 'ignored', 'ignored'])
})

test('20: money that takes days is a key once it is there, and none when it never is', async () => {
  const at = await connected()
  expect(await tell(at, order('2026-09-01T10:00:05Z', 'pending'))).toEqual(['Quill Pro ×0: pending'])
  expect(await mails(at)).toEqual([])
  expect(await tell(at, payment('2026-09-03T10:00:05Z'))).toEqual(['Quill Pro ×1: active'])
  expect(await mails(at)).toHaveLength(1)
  const other = { order_id: '1002' }
  await tell(at, order('2026-09-04T10:00:05Z', 'pending', other))
  expect(await tell(at, order('2026-09-06T10:00:05Z', 'ended', other))).toEqual([
    'Quill Pro ×0: ended',
    'Quill Pro ×1: active',
  ])
  expect(await mails(at)).toHaveLength(1)
})

test('21: who bought for good keeps that when the subscription beside it ends', async () => {
  const at = await connected()
  await tell(
    at,
    subscription('2026-09-01T10:00:05Z', 'active'),
    renewal('2026-09-01T10:00:05Z', 'p7', '2026-10-01T10:00:00Z'),
    order('2026-09-20T10:00:05Z', 'active'),
    payment('2026-09-20T10:00:05Z'),
  )
  expect(await tell(at, subscription('2026-09-20T10:00:09Z', 'ended'))).toEqual([
    'Quill Pro ×0: ended paid 2026-10-01 ends 2026-09-20',
    'Quill Pro ×1: active',
  ])
})

test('a WooCommerce subscription tells of its first order: without API access there is one key, too', async () => {
  let sent = 0
  const woo = (sample: string, topic: string, at: string, more: object): Sent => {
    sent += 1
    const value = sampleWith('woocommerce', sample, { date_modified_gmt: at.slice(0, 19), ...more })
    return { id: `woo-${sent}`, type: topic, body: JSON.stringify(value), at }
  }
  const first = { id: 5502, number: '5502' }
  const begun = (at: string, more: object = {}) =>
    woo('subscription.updated-active', 'subscription.updated', at, { status: 'pending', ...more })
  const ordered = woo('order.created-pending', 'order.created', '2026-09-01T10:00:02Z', first)
  const paid = woo('order.updated-completed', 'order.updated', '2026-09-01T10:00:05Z', first)
  const active = begun('2026-09-01T10:00:06Z', { status: 'active' })
  const life: Life = {
    ...{ store: 'woocommerce', secret: 'ck "quoted" & <sec>', headers: signers.woocommerce },
    ...{ products: { '702': 'Quill Pro', '703': 'Quill Studio' }, isOfItsMoment: true, steps: shop.steps },
  }

  // As the extension does it: order and subscription are there before anything is paid.
  const at = await connected(life)
  const stood = await tell(at, ordered, begun('2026-09-01T10:00:03Z'), paid, active)
  expect(stood.filter((line) => line.includes('active'))).toEqual([
    'Quill Pro ×3: active paid 2027-09-01',
    'Quill Studio ×1: active',
  ])
  expect(await keys(at)).toHaveLength(4)

  // Told too late, the order has its keys already, and software may have them: they stay.
  const late = await connected(life)
  const before = await tell(late, paid)
  expect(before).toEqual(['Quill Pro ×2: active', 'Quill Studio ×1: active'])
  await tell(late, active, woo('order.updated-completed', 'order.updated', '2026-09-02T10:00:05Z', first))
  expect((await keys(late)).filter(({ revokedFor }) => revokedFor.length > 0)).toEqual([])
})
