import { describe, expect, test } from 'vitest'
import { ZodError } from 'zod'
import { idFrom } from '../../base/ids.ts'
import { type ActivateCode, activateCodes, type ValidateCode, validateCodes } from '../../error-codes/schema.ts'
import type { KeyRecord } from '../../license-keys/schema.ts'
import type { Answer, Line, Parts, Problem } from '../../operations/line.ts'
import { calls } from '../../operations/verbs.ts'
import { dodo } from './dialect.ts'

const lineOf = (method: string, path: string): Line => {
  const found = dodo.lines.find((line) => line.method === method && line.path === path)
  if (!found) throw new Error(`no line ${method} ${path}`)
  return found
}

type Request = { body?: unknown; query?: string; params?: Record<string, string>; headers?: Record<string, string> }

const partsOf = ({ body, query = '', params = {}, headers = {} }: Request): Parts => ({
  params,
  query: new URLSearchParams(query),
  body,
  header: (name) => headers[name] ?? null,
  url: 'https://keys.example/api/license/dodo',
})

/** The call a request is read as; or the places that are wrong. */
function read(method: string, path: string, request: Request): unknown {
  const line = lineOf(method, path)
  const call = calls[line.verb].safeParse(line.read(partsOf(request)))
  return call.success ? call.data : call.error.issues.map((issue) => issue.path.join('.'))
}

const write = (method: string, path: string, outcome: unknown): Answer =>
  lineOf(method, path).write(outcome as never, partsOf({}))

const id = '0f4f2e6c-8c3b-4c38-9c39-6a1d9c1b0a11'
const hex = '0f4f2e6c8c3b4c389c396a1d9c1b0a11'
const off = { mode: 'off', limit: null }

