import { expect, test } from 'vitest'
import type { PurchaseStatus } from '#prisma/enums.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { transferPurchase } from '../customers/hand-over.ts'
import { prisma } from '../database/client.ts'
import { listEvents } from '../events/queries.ts'
import { changeLicenseKey } from '../license-keys/change.ts'
import { reasonsOfPurchase } from '../license-keys/rules.ts'
import { restoreLicenseKeys } from '../license-keys/status.ts'
import { cancelPurchase, createPurchase } from './commands.ts'
import { getPurchase, purchaseFilterChoices, searchPurchases } from './list.ts'
import { shownPurchase } from './look.ts'
import { purchaseStates, shownPurchaseStates } from './plain.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const order = { page: 1, size: 50, sort: 'purchasedAt', dir: 'desc' } as const
const refusal = (code: string) => expect.objectContaining({ code })

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role: 'owner' },
  }
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Standard' } })
  const product = async (name: string) =>
    (
      await prisma.product.create({
        data: { organizationId, name, keyConfigurations: { create: [{ keyConfigurationId: configuration.id }] } },
      })
    ).id
  const productId = await product('Inkwell Éditor')
  const buy = (reference: string, over: object = {}) =>
    createPurchase(
      me,
      {
        ...{ productId, customer: { email: 'hana@novak.example', name: 'Hana Novák' }, kind: 'one_time', quantity: 1 },
        ...{ reference, purchasedAt: null, sendMail: false, ...over },
      },
      now,
    )
  const found = async (filter: Parameters<typeof searchPurchases>[1]) =>
    (await searchPurchases(me, filter, { ...order, sort: 'reference', dir: 'asc' })).purchases.map(
      ({ reference }) => reference,
    )
  return { me, product, productId, buy, found }
}

test('purchases are found by order number, by who bought and by what, without case and accents', async () => {
  const { product, buy, found } = await shop()
  const other = await shop()
  await other.buy('A-1')
  await buy('A-1')
  await buy('B-20', { customer: { email: 'zoe@keller.example', name: 'Zoë' } })
  await buy('B-3', { productId: await product('Typesetter 100%') })
  expect(await found({})).toEqual(['A-1', 'B-20', 'B-3'])
  expect(await found({ q: 'b-2' })).toEqual(['B-20'])
  expect(await found({ q: 'ZOE' })).toEqual(['B-20'])
  expect(await found({ q: 'keller.ex' })).toEqual(['B-20'])
  expect(await found({ q: 'novak' })).toEqual(['A-1', 'B-3'])
  expect(await found({ q: 'editor' })).toEqual(['A-1', 'B-20'])
  expect(await found({ q: '100%' })).toEqual(['B-3'])
  expect(await found({ q: '%' })).toEqual(['B-3'])
  expect(await found({ q: 'nothing' })).toEqual([])
})

test('they are narrowed by state, store and product, and paged', async () => {
  const { me, product, productId, buy, found } = await shop()
  const spare = await product('Spare')
  for (const reference of ['A', 'B', 'C', 'D']) await buy(reference, reference === 'D' ? { productId: spare } : {})
  const set = (reference: string, data: object) =>
    prisma.purchase.updateMany({ where: { organizationId: me.organizationId, reference }, data })
  await set('A', { state: 'past_due', store: 'polar', source: 'store' })
  await set('B', { state: 'active', store: 'custom', source: 'store' })
  expect(await found({ states: ['past_due'] })).toEqual(['A'])
  expect(await found({ states: ['active'] })).toEqual(['B', 'C', 'D'])
  expect(await found({ origins: ['polar', 'custom'] })).toEqual(['A', 'B'])
  expect(await found({ origins: ['manual'] })).toEqual(['C', 'D'])
  expect(await found({ productIds: [spare] })).toEqual(['D'])
  expect(await found({ productIds: ['not an id'] })).toEqual([])
  expect(await found({ productIds: [productId], origins: ['manual'], states: ['active'] })).toEqual(['C'])
  const second = await searchPurchases(me, {}, { ...order, page: 2, size: 3, sort: 'reference', dir: 'asc' })
  expect(second).toMatchObject({ total: 4, purchases: [{ reference: 'D' }] })
  const choices = await purchaseFilterChoices(me)
  expect(choices.origins).toEqual(['custom', 'manual', 'polar'])
  expect(choices.products.map(({ name }) => name)).toEqual(['Inkwell Éditor', 'Spare'])
})

test('the state that is filtered by is the one that is shown, whatever is stored', async () => {
  const { me, buy, found } = await shop()
  await buy('A')
  const { organizationId } = me
  const byHand: (PurchaseStatus | null)[] = [null, 'refunded', 'canceled']
  for (const state of [null, ...purchaseStates]) {
    for (const endedByHand of byHand) {
      for (const status of ['active', 'refunded', 'canceled'] as const) {
        const said = { state, status, endedByHand }
        const reasons = [...reasonsOfPurchase[status]]
        await prisma.purchase.updateMany({ where: { organizationId }, data: { ...said, reasons } })
        const shown = shownPurchase(said)
        expect(shownPurchaseStates).toContain(shown)
        expect(await found({ states: [shown] }), JSON.stringify(said)).toEqual(['A'])
        const others = shownPurchaseStates.filter((each) => each !== shown)
        expect(await found({ states: others }), JSON.stringify(said)).toEqual([])
      }
    }
  }
})

