import { expect, test } from 'vitest'
import { makeOrganization } from '../../e2e/organization.ts'
import type { Customer, Visitor } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { listPurchases } from '../purchases/own.ts'
import { unseal } from '../secrets/secrets.ts'
import { updateCustomer } from './change.ts'
import { addCustomers } from './commands.ts'
import { askToMove, confirmMove, declineMove, moveOf, openMoveOf, purgeMoves, stopMove } from './move-address.ts'

const makePerson = async (email: string) => ({
  userId: (await prisma.user.create({ data: { email, emailVerifiedAt: new Date() } })).id,
})

const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error) => `${error.code}${error.field ? ` ${error.field}` : ''}`,
  )
const somebody = () => `moved-${newId().slice(-12)}@example.com`
let networks = 0
/** Each from a network of its own: limits are counted for it. */
const visitor = (): Visitor => ({ kind: 'visitor', address: `2001:db8:${(++networks).toString(16)}:1::1` })
const hoursLater = (hours: number) => new Date(Date.now() + hours * 3_600_000)

async function told(to: string) {
  const mails = await prisma.mail.findMany({ where: { to }, orderBy: { id: 'asc' } })
  return mails.map(({ template, payload }) => ({ template, ...JSON.parse(unseal('mail-payload', payload)) }))
}
async function tokenFor(to: string): Promise<string> {
  const mail = (await told(to)).findLast(({ template }) => template === 'address-move')
  return new URL(mail?.url).searchParams.get('token') ?? ''
}

async function buyer() {
  const shop = await makeOrganization()
  const configuration = await shop.configuration()
  const key = await shop.issue(configuration)
  const email = key.customerEmail
  const { userId } = await makePerson(email)
  const customer: Customer = { kind: 'customer', userId, email }
  const to = somebody()
  const ask = async (address = to) => {
    await askToMove(customer, { email: address }, visitor(), 'de', new Date())
    return { old: await tokenFor(email), fresh: await tokenFor(address) }
  }
  const emailOfKey = async (id = key.id) =>
    (await prisma.licenseKey.findUniqueOrThrow({ where: { id }, select: { customer: true } })).customer.email
  const historyOf = async () =>
    (
      await prisma.event.findMany({
        where: { organizationId: shop.id, type: { startsWith: 'customer.' } },
        orderBy: { id: 'asc' },
      })
    ).map(({ type }) => type)
  return { shop, configuration, key, customer, email, to, ask, emailOfKey, historyOf, userId }
}

test.each([
  ['old', 'fresh'],
  ['fresh', 'old'],
] as const)(
  'both mailboxes say yes, the %s one first: everything follows, and each link worked once',
  async (first, second) => {
    const { key, customer, email, to, ask, emailOfKey, historyOf, userId } = await buyer()
    await prisma.user.update({ where: { id: userId }, data: { passwordHash: 'set' } })
    const links = await ask()
    await prisma.session.create({ data: { userId, createdAt: new Date(), lastSeenAt: new Date() } })
    expect(await confirmMove(links[first], new Date())).toEqual({ isDone: false })
    expect(await moveOf(links[first], new Date())).toMatchObject({ state: 'half', from: email, to })
    expect(await emailOfKey()).toBe(email)
    expect(await codeOf(confirmMove(links[first], new Date()))).toBe('CONFLICT move')
    expect(await confirmMove(links[second], new Date())).toEqual({ isDone: true })
    expect(await emailOfKey()).toBe(to)
    for (const link of [links.old, links.fresh]) {
      expect(await codeOf(confirmMove(link, new Date()))).toBe('CONFLICT move')
      expect(await moveOf(link, new Date())).toMatchObject({ state: 'done' })
    }
    // Its password, passkeys and linked sign-ins stay with the old address, and open nothing of what is under the new one.
    expect(await prisma.user.findUniqueOrThrow({ where: { id: userId } })).toMatchObject({ email, passwordHash: 'set' })
    expect(await prisma.user.findUniqueOrThrow({ where: { email: to } })).toMatchObject({ passwordHash: null })
    expect(await prisma.session.count({ where: { userId } })).toBe(0)
    expect((await listPurchases({ ...customer, email: to }, new Date())).flatMap(({ keys }) => keys)).toMatchObject([
      { id: key.id },
    ])
    expect(await listPurchases(customer, new Date())).toEqual([])
    expect((await told(email)).map(({ template, language }) => [template, language])).toEqual(
      expect.arrayContaining([
        ['address-move', 'de'],
        ['address-moved', 'de'],
      ]),
    )
    expect((await told(to)).at(-1)).toMatchObject({ template: 'address-moved', side: 'new' })
    expect((await historyOf()).slice(-4)).toEqual([
      ...['customer.address_asked', 'customer.address_confirmed', 'customer.address_confirmed', 'customer.updated'],
    ])
  },
)

