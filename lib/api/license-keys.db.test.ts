import { describe, expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { type ApiScope, apiScopes } from '../base/permissions.ts'
import { prisma } from '../database/client.ts'
import { forNext } from '../http/for-next.ts'
import { createApiKey } from '../organizations/commands.ts'
import { API_ROOT, answerApi } from './serve.ts'

const answer = forNext(API_ROOT, answerApi)

// What programs do to keys and what stands around them, over and above issuing and changing one.

const email = () => `${newId()}@buyer.example`

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const role = 'owner' as const
  const me: Member = { kind: 'merchant', userId: newId(), email: email(), name: 'Mara', organizationId, role }
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
      return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : null }
    }
  }
  const send = await as()
  const configuration = await send('POST', '/key-configurations', {
    name: 'Yearly',
    prefix: 'app',
    expiry: { kind: 'duration', count: 1, unit: 'year' },
    limit_activations: 2,
  })
  expect(configuration.status, configuration.text).toBe(201)
  const configurationId = configuration.json.id as string
  const product = await send('POST', '/products', { name: 'Editor', key_configuration_ids: [configurationId] })
  const productId = product.json.id as string
  const order = (over: object = {}) => ({
    key_configuration_id: configurationId,
    ...('customer_id' in over ? {} : { customer: { email: email() } }),
    ...over,
  })
  const issue = async (over: object = {}) => {
    const issued = await send('POST', '/license-keys', order(over))
    expect(issued.status, issued.text).toBe(201)
    return issued.json
  }
  const events = async (type: string) =>
    (await prisma.event.findMany({ where: { organizationId, type }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })).map(
      ({ data }) => data,
    )
  return { me, as, send, organizationId, configurationId, productId, order, issue, events }
}

describe('metadata and tags', () => {
  test('of keys: set, merged, taken away, found, and in the history', async () => {
    const { send, issue, events } = await shop()
    const key = await issue({ metadata: { plan: 'pro', seat: '' }, tags: ['vip', 'beta', 'vip'] })
    expect(key).toMatchObject({ metadata: { plan: 'pro' }, tags: ['vip', 'beta'] })
    await issue({ metadata: { plan: 'team' } })
    const path = `/license-keys/${key.id}`
    const changed = await send('PATCH', path, { metadata: { seat: '4', plan: null }, tags: ['vip'] })
    expect(changed.json).toMatchObject({ metadata: { seat: '4' }, tags: ['vip'] })
    expect((await send('PATCH', path, { note: 'x' })).json).toMatchObject({ metadata: { seat: '4' }, tags: ['vip'] })
    expect(await events('license_key.updated')).toEqual([
      { changes: ['Metadata plan: pro → none', 'Metadata seat: none → 4', 'Tags: vip, beta → vip'] },
      { changes: ['Note'] },
    ])
    const found = async (query: string) =>
      (await send('GET', `/license-keys?${query}`)).json.data.map(({ id }: { id: string }) => id)
    expect(await found('metadata[seat]=4')).toEqual([key.id])
    expect(await found('metadata[seat]=4&metadata[plan]=pro')).toEqual([])
    expect(await found('metadata%5Bseat%5D=4&tag=vip')).toEqual([key.id])
    expect(await found('tag=vip&tag=beta')).toEqual([])
    for (const query of ['metadata=x', 'metadata[a]=1&metadata[a]=2', 'metadata[a[b]]=1'])
      expect((await send('GET', `/license-keys?${query}`)).status, query).toBe(422)
  })

  test('of customers, products and purchases', async () => {
    const { send, productId, events } = await shop()
    const customer = await send('POST', '/customers', { email: email(), metadata: { crm: '1' } })
    const order = { product_id: productId, customer_id: customer.json.id, metadata: { invoice: 'A' } }
    const purchase = await send('POST', '/purchases', order)
    const things = [
      [`/customers`, customer.json.id, { crm: '1' }],
      [`/purchases`, purchase.json.id, { invoice: 'A' }],
      [`/products`, productId, {}],
    ] as const
    for (const [list, id, metadata] of things) {
      expect((await send('GET', `${list}/${id}`)).json.metadata).toEqual(metadata)
      const changed = await send('PATCH', `${list}/${id}`, { metadata: { more: 'x' } })
      expect(changed.json.metadata, changed.text).toEqual({ ...metadata, more: 'x' })
      const found = await send('GET', `${list}?metadata[more]=x`)
      expect(found.json.data.map((row: { id: string }) => row.id)).toEqual([id])
      expect((await send('GET', `${list}?metadata[more]=y`)).json.data).toEqual([])
      expect((await send('PATCH', `${list}/${id}`, { metadata: { more: 1 } })).status).toBe(422)
    }
    const searched = await send('GET', `/customers?q=${customer.json.email}&metadata[more]=y`)
    expect(searched.json.data).toEqual([])
    for (const type of ['customer.updated', 'purchase.updated', 'product.updated'])
      expect(await events(type)).toMatchObject([{ changes: ['Metadata more: none → x'] }])
  })

  test('too many are refused and change nothing', async () => {
    const { send, issue } = await shop()
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`n${at}`, 'x']))
    const { id } = await issue({ metadata: many })
    const refused = await send('PATCH', `/license-keys/${id}`, { note: 'new', metadata: { more: 'x' } })
    expect([refused.status, refused.json.errors[0].path]).toEqual([422, 'metadata'])
    expect((await send('GET', `/license-keys/${id}`)).json).toMatchObject({ note: '', metadata: many })
  })

  test('are never sent to client software', async () => {
    const { issue, organizationId } = await shop()
    const { key, id } = await issue({ metadata: { secret_plan: 'quokka' }, tags: ['quokka'] })
    const { validate } = await import('../license-calls/calls.ts')
    const answer = await validate(
      { kind: 'software', address: null },
      { key, organization_id: organizationId },
      new Date(),
    )
    expect(JSON.stringify(answer)).toContain(id)
    expect(JSON.stringify(answer)).not.toContain('quokka')
  })
})

