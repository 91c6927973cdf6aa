// Anything to the licence routes, on both doors: never a 5xx, always JSON with a reason, always within a second. A failure prints the
// seed and the smallest case; FUZZ_RUNS=20000 looks longer.
import { METHODS } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { type Answer, appUrl, type Question, send } from '../http.ts'
import { type IssuedKey, makeOrganization } from '../organization.ts'

const runs = Number(process.env.FUZZ_RUNS ?? 250)
const doors = [appUrl, process.env.NEXT_URL].filter((door) => door !== undefined)
const verbs = ['validate', 'activate', 'deactivate'] as const

let key: IssuedKey
let device: string
test.beforeAll(async () => {
  const shop = await makeOrganization()
  key = await shop.issue(await shop.configuration({ activationLimit: 5, usageLimit: 1_000, entitlements: ['export'] }))
  const body = { key: key.key, organization_id: key.organization_id, label: 'L', fingerprint: 'f' }
  device = (await send({ path: '/api/license/activate', body })).json.id
})

/** Sends a question and holds its answer against what is true of all of them. */
async function ask(question: Question): Promise<Answer> {
  const began = performance.now()
  let answer = await send({ ...question, timeoutMs: 10_000 })
  if (performance.now() - began > 1_000) {
    // What is slow by itself is slow again; a busy machine is not.
    const again = performance.now()
    answer = await send(question)
    expect(performance.now() - again, 'ms').toBeLessThan(1_000)
  }
  expectReason(answer, question.method === 'HEAD')
  return answer
}

function expectReason({ status, headers, text, json }: Answer, isHead = false) {
  expect(status, text).toBeLessThan(500)
  expect(headers['set-cookie']).toBeUndefined()
  if (status === 204) return
  expect(headers['content-type'], text).toMatch(/^application\/json/)
  if (isHead) return
  expect(json, text).toBeInstanceOf(Object)
  if (status === 200) return expect(json.code, text).toMatch(/^[A-Z_]+$/)
  expect([json.error, json.detail], text).toEqual([expect.stringMatching(/^[A-Z_]+$/), expect.stringMatching(/./)])
}

/** Both doors say the same to a question that changes nothing. */
async function askBoth(question: Question) {
  const [one, two] = await Promise.all(doors.map((base) => ask({ ...question, base })))
  if (one && two) expect([two.status, two.json?.code]).toEqual([one.status, one.json?.code])
}

test.setTimeout(240_000)

const check = <T>(arbitrary: fc.Arbitrary<T>, hold: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, hold), { numRuns: runs })

// ---------------------------------------------------------------- what is sent

const route = fc.constantFrom(...verbs).map((verb) => `/api/license/${verb}`)

const oddTexts = [
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    'a\udfffb',
    '\uffff',
    '\u202e\u0007',
    '\ufeff',
    'ﷺ'.repeat(200),
    'é',
    'ß',
    'İ',
    '٣',
  ],
  ...[
    '-'.repeat(512),
    '- '.repeat(256),
    'K'.repeat(512),
    'K'.repeat(513),
    '0'.repeat(25),
    'O0I1L'.repeat(5),
    '_'.repeat(300),
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    "'; DROP TABLE events; --",
    '%00',
    '{{y}}',
    '../../etc/passwd',
    '\\u0000',
  ],
  ...['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'A'.repeat(8) + '-'.repeat(40)],
  ...['null', 'NaN', '1e999', '\u{10ffff}'.repeat(128), 'x'.repeat(20_000)],
]
const text = fc.oneof(
  fc.constantFrom(...oddTexts),
  fc.string({ unit: 'binary', maxLength: 600 }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('-', '_', ' ', '0', 'O', 'A', 'f', '\n'), maxLength: 512 }),
)

const nested = (open: string, close: string) =>
  fc.integer({ min: 1, max: 5_000 }).map((depth) => open.repeat(depth) + close.repeat(depth))

/** A value as JSON text, which can say more than a value: 1e999, the same name twice, `__proto__`. */
const valueText = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  fc.constantFrom(...['0', '-0', '-1', '0.5', '1e999', '-1e999', '1e308', '1e-400', '2147483647', '2147483648']),
  fc.constantFrom(...['9007199254740993', '-9223372036854775809', '1'.repeat(400), 'null', 'true', '[]', '{}', '[[]]']),
  fc.constantFrom(
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":1}}',
    '{"":""}',
    '{"a":1,"a":2}',
    '{"\\u0000":1}',
  ),
  nested('[', ']'),
  nested('{"a":', '}').map((it) => it.replace(':}', ':1}')),
  fc.double().map((value) => JSON.stringify(value)),
  fc.json({ maxDepth: 12 }),
)

