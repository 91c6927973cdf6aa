// Arbitrary requests, for fuzzing: texts, JSON, bytes, headers and paths that somebody may send.
import fc from 'fast-check'

const words = (list: string) => list.split(' ')
const long = (unit: string, length = 512) => unit.repeat(length / unit.length)

const characters = (from: number, to: number, maxLength: number) =>
  fc.string({ unit: fc.integer({ min: from, max: to }).map((code) => String.fromCharCode(code)), maxLength })

const oddTexts = [
  ...['', ' ', '\0', 'a\0b', '\ud800', 'a\udfffb', '\uffff', '\u202e\u0007', '\ufeff', 'é', 'ß', 'İ', '٣'],
  ...[long('-'), long('- '), long('K'), long('K', 513), long('0', 25), long('O0I1L', 25), long('_', 300)],
  ...[long('ﷺ', 200), long('\u{10ffff}', 256), long('x', 20_000), `${long('A', 8)}${long('-', 40)}`],
  ...["'; DROP TABLE events; --", ...words('__proto__ constructor toString %00 {{y}} ../../etc/passwd null NaN 1e999')],
  ...words('00000000-0000-0000-0000-000000000000 ffffffff-ffff-ffff-ffff-ffffffffffff'),
]

/** A text that a field may hold: NUL, half a character, what a key is made of, too much. */
export const text = fc.oneof(
  fc.constantFrom(...oddTexts),
  fc.string({ unit: 'binary', maxLength: 600 }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('-', '_', ' ', '0', 'O', 'A', 'f', '\n'), maxLength: 512 }),
)

const nested = (open: string, middle: string, close: string) =>
  fc.integer({ min: 1, max: 5_000 }).map((depth) => open.repeat(depth) + middle + close.repeat(depth))

const oddValues = [
  ...words('0 -0 -1 0.5 1e999 -1e999 1e308 1e-400 2147483647 2147483648 9007199254740993 -9223372036854775809'),
  ...words('null true [] {} [[]] {"":""} {"a":1,"a":2} {"\\u0000":1}'),
  ...['1'.repeat(400), '{"__proto__":{"a":1}}', '{"constructor":{"prototype":1}}'],
]

/** A value as JSON text, which can say more than a value: 1e999, the same name twice, `__proto__`. */
export const valueText = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  fc.constantFrom(...oddValues),
  nested('[', '', ']'),
  nested('{"a":', '1', '}'),
  fc.double().map((value) => JSON.stringify(value)),
  fc.json({ maxDepth: 12 }),
)

type Field = [name: string, value: string]

const objectText = (fields: Field[]) =>
  `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`

/** Any JSON, an object now and then. */
export const jsonText = fc.oneof(valueText, fc.json(), fc.array(fc.tuple(text, valueText)).map(objectText))

const often = ['right', 'right', 'right', 'wrong'] as const
const atTimes = ['right', 'missing', 'missing', 'wrong'] as const

/** An object that is right now and then, and wrong in any place: names left out, of no field, or twice. Those in `needed` are mostly right. */
export const nearly = (sound: () => Record<string, unknown>, needed: string[]) =>
  fc.gen().map((gen) => {
    const entries = Object.entries(sound())
    const fields = entries.flatMap(([name, value]): Field[] => {
      const as = gen(() => fc.constantFrom(...(needed.includes(name) ? often : atTimes)))
      if (as === 'missing') return []
      return [[name, as === 'right' ? JSON.stringify(value) : gen(() => valueText)]]
    })
    const names = fc.oneof(fc.constantFrom(...entries.map(([name]) => name), '__proto__', '', 'constructor'), text)
    fields.push(...gen(() => fc.array(fc.tuple(names, valueText), { maxLength: 2 })))
    return objectText(fields)
  })

// Not `rsc`: Next's own clients say that, and Next redirects them to an address that only they know.
const headerNames = words(
  `content-type accept authorization cookie origin host referer range te via upgrade purpose forwarded accept-encoding content-encoding
   idempotency-key if-none-match x-forwarded-for x-forwarded-host x-forwarded-proto x-latchkey-address x-http-method-override next-action
   next-router-state-tree x-middleware-subrequest x-nextjs-data access-control-request-headers`.replace(/\s+/g, ' '),
)
const headerValues = [
  ...words('* 1 application/json application/x-www-form-urlencoded multipart/form-data gzip br 127.0.0.1 ::1 [::1]:80'),
  ...['', 'text/plain; charset=utf-16', 'Bearer undefined', 'Bearer ', 'Basic Og=='],
]
const ascii = (maxLength: number) => characters(0x20, 0x7e, maxLength)
const header = fc.oneof(
  fc.tuple(
    fc.constantFrom(...headerNames),
    fc.oneof(fc.constantFrom(...headerValues), ascii(300), characters(0x80, 0xff, 20)),
  ),
  fc.tuple(fc.stringMatching(/^x-[a-z0-9!#$%&'*+.^_`|~-]{1,30}$/), ascii(40)),
)

/** A few headers, known and unknown. */
export const headers = fc.array(header, { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs))

/** Bytes: few, more than there may be, and a right body with something in its middle. */
export const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.integer({ min: 60_000, max: 70_000 }))
    .map(([part, length]) => Buffer.alloc(length, part)),
  fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.nat({ max: 200 })).map(([middle, at]) => {
    const right = Buffer.from(JSON.stringify({ key: 'K', organization_id: '00000000-0000-4000-8000-000000000000' }))
    return Buffer.concat([right.subarray(0, at), middle, right.subarray(at)])
  }),
)

const oddSegments = words('validate activate deactivate . .. %2e%2e %00 %ff % %zz %2f \\ ? ?? # ; polar dodo v1')

/** One part of a path, as it may be written. */
export const segment = fc.oneof(
  fc.constantFrom('', ...oddSegments),
  characters(0x21, 0x7e, 30),
  fc.string({ unit: 'binary', maxLength: 10 }).map((it) => Buffer.from(it).toString('hex').replace(/../g, '%$&')),
)

const oddLines = [
  ...['Host: a', 'Host:', 'Host: a\r\nHost: b', 'Content-Length: -1', 'Content-Length: 1e3', 'Content-Length: 3'],
  ...[
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip',
    'Expect: 100-continue',
    'Expect: more',
    ': x',
    ' folded',
  ],
  ...['Upgrade: websocket\r\nConnection: upgrade', `X: ${'x'.repeat(20_000)}`],
]

/** What hardly is HTTP. */
export const hardlyHttp = (target: fc.Arbitrary<string>) =>
  fc.record({
    method: fc.oneof(
      fc.constantFrom(...words('POST GET CONNECT PRI post')),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 9 }),
    ),
    target: fc.oneof(target, fc.string({ unit: 'binary', maxLength: 40 })),
    version: fc.constantFrom('', ...words('HTTP/1.1 HTTP/1.0 HTTP/2.0 HTTP/0.9 http/1.1 ICY')),
    lines: fc.array(fc.oneof(fc.constantFrom(...oddLines), fc.string({ unit: 'binary', maxLength: 60 })), {
      maxLength: 4,
    }),
    body: fc.string({ unit: 'binary', maxLength: 40 }),
  })