describe('on condition that nothing has changed', () => {
  test('of many writers at once with one ETag, one is carried out; with the new one, the next is', async () => {
    const { send, issue, events } = await shop()
    const { id } = await issue()
    const path = `/license-keys/${id}`
    const read = await send('GET', path)
    const etag = read.headers.get('etag') as string
    expect(etag).toMatch(/^"[\w-]{27}"$/)
    const many = await Promise.all(
      Array.from({ length: 8 }, (_, nth) => send('PATCH', path, { note: `by ${nth}` }, { 'if-match': etag })),
    )
    expect(many.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412, 412, 412, 412])
    expect(await events('license_key.updated')).toHaveLength(1)
    const won = many.find(({ status }) => status === 200)
    const lost = many.find(({ status }) => status === 412)
    expect(lost?.json).toMatchObject({ code: 'PRECONDITION_FAILED', status: 412, errors: [] })
    expect(lost?.headers.get('etag')).toBe(won?.headers.get('etag'))
    expect((await send('GET', path)).headers.get('etag')).toBe(won?.headers.get('etag'))
    const next = await send('POST', `${path}/disable`, {}, { 'if-match': `"x", W/${won?.headers.get('etag')}` })
    expect([next.status, next.json.status]).toEqual([200, 'disabled'])
    expect((await send('POST', `${path}/enable`, {}, { 'if-match': '*' })).status).toBe(200)
  })

  test('a change without a condition, and one of the string, are noticed; a validation is not', async () => {
    const { send, issue, organizationId } = await shop()
    const { id, key } = await issue()
    const path = `/license-keys/${id}`
    const tag = async () => (await send('GET', path)).headers.get('etag')
    const first = await tag()
    const { validate } = await import('../license-calls/calls.ts')
    await validate({ kind: 'software', address: null }, { key, organization_id: organizationId }, new Date())
    expect(await tag()).toBe(first)
    const tags = [first]
    for (const [verb, body] of [['rotate'], ['disable'], ['enable'], ['extend', { count: 1, unit: 'day' }]] as const) {
      const answer = await send('POST', `${path}/${verb}`, body ?? {})
      expect(answer.headers.get('etag')).toBe(await tag())
      tags.push(await tag())
    }
    expect(new Set(tags).size).toBe(5)
  })

  test('holds for every single thing', async () => {
    const { send, productId, configurationId, issue } = await shop()
    const key = await issue({ product_id: productId })
    const device = await send('POST', `/license-keys/${key.id}/activations`, { label: 'PC' })
    const paths: [string, object][] = [
      [`/customers/${key.customer_id}`, { name: 'Hana' }],
      [`/purchases/${key.purchase_id}`, { metadata: { a: 'b' } }],
      [`/products/${productId}`, { description: 'Other' }],
      [`/key-configurations/${configurationId}`, { grace_days: 4 }],
      [`/activations/${device.json.id}`, { label: 'Mac' }],
    ]
    for (const [path, change] of paths) {
      const etag = (await send('GET', path)).headers.get('etag') as string
      expect(etag, path).toBeTruthy()
      expect((await send('PATCH', path, change, { 'if-match': '"other"' })).status, path).toBe(412)
      const changed = await send('PATCH', path, change, { 'if-match': etag })
      expect([changed.status, changed.headers.get('etag')], changed.text).toEqual([
        200,
        expect.not.stringMatching(etag),
      ])
      expect((await send('PATCH', path, change, { 'if-match': etag })).status, path).toBe(412)
      const gone = await send('PATCH', path.replace(/[^/]+$/, newId()), change, { 'if-match': etag })
      expect(gone.status, path).toBe(404)
    }
    for (const [method, path] of [
      ['GET', `/license-keys/${key.id}`],
      ['POST', '/products'],
      ['POST', `/license-keys/${key.id}/activations`],
    ])
      expect(
        (
          await send(method as string, path as string, method === 'GET' ? undefined : { name: 'x', label: 'x' }, {
            'if-match': '"a"',
          })
        ).status,
      ).toBe(422)
    expect((await send('PATCH', `/products/${productId}`, {}, { 'if-match': 'unquoted' })).status).toBe(422)
  })

  test('goes with an Idempotency-Key, and another condition is another request', async () => {
    const { send, issue } = await shop()
    const { id } = await issue()
    const path = `/license-keys/${id}`
    const etag = (await send('GET', path)).headers.get('etag') as string
    const headers = { 'if-match': etag, 'idempotency-key': 'one' }
    const first = await send('PATCH', path, { note: 'x' }, headers)
    const again = await send('PATCH', path, { note: 'x' }, headers)
    expect([first.status, again.status, again.text]).toEqual([200, 200, first.text])
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'))
    expect((await send('PATCH', path, { note: 'x' }, { 'idempotency-key': 'one' })).json.code).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
  })
})