const objectText = (fields: [name: string, value: string][]) =>
  `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`

/** What a right call has, now and then; wrong in any place; with names that are none of ours or come twice. */
const nearlyRight = fc.gen().map((gen) => {
  const sound: Record<string, unknown> = {
    ...{ key: key.key, organization_id: key.organization_id, activation_id: device, label: 'L', fingerprint: 'f' },
    ...{
      conditions: {},
      meta: { os: 'x' },
      increment_usage: 1,
      replace_activation_id: null,
      benefit_id: key.benefit_id,
    },
    ...{ product_id: null, customer_id: null, entitlements: ['export'] },
  }
  const fields = Object.entries(sound).flatMap(([name, value]): [string, string][] => {
    const isNeeded = name === 'key' || name === 'organization_id'
    const as = gen(fc.constantFrom, ...(isNeeded ? (['right', 'right', 'right', 'wrong'] as const) : ways))
    if (as === 'missing') return []
    return [[name, as === 'right' ? JSON.stringify(value) : gen(() => valueText)]]
  })
  const names = fc.oneof(fc.constantFrom(...Object.keys(sound), '__proto__', '', 'constructor'), text)
  fields.push(...gen(() => fc.array(fc.tuple(names, valueText), { maxLength: 2 })))
  return objectText(fields)
})
const ways = ['right', 'missing', 'missing', 'wrong'] as const

// Not `rsc`: Next's own clients say that, and Next redirects them to an address that only they know.
const header = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      ...[
        'content-type',
        'accept',
        'authorization',
        'cookie',
        'x-forwarded-for',
        'x-latchkey-address',
        'idempotency-key',
      ],
      ...['accept-encoding', 'content-encoding', 'origin', 'x-http-method-override', 'next-action', 'range', 'te'],
      ...[
        'access-control-request-headers',
        'x-forwarded-host',
        'x-forwarded-proto',
        'host',
        'referer',
        'if-none-match',
      ],
      ...[
        'next-router-state-tree',
        'x-middleware-subrequest',
        'x-nextjs-data',
        'forwarded',
        'via',
        'purpose',
        'upgrade',
      ],
    ),
    fc.oneof(
      fc.constantFrom(
        ...['', '*', '1', 'application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
      ),
      fc.constantFrom(
        ...['text/plain; charset=utf-16', 'gzip', 'br', '127.0.0.1', '::1', '[::1]:80', 'Bearer undefined'],
      ),
      fc.string({
        unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
        maxLength: 300,
      }),
      fc.string({ unit: fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 20 }),
    ),
  ),
  fc.tuple(
    fc.stringMatching(/^x-[a-z0-9!#$%&'*+.^_`|~-]{1,30}$/),
    fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) }),
  ),
)
const headers = fc.array(header, { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs))

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.integer({ min: 60_000, max: 70_000 }))
    .map(([part, length]) => Buffer.alloc(length, part)),
  fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.nat({ max: 200 })).map(([middle, at]) => {
    const right = Buffer.from(JSON.stringify({ key: 'K', organization_id: '00000000-0000-4000-8000-000000000000' }))
    return Buffer.concat([right.subarray(0, at), middle, right.subarray(at)])
  }),
)

// ---------------------------------------------------------------- the tests

test('any bytes', () =>
  check(fc.record({ path: route, headers, bytes }), ({ path, headers, bytes }) =>
    askBoth({ path, headers, body: Buffer.from(bytes) }),
  ))

test('any JSON', () =>
  check(
    fc.record({
      path: route,
      body: fc.oneof(valueText, fc.json(), fc.array(fc.tuple(text, valueText)).map(objectText)),
    }),
    askBoth,
  ))

test('calls that are nearly right', () =>
  check(fc.record({ path: route, base: fc.constantFrom(...doors), body: nearlyRight }), async (question) => {
    await ask(question)
  }))

