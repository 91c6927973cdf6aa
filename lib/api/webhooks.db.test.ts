import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Member, System } from '../base/actor.ts'
import { DAY_MS, HOUR_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { type ApiScope, apiScopes } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { forNext } from '../http/for-next.ts'
import { createApiKey } from '../organizations/commands.ts'
import { openSender } from '../webhook-delivery/sender.ts'
import { purgeMessages } from '../webhook-endpoints/commands.ts'
import { secretsInForce } from '../webhook-endpoints/secrets.ts'
import { API_ROOT, answerApi } from './serve.ts'

const answer = forNext(API_ROOT, answerApi)
const system: System = { kind: 'system', name: 'Test' }

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function receiver(status = 200) {
  const got: string[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      got.push(text)
      response.writeHead(status).end(`said ${status}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const email = `${newId()}@shop.example`
  const me: Member = { kind: 'merchant', userId: newId(), email, name: 'Mara', organizationId, role: 'owner' }
  await prisma.user.create({
    data: {
      id: me.userId,
      email: `${me.userId}@example.com`,
      memberships: { create: { organizationId, role: 'owner' } },
    },
  })
  const as = async (scopes: readonly ApiScope[] = apiScopes) => {
    const order = { name: 'CI', scopes: [...scopes], expiresOn: null }
    const { token } = await createApiKey(me, order, new Date())
    return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const response = await answer(
        new Request(`http://x.invalid/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, ...headers },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      )
      const text = await response.text()
      return { status: response.status, text, json: JSON.parse(text) }
    }
  }
  const send = await as()
  const create = async (body: object) => {
    const made = await send('POST', '/webhook-endpoints', body)
    expect(made.status, made.text).toBe(201)
    return made.json
  }
  const happen = async () => {
    const customer = await prisma.customer.create({
      data: { organizationId, name: 'Ada', email: `${newId()}@buyer.example` },
    })
    const event = { type: 'customer.created', organizationId, customerId: customer.id } as const
    await prisma.$transaction((tx) => record(tx, me, new Date(), event))
    return customer
  }
  const history = async () =>
    (
      await prisma.event.findMany({
        where: { organizationId, type: { startsWith: 'webhook_endpoint.' } },
        orderBy: { id: 'asc' },
      })
    ).map(({ type, data }) => [type, data])
  const sendDue = () => openSender(system, { organizationId, random: () => 0 }).sendDue()
  return { me, sendDue, as, send, create, happen, history, organizationId }
}

const url = 'https://hooks.shop.example/latchkey'

test('an endpoint is made, read, changed and deleted; its secret and headers are shown once or never', async () => {
  const { send, create, history } = await shop()
  const made = await create({ url, headers: { Authorization: 'Bearer very-secret' }, description: ' Shop ' })
  expect(made).toMatchObject({
    ...{ url, description: 'Shop', types: [], format: 'latchkey', version: '2026-11-28', key_strings: false },
    ...{ header_names: ['authorization'], disabled_at: null, failing_since: null },
    secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
  })
  const { secret, ...shown } = made
  const path = `/webhook-endpoints/${made.id}`
  const read = await send('GET', path)
  expect(read.json).toEqual(shown)
  expect((await send('GET', '/webhook-endpoints')).json.data).toEqual([shown])
  const row = await prisma.webhookEndpoint.findUniqueOrThrow({ where: { id: made.id } })
  const stored = Buffer.concat([row.secrets, row.headers ?? new Uint8Array()]).toString('latin1')
  for (const text of [secret.slice(6), 'very-secret']) expect(stored + read.text).not.toContain(text)
  expect(secretsInForce(row.secrets, new Date())).toEqual([{ secret, until: null }])

  const changed = await send('PATCH', path, { types: ['license_key.revoked'], headers: {} })
  expect(changed.json).toMatchObject({ types: ['license_key.revoked'], header_names: [], description: 'Shop', url })
  await send('PATCH', path, {})
  const rotated = await send('POST', `${path}/rotate-secret`)
  expect(rotated.json.secret).not.toBe(secret)
  await send('PATCH', path, { disabled: true })
  const off = await send('PATCH', path, { disabled: true })
  expect(off.json).toMatchObject({ disabled_at: expect.any(String), disabled_reason: 'by_hand' })
  expect((await send('PATCH', path, { disabled: false })).json).toMatchObject({
    disabled_at: null,
    disabled_reason: null,
  })
  expect((await send('DELETE', path)).json).toEqual({ id: made.id, deleted: true })
  for (const [method, at] of [
    ['GET', path],
    ['DELETE', path],
    ['POST', `${path}/rotate-secret`],
  ] as const)
    expect((await send(method, at)).status).toBe(404)
  expect((await send('GET', '/webhook-endpoints')).json.data).toEqual([])
  expect(await history()).toEqual([
    ['webhook_endpoint.created', { url }],
    ['webhook_endpoint.updated', { url, changes: ['Events: all → license_key.revoked', 'Headers'] }],
    ['webhook_endpoint.updated', { url, changes: ['Secret replaced'] }],
    ['webhook_endpoint.disabled', { url, why: 'Switched off' }],
    ['webhook_endpoint.enabled', { url }],
    ['webhook_endpoint.removed', { url }],
  ])
})

test('of secrets that are replaced three good ones stay, each for a day', async () => {
  const { send, create } = await shop()
  const made = await create({ url })
  const secrets = [made.secret]
  for (let i = 0; i < 3; i++)
    secrets.unshift((await send('POST', `/webhook-endpoints/${made.id}/rotate-secret`)).json.secret)
  const { secrets: sealed } = await prisma.webhookEndpoint.findUniqueOrThrow({ where: { id: made.id } })
  const of = (ms: number) => secretsInForce(sealed, new Date(Date.now() + ms)).map(({ secret }) => secret)
  expect(of(0)).toEqual(secrets.slice(0, 3))
  expect(of(23 * HOUR_MS)).toEqual(secrets.slice(0, 3))
  expect(of(DAY_MS + 60_000)).toEqual(secrets.slice(0, 1))
})

test.each([
  ...[
    'http://hooks.shop.example/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest',
    'https://[::1]/',
    'https://2130706433/',
  ],
  ...[
    'https://[fd00::1]/',
    'https://user:pw@hooks.shop.example/',
    'ftp://hooks.shop.example/',
    'hooks.shop.example',
    '',
  ],
  ...['https://hooks.shop.example:0/', `https://hooks.shop.example/${'x'.repeat(2_000)}`, 'https://0x7f.1/'],
])('an address that nothing is sent to is refused when it is saved: %s', async (wrong) => {
  const { send, create } = await shop()
  const refused = await send('POST', '/webhook-endpoints', { url: wrong })
  expect([refused.status, refused.json.code, refused.json.errors[0]?.path]).toEqual([422, 'INVALID_INPUT', 'url'])
  const { id } = await create({ url })
  expect((await send('PATCH', `/webhook-endpoints/${id}`, { url: wrong })).status).toBe(422)
  expect((await send('GET', `/webhook-endpoints/${id}`)).json.url).toBe(url)
})

test.each([
  { headers: { host: 'x' } },
  { headers: { 'webhook-id': 'x' } },
  { headers: { 'x-a': 'a\r\nx-b: c' } },
  { types: ['license_key.exploded'] },
  { types: ['license_key.issued', 'license_key.issued'] },
  { secret: 'mine' },
  { format: 'paddle' },
  { format: 'polar', types: ['license_key.issued'] },
  { types: ['benefit_grant.created'] },
])('what makes no sense is refused: %j', async (wrong) => {
  const { send } = await shop()
  expect((await send('POST', '/webhook-endpoints', { url, ...wrong })).status).toBe(422)
})

describe('nobody has sent to them what they may not read', () => {
  test.each<[ApiScope[], object, number]>([
    [['webhooks:read'], { types: ['customer.created'] }, 403],
    [['webhooks:write'], { types: ['customer.created'] }, 403],
    [['webhooks:write', 'customers:read'], { types: ['customer.created'] }, 201],
    [['webhooks:write', 'customers:read'], { types: ['customer.created', 'purchase.created'] }, 403],
    [['webhooks:write', 'customers:read'], {}, 403],
    [['webhooks:write', 'customers:read', 'purchases:read', 'license_keys:read'], {}, 201],
    [['webhooks:write', 'license_keys:write'], { types: ['license_key.issued'], key_strings: true }, 403],
    [['webhooks:write', 'license_keys:reveal'], { types: ['license_key.issued'], key_strings: true }, 201],
  ])('%j %j', async (scopes, body, status) => {
    const { as } = await shop()
    expect((await (await as(scopes))('POST', '/webhook-endpoints', { url, ...body })).status).toBe(status)
  })

  test('nor by sending elsewhere what others are told', async () => {
    const { as, create } = await shop()
    const { id } = await create({ url, types: ['customer.created'] })
    const program = await as(['webhooks:write', 'license_keys:read'])
    const path = `/webhook-endpoints/${id}`
    expect((await program('PATCH', path, { url: 'https://mine.example/' })).status).toBe(403)
    expect((await program('PATCH', path, { types: [] })).status).toBe(403)
    expect((await program('PATCH', path, { description: 'Mine' })).status).toBe(200)
  })
})

test('a message is listed, and read with what was sent and answered by those who may see it', async () => {
  const { send, as, create, happen, sendDue } = await shop()
  const to = await receiver(500)
  const { id } = await create({ url: to.url })
  const customer = await happen()
  await sendDue()
  const list = await send('GET', `/webhook-messages?webhook_endpoint_id=${id}`)
  expect(list.json.data).toMatchObject([
    {
      webhook_endpoint_id: id,
      type: 'customer.created',
      state: 'waiting',
      attempts: 1,
      last_status: 500,
      settled_at: null,
    },
  ])
  const [{ id: messageId }] = list.json.data
  expect((await send('GET', '/webhook-messages?state=sent')).json.data).toEqual([])
  expect((await send('GET', '/webhook-messages?type=customer.created&state=waiting')).json.data).toHaveLength(1)
  const path = `/webhook-messages/${messageId}`
  const read = await send('GET', path)
  expect(read.json.body).toBe(to.got[0])
  expect(JSON.parse(read.json.body).data.id).toBe(customer.id)
  expect(read.json.tries).toMatchObject([{ number: 1, status: 500, answer: 'said 500', error: null }])
  const blind = await (await as(['webhooks:read']))('GET', path)
  expect([blind.status, blind.json.body]).toEqual([200, null])
  const again = await send('POST', `${path}/resend`)
  expect(again.json).toMatchObject({ state: 'waiting', attempts: 0 })
  await sendDue()
  expect((await send('GET', path)).json.tries).toHaveLength(2)
})

test('a test is sent, of any type, and not while the endpoint is off', async () => {
  const { send, create, sendDue } = await shop()
  const to = await receiver()
  const { id } = await create({ url: to.url, types: ['customer.created'] })
  const path = `/webhook-endpoints/${id}`
  expect((await send('POST', `${path}/test`)).json).toMatchObject({
    type: 'ping',
    event_id: null,
    state: 'waiting',
    body: null,
  })
  expect((await send('POST', `${path}/test`, { type: 'purchase.refunded' })).status).toBe(201)
  expect((await send('POST', `${path}/test`, { type: 'nothing' })).status).toBe(422)
  await sendDue()
  expect(to.got.map((text) => JSON.parse(text).type)).toEqual(['ping', 'purchase.refunded'])
  await send('PATCH', path, { disabled: true })
  expect((await send('POST', `${path}/test`)).status).toBe(409)
  expect((await send('POST', `${path}/resend`, { since: '2020-01-01T00:00:00Z' })).status).toBe(409)
})

test('switching off gives up what waits; it can be sent again when it is on', async () => {
  const { send, create, happen, sendDue } = await shop()
  const to = await receiver()
  const { id } = await create({ url: to.url })
  await happen()
  const path = `/webhook-endpoints/${id}`
  await send('PATCH', path, { disabled: true })
  await happen()
  const states = async () =>
    (await send('GET', `/webhook-messages?webhook_endpoint_id=${id}`)).json.data.map(
      ({ state }: { state: string }) => state,
    )
  expect(await states()).toEqual(['gone'])
  await send('PATCH', path, { disabled: false })
  await sendDue()
  expect(to.got).toEqual([])
  expect((await send('POST', `${path}/resend`, { since: '2020-01-01T00:00:00Z' })).json).toEqual({ messages: 1 })
  await sendDue()
  expect([await states(), to.got.length]).toEqual([['sent'], 1])
})

test('another organization’s endpoints and messages do not exist', async () => {
  const mine = await shop()
  const theirs = await shop()
  const to = await receiver()
  const { id } = await theirs.create({ url: to.url })
  await theirs.happen()
  const [message] = (await theirs.send('GET', '/webhook-messages')).json.data
  const at = `/webhook-endpoints/${id}`
  const before = JSON.stringify([await theirs.send('GET', at), await theirs.send('GET', '/webhook-messages')])
  const asked: [string, string, object?][] = [
    ...([
      ['GET', at],
      ['DELETE', at],
      ['PATCH', at, { description: 'x' }],
      ['PATCH', at, { disabled: true }],
    ] as [string, string, object?][]),
    ...([
      ['POST', `${at}/rotate-secret`],
      ['POST', `${at}/test`],
      ['POST', `${at}/resend`, { since: '2020-01-01T00:00:00Z' }],
    ] as [string, string, object?][]),
    ...([
      ['GET', `/webhook-messages/${message.id}`],
      ['POST', `/webhook-messages/${message.id}/resend`],
    ] as [string, string, object?][]),
  ]
  for (const [method, path, body] of asked)
    expect((await mine.send(method, path, body)).status, `${method} ${path}`).toBe(404)
  expect((await mine.send('GET', `/webhook-messages?webhook_endpoint_id=${id}`)).json.data).toEqual([])
  expect(JSON.stringify([await theirs.send('GET', at), await theirs.send('GET', '/webhook-messages')])).toBe(before)
})

test('there are only so many endpoints', async () => {
  const { send, create } = await shop()
  const made = []
  for (let i = 0; i < 20; i++) made.push(await create({ url: `${url}/${i}` }))
  expect((await send('POST', '/webhook-endpoints', { url })).status).toBe(409)
  await send('DELETE', `/webhook-endpoints/${made[0].id}`)
  expect((await send('POST', '/webhook-endpoints', { url })).status).toBe(201)
})

test('a dry run keeps no endpoint', async () => {
  const { send } = await shop()
  expect((await send('POST', '/webhook-endpoints?dry_run=true', { url })).status).toBe(201)
  expect((await send('GET', '/webhook-endpoints')).json.data).toEqual([])
})

test('what is settled leaves after its time, what waits stays, and what is of removed endpoints goes at once', async () => {
  const { send, create, happen, sendDue } = await shop()
  const to = await receiver()
  const kept = await create({ url: to.url })
  const removed = await create({ url: `${to.url}b` })
  await happen()
  await sendDue()
  await happen()
  await send('DELETE', `/webhook-endpoints/${removed.id}`)
  const counts = async () =>
    Promise.all([kept, removed].map(({ id }) => prisma.webhookMessage.count({ where: { endpointId: id } })))
  const now = new Date(Date.now() + 1_000)
  await purgeMessages(system, new Date(now.getTime() - DAY_MS), now)
  expect(await counts()).toEqual([2, 0])
  expect(await prisma.webhookEndpoint.count({ where: { id: removed.id } })).toBe(0)
  await purgeMessages(system, now, now)
  expect(await counts()).toEqual([1, 0])
})
