import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { type ApiScope, apiScopes } from '#lib/base/permissions.ts'
import { prisma } from '#lib/database/client.ts'
import { type Call, calls } from '../calls.ts'
import { doors } from '../doors.ts'
import { type FullOrganization, makeFullOrganization } from '../full-organization.ts'
import { type Answer, appUrl, send } from '../http.ts'
import { makeOrganization } from '../organization.ts'
import { rowsOf } from '../rows.ts'

// Every call of the OpenAPI document, by the right people and the wrong ones, with good and bad input; and every answer held against it.

type Response = { content: Record<string, { schema: { $ref: string } }> }
type Operation = {
  id: string
  method: string
  path: string
  isPublic: boolean
  hasBody: boolean
  query: string[]
  responses: Record<string, Response>
}

let operations: Operation[]
let document: { components: { schemas: object }; paths: Record<string, Record<string, never>> }
let shop: FullOrganization
const shapes = new Map<string, ValidateFunction>()
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)

test.beforeAll(async () => {
  document = (await send({ method: 'GET', path: '/api/openapi.json' })).json
  ajv.addSchema(document, 'api')
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Record<string, never>>).map(([method, operation]) => ({
      id: operation.operationId as unknown as string,
      method: method.toUpperCase(),
      path,
      isPublic: ((operation.security as unknown as unknown[]) ?? []).length === 0,
      hasBody: 'requestBody' in operation,
      query: ((operation.parameters ?? []) as { name: string; in: string }[])
        .filter((parameter) => parameter.in === 'query')
        .map(({ name }) => name),
      responses: operation.responses as unknown as Record<string, Response>,
    })),
  )
  shop = await makeFullOrganization()
})

const addressOf = ({ path }: Operation, { id = shop.keyId, query = {} }: Call) => {
  const params = new URLSearchParams()
  for (const [name, values] of Object.entries(query))
    for (const value of [values ?? []].flat()) params.append(name, value)
  return path.replace('{id}', id) + (params.size > 0 ? `?${params}` : '')
}

const ask = (operation: Operation, call: Call, { token = shop.token, headers = {} as Record<string, string> } = {}) =>
  send({
    method: operation.method,
    path: addressOf(operation, call),
    headers: { ...(token && !operation.isPublic && { authorization: `Bearer ${token}` }), ...headers },
    body: call.body,
  })

/** Fails unless the document has this answer: its status, its type and its shape. */
function expectDocumented(operation: Operation, answer: Answer, about: string) {
  const said = `${operation.id} ${about}: ${answer.status} ${answer.text.slice(0, 600)}`
  expect(answer.status, said).toBeLessThan(500)
  const response = operation.responses[answer.status]
  expect(response, `documented: ${said}`).toBeDefined()
  const type = answer.headers['content-type']?.split(';')[0] ?? ''
  const content = response?.content[type]
  expect(content, `type ${type} of ${said}`).toBeDefined()
  const ref = content?.schema.$ref ?? ''
  let shape = shapes.get(ref)
  if (!shape) {
    shape = ajv.compile({ $ref: `api${ref}` })
    shapes.set(ref, shape)
  }
  shape(answer.json)
  expect(shape.errors ?? [], said).toEqual([])
}

// ---------------------------------------------------------------- one order, one purchase

