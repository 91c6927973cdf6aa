import { afterEach, expect, test } from 'vitest'
import { begin, end, handleAll, type Life, post, type Sent, type Telling } from '../../e2e/store-life.ts'
import { signers } from '../../e2e/store-signers.ts'
import { newId } from '../base/ids.ts'
import { foldForSearch } from '../base/text.ts'
import { updateCustomer } from '../customers/change.ts'
import { askToMove, confirmMove } from '../customers/move-address.ts'
import { pool, prisma } from '../database/client.ts'
import { openKeyString } from '../key-strings/string.ts'
import { activate, validate } from '../license-calls/calls.ts'
import { ActivateCall, ValidateCall } from '../license-calls/schema.ts'
import { queueMail } from '../mail/commands.ts'
import { openContents } from '../mail/queries.ts'
import { openDelivery } from '../stores/intake.ts'
import { erasePersonalData } from './commands.ts'
import { openErasures, runErasure } from './run.ts'

const mark = `quill${newId().slice(-8)}`
const BUYER = { id: `person-${mark}`, email: `lena.${mark}@customer.example`, name: `Lena ${mark}` }
const system = { kind: 'system', name: 'Test' } as const
const now = new Date('2026-09-05T10:00:00Z')

const shop: Life = {
  store: 'custom',
  secret: `whsec_${Buffer.from('inkwell-custom-secret-of-32-bytes').toString('base64')}`,
  headers: signers.standard(),
  products: { pro: 'Quill Pro' },
  steps: [{ what: 'it is connected', at: '2026-09-01T10:00:00Z', sends: [], stands: [] }],
}
let telling: Telling | undefined
afterEach(async () => {
  if (telling) await end(telling)
})

let count = 0
const order = (at: string, id: string, more: object = {}): Sent => {
  const data = { order_id: id, status: 'active', items: [{ product_id: 'pro' }], customer: BUYER, ...more }
  count += 1
  return {
    id: `msg_${mark}_${count}`,
    type: 'purchase.updated',
    body: JSON.stringify({ type: 'purchase.updated', timestamp: at, data }),
    at,
  }
}
async function tell(at: Telling, sent: Sent) {
  await post(at, sent, new Date(sent.at ?? 0))
  await handleAll(at, new Date(sent.at ?? 0))
}

/** Every table that has one of these words in a row of this database, unsealed columns only. */
async function tablesWith(words: string[]): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  )
  const found: string[] = []
  for (const { name } of rows)
    for (const word of words) {
      const { rowCount } = await pool.query(`SELECT 1 FROM ${name} t WHERE t::text ILIKE $1 LIMIT 1`, [`%${word}%`])
      if (rowCount) found.push(`${name}: ${word}`)
    }
  return found
}