test('at every organization: where the new address is a customer already, the two become one there', async () => {
  const { shop, key, customer, email, to, ask, emailOfKey, historyOf } = await buyer()
  const other = await makeOrganization()
  const [theirs, mine] = [
    await other.issue(await other.configuration(), { customerEmail: email }),
    await shop.issue(await shop.configuration({ name: 'Second' }), { customerEmail: to }),
  ]
  const person = { connectionId: newId(), customer: 'cus_1' }
  const old = await prisma.customer.findFirstOrThrow({ where: { organizationId: shop.id, email } })
  await prisma.storeConnection.create({
    data: {
      ...{ id: person.connectionId, organizationId: shop.id, store: 'custom', name: 'Shop' },
      ...{ tokenHash: Buffer.from(person.connectionId), token: Buffer.from('x'), createdAt: new Date() },
    } as never,
  })
  await prisma.storeCustomer.create({ data: { ...person, register: { fields: {} }, customerId: old.id } })
  const links = await ask()
  await confirmMove(links.old, new Date())
  await confirmMove(links.fresh, new Date())
  expect(await Promise.all([key.id, theirs.id, mine.id].map(emailOfKey))).toEqual([to, to, to])
  expect(await prisma.customer.count({ where: { email } })).toBe(0)
  expect(await prisma.customer.count({ where: { organizationId: shop.id, email: to } })).toBe(1)
  expect(await prisma.customer.count({ where: { email: to, addressChosenAt: null } }), 'they took it themselves').toBe(
    0,
  )
  expect(await historyOf()).toContain('customer.merged')
  // A renewal finds them by what the store calls them.
  const known = await prisma.storeCustomer.findFirstOrThrow({ where: person, include: { person: true } })
  expect(known.person?.email).toBe(to)
  expect(await listPurchases({ ...customer, email: to }, new Date())).toHaveLength(3)
})

test('a customer who is being sold to does not become part of another meanwhile', async () => {
  const { shop, email, to, ask } = await buyer()
  await shop.issue(await shop.configuration(), { customerEmail: to })
  const links = await ask()
  await confirmMove(links.old, new Date())
  const moving = await prisma.$transaction(
    async (tx) => {
      const found = await addCustomers(tx, shop.merchant, [{ email, name: '' }], new Date())
      const { id = '' } = found.get(email) ?? {}
      let isOver = false
      const move = confirmMove(links.fresh, new Date()).finally(() => {
        isOver = true
      })
      const waiting = () => prisma.$queryRaw<object[]>`SELECT 1 FROM pg_locks WHERE NOT granted`
      await expect.poll(async () => isOver || (await waiting()).length > 0).toBe(true)
      expect(await tx.customer.count({ where: { id } })).toBe(1)
      return { move }
    },
    { timeout: 20_000 },
  )
  expect(await moving.move).toEqual({ isDone: true })
})

test('a key that was issued to the old address between the two goes along, with its mail', async () => {
  const { shop, configuration, email, to, ask, emailOfKey } = await buyer()
  const links = await ask()
  await confirmMove(links.old, new Date())
  const late = await shop.issue(configuration, { customerEmail: email })
  await prisma.mail.create({
    data: {
      ...{ organizationId: shop.id, licenseKeyId: late.id, template: 'license-key', to: email },
      payload: Buffer.from('sealed'),
    },
  })
  await confirmMove(links.fresh, new Date())
  expect(await emailOfKey(late.id)).toBe(to)
  expect(await prisma.mail.count({ where: { licenseKeyId: late.id, to: email, status: 'waiting' } })).toBe(0)
})

test('of many confirmations at once, each mailbox counts once and it is carried out once', async () => {
  const { email, to, ask, emailOfKey, historyOf } = await buyer()
  const links = await ask()
  const all = await Promise.all(
    Array.from({ length: 12 }, (_, i) => codeOf(confirmMove(i % 2 ? links.old : links.fresh, new Date()))),
  )
  expect(all.filter((code) => code === 'ok')).toHaveLength(2)
  expect(all.filter((code) => code === 'CONFLICT move')).toHaveLength(10)
  expect(await emailOfKey()).toBe(to)
  expect((await historyOf()).filter((type) => type === 'customer.updated')).toHaveLength(1)
  expect((await told(email)).filter(({ template }) => template === 'address-moved')).toHaveLength(1)
})

test('two changes to one address at once end with one customer', async () => {
  const [one, two] = [await buyer(), await buyer()]
  const to = somebody()
  const [a, b] = [await one.ask(to), await two.ask(to)]
  await confirmMove(a.old, new Date())
  await confirmMove(b.old, new Date())
  expect(
    await Promise.all([codeOf(confirmMove(a.fresh, new Date())), codeOf(confirmMove(b.fresh, new Date()))]),
  ).toEqual(['ok', 'ok'])
  expect([await one.emailOfKey(), await two.emailOfKey()]).toEqual([to, to])
})

