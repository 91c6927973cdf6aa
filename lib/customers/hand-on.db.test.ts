import { expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import type { Customer } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { openKeyString } from '../key-strings/string.ts'
import { activate, validate } from '../license-calls/calls.ts'
import { ActivateCall, ValidateCall } from '../license-calls/schema.ts'
import { ownedBy } from '../license-keys/commands.ts'
import { unseal } from '../secrets/secrets.ts'
import { updateCustomer } from './change.ts'
import {
  declineOffer,
  giveBack,
  handedOn,
  offerKey,
  offerOf,
  openOfferOf,
  purgeOffers,
  takeOffer,
  withdrawOffer,
} from './hand-on.ts'
import { transferLicenseKey } from './hand-over.ts'

const makePerson = async (email: string) => ({
  userId: (await prisma.user.create({ data: { email, emailVerifiedAt: new Date() } })).id,
})

const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error) => `${error.code}${error.field ? ` ${error.field}` : ''}`,
  )
const later = (days: number) => new Date(Date.now() + days * 86_400_000)
const software = { kind: 'software', address: null } as const
const someone = () => `taker-${newId().slice(-12)}@example.com`

async function shopWithKey({ mayHandOn = true } = {}) {
  const shop = await makeOrganization()
  await prisma.customerSettings.create({ data: { organizationId: shop.id, mayHandOn } })
  const key = await shop.issue(await shop.configuration())
  const call = ActivateCall.parse({ key: key.key, organization_id: shop.id, label: 'Laptop' })
  await activate(software, call, new Date())
  const { userId } = await makePerson(key.customerEmail)
  const owner: Customer = { kind: 'customer', userId, email: key.customerEmail }
  const offer = async (email: string) => {
    await offerKey(owner, { licenseKeyId: key.id, email }, new Date())
    const mail = await prisma.mail.findFirstOrThrow({
      where: { to: email, template: 'key-offered' },
      orderBy: { id: 'desc' },
    })
    const { url } = JSON.parse(unseal('mail-payload', mail.payload)) as { url: string }
    return new URL(url).searchParams.get('token') ?? ''
  }
  const stringOf = async () =>
    openKeyString((await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })).keyCipher)
  const emailOf = async () =>
    (await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id }, select: { customer: true } })).customer.email
  const typesOf = async () =>
    (await prisma.event.findMany({ where: { licenseKeyId: key.id }, orderBy: { id: 'asc' } })).map(({ type }) => type)
  return { shop, key, owner, offer, stringOf, emailOf, typesOf }
}

test('whoever is asked takes the key: theirs alone, with a new string and no devices, and both are told', async () => {
  const { shop, key, owner, offer, stringOf, emailOf, typesOf } = await shopWithKey()
  const email = someone()
  const token = await offer(email)
  expect(await openOfferOf(ownedBy(owner), key.id, new Date())).toMatchObject({ to: email })
  expect(await offerOf(token, new Date())).toMatchObject({ to: email, from: owner.email, isOpen: true, isTaken: false })
  expect(await emailOf()).toBe(owner.email)
  await takeOffer(token, new Date())
  expect(await emailOf()).toBe(email)
  expect(await prisma.activation.count({ where: { licenseKeyId: key.id, deactivatedAt: null } })).toBe(0)
  const ask = async (string: string) =>
    (await validate(software, ValidateCall.parse({ key: string, organization_id: shop.id }), new Date())).verdict.code
  expect(await ask(key.key)).toBe('REPLACED')
  expect(await ask(await stringOf())).toBe('VALID')
  expect((await typesOf()).slice(-4)).toEqual([
    ...['license_key.offered', 'activation.deactivated', 'license_key.rotated', 'license_key.transferred'],
  ])
  const told = async (to: string) =>
    (await prisma.mail.findMany({ where: { to } })).map(({ template }) => template).sort()
  expect(await told(email)).toEqual(['key-offered', 'license-key'])
  expect(await told(owner.email)).toEqual(['keys-moved', 'offer-sent'])
  // Its last string is nobody's business but the new owner's, and the link is used.
  expect(await codeOf(takeOffer(token, new Date()))).toBe('CONFLICT offer')
  expect(await codeOf(withdrawOffer(owner, key.id, new Date()))).toBe('NOT_FOUND')
})

test('of ten who take it at once one does; of taking and taking back at once, one', async () => {
  const { key, owner, offer, emailOf } = await shopWithKey()
  const email = someone()
  const token = await offer(email)
  const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(takeOffer(token, new Date()))))
  expect(codes.toSorted()).toEqual([...Array(9).fill('CONFLICT offer'), 'ok'])
  const again = await shopWithKey()
  const second = await again.offer(email)
  const [taken] = await Promise.all([
    codeOf(takeOffer(second, new Date())),
    codeOf(withdrawOffer(again.owner, again.key.id, new Date())),
  ])
  expect(await again.emailOf()).toBe(taken === 'ok' ? email : again.owner.email)
  expect([await emailOf(), owner.email === email, key.customerEmail]).toEqual([email, false, owner.email])
})

