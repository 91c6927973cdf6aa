import { afterEach, expect, test } from 'vitest'
import { begin, end, handleAll, type Life, post, type Sent, type Telling } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { openKeyString } from '../key-strings/string.ts'
import { validate } from '../license-calls/calls.ts'
import { openContents } from '../mail/queries.ts'
import { updateProduct } from '../products/commands.ts'
import { cancelPurchase, createPurchase, refundPurchase } from '../purchases/commands.ts'
import { resumePurchase } from '../purchases/life.ts'
import { lifecycleDefaults } from '../purchases/standing.ts'
import { sweepStores } from './handle.ts'

// A key that goes on with a later purchase: with an upgrade, with a lifetime on top of a subscription, with who comes back.

const shop: Life = {
  store: 'custom',
  secret: `whsec_${Buffer.from('inkwell-custom-secret-of-32-bytes').toString('base64')}`,
  headers: signers.standard(),
  products: { pro: 'Quill Pro', studio: 'Quill Studio', life: 'Quill Lifetime' },
  steps: [{ what: 'it is connected', at: '2026-09-01T10:00:00Z', sends: [], stands: [] }],
}
const system = { kind: 'system', name: 'Latchkey' } as const

const open: Telling[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await end(each)
})

/** A shop where Lifetime takes over the key of Pro and of Studio, and Studio that of Pro. */
async function connected(settings: object = {}): Promise<Telling> {
  const at = await begin(shop)
  open.push(at)
  const named = async (name: string) => {
    const { organizationId } = at
    return (await prisma.product.findFirstOrThrow({ where: { organizationId, name } })).id
  }
  const [pro, studio] = [await named('Quill Pro'), await named('Quill Studio')]
  await updateProduct(at.me, { id: await named('Quill Lifetime'), takesOver: [pro, studio] })
  await updateProduct(at.me, { id: studio, takesOver: [pro] })
  await prisma.storeConnection.update({
    where: { id: at.connectionId },
    data: { settings: { ...lifecycleDefaults, ...settings } },
  })
  return at
}

const BUYER = { id: '31', email: 'lena@customer.example', name: 'Lena Ortiz' }
let count = 0
const message = (type: string, at: string, data: object): Sent => {
  count += 1
  return { id: `msg_${count}`, type, body: JSON.stringify({ type, timestamp: at, data }), at }
}
const order = (at: string, id: string, product: string, more: object = {}) =>
  message('purchase.updated', at, {
    ...{ order_id: id, status: 'active', items: [{ product_id: product }], customer: BUYER, ...more },
  })
const subscription = (at: string, id: string, product: string, status: string, more: object = {}) =>
  message('purchase.updated', at, {
    ...{ subscription_id: id, status, items: [{ product_id: product }], customer: BUYER, ...more },
  })
const payment = (at: string, id: string, of: string) =>
  message('payment.received', at, { id, order_id: of, amount: 9_900, currency: 'EUR' })
const renewal = (at: string, id: string, of: string, until: string) =>
  message('payment.received', at, { id, subscription_id: of, amount: 900, currency: 'EUR', paid_through: until })
const refund = (at: string, id: string, of: string) =>
  message('refund.updated', at, { id, payment_id: of, status: 'succeeded', amount: 'all' })

async function tell(at: Telling, ...sent: Sent[]): Promise<void> {
  const now = new Date(sent.at(-1)?.at ?? 0)
  for (const each of sent) {
    await post(at, each, now)
    await handleAll(at, now)
  }
}

/** Every key there is: its product, its state, until when. */
async function keys({ organizationId }: Telling): Promise<string[]> {
  const rows = await prisma.licenseKey.findMany({
    where: { organizationId },
    include: { product: true, purchase: true },
    orderBy: { id: 'asc' },
  })
  return rows.map(
    ({ product, purchase, status, expiresAt }) =>
      `${product?.name} of ${purchase?.reference}: ${status}${expiresAt ? ` until ${expiresAt.toISOString().slice(0, 10)}` : ''}`,
  )
}

const aSubscription = [
  subscription('2026-09-01T10:00:00Z', 'S1', 'pro', 'active'),
  renewal('2026-09-01T10:00:00Z', 'p1', 'S1', '2026-10-01T10:00:00Z'),
]
const aLifetime = [order('2026-09-10T10:00:00Z', 'O2', 'life'), payment('2026-09-10T10:00:00Z', 'p2', 'O2')]