for (const [door, base] of doors)
  test(`an order number that is taken makes no second key, by the door of ${door}`, async () => {
    const own = await makeOrganization()
    const [key_configuration_id, token] = [await own.configuration(), await own.apiKey()]
    const product_id = await own.product([key_configuration_id])
    const post = (path: string, body: object) =>
      send({ path: `/api/v1${path}`, headers: { authorization: `Bearer ${token}` }, body, base })
    const customer = { email: 'ada@example.com' }
    const order = { key_configuration_id, product_id, customer, reference: 'A-1' }
    const counted = async () => ({
      keys: await prisma.licenseKey.count({ where: { organizationId: own.id } }),
      purchases: await prisma.purchase.count({ where: { organizationId: own.id } }),
    })
    // At once as well as later, for the same customer and another, and by the call for purchases.
    const first = await Promise.all([post('/license-keys', order), post('/license-keys', order)])
    expect(first.map(({ status }) => status).sort()).toEqual([201, 409])
    const again = [
      await post('/license-keys', order),
      await post('/license-keys', { ...order, customer: { email: 'bob@example.com' } }),
    ]
    for (const answer of [...again, ...first.filter(({ status }) => status === 409)])
      expect(answer.json, answer.text).toMatchObject({
        ...{ status: 409, code: 'CONFLICT', errors: [{ path: 'reference' }] },
      })
    expect((await post('/purchases', { product_id, customer, reference: 'A-1' })).status).toBe(409)
    expect(await counted()).toEqual({ keys: 1, purchases: 1 })
    const more = await post('/license-keys', { ...order, add_to_purchase: true })
    expect(more.status).toBe(201)
    expect(more.json.purchase_id).toBe(first.find(({ status }) => status === 201)?.json.purchase_id)
    expect(await counted()).toEqual({ keys: 2, purchases: 1 })
  })

// ---------------------------------------------------------------- the document

test('the document is valid OpenAPI 3.1, and loads from anywhere', async () => {
  const answer = await send({ method: 'GET', path: '/api/openapi.json' })
  expect(answer.headers['access-control-allow-origin']).toBe('*')
  expect(answer.json.openapi).toBe('3.1.0')
  const { valid, errors } = await new Validator().validate(answer.json)
  expect(errors ?? []).toEqual([])
  expect(valid).toBe(true)
})

test('the table of calls knows every operation, and no other', () => {
  expect(Object.keys(calls).sort()).toEqual(operations.map(({ id }) => id).sort())
})

// ---------------------------------------------------------------- good input

test('every call succeeds for whom it belongs to, and its answer is as the document says', async () => {
  const seen = new Map<string, number[]>()
  const inOrder = Object.keys(calls).map((id) => operations.find((operation) => operation.id === id) as Operation)
  for (const operation of inOrder) {
    for (const call of calls[operation.id]?.(shop) ?? []) {
      const answer = await ask(operation, call)
      expectDocumented(operation, answer, JSON.stringify(call))
      seen.set(operation.id, [...(seen.get(operation.id) ?? []), answer.status])
      if (operation.isPublic) continue
      expect(answer.headers['request-id']).toMatch(/^[0-9a-f-]{36}$/)
      expect(Number(answer.headers['ratelimit-remaining'])).toBeLessThan(Number(answer.headers['ratelimit-limit']))
      expect(Number(answer.headers['ratelimit-reset'])).toBeGreaterThan(0)
    }
  }
  for (const [id, statuses] of seen) {
    if (id === 'deactivateDevice') continue // of another key on purpose
    if (id === 'pollForKey') continue // nobody approves here
    expect(Math.max(...statuses), `${id}: ${statuses}`).toBeLessThan(300)
  }
  // What a list of a full page says, too.
  const page = await send({
    method: 'GET',
    path: '/api/v1/events?limit=1',
    headers: { authorization: `Bearer ${shop.token}` },
  })
  expect(page.json).toMatchObject({ has_more: true, next_cursor: expect.any(String) })
})

// ---------------------------------------------------------------- bad input

