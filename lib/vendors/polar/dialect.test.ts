import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ZodError } from 'zod'
import type { KeyAnswer, KeyRecord } from '../../license-keys/schema.ts'
import type { Line, Parts } from '../../operations/line.ts'
import { calls } from '../../operations/verbs.ts'
import { polar } from './dialect.ts'
import { problem } from './problems.ts'
import { flat, writeGrantedKey, writeKey } from './write.ts'

const id = '0192f0c1-7a3c-4b51-9c3e-000000000001'
const other = '0192f0c1-7a3c-4b51-9c3e-000000000002'

const lineAt = (name: string): Line => {
  const found = polar.lines.find(({ method, path }) => `${method} ${path}` === name)
  if (!found) throw new Error(`There is no line ${name}.`)
  return found
}

const partsOf = ({
  body,
  query = '',
  params = {},
  headers = {},
}: {
  body?: unknown
  query?: string
  params?: Record<string, string>
  headers?: Record<string, string>
} = {}): Parts => ({
  params,
  query: new URLSearchParams(query),
  body,
  header: (name) => headers[name] ?? null,
  url: 'http://here.example/api/license/polar',
})

/** The call a line makes of a request, or the places where it is wrong. */
function callOf(line: Line, parts: Parts): unknown {
  try {
    const call = calls[line.verb].safeParse(line.read(parts))
    return call.success ? call.data : call.error.issues.map((issue) => issue.path.join('.'))
  } catch (error) {
    if (error instanceof ZodError) return error.issues.map((issue) => issue.path.join('.'))
    throw error
  }
}

describe('requests', () => {
  const ask = { key: 'K', organization_id: id }
  const sdk = { 'user-agent': 'speakeasy-sdk/typescript 0.49.0 2.881.4 0.1.0 @polar-sh/sdk' }
  const validate = 'POST /v1/customer-portal/license-keys/validate'
  const activate = 'POST /v1/customer-portal/license-keys/activate'
  const deactivate = 'POST /v1/customer-portal/license-keys/deactivate'
  const list = 'GET /v1/license-keys'
  const update = 'PATCH /v1/license-keys/{id}'
  const params = { id }
  const limited = (limit: number) => ({ mode: 'limited', limit })

  test.each<[string, string, Parameters<typeof partsOf>[0], unknown]>([
    ['a validation', validate, { body: { ...ask, increment_usage: 2 } }, { ...ask, increment_usage: 2 }],
    [
      'only what Polar knows',
      validate,
      { body: { ...ask, fingerprint: 'f', entitlements: ['x'], product_id: id } },
      ask,
    ],
    ['an empty key is looked up', validate, { body: { ...ask, key: '' } }, { ...ask, key: ' ' }],
    ['no organization', validate, { body: { key: 'K' } }, ['organization_id']],
    ['null for one', validate, { body: { key: 'K', organization_id: null } }, ['organization_id']],
    ['a list', validate, { body: [] }, ['']],
    ['null', activate, { body: null }, ['']],
    ['no label', activate, { body: ask }, ['label']],
    ['an empty one', activate, { body: { ...ask, label: '' } }, { ...ask, label: 'Unnamed device' }],
    ['a long one', activate, { body: { ...ask, label: `${'x'.repeat(255)}😀` } }, { ...ask, label: 'x'.repeat(255) }],
    ['no activation', deactivate, { body: ask }, ['activation_id']],

    ['a list of keys', list, {}, { filter: {}, offset: 0, limit: 10, dir: 'asc' }],
    [
      'filters, repeated',
      list,
      { query: `benefit_id=${id}&benefit_id=${other}&status=granted&page=3&limit=20&organization_id=${id}` },
      {
        filter: { organizationIds: [id], configurationIds: [id, other], statuses: ['granted'] },
        offset: 40,
        limit: 20,
        dir: 'asc',
      },
    ],
    ['too much', list, { query: 'limit=5000' }, { filter: {}, offset: 0, limit: 100, dir: 'asc' }],
    ['far away', list, { query: 'page=9e15' }, { filter: {}, offset: 2_147_483_647, limit: 10, dir: 'asc' }],
    ['page 0', list, { query: 'page=0' }, ['query.page']],
    ['no number', list, { query: 'limit=ten' }, ['query.limit']],
    ['no status', list, { query: 'status=granted&status=expired' }, ['query.status.1']],

    ['one status', update, { params, body: { status: 'disabled' } }, { key: id, changes: { status: 'disabled' } }],
    ['nothing', update, { params, body: {} }, { key: id, changes: {} }],
    ['usage', update, { params, body: { usage: 0 } }, { key: id, changes: { usage: 0 } }],
    ['usage by an old SDK', update, { params, headers: sdk, body: { usage: 0 } }, { key: id, changes: { usage: 0 } }],
    [
      'usage beside another field',
      update,
      { params, body: { usage: 0, status: 'granted' } },
      { key: id, changes: { usage: 0, status: 'granted' } },
    ],
    [
      'both: not asked for',
      update,
      { params, headers: sdk, body: { usage: 0, status: 'granted' } },
      { key: id, changes: { status: 'granted' } },
    ],
    [
      'both, but more',
      update,
      { params, headers: sdk, body: { usage: 1, status: 'granted' } },
      { key: id, changes: { usage: 1, status: 'granted' } },
    ],
    ['a limit', update, { params, body: { limit_activations: 2 } }, { key: id, changes: { activations: limited(2) } }],
    [
      'no limits',
      update,
      { params, body: { limit_activations: null, limit_usage: null, expires_at: null } },
      { key: id, changes: { activations: 'no_limit', usageLimit: null, expiresAt: null } },
    ],
    ['null for what is never null', update, { params, body: { status: null, usage: null } }, { key: id, changes: {} }],
    [
      'a naive date',
      update,
      { params, body: { expires_at: '2030-01-02T03:04:05' } },
      { key: id, changes: { expiresAt: new Date('2030-01-02T03:04:05Z') } },
    ],
    ['no id', update, { params: { id: 'x' }, body: {} }, ['path.id']],
    ['no body', update, { params, body: undefined }, ['body']],

    ['a customer', 'POST /v1/customer-sessions', { body: { customer_id: id } }, { customerId: id, externalId: null }],
    [
      'their id elsewhere',
      'POST /v1/customer-sessions',
      { body: { external_customer_id: 'a' } },
      { customerId: null, externalId: 'a' },
    ],
    ['nobody', 'POST /v1/customer-sessions', { body: {} }, ['body.customer_id']],
    ['a NUL', 'POST /v1/customer-sessions', { body: { external_customer_id: '\0' } }, ['body.external_customer_id']],
  ])('%s: %s', (_name, line, sent, call) => {
    const found = callOf(lineAt(line), partsOf(sent))
    expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(JSON.stringify(call)))
  })

  test('whatever is sent becomes a call or a list of what is wrong', () => {
    const names = [
      'key',
      'label',
      'meta',
      'usage',
      'expires_at',
      'properties',
      'expires',
      'description',
      'type',
      'ttl',
      'page',
    ]
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.constantFrom(id, '', null, 0, -1, 1e300, true, 'license_keys'),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('any'), { maxLength: 3 }),
      object: fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie('any'), { maxKeys: 6 }),
    })).any
    const text = fc.oneof(fc.string(), fc.constantFrom(id, '__proto__', '1e400', '%00'))
    const request = fc.record({
      body: value,
      params: fc.record({ id: text, activation_id: text }),
      query: fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), text), text), { maxLength: 4 }),
    })
    fc.assert(
      fc.property(fc.constantFrom(...polar.lines), request, (line, { query, ...sent }) => {
        callOf(line, partsOf({ ...sent, query: new URLSearchParams(query).toString() }))
      }),
      { numRuns: 500 },
    )
  })
})