test('a lifetime on top of a subscription goes on with its key, which outlives the subscription', async () => {
  const at = await connected()
  await tell(at, ...aSubscription)
  expect(await keys(at)).toEqual(['Quill Pro of S1: granted'])
  const before = await prisma.licenseKey.findFirstOrThrow({ where: { organizationId: at.organizationId } })
  await prisma.activation.create({
    data: { licenseKeyId: before.id, organizationId: at.organizationId, label: 'Mac', createdAt: new Date() },
  })
  await tell(at, ...aLifetime)
  expect(await keys(at)).toEqual(['Quill Lifetime of O2: granted'])
  const after = await prisma.licenseKey.findFirstOrThrow({
    where: { organizationId: at.organizationId },
    include: { activations: true },
  })
  expect(after).toMatchObject({ id: before.id, lastCharacters: before.lastCharacters, expiresAt: null })
  expect(after.activations).toHaveLength(1)
  // The subscription goes on for a while, is renewed, and ends: no second key, and none ends.
  await tell(
    at,
    renewal('2026-10-01T10:00:00Z', 'p3', 'S1', '2026-11-01T10:00:00Z'),
    subscription('2026-10-02T10:00:00Z', 'S1', 'pro', 'ended'),
  )
  expect(await keys(at)).toEqual(['Quill Lifetime of O2: granted'])
  // Both purchases and the key say so.
  const said = await prisma.event.findMany({
    where: { organizationId: at.organizationId, type: { in: ['license_key.updated', 'purchase.updated'] } },
    orderBy: { id: 'asc' },
  })
  expect(said.map(({ data }) => (data as { changes: string[] }).changes[0])).toEqual(
    expect.arrayContaining(['Purchase: S1 → O2', 'Its key goes on with purchase O2']),
  )
  // The buyer has the key in a mail once more.
  expect(await prisma.mail.count({ where: { licenseKeyId: before.id, template: 'license-key' } })).toBe(2)
})

test('software of the product it went on from finds it good, and its uses begin anew; both as before once it is back', async () => {
  const at = await connected()
  await tell(at, ...aSubscription)
  const { organizationId } = at
  const key = await prisma.licenseKey.findFirstOrThrow({
    where: { organizationId },
    include: { keyConfiguration: true },
  })
  await prisma.keyConfiguration.updateMany({ where: { organizationId }, data: { usageLimit: 10, usageReset: 'never' } })
  await prisma.licenseKey.update({ where: { id: key.id }, data: { usage: 10 } })
  const ask = async (more: object) =>
    (
      await validate(
        { kind: 'software', address: null },
        { key: openKeyString(key.keyCipher), organization_id: organizationId, ...more },
        new Date(),
      )
    ).verdict.code
  const lifetime = await prisma.product.findFirstOrThrow({ where: { organizationId, name: 'Quill Lifetime' } })
  const old = { product_id: key.productId ?? '', benefit_id: key.keyConfigurationId }
  expect(await ask({ increment_usage: 1 })).toBe('USAGE_LIMIT_REACHED')
  expect(await ask({ product_id: lifetime.id })).toBe('PRODUCT_MISMATCH')
  await tell(at, ...aLifetime)
  expect(await ask({ product_id: lifetime.id, increment_usage: 1 })).toBe('VALID')
  expect(await ask(old)).toBe('VALID')
  expect(await ask({ product_id: newId() })).toBe('PRODUCT_MISMATCH')
  await tell(at, refund('2026-09-15T10:00:00Z', 'r1', 'p2'))
  expect(await ask({ ...old })).toBe('VALID')
  expect(await ask({ product_id: lifetime.id })).toBe('PRODUCT_MISMATCH')
  expect(await ask({ increment_usage: 1 })).toBe('USAGE_LIMIT_REACHED')
  // Nobody is told that a key no longer works which works on.
  expect(await prisma.mail.count({ where: { organizationId, template: 'purchase-news' } })).toBe(0)
})

test('the lifetime is refunded: the key goes back to the subscription that still runs, with its date', async () => {
  const at = await connected()
  await tell(at, ...aSubscription, ...aLifetime)
  await tell(at, subscription('2026-09-12T10:00:00Z', 'S1', 'pro', 'active', { ends_at: '2026-10-01T10:00:00Z' }))
  await tell(at, refund('2026-09-15T10:00:00Z', 'r1', 'p2'))
  expect(await keys(at)).toEqual(['Quill Pro of S1: granted until 2026-10-01'])
  // What the sweep finds anew changes nothing.
  await sweepStores(system, new Date('2026-09-15T11:00:00Z'), at.connectionId)
  expect(await keys(at)).toEqual(['Quill Pro of S1: granted until 2026-10-01'])
  await tell(at, subscription('2026-10-01T10:00:01Z', 'S1', 'pro', 'ended'))
  expect(await keys(at)).toEqual(['Quill Pro of S1: revoked until 2026-10-01'])
})