test('one purchase has its keys, what was held by hand, and what each thing did to which key', async () => {
  const { me, buy } = await shop()
  const { purchaseId, licenseKeyIds } = await buy('A', { quantity: 2 })
  const [first = '', second = ''] = licenseKeyIds
  const later = new Date(now.getTime() + 60_000)
  await cancelPurchase(me, { purchaseId, reason: 'Asked to', tell: false }, later)
  expect((await getPurchase(me, purchaseId, later)).keys.map(({ status }) => status)).toEqual(['revoked', 'revoked'])
  await changeLicenseKey(me, first, { held: true }, later)
  await prisma.purchase.update({ where: { id: purchaseId }, data: { isTest: true } })
  expect((await getPurchase(me, purchaseId, later)).keys.map(({ isTest }) => isTest)).toEqual([true, true])
  await prisma.purchase.update({ where: { id: purchaseId }, data: { isTest: false } })
  const purchase = await getPurchase(me, purchaseId, later)
  expect(purchase).toMatchObject({ shown: 'canceled', origin: 'manual', keyCount: 2, follows: null })
  expect(purchase.keys.map(({ id, held, status }) => [id, held, status])).toEqual([
    [first, true, 'active'],
    [second, false, 'revoked'],
  ])
  await changeLicenseKey(me, first, { held: false }, later)
  expect((await getPurchase(me, purchaseId, later)).keys.map(({ status }) => status)).toEqual(['revoked', 'revoked'])
  const { events } = await listEvents(me, { purchaseId }, { page: 1, size: 50 })
  expect(events.map(({ type }) => type).sort()).toEqual([
    // What a person did to a key in spite of it, too, and what came of that.
    ...['license_key.held', 'license_key.issued', 'license_key.issued', 'license_key.released'],
    ...['license_key.restored', 'license_key.revoked', 'license_key.revoked', 'license_key.revoked'],
    ...['purchase.canceled', 'purchase.created'],
  ])
  await restoreLicenseKeys(me, { licenseKeyIds: [second], reason: '', hold: true }, later)
  const { events: after } = await listEvents(me, { purchaseId }, { page: 1, size: 50 })
  expect(after.filter(({ licenseKeyId }) => licenseKeyId === second).map(({ type }) => type)).toContain(
    'license_key.held',
  )
})

test('another organization’s is not found', async () => {
  const { purchaseId } = await (await shop()).buy('A')
  const { me } = await shop()
  await expect(getPurchase(me, purchaseId, now)).rejects.toEqual(refusal('NOT_FOUND'))
  await expect(getPurchase(me, 'nothing', now)).rejects.toEqual(refusal('NOT_FOUND'))
  const moved = transferPurchase(me, { purchaseId, to: { email: 'a@b.example', name: '' } }, now)
  await expect(moved).rejects.toEqual(refusal('NOT_FOUND'))
  expect(await prisma.customer.count({ where: { organizationId: me.organizationId } })).toBe(0)
})

test('a purchase that is moved takes its keys along, but for those that were handed on before', async () => {
  const { me, buy } = await shop()
  const { organizationId } = me
  const { purchaseId, licenseKeyIds } = await buy('A', { quantity: 2 })
  const [, second = ''] = licenseKeyIds
  const { id: third } = await prisma.customer.create({ data: { organizationId, email: 'third@person.example' } })
  await prisma.licenseKey.update({ where: { id: second }, data: { customerId: third } })
  const to = { email: 'zoe@keller.example', name: 'Zoë' }
  expect(await transferPurchase(me, { purchaseId, to }, now)).toEqual({ email: to.email, keys: 1 })
  const { customer, keys } = await getPurchase(me, purchaseId, now)
  expect(customer).toMatchObject({ email: to.email, name: 'Zoë' })
  expect(keys.map((key) => key.customer.email).sort()).toEqual(['third@person.example', to.email])
  const mails = await prisma.mail.findMany({ where: { organizationId, template: 'keys-moved' } })
  expect(mails.map((mail) => mail.to).sort()).toEqual(['hana@novak.example', to.email])
  // Once more is nothing.
  expect(await transferPurchase(me, { purchaseId, to }, now)).toEqual({ email: to.email, keys: 0 })
  const events = await prisma.event.findMany({ where: { organizationId, type: 'purchase.updated' } })
  expect(events.map(({ data }) => data)).toEqual([
    { reference: 'A', changes: [`Customer: hana@novak.example → ${to.email}`] },
  ])
  const support: Member = { ...me, role: 'viewer' }
  await expect(transferPurchase(support, { purchaseId, to }, now)).rejects.toEqual(refusal('FORBIDDEN'))
})