const at = new Date('2026-11-24T12:00:00.000Z')
const answer: KeyAnswer = {
  id,
  organizationId: other,
  customerId: id,
  keyConfigurationId: other,
  productId: null,
  keyString: 'APP_1',
  displayKey: '****-APP_1',
  status: 'granted',
  limitActivations: 3,
  usage: 1,
  limitUsage: null,
  validations: 2,
  lastValidatedAt: at,
  expiresAt: null,
  entitlements: [],
  version: null,
  createdAt: at,
  modifiedAt: at,
}
const record = (over: Partial<KeyRecord> = {}): KeyRecord => ({
  ...answer,
  number: 1,
  externalId: null,
  devices: 0,
  activationsMode: 'limited',
  overridden: { activations: false, usage: false, expiry: false, grace: false },
  graceDays: 0,
  newDevicesBlocked: false,
  revokedFor: [],
  held: false,
  shownStatus: 'active',
  note: '',
  metadata: {},
  tags: [],
  firstActivatedAt: null,
  organization: { id: other, number: 1, externalIds: [], name: 'Fable' },
  customer: { id, number: 1, externalId: null, email: 'a@b.example', name: 'Ana', createdAt: at, modifiedAt: at },
  configuration: { id: other, number: 1, externalIds: [], name: 'Pro' },
  product: null,
  purchase: null,
  ...over,
})