const NASTY: unknown[] = [
  ...[
    '',
    ' ',
    '{',
    'null',
    '[]',
    '"text"',
    '1',
    'true',
    '{"a":1}{',
    '\ufeff{}',
    '{"__proto__":{"a":1}}',
    '{"constructor":1}',
  ],
  Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `{"label":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
]

test('bad bodies are refused as the document says, whatever they are', async () => {
  test.setTimeout(240_000)
  for (const operation of operations.filter(({ hasBody }) => hasBody)) {
    for (const body of NASTY) expectDocumented(operation, await ask(operation, { body }), String(body).slice(0, 60))
    const tooLarge = await ask(operation, { body: `"${'x'.repeat(1_100_000)}"` })
    expect(tooLarge.status, operation.id).toBe(413)
    expectDocumented(operation, tooLarge, 'too large')
  }
})

const strange = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      null,
      true,
      false,
      0,
      -1,
      1.5,
      1e308,
      2 ** 31,
      2 ** 53,
      '',
      ' ',
      '\u0000',
      'a\u0000b',
      '\ud800',
      'x'.repeat(6_000),
    ],
    ...[
      [],
      {},
      [[]],
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59+14:00',
      '2027-02-30',
      'configuration',
      'NaN',
      '%',
      '\\',
    ],
    ...['00000000-0000-0000-0000-000000000000', '01a3c5d2-7b1e-7c40-9d55-6b8f2f0c9e11', '🦘', 'a@b', 'null'],
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
)

/** The body with one place replaced, removed or added. */
function changed(body: unknown, at: number, value: unknown, name: string): unknown {
  const copy = structuredClone(body)
  const places: { holder: Record<string, unknown>; key: string }[] = []
  const walk = (part: unknown) => {
    if (typeof part !== 'object' || part === null) return
    for (const key of Object.keys(part)) {
      places.push({ holder: part as Record<string, unknown>, key })
      walk((part as Record<string, unknown>)[key])
    }
  }
  walk(copy)
  const place = places[at % (places.length + 1)]
  if (place) place.holder[place.key] = value
  else if (typeof copy === 'object' && copy !== null) (copy as Record<string, unknown>)[name] = value
  return copy
}

test('bodies with one thing wrong never make the server fail, and every answer is as the document says', async () => {
  test.setTimeout(300_000)
  for (const operation of operations.filter(({ hasBody }) => hasBody)) {
    const bodies = (calls[operation.id]?.(shop) ?? []).map(({ id, body }) => ({ id, body: body ?? {} }))
    const mutations = fc.sample(fc.tuple(fc.nat(1_000), strange, fc.string({ maxLength: 12 })), {
      numRuns: 24,
      seed: 11,
    })
    for (const [index, [at, value, name]] of mutations.entries()) {
      const { id, body } = bodies[index % bodies.length] as { id: string | undefined; body: unknown }
      const call = { ...(id && { id }), body: changed(body, at, value, name) }
      expectDocumented(operation, await ask(operation, call), JSON.stringify(call.body).slice(0, 300))
    }
  }
})

test('bad paths, queries and headers are refused as the document says', async () => {
  test.setTimeout(240_000)
  const values = [
    '',
    ' ',
    'x',
    '-1',
    '1e3',
    '\u0000',
    '\ufffd',
    '9'.repeat(400),
    'null',
    "' OR 1=1 --",
    '2027-02-30T00:00:00Z',
    '%',
  ]
  for (const operation of operations.filter(({ isPublic }) => !isPublic)) {
    if (operation.path.includes('{id}')) {
      for (const id of ['x', '%00', '%ff', '..%2f..', '00000000-0000-0000-0000-000000000000', 'a'.repeat(2_000)]) {
        const answer = await ask(operation, {
          id,
          body: operation.hasBody ? (calls[operation.id]?.(shop)[0]?.body ?? {}) : undefined,
        })
        // Percent signs that are no encoding are refused before any route.
        if (id === '%ff') expect([400, 404], id).toContain(answer.status)
        else expect(answer.status, `${operation.id} ${id}`).toBe(404)
        expect(answer.json, id).toBeDefined()
      }
    }
    for (const name of [...operation.query, 'unheard-of']) {
      if (operation.query.length === 0) continue
      for (const value of values) {
        expectDocumented(operation, await ask(operation, { query: { [name]: value } }), `${name}=${value.slice(0, 20)}`)
      }
      const raw = await send({
        method: operation.method,
        path: `${operation.path}?${name}=%ed%a0%80&${name}=%ff&%00=%00`,
        headers: { authorization: `Bearer ${shop.token}` },
      })
      expectDocumented(operation, raw, `${name}: bytes that are no text`)
    }
    if (operation.method !== 'GET') {
      const call = calls[operation.id]?.(shop)[0] ?? {}
      const answer = await ask(operation, call, { headers: { 'idempotency-key': 'with blanks in it' } })
      expect(answer.status, operation.id).toBe(422)
      expectDocumented(operation, answer, 'Idempotency-Key')
    }
  }
})

// ---------------------------------------------------------------- who may

test('without an API key, or with one that is void, every call of the management API is refused', async () => {
  for (const operation of operations.filter(({ isPublic }) => !isPublic)) {
    const call = calls[operation.id]?.(shop)[0] ?? {}
    for (const token of ['', 'latchkey_nonsense', `${shop.token}x`, 'undefined']) {
      const answer = await ask(operation, call, { token })
      expect(answer.status, `${operation.id} ${token}`).toBe(401)
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /)
      expectDocumented(operation, answer, `token ${token}`)
    }
  }
})

test('a key that may only read changes nothing, and one without the scope sees nothing; the answer names the scope', async () => {
  // One of its own: what the tests above began goes on in the background.
  const own = await makeFullOrganization()
  const reading = await own.apiKey(apiScopes.filter((scope) => scope.endsWith(':read')))
  const nouns = ['license_keys', 'catalogue', 'customers', 'purchases', 'stores', 'events', 'webhooks', 'organization']
  const others = new Map<string, string>()
  for (const noun of nouns) others.set(noun, await own.apiKey(apiScopes.filter((scope) => !scope.startsWith(noun))))
  const ids = [own.id]
  await send({ method: 'GET', path: '/api/v1/organization', headers: { authorization: `Bearer ${reading}` } })
  const quiet = async () => (await rowsOf(ids, own.since)).replace(/"last_used_at": ?("[^"]*"|null)/g, '')
  const before = await quiet()
  for (const operation of operations.filter(({ isPublic, id }) => !isPublic && id !== 'getOrganization')) {
    const call = calls[operation.id]?.(own)[0] ?? {}
    const reads = operation.method === 'GET' || ['lookUpLicenseKeys', 'simulateLicenseCall'].includes(operation.id)
    if (!reads) {
      const answer = await ask(operation, call, { token: reading })
      expect(answer.status, operation.id).toBe(403)
      expect(answer.json.detail, operation.id).toMatch(/_?[a-z]+:write/)
      expectDocumented(operation, answer, 'reading only')
    }
    const lacking = [...others].filter(
      ([noun]) => operation.path.startsWith(`/api/v1${pathOf[noun]}`) || isOf(operation, noun),
    )
    expect(lacking.length, operation.id).toBeGreaterThan(0)
    for (const [noun, token] of lacking) {
      const answer = await ask(operation, call, { token })
      expect(answer.status, `${operation.id} without ${noun}`).toBe(403)
      expect(answer.json.detail, operation.id).toContain(`${noun}:`)
    }
  }
  expect(await quiet()).toBe(before)
})

test('whatever else an API key may do, without `license_keys:reveal` no call shows the string of a key there was', async () => {
  const other = await makeFullOrganization()
  const roads: ApiScope[][] = [
    apiScopes.filter((scope) => scope !== 'license_keys:reveal'),
    ...apiScopes.filter((scope) => scope !== 'license_keys:reveal').map((scope) => [scope]),
  ]
  const strings = other.keys.map(({ key }) => key)
  for (const scopes of roads) {
    const token = await other.apiKey(scopes)
    for (const operation of operations.filter(({ isPublic }) => !isPublic)) {
      for (const call of calls[operation.id]?.(other) ?? []) {
        const answer = await ask(operation, call, { token })
        const about = `${operation.id} with ${scopes}`
        expect(answer.status, about).toBeLessThan(500)
        for (const string of strings) expect(answer.text.includes(string), about).toBe(false)
      }
    }
  }
  expect(
    (await send({ method: 'GET', path: '/api/v1/license-keys', headers: { authorization: `Bearer ${other.token}` } }))
      .text,
  ).toContain(strings[0])
})

const pathOf: Record<string, string> = {
  license_keys: '/license-keys',
  catalogue: '/products',
  customers: '/customers',
  purchases: '/purchases',
  events: '/events',
  organization: '/organization',
  webhooks: '/webhook-',
  stores: '/store',
}
const isOf = ({ path }: Operation, noun: string) =>
  (noun === 'license_keys' && (path.includes('/activations') || path.includes('/bulk-changes'))) ||
  (noun === 'catalogue' && path.includes('/key-configurations'))

test('another organization’s things are not found, and nothing of theirs changes', async () => {
  const victim = await makeFullOrganization()
  const stranger = shop
  const before = await rowsOf([victim.id], victim.since)
  const secrets = [victim.mark, ...victim.keys.map(({ key }) => key), victim.alice.email]
  for (const operation of operations.filter(({ isPublic }) => !isPublic)) {
    for (const call of calls[operation.id]?.(victim) ?? []) {
      const answer = await ask(operation, call, { token: stranger.token })
      const about = `${operation.id} ${JSON.stringify(call)}: ${answer.status} ${answer.text.slice(0, 300)}`
      expectDocumented(operation, answer, 'as a stranger')
      const asked = JSON.stringify(call)
      for (const secret of secrets) if (!asked.includes(secret)) expect(answer.text, about).not.toContain(secret)
      if (call.id) expect(answer.status, about).toBe(404)
      else if (operation.id === 'issueLicenseKeys') expect(answer.json, about).toMatchObject({ issued: 0, refused: 2 })
      // A filter that names what is another's finds nothing.
      else if (operation.id === 'previewBulkChange' && asked.includes('"filter"'))
        expect(answer.json, about).toMatchObject({ total: 0, due: 0 })
      else if (operation.id === 'changeLicenseKeys')
        expect(answer.json, about).toMatchObject({ changed: 0, unchanged: 0 })
      else if (
        call.body &&
        JSON.stringify(call.body).match(/[0-9a-f-]{36}/) &&
        asked.includes(victim.configurationId.slice(0, 8))
      )
        expect(answer.status, about).toBe(404)
      else if (operation.method === 'GET' && call.query && JSON.stringify(call.query).includes(victim.keyId))
        expect(answer.json.data, about).toEqual([])
    }
  }
  // Their own things, with one that is another's inside the body.
  const own = await stranger.issue(stranger.spareConfigurationId)
  const mixed: [string, Call][] = [
    ['issueLicenseKey', { body: { key_configuration_id: stranger.configurationId, customer_id: victim.customerId } }],
    [
      'issueLicenseKey',
      {
        body: {
          key_configuration_id: stranger.configurationId,
          product_id: victim.productId,
          customer: { email: 'a@example.com' },
        },
      },
    ],
    ['createPurchase', { body: { product_id: stranger.productId, customer_id: victim.customerId } }],
    ['createPurchase', { body: { product_id: victim.productId, customer: { email: 'a@example.com' } } }],
    ['createProduct', { body: { name: 'Theirs', key_configuration_ids: [victim.configurationId] } }],
    ['updateProduct', { id: stranger.productId, body: { key_configuration_ids: [victim.configurationId] } }],
    ['createKeyConfiguration', { body: { name: 'Theirs', product_ids: [victim.productId] } }],
    ['updateKeyConfiguration', { id: stranger.configurationId, body: { product_ids: [victim.productId] } }],
    ['activateLicenseKey', { id: own.id, body: { label: 'x', replace_activation_id: victim.activations[0] } }],
  ]
  const lookUp = operations.find(({ id }) => id === 'lookUpLicenseKeys') as Operation
  for (const query of [
    victim.key.key,
    victim.alice.email,
    victim.keyId,
    victim.activations[0],
    'ThinkPad X1',
    `A-${victim.mark}`,
  ]) {
    const answer = await ask(lookUp, { body: { query } }, { token: stranger.token })
    expect(answer.status).toBe(200)
    expect(answer.text.includes(victim.mark), `${query}: ${answer.text}`).toBe(false)
  }
  for (const [id, call] of mixed) {
    const operation = operations.find((each) => each.id === id) as Operation
    const answer = await ask(operation, call, { token: stranger.token })
    expect(answer.status, `${id} ${JSON.stringify(call)} ${answer.text}`).toBe(404)
    expectDocumented(operation, answer, 'mixed')
  }
  expect(await rowsOf([victim.id], victim.since)).toBe(before)
})

// ---------------------------------------------------------------- HTTP

test('every answer is JSON, also where there is no route, no method, or a slash too many', async () => {
  const headers = { authorization: `Bearer ${shop.token}` }
  const base = appUrl
  const cases: [string, string, number, string][] = [
    ['GET', '/api/v1', 404, 'ROUTE_NOT_FOUND'],
    ['GET', '/api/v1/nothing', 404, 'ROUTE_NOT_FOUND'],
    ['GET', `/api/v1/license-keys/${shop.keyId}/nothing`, 404, 'ROUTE_NOT_FOUND'],
    ['PUT', '/api/v1/license-keys', 405, 'METHOD_NOT_ALLOWED'],
    ['DELETE', '/api/v1/customers', 405, 'METHOD_NOT_ALLOWED'],
    ['OPTIONS', '/api/v1/customers', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/api/v1/license-keys/batch', 405, 'METHOD_NOT_ALLOWED'],
  ]
  for (const [method, address, status, code] of cases) {
    const answer = await send({ method, path: address, headers, base })
    expect([answer.status, answer.json?.code], `${method} ${address}`).toEqual([status, code])
    expect(answer.headers['content-type'], address).toContain('application/problem+json')
    expect(answer.json.type, address).toBe(`${process.env.LATCHKEY_URL ?? appUrl}/docs/errors/${code}`)
    expect(answer.json.request_id).toBe(answer.headers['request-id'])
    if (status === 405) expect(answer.headers.allow).toMatch(/GET|POST/)
  }
  for (const address of ['/api/v1/organization/', '/api/v1/organization?'])
    expect((await send({ method: 'GET', path: address, headers })).status, address).toBe(200)
  const head = await send({ method: 'HEAD', path: '/api/v1/organization', headers })
  expect([head.status, head.text]).toEqual([200, ''])
  const upper = await send({ method: 'GET', path: `/api/v1/license-keys/${shop.keyId.toUpperCase()}`, headers })
  expect(upper.json.id).toBe(shop.keyId)
  const lower = await send({
    method: 'GET',
    path: '/api/v1/organization',
    headers: { authorization: `bearer  ${shop.token}` },
  })
  expect(lower.status).toBe(200)
})

test('the curl line of docs/api.md issues a key', async () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/api.md'), 'utf8')
  const command = /# The management API[\s\S]*?```bash\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const real = command
    .replace('http://localhost:3000', appUrl)
    .replace(/[0-9a-f-]{36}/, shop.configurationId)
    .replace('curl', 'curl -s')
  const { stdout, stderr } = spawnSync('bash', ['-c', real], {
    encoding: 'utf8',
    env: { ...process.env, LATCHKEY_TOKEN: shop.token },
  })
  expect(JSON.parse(stdout || stderr)).toMatchObject({
    status: 'granted',
    customer: { email: 'tomas@herrera.example' },
  })
})