test('somebody is gone from every table, their key goes on, and their store does not bring them back', async () => {
  telling = await begin(shop)
  const { me, organizationId, connectionId } = telling
  await tell(telling, order('2026-09-01T10:00:05Z', `order-${mark}`))
  const key = await prisma.licenseKey.findFirstOrThrow({ where: { organizationId } })
  const customer = await prisma.customer.findFirstOrThrow({ where: { organizationId } })
  expect(customer.email).toBe(BUYER.email)
  await fillWith(organizationId, key.id, customer.id)
  const keyString = openKeyString(key.keyCipher)
  const software = { kind: 'software', address: '203.0.113.7' } as const
  const call = { key: keyString, organization_id: organizationId }
  const device = ActivateCall.parse({
    ...call,
    label: `${mark}s MacBook`,
    fingerprint: 'aa:bb',
    meta: { owner: BUYER.name },
  })
  expect(await activate(software, device, now)).toMatchObject({ verdict: { code: 'ACTIVATED' } })
  expect((await tablesWith([mark])).length).toBeGreaterThan(10)

  const support = { ...me, role: 'support' as const }
  await expect(erasePersonalData(support, { customerId: customer.id }, now)).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
  const stranger = { ...me, organizationId: newId() }
  await expect(erasePersonalData(stranger, { customerId: customer.id }, now)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  const { erasureId } = await erasePersonalData(me, { customerId: customer.id }, now)
  expect(await openErasures(system)).toContain(erasureId)
  await runErasure(system, erasureId, now)
  await runErasure(system, erasureId, now)
  expect(await openErasures(system)).not.toContain(erasureId)
  // What was written about them is gone; what names them elsewhere does so no longer, nor as it is searched.
  expect(await prisma.customerNote.count({ where: { customerId: customer.id } })).toBe(0)
  expect(await prisma.customerNote.findMany({ where: { organizationId } })).toMatchObject([
    { text: 'Knows [deleted], [deleted]', folded: 'knows [deleted], [deleted]' },
  ])
  // The order's and the person's names at the store stay: without them the store would bring both back.
  const kept = /^public\.(store_lines|store_customers|store_deliveries|purchases|passed_keys)\b/
  expect((await tablesWith([BUYER.email, BUYER.name, `${mark}s MacBook`])).filter(Boolean)).toEqual([])
  expect((await tablesWith([mark])).filter((each) => !kept.test(each))).toEqual([])

  const asked = ValidateCall.parse({ ...call, fingerprint: 'aa:bb' })
  expect(await validate(software, asked, now)).toMatchObject({ verdict: { valid: true } })
  const deliveries = await prisma.storeDelivery.findMany({ where: { connectionId } })
  for (const { content, receivedAt } of deliveries)
    expect(openDelivery(content, receivedAt).body.toString()).not.toContain(mark)

  // The store says it again: nothing comes back, and the delivery is empty afterwards.
  await tell(telling, order('2026-09-06T10:00:00Z', `order-${mark}`))
  expect(await tablesWith([BUYER.email, BUYER.name])).toEqual([])
  const again = await prisma.storeDelivery.findFirstOrThrow({
    where: { connectionId },
    orderBy: { receivedAt: 'desc' },
  })
  expect(openDelivery(again.content, again.receivedAt).body.toString()).toBe('')
  expect(await prisma.licenseKey.count({ where: { organizationId } })).toBe(1)

  // They buy again: then they are a customer, and another one.
  await tell(telling, order('2026-09-07T10:00:00Z', `order-2-${mark}`))
  const customers = await prisma.customer.findMany({
    where: { organizationId, notes: { none: {} } },
    orderBy: { id: 'asc' },
  })
  expect(customers.map(({ email }) => email)).toEqual([expect.stringMatching(/@deleted\.invalid$/), BUYER.email])
  await expect(erasePersonalData(me, { customerId: customer.id }, now)).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('addresses that somebody had before go with them: what was mailed there, and the account they had', async () => {
  telling = await begin(shop)
  const { me, organizationId } = telling
  const made = await prisma.customer.create({
    data: { organizationId, email: `old.${mark}@customer.example`, name: null },
  })
  const old = await readerAs(made.email)
  const [fresh, other] = [`new.${mark}@customer.example`, `bystander.${mark}@customer.example`]
  const visitor = { kind: 'visitor', address: null } as const
  await askToMove(old, { email: fresh }, visitor, 'en', now)
  for (const to of [old.email, fresh]) await confirmMove(await mailedToken(to), now)
  expect(await prisma.customer.findUniqueOrThrow({ where: { id: made.id } })).toMatchObject({ email: fresh })
  // Another's mail that names the address, and one that names somebody else.
  const keep = { template: 'keys-moved', payload: { organizationId, direction: 'here', product: null } } as const
  const said = (address: string) => ({ ...keep, to: other, payload: { ...keep.payload, address }, organizationId })
  await prisma.$transaction(async (tx) => {
    await queueMail(tx, now, said(old.email))
    await queueMail(tx, now, said(other))
  })

  const { erasureId } = await erasePersonalData(me, { customerId: made.id }, now)
  await runErasure(system, erasureId, now)
  expect(await tablesWith([old.email, fresh])).toEqual([])
  const left = await prisma.mail.findMany({ where: { OR: [{ organizationId }, { to: other }] } })
  const names = left.map((mail) => JSON.stringify(openContents(mail)))
  expect(names.filter((text) => text.includes(old.email) || text.includes(fresh))).toEqual([])
  expect(names).toHaveLength(1)
})

test('an address that is somebody else’s by now stays theirs', async () => {
  telling = await begin(shop)
  const { me, organizationId } = telling
  const email = `handed-on.${mark}@customer.example`
  const customer = await prisma.customer.create({ data: { organizationId, email, name: null } })
  await updateCustomer(me, { customerId: customer.id, email: `moved.${mark}@customer.example` }, now)
  const next = await prisma.customer.create({ data: { organizationId, email, name: null } })
  const { userId } = await readerAs(email)
  const { erasureId } = await erasePersonalData(me, { customerId: customer.id }, now)
  await runErasure(system, erasureId, now)
  expect(await prisma.customer.findUniqueOrThrow({ where: { id: next.id } })).toMatchObject({ email })
  expect(await prisma.user.findUnique({ where: { id: userId } })).toMatchObject({ email })
})

async function readerAs(email: string) {
  const { id: userId } = await prisma.user.create({ data: { email, emailVerifiedAt: now } })
  return { kind: 'customer', userId, email } as const
}

async function mailedToken(to: string): Promise<string> {
  const mails = await prisma.mail.findMany({ where: { to, template: 'address-move' }, orderBy: { id: 'desc' } })
  const contents = openContents(mails[0] ?? { template: '', payload: new Uint8Array() })
  return 'url' in contents.payload ? (new URL(contents.payload.url).searchParams.get('token') ?? '') : ''
}

/** Everything else that can know somebody. */
async function fillWith(organizationId: string, licenseKeyId: string, customerId: string): Promise<void> {
  await prisma.keyOffer.create({
    data: {
      ...{
        id: newId(),
        organizationId,
        licenseKeyId,
        customerId,
        to: `friend-${mark}@example.com`,
        tokenHash: newId(),
      },
      ...{ createdAt: now, expiresAt: now },
    },
  })
  const { email, name } = BUYER
  await prisma.licenseKey.update({
    where: { id: licenseKeyId },
    data: {
      note: `${name} called`,
      noteFolded: `${name} called`.toLowerCase(),
      metadata: { crm: email },
      tags: [email, 'vip'],
    },
  })
  const other = await prisma.customer.create({
    data: { organizationId, email: `other-${newId().slice(-12)}@example.com` },
  })
  const written = { authorId: newId(), authorLabel: 'Mara', createdAt: now, organizationId }
  for (const each of [customerId, other.id]) {
    const text = `Knows ${BUYER.name}, ${BUYER.email}`
    await prisma.customerNote.create({
      data: { ...written, id: newId(), customerId: each, text, folded: foldForSearch(text) },
    })
  }
  await prisma.customer.update({
    where: { id: customerId },
    data: { externalId: `crm-${mark}`, metadata: { who: name } },
  })
  await prisma.purchase.updateMany({ where: { customerId }, data: { metadata: { who: name } } })
  const user = await prisma.user.create({ data: { email, name } })
  await prisma.session.create({ data: { userId: user.id, device: mark, createdAt: now, lastSeenAt: now } })
  await prisma.verificationToken.create({ data: { identifier: email, token: newId(), expires: now } })
  await prisma.linkedSignIn.create({
    data: { id: newId(), userId: user.id, provider: 'oidc', issuer: 'i', subject: mark, label: email, createdAt: now },
  })
  await prisma.mailStop.create({ data: { organizationId, email, stoppedAt: now } })
  await prisma.savedView.create({
    data: {
      organizationId,
      name: `Keys of ${name}`,
      query: `customer:${email}`,
      sort: 'createdAt',
      dir: 'desc',
      createdBy: 'Mara',
      createdAt: now,
      updatedAt: now,
    },
  })
  await prisma.licenseCall.create({
    data: {
      ...{ id: newId(), organizationId, at: now, verb: 'validate', code: 'VALID', licenseKeyId },
      ...{ device: `${mark}s MacBook`, fingerprint: 'aa', address: '203.0.113.7', dialect: 'latchkey', durationUs: 1 },
    },
  })
  const refused = {
    organizationId,
    subject: licenseKeyId,
    code: 'EXPIRED',
    verb: 'validate',
    device: 'aa',
    licenseKeyId,
  }
  const said = { label: `${mark}s MacBook`, address: '203.0.113.7', lookedAt: { who: name }, count: 1, lastAt: now }
  await prisma.callRefusal.create({ data: { ...refused, ...said, hour: now, firstAt: now } })
  await prisma.trouble.create({ data: { ...refused, ...said, since: now } })
  await prisma.keyRisk.create({ data: { licenseKeyId, organizationId, evidence: [{ who: name }] } })
  const event = { organizationId, actorKind: 'merchant', actorLabel: 'Mara' }
  await prisma.event.createMany({
    data: [
      { ...event, type: 'license_key.updated', licenseKeyId, data: { changes: [`Note: “${name}”`], reason: mark } },
      { ...event, type: 'license_key.mailed', data: { to: email } },
      {
        ...event,
        type: 'customer.updated',
        customerId,
        actorKind: 'customer',
        actorLabel: email,
        address: mark,
        data: { email },
      },
    ],
  })
  const bulk = newId()
  await prisma.bulkChange.create({
    data: {
      ...{
        id: bulk,
        organizationId,
        origin: 'list',
        action: { kind: 'tag', of: email },
        reason: `for ${name}`,
        total: 1,
      },
      ...{ actorKind: 'merchant', actorLabel: 'Mara', createdAt: now },
    },
  })
  await prisma.bulkChangeKey.create({
    data: {
      bulkChangeId: bulk,
      position: 0,
      licenseKeyId,
      was: { note: name },
      became: { note: email, tags: [email] },
    },
  })
  await prisma.import.create({
    data: {
      ...{ organizationId, status: 'done', files: [], actorKind: 'merchant', actorLabel: 'Mara', createdAt: now },
      problems: { create: [{ number: 0, file: 0, line: 2, key: 'K', message: `${email} twice` }] },
    },
  })
}
