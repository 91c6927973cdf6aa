import { describe, expect, test, vi } from 'vitest'
import type { ApiClient, Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { type ApiScope, apiScopes } from '../base/permissions.ts'
import { createCustomer } from '../customers/commands.ts'
import { prisma } from '../database/client.ts'
import { forNext } from '../http/for-next.ts'
import { createApiKey, revokeApiKey } from '../organizations/commands.ts'
import { type Outcome, once } from './repeatable.ts'
import { API_ROOT, answerApi } from './serve.ts'

const answer = forNext(API_ROOT, answerApi)

async function client(scopes: readonly ApiScope[] = apiScopes) {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const me: Member = {
    kind: 'merchant',
    userId: newId(),
    email: 'mara@test.example',
    name: 'Mara',
    organizationId,
    role: 'owner',
  }
  await prisma.user.create({
    data: {
      id: me.userId,
      email: `${me.userId}@example.com`,
      memberships: { create: { organizationId, role: 'owner' } },
    },
  })
  const { token, apiKeyId } = await createApiKey(me, { name: 'CI', scopes: [...scopes], expiresOn: null }, new Date())
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await answer(
      new Request(`http://x.invalid/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : null }
  }
  return { me, apiKeyId, organizationId, send }
}

const email = () => `${newId()}@buyer.example`

async function shop(scopes?: readonly ApiScope[]) {
  const made = await client(scopes)
  const configuration = await made.send('POST', '/key-configurations', {
    name: 'Yearly',
    prefix: 'app',
    expiry: { kind: 'duration', count: 1, unit: 'year' },
    limit_activations: 2,
  })
  expect(configuration.status, configuration.text).toBe(201)
  const configurationId = configuration.json.id as string
  const issue = (over: object = {}, headers = {}) =>
    made.send(
      'POST',
      '/license-keys',
      { key_configuration_id: configurationId, customer: { email: email() }, ...over },
      headers,
    )
  return { ...made, configurationId, issue }
}

describe('who may ask', () => {
  test('nobody without a key, nor with one that is revoked', async () => {
    const { send, me, apiKeyId } = await client()
    const nobody = await send('GET', '/license-keys', undefined, { authorization: '' })
    expect(nobody.status).toBe(401)
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="Latchkey"')
    expect(nobody.headers.get('content-type')).toContain('application/problem+json')
    expect((await send('GET', '/organization')).status).toBe(200)
    await revokeApiKey(me, { apiKeyId }, new Date())
    const revoked = await send('GET', '/organization')
    expect(revoked.status).toBe(401)
    expect(revoked.headers.get('www-authenticate')).toContain('invalid_token')
    expect(revoked.json).toMatchObject({ code: 'UNAUTHORIZED', status: 401, errors: [] })
    expect(revoked.json.request_id).toBe(revoked.headers.get('request-id'))
  })

  test('a missing scope is named; writing includes reading', async () => {
    const { send } = await client(['customers:write'])
    expect((await send('GET', '/customers')).status).toBe(200)
    const refused = await send('GET', '/license-keys')
    expect(refused.status).toBe(403)
    expect(refused.json.detail).toContain('license_keys:read')
    expect(refused.json.type).toMatch(/\/docs\/errors\/FORBIDDEN$/)
  })
})

describe('issue', () => {
  test('one key with limits of its own', async () => {
    const { issue } = await shop()
    const { status, json } = await issue({ limit_activations: 5, expires_at: null, limit_usage: 10, note: 'Hello' })
    expect(status).toBe(201)
    expect(json).toMatchObject({
      limit_activations: 5,
      expires_at: null,
      limit_usage: 10,
      note: 'Hello',
      overridden: ['activations', 'usage', 'expiry'],
      status: 'granted',
      state: 'active',
    })
    expect(json.key).toMatch(/^APP_/)
    expect((await issue()).json).toMatchObject({ limit_activations: 2, limit_usage: null, overridden: [] })
  })

  test('a thousand, each row by itself, in as many statements as ten', async () => {
    const { send, configurationId } = await shop()
    const row = (over: object = {}) => ({
      key_configuration_id: configurationId,
      customer: { email: email() },
      ...over,
    })
    const same = email()
    const rows = Array.from({ length: 1_000 }, (_, at) =>
      at === 7
        ? row({ key_configuration_id: newId() })
        : at === 8
          ? row({ customer: undefined, customer_id: newId() })
          : row(),
    )
    rows[9] = row({ customer: { email: same } })
    rows[10] = row({ customer: { email: same.toUpperCase() } })
    const { status, json } = await send('POST', '/license-keys/batch', { license_keys: rows })
    expect(status).toBe(200)
    expect(json).toMatchObject({ issued: 998, refused: 2 })
    expect(json.data).toHaveLength(1_000)
    expect(json.data[7]).toMatchObject({ index: 7, status: 'refused', error: { code: 'NOT_FOUND' } })
    expect(json.data[8].error.detail).toContain('customer')
    expect(json.data[9].license_key.customer_id).toBe(json.data[10].license_key.customer_id)
    expect(
      new Set(json.data.flatMap((each: { license_key?: { key: string } }) => each.license_key?.key ?? [])).size,
    ).toBe(998)
    const tooMany = await send('POST', '/license-keys/batch', { license_keys: [...rows, row()] })
    expect(tooMany.status).toBe(422)
  })

  test('two rows with one order number of two customers: the first has it', async () => {
    const { send, configurationId } = await shop()
    const product = await send('POST', '/products', { name: 'Editor', key_configuration_ids: [configurationId] })
    const row = (reference: string, address: string, add_to_purchase = false) => ({
      key_configuration_id: configurationId,
      product_id: product.json.id,
      reference,
      add_to_purchase,
      customer: { email: address },
    })
    const [a, b] = [email(), email()]
    const first = await send('POST', '/license-keys/batch', {
      license_keys: [row('1', a), row('1', b), row('1', a), row('1', a, true)],
    })
    const statuses = first.json.data.map((each: { status: string }) => each.status)
    expect(statuses).toEqual(['issued', 'refused', 'refused', 'issued'])
    expect((await send('POST', '/license-keys', row('1', a))).status).toBe(409)
    expect(first.json.data[1].error).toMatchObject({ code: 'CONFLICT', errors: [{ path: 'reference' }] })
    const again = await send('POST', '/license-keys/batch', { license_keys: [row('1', b), row('2', b)] })
    expect(again.json.data.map((each: { status: string }) => each.status)).toEqual(['refused', 'issued'])
    expect(again.json.data[1].license_key.purchase).toMatchObject({ reference: '2', status: 'active' })
  })
})

describe('change', () => {
  test('status, limits, string and date of a key', async () => {
    const { send, issue } = await shop()
    const key = (await issue()).json
    const path = `/license-keys/${key.id}`
    expect((await send('POST', `${path}/disable`, { reason: 'Gist' })).json.status).toBe('disabled')
    expect((await send('POST', `${path}/disable`)).json.status).toBe('disabled')
    expect((await send('POST', `${path}/enable`)).json.status).toBe('granted')
    expect((await send('POST', `${path}/revoke`)).json.status).toBe('revoked')
    expect((await send('POST', `${path}/rotate`)).json.code).toBe('CONFLICT')
    expect((await send('POST', `${path}/restore`)).json.status).toBe('granted')
    const many = await Promise.all(Array.from({ length: 10 }, () => send('POST', `${path}/rotate`)))
    expect(new Set(many.map(({ json }) => json.key)).size).toBe(10)
    for (const { json } of many) expect(json.display_key).toBe(`****-${json.key.slice(-6)}`)
    const rotated = await send('POST', `${path}/rotate`, { overlap_hours: 24 })
    expect(rotated.json.key).not.toBe(key.key)
    const mails = () => prisma.mail.count({ where: { licenseKeyId: key.id, template: 'key-replaced' } })
    expect(await mails()).toBe(0)
    await send('POST', `${path}/rotate`, { send_mail: true })
    expect(await mails()).toBe(1)
    const extended = await send('POST', `${path}/extend`, { count: 1, unit: 'year' })
    const years = new Date(extended.json.expires_at).getUTCFullYear() - new Date(key.expires_at).getUTCFullYear()
    expect(years).toBe(1)
    const until = await send('POST', `${path}/extend`, { until: '2031-02-03T04:05:06+02:00' })
    expect(until.json.expires_at).toBe('2031-02-03T02:05:06.000Z')
    const changed = await send('PATCH', path, { limit_activations: 0, usage: 3, grace_days: 4, note: 'x' })
    expect(changed.json).toMatchObject({ limit_activations: 0, activations_mode: 'off', usage: 3, grace_days: 4 })
    const back = await send('PATCH', path, {
      limit_activations: 'configuration',
      expires_at: 'configuration',
      grace_days: 'configuration',
    })
    expect(back.json).toMatchObject({ limit_activations: 2, overridden: [], expires_at: key.expires_at })
    await send('PATCH', path, { expires_at: null })
    expect((await send('POST', `${path}/extend`, { count: 1, unit: 'day' })).status).toBe(409)
    expect((await send('PATCH', path, { limit_activation: 3 })).json.errors[0].message).toContain('limit_activation')
  })

  test('activations on behalf of devices keep the limit', async () => {
    const { send, issue } = await shop()
    const { id } = (await issue()).json
    const add = (label: string, more = {}) =>
      send('POST', `/license-keys/${id}/activations`, { label, fingerprint: label, ...more })
    const first = await add('iMac', { meta: { os: 'macOS' } })
    expect(first.status).toBe(201)
    expect((await add('iMac')).json.id).toBe(first.json.id)
    await add('ThinkPad')
    const third = await add('Phone')
    expect([third.status, third.json.code]).toEqual([409, 'ACTIVATION_LIMIT_REACHED'])
    expect((await send('PATCH', `/activations/${first.json.id}`, { label: ' Studio ' })).json.label).toBe('Studio')
    expect((await send('DELETE', `/activations/${first.json.id}`)).json.deactivated_at).toMatch(/Z$/)
    expect((await send('DELETE', `/activations/${first.json.id}`)).status).toBe(200)
    expect((await send('GET', `/activations?license_key_id=${id}`)).json.data).toHaveLength(1)
    expect((await send('GET', `/activations?license_key_id=${id}&deactivated=true`)).json.data[0].label).toBe('Studio')
    const { json } = await send('GET', `/events?license_key_id=${id}&type=activation.created`)
    expect(json.data.map((event: { actor: { kind: string } }) => event.actor.kind)).toEqual(['api_key', 'api_key'])
  })

  test('a configuration is changed in parts, and what does not go together is said', async () => {
    const { send, configurationId } = await shop()
    const path = `/key-configurations/${configurationId}`
    const changed = await send('PATCH', path, { limit_activations: null, entitlements: ['export'] })
    expect(changed.json).toMatchObject({
      name: 'Yearly',
      prefix: 'APP',
      limit_activations: null,
      entitlements: ['export'],
      expiry: { kind: 'duration', count: 1, unit: 'year', from: 'issue' },
    })
    const bad = await send('PATCH', path, { limit_activations: 0, activation_required: true })
    expect(bad.json.errors).toMatchObject([{ path: 'activation_required' }])
    expect((await send('PATCH', path, { expiry: { kind: 'fixed_date' } })).json.errors[0].path).toBe(
      'expiry.expires_on',
    )
    const late = await send('PATCH', path, { expiry: { kind: 'fixed_date', expires_on: '2001-01-01' } })
    expect(late.status).toBeGreaterThanOrEqual(409)
    expect((await send('POST', `${path}/archive`)).json.archived_at).toMatch(/Z$/)
    expect((await send('GET', '/key-configurations?archived=false')).json.data).toEqual([])
    expect((await send('POST', `${path}/restore`)).json.archived_at).toBeNull()
  })
})

describe('purchases', () => {
  test('issue a key per configuration and quantity, and take them back', async () => {
    const { send, configurationId } = await shop()
    const other = (await send('POST', '/key-configurations', { name: 'Add-on' })).json.id
    const product = (
      await send('POST', '/products', { name: 'Suite', key_configuration_ids: [configurationId, other] })
    ).json
    const address = email()
    const order = {
      product_id: product.id,
      customer: { email: address, name: 'Hana' },
      quantity: 2,
      kind: 'subscription',
    }
    const bought = await send('POST', '/purchases', { ...order, reference: 'A-1' })
    expect(bought.status, bought.text).toBe(201)
    expect(bought.json).toMatchObject({ reference: 'A-1', source: 'api', kind: 'subscription', quantity: 2 })
    expect(bought.json.license_keys).toHaveLength(4)
    expect(bought.json.license_keys.every((key: { expires_at: null }) => key.expires_at === null)).toBe(true)
    expect((await send('POST', '/purchases', { ...order, reference: 'A-1' })).status).toBe(409)
    const path = `/purchases/${bought.json.id}`
    expect((await send('POST', `${path}/cancel`, { reason: 'Ended' })).json.status).toBe('canceled')
    expect((await send('POST', `${path}/cancel`)).json.status).toBe('canceled')
    expect((await send('POST', `${path}/refund`)).json.status).toBe('refunded')
    expect((await send('POST', `${path}/cancel`)).status).toBe(409)
    const keys = await send('GET', `/license-keys?purchase_id=${bought.json.id}&status=revoked`)
    expect(keys.json.data).toHaveLength(4)
    const { json } = await send('GET', `/events?purchase_id=${bought.json.id}&sort=occurred_at&limit=100`)
    expect(json.data.map((event: { type: string }) => event.type)).toEqual([
      'purchase.created',
      ...Array.from({ length: 4 }, () => 'license_key.issued'),
      'purchase.canceled',
      ...Array.from({ length: 4 }, () => 'license_key.revoked'),
      'purchase.refunded',
    ])
    const customer = await send('GET', `/customers?email=${address.toUpperCase()}`)
    expect(customer.json.data).toMatchObject([{ name: 'Hana', license_keys: 4, purchases: 1 }])
  })
})

describe('pages', () => {
  test.each([
    ['/license-keys', ['created_at', 'expires_at', 'last_validated_at', 'validations']],
    ['/activations', ['created_at', 'label']],
    ['/customers', ['created_at', 'email']],
    ['/purchases', ['created_at', 'purchased_at']],
    ['/products', ['created_at', 'name']],
    ['/key-configurations', ['created_at', 'name']],
    ['/events', ['occurred_at']],
  ])('%s has every row once, in every order', async (path, orders) => {
    const { send, issue, configurationId, organizationId } = await shop()
    const product = (await send('POST', '/products', { name: 'P0', key_configuration_ids: [configurationId] })).json.id
    for (let at = 0; at < 5; at++) {
      const expires_at = at % 2 ? null : '2030-01-01T00:00:00Z'
      const { json } = await issue({ product_id: product, expires_at })
      await send('POST', `/license-keys/${json.id}/activations`, { label: `Device ${at % 2}` })
      await send('POST', '/products', { name: `P${at + 1}` })
      await send('POST', '/key-configurations', { name: `K${at}` })
    }
    // The same moment for all: only the ids tell them apart.
    await prisma.licenseKey.updateMany({ where: { organizationId }, data: { createdAt: new Date('2026-01-01') } })
    for (const sort of orders.flatMap((order) => [order, `-${order}`])) {
      const whole = (await send('GET', `${path}?limit=100&sort=${sort}`)).json
      expect(whole.has_more).toBe(false)
      expect(whole.next_cursor).toBeNull()
      const ids = whole.data.map((row: { id: string }) => row.id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.length).toBeGreaterThanOrEqual(5)
      const paged: string[] = []
      let cursor = ''
      do {
        const page = await send('GET', `${path}?limit=2&sort=${sort}${cursor && `&cursor=${cursor}`}`)
        expect(page.status, page.text).toBe(200)
        expect(page.json.has_more).toBe(page.json.next_cursor !== null)
        paged.push(...page.json.data.map((row: { id: string }) => row.id))
        cursor = page.json.next_cursor ?? ''
      } while (cursor)
      expect(paged, sort).toEqual(ids)
      const values = whole.data.map((row: Record<string, unknown>) => row[sort.replace('-', '')])
      const known = values.filter((value: unknown) => value !== null)
      const sorted = [...known].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      expect(known).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted)
    }
  })

  test('a cursor that was made up, or belongs to another order, is refused', async () => {
    const { send, issue } = await shop()
    for (let at = 0; at < 3; at++) await issue()
    const { json } = await send('GET', '/license-keys?limit=1')
    const made = (value: unknown) => Buffer.from(JSON.stringify(['-created_at', value, newId()])).toString('base64url')
    for (const cursor of [
      ...['x', '%00', made('infinity'), made('0000-01-01T00:00:00.000Z'), made(1), made(null), made('\u0000')],
      Buffer.from('[]').toString('base64url'),
    ]) {
      const { status, json } = await send('GET', `/license-keys?cursor=${cursor}`)
      expect([status, json.errors?.[0].path], cursor).toEqual([422, 'cursor'])
    }
    expect((await send('GET', `/license-keys?limit=1&sort=expires_at&cursor=${json.next_cursor}`)).status).toBe(422)
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'sort=name', 'page=2', 'status=lost', 'email=a&email=b'])
      expect((await send('GET', `/license-keys?${query}`)).status, query).toBe(422)
  })
})

describe('once per Idempotency-Key', () => {
  test('the same request has the same answer, another is refused', async () => {
    const { send, issue, configurationId } = await shop()
    const key = { 'idempotency-key': 'order-1' }
    const order = { customer: { email: email() } }
    const [first, second] = [await issue(order, key), await issue(order, key)]
    expect([second.status, second.text]).toEqual([first.status, first.text])
    expect([first, second].map((each) => each.headers.get('idempotent-replayed'))).toEqual([null, 'true'])
    const other = await issue({ customer: { email: email() } }, key)
    expect([other.status, other.json.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
    expect((await send('GET', '/license-keys')).json.data).toHaveLength(1)
    // A "no" is an answer too.
    const bad = { key_configuration_id: newId(), customer: order.customer }
    const [no, again] = [
      await send('POST', '/license-keys', bad, { 'idempotency-key': '2' }),
      await send('POST', '/license-keys', bad, { 'idempotency-key': '2' }),
    ]
    expect([no.status, again.text]).toEqual([404, no.text])
    const stored = await prisma.apiAnswer.findMany()
    const text = stored.map(({ answer }) => Buffer.from(answer ?? []).toString('utf8')).join()
    expect(text).not.toContain(first.json.key)
    expect((await send('POST', '/license-keys', bad, { 'idempotency-key': 'ä b' })).status).toBe(422)
    expect(configurationId).toBeTruthy()
  })

  test('twenty at once issue one key', async () => {
    const { issue, send } = await shop()
    const order = { customer: { email: email() } }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => issue(order, { 'idempotency-key': 'at once'.replace(' ', '-') })),
    )
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect((await send('GET', '/license-keys')).json.data).toHaveLength(1)
  })

  test('one that was cut off runs again when it changed nothing, and never when it did', async () => {
    const { send, apiKeyId } = await shop()
    const body = { email: email() }
    const again = (key: string) => send('POST', '/customers', body, { 'idempotency-key': key })
    const cutOff = (carriedOut: boolean, secondsAgo = 200) =>
      prisma.apiAnswer.updateMany({
        where: { apiKeyId },
        data: { status: null, answer: null, carriedOut, createdAt: new Date(Date.now() - secondsAgo * 1_000) },
      })
    expect((await again('cut')).status).toBe(201)
    expect(await prisma.apiAnswer.findFirst({ where: { apiKeyId } })).toMatchObject({ carriedOut: true, status: 201 })
    await cutOff(true)
    expect((await again('cut')).json.code).toBe('ANSWER_LOST')
    await cutOff(true, 90_000)
    // After a day the key is free; by now the address is taken, and a "no" carries nothing out.
    expect((await again('cut')).json.code).toBe('CONFLICT')
    expect(await prisma.apiAnswer.findFirst({ where: { apiKeyId } })).toMatchObject({ carriedOut: false, status: 409 })
    await prisma.customer.deleteMany({ where: { email: body.email } })
    await cutOff(false)
    expect((await again('cut')).status).toBe(201)
  })

  test('a mail is a change too: cut off after it, it is not sent again', async () => {
    const { send, issue, apiKeyId } = await shop()
    const { json } = await issue()
    const mail = () => send('POST', `/license-keys/${json.id}/send-mail`, undefined, { 'idempotency-key': 'mail' })
    expect((await mail()).status).toBe(200)
    await prisma.apiAnswer.updateMany({
      where: { apiKeyId },
      data: { status: null, answer: null, createdAt: new Date(Date.now() - 200_000) },
    })
    expect((await mail()).json.code).toBe('ANSWER_LOST')
    expect(await prisma.mail.count({ where: { licenseKeyId: json.id } })).toBe(1)
  })

  test('one that fails leaves the key free when nothing changed, and a lost answer when something did', async () => {
    const { me, apiKeyId } = await shop()
    const client = {
      kind: 'api_key',
      apiKeyId,
      name: 'CI',
      organizationId: me.organizationId,
      scopes: apiScopes,
    } as const
    const broken = new Error('broken')
    const customer = { email: email(), name: null, externalId: null }
    const attempt = (key: string, now: Date, run: (who: ApiClient) => Promise<Outcome>) =>
      once(client, key, { what: 'test' }, now, run)
    const now = new Date()
    await expect(attempt('before', now, () => Promise.reject(broken))).rejects.toThrow(broken)
    expect(await attempt('before', now, async () => ({ status: 200, body: 1 }))).toMatchObject({ replayed: false })
    const changing = async (who: ApiClient) => {
      await createCustomer(who, customer, now)
      throw broken
    }
    await expect(attempt('after', now, changing)).rejects.toThrow(broken)
    const later = new Date(now.getTime() + 90_000)
    await expect(attempt('after', later, changing)).rejects.toMatchObject({ code: 'ANSWER_LOST' })
    // A request that was given up for dead changes nothing any more.
    const slow = async (who: ApiClient) => {
      await prisma.apiAnswer.deleteMany({ where: { apiKeyId } })
      await createCustomer(who, { ...customer, email: email() }, now)
      return { status: 201, body: 1 }
    }
    await expect(attempt('slow', now, slow)).rejects.toThrow('given up')
    expect(await prisma.customer.count({ where: { organizationId: me.organizationId } })).toBe(1)
  })
})

test('another organization’s things are not found, whatever is asked', async () => {
  const [mine, theirs] = [await shop(), await shop()]
  const { id } = (await theirs.issue()).json
  const list = await mine.send('GET', `/license-keys?key_configuration_id=${theirs.configurationId}`)
  expect(list.json.data).toEqual([])
  expect((await mine.send('GET', `/license-keys/${id}`)).status).toBe(404)
  expect(
    (
      await mine.send('POST', '/license-keys', {
        key_configuration_id: theirs.configurationId,
        customer: { email: email() },
      })
    ).status,
  ).toBe(404)
})

describe('following events', () => {
  test('from the first one, from now on, and on from where the last answer ended', async () => {
    const { send, issue } = await shop()
    await vi.waitFor(async () => expect((await send('GET', '/events/follow')).json.data).toHaveLength(2), 20_000)
    const now = await send('GET', '/events/follow?after=now')
    expect(now.json).toMatchObject({ data: [], has_more: false })
    const key = await issue()
    // What is new waits for transactions of the tests beside this one.
    await vi.waitFor(async () => expect((await send('GET', '/events/follow')).json.data).toHaveLength(4), 20_000)
    const first = await send('GET', '/events/follow?limit=2')
    expect([first.json.data.length, first.json.has_more]).toEqual([2, true])
    const rest = await send('GET', `/events/follow?after=${first.json.next_after}`)
    const all = [...first.json.data, ...rest.json.data]
    expect(all.map(({ type }) => type)).toEqual([
      ...['api_key.created', 'key_configuration.created', 'customer.created', 'license_key.issued'],
    ])
    const since = await send('GET', `/events/follow?after=${now.json.next_after}&type=license_key.issued`)
    expect(since.json.data).toEqual([expect.objectContaining({ license_key_id: key.json.id })])
    const again = await send('GET', `/events/follow?after=${since.json.next_after}`)
    expect(again.json).toEqual({ data: [], next_after: since.json.next_after, has_more: false })
  })

  test('a cursor that was made up is refused, and one of another organization leads nowhere', async () => {
    const [{ send }, other] = [await shop(), await shop()]
    for (const after of ['x', 'MTIz', 'bm93', '%20', '']) {
      const { status, json } = await send('GET', `/events/follow?after=${after}`)
      expect([status, json.errors?.[0].path], after).toEqual([422, 'after'])
    }
    const theirs = await vi.waitFor(async () => {
      const newest = await other.send('GET', '/events/follow?after=now')
      expect(newest.json.next_after).not.toBe('start')
      return newest
    }, 20_000)
    expect((await send('GET', `/events/follow?after=${theirs.json.next_after}`)).json.code).toBe('CURSOR_LOST')
  })
})

describe('key strings', () => {
  /** The same shop asked with an API key of these scopes. */
  async function asking(me: Member, scopes: ApiScope[]) {
    const { token, apiKeyId } = await createApiKey(me, { name: 'Other', scopes, expiresOn: null }, new Date())
    const authorization = `Bearer ${token}`
    const reveals = () =>
      prisma.event.findMany({
        where: { organizationId: me.organizationId, actorId: apiKeyId, type: 'license_key.revealed' },
        select: { licenseKeyId: true, data: true },
        orderBy: [{ at: 'asc' }, { id: 'asc' }],
      })
    return { headers: { authorization }, reveals, apiKeyId }
  }

  test('are masked for whoever may only read, wherever a key is shown', async () => {
    const { me, send, issue } = await shop()
    const { key, id, display_key } = (await issue()).json
    const reader = await asking(me, ['license_keys:read', 'purchases:read', 'events:read', 'customers:read'])
    const masked = { id, key: display_key, display_key }
    expect((await send('GET', `/license-keys/${id}`, undefined, reader.headers)).json).toMatchObject(masked)
    expect((await send('GET', '/license-keys', undefined, reader.headers)).json.data).toMatchObject([masked])
    const looked = await send('POST', '/license-keys/lookup', { query: key }, reader.headers)
    expect(looked.json.data).toMatchObject([{ matched_by: 'key', license_key: masked }])
    expect(await reader.reveals()).toEqual([])
  })

  test('what was just made is shown to its maker, and what was there before is not', async () => {
    const { me, send, configurationId } = await shop()
    const writer = await asking(me, ['license_keys:write', 'customers:write'])
    const order = { key_configuration_id: configurationId, customer: { email: email() } }
    const made = await send('POST', '/license-keys', order, writer.headers)
    expect(made.json.key).toMatch(/^APP_.{36}$/)
    const { id, display_key } = made.json
    const changed = await send('PATCH', `/license-keys/${id}`, { note: 'x' }, writer.headers)
    expect(changed.json).toMatchObject({ key: display_key, note: 'x' })
    const bulk = await send('POST', '/license-keys/batch', { license_keys: [order] }, writer.headers)
    expect(bulk.json.data[0].license_key.key).toMatch(/^APP_.{36}$/)
    const device = await send('POST', `/license-keys/${id}/activations`, { label: 'PC' }, writer.headers)
    expect([device.status, device.text.includes(made.json.key)]).toEqual([201, false])
    const rotated = await send('POST', `/license-keys/${id}/rotate`, {}, writer.headers)
    expect([rotated.status, rotated.json.detail]).toEqual([403, expect.stringContaining('license_keys:reveal')])
    expect(await writer.reveals()).toEqual([])
  })

  test('each that is read is recorded once an hour, a list as one event', async () => {
    const { me, send, issue } = await shop()
    const ids: string[] = []
    for (let nth = 0; nth < 3; nth++) ids.push((await issue()).json.id)
    const revealer = await asking(me, ['license_keys:reveal'])
    const get = (path: string) => send('GET', path, undefined, revealer.headers)
    for (let nth = 0; nth < 3; nth++) expect((await get(`/license-keys/${ids[0]}`)).json.key).toMatch(/^APP_.{36}$/)
    expect(await revealer.reveals()).toEqual([{ licenseKeyId: ids[0], data: {} }])
    for (let nth = 0; nth < 3; nth++) expect((await get('/license-keys?sort=created_at')).json.data).toHaveLength(3)
    expect(await revealer.reveals()).toEqual([
      { licenseKeyId: ids[0], data: {} },
      { licenseKeyId: null, data: { keys: 2, license_key_ids: ids.slice(1) } },
    ])
    const write = await send('PATCH', `/license-keys/${ids[0]}`, { note: 'x' }, revealer.headers)
    expect(write.json.detail).toContain('license_keys:write')
  })

  test('where they were read from is recorded, and another place is another event', async () => {
    const { me, send, issue } = await shop()
    const { id } = (await issue()).json
    const revealer = await asking(me, ['license_keys:reveal'])
    for (const [address, agent] of [
      ['203.0.113.8', 'curl/8.5.0'],
      ['203.0.113.8', 'curl/8.5.0'],
      ['198.51.100.7', 'python-requests/2.32'],
    ])
      await send('GET', `/license-keys/${id}`, undefined, {
        ...revealer.headers,
        ...{ 'x-latchkey-address': address as string, 'user-agent': agent as string },
      })
    const events = await prisma.event.findMany({
      where: { licenseKeyId: id, type: 'license_key.revealed', actorId: revealer.apiKeyId },
      orderBy: { at: 'asc' },
    })
    expect(events.map(({ address, device }) => [address, device])).toEqual([
      ['203.0.113.8', expect.stringContaining('curl')],
      ['198.51.100.7', expect.stringContaining('python')],
    ])
  })

  test('are not come by through a changed address or id of elsewhere', async () => {
    const { me, send, issue } = await shop()
    const bought = (await issue()).json
    const path = `/customers/${bought.customer_id}`
    const customers = await asking(me, ['customers:write'])
    for (const change of [{ email: email() }, { external_id: 'crm-1' }]) {
      const refused = await send('PATCH', path, change, customers.headers)
      expect([refused.status, refused.json.detail]).toEqual([403, expect.stringContaining('license_keys:write')])
    }
    expect((await send('PATCH', path, { name: 'Hana' }, customers.headers)).status).toBe(200)
    const without = await send('POST', '/customers', { email: email() }, customers.headers)
    const free = { email: email(), external_id: 'crm-2' }
    expect((await send('PATCH', `/customers/${without.json.id}`, free, customers.headers)).status).toBe(200)

    const told = async () =>
      (await prisma.mail.findMany({ where: { organizationId: me.organizationId }, select: { to: true } }))
        .map(({ to }) => to)
        .sort()
    expect(await told()).toEqual([])
    const both = await asking(me, ['customers:write', 'license_keys:write'])
    const anew = email()
    expect((await send('PATCH', path, { email: anew }, both.headers)).status).toBe(200)
    // Both mailboxes hear of it.
    expect(await told()).toEqual([bought.customer.email, anew].sort())
  })
})