test('a newer request, a stop, a no from either mailbox and a day end it', async () => {
  const { email, customer, ask, emailOfKey, historyOf } = await buyer()
  const first = await ask()
  const second = await ask()
  expect(await codeOf(confirmMove(first.old, new Date()))).toBe('CONFLICT move')
  await stopMove(customer, new Date())
  expect(await codeOf(confirmMove(second.old, new Date()))).toBe('CONFLICT move')
  expect(await openMoveOf(customer, new Date())).toBeNull()
  const third = await ask()
  await confirmMove(third.old, new Date())
  await declineMove(third.fresh, new Date())
  expect(await codeOf(confirmMove(third.fresh, new Date()))).toBe('CONFLICT move')
  const fourth = await ask()
  await confirmMove(fourth.old, new Date())
  expect(await codeOf(confirmMove(fourth.fresh, hoursLater(24.1)))).toBe('CONFLICT move')
  await purgeMoves(hoursLater(25))
  expect(await moveOf(fourth.fresh, new Date())).toBeNull()
  expect(await emailOfKey()).toBe(email)
  expect((await historyOf()).filter((type) => type === 'customer.address_stopped')).toHaveLength(2)
})

test('a link is nobody else’s: the mailboxes cannot stand in for each other, and a guess opens nothing', async () => {
  const { ask, email, emailOfKey } = await buyer()
  const { old } = await ask()
  expect(await codeOf(confirmMove('guess', new Date()))).toBe('CONFLICT move')
  await confirmMove(old, new Date())
  expect(await codeOf(confirmMove(old, new Date()))).toBe('CONFLICT move')
  expect(await emailOfKey()).toBe(email)
  // 256 random bits each.
  expect(Buffer.from(old, 'base64url')).toHaveLength(32)
})

test('the same for a known and an unknown address, and not often', async () => {
  const { customer, email, ask } = await buyer()
  const known = await buyer()
  expect(await codeOf(askToMove(customer, { email }, visitor(), 'en', new Date()))).toBe('INVALID_INPUT own')
  expect(await codeOf(ask(known.email))).toBe('ok')
  expect(await codeOf(ask(somebody()))).toBe('ok')
  // Eight by one person, whatever the addresses and networks.
  const more = []
  for (let i = 0; i < 8; i++) more.push(await codeOf(ask(somebody())))
  expect(more).toEqual([...Array(6).fill('ok'), 'RATE_LIMITED', 'RATE_LIMITED'])
})

test('a member’s account keeps its address and stays signed in; one that has the new address is joined, and the old is signed out', async () => {
  const member = await buyer()
  await prisma.membership.create({
    data: { organizationId: member.shop.id, userId: member.userId, role: 'viewer', createdAt: new Date() } as never,
  })
  await prisma.session.create({ data: { userId: member.userId, createdAt: new Date(), lastSeenAt: new Date() } })
  const links = await member.ask()
  await confirmMove(links.old, new Date())
  await confirmMove(links.fresh, new Date())
  expect(await prisma.user.findUniqueOrThrow({ where: { id: member.userId } })).toMatchObject({ email: member.email })
  expect(await prisma.session.count({ where: { userId: member.userId } })).toBe(1)
  expect(await prisma.user.findUniqueOrThrow({ where: { email: member.to } })).toMatchObject({ language: 'de' })
  expect((await told(member.email)).at(-1)).toMatchObject({ template: 'address-moved', keepsAccount: true })

  const plain = await buyer()
  const { userId: id } = await makePerson(plain.to)
  const both = await plain.ask()
  await confirmMove(both.old, new Date())
  await confirmMove(both.fresh, new Date())
  expect(await prisma.user.findUniqueOrThrow({ where: { email: plain.to } })).toMatchObject({ id })
  expect(await prisma.user.findUniqueOrThrow({ where: { id: plain.userId } })).toMatchObject({ email: plain.email })
})

test('a seller’s edit ends a half-confirmed change where nothing is left to move, and nobody is told of one that moved nothing', async () => {
  const { shop, email, to, ask, emailOfKey, historyOf, userId } = await buyer()
  const { id } = await prisma.customer.findFirstOrThrow({ where: { organizationId: shop.id, email } })
  const links = await ask()
  await confirmMove(links.old, new Date())
  const session = await prisma.session.create({ data: { userId, createdAt: new Date(), lastSeenAt: new Date() } })
  const elsewhere = somebody()
  await updateCustomer(shop.merchant, { customerId: id, email: elsewhere }, new Date())
  expect(await moveOf(links.fresh, new Date())).toMatchObject({ state: 'over' })
  expect(await codeOf(confirmMove(links.fresh, new Date()))).toBe('CONFLICT move')
  expect(await historyOf()).toContain('customer.address_stopped')
  // One that the edit could not end, since a mailbox said yes at that moment.
  await prisma.addressMove.updateMany({ where: { userId }, data: { endedAt: null } })
  expect(await codeOf(confirmMove(links.fresh, new Date()))).toBe('CONFLICT move')
  expect(await moveOf(links.fresh, new Date())).toMatchObject({ state: 'over' })
  expect(await emailOfKey()).toBe(elsewhere)
  expect([...(await told(email)), ...(await told(to))].map(({ template }) => template)).not.toContain('address-moved')
  expect(await prisma.session.count({ where: { id: session.id } })).toBe(1)
})