test('refunded when the subscription is over too, it stays revoked; when that resumes, its key works', async () => {
  const at = await connected()
  await tell(at, ...aSubscription, ...aLifetime)
  await tell(at, subscription('2026-09-12T10:00:00Z', 'S1', 'pro', 'paused'))
  await tell(at, refund('2026-09-15T10:00:00Z', 'r1', 'p2'))
  expect(await keys(at)).toEqual(['Quill Lifetime of O2: revoked'])
  await tell(at, subscription('2026-09-16T10:00:00Z', 'S1', 'pro', 'active'))
  expect(await keys(at)).toEqual(['Quill Pro of S1: granted'])
})

test('refunded by hand it goes back as well', async () => {
  const at = await connected()
  await tell(at, ...aSubscription, ...aLifetime)
  const { organizationId } = at
  const { id } = await prisma.purchase.findFirstOrThrow({ where: { organizationId, reference: 'O2' } })
  await refundPurchase(at.me, { purchaseId: id, reason: '', tell: false }, new Date('2026-09-15T10:00:00Z'))
  expect(await keys(at)).toEqual(['Quill Pro of S1: granted'])
  await sweepStores(system, new Date('2026-09-15T11:00:00Z'), at.connectionId)
  expect(await keys(at)).toEqual(['Quill Pro of S1: granted'])
})

test('a purchase recorded by hand gives its key to an upgrade, and has it back when it goes on and the upgrade fell', async () => {
  const at = await connected()
  const { organizationId, me } = at
  const pro = await prisma.product.findFirstOrThrow({ where: { organizationId, name: 'Quill Pro' } })
  const { purchaseId } = await createPurchase(
    me,
    {
      ...{
        productId: pro.id,
        customer: { email: BUYER.email, name: '' },
        kind: 'one_time',
        quantity: 1,
        sendMail: false,
      },
      ...{ reference: 'M1', purchasedAt: null },
    },
    new Date('2026-09-01T10:00:00Z'),
  )
  await tell(at, ...aLifetime)
  expect(await keys(at)).toEqual(['Quill Lifetime of O2: granted'])
  await cancelPurchase(me, { purchaseId, reason: '', tell: false }, new Date('2026-09-11T10:00:00Z'))
  await tell(at, refund('2026-09-15T10:00:00Z', 'r1', 'p2'))
  expect(await keys(at)).toEqual(['Quill Lifetime of O2: revoked'])
  await prisma.$transaction((tx) =>
    resumePurchase(tx, me, { purchaseId, reason: '' }, new Date('2026-09-16T10:00:00Z')),
  )
  expect(await keys(at)).toEqual(['Quill Pro of M1: granted'])
})

test('upgraded twice, and both refunded: back to the first, of three purchases one key', async () => {
  const at = await connected()
  const paid = (day: string, id: string, product: string) => [
    order(`2026-09-${day}T10:00:00Z`, id, product),
    payment(`2026-09-${day}T10:00:00Z`, `p${id}`, id),
  ]
  await tell(at, ...paid('01', 'O1', 'pro'), ...paid('02', 'O2', 'studio'), ...paid('03', 'O3', 'life'))
  expect(await keys(at)).toEqual(['Quill Lifetime of O3: granted'])
  await tell(at, refund('2026-09-05T10:00:00Z', 'r2', 'pO2'))
  expect(await keys(at)).toEqual(['Quill Lifetime of O3: granted'])
  await tell(at, refund('2026-09-06T10:00:00Z', 'r3', 'pO3'))
  expect(await keys(at)).toEqual(['Quill Pro of O1: granted'])
})

test('of two keys one goes on, and the other is not issued a second time', async () => {
  const at = await connected()
  const two = { items: [{ product_id: 'pro', quantity: 2 }] }
  await tell(at, order('2026-09-01T10:00:00Z', 'O1', 'pro', two), payment('2026-09-01T10:00:00Z', 'p1', 'O1'))
  await tell(at, ...aLifetime)
  expect((await keys(at)).sort()).toEqual(['Quill Lifetime of O2: granted', 'Quill Pro of O1: granted'])
  await tell(at, order('2026-09-11T10:00:00Z', 'O1', 'pro', two))
  expect(await keys(at)).toHaveLength(2)
})

