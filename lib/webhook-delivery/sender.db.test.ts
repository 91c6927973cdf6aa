import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { webhookBodies } from '../api/webhook-bodies.ts'
import type { Member, System } from '../base/actor.ts'
import { DAY_MS, HOUR_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { eventTypes, webhookTypeOf } from '../events/schema.ts'
import { createKeyConfiguration } from '../key-configurations/commands.ts'
import { CreateKeyConfiguration } from '../key-configurations/schema.ts'
import { disableLicenseKeys, revokeLicenseKeys } from '../license-keys/status.ts'
import { issueLicenseKey } from '../purchases/issue.ts'
import {
  createEndpoint,
  resendFailed,
  resendMessage,
  rotateSecret,
  sendTest,
  updateEndpoint,
} from '../webhook-endpoints/commands.ts'
import { CreateEndpoint } from '../webhook-endpoints/schema.ts'
import { type WebhookType, webhookTypeNames, webhookTypes } from '../webhooks/plain.ts'
import { openSender } from './sender.ts'

// From a fact to a receiver, over real connections; the clock is moved by hand.

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

const closing: (() => unknown)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closing.splice(0).reverse()) await close()
})

const system: System = { kind: 'system', name: 'Test' }
let now: Date
const later = (ms: number) => {
  now = new Date(now.getTime() + ms)
}
let me: Member
beforeEach(async () => {
  now = new Date('2026-11-29T12:00:00Z')
  const organizationId = newId()
  const email = `${newId()}@shop.example`
  const user = await prisma.user.create({ data: { email, name: 'Mara' } })
  await prisma.organization.create({
    data: {
      ...{ id: organizationId, slug: organizationId, name: 'Test' },
      memberships: { create: { userId: user.id, role: 'owner' } },
    },
  })
  me = { kind: 'merchant', userId: user.id, email, name: 'Mara', organizationId, role: 'owner' }
})

type Got = {
  path: string
  headers: IncomingHttpHeaders
  text: string
  json: { type: string; data: Record<string, unknown>; event: Record<string, unknown> }
}
type Answering = (got: Got, response: ServerResponse) => void

const says =
  (status: number, headers: Record<string, string> = {}): Answering =>
  (_got, response) =>
    response.writeHead(status, headers).end(`said ${status}`)

