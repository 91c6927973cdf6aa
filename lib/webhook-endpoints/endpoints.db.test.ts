import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { WebhookState } from '#prisma/enums.ts'
import type { ApiClient, Member } from '../base/actor.ts'
import { HOUR_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { seal } from '../secrets/secrets.ts'
import { createEndpoint, resendFailed, rotateSecret, setHeader, updateEndpoint } from './commands.ts'
import { countFailed, getEndpoint, getMessage, getShownMessage, listEndpoints, listMessages } from './queries.ts'
import { sinceOf } from './rules.ts'
import { EditEndpoint, EndpointHeader, NewEndpoint } from './schema.ts'

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

const now = new Date('2026-11-29T12:00:00Z')
const hours = (count: number) => new Date(now.getTime() - count * HOUR_MS)
const url = 'https://93.184.215.14/hooks'

async function makeMember(): Promise<Member> {
  const organizationId = newId()
  const email = `${newId()}@shop.example`
  const user = await prisma.user.create({ data: { email, name: 'Mara' } })
  await prisma.organization.create({
    data: {
      ...{ id: organizationId, slug: organizationId, name: 'Test' },
      memberships: { create: { userId: user.id, role: 'owner' } },
    },
  })
  return { kind: 'merchant', userId: user.id, email, name: 'Mara', organizationId, role: 'owner' }
}

let me: Member
beforeEach(async () => {
  me = await makeMember()
})

const typed = (form: object) => NewEndpoint.parse({ url, which: 'all', ...form })
const create = async (form: object = {}) => (await createEndpoint(me, typed(form), '2026-11-28', now)).endpointId

const message = (endpointId: string, more: { state?: WebhookState; at?: Date; type?: string; body?: object } = {}) => {
  const { state = 'sent', at = now, type = 'license_key.issued', body } = more
  return prisma.webhookMessage.create({
    data: {
      ...{ id: newId(at), organizationId: me.organizationId, endpointId, type, state, eventId: newId() },
      ...{ licenseKeyId: newId(), dueAt: at, createdAt: at },
      ...(body && { body: seal('webhook', JSON.stringify(body)) }),
    },
  })
}

describe('a form', () => {
  const problems = (form: object) => {
    const read = NewEndpoint.safeParse({ url, which: 'all', ...form })
    return read.success ? null : read.error.issues.map(({ path, message }) => [path[0], message])
  }

  test('all events have no list, whatever is ticked; chosen ones come in their order', () => {
    expect(typed({ types: 'license_key.issued' }).types).toEqual([])
    const types = ['customer.created', 'license_key.issued']
    expect(typed({ which: 'some', types }).types).toEqual(['license_key.issued', 'customer.created'])
    expect(typed({ which: 'some', types: 'customer.created' }).types).toEqual(['customer.created'])
    expect(problems({ which: 'some' })).toEqual([['types', 'Choose at least one event.']])
    expect(problems({ which: 'some', types: 'nothing.happened' })?.[0]?.[0]).toBe('types')
  })

  test('headers come in rows; an empty row is none', () => {
    expect(typed({ headerNames: ['X-A', ''], headerSecrets: ['1', ''] }).headers).toEqual({ 'x-a': '1' })
    expect(typed({ headerNames: 'X-A', headerSecrets: ' 1 ' }).headers).toEqual({ 'x-a': '1' })
    expect(problems({ headerNames: ['a', 'A'], headerSecrets: ['1', '2'] })).toEqual([
      ['headerNames', 'Name each header once.'],
    ])
    expect(problems({ headerNames: 'host', headerSecrets: '1' })).toEqual([
      ['headerNames', 'The header host is set by Latchkey.'],
    ])
    expect(problems({ headerNames: 'x-a', headerSecrets: '' })?.[0]?.[0]).toBe('headerNames')
  })
})

describe('changing an endpoint in a form', () => {
  const edit = (endpointId: string, form: object) => {
    const { choice } = EditEndpoint.parse({ endpointId, url, which: 'all', ...form })
    return (opened: object) => updateEndpoint(me, endpointId, choice, now, { ...opened })
  }
  const opened = { url, description: '', types: [], hasKeyStrings: false }

  test('changes what was changed in it, and nothing that others changed', async () => {
    const id = await create()
    await updateEndpoint(me, id, { description: 'Theirs', types: ['customer.created'] }, now)
    await edit(id, { hasKeyStrings: 'on' })(opened)
    expect(await getEndpoint(me, id, now)).toMatchObject({
      ...{ url, description: 'Theirs', types: ['customer.created'], hasKeyStrings: true },
    })
  })

  test('is refused where both changed the same', async () => {
    const id = await create()
    await updateEndpoint(me, id, { types: ['customer.created'] }, now)
    await expect(edit(id, { which: 'some', types: 'license_key.issued' })(opened)).rejects.toMatchObject({
      code: 'CONFLICT',
      conflicts: [{ label: 'Events', theirs: 'customer.created', yours: 'license_key.issued' }],
    })
  })

  test('an order of types that programs chose is no change', async () => {
    const id = await create()
    await updateEndpoint(me, id, { types: ['customer.created', 'license_key.issued'] }, now)
    const types = ['license_key.issued', 'customer.created']
    await edit(id, { which: 'some', types, description: 'Mine' })({ ...opened, types })
    expect((await getEndpoint(me, id, now)).types).toEqual(['customer.created', 'license_key.issued'])
  })

  test('an address that stays is not asked about; another one is', async () => {
    const id = await create()
    // As if it had been allowed once.
    await prisma.webhookEndpoint.update({ where: { id }, data: { url: 'https://10.0.0.1/' } })
    const of = { ...opened, url: 'https://10.0.0.1/' }
    await edit(id, { url: 'https://10.0.0.1/', description: 'Mine' })(of)
    expect((await getEndpoint(me, id, now)).description).toBe('Mine')
    await expect(edit(id, { url: 'https://10.0.0.2/' })(of)).rejects.toMatchObject({ field: 'url' })
  })
})

test('a header is added, replaced and removed, and its value is told to nobody', async () => {
  const id = await create()
  const put = (name: string, secret: string) =>
    setHeader(me, EndpointHeader.parse({ endpointId: id, name, secret }), now)
  await put('X-Shop', 'one')
  await put('x-shop', 'two')
  await put('x-other', 'three')
  await put('x-shop', '')
  const endpoint = await getEndpoint(me, id, now)
  expect(endpoint.headerNames).toEqual(['x-other'])
  expect(JSON.stringify(endpoint)).not.toContain('three')
  const events = await prisma.event.findMany({ where: { type: 'webhook_endpoint.updated', ...here() } })
  expect(events.flatMap(({ data }) => (data as { changes: string[] }).changes).sort()).toEqual([
    ...['Header x-other added', 'Header x-shop added', 'Header x-shop removed', 'Header x-shop replaced'],
  ])
  for (let at = 0; at < 9; at++) await put(`x-${at}`, 'x')
  await expect(put('x-10', 'x')).rejects.toMatchObject({ field: 'name' })
  expect(EndpointHeader.safeParse({ endpointId: id, name: 'host', secret: '' }).success).toBe(false)
  await expect(setHeader({ ...me, role: 'support' }, { endpointId: id, name: 'a', value: 'b' }, now)).rejects.toThrow()
})
const here = () => ({ organizationId: me.organizationId })

test('the secret before is good until the day is over', async () => {
  const id = await create()
  expect((await getEndpoint(me, id, now)).formerSecretUntil).toBeNull()
  await rotateSecret(me, id, now)
  expect((await getEndpoint(me, id, now)).formerSecretUntil).toEqual(hours(-24))
  expect((await getEndpoint(me, id, hours(-25))).formerSecretUntil).toBeNull()
})

test('messages are found by state, type and each id, newest first, and only in their endpoint', async () => {
  const [id, other] = [await create(), await create()]
  const old = await message(id, { at: hours(2) })
  const failed = await message(id, { state: 'failed', at: hours(1), type: 'purchase.refunded' })
  const ping = await message(id, { type: 'ping' })
  await message(other)
  const list = async (filter: Parameters<typeof listMessages>[2] = {}, page = 1, size = 10, dir?: 'asc') => {
    const found = await listMessages(me, id, filter, { page, size, ...(dir && { dir }) })
    return [found.total, ...found.messages.map((each) => each.id)]
  }
  expect(await list()).toEqual([3, ping.id, failed.id, old.id])
  expect(await list({}, 2, 2)).toEqual([3, old.id])
  expect(await list({}, 1, 2, 'asc')).toEqual([3, old.id, failed.id])
  expect(await list({ states: ['failed'] })).toEqual([1, failed.id])
  expect(await list({ types: ['ping', 'purchase.refunded'] })).toEqual([2, ping.id, failed.id])
  expect(await list({ q: ' REFUND ' })).toEqual([1, failed.id])
  for (const each of [old.id, old.eventId, old.licenseKeyId]) expect(await list({ q: each ?? '' })).toEqual([1, old.id])
  expect(await list({ q: 'nothing' })).toEqual([0])
  const stranger = await makeMember()
  expect((await listMessages(stranger, id, {}, { page: 1, size: 10 })).total).toBe(0)
  await expect(getShownMessage(me, other, old.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(getShownMessage(stranger, id, old.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('what waits and what failed is counted; what failed is sent again as counted', async () => {
  const id = await create()
  await message(id, { state: 'waiting' })
  for (const ago of [0.5, 5, 50, 500]) await message(id, { state: ago === 5 ? 'gone' : 'failed', at: hours(ago) })
  expect((await listEndpoints(me)).map(({ waiting }) => waiting)).toEqual([1])
  expect(await countFailed(me, id, now)).toEqual({ hour: 1, day: 2, week: 3, all: 4 })
  expect(await countFailed(await makeMember(), id, now)).toEqual({ hour: 0, day: 0, week: 0, all: 0 })
  expect(await resendFailed(me, { endpointId: id, since: sinceOf('week', now) }, now)).toEqual({ messages: 3 })
  expect(await countFailed(me, id, now)).toEqual({ hour: 0, day: 0, week: 0, all: 1 })
})

test('a whole key string that was sent is read by those who may have it revealed, also after it is no longer sent', async () => {
  const id = await create({ hasKeyStrings: 'on' })
  const key = 'HOOK_0C3F6A52-4D2E-4F0B-9B7F-0D6A1D9E1A2B'
  const sent = await message(id, { body: { data: { key, display_key: '****-9E1A2B' } } })
  const bodyFor = async (who: Member | ApiClient) => (await getMessage(who, sent.id)).body
  const program = (scopes: ApiClient['scopes']): ApiClient => ({
    ...{ kind: 'api_key', apiKeyId: newId(), name: 'Tests', organizationId: me.organizationId, scopes },
  })
  const reads = ['webhooks:read', 'license_keys:read'] as const
  for (const hasKeyStrings of [true, false]) {
    await updateEndpoint(me, id, { hasKeyStrings }, now)
    expect(await bodyFor({ ...me, role: 'viewer' })).not.toContain(key)
    expect(await bodyFor({ ...me, role: 'viewer' })).toContain('****-9E1A2B')
    expect(await bodyFor(program([...reads]))).not.toContain(key)
    expect(await bodyFor(program([...reads, 'license_keys:reveal']))).toContain(key)
    expect(await bodyFor(program(['webhooks:read']))).toBeNull()
    // No page shows it, whoever looks: the history would not know.
    expect(await getShownMessage(me, id, sent.id)).toMatchObject({ isMasked: true })
    expect((await getShownMessage(me, id, sent.id)).body).not.toContain(key)
  }
})