describe('what is read', () => {
  const license_key = 'K-1'
  const common = { key: license_key, organization_id: null }

  test.each<[string, Request, unknown]>([
    ['the first attempt', { headers: { 'x-stainless-retry-count': '0' } }, false],
    ['a repetition', { headers: { 'x-stainless-retry-count': '1' } }, true],
    ['another client', {}, false],
    ['nonsense', { headers: { 'x-stainless-retry-count': 'x' } }, false],
  ])('activate: %s', (_, request, repeated) => {
    const body = { license_key, name: 'A', fingerprint: 'f', conditions: { a: 1 } }
    expect(read('POST', '/licenses/activate', { ...request, body })).toEqual({ ...common, label: 'A', repeated })
  })

  test.each<[string, unknown, unknown]>([
    ['a key', { license_key }, { ...common, activation_id: null }],
    ['our instance', { license_key, license_key_instance_id: `lki_${hex}` }, { ...common, activation_id: id }],
    ['theirs', { license_key, license_key_instance_id: 'lki_x' }, { ...common, activation_id: idFrom('lki_x') }],
    ['null', { license_key, license_key_instance_id: null }, { ...common, activation_id: null }],
    ['a number', { license_key, license_key_instance_id: 5 }, ['activation_id']],
    ['a list', [], ['key']],
    ['null for all', null, ['key']],
  ])('validate: %s', (_, body, call) => {
    expect(read('POST', '/licenses/validate', { body })).toEqual(call)
  })

  test.each<[string, string, unknown]>([
    ['nothing: pages 0 and 1 at once', '', { offset: 0, limit: 20 }],
    ['a size', 'page_size=4', { offset: 0, limit: 8 }],
    ['the largest size', 'page_size=5000', { offset: 0, limit: 200 }],
    ['page 0', 'page_number=0', { offset: 0, limit: 10 }],
    ['page 2', 'page_number=2&page_size=4', { offset: 8, limit: 4 }],
    ['an empty number', 'page_number=', { offset: 0, limit: 20 }],
    ['a page far away', 'page_number=2147483647&page_size=100', { offset: 2_147_483_647, limit: 100 }],
  ])('a page: %s', (_, query, page) => {
    const call = { licenseKeyId: null, licenseKeyNumber: null, dir: 'desc', ...(page as object) }
    expect(read('GET', '/license_key_instances', { query })).toEqual(call)
  })

  test.each([
    ['page_size=0', 'limit'],
    ['page_size=x', 'limit'],
    ['page_number=-1', 'offset'],
    ['page_number=1.5', 'offset'],
  ])('no page: %s', (query, path) => {
    expect(read('GET', '/license_key_instances', { query })).toEqual([path])
  })

  test.each<[unknown, unknown]>([
    [{}, {}],
    [{ disabled: true }, { disabled: true }],
    [{ disabled: null }, {}],
    [{ activations_limit: 3 }, { activations: { mode: 'limited', limit: 3 } }],
    [{ activations_limit: 0 }, { activations: off }],
    [{ activations_limit: null }, { activations: { mode: 'unlimited', limit: null } }],
    [{ expires_at: null }, { expiresAt: null }],
    [{ expires_at: '2027-01-02' }, { expiresAt: new Date('2027-01-02T00:00:00Z') }],
  ])('a change: %j', (body, changes) => {
    expect(read('PATCH', '/license_keys/{id}', { params: { id: `lic_${hex}` }, body })).toEqual({ key: id, changes })
  })

  test.each([
    ['PATCH', '/license_keys/{id}'],
    ['POST', '/license_keys'],
    ['PATCH', '/license_key_instances/{id}'],
    ['POST', '/entitlements'],
    ['PATCH', '/entitlements/{id}'],
    ['POST', '/grants/{grant_id}/license-key'],
  ])('%s %s takes nothing but an object', (method, path) => {
    const params = { id: `lic_${hex}`, grant_id: `entg_${hex}` }
    for (const body of [[], [{}], 'x', 5, true, null])
      expect(() => read(method, path, { params, body })).toThrow(ZodError)
  })

  test.each<[string, unknown]>([
    [`license_key_id=lic_${hex}`, id],
    [`grant_id=entg_${hex}`, id],
    [`license_key_id=lic_${hex}&grant_id=entg_${hex}`, id],
    [`license_key_id=lic_${hex}&grant_id=entg_x`, ''],
    [`license_key_id=&grant_id=`, null],
  ])('instances of %s', (query, licenseKeyId) => {
    expect(read('GET', '/license_key_instances', { query })).toMatchObject({ licenseKeyId })
  })

  test.each<[unknown, unknown]>([
    [{}, {}],
    [{ activations_limit: null, expires_at: null }, {}],
    [{ activations_limit: 0 }, { activations: off }],
    [
      { activations_limit: 4, expires_at: '2027-01-02' },
      { activations: { mode: 'limited', limit: 4 }, expiresAt: new Date('2027-01-02T00:00:00Z') },
    ],
  ])('a delivery with %j', (more, changes) => {
    const request = { params: { grant_id: `entg_${hex}` }, body: { key: 'K-1', ...(more as object) } }
    expect(read('POST', '/grants/{grant_id}/license-key', request)).toEqual({ key: id, keyString: 'K-1', changes })
  })

  test('a key made elsewhere', () => {
    const body = { key: 'K-1234', product_id: 'pdt_x', customer_id: 'cus_x' }
    const adopt = (more: object, headers = {}) => read('POST', '/license_keys', { body: { ...body, ...more }, headers })
    expect(adopt({})).toEqual({
      ...{ keyString: 'K-1234', product: 'pdt_x', customer: 'cus_x', expiresAt: null, repeated: false },
      activations: { mode: 'unlimited', limit: null },
    })
    expect(adopt({ activations_limit: 0 })).toMatchObject({ activations: off })
    expect(adopt({ activations_limit: 2 })).toMatchObject({ activations: { mode: 'limited', limit: 2 } })
    expect(adopt({}, { 'x-stainless-retry-count': '1' })).toMatchObject({ repeated: true })
  })

  test('entitlements: only what a license key has, in whole', () => {
    const parse = (integration_config: unknown, integration_type = 'license_key') =>
      read('POST', '/entitlements', { body: { name: 'N', integration_type, integration_config } })
    expect(parse({ activations_limit: 2, duration_count: 1, duration_interval: 'Year' })).toMatchObject({
      settings: {
        name: 'N',
        activationsMode: 'limited',
        activationLimit: 2,
        expiryKind: 'duration',
        durationUnit: 'year',
      },
    })
    expect(parse({})).toMatchObject({ settings: { activationsMode: 'unlimited', expiryKind: 'never' } })
    expect(parse({ activations_limit: 0 })).toMatchObject({
      settings: { activationsMode: 'off', activationLimit: null },
    })
    expect(() => parse({ fulfillment_mode: 'manual' })).toThrow()
    expect(() => parse({ duration_count: 1 })).toThrow()
    expect(() => parse({}, 'discord')).toThrow()
  })

  test('a deleted entitlement is neither read nor changed nor deleted again', () => {
    const of = { configuration: 'ent_x', live: true }
    const params = { id: 'ent_x' }
    for (const method of ['GET', 'DELETE']) expect(read(method, '/entitlements/{id}', { params })).toEqual(of)
    const body = { integration_config: { activations_limit: 0 } }
    expect(read('PATCH', '/entitlements/{id}', { params, body })).toEqual({ ...of, changes: { activations: off } })
  })

  test.each<[string, string, string[], string]>([
    ['PATCH', '/license_keys/{id}', ['changes', 'activations', 'limit'], 'activations_limit'],
    ['PATCH', '/license_keys/{id}', ['changes', 'disabled'], 'disabled'],
    ['PATCH', '/license_keys/{id}', ['changes', 'expiresAt'], 'expires_at'],
    ['PATCH', '/license_keys/{id}', [], 'body'],
    ['POST', '/license_keys', ['keyString'], 'key'],
    ['POST', '/entitlements', ['settings', 'activationLimit'], 'activations_limit'],
    ['POST', '/entitlements', ['integration_config', 'duration_count'], 'integration_config.duration_count'],
    ['PATCH', '/entitlements/{id}', ['changes', 'name'], 'name'],
    ['POST', '/licenses/activate', ['label'], 'name'],
    ['GET', '/license_keys', ['limit'], 'page_size'],
    ['GET', '/license_keys', ['offset'], 'page_number'],
    ['GET', '/license_keys', ['filter', 'createdFrom'], 'created_at_gte'],
    ['GET', '/license_keys', ['status'], 'status'],
  ])('%s %s: what is wrong at %j is said of %s', (method, path, at, name) => {
    const problem: Problem = { kind: 'invalid_input', issues: [{ path: at, message: 'No' }] }
    expect(dodo.problem(problem, lineOf(method, path)).body).toMatchObject({ message: `${name}: No` })
  })
})

