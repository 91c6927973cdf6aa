// Every answer of every route and dialect, byte for byte, against a recording made earlier: for work that must change none of them.
//   WIRE_RECORDING=/tmp/before.txt npm test -- --only api e2e/api/wire.test.ts
// writes the file when it is not there, and is held against it when it is.
import { existsSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { prisma } from '#lib/database/client.ts'
import { dodo } from '#lib/vendors/dodo/dialect.ts'
import { lemonsqueezy } from '#lib/vendors/lemonsqueezy/dialect.ts'
import { polar } from '#lib/vendors/polar/dialect.ts'
import { calls } from '../calls.ts'
import { type FullOrganization, makeFullOrganization } from '../full-organization.ts'
import { type Question, send } from '../http.ts'

const file = process.env.WIRE_RECORDING
const nobody = '00000000-0000-4000-8000-000000000000'

test('every answer is as it was recorded', async () => {
  test.skip(file === undefined, 'WIRE_RECORDING names no file')
  test.setTimeout(300_000)
  const shop = await makeFullOrganization()
  const said = recorder(shop)
  for (const question of [
    ...nativeQuestions(shop),
    ...vendorQuestions(shop),
    ...(await managementQuestions(shop)),
    ...oddQuestions(shop),
  ])
    await said.ask(question)
  const { text, count } = said
  expect(count()).toBeGreaterThan(300)
  if (!existsSync(file as string)) {
    writeFileSync(file as string, text())
    return
  }
  const before = (await readFile(file as string, 'utf8')).split('\n\n')
  const now = text().split('\n\n')
  writeFileSync(`${file}.now`, text())
  const different = now.flatMap((answer, i) => (answer === before[i] ? [] : [{ before: before[i], now: answer }]))
  expect(different.slice(0, 3), `${different.length} of ${now.length} answers differ`).toEqual([])
  expect(now.length).toBe(before.length)
})

/** Asks one question after another, and writes down what came, with a number for everything that is made anew each time. */
function recorder(shop: FullOrganization) {
  const lines: string[] = []
  const numbers = new Map<string, number>()
  const numbered = (kind: string, value: string) => {
    if (!numbers.has(value)) numbers.set(value, numbers.size + 1)
    return `<${kind} ${numbers.get(value)}>`
  }
  const plain = (text: string) =>
    text
      .replaceAll(shop.token, '<token>')
      .replace(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi, (id) => numbered('id', id))
      .replace(/\b[0-9A-Z]{5}(-[0-9A-Z]{5}){2,}(-[0-9A-Z]+)?\b/g, (key) => numbered('key', key))
      .replace(/okka[0-9a-f]{8}/gi, '<mark>')
      .replace(/fable-[0-9a-f]{12}/g, '<slug>')
      .replace(/(buyer-|customer-|bob-|Made by a test |Configuration |Product )[0-9a-f]{8,12}/g, '$1<random>')
      .replace(/(\*{4}-|••••|XXXX-)[0-9A-Za-z]{1,12}/g, '$1<tail>')
      .replace(/\d{4}-\d\d-\d\d([T ][\d:.]+(Z|\+00:00)?)?/g, (time) =>
        time > '2026-06' && time < '2029' ? '<time>' : time,
      )
      .replace(/\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d/g, '<minute>')
      .replace(/("(?:next_cursor|cursor|next_after)":)"[^"]+"/g, '$1"<cursor>"')
      .replace(/((?:cursor|after)=)[^&"<>]+/g, '$1<cursor>')
      .replace(/(lk_cs|polar_cst|lk)_[\w-]{20,}/g, '<secret>')
      .replace(/(uptimeSeconds":)\d+/, '$1n')
      .replace(/\b\d{9,19}\b/g, (number) => numbered('number', number))
  const headersOf = (headers: Record<string, string>) =>
    Object.entries(headers)
      .filter(([name]) => !['date', 'content-length', 'connection', 'keep-alive'].includes(name))
      .map(
        ([name, value]) =>
          `${name}: ${/ratelimit|retry-after|etag/.test(name) ? value.replace(/\d+|"[^"]+"/g, 'n') : value}`,
      )
      .sort()
  return {
    ask: async (question: Question) => {
      const { status, headers, text } = await send(question)
      const { method = 'POST', path, body } = question
      const asked = [
        `${method} ${path}`,
        ...headersOf(question.headers ?? {}),
        JSON.stringify(body)?.slice(0, 2_000) ?? '',
      ]
      lines.push(plain([...asked, `-> ${status}`, ...headersOf(headers), text].join('\n').replace(/\n{2,}/g, '\n')))
    },
    text: () => lines.join('\n\n'),
    count: () => lines.length,
  }
}

const json = (body: object, more: Partial<Question> = {}) => ({ body, ...more })

function* nativeQuestions(shop: FullOrganization): Generator<Question> {
  const [key, disabled, revoked, expired] = shop.keys
  const [first, second] = shop.activations
  const organization_id = shop.id
  const keys = { key, disabled, revoked, expired }
  for (const verb of ['validate', 'activate', 'deactivate']) {
    const path = `/api/license/${verb}`
    for (const [, { key: text }] of Object.entries(keys)) {
      yield { path, ...json({ key: text, organization_id, label: 'Recorded', activation_id: second }) }
      yield { path, ...json({ key: text, organization_id, label: 'Recorded', fingerprint: 'recorded' }) }
      yield { path, ...json({ key: text.toLowerCase(), organization_id, label: 'Recorded' }) }
      yield { path, ...json({ key: text, organization_id: nobody, label: 'Recorded' }) }
    }
    const body = { key: key.key, organization_id, label: 'Recorded' }
    for (const more of [
      ...[{ activation_id: first }, { activation_id: nobody }, { activation_id: 'x' }, { product_id: shop.productId }],
      ...[
        { product_id: nobody },
        { benefit_id: shop.configurationId },
        { benefit_id: nobody },
        { customer_id: nobody },
      ],
      ...[
        { conditions: { version: '4' } },
        { conditions: [] },
        { conditions: { big: 1 } },
        { entitlements: ['export'] },
      ],
      ...[{ entitlements: ['gold'] }, { increment_usage: 1 }, { increment_usage: 1_000 }, { increment_usage: -1 }],
      ...[
        { increment_usage: '1' },
        { label: '' },
        { label: 'x'.repeat(500) },
        { label: 7 },
        { meta: { os: 'Plan 9' } },
      ],
      ...[
        { meta: [] },
        { meta: { deep: { er: [1] } } },
        { fingerprint: 'None' },
        { fingerprint: '' },
        { unheard: 'of' },
      ],
      ...[{ replace_activation_id: first }, { replace_activation_id: nobody }, { key: '' }, { key: null }, { key: 12 }],
    ])
      yield { path, ...json({ ...body, ...more }) }
    for (const raw of ['', '{', '[]', 'null', '"x"', '{"key":"\ud800"}', '{"key":"a","key":"b"}']) {
      yield { path, body: raw, headers: { 'content-type': 'application/json' } }
    }
    yield { path, body: new URLSearchParams({ key: key.key, organization_id }).toString(), headers: form }
    yield { path, body: JSON.stringify(body), headers: { 'content-type': 'text/plain' } }
    yield { path, body: 'x'.repeat(70_000), headers: { 'content-type': 'application/json' } }
    for (const headers of [
      { 'idempotency-key': `k-${verb}` },
      { 'idempotency-key': `k-${verb}` },
      { 'idempotency-key': ' ' },
    ])
      yield { path, ...json(body, { headers }) }
    yield { path, ...json({ ...body, label: 'Other' }, { headers: { 'idempotency-key': `k-${verb}` } }) }
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH']) yield { method, path }
  }
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Every line of every dialect: as it should be asked, without a token, with a wrong one, and with bodies that make no sense. */
function* vendorQuestions(shop: FullOrganization): Generator<Question> {
  for (const { prefix, lines } of [polar, dodo, lemonsqueezy]) {
    for (const { method, path: pattern } of lines) {
      const noun = /activation|instance/.test(pattern)
        ? 'activation'
        : /benefit|entitlement/.test(pattern)
          ? 'configuration'
          : 'key'
      const ids = {
        activation: shop.activations[1] as string,
        configuration: shop.configurationId,
        key: shop.keyId,
      }
      const at = (id: string) =>
        `/api/license${prefix}${pattern
          .replace('{activation_id}', shop.activations[1] as string)
          .replace('{grant_id}', shop.keyId)
          .replace(
            '{id}',
            pattern.startsWith('/customers')
              ? shop.customerId
              : pattern.includes('license-keys/{id}/act')
                ? shop.keyId
                : id,
          )}`
      const path = at(ids[noun])
      const authorization = `Bearer ${shop.token}`
      const bodies = method === 'GET' || method === 'DELETE' ? [undefined] : vendorBodies(shop)
      for (const body of bodies) {
        yield { method, path, body, headers: { authorization } }
        yield { method, path, body }
      }
      yield { method, path, body: bodies[0], headers: { authorization: 'Bearer wrong' } }
      if (pattern.includes('{id}')) {
        yield { method, path: at(nobody), body: bodies[0], headers: { authorization } }
        yield { method, path: at('x'), body: bodies[0], headers: { authorization } }
      }
      if (method === 'GET') {
        yield { method, path: `${path}?limit=1&page=2&page[size]=1&page_size=1`, headers: { authorization } }
        yield { method, path: `${path}?limit=x&page=-1&page[size]=0`, headers: { authorization } }
      }
      yield { method: 'PUT', path, headers: { authorization } }
    }
    yield { method: 'GET', path: `/api/license${prefix}/v1/nothing` }
    yield { method: 'OPTIONS', path: `/api/license${prefix}/v1/nothing` }
  }
}

const vendorBodies = (shop: FullOrganization) => {
  const { key } = shop.key
  const instance = shop.activations[1]
  return [
    {
      ...{
        key,
        organization_id: shop.id,
        label: 'Recorded',
        license_key: key,
        name: 'Recorded',
        instance_name: 'Recorded',
      },
      ...{ activation_id: instance, license_key_instance_id: instance, instance_id: instance },
    },
    {
      key: 'nobody has this',
      organization_id: shop.id,
      label: 'L',
      license_key: 'nobody has this',
      name: 'L',
      instance_name: 'L',
    },
    { ...{ type: 'license_keys', description: 'Recorded one', properties: { prefix: 'REC', limit_usage: 3 } } },
    { ...{ integration_type: 'license_key', name: 'Recorded two', integration_config: {} } },
    { data: { type: 'license-keys', id: '1', attributes: { activation_limit: 7, disabled: false } } },
    { activations_limit: 6, limit_activations: 6, status: 'granted', disabled: false },
    { customer_id: shop.customerId },
    {},
    [],
  ]
}

async function managementQuestions(shop: FullOrganization): Promise<Question[]> {
  type Operation = { operationId: string; security?: object[] }
  const { json: document } = await send({ method: 'GET', path: '/api/openapi.json' })
  const operations = new Map(
    Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, { method: method.toUpperCase(), path }]),
    ),
  )
  await prisma.rateLimit.deleteMany()
  const questions: Question[] = []
  for (const [id, callsOf] of Object.entries(calls)) {
    const operation = operations.get(id)
    if (!operation) continue
    const { method } = operation
    const at = (id: string) => operation.path.replace('{id}', id)
    const headers = { authorization: `Bearer ${shop.token}` }
    const all = callsOf(shop)
    for (const { id: own = shop.keyId, query, body } of all) {
      const params = new URLSearchParams()
      for (const [name, values] of Object.entries(query ?? {}))
        for (const value of [values ?? []].flat()) params.append(name, value)
      questions.push({ method, path: at(own) + (params.size > 0 ? `?${params}` : ''), body, headers })
    }
    const own = all[0]?.id ?? shop.keyId
    const body = all[0]?.body
    questions.push(
      { method, path: at(own), body },
      { method, path: at(own), body, headers: { authorization: 'Bearer no' } },
    )
    if (body !== undefined)
      for (const bad of [[], { unheard: 'of' }, '{'])
        questions.push({
          method,
          path: at(own),
          body: bad,
          headers: { ...headers, 'content-type': 'application/json' },
        })
    if (operation.path.includes('{id}')) questions.push({ method, path: at(nobody), body, headers })
    if (query(operation.path, method)) questions.push({ method, path: `${at(own)}?unheard=of&limit=0`, headers })
  }
  return questions
}

const query = (path: string, method: string) => method === 'GET' && !path.includes('{id}')

function* oddQuestions(shop: FullOrganization): Generator<Question> {
  for (const path of [
    '/api',
    '/api/',
    '/api/v1',
    '/api/v2/license-keys',
    '/api/license',
    '/api/license/',
    '/api/nothing',
    '/api/health',
  ])
    for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS', 'DELETE']) yield { method, path }
  for (const path of [
    '/api/./license/validate',
    '/api//license/validate',
    '/api/%6cicense/validate',
    '/api/license/validate/',
  ])
    yield { path, body: { key: shop.key.key, organization_id: shop.id } }
}