describe('answers', () => {
  test.each([
    ['limited', 3, 3],
    ['unlimited', null, null],
    ['off', 0, null],
  ] as const)('a key that is %s', (activationsMode, limitActivations, shown) => {
    expect(writeKey(record({ activationsMode, limitActivations }), '2026-04').limit_activations).toBe(shown)
  })

  test('a client that knows a benefit or an organization by an older id is shown that one', () => {
    const [first, second] = ['aaaaaaaa-0000-0000-0000-000000000001', 'aaaaaaaa-0000-0000-0000-000000000002']
    const moved = record({
      organization: { id: other, number: 1, externalIds: [first], name: 'Fable' },
      configuration: { id: other, number: 1, externalIds: ['pro', first, second], name: 'Pro' },
    })
    const shown = (body?: object) => writeGrantedKey(answer, moved, '2026-04', partsOf({ body }))
    expect(shown()).toMatchObject({ organization_id: first, benefit_id: first, customer: { organization_id: first } })
    expect(shown({ benefit_id: second.toUpperCase() }).benefit_id).toBe(second)
    expect(shown({ benefit_id: other, organization_id: other })).toMatchObject({
      benefit_id: other,
      organization_id: other,
    })
    expect(shown({ benefit_id: 7 }).benefit_id).toBe(first)
  })

  test('what a call counted is newer than the record around it', () => {
    const counted = { ...answer, usage: 5, validations: 9 }
    expect(writeGrantedKey(counted, record(), '2026-04', partsOf())).toMatchObject({ usage: 5, validations: 9 })
  })

  const purchase = {
    id,
    number: 1,
    reference: 'R',
    source: 'store',
    status: 'active',
    isTest: false,
    purchasedAt: at,
  } as const
  test.each([
    ['nothing', null, { subscription_id: null, subscription: null, order_id: null, order: null }],
    [
      'an order',
      { ...purchase, kind: 'one_time' as const },
      {
        subscription_id: null,
        subscription: null,
        order_id: id,
        order: { id, created_at: at.toISOString(), status: 'paid', paid: true },
      },
    ],
    [
      'a refunded order',
      { ...purchase, kind: 'one_time' as const, status: 'refunded' as const },
      { order: { id, created_at: at.toISOString(), status: 'refunded', paid: true } },
    ],
    [
      'a subscription',
      { ...purchase, kind: 'subscription' as const },
      { subscription_id: id, subscription: null, order_id: null, order: null },
    ],
  ])('a key bought with %s', (_name, bought, fields) => {
    expect(writeGrantedKey(answer, record({ purchase: bought }), '2027-01', partsOf())).toMatchObject(fields)
    expect(writeGrantedKey(answer, record({ purchase: bought }), '2026-10', partsOf())).not.toHaveProperty('order_id')
    expect(writeKey(record({ purchase: bought }), '2027-01')).not.toHaveProperty('order_id')
  })

  test('members are told of from 2026-10 on', () => {
    expect(writeKey(record(), '2026-04')).not.toHaveProperty('member_id')
    expect(writeKey(record(), '2026-10')).toMatchObject({ member_id: null, member: null })
  })

  test('metadata is flat', () => {
    expect(flat({ a: 'x', b: 1, c: false, d: null, e: { f: [null] }, g: [] })).toEqual({
      a: 'x',
      b: 1,
      c: false,
      e: '{"f":[null]}',
      g: '[]',
    })
  })

  test('every problem is JSON with a name, and names what SDKs check', () => {
    const rows: [Parameters<typeof problem>[0], number, string][] = [
      [{ kind: 'no_such_route' }, 404, 'ResourceNotFound'],
      [{ kind: 'method_not_allowed', allow: 'POST' }, 405, 'MethodNotAllowed'],
      [{ kind: 'not_json' }, 422, 'RequestValidationError'],
      [{ kind: 'too_large', maxBytes: 1 }, 413, 'RequestTooLarge'],
      [{ kind: 'invalid_input', issues: [{ path: ['key'], message: 'm' }] }, 422, 'RequestValidationError'],
      [{ kind: 'unauthorized' }, 401, 'Unauthorized'],
      [{ kind: 'refused', code: 'NOT_FOUND', detail: 'd', field: null }, 404, 'ResourceNotFound'],
      [{ kind: 'refused', code: 'FORBIDDEN', detail: 'd', field: null }, 403, 'insufficient_scope'],
      [{ kind: 'refused', code: 'CONFLICT', detail: 'd', field: 'name' }, 422, 'RequestValidationError'],
      [{ kind: 'idempotency_key_reused' }, 422, 'RequestValidationError'],
      [{ kind: 'rate_limited', retryAfterSeconds: 7 }, 429, 'TooManyRequests'],
      [{ kind: 'unavailable', retryAfterSeconds: 7 }, 503, 'ServiceUnavailable'],
      [{ kind: 'internal', requestId: 'r' }, 500, 'InternalServerError'],
    ]
    for (const [each, status, error] of rows) {
      const { status: given, body, headers } = problem(each, null)
      expect([given, (body as { error: string }).error], each.kind).toEqual([status, error])
      if ('retryAfterSeconds' in each) expect(headers).toEqual({ 'retry-after': '7' })
    }
    const rotate = lineAt('POST /v1/license-keys/{id}/rotate')
    expect(problem({ kind: 'refused', code: 'CONFLICT', detail: 'd', field: null }, rotate)).toEqual({
      status: 400,
      body: { error: 'RotateNotPermitted', detail: 'd' },
    })
  })

  test.each([
    [['key'], ['body', 'key']],
    [[], ['body']],
    [
      ['query', 'page'],
      ['query', 'page'],
    ],
    [
      ['settings', 'prefix'],
      ['body', 'properties', 'prefix'],
    ],
    [['Idempotency-Key'], ['header', 'Idempotency-Key']],
  ])('%j is at %j', (path, loc) => {
    const { body } = problem({ kind: 'invalid_input', issues: [{ path, message: 'm' }] }, null)
    expect((body as { detail: unknown }).detail).toEqual([{ type: 'value_error', loc, msg: 'm' }])
  })
})