const record = {
  id,
  externalId: null,
  organization: { id, externalIds: [] },
  product: null,
  configuration: { id: idFrom('configuration'), externalIds: [], name: 'Yearly' },
  customer: { id, externalId: 'cus_1', email: 'ana@customer.example', name: null },
} as unknown as KeyRecord
const verdict = (code: string, valid: boolean) => ({ valid, code, detail: 'So it is.', grace: false, retryAfter: null })

describe('what is written', () => {
  const expected: Record<ActivateCode, [number, string | undefined]> = {
    NOT_FOUND: [404, 'LICENSE_KEY_NOT_FOUND'],
    REPLACED: [404, 'LICENSE_KEY_NOT_FOUND'],
    REVOKED: [403, 'INACTIVE_LICENSE_KEY'],
    DISABLED: [403, 'INACTIVE_LICENSE_KEY'],
    EXPIRED: [403, 'INACTIVE_LICENSE_KEY'],
    ACTIVATIONS_OFF: [422, 'LICENSE_KEY_LIMIT_REACHED'],
    ACTIVATION_NOT_FOUND: [403, 'LICENSE_KEY_NOT_FOUND'],
    NEW_DEVICES_BLOCKED: [422, 'LICENSE_KEY_LIMIT_REACHED'],
    ACTIVATION_LIMIT_REACHED: [422, 'LICENSE_KEY_LIMIT_REACHED'],
    ACTIVATED: [201, undefined],
  }
  test.each(activateCodes)('activate: %s', (code) => {
    const activation = { id, label: 'A', createdAt: new Date(0) }
    const outcome = { verdict: verdict(code, code === 'ACTIVATED'), key: {}, activation, record }
    const { status, body, headers } = write('POST', '/licenses/activate', outcome)
    expect([status, (body as { code?: string }).code]).toEqual(expected[code])
    expect(headers?.['x-should-retry']).toBe(code === 'ACTIVATED' ? undefined : 'false')
  })

  test.each(validateCodes)('validate: %s', (code: ValidateCode) => {
    const outcome = { verdict: verdict(code, code === 'VALID'), key: null, activation: null, record: null }
    expect(write('POST', '/licenses/validate', outcome)).toEqual({ status: 200, body: { valid: code === 'VALID' } })
  })

  test('no license call shows a key string, so none shows another than was sent', () => {
    const activation = { id, label: 'A', createdAt: new Date(0) }
    const shown = { ...record, keyString: 'K-NEW' }
    for (const [verb, code] of [
      ['activate', 'ACTIVATED'],
      ['validate', 'VALID'],
      ['deactivate', 'DEACTIVATED'],
    ] as const) {
      const outcome = { verdict: verdict(code, true), activation, record: shown }
      expect(JSON.stringify(write('POST', `/licenses/${verb}`, outcome))).not.toContain('K-NEW')
    }
  })

  test('deactivate: nothing at all', () => {
    const outcome = { verdict: verdict('DEACTIVATED', true), activation: { id, label: 'A', createdAt: new Date(0) } }
    expect(write('POST', '/licenses/deactivate', outcome)).toEqual({ status: 200 })
  })

  test('deactivate: an instance that was gone already is refused as an unknown one is', () => {
    const gone = write('POST', '/licenses/deactivate', { verdict: verdict('DEACTIVATED', true), activation: null })
    const unknown = { verdict: verdict('ACTIVATION_NOT_FOUND', false), activation: null }
    expect(gone).toEqual(write('POST', '/licenses/deactivate', unknown))
    expect(gone.status).toBe(403)
  })

  test('a key without a product has its configuration in its place', () => {
    const activation = { id, label: 'A', createdAt: new Date(0) }
    const { body } = write('POST', '/licenses/activate', { verdict: verdict('ACTIVATED', true), activation, record })
    expect(body).toMatchObject({
      product: { product_id: `pdt_${idFrom('configuration').replaceAll('-', '')}`, name: 'Yearly' },
      customer: { customer_id: 'cus_1', name: 'ana@customer.example' },
    })
  })

  const problems: Problem[] = [
    { kind: 'no_such_route' },
    { kind: 'method_not_allowed', allow: 'POST' },
    { kind: 'not_json' },
    { kind: 'too_large', maxBytes: 1 },
    { kind: 'invalid_input', issues: [{ path: ['key'], message: 'No' }] },
    { kind: 'unauthorized' },
    { kind: 'refused', code: 'NOT_FOUND', detail: 'No.', field: null },
    { kind: 'refused', code: 'FORBIDDEN', detail: 'No.', field: null },
    { kind: 'refused', code: 'CONFLICT', detail: 'No.', field: null },
    { kind: 'refused', code: 'INVALID_INPUT', detail: 'No.', field: null },
    { kind: 'idempotency_key_reused' },
    { kind: 'rate_limited', retryAfterSeconds: 3 },
    { kind: 'unavailable', retryAfterSeconds: 3 },
    { kind: 'internal', requestId: id },
  ]
  test.each(problems)('$kind $code: asked again only when that may help', (problem) => {
    const { status, body, headers } = dodo.problem(problem, null)
    expect(body).toEqual({ code: expect.stringMatching(/^[A-Z_]+$/), message: expect.stringMatching(/./) })
    const mayHelp = ['rate_limited', 'unavailable', 'internal'].includes(problem.kind)
    expect([408, 409, 429].includes(status) || status >= 500).toBe(mayHelp)
    expect(headers?.['x-should-retry']).toBe(mayHelp ? undefined : 'false')
  })
})