test('an upgrade of several pieces is one mail: with the key that goes on and those that are new', async () => {
  const at = await connected()
  const two = { items: [{ product_id: 'pro', quantity: 2 }] }
  const mailed = async () =>
    (
      await prisma.mail.findMany({
        where: { organizationId: at.me.organizationId, template: { in: ['license-key', 'license-keys'] } },
        orderBy: { id: 'asc' },
      })
    ).map((mail) => {
      const { payload } = openContents(mail)
      return 'licenseKeyIds' in payload ? payload.licenseKeyIds.length : 1
    })
  await tell(at, order('2026-09-01T10:00:00Z', 'O1', 'pro'), payment('2026-09-01T10:00:00Z', 'p1', 'O1'))
  const lifetimes = (quantity: number) => ({ items: [{ product_id: 'life', quantity }] })
  await tell(at, order('2026-09-10T10:00:00Z', 'O2', 'life', lifetimes(3)))
  expect(await mailed()).toEqual([1, 3])
  // Where all go on, too.
  const other = await connected()
  await tell(other, order('2026-09-01T10:00:00Z', 'O1', 'pro', two), payment('2026-09-01T10:00:00Z', 'p1', 'O1'))
  await tell(other, order('2026-09-10T10:00:00Z', 'O2', 'life', lifetimes(2)))
  const mails = await prisma.mail.findMany({ where: { organizationId: other.me.organizationId } })
  expect(mails.map(({ template }) => template)).toEqual(['license-keys', 'license-keys'])
})

test('what was refunded, revoked or switched off by a person, and what somebody else has, goes on with nothing', async () => {
  const at = await connected()
  await tell(at, order('2026-09-01T10:00:00Z', 'O1', 'pro'), payment('2026-09-01T10:00:00Z', 'p1', 'O1'))
  await tell(at, refund('2026-09-02T10:00:00Z', 'r1', 'p1'))
  const other = { customer: { id: '32', email: 'bea@customer.example', name: 'Bea' } }
  await tell(at, order('2026-09-03T10:00:00Z', 'O3', 'pro', other), payment('2026-09-03T10:00:00Z', 'p3', 'O3'))
  await tell(at, order('2026-09-04T10:00:00Z', 'O4', 'pro'), payment('2026-09-04T10:00:00Z', 'p4', 'O4'))
  await prisma.licenseKey.updateMany({
    where: { organizationId: at.organizationId, purchase: { reference: 'O4' } },
    data: { status: 'disabled' },
  })
  await tell(at, ...aLifetime)
  expect((await keys(at)).sort()).toEqual([
    'Quill Lifetime of O2: granted',
    'Quill Pro of O1: revoked',
    'Quill Pro of O3: granted',
    'Quill Pro of O4: disabled',
  ])
})

test('who comes back after an end has the old key where the merchant wants that, and a new one elsewhere', async () => {
  for (const continuesKeys of [true, false]) {
    const at = await connected({ continuesKeys })
    await tell(at, ...aSubscription, subscription('2026-10-01T10:00:00Z', 'S1', 'pro', 'ended'))
    await tell(
      at,
      subscription('2026-12-01T10:00:00Z', 'S2', 'pro', 'active'),
      renewal('2026-12-01T10:00:00Z', 'p9', 'S2', '2027-01-01T10:00:00Z'),
    )
    expect((await keys(at)).sort()).toEqual(
      continuesKeys
        ? ['Quill Pro of S2: granted']
        : ['Quill Pro of S1: revoked until 2026-10-01', 'Quill Pro of S2: granted'],
    )
    // The old one, told again, has nothing to say any more.
    await tell(at, subscription('2026-10-01T10:00:00Z', 'S1', 'pro', 'ended'))
    expect(await keys(at)).toHaveLength(continuesKeys ? 1 : 2)
  }
})

test('purchases that share a key, refunded, canceled and resumed at once, wait for each other', async () => {
  const at = await connected()
  const paid = (day: string, id: string, product: string) => [
    order(`2026-09-${day}T10:00:00Z`, id, product),
    payment(`2026-09-${day}T10:00:00Z`, `p${id}`, id),
  ]
  await tell(at, ...paid('01', 'O1', 'pro'), ...paid('02', 'O2', 'studio'))
  const { organizationId, me } = at
  const ids = (await prisma.purchase.findMany({ where: { organizationId } })).map(({ id }) => id)
  for (let round = 0; round < 4; round++) {
    const now = new Date(`2026-09-1${round}T10:00:00Z`)
    await Promise.all(
      ids.flatMap((purchaseId) => [
        cancelPurchase(me, { purchaseId, reason: '', tell: false }, now),
        prisma.$transaction((tx) => resumePurchase(tx, me, { purchaseId, reason: '' }, now)).catch(refused),
        cancelPurchase(me, { purchaseId, reason: '', tell: false }, now),
      ]),
    )
  }
  expect((await keys(at)).every((key) => key.endsWith('revoked'))).toBe(true)
})
const refused = (error: { code?: string }) => expect(error.code).toBe('CONFLICT')

test('told twice at once, it goes on once', async () => {
  const at = await connected()
  await tell(at, ...aSubscription)
  const now = new Date('2026-09-10T10:00:00Z')
  for (const each of aLifetime) await Promise.all([post(at, each, now), post(at, each, now)])
  await Promise.all(Array.from({ length: 4 }, () => sweepStores(system, now, at.connectionId)))
  expect(await keys(at)).toEqual(['Quill Lifetime of O2: granted'])
})
