import { expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import type { ApiClient } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { mailsAbout } from '../mail/queries.ts'
import { unseal } from '../secrets/secrets.ts'
import { updateCustomer } from './change.ts'
import { offerKey, offerOf, takeOffer } from './hand-on.ts'
import { mergeCustomers } from './hand-over.ts'
import { addressesBefore } from './queries.ts'

// Another address is a hand-over: who gets what, and what hung on the old one.

const refusal = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) })
const somebody = () => `somebody-${newId().slice(-12)}@example.com`

async function shopWithBuyer() {
  const shop = await makeOrganization()
  const configuration = await shop.configuration()
  const email = somebody()
  const key = await shop.issue(configuration, { customerEmail: email })
  const { id } = await prisma.customer.findFirstOrThrow({ where: { organizationId: shop.id, email } })
  const read = () => prisma.customer.findUniqueOrThrow({ where: { id } })
  const edit = (typed: { name?: string | null; email?: string; replaceChosenAddress?: boolean }, opened: object = {}) =>
    updateCustomer(shop.merchant, { customerId: id, ...typed }, new Date(), {
      ...{ name: null, email },
      ...opened,
    })
  return { shop, configuration, email, key, id, read, edit }
}

test('a form changes only what was typed into it, and is refused with both where somebody changed the same', async () => {
  const { shop, email, id, read, edit } = await shopWithBuyer()
  const to = somebody()
  await edit({ name: null, email: to })
  // Opened before that: the address stays as the other one made it.
  await edit({ name: 'Hana', email })
  expect(await read()).toMatchObject({ name: 'Hana', email: to })
  await expect(edit({ name: 'Ines', email })).rejects.toMatchObject({
    ...{ code: 'CONFLICT', field: 'name' },
    conflicts: [{ label: 'Name', theirs: '“Hana”', yours: '“Ines”' }],
  })
  const events = await prisma.event.findMany({
    where: { customerId: id, type: 'customer.updated' },
    orderBy: { at: 'asc' },
  })
  expect(events.map(({ data }) => (data as { changes: string[] }).changes)).toEqual([
    [`Address: ${email} → ${to}`],
    ['Name: none → Hana'],
  ])
  const support = { ...shop.merchant, role: 'support' as const }
  await expect(updateCustomer(support, { customerId: id, name: 'X' }, new Date())).rejects.toThrow(refusal('FORBIDDEN'))
})

test('mails that wait go along, sessions and offers end, and both mailboxes are told in the language of the old one', async () => {
  const { shop, key, email, id, edit } = await shopWithBuyer()
  const { id: userId } = await prisma.user.create({ data: { email, language: 'de' } })
  await prisma.customerSettings.create({
    data: { organizationId: shop.id, mayRotate: false, mayHandOn: true, cooldownHours: 0, releasesAYear: null },
  })
  const friend = somebody()
  await offerKey({ kind: 'customer', userId, email }, { licenseKeyId: key.id, email: friend }, new Date())
  const offer = await prisma.keyOffer.findFirstOrThrow({ where: { licenseKeyId: key.id } })
  await prisma.customerSession.create({
    data: {
      ...{ organizationId: shop.id, customerId: id, tokenHash: Buffer.from(id) },
      expiresAt: new Date(Date.now() + 3_600_000),
    },
  })
  await prisma.mail.create({
    data: {
      ...{ organizationId: shop.id, licenseKeyId: key.id, template: 'license-key', to: email },
      payload: Buffer.from('sealed'),
    },
  })
  await prisma.mailStop.create({ data: { organizationId: shop.id, email, stoppedAt: new Date() } })
  const to = somebody()
  await edit({ email: to, name: null })
  expect(await prisma.customerSession.count({ where: { customerId: id } })).toBe(0)
  expect(
    await prisma.mail.count({ where: { licenseKeyId: key.id, template: 'license-key', to, status: 'waiting' } }),
  ).toBe(1)
  expect(await prisma.mailStop.findMany({ where: { organizationId: shop.id } })).toMatchObject([{ email: to }])
  expect(await prisma.keyOffer.findUniqueOrThrow({ where: { id: offer.id } })).toMatchObject({
    isTaken: false,
    endedAt: expect.any(Date),
  })
  const ended = await prisma.event.findFirstOrThrow({
    where: { licenseKeyId: key.id, type: 'license_key.offer_ended' },
  })
  expect(ended.data).toEqual({ by: 'seller' })
  const told = await prisma.mail.findMany({ where: { organizationId: shop.id, template: 'address-changed' } })
  expect(told.map((mail) => mail.to).sort()).toEqual([email, to].sort())
  const here = told.find((mail) => mail.to === to)
  expect(JSON.parse(unseal('mail-payload', here?.payload ?? Buffer.of()))).toMatchObject({
    side: 'new',
    language: 'de',
  })
})

test('one who took their address themselves keeps it, unless the merchant says that they know', async () => {
  const { shop, email, id, read, edit } = await shopWithBuyer()
  await prisma.customer.update({ where: { id }, data: { addressChosenAt: new Date() } })
  const to = somebody()
  await expect(edit({ name: null, email: to })).rejects.toThrow(refusal('CONFLICT', 'replaceChosenAddress'))
  // A program that has the old address in a list is none who knows.
  await expect(updateCustomer(shop.merchant, { customerId: id, email: to }, new Date())).rejects.toThrow(
    refusal('CONFLICT', 'replaceChosenAddress'),
  )
  await edit({ name: 'Hana', email })
  expect(await read()).toMatchObject({ name: 'Hana', email })
  await edit({ name: 'Hana', email: to, replaceChosenAddress: true }, { name: 'Hana' })
  expect(await read()).toMatchObject({ email: to, addressChosenAt: null })
})