const target = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...verbs,
        '',
        '.',
        '..',
        '%2e%2e',
        '%00',
        '%ff',
        '%',
        '%zz',
        '%2f',
        '\\',
        '?',
        '??',
        '#',
        ';',
        'polar',
        'v1',
      ),
      fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 30 }),
      fc.string({ unit: 'binary', maxLength: 10 }).map((it) => Buffer.from(it).toString('hex').replace(/../g, '%$&')),
    ),
    { maxLength: 5 },
  )
  .map((segments) => ['/api/license', ...segments].join('/'))

/** Next redirects from a path that it would write otherwise, and fails by itself on one that it cannot decode. */
function reachesNext(path: string): boolean {
  const { pathname } = new URL(path, appUrl)
  try {
    decodeURIComponent(pathname)
  } catch {
    return false
  }
  return pathname === path.split('?', 1)[0] && !/\/\/|\\|#/.test(path)
}

test('any method, path and headers', () =>
  check(
    fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
      path: fc.oneof(route, target),
      headers,
      body: fc.option(text, { nil: undefined }),
    }),
    async (question) => {
      await ask(question)
      const door = process.env.NEXT_URL
      if (door && reachesNext(question.path)) await ask({ ...question, base: door })
    },
  ))

test('methods that no route has', async () => {
  for (const method of METHODS) {
    if (method === 'CONNECT') continue
    for (const path of ['/api/license/validate', '/api/license/nope']) await ask({ method, path })
  }
})

test('bytes that are hardly HTTP', () =>
  check(
    fc.record({
      method: fc.oneof(
        fc.constantFrom('POST', 'GET', 'CONNECT', 'PRI', 'post'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 9 }),
      ),
      target: fc.oneof(route, target, fc.string({ unit: 'binary', maxLength: 40 })),
      version: fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'ICY', ''),
      lines: fc.array(
        fc.oneof(
          fc.constantFrom(
            ...[
              'Host: a',
              'Host:',
              'Host: a\r\nHost: b',
              'Content-Length: -1',
              'Content-Length: 1e3',
              'Content-Length: 3',
            ],
          ),
          fc.constantFrom(
            ...['Transfer-Encoding: chunked', 'Transfer-Encoding: gzip', 'Expect: 100-continue', 'Expect: more'],
          ),
          fc.constantFrom(
            ...['Upgrade: websocket\r\nConnection: upgrade', ': x', ' folded', `X: ${'x'.repeat(20_000)}`],
          ),
          fc.string({ unit: 'binary', maxLength: 60 }),
        ),
        { maxLength: 4 },
      ),
      body: fc.string({ unit: 'binary', maxLength: 40 }),
    }),
    async ({ method, target, version, lines, body }) => {
      const head = [`${method} ${target} ${version}`, 'Connection: close', ...lines].join('\r\n')
      const answers = await sendBytes(Buffer.from(`${head}\r\n\r\n${body}`))
      expect(answers).not.toHaveLength(0)
      for (const answer of answers)
        if (target.startsWith('/api/license')) expectReason(answer, method === 'HEAD')
        else expect(answer.status).toBeLessThan(500)
    },
  ))

/** Writes bytes to the production server, says that no more come, and reads to the end: what follows a request may be taken for another. */
async function sendBytes(bytes: Buffer): Promise<Answer[]> {
  const { hostname, port } = new URL(appUrl)
  const chunks: Buffer[] = []
  const said = () => Buffer.concat(chunks).toString()
  const socket = connect({ host: hostname, port: Number(port) })
  socket.setTimeout(5_000, () => socket.destroy(new Error(`No end after ${JSON.stringify(said())}`)))
  socket.end(bytes)
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return said()
    .split(/^(?=HTTP\/1\.1 )|(?<=})(?=HTTP\/1\.1 )/m)
    .filter((answer) => !answer.startsWith('HTTP/1.1 100 '))
    .map(read)
}

function read(answer: string): Answer {
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const body = rest.join('\r\n\r\n')
  // In chunks, each after its length.
  const text = /^transfer-encoding: chunked/im.test(head) ? body.replace(/(^|\r\n)[0-9a-f]+\r\n/g, '') : body
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.replace(/^[^:]*: */, '')]),
  )
  const json = headers['content-type']?.includes('json') && text ? JSON.parse(text) : undefined
  return { status: Number(first.split(' ')[1]), headers, text, json }
}
