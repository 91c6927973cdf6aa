import { afterEach, expect, test } from 'vitest'
import { begin, end, handleAll, type Life, post, type Telling } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'
import { getPurchase, searchPurchases } from '../purchases/list.ts'

// What was paid for a purchase, as its page and the list show it.

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

let count = 0
async function tell(to: Telling, type: string, at: string, data: object) {
  count += 1
  await post(to, { id: `msg_${count}`, type, body: JSON.stringify({ type, timestamp: at, data }), at }, new Date(at))
  await handleAll(to, new Date(at))
}
const customer = { id: '31', email: 'lena@customer.example', name: 'Lena Ortiz' }

async function shown({ me }: Telling) {
  const order = { page: 1, size: 50, sort: 'reference', dir: 'asc' } as const
  const { purchases } = await searchPurchases(me, {}, order)
  // The page says what the list says.
  for (const { id, amounts } of purchases) expect((await getPurchase(me, id, new Date())).amounts, id).toEqual(amounts)
  return purchases
    .map(
      ({ product, amounts }) =>
        `${product.name}: ${amounts.map((each) => `${each.paid}-${each.refunded} ${each.currency}${each.isOfWholeOrder ? ' of all' : ''}`)}`,
    )
    .sort()
}

test('a subscription shows all its payments, and what went back of them', async () => {
  const at = await begin(shop)
  open.push(at)
  const items = [{ product_id: 'pro' }]
  await tell(at, 'purchase.updated', '2026-09-02T10:00:00Z', {
    subscription_id: 's1',
    status: 'active',
    items,
    customer,
  })
  expect(await shown(at)).toEqual(['Quill Pro: '])
  const paid = { subscription_id: 's1', amount: 900, currency: 'JPY' }
  await tell(at, 'payment.received', '2026-09-02T10:00:00Z', {
    ...paid,
    id: 'p1',
    paid_through: '2026-10-02T10:00:00Z',
  })
  await tell(at, 'payment.received', '2026-10-02T10:00:00Z', {
    ...paid,
    id: 'p2',
    paid_through: '2026-11-02T10:00:00Z',
  })
  expect(await shown(at)).toEqual(['Quill Pro: 1800-0 JPY'])
  const back = { id: 'r1', payment_id: 'p2', status: 'succeeded', amount: 400 }
  await tell(at, 'refund.updated', '2026-10-03T10:00:00Z', back)
  expect(await shown(at)).toEqual(['Quill Pro: 1800-400 JPY'])
})

test('an order of two products says that the amount is that of both', async () => {
  const at = await begin(shop)
  open.push(at)
  const other = await begin(shop)
  open.push(other)
  const items = [
    { id: '1', product_id: 'pro' },
    { id: '2', product_id: 'studio' },
  ]
  const of = { order_id: 'o1', status: 'active', customer }
  await tell(at, 'purchase.updated', '2026-09-02T10:00:00Z', { ...of, items })
  await tell(at, 'payment.received', '2026-09-02T10:00:00Z', {
    id: 'p1',
    order_id: 'o1',
    amount: 9_900,
    currency: 'EUR',
  })
  // The same numbers at another shop are another order.
  await tell(other, 'purchase.updated', '2026-09-02T10:00:00Z', { ...of, items: items.slice(0, 1) })
  await tell(other, 'payment.received', '2026-09-02T10:00:00Z', {
    id: 'p1',
    order_id: 'o1',
    amount: 100,
    currency: 'USD',
  })
  expect(await shown(at)).toEqual(['Quill Pro: 9900-0 EUR of all', 'Quill Studio: 9900-0 EUR of all'])
  expect(await shown(other)).toEqual(['Quill Pro: 100-0 USD'])
})
