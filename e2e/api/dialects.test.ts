// Anything to the vendors' routes: never a 5xx, always JSON (or nothing, where the vendor says nothing). A failure prints the seed and the
// smallest case; FUZZ_RUNS=20000 looks longer.
import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import type { Dialect } from '#lib/operations/line.ts'
import { dodo } from '#lib/vendors/dodo/dialect.ts'
import { lemonsqueezy } from '#lib/vendors/lemonsqueezy/dialect.ts'
import { doors } from '../doors.ts'
import { type Answer, send } from '../http.ts'
import { type IssuedKey, makeOrganization } from '../organization.ts'

const runs = Number(process.env.FUZZ_RUNS ?? 150)

let token: string
let known: string[]
test.beforeAll(async () => {
  const shop = await makeOrganization()
  token = await shop.apiKey()
  const configuration = await shop.configuration({ activationLimit: 2 })
  const key: IssuedKey = await shop.issue(configuration, { productId: await shop.product([configuration]) })
  const body = { license_key: key.key, name: 'A' }
  const instance = (await send({ path: '/api/license/dodo/licenses/activate', body })).json
  const meta = (await send({ path: '/api/license/lemonsqueezy/v1/licenses/validate', body })).json
  known = [
    ...[key.key, key.id, instance.id, instance.license_key_id, instance.customer.customer_id],
    ...[instance.product.product_id, instance.license_key_id.replace('lic', 'entg'), `ent_${configuration}`],
    ...[String(meta.license_key.id), String(meta.meta.product_id)],
  ]
})

/** Names that occur in any request of these vendors. */
const names = [
  ...['license_key', 'license_key_instance_id', 'name', 'instance_name', 'instance_id', 'key', 'disabled'],
  ...['activations_limit', 'activation_limit', 'expires_at', 'customer_id', 'product_id', 'data', 'attributes'],
  ...['integration_type', 'integration_config', 'duration_count', 'duration_interval', 'fulfillment_mode'],
]
const queryNames = [
  ...['page_size', 'page_number', 'page[size]', 'page[number]', 'include', 'status', 'source', 'customer_id'],
  ...['product_id', 'created_at_gte', 'created_at_lte', 'license_key_id', 'grant_id', 'integration_type'],
  ...['filter[store_id]', 'filter[order_id]', 'filter[product_id]', 'filter[status]', 'filter[license_key_id]'],
]

const text = fc.oneof(
  fc.gen().map((gen) => gen(fc.constantFrom, ...known)),
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\0',
      'a\0b',
      '\ud800',
      '%00',
      '__proto__',
      'constructor',
      'lic_',
      'lki_x',
      '0',
      '1',
      '-1',
      '1.5',
      '1e999',
    ],
    ...['2147483647', '2147483648', '9'.repeat(400), 'x'.repeat(600), '2026-12-31', '9999-12-31T23:59:59.999Z'],
    ...['+275760-09-13', '2026-02-31', 'license_key', 'active', 'Delivered', 'order,store', 'Week', 'null', '../..'],
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
)
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.constantFrom(null, true, false, 0, -1, 1, 2_147_483_648, 1e308, [], {}),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 8 }),
    fc.jsonValue({ maxDepth: 3 }),
  ),
})).value
const body = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 10 }).map((it) => JSON.stringify(it)),
  },
  { weight: 2, arbitrary: value.map((it) => JSON.stringify(it)) },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.constantFrom(...names), text).map((it) => new URLSearchParams(it).toString()),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((it) => Buffer.from(it)) },
)
const query = fc.dictionary(fc.constantFrom(...queryNames), text, { maxKeys: 5 })
const contentType = fc.constantFrom(
  ...[
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'multipart/form-data',
    '',
  ],
)

// Next redirects an address with an empty part before it asks us.
const encoded = (part: string) => encodeURIComponent(part.toWellFormed()) || '_'

function expectReason({ status, headers, text: said, json }: Answer, maySayNothing: boolean) {
  expect(status, said).toBeLessThan(500)
  if (maySayNothing && said === '') return
  expect(headers['content-type'], said).toMatch(/^application\/(vnd\.api\+)?json/)
  expect(json, said).toBeInstanceOf(Object)
}

for (const dialect of [dodo, lemonsqueezy] satisfies Dialect[])
  test(`anything below ${dialect.prefix}`, async () => {
    test.setTimeout(Math.max(60_000, runs * 400))
    const question = fc
      .record({
        line: fc.constantFrom(...dialect.lines),
        params: fc.array(text, { minLength: 3, maxLength: 3 }),
        ...{ query, body, contentType, withToken: fc.boolean(), withBody: fc.boolean() },
        door: fc.constantFrom(...doors.map(([, base]) => base)),
        odd: fc.option(fc.record({ method: fc.constantFrom('PUT', 'GET', 'POST', 'DELETE'), path: text }), { freq: 8 }),
      })
      .map(({ line, params, odd, ...more }) => {
        const [first = '', second = ''] = params.map(encoded)
        const path = odd
          ? `/${encoded(odd.path)}`
          : line.path.replace('{id}', () => first).replace(/\{\w+\}/, () => second)
        return { line, method: odd?.method ?? line.method, path, ...more }
      })
    await fc.assert(
      fc.asyncProperty(question, async ({ line, door, method, path, ...sent }) => {
        const hasBody = sent.withBody || line.body !== 'none'
        const search = new URLSearchParams(
          Object.entries(sent.query).map(([name, said]): [string, string] => [name, said.toWellFormed()]),
        )
        const answer = await send({
          base: door,
          method,
          path: `/api/license${dialect.prefix}${path}?${search}`,
          headers: {
            ...(sent.withToken && { authorization: `Bearer ${token}` }),
            ...(sent.contentType && { 'content-type': sent.contentType }),
          },
          ...(hasBody && method !== 'GET' && { body: sent.body }),
        })
        // Dodo answers two of its calls with nothing.
        expectReason(answer, dialect === dodo && (method === 'DELETE' || path.endsWith('/deactivate')))
      }),
      { numRuns: runs, endOnFailure: false },
    )
  })