test('one who took their address themselves is merged away only by somebody who says that they know', async () => {
  const { shop, id } = await shopWithBuyer()
  await prisma.customer.update({ where: { id }, data: { addressChosenAt: new Date() } })
  const other = await prisma.customer.create({ data: { organizationId: shop.id, email: somebody() } })
  const spare = await prisma.customer.create({ data: { organizationId: shop.id, email: somebody() } })
  const merge = (customerId: string, intoId: string, replaceChosenAddress?: boolean) =>
    mergeCustomers(shop.merchant, { customerId, intoId, replaceChosenAddress }, new Date())
  await expect(merge(id, other.id)).rejects.toThrow(refusal('CONFLICT', 'replaceChosenAddress'))
  // Who stays keeps the address.
  await merge(spare.id, id)
  await merge(id, other.id, true)
  expect(await prisma.licenseKey.count({ where: { customerId: other.id } })).toBe(1)
})

test('whoever may not change keys gives no address to a customer who has only bought', async () => {
  const { shop, configuration, email, id } = await shopWithBuyer()
  await shop.issue(configuration, { customerEmail: email, productId: await shop.product([configuration]) })
  const holder = await prisma.customer.create({ data: { organizationId: shop.id, email: somebody() } })
  await prisma.licenseKey.updateMany({ where: { customerId: id }, data: { customerId: holder.id } })
  const program: ApiClient = {
    ...{ kind: 'api_key', organizationId: shop.id, apiKeyId: newId(), name: 'List', scopes: ['customers:write'] },
  }
  const move = (typed: { email: string } | { externalId: string }) =>
    updateCustomer(program, { customerId: id, ...typed }, new Date())
  await expect(move({ email: somebody() })).rejects.toThrow(refusal('FORBIDDEN'))
  await expect(move({ externalId: 'cus_1' })).rejects.toThrow(refusal('FORBIDDEN'))
})

test('the address of another customer is refused however it is spelled, also of two who ask at once', async () => {
  const one = await shopWithBuyer()
  const other = await prisma.customer.create({
    data: { organizationId: one.shop.id, email: 'hana@xn--bcher-kva.example' },
  })
  await expect(one.edit({ name: null, email: 'hana@bücher.example' })).rejects.toThrow(refusal('CONFLICT', 'email'))
  const to = somebody()
  const both = await Promise.allSettled(
    [one.id, other.id].map((customerId) => updateCustomer(one.shop.merchant, { customerId, email: to }, new Date())),
  )
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  for (const each of both) if (each.status === 'rejected') expect(each.reason).toEqual(refusal('CONFLICT', 'email'))
})

test('an offer is taken or ended by the change of address, never both', async () => {
  const { shop, key, email, edit } = await shopWithBuyer()
  await prisma.customerSettings.create({
    data: { organizationId: shop.id, mayRotate: false, mayHandOn: true, cooldownHours: 0, releasesAYear: null },
  })
  const { id: userId } = await prisma.user.create({ data: { email } })
  const friend = somebody()
  await offerKey({ kind: 'customer', userId, email }, { licenseKeyId: key.id, email: friend }, new Date())
  const mail = await prisma.mail.findFirstOrThrow({ where: { organizationId: shop.id, template: 'key-offered' } })
  const { url } = JSON.parse(unseal('mail-payload', mail.payload)) as { url: string }
  const token = new URL(url).searchParams.get('token') ?? ''
  expect((await offerOf(token, new Date()))?.isOpen).toBe(true)
  const [taken, moved] = await Promise.allSettled([
    takeOffer(token, new Date()),
    edit({ name: null, email: somebody() }),
  ])
  expect(moved.status).toBe('fulfilled')
  const offer = await prisma.keyOffer.findFirstOrThrow({ where: { licenseKeyId: key.id } })
  expect(offer.isTaken).toBe(taken.status === 'fulfilled')
  const owner = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id }, select: { customer: true } })
  expect(owner.customer.email === friend).toBe(taken.status === 'fulfilled')
})

test('a customer has the mails to every address they had, and none that somebody else got there later', async () => {
  const { shop, email, id, edit } = await shopWithBuyer()
  const mail = (to: string, createdAt = new Date()) =>
    prisma.mail.create({
      data: { organizationId: shop.id, template: 'test', to, payload: new Uint8Array(), status: 'sent', createdAt },
    })
  const [second, third] = [somebody(), somebody()]
  const other = await prisma.customer.create({ data: { organizationId: shop.id, email: third } })
  await mail(email)
  await mail(third)
  await edit({ email: second })
  await mail(second)
  await mergeCustomers(shop.merchant, { customerId: other.id, intoId: id }, new Date())
  const later = await mail(email, new Date(Date.now() + 3_600_000))
  const stranger = await makeOrganization()
  await prisma.mail.create({
    data: { organizationId: stranger.id, template: 'test', to: email, payload: new Uint8Array(), status: 'sent' },
  })
  const before = await addressesBefore(shop.merchant, id)
  expect(before.map(({ address }) => address)).toEqual([third, email])
  const mails = await mailsAbout(shop.merchant, { to: second, before })
  const tests = mails.filter(({ template }) => template === 'test').map(({ to }) => to)
  expect(tests.sort()).toEqual([email, second, third].sort())
  expect(mails.map((each) => each.id)).not.toContain(later.id)
  // The mail that tells the old mailbox belongs to them as well.
  expect(mails).toContainEqual(expect.objectContaining({ template: 'address-changed', to: email }))
  expect(await addressesBefore(stranger.merchant, id)).toEqual([])
})