/** A receiver that keeps what it gets, and answers as it is told at the moment. */
async function receiver(answering: Answering = says(200)) {
  const got: Got[] = []
  const it = { got, answering, url: '', close: async () => {} }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const one = { path: request.url ?? '', headers: request.headers, text, json: JSON.parse(text) }
      got.push(one)
      it.answering(one, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  it.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?a=b`
  it.close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  closing.push(it.close)
  return it
}

const endpoint = (url: string, more: object = {}) =>
  createEndpoint(me, CreateEndpoint.parse({ url, ...more }), '2026-11-28', now)

const customer = async (name = 'Ada') => {
  const { organizationId } = me
  const made = await prisma.customer.create({ data: { organizationId, name, email: `${newId()}@buyer.example` } })
  await prisma.$transaction((tx) =>
    record(tx, me, now, { type: 'customer.created', organizationId, customerId: made.id, data: { email: made.email } }),
  )
  return made
}

async function issue() {
  const input = CreateKeyConfiguration.parse({
    name: `C ${newId()}`,
    prefix: '',
    format: 'uuid',
    expiryKind: 'never',
    activationsMode: 'limited',
    activationLimit: 2,
  })
  const configuration = await createKeyConfiguration(me, input, now)
  return issueLicenseKey(
    me,
    {
      keyConfigurationId: configuration.id,
      productId: null,
      customerEmail: `${newId()}@buyer.example`,
      customerName: '',
      reference: '',
      addToPurchase: false,
      note: '',
      sendMail: false,
    },
    now,
  )
}

// Time enough for a machine that has other things to do.
const sender = (answerMs = 10_000) =>
  openSender(system, { clock: () => now, random: () => 0, answerMs, organizationId: me.organizationId })
const sendDue = (answerMs?: number) => sender(answerMs).sendDue()

const messages = (endpointId: string) =>
  prisma.webhookMessage.findMany({
    where: { endpointId },
    orderBy: { number: 'asc' },
    include: { tries: { orderBy: { number: 'asc' } } },
  })
const only = async (endpointId: string) => {
  const [message, ...more] = await messages(endpointId)
  expect(more).toEqual([])
  if (!message) throw new Error('There is no message.')
  return message
}
const endpointRow = (id: string) => prisma.webhookEndpoint.findUniqueOrThrow({ where: { id } })
/** As the library of Standard Webhooks checks it, at the time when it is received. */
function verify(secret: string, { text, headers }: Got) {
  vi.useFakeTimers({ toFake: ['Date'], now })
  try {
    return new Webhook(secret).verify(text, headers as Record<string, string>)
  } finally {
    vi.useRealTimers()
  }
}

test('an event arrives once, signed, with the record it is about', async () => {
  const to = await receiver()
  const { endpointId, secret } = await endpoint(to.url, { headers: { Authorization: 'Bearer abc' } })
  const { id, email } = await customer()
  expect(await sendDue()).toBe(1)
  expect(await sendDue()).toBe(0)
  const [got] = to.got
  if (!got) throw new Error('Nothing came.')
  const message = await only(endpointId)
  expect(got.path).toBe('/hooks?a=b')
  expect(got.headers).toMatchObject({
    'webhook-id': message.id,
    'webhook-timestamp': String(now.getTime() / 1_000),
    'content-type': 'application/json',
    'latchkey-version': '2026-11-28',
    authorization: 'Bearer abc',
  })
  expect(verify(secret, got)).toEqual(got.json)
  expect(() => verify(`whsec_${Buffer.alloc(32).toString('base64')}`, got)).toThrow()
  expect(got.json).toMatchObject({
    type: 'customer.created',
    timestamp: now.toISOString(),
    event: {
      id: message.eventId,
      type: 'customer.created',
      customer_id: id,
      data: { email },
      actor: { label: 'Mara' },
    },
    data: { id, email, name: 'Ada', license_keys: 0 },
  })
  expect(message).toMatchObject({ state: 'sent', attempts: 1, lastStatus: 200, lease: null, settledAt: now })
  expect(message.tries).toMatchObject([{ number: 1, status: 200, answer: 'said 200', error: null, at: now }])
  expect(await endpointRow(endpointId)).toMatchObject({ failingSince: null, lastSentAt: now })
})

test('what fails is tried again at the times that are promised, with one id, and given up after the tenth', async () => {
  const to = await receiver(says(500))
  const { endpointId, secret } = await endpoint(to.url)
  await customer()
  const waits = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map((seconds) => seconds * 1_000)
  for (const wait of waits) {
    expect(await sendDue()).toBe(1)
    later(wait - 1)
    expect(await sendDue()).toBe(0)
    later(1)
  }
  expect(await sendDue()).toBe(1)
  later(10 * DAY_MS)
  expect(await sendDue()).toBe(0)
  const message = await only(endpointId)
  expect(message).toMatchObject({ state: 'failed', attempts: 10, lastStatus: 500 })
  expect(message.tries.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(new Set(to.got.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([message.id]))
  expect(new Set(to.got.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10)
  // And once more, when somebody says so.
  to.answering = says(204)
  expect(await resendFailed(me, { endpointId, since: new Date(0) }, now)).toEqual({ messages: 1 })
  expect(await sendDue()).toBe(1)
  expect(await only(endpointId)).toMatchObject({ state: 'sent', attempts: 1 })
  expect((await only(endpointId)).tries).toHaveLength(11)
  const last = to.got.at(-1)
  expect(last?.headers['webhook-id']).toBe(message.id)
  expect(last && verify(secret, last)).toBeTruthy()
})

test('a redirect is a failure and is not followed', async () => {
  const elsewhere = await receiver()
  const to = await receiver((_got, response) => response.writeHead(307, { location: elsewhere.url }).end())
  const { endpointId } = await endpoint(to.url)
  await customer()
  await sendDue()
  expect(elsewhere.got).toEqual([])
  expect(await only(endpointId)).toMatchObject({
    state: 'waiting',
    lastStatus: 307,
    lastError: expect.stringContaining('redirect'),
  })
})

test('whoever does not answer is given up after the time there is, and tried again', async () => {
  const to = await receiver(() => {})
  const { endpointId } = await endpoint(to.url)
  await customer()
  expect(await sendDue(200)).toBe(1)
  expect(await only(endpointId)).toMatchObject({
    state: 'waiting',
    attempts: 1,
    lastStatus: null,
    lastError: 'No answer within 0.2 s.',
  })
  expect((await endpointRow(endpointId)).failingSince).toEqual(now)
  to.answering = says(200)
  later(5_000)
  await sendDue()
  expect(await only(endpointId)).toMatchObject({ state: 'sent', attempts: 2 })
})

test('410 switches the endpoint off, and its owners are told', async () => {
  const to = await receiver(says(410))
  const { endpointId } = await endpoint(to.url)
  await customer('Ada')
  await sendDue()
  expect(await endpointRow(endpointId)).toMatchObject({ disabledAt: now, disabledReason: 'gone' })
  expect(await only(endpointId)).toMatchObject({ state: 'gone', lastStatus: 410 })
  await customer('Bea')
  expect(await messages(endpointId)).toHaveLength(1)
  expect(
    await prisma.mail.findMany({ where: { organizationId: me.organizationId }, select: { to: true, template: true } }),
  ).toEqual([{ to: me.email, template: 'webhook-off' }])
  expect(
    await prisma.event.findMany({
      where: { organizationId: me.organizationId, type: 'webhook_endpoint.disabled' },
      select: { data: true, actorKind: true },
    }),
  ).toEqual([{ data: { url: to.url, why: 'Its receiver answered 410 Gone' }, actorKind: 'system' }])
  // Back on: nothing is lost that was there.
  to.answering = says(200)
  await expect(resendFailed(me, { endpointId, since: new Date(0) }, now)).rejects.toThrow('switched off')
  await updateEndpoint(me, endpointId, { disabled: false }, now)
  await resendFailed(me, { endpointId, since: new Date(0) }, now)
  await sendDue()
  expect(await only(endpointId)).toMatchObject({ state: 'sent' })
})

test('after five days without one success it is switched off and its owners are told; until then it is not', async () => {
  const to = await receiver(says(500))
  const { endpointId } = await endpoint(to.url)
  await customer()
  await sendDue()
  for (let day = 0; day < 4; day++) {
    later(DAY_MS)
    await customer()
    await sendDue()
  }
  later(DAY_MS - 1)
  await customer()
  await sendDue()
  expect((await endpointRow(endpointId)).disabledAt).toBeNull()
  later(1)
  await customer()
  await sendDue()
  expect(await endpointRow(endpointId)).toMatchObject({ disabledAt: now, disabledReason: 'failing' })
  expect(await prisma.mail.count({ where: { organizationId: me.organizationId, template: 'webhook-off' } })).toBe(1)
  expect(new Set((await messages(endpointId)).map(({ state }) => state))).toEqual(new Set(['gone']))
})

test('down for a day: everything arrives as soon as it is back, in order, and once', async () => {
  const to = await receiver()
  const { endpointId } = await endpoint(to.url)
  // Its port stays its own.
  to.answering = (got, response) => {
    to.got.splice(to.got.indexOf(got), 1)
    response.destroy()
  }
  const key = await issue()
  for (let hour = 0; hour < 24; hour++) {
    await customer(`Nº ${hour}`)
    const change = { licenseKeyIds: [key.licenseKeyId], reason: String(hour) }
    if (hour === 5) await disableLicenseKeys(me, change, now)
    if (hour === 17) await revokeLicenseKeys(me, change, now)
    await sendDue()
    later(HOUR_MS)
  }
  expect(to.got).toEqual([])
  to.answering = says(200)
  // The next attempt of the first that comes up shows that it is back, and the others follow at once.
  await customer('Last')
  await sendDue()
  const all = await messages(endpointId)
  expect(all.map(({ state }) => state)).toEqual(all.map(() => 'sent'))
  const ids = to.got.map(({ headers }) => headers['webhook-id'])
  expect(ids.toSorted()).toEqual(all.map(({ id }) => id).toSorted())
  const ofKey = to.got.filter(({ json }) => json.type.startsWith('license_key.'))
  expect(ofKey.map(({ json }) => json.type)).toEqual([
    'license_key.issued',
    'license_key.disabled',
    'license_key.revoked',
  ])
  // What each says of the key is what it is now: whoever only keeps the newest is right at any moment.
  expect(ofKey.map(({ json }) => json.data.status)).toEqual(['revoked', 'revoked', 'revoked'])
})

test('one that is sent now and arrives releases the others, but not what was refused again and again', async () => {
  const to = await receiver(says(500))
  const { endpointId } = await endpoint(to.url)
  for (const name of ['One', 'Two', 'Three']) await customer(name)
  await sendDue()
  later(10_000)
  await sendDue()
  const [first, second, third] = await messages(endpointId)
  expect([first, second, third].map((each) => each?.attempts)).toEqual([2, 2, 2])
  // As if it had been refused more often.
  await prisma.webhookMessage.update({ where: { id: third?.id ?? '' }, data: { attempts: 3 } })
  to.answering = says(200)
  await resendMessage(me, first?.id ?? '', now)
  await sendDue()
  expect((await messages(endpointId)).map(({ state }) => state)).toEqual(['sent', 'sent', 'waiting'])
})

test('Retry-After is kept, and nothing else is sent meanwhile', async () => {
  const to = await receiver(says(429, { 'retry-after': '120' }))
  const { endpointId } = await endpoint(to.url)
  await customer()
  expect(await sendDue()).toBe(1)
  to.answering = says(200)
  await customer()
  later(119_000)
  expect(await sendDue()).toBe(0)
  later(1_000)
  expect(await sendDue()).toBe(2)
  expect((await messages(endpointId)).map(({ state }) => state)).toEqual(['sent', 'sent'])
})

test('of one key one after the other: what follows waits while the first is soon tried again, and no longer', async () => {
  let refused = 0
  const to = await receiver((got, response) => {
    const isFirst = got.json.type === 'license_key.issued'
    if (isFirst) refused++
    response.writeHead(isFirst ? 422 : 200).end()
  })
  const { endpointId } = await endpoint(to.url)
  const { licenseKeyId } = await issue()
  await disableLicenseKeys(me, { licenseKeyIds: [licenseKeyId], reason: '' }, now)
  const { id } = await customer()
  await sendDue()
  const types = () => to.got.filter(({ json }) => !json.type.startsWith('customer.')).map(({ json }) => json.type)
  expect(types()).toEqual(['license_key.issued'])
  // Nobody has to look at those that wait before their time.
  const [first, second] = (await messages(endpointId)).filter((each) => each.licenseKeyId)
  expect(second?.dueAt).toEqual(first?.dueAt)
  // Others do not wait.
  expect(to.got.some(({ json }) => json.data.id === id)).toBe(true)
  // What comes meanwhile does not overtake it either.
  await revokeLicenseKeys(me, { licenseKeyIds: [licenseKeyId], reason: '' }, now)
  await sendDue()
  expect(types()).toEqual(['license_key.issued'])
  later(5_000)
  await sendDue()
  expect([refused, types().length]).toEqual([2, 2])
  later(300_000)
  await sendDue()
  expect(types().slice(2)).toEqual(['license_key.issued', 'license_key.disabled', 'license_key.revoked'])
  const states = (await messages(endpointId)).filter(({ licenseKeyId }) => licenseKeyId).map(({ state }) => state)
  expect(states).toEqual(['waiting', 'sent', 'sent'])
})

test('very much that waits behind one message of its key holds up nothing else', async () => {
  const to = await receiver((got, response) => response.writeHead(got.json.event.license_key_id ? 422 : 200).end())
  const { endpointId } = await endpoint(to.url)
  const { organizationId } = me
  const event = { type: 'license_key.updated' as const, organizationId, licenseKeyId: newId() }
  const happen = (times: number) =>
    prisma.$transaction((tx) => record(tx, me, now, ...Array.from({ length: times }, () => event)))
  await happen(1)
  await sendDue()
  await happen(300)
  await customer()
  expect(await sendDue()).toBe(1)
  expect((await messages(endpointId)).filter(({ state }) => state === 'sent')).toHaveLength(1)
})

test('what is sent fits what the document says, of every kind of record', async () => {
  const to = await receiver()
  await endpoint(to.url)
  const { organizationId } = me
  const { licenseKeyId } = await issue()
  const key = await prisma.licenseKey.findUniqueOrThrow({ where: { id: licenseKeyId } })
  const product = await prisma.product.create({ data: { organizationId, name: 'Editor' } })
  const purchase = await prisma.purchase.create({
    data: {
      organizationId,
      customerId: key.customerId,
      productId: product.id,
      reference: newId(),
      purchasedAt: now,
      source: 'api',
      kind: 'one_time',
    },
  })
  const activation = await prisma.activation.create({ data: { organizationId, licenseKeyId, label: 'MacBook' } })
  const about = {
    organizationId,
    licenseKeyId,
    activationId: activation.id,
    customerId: key.customerId,
    purchaseId: purchase.id,
  }
  const connection = await prisma.storeConnection.create({
    data: {
      ...{ organizationId, store: 'stripe', name: 'Stripe', tokenHash: Buffer.from(newId()) },
      ...{ token: new Uint8Array([1]), createdAt: now },
    },
  })
  const delivery = await prisma.storeDelivery.create({
    data: {
      ...{ connectionId: connection.id, key: 'evt_1', type: 'invoice.paid', state: 'failed' },
      ...{ content: new Uint8Array([1]), dueAt: now, receivedAt: now },
    },
  })
  const data = { replaced: 'ThinkPad', deliveryId: delivery.id }
  const types = eventTypes.filter((type) => webhookTypeOf({ type, data }))
  await prisma.$transaction((tx) => record(tx, me, now, ...types.map((type) => ({ ...about, type, data }))))
  await sendDue()
  const bodies = to.got.map(({ json }) => json)
  expect(new Set(bodies.map(({ type }) => type)).size).toBeGreaterThanOrEqual(webhookTypeNames.length - 1)
  for (const body of bodies) {
    const subject = webhookTypes[body.type as WebhookType].about
    expect(webhookBodies[subject].parse(body), body.type).toEqual(body)
    expect(body.data).not.toHaveProperty('deleted')
  }
})

test('several processes: each message is sent by one of them, those of a key in order', async () => {
  const to = await receiver((_got, response) => setTimeout(() => response.end(), Math.random() * 5))
  const { endpointId } = await endpoint(to.url)
  const { organizationId } = me
  const keys = Array.from({ length: 5 }, () => newId())
  for (let i = 0; i < 40; i++)
    await prisma.$transaction((tx) =>
      record(
        tx,
        me,
        now,
        ...keys.map((licenseKeyId) => ({
          type: 'license_key.updated' as const,
          organizationId,
          licenseKeyId,
          data: { changes: [String(i)] },
        })),
      ),
    )
  const counts = await Promise.all([sendDue(), sendDue(), sendDue()])
  expect(counts.reduce((sum, each) => sum + each, 0)).toBe(200)
  expect(new Set(to.got.map(({ headers }) => headers['webhook-id'])).size).toBe(200)
  for (const key of keys) {
    const order = to.got
      .filter(({ json }) => json.event.license_key_id === key)
      .map(({ json }) => (json.event.data as { changes: string[] }).changes[0])
    expect(order).toEqual(Array.from({ length: 40 }, (_, i) => String(i)))
  }
  expect((await messages(endpointId)).every(({ state, lease }) => state === 'sent' && lease === null)).toBe(true)
  // Its record is not there any more.
  expect(to.got[0]?.json.data).toEqual({ id: expect.any(String), deleted: true })
})

test('a process that dies takes nothing with it: another sends it when the lease is over', async () => {
  const open: ServerResponse[] = []
  const to = await receiver((_got, response) => open.push(response))
  const { endpointId } = await endpoint(to.url)
  await customer()
  const dying = sender(60_000)
  const died = dying.sendDue()
  await vi.waitFor(() => expect(to.got).toHaveLength(1), 20_000)
  to.answering = says(200)
  later(119_000)
  expect(await sendDue()).toBe(0)
  later(1_000)
  expect(await sendDue()).toBe(1)
  const message = await only(endpointId)
  expect(message).toMatchObject({ state: 'sent' })
  expect(new Set(to.got.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([message.id]))
  // It was only slow: what it has to say comes too late to count.
  open[0]?.writeHead(500).end()
  await died
  expect(await only(endpointId)).toMatchObject({ state: 'sent', attempts: 1, lastStatus: 200 })
})

test('a process that dies holding the first of very many of a key stops none of them', async () => {
  const to = await receiver(() => {})
  const { endpointId } = await endpoint(to.url)
  const { organizationId } = me
  const event = { type: 'license_key.updated' as const, organizationId, licenseKeyId: newId() }
  await prisma.$transaction((tx) => record(tx, me, now, ...Array.from({ length: 300 }, () => event)))
  void sender(600_000).sendDue()
  await vi.waitFor(() => expect(to.got).toHaveLength(1), 20_000)
  const before = to.got.length
  to.answering = says(200)
  later(120_000)
  expect(await sendDue()).toBe(300)
  const ids = (await messages(endpointId)).map(({ id }) => id)
  expect(to.got.slice(before).map(({ headers }) => headers['webhook-id'])).toEqual(ids)
})

test('a stop gives back what was not sent, at once', async () => {
  const open: ServerResponse[] = []
  const to = await receiver((_got, response) => open.push(response))
  const { endpointId } = await endpoint(to.url)
  for (let i = 0; i < 20; i++) await customer()
  const stopping = sender(60_000)
  void stopping.run()
  await vi.waitFor(() => expect(to.got.length).toBe(8), 20_000)
  const stopped = stopping.stop(10_000)
  for (const response of open) response.end()
  await stopped
  const states = (await messages(endpointId)).map(({ state, attempts, lease }) => `${state} ${attempts} ${lease}`)
  expect(states.filter((each) => each === 'sent 1 null')).toHaveLength(8)
  expect(states.filter((each) => each === 'waiting 0 null')).toHaveLength(12)
  to.answering = says(200)
  expect(await sendDue()).toBe(12)
})

test('while a secret is replaced, both are good; after a day the old one is not', async () => {
  const to = await receiver()
  const { endpointId, secret: old } = await endpoint(to.url)
  const { secret } = await rotateSecret(me, endpointId, now)
  later(DAY_MS - 1)
  await customer()
  await sendDue()
  later(1)
  await customer()
  await sendDue()
  const [during, after] = to.got
  if (!during || !after) throw new Error('Nothing came.')
  expect(during.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/)
  later(-1)
  expect([verify(old, during), verify(secret, during)]).toEqual([during.json, during.json])
  later(1)
  expect(verify(secret, after)).toEqual(after.json)
  expect(() => verify(old, after)).toThrow()
})

test('whole key strings are sent to those who asked for them only, and nothing is noted as shown', async () => {
  const to = await receiver()
  const masked = await endpoint(`${to.url}&masked`)
  const whole = await endpoint(`${to.url}&whole`, { hasKeyStrings: true })
  const { keyString } = await issue()
  await sendDue()
  const of = (word: string) =>
    to.got.find(({ path, json }) => path.endsWith(word) && json.type === 'license_key.issued')
  expect(of('whole')?.json.data.key).toBe(keyString)
  expect(of('masked')?.text).not.toContain(keyString)
  expect(of('masked')?.json.data.key).toBe(of('masked')?.json.data.display_key)
  expect(await prisma.event.count({ where: { organizationId: me.organizationId, type: 'license_key.revealed' } })).toBe(
    0,
  )
  for (const { endpointId } of [masked, whole])
    for (const { body } of await messages(endpointId))
      expect(Buffer.from(body ?? []).toString('latin1')).not.toContain('license_key')
})

test('a test arrives as an example, and says that it is one', async () => {
  const to = await receiver()
  const { endpointId, secret } = await endpoint(to.url, { types: ['customer.created'] })
  await sendTest(me, { endpointId, type: 'ping' }, now)
  await sendTest(me, { endpointId, type: 'license_key.revoked' }, now)
  await sendDue()
  expect(to.got.map(({ json }) => json)).toMatchObject([
    { type: 'ping', test: true, event: null, data: {} },
    { type: 'license_key.revoked', test: true, event: null, data: { display_key: expect.any(String) } },
  ])
  for (const got of to.got) verify(secret, got)
})

test('one that was sent can be sent again, one that waits at once', async () => {
  const to = await receiver()
  const { endpointId } = await endpoint(to.url)
  await customer()
  await sendDue()
  const { id } = await only(endpointId)
  to.answering = says(500)
  await resendMessage(me, id, now)
  await sendDue()
  expect(await only(endpointId)).toMatchObject({ state: 'waiting', attempts: 1 })
  to.answering = says(200)
  await resendMessage(me, id, now)
  await sendDue()
  expect(await only(endpointId)).toMatchObject({ state: 'sent' })
  expect(to.got).toHaveLength(3)
})