describe('a dry run', () => {
  const rows = async (organizationId: string) => {
    const where = { organizationId }
    return JSON.stringify(
      [
        await prisma.licenseKey.findMany({ where, orderBy: { id: 'asc' } }),
        await prisma.customer.findMany({ where, orderBy: { id: 'asc' } }),
        await prisma.purchase.findMany({ where, orderBy: { id: 'asc' } }),
        await prisma.product.findMany({ where, orderBy: { id: 'asc' } }),
        await prisma.event.findMany({ where, orderBy: { id: 'asc' } }),
        await prisma.mail.findMany({ where, orderBy: { id: 'asc' } }),
      ],
      (_, value) => (typeof value === 'bigint' ? String(value) : value),
    )
  }

  test('tells what would be, shows no string, and leaves no row, event, mail or job', async () => {
    const { send, issue, order, organizationId, productId } = await shop()
    const key = await issue()
    const path = `/license-keys/${key.id}`
    await send('GET', path)
    const before = await rows(organizationId)
    const jobs = async () => (await prisma.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM pgboss.job`)[0]?.n
    const hasJobs = await jobs().catch(() => null)
    const tries: [string, string, object, object, number][] = [
      ['POST', '/license-keys', order({ send_mail: true }), { status: 'granted' }, 201],
      [
        'POST',
        '/license-keys/batch',
        { license_keys: [order(), order({ product_id: newId() })] },
        { issued: 1, refused: 1 },
        200,
      ],
      ['PATCH', path, { note: 'new', limit_activations: 7 }, { note: 'new', limit_activations: 7 }, 200],
      ['POST', `${path}/revoke`, {}, { status: 'revoked' }, 200],
      ['POST', `${path}/rotate`, {}, {}, 200],
      ['POST', `${path}/send-mail`, {}, { to: key.customer.email }, 200],
      ['POST', '/customers', { email: key.customer.email }, { code: 'CONFLICT' }, 409],
      ['PATCH', `/products/${productId}`, { name: 'Other' }, { name: 'Other' }, 200],
    ]
    for (const [method, to, body, shown, status] of tries) {
      const answer = await send(method, `${to}?dry_run=true`, body, { 'idempotency-key': `${method}${to}${status}` })
      expect([answer.status, answer.json], `${method} ${to} ${answer.text}`).toMatchObject([status, shown])
      if (status < 300) expect(answer.headers.get('dry-run')).toBe('true')
      expect(answer.headers.get('etag')).toBeNull()
      expect(answer.text).not.toMatch(/"key":"APP_/)
    }
    expect(await rows(organizationId)).toBe(before)
    if (hasJobs !== null) expect(await jobs()).toBe(hasJobs)
    expect((await send('PATCH', `${path}?dry_run=false`, { note: 'new' })).json.note).toBe('new')
  })

  test('is refused where it is misspelt or cannot be had, before anything is done', async () => {
    const { send, issue } = await shop()
    const { id } = await issue()
    for (const query of ['dryrun=true', 'dry_run=yes', 'dry_run=true&dry_run=false'])
      expect((await send('POST', `/license-keys/${id}/disable?${query}`)).status, query).toBe(422)
    expect((await send('POST', `/license-keys/${id}/activations?dry_run=true`, { label: 'PC' })).status).toBe(422)
    expect((await send('GET', `/license-keys/${id}`)).json).toMatchObject({ status: 'granted', activations: 0 })
  })

  test('and a condition: both', async () => {
    const { send, issue } = await shop()
    const { id } = await issue()
    const path = `/license-keys/${id}?dry_run=true`
    expect((await send('PATCH', path, { note: 'x' }, { 'if-match': '"no"' })).status).toBe(412)
    expect((await send('PATCH', path, { note: 'x' }, { 'if-match': '*' })).json.note).toBe('x')
    expect((await send('GET', `/license-keys/${id}`)).json.note).toBe('')
  })
})

test('a key that does not work is mailed only when the program says that it knows', async () => {
  const { send, issue } = await shop()
  const { id, customer } = await issue()
  await send('POST', `/license-keys/${id}/revoke`, {})
  const mail = (body?: object) => send('POST', `/license-keys/${id}/send-mail`, body)
  for (const body of [undefined, {}, { anyway: false }]) {
    const answer = await mail(body)
    expect([answer.status, answer.json.code, answer.json.errors[0].path]).toEqual([409, 'CONFLICT', 'anyway'])
    expect(answer.json.detail).toContain('it is revoked because it was revoked by hand')
  }
  expect((await mail({ anyway: true })).json).toEqual({ to: customer.email })
})

test('the version of the API is said by every answer, and an unknown one is refused', async () => {
  const { send, issue } = await shop()
  const { id } = await issue()
  for (const version of [undefined, '2026-11-28']) {
    const answer = await send('GET', `/license-keys/${id}`, undefined, version ? { 'latchkey-version': version } : {})
    expect([answer.status, answer.headers.get('latchkey-version')]).toEqual([200, '2026-11-28'])
  }
  const unknown = await send('POST', `/license-keys/${id}/disable`, {}, { 'latchkey-version': '2031-01-01' })
  expect([unknown.status, unknown.json.code, unknown.json.detail]).toEqual([
    400,
    'UNKNOWN_VERSION',
    'Known versions: 2026-11-28.',
  ])
  expect(unknown.headers.get('latchkey-version')).toBe('2026-11-28')
  expect((await send('GET', `/license-keys/${id}`)).json.status).toBe('granted')
})

describe('many keys at once', () => {
  test('each by the rules of the call for one; what is refused says why, the rest is done', async () => {
    const { send, issue, productId, events } = await shop()
    const keys = [await issue({ product_id: productId }), await issue(), await issue({ expires_at: null })]
    const [sold, free, endless] = keys.map(({ id }) => id as string)
    const stranger = (await (await shop()).issue()).id as string
    const change = async (body: object) => {
      const answer = await send('POST', '/license-keys/batch/change', body)
      expect(answer.status, answer.text).toBe(200)
      return [answer.json.data.map(({ status }: { status: string }) => status).join(' '), answer.json] as const
    }
    await send('POST', `/license-keys/${free}/disable`)
    const [first, json] = await change({
      action: 'disable',
      license_key_ids: [sold, free, stranger, newId()],
      reason: 'Gist',
    })
    expect(first).toBe('changed unchanged refused refused')
    expect(json).toMatchObject({ changed: 1, unchanged: 1, refused: 2 })
    expect(json.data[0]).toMatchObject({
      index: 0,
      license_key_id: sold,
      license_key: { id: sold, status: 'disabled' },
    })
    expect(json.data[2].error.code).toBe('NOT_FOUND')
    expect(await events('license_key.disabled')).toEqual([{ reason: null }, { reason: 'Gist' }])
    expect((await change({ action: 'enable', license_key_ids: [sold, free] }))[0]).toBe('changed changed')
    expect((await change({ action: 'revoke', license_key_ids: [sold, free] }))[0]).toBe('changed changed')
    await send('POST', `/purchases/${keys[0].purchase_id}/refund`)
    expect((await change({ action: 'restore', license_key_ids: [free, endless, sold] }))[0]).toBe(
      'changed unchanged changed',
    )
    const [kept, still] = await change({ action: 'restore', license_key_ids: [sold] })
    expect([kept, still.data[0].error.detail]).toEqual(['refused', expect.stringContaining('refunded')])
    expect((await change({ action: 'restore', hold: true, license_key_ids: [sold] }))[1].data[0].license_key.held).toBe(
      true,
    )
    const [longer, dates] = await change({ action: 'extend', license_key_ids: [free, endless], count: 1, unit: 'year' })
    expect(longer).toBe('changed refused')
    const one = await send('POST', `/license-keys/${(await issue()).id}/extend`, { count: 1, unit: 'year' })
    expect(dates.data[0].license_key.expires_at.slice(0, 10)).toBe(one.json.expires_at.slice(0, 10))
    const until = '2040-02-29T12:00:00.000Z'
    const [same, all] = await change({ action: 'extend', license_key_ids: [free, endless], until })
    expect([same, all.data.map((row: { license_key: { expires_at: string } }) => row.license_key.expires_at)]).toEqual([
      'changed changed',
      [until, until],
    ])
    expect((await change({ action: 'extend', license_key_ids: [free], until }))[0]).toBe('unchanged')
  })

  test('a thousand in as many statements as one, once per Idempotency-Key, and a malformed one changes nothing', async () => {
    const { send, order, issue } = await shop()
    const made = await send('POST', '/license-keys/batch', {
      license_keys: Array.from({ length: 1_000 }, () => order()),
    })
    const ids = made.json.data.map((row: { license_key: { id: string } }) => row.license_key.id)
    for (const body of [
      { action: 'extend', license_key_ids: ids, count: 1, unit: 'month' },
      { action: 'revoke', license_key_ids: ids },
    ]) {
      const headers = { 'idempotency-key': body.action }
      const [one, two] = await Promise.all([
        send('POST', '/license-keys/batch/change', body, headers),
        send('POST', '/license-keys/batch/change', body, headers),
      ])
      expect([one.json.changed, two.json.changed]).toEqual([1_000, 1_000])
      expect(one.text).toBe(two.text)
    }
    const { id } = await issue()
    for (const license_key_ids of [[], [id, id], [id, id.toUpperCase()], [...ids, id], [id, 'x']])
      expect((await send('POST', '/license-keys/batch/change', { action: 'disable', license_key_ids })).status).toBe(
        422,
      )
    expect((await send('GET', `/license-keys/${id}`)).json.status).toBe('granted')
  })

  test('many such calls and single ones at once neither wait in a circle nor lose one', async () => {
    const { send, issue } = await shop()
    const ids = [await issue(), await issue(), await issue(), await issue()].map(({ id }) => id as string)
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, nth) => {
        const license_key_ids = nth % 2 ? ids : [...ids].reverse()
        return nth % 3 === 2
          ? send('POST', `/license-keys/${ids[nth % 4]}/disable`)
          : send('POST', '/license-keys/batch/change', { action: 'extend', license_key_ids, count: 1, unit: 'day' })
      }),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const { json } = await send('POST', '/license-keys/batch/change?dry_run=true', {
      action: 'revoke',
      license_key_ids: ids,
    })
    expect(json.changed).toBe(4)
    const days = await prisma.licenseKey.findMany({
      where: { id: { in: ids } },
      select: { expiresAt: true, createdAt: true, status: true },
    })
    expect(new Set(days.map(({ expiresAt }) => expiresAt?.toISOString().slice(0, 10))).size).toBe(1)
    expect(days.map(({ status }) => status).includes('revoked')).toBe(false)
  })
})

describe('looking up', () => {
  test('finds a key by each whole thing of it, and says by which', async () => {
    const { send, issue, productId, as } = await shop()
    const customer = { email: email(), name: 'Hana' }
    const reference = `ORDER-${newId()}`
    const key = await issue({ product_id: productId, customer, reference })
    const device = (
      await send('POST', `/license-keys/${key.id}/activations`, { label: 'Studio iMac', fingerprint: 'fp-9' })
    ).json
    await prisma.licenseKey.update({ where: { id: key.id }, data: { externalId: 'old-shop-7' } })
    await prisma.customer.update({ where: { id: key.customer_id }, data: { externalId: 'cus_9' } })
    await issue()
    const find = async (query: string, who = send) => {
      const answer = await who('POST', '/license-keys/lookup', { query })
      expect(answer.status, answer.text).toBe(200)
      return answer.json.data.map((found: { license_key: { id: string } }) => ({
        ...found,
        license_key: found.license_key.id,
      }))
    }
    const found = (matched_by: string, more: object = {}) => [
      { matched_by, replaced: false, activation_id: null, license_key: key.id, ...more },
    ]
    for (const typed of [
      key.key,
      ` ${key.key.toLowerCase()}\n`,
      key.key.replaceAll('-', ' '),
      `License key: “${key.key}”.`,
    ])
      expect(await find(typed), typed).toEqual(found('key'))
    const on = { activation_id: device.id }
    const ways: [string, string, object?][] = [
      [key.id, 'id'],
      [device.id, 'activation_id', on],
      ['old-shop-7', 'external_id'],
      [reference, 'purchase_reference'],
      [customer.email.toUpperCase(), 'customer_email'],
      ['cus_9', 'customer_external_id'],
      ['fp-9', 'fingerprint', on],
      ['studio imac', 'device_name', on],
    ]
    for (const [query, by, more] of ways) {
      expect(await find(query), query).toEqual(found(by, more))
      const listed = await send('GET', `/license-keys?q=${encodeURIComponent(query)}`)
      expect(listed.json.data.map(({ id }: { id: string }) => id)).toEqual([key.id])
    }
    const rotated = (await send('POST', `/license-keys/${key.id}/rotate`)).json.key
    expect(await find(key.key.toLowerCase())).toEqual(found('key', { replaced: true }))
    expect(await find(`Key: ${key.key.replaceAll('-', ' ')}`)).toEqual(found('key', { replaced: true }))
    expect(await find(rotated)).toEqual(found('key'))
    await send('DELETE', `/activations/${device.id}`)
    expect(await find('Studio iMac')).toEqual(found('device_name', on))
    for (const query of ['nothing', '%', 'Studio', ' ', newId()]) expect(await find(query), query).toEqual([])
    expect((await send('GET', '/license-keys?q=nothing')).json).toMatchObject({ data: [], has_more: false })

    const stranger = await shop()
    for (const [query] of [...ways, [rotated], [key.key]])
      expect(await find(query as string, stranger.send), query).toEqual([])
    const reader = await as(['license_keys:read'])
    const masked = await reader('POST', '/license-keys/lookup', { query: rotated })
    expect([masked.json.data.length, masked.text.includes(rotated)]).toEqual([1, false])
    expect((await (await as(['customers:read']))('POST', '/license-keys/lookup', { query: rotated })).status).toBe(403)
  })

  test('one customer’s many keys: at most a hundred, and that there are more is said', async () => {
    const { send, order } = await shop()
    const customer = { email: email() }
    await send('POST', '/license-keys/batch', { license_keys: Array.from({ length: 103 }, () => order({ customer })) })
    const { json } = await send('POST', '/license-keys/lookup', { query: customer.email })
    expect([json.data.length, json.has_more]).toEqual([100, true])
    const listed = await send('GET', `/license-keys?q=${customer.email}&limit=100`)
    const rest = await send('GET', `/license-keys?q=${customer.email}&limit=100&cursor=${listed.json.next_cursor}`)
    expect([listed.json.data.length, rest.json.data.length]).toEqual([100, 3])
  })
})

describe('ids of elsewhere', () => {
  test('of products and configurations are set as a list, and each has one owner', async () => {
    const { send, productId, configurationId, events } = await shop()
    const things = [
      ['/products', productId, 'product'],
      ['/key-configurations', configurationId, 'key_configuration'],
    ] as const
    for (const [list, id, noun] of things) {
      const path = `${list}/${id}`
      const set = await send('PATCH', path, { external_ids: ['prod_1', 'Second'], name: `New ${noun}` })
      expect([set.status, set.json.external_ids, set.json.name], set.text).toEqual([
        200,
        ['prod_1', 'Second'],
        `New ${noun}`,
      ])
      expect((await send('PATCH', path, { external_ids: ['prod_1', 'Second'] })).status).toBe(200)
      expect(await events(`${noun}.updated`)).toMatchObject([{}, { changes: ['External ids: none → prod_1, Second'] }])
      const taken = await send('POST', list, { name: 'Other', external_ids: ['SECOND'] })
      expect([taken.status, taken.json.errors[0].path]).toEqual([409, 'external_ids'])
      expect(taken.json.detail).toContain(`New ${noun}`)
      const names = (await send('GET', list)).json.data.map(({ name }: { name: string }) => name)
      expect(names).not.toContain('Other')
      for (const external_ids of [['a', 'A'], [' a'], [''], Array.from({ length: 21 }, (_, at) => `${at}`)])
        expect((await send('PATCH', path, { external_ids })).status).toBe(422)
      const others = await Promise.all(
        [1, 2, 3, 4].map((nth) => send('POST', list, { name: `Other ${nth}`, external_ids: ['one'] })),
      )
      expect(others.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
    }
    // Elsewhere the same id is somebody else's.
    const other = await shop()
    expect((await other.send('PATCH', `/products/${other.productId}`, { external_ids: ['prod_1'] })).status).toBe(200)
    expect((await other.send('PATCH', `/products/${productId}`, { external_ids: ['x'] })).status).toBe(404)
  })

  test('an address that would have to be mended first is nobody’s, so that none becomes another customer’s', async () => {
    const { send, issue } = await shop()
    const key = await issue()
    const folded = `\uff45${key.customer.email.slice(1)}`
    const other = (await send('POST', '/customers', { email: `x${email()}` })).json
    const sent = [
      await send('POST', '/customers', { email: folded }),
      await send('PATCH', `/customers/${other.id}`, { email: folded }),
      await send('POST', `/license-keys/${key.id}/transfer`, { customer: { email: folded } }),
      await send('POST', '/license-keys', {
        key_configuration_id: key.key_configuration.id,
        customer: { email: folded },
      }),
    ]
    expect(sent.map(({ status }) => status)).toEqual([422, 422, 422, 422])
    const same = await send('POST', '/customers', { email: ` ${key.customer.email.toUpperCase()} ` })
    expect(same.status).toBe(409)
  })

  test('of customers have one owner too, also of many at once', async () => {
    const { send } = await shop()
    const made = await Promise.all(
      [1, 2, 3, 4].map(() => send('POST', '/customers', { email: email(), external_id: 'crm-1' })),
    )
    expect(made.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
    const other = await send('POST', '/customers', { email: email() })
    const taken = await send('PATCH', `/customers/${other.json.id}`, { external_id: 'crm-1' })
    expect([taken.status, taken.json.errors[0].path]).toEqual([409, 'external_id'])
    expect(taken.json.detail).toContain(made.find(({ status }) => status === 201)?.json.email)
    expect((await send('PATCH', `/customers/${other.json.id}`, { external_id: 'crm-2' })).json.external_id).toBe(
      'crm-2',
    )
  })
})

describe('what stands around keys', () => {
  const everything = ['customer', 'product', 'key_configuration', 'purchase', 'activations']
  const all = everything.map((kind) => `expand[]=${kind}`).join('&')

  test('comes whole, as its own call answers it; nothing comes unasked', async () => {
    const { send, issue, productId } = await shop()
    const key = await issue({ product_id: productId })
    const bare = await issue()
    for (const label of ['one', 'two']) await send('POST', `/license-keys/${key.id}/activations`, { label })
    const devices = (await send('GET', '/activations?sort=created_at')).json.data
    const own = async (path: string) => (await send('GET', path)).json
    const expected = {
      customer: await own(`/customers/${key.customer_id}`),
      product: await own(`/products/${key.product_id}`),
      key_configuration: await own(`/key-configurations/${key.key_configuration_id}`),
      purchase: await own(`/purchases/${key.purchase_id}`),
      activations: { data: devices, has_more: false },
    }
    const plain = await send('GET', `/license-keys/${key.id}`)
    expect(plain.json.expanded).toBeUndefined()
    const got = await send('GET', `/license-keys/${key.id}?${all}`)
    expect(got.json).toEqual({ ...plain.json, expanded: expected })
    expect(got.headers.get('etag')).toBe(plain.headers.get('etag'))
    const list = await send('GET', `/license-keys?sort=created_at&${all}`)
    expect(list.json.data.map(({ expanded }: { expanded: object }) => expanded)).toEqual([
      expected,
      {
        customer: await own(`/customers/${bare.customer_id}`),
        product: null,
        key_configuration: expected.key_configuration,
        purchase: null,
        activations: { data: [], has_more: false },
      },
    ])
    const some = await send('GET', `/license-keys?expand[]=customer&limit=1`)
    expect(Object.keys(some.json.data[0].expanded)).toEqual(['customer'])
    for (const query of ['expand[]=mails', 'expand=customer', 'expand[]='])
      expect((await send('GET', `/license-keys/${key.id}?${query}`)).status, query).toBe(422)
  })

  test('is there for a page of many keys, with at most a hundred devices of each', async () => {
    const { send, issue, order, organizationId } = await shop()
    const { id } = await issue({ limit_activations: null })
    const made = Array.from({ length: 102 }, (_, nth) => ({
      id: newId(),
      organizationId,
      licenseKeyId: id,
      label: `${nth}`,
    }))
    await prisma.activation.createMany({ data: made })
    const { json } = await send('GET', `/license-keys/${id}?expand[]=activations`)
    expect([json.activations, json.expanded.activations.data.length, json.expanded.activations.has_more]).toEqual([
      102,
      100,
      true,
    ])
    await send('POST', '/license-keys/batch', { license_keys: Array.from({ length: 40 }, () => order()) })
    const listed = await send('GET', `/license-keys?limit=41&${all}`)
    expect(listed.json.data.every((key: { expanded: object }) => Object.keys(key.expanded).length === 5)).toBe(true)
  })

  test('takes the scopes that read it', async () => {
    const { as, issue } = await shop()
    const { id } = await issue()
    const reader = await as(['license_keys:read'])
    expect((await reader('GET', `/license-keys/${id}?expand[]=activations`)).status).toBe(200)
    for (const [kind, scope] of [
      ['customer', 'customers'],
      ['product', 'catalogue'],
      ['key_configuration', 'catalogue'],
      ['purchase', 'purchases'],
    ]) {
      const refused = await reader('GET', `/license-keys/${id}?expand[]=${kind}`)
      expect([refused.status, refused.json.detail]).toEqual([403, expect.stringContaining(`${scope}:read`)])
      expect((await reader('GET', `/license-keys?expand[]=${kind}`)).status).toBe(403)
    }
  })
})

describe('handing over', () => {
  const mailsOf = async (organizationId: string) =>
    (await prisma.mail.findMany({ where: { organizationId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })).map(
      ({ template, to }) => `${template} ${to}`,
    )

  test('a merged customer’s keys, devices, purchases and history are the other’s; both are told', async () => {
    const { send, issue, productId, organizationId, events } = await shop()
    const customers = [email(), email()]
    const make = async (body: object) => (await send('POST', '/customers', body)).json
    const from = await make({ email: customers[0], name: 'Ana', external_id: 'crm-1', metadata: { a: '1', b: '1' } })
    const into = await make({ email: customers[1], metadata: { b: '2' } })
    const key = await issue({ product_id: productId, customer_id: from.id })
    const other = await issue({ customer_id: from.id, send_mail: true })
    await send('POST', `/license-keys/${key.id}/activations`, { label: 'PC' })
    const before = await prisma.event.count({ where: { organizationId, customerId: from.id } })
    const dry = await send('POST', `/customers/${from.id}/merge?dry_run=true`, { into: into.id })
    expect([dry.status, dry.json.license_keys, (await send('GET', `/customers/${from.id}`)).status]).toEqual([
      200, 2, 200,
    ])
    const merged = await send('POST', `/customers/${from.id}/merge`, { into: into.id.toUpperCase() })
    expect(merged.json, merged.text).toMatchObject({
      ...{ id: into.id, email: customers[1], name: 'Ana', external_id: 'crm-1', license_keys: 2, purchases: 1 },
      metadata: { a: '1', b: '2' },
    })
    expect((await send('GET', `/customers/${from.id}`)).status).toBe(404)
    expect((await send('GET', `/license-keys/${key.id}`)).json).toMatchObject({ customer_id: into.id, activations: 1 })
    expect((await send('GET', `/purchases/${key.purchase_id}`)).json.customer_id).toBe(into.id)
    expect(await prisma.event.count({ where: { organizationId, customerId: from.id } })).toBe(0)
    expect(await prisma.event.count({ where: { organizationId, customerId: into.id } })).toBeGreaterThan(before)
    expect(await events('customer.merged')).toEqual([
      { email: customers[1], from: customers[0], customer_id: from.id, keys: 2, purchases: 1 },
    ])
    expect(await events('license_key.transferred')).toHaveLength(2)
    const moved = await prisma.event.findMany({
      where: { organizationId, type: { in: ['customer.merged', 'license_key.transferred'] } },
      orderBy: { id: 'asc' },
    })
    // One row of the history.
    expect(moved.map(({ type, batchId }) => [type, batchId])).toEqual([
      ['customer.merged', moved[0]?.id],
      ['license_key.transferred', moved[0]?.id],
      ['license_key.transferred', moved[0]?.id],
    ])
    // The mail with the key, not sent yet, goes to whoever has it now.
    expect(await mailsOf(organizationId)).toEqual([
      `license-key ${customers[1]}`,
      `address-changed ${customers[0]}`,
      `keys-moved ${customers[1]}`,
    ])
    expect(other.customer_id).toBe(from.id)
    expect((await send('POST', `/customers/${into.id}/merge`, { into: into.id })).status).toBe(422)
    const stranger = await shop()
    const theirs = (await stranger.issue()).customer_id
    for (const [id, to] of [
      [into.id, theirs],
      [theirs, into.id],
      [into.id, newId()],
    ])
      expect((await send('POST', `/customers/${id}/merge`, { into: to })).status).toBe(404)
  })

  test('merging takes whoever may change keys; a customer without anything is gone without a mail', async () => {
    const { send, as, organizationId } = await shop()
    const [one, two] = [
      (await send('POST', '/customers', { email: email() })).json,
      (await send('POST', '/customers', { email: email() })).json,
    ]
    const refused = await (await as(['customers:write']))('POST', `/customers/${one.id}/merge`, { into: two.id })
    expect([refused.status, refused.json.detail]).toEqual([403, expect.stringContaining('license_keys:write')])
    expect((await send('POST', `/customers/${one.id}/merge`, { into: two.id })).status).toBe(200)
    expect(await mailsOf(organizationId)).toEqual([])
    expect((await send('POST', `/customers/${two.id}/merge`, { into: two.id }, { 'if-match': '*' })).status).toBe(422)
  })

  test('merging both ways, buying and handing on at once: nothing fails, and no key is lost', async () => {
    const { send, order, organizationId } = await shop()
    for (let round = 0; round < 3; round++) {
      const [one, two] = [
        (await send('POST', '/customers', { email: email() })).json,
        (await send('POST', '/customers', { email: email() })).json,
      ]
      const key = (await send('POST', '/license-keys', order({ customer_id: one.id }))).json
      const answers = await Promise.all([
        send('POST', `/customers/${one.id}/merge`, { into: two.id }),
        send('POST', `/customers/${two.id}/merge`, { into: one.id }),
        send('POST', `/license-keys/${key.id}/transfer`, { customer_id: two.id }),
        send('POST', '/license-keys', order({ customer_id: one.id })),
        send('POST', '/license-keys', order({ customer: { email: two.email } })),
        send('POST', `/license-keys/${key.id}/disable`),
      ])
      for (const { status, text } of answers) expect([200, 201, 404, 409], text).toContain(status)
      expect(answers.slice(0, 2).filter(({ status }) => status === 200)).toHaveLength(1)
      const made = answers.slice(3, 5).filter(({ status }) => status === 201)
      // Who orders by an address that was merged away is a new customer with it.
      for (const { json } of [{ json: key }, ...made]) {
        const { customer } = (await send('GET', `/license-keys/${json.id}`)).json
        expect([one.email, two.email]).toContain(customer.email)
      }
    }
    expect(await prisma.licenseKey.count({ where: { organizationId } })).toBeGreaterThanOrEqual(3)
  })

  test('a key handed on is the other’s; the purchase stays with who paid and still ends it; both are told', async () => {
    const { send, issue, productId, organizationId, events } = await shop()
    const payer = { email: email(), name: 'Ana' }
    const key = await issue({ product_id: productId, customer: payer })
    await send('POST', `/license-keys/${key.id}/activations`, { label: 'PC' })
    const friend = email()
    const path = `/license-keys/${key.id}/transfer`
    const dry = await send('POST', `${path}?dry_run=true`, { customer: { email: friend } })
    expect([dry.status, dry.json.customer.email]).toEqual([200, friend])
    expect((await send('GET', `/customers?email=${friend}`)).json.data).toEqual([])
    const handed = await send('POST', path, { customer: { email: friend, name: 'Ben' } })
    expect(handed.json, handed.text).toMatchObject({
      customer: { email: friend, name: 'Ben' },
      activations: 1,
      key: key.key,
    })
    expect((await send('GET', `/purchases/${key.purchase_id}`)).json.customer.email).toBe(payer.email)
    expect(await events('license_key.transferred')).toEqual([{ from: payer.email, to: friend }])
    expect(await mailsOf(organizationId)).toEqual([`keys-moved ${payer.email}`, `keys-moved ${friend}`])
    expect((await send('POST', path, { customer_id: handed.json.customer_id })).status).toBe(200)
    expect(await mailsOf(organizationId)).toHaveLength(2)

    const { getPurchasedKey } = await import('../purchases/own.ts')
    const as = (address: string) => ({ kind: 'customer' as const, userId: newId(), email: address })
    expect(await getPurchasedKey(as(friend), key.id, new Date())).toMatchObject({ keyString: key.key, purchase: null })
    await expect(getPurchasedKey(as(payer.email), key.id, new Date())).rejects.toThrow('no such license key')

    await send('POST', `/purchases/${key.purchase_id}/refund`)
    expect((await send('GET', `/license-keys/${key.id}`)).json.status).toBe('revoked')
    const stranger = await shop()
    const theirs = (await stranger.issue()).customer_id
    expect((await send('POST', path, { customer_id: theirs })).status).toBe(404)
    expect((await stranger.send('POST', path, { customer: { email: email() } })).status).toBe(404)
    expect((await send('POST', path, {})).status).toBe(422)
  })

  test('the mails say what happened in words, and show no key', async () => {
    const { organizationId } = await shop()
    const { writeMail } = await import('../mailer/message.ts')
    for (const [direction, product] of [
      ['away', 'Editor'],
      ['here', 'Editor'],
      ['here', null],
    ] as const) {
      const payload = { organizationId, direction, product, address: 'to…@x.example' }
      const { subject, text, html } = await writeMail({ template: 'keys-moved', payload }, 'a@b.example', newId())
      expect(subject).toContain('Test')
      for (const body of [text, html]) expect(body).toContain('to…@x.example')
      expect(text.includes('/purchases')).toBe(direction === 'here')
    }
  })
})
