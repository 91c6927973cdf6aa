import { describe, expect, test } from 'vitest'
import { ZodError } from 'zod'
import { idFrom } from '../../base/ids.ts'
import { activateCodes, type LicenseCode, validateCodes } from '../../error-codes/schema.ts'
import type { KeyRecord } from '../../license-keys/schema.ts'
import type { Answer, Line, Parts, Problem } from '../../operations/line.ts'
import { calls } from '../../operations/verbs.ts'
import { lemonsqueezy } from './dialect.ts'

const lineOf = (method: string, path: string): Line => {
  const found = lemonsqueezy.lines.find((line) => line.method === method && line.path === path)
  if (!found) throw new Error(`no line ${method} ${path}`)
  return found
}

type Request = { body?: unknown; query?: string; params?: Record<string, string> }

const partsOf = ({ body, query = '', params = {} }: Request): Parts => ({
  params,
  query: new URLSearchParams(query),
  body,
  header: () => null,
  url: 'https://keys.example/api/license/lemonsqueezy',
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
const license_key = 'K-1'
const common = { key: license_key, organization_id: null }

describe('what is read', () => {
  test.each<[string, unknown, unknown]>([
    ['a key', { license_key }, common],
    ['an instance', { license_key, instance_id: id.toUpperCase() }, { ...common, activation_id: id }],
    ['any text', { license_key, instance_id: 'x' }, { ...common, activation_id: idFrom('x') }],
    ['a form with an empty field', { license_key, instance_id: '' }, common],
    ['null', { license_key, instance_id: null }, common],
    ['an empty key', { license_key: '' }, ['key']],
    ['a number', { license_key: 5 }, ['key']],
    ['a list', [], ['key']],
  ])('validate: %s', (_, body, call) => {
    expect(read('POST', '/v1/licenses/validate', { body })).toEqual(call)
  })

  const one = { mode: 'limited', limit: 1 }
  test.each<[string, unknown, unknown]>([
    ['nothing', {}, {}],
    ['on, alone', { disabled: false }, { disabled: false }],
    ['on, beside a limit', { disabled: false, activation_limit: 1 }, { activations: one }],
    ['on, beside a date', { disabled: false, expires_at: null }, { expiresAt: null }],
    ['off, alone', { disabled: true }, { disabled: true }],
    ['off, beside a limit', { disabled: true, activation_limit: 1 }, { disabled: true, activations: one }],
    ['no limit', { activation_limit: null }, { activations: { mode: 'unlimited', limit: null } }],
    ['no devices', { activation_limit: 0 }, { activations: { mode: 'off', limit: null } }],
    ['null', { disabled: null }, {}],
  ])('a change: %s', (_, attributes, changes) => {
    const body = { data: { type: 'license-keys', id: '7', attributes } }
    expect(read('PATCH', '/v1/license-keys/{id}', { params: { id: '7' }, body })).toEqual({ key: 7, changes })
  })

  test('a change is a document, or it is refused', () => {
    for (const body of [[], 'x', 5, null, {}, { data: [] }, { data: {} }, { data: { attributes: [] } }])
      expect(() => read('PATCH', '/v1/license-keys/{id}', { params: { id: '7' }, body })).toThrow(ZodError)
  })

  test.each<[string, unknown]>([
    ['', { offset: 0, limit: 10 }],
    ['page[number]=3&page[size]=20', { offset: 40, limit: 20 }],
    ['page%5Bsize%5D=5000', { offset: 0, limit: 100 }],
  ])('a page: %s', (query, page) => {
    const call = { licenseKeyId: null, licenseKeyNumber: null, dir: 'asc', ...(page as object) }
    expect(read('GET', '/v1/license-key-instances', { query })).toEqual(call)
  })

  test('a filter by what is no number matches nothing', () => {
    const filter = (query: string) =>
      (read('GET', '/v1/license-keys', { query }) as { filter: Record<string, unknown> }).filter
    expect(filter('filter[store_id]=1&filter[product_id]=x')).toEqual({ organizationNumbers: [1], productNumbers: [] })
    expect(filter('filter[order_item_id]=4')).toEqual({ purchaseNumbers: [4] })
    expect(filter('filter[order_id]=4&filter[order_item_id]=4')).toEqual({ purchaseNumbers: [4] })
    expect(filter('filter[order_id]=4&filter[order_item_id]=5')).toEqual({ purchaseNumbers: [] })
  })
})

const at = new Date('2026-11-21T12:00:00.000Z')
const record = {
  ...{ id, number: 7, externalId: null, keyString: 'K-1', shownStatus: 'active', devices: 0, limitActivations: null },
  ...{ createdAt: at, modifiedAt: at, expiresAt: null, product: null, purchase: null },
  organization: { id, number: 1, externalIds: [], name: 'Fable' },
  configuration: { id, number: 2, externalIds: [], name: 'Yearly' },
  customer: { id, number: 3, externalId: null, email: 'ana@customer.example', name: null },
} as unknown as KeyRecord

describe('what is written', () => {
  const codes = [...new Set<LicenseCode>([...activateCodes, ...validateCodes, 'DEACTIVATED'])]
  const good: LicenseCode[] = ['VALID', 'ACTIVATED', 'DEACTIVATED']
  const flags = { activate: 'activated', validate: 'valid', deactivate: 'deactivated' }
  const cases = Object.entries(flags).flatMap(([verb, flag]) => codes.map((code) => ({ verb, flag, code })))
  test.each(cases)('$verb: $code', ({ verb, flag, code }) => {
    const valid = good.includes(code)
    const verdict = { valid, code, detail: 'So it is.', grace: false, retryAfter: null }
    const isUnknown = code === 'NOT_FOUND' || code === 'REPLACED'
    const known = isUnknown ? null : record
    const activation = verb === 'deactivate' && valid ? { id, label: 'A', createdAt: at } : null
    const { status, body } = write('POST', `/v1/licenses/${verb}`, { verdict, record: known, activation })
    expect(status).toBe(valid ? 200 : isUnknown || code === 'ACTIVATION_NOT_FOUND' ? 404 : 400)
    expect(body).toMatchObject({ [flag]: valid, error: valid ? null : expect.stringMatching(/\.$/) })
    const parts = verb === 'deactivate' ? ['license_key', 'meta'] : ['instance', 'license_key', 'meta']
    expect(Object.keys(body as object).sort()).toEqual([flag, 'error', ...(known ? parts : [])].sort())
  })

  test('what was rotated away, or is gone already, is written as what never was', () => {
    const said = (verb: string, valid: boolean, code: string, of: object | null) => {
      const verdict = { valid, code, detail: 'So it is.', grace: false, retryAfter: null }
      return write('POST', `/v1/licenses/${verb}`, { verdict, record: of, activation: null })
    }
    for (const verb of Object.keys(flags))
      expect(said(verb, false, 'REPLACED', null)).toEqual(said(verb, false, 'NOT_FOUND', null))
    const gone = said('deactivate', true, 'DEACTIVATED', record)
    expect(gone).toEqual(said('deactivate', false, 'ACTIVATION_NOT_FOUND', record))
    expect(gone).toMatchObject({ status: 404, body: { deactivated: false, error: 'instance_id not found.' } })
  })

  test.each([
    ['activate', 'ACTIVATED', true],
    ['activate', 'ACTIVATION_LIMIT_REACHED', false],
    ['validate', 'VALID', true],
    ['validate', 'EXPIRED', false],
    ['deactivate', 'DEACTIVATED', true],
    ['deactivate', 'ACTIVATION_NOT_FOUND', false],
  ])(
    '%s, %s: the key is shown by the string that was sent, never by the one it was rotated to',
    (verb, code, valid) => {
      const activation = { id, label: 'A', createdAt: at }
      const outcome = { verdict: { valid, code, detail: 'So it is.' }, key: { keyString: 'K-OLD' }, activation }
      const { body } = write('POST', `/v1/licenses/${verb}`, { ...outcome, record: { ...record, keyString: 'K-NEW' } })
      expect(body).toMatchObject({ license_key: { id: 7, key: 'K-OLD' } })
      expect(JSON.stringify(body)).not.toContain('K-NEW')
    },
  )

  test.each([
    ['active', 0, 'inactive'],
    ['active', 1, 'active'],
    ['expiring', 1, 'active'],
    ['grace', 0, 'inactive'],
    ['expired', 1, 'expired'],
    ['disabled', 1, 'disabled'],
    ['revoked', 0, 'disabled'],
  ])('a key that is %s on %i devices is %s', (shownStatus, devices, status) => {
    const { body } = write('GET', '/v1/license-keys/{id}', {
      record: { ...record, shownStatus, devices },
      activations: [],
    })
    const { attributes } = (body as { data: { attributes: Record<string, unknown> } }).data
    expect([attributes.status, attributes.disabled]).toEqual([status, status === 'disabled' ? 1 : 0])
  })

  test('every link of a resource leads to a line, which says the same as what was included', () => {
    const base = partsOf({}).url
    const device = {
      ...{ id, number: 9, externalId: null, licenseKeyId: id, label: 'A' },
      createdAt: at,
      modifiedAt: at,
    }
    const customer = { ...record.customer, createdAt: at, modifiedAt: at }
    const outcome = { record: { ...record, customer }, activations: [device], activation: device }
    type Link = { links: { related: string; self: string }; data?: unknown }
    type Body = { data: { relationships: Record<string, Link> }; included?: { type: string; id: string }[] }
    const follow = (url: string) =>
      write('GET', url.replace(base, '').replace(/\/\d+\//, '/{id}/'), outcome).body as { data: unknown }
    const plain = (data: unknown): unknown => {
      if (Array.isArray(data)) return data.map(plain)
      const { type, id } = (data ?? {}) as { type?: string; id?: string }
      return data ? { type, id } : null
    }
    for (const path of ['/v1/license-keys/{id}', '/v1/license-key-instances/{id}']) {
      const names = Object.keys((write('GET', path, outcome).body as Body).data.relationships)
      expect(names.length).toBe(path.includes('instances') ? 1 : 7)
      const answer = lineOf('GET', path).write(outcome as never, partsOf({ query: `include=${names.join(',')}` }))
      const { data, included = [] } = answer.body as Body
      for (const [name, { links, data: linked }] of Object.entries(data.relationships)) {
        expect(plain(follow(links.related).data), name).toEqual(linked)
        expect(follow(links.self).data, name).toEqual(linked)
      }
      // All that is included is named, and no more.
      const all = Object.values(data.relationships).flatMap(({ data: linked }) => linked ?? [])
      expect(included.map(plain)).toEqual(expect.arrayContaining(all))
      expect(included).toHaveLength(all.length)
    }
  })

  const problems: Problem[] = [
    { kind: 'not_json' },
    { kind: 'too_large', maxBytes: 1 },
    { kind: 'invalid_input', issues: [{ path: ['key'], message: 'No' }] },
    { kind: 'unauthorized' },
    { kind: 'refused', code: 'NOT_FOUND', detail: 'No.', field: null },
    { kind: 'refused', code: 'CONFLICT', detail: 'No.', field: null },
    { kind: 'idempotency_key_reused' },
    { kind: 'rate_limited', retryAfterSeconds: 3 },
    { kind: 'unavailable', retryAfterSeconds: 3 },
    { kind: 'internal', requestId: id },
  ]
  test.each(problems)('$kind $code, in both shapes', (problem) => {
    // A request that is wrong or too much is no verdict: it has no flag.
    const { body } = lemonsqueezy.problem(problem, lineOf('POST', '/v1/licenses/validate'))
    expect(Object.keys(body as object)[0]).toBe('message')
    const document = lemonsqueezy.problem(problem, lineOf('GET', '/v1/license-keys'))
    expect(document.headers?.['content-type']).toBe('application/vnd.api+json')
    expect(document.body).toMatchObject({
      jsonapi: { version: '1.0' },
      errors: [{ status: String(document.status), title: expect.any(String), detail: expect.any(String) }],
    })
  })

  test.each<Problem>([{ kind: 'no_such_route' }, { kind: 'method_not_allowed', allow: 'POST' }])(
    '$kind: the shape is that of what lies beside it',
    (problem) => {
      for (const path of ['/v1/licenses/validate', '/v1/licenses/x/y']) {
        const { body, headers } = lemonsqueezy.problem(problem, null, path)
        expect(body).toEqual({ message: expect.any(String) })
        expect(headers?.['content-type']).toBeUndefined()
      }
      for (const path of ['/v1/license-keys/1/x', '/v1/licensesx', '']) {
        const { headers } = lemonsqueezy.problem(problem, null, path)
        expect(headers?.['content-type']).toBe('application/vnd.api+json')
      }
    },
  )
})