test('an offer that was taken back, declined, is too old, or whose key went elsewhere, is over', async () => {
  const { shop, key, owner, offer, emailOf } = await shopWithKey()
  const first = await offer(someone())
  await withdrawOffer(owner, key.id, new Date())
  await withdrawOffer(owner, key.id, new Date())
  expect(await codeOf(takeOffer(first, new Date()))).toBe('CONFLICT offer')
  const second = await offer(someone())
  expect(await codeOf(takeOffer(second, later(7.01)))).toBe('CONFLICT offer')
  expect(await offerOf(second, later(7.01))).toMatchObject({ isOpen: false })
  await declineOffer(second, new Date())
  expect(await codeOf(takeOffer(second, new Date()))).toBe('CONFLICT offer')
  // Another one ends the one before it.
  const third = await offer(someone())
  await transferLicenseKey(shop.merchant, { licenseKeyId: key.id, to: { email: someone(), name: '' } }, new Date())
  expect(await offerOf(third, new Date())).toMatchObject({ isOpen: false })
  expect(await codeOf(takeOffer(third, new Date()))).toBe('CONFLICT offer')
  expect(await emailOf()).not.toBe(owner.email)
  expect(await offerOf('', new Date())).toBeNull()
  // Made old, and not looked at from later: other tests have offers of today.
  await prisma.keyOffer.updateMany({ where: { licenseKeyId: key.id }, data: { createdAt: later(-38) } })
  await purgeOffers(new Date())
  expect(await offerOf(third, new Date())).toBeNull()
})

test('not where the seller does not allow it, not of others’ keys or to oneself, not of what does not work, not too often', async () => {
  const strict = await shopWithKey({ mayHandOn: false })
  expect(await codeOf(strict.offer(someone()))).toBe('FORBIDDEN')
  const { key, owner, offer } = await shopWithKey()
  const ask = { licenseKeyId: key.id, email: someone() }
  expect(await codeOf(offerKey(strict.owner, ask, new Date()))).toBe('NOT_FOUND')
  expect(await codeOf(withdrawOffer(strict.owner, key.id, new Date()))).toBe('NOT_FOUND')
  expect(await openOfferOf(ownedBy(strict.owner), key.id, new Date())).toBeNull()
  expect(await codeOf(offer(owner.email))).toBe('INVALID_INPUT own')
  for (let i = 0; i < 3; i++) await offer(someone())
  expect(await codeOf(offer(someone()))).toBe('RATE_LIMITED')
  expect(await codeOf(offerKey(owner, ask, later(1.01)))).toBe('ok')
  await prisma.licenseKey.update({ where: { id: key.id }, data: { status: 'disabled' } })
  expect(await codeOf(offerKey(owner, ask, later(3)))).toBe('CONFLICT')
})

test('the merchant gives it back within thirty days, with a string that whoever had it meanwhile does not know', async () => {
  const { shop, key, owner, offer, stringOf, emailOf } = await shopWithKey()
  const email = someone()
  await takeOffer(await offer(email), new Date())
  const meanwhile = await stringOf()
  const other = await makeOrganization()
  expect(await handedOn(other.merchant, key.id, new Date())).toBeNull()
  expect(await codeOf(giveBack(other.merchant, key.id, new Date()))).toBe('CONFLICT')
  expect(await codeOf(giveBack(await shop.member('viewer'), key.id, new Date()))).toBe('FORBIDDEN')
  expect(await handedOn(shop.merchant, key.id, new Date())).toMatchObject({
    to: { email },
    from: { email: owner.email },
  })
  expect(await handedOn(shop.merchant, key.id, later(30.01))).toBeNull()
  const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(giveBack(shop.merchant, key.id, new Date()))))
  expect(codes.toSorted()).toEqual([...Array(4).fill('CONFLICT'), 'ok'])
  expect(await emailOf()).toBe(owner.email)
  expect([key.key, meanwhile]).not.toContain(await stringOf())
  expect(await handedOn(shop.merchant, key.id, new Date())).toBeNull()
})

test('whoever took a key may get another address, and it can still be given back; not once it went on to somebody else', async () => {
  const { shop, key, owner, offer, emailOf } = await shopWithKey()
  const [email, elsewhere] = [someone(), someone()]
  await takeOffer(await offer(email), new Date())
  const taker = await prisma.customer.findFirstOrThrow({ where: { organizationId: shop.id, email } })
  await updateCustomer(shop.merchant, { customerId: taker.id, email: elsewhere }, new Date())
  expect(await handedOn(shop.merchant, key.id, new Date())).toMatchObject({ to: { email: elsewhere } })
  await giveBack(shop.merchant, key.id, new Date())
  expect(await emailOf()).toBe(owner.email)
  await takeOffer(await offer(elsewhere), later(0.1))
  const to = { email: someone(), name: '' }
  await transferLicenseKey(shop.merchant, { licenseKeyId: key.id, to }, later(0.2))
  expect(await handedOn(shop.merchant, key.id, later(0.3))).toBeNull()
  // Nor when it came back to them by the merchant's own hand.
  await transferLicenseKey(shop.merchant, { licenseKeyId: key.id, to: { id: taker.id } }, later(0.4))
  expect(await handedOn(shop.merchant, key.id, later(0.5))).toBeNull()
})
