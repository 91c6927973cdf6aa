// Anything to the license routes, on both doors: never a 5xx, always JSON with a reason, always within a second. A failure prints the
// seed and the smallest case; FUZZ_RUNS=20000 looks longer.
import { readdirSync } from 'node:fs'
import { METHODS } from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import type { Dialect } from '#lib/operations/line.ts'
import { bytes, hardlyHttp, headers, jsonText, nearly, segment, text } from '../anything.ts'
import { type Answer, appUrl, type Question, send, sendQuick } from '../http.ts'
import { type IssuedKey, makeOrganization } from '../organization.ts'

const runs = Number(process.env.FUZZ_RUNS ?? 250)
const root = '/api/license'
const doors = [appUrl, process.env.NEXT_URL].filter((door) => door !== undefined)

test.setTimeout(240_000)

/** Every dialect there is, also those that come later. */
const folder = path.join(import.meta.dirname, '../../lib/vendors')
const files = readdirSync(folder, { recursive: true }).filter((file) => path.basename(String(file)) === 'dialect.ts')
const modules = await Promise.all(files.map((file) => import(path.join(folder, String(file))) as Promise<object>))
const dialects = modules
  .flatMap((module) => Object.values(module) as Partial<Dialect>[])
  .filter((value): value is Dialect => typeof value?.prefix === 'string' && Array.isArray(value.lines))
const lines = dialects.flatMap(({ prefix, lines }) =>
  lines.map(({ method, path }) => ({ method, path: `${root}${prefix}${path}` })),
)

let key: IssuedKey
let device: string
test.beforeAll(async () => {
  const shop = await makeOrganization()
  key = await shop.issue(await shop.configuration({ activationLimit: 5, usageLimit: 1_000, entitlements: ['export'] }))
  const body = { key: key.key, organization_id: key.organization_id, label: 'L', fingerprint: 'f' }
  device = (await send({ path: `${root}/activate`, body })).json.id
})

/** Sends a question and holds its answer against what is true of all of them. */
async function ask(question: Question): Promise<Answer> {
  const answer = await sendQuick(question)
  expectReason(answer, question)
  return answer
}

function expectReason({ status, headers, text, json }: Answer, { method, path }: Pick<Question, 'method' | 'path'>) {
  expect(status, text).toBeLessThan(500)
  expect(headers['set-cookie']).toBeUndefined()
  // Dodo's success of a deactivation is empty too.
  if (status === 204 || (text === '' && /\/dodo\/licenses\/deactivate(\?|$)/.test(path))) return
  expect(headers['content-type'], text).toMatch(/^application\/(vnd\.api\+)?json/)
  if (method === 'HEAD') return
  expect(json, text).toBeInstanceOf(Object)
  // Vendors have words of their own.
  const tidy = path.replace(/\/{2,}/g, '/')
  if (dialects.some(({ prefix }) => prefix && tidy.startsWith(root + prefix))) return
  // RFC 8628 says how a device asks for a key, and names the errors of its polls; our own name of those stands beside it.
  if (status === 200 && tidy.startsWith(`${root}/device-code`)) return expect(json.user_code, text).toMatch(/./)
  if (status === 200) return expect(json.code, text).toMatch(/^[A-Z_]+$/)
  const name = tidy.startsWith(`${root}/device-token`) && status === 400 ? (json.code ?? json.error) : json.error
  expect([name, json.detail], text).toEqual([expect.stringMatching(/^[A-Z_]+$/), expect.stringMatching(/./)])
}

/** Both doors say the same to a question that changes nothing. */
async function askBoth(question: Question) {
  const [one, two] = await Promise.all(doors.map((base) => ask({ ...question, base })))
  if (one && two) expect([two.status, two.json?.code]).toEqual([one.status, one.json?.code])
}

const check = <T>(arbitrary: fc.Arbitrary<T>, hold: (value: T) => Promise<unknown>) =>
  fc.assert(
    fc.asyncProperty(arbitrary, async (value) => {
      await hold(value)
    }),
    // A counterexample is made smaller for a while, not for ever.
    { numRuns: runs, interruptAfterTimeLimit: 60_000 },
  )

/** What a right call says. */
const sound = () => ({
  ...{ key: key.key, organization_id: key.organization_id, activation_id: device, label: 'L', fingerprint: 'f' },
  ...{ conditions: {}, meta: { os: 'x' }, increment_usage: 1, replace_activation_id: null, entitlements: ['export'] },
  ...{ benefit_id: key.benefit_id, product_id: null, customer_id: null },
})
const soundForVendors = () => ({
  ...sound(),
  ...{ license_key: key.key, license_key_id: key.id, license_key_instance_id: device, name: 'L' },
  ...{ instance_name: 'L', instance_id: device, limit_activations: 1, disabled: false, status: 'granted', usage: 0 },
})

const route = fc.constantFrom(...['validate', 'activate', 'deactivate'].map((verb) => `${root}/${verb}`))

test('any bytes', () =>
  check(fc.record({ path: route, headers, bytes }), ({ bytes, ...question }) => askBoth({ ...question, body: bytes })))

test('any JSON', () => check(fc.record({ path: route, body: jsonText }), askBoth))

test('calls that are nearly right', () => {
  const body = nearly(sound, ['key', 'organization_id'])
  return check(fc.record({ path: route, base: fc.constantFrom(...doors), body }), ask)
})

test('every line of every dialect', () => {
  const filled = fc.constantFrom(...lines).chain(({ method, path }) => {
    const part = fc.oneof(fc.constantFrom(key.id, device, key.key), text.map(encode))
    return fc
      .array(part, { minLength: 3, maxLength: 3 })
      .map((parts) => ({ method, path: path.replace(/\{\w+\}/g, () => parts.shift() ?? 'x') }))
  })
  const forms = fc.dictionary(fc.constantFrom(...Object.keys(soundForVendors())), text).map((it) => {
    const pairs = Object.entries(it).map(([name, value]): [string, string] => [name, value.toWellFormed()])
    return new URLSearchParams(pairs).toString().slice(0, 4_000)
  })
  const body = fc.oneof(nearly(soundForVendors, ['key', 'license_key', 'organization_id']), jsonText, forms)
  return check(
    fc.record({ filled, headers, body, base: fc.constantFrom(...doors), query: fc.oneof(fc.constant(''), forms) }),
    ({ filled, query, ...question }) => {
      const path = query ? `${filled.path}?${query}` : filled.path
      return reaches(question.base, path) ? ask({ ...filled, ...question, path }) : Promise.resolve()
    },
  )
})

const encode = (text: string) => encodeURIComponent(text.toWellFormed().slice(0, 500)) || 'x'

const target = fc.array(segment, { maxLength: 5 }).map((segments) => [root, ...segments].join('/'))

/** Next redirects from a path that it would write otherwise, and fails by itself on one that it cannot decode. */
function reaches(door: string, path: string): boolean {
  if (door === appUrl) return true
  const { pathname } = new URL(path, door)
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
      for (const base of doors) if (reaches(base, question.path)) await ask({ ...question, base })
    },
  ))

test('methods that no route has', async () => {
  for (const method of METHODS.filter((name) => name !== 'CONNECT'))
    for (const path of [`${root}/validate`, `${root}/nope`]) await ask({ method, path })
})

test('bytes that are hardly HTTP', () =>
  check(hardlyHttp(fc.oneof(route, target)), async ({ method, target, version, lines, body }) => {
    const head = [`${method} ${target} ${version}`, 'Connection: close', ...lines].join('\r\n')
    const answers = await sendBytes(Buffer.from(`${head}\r\n\r\n${body}`))
    expect(answers).not.toHaveLength(0)
    // HTTP/2 and whatever else is not spoken here.
    for (const answer of answers)
      if (answer.status === 505) expect(answer.json.error).toBe('HTTP_VERSION_NOT_SUPPORTED')
      else if (target.startsWith(root)) expectReason(answer, { method, path: target })
      else expect(answer.status).toBeLessThan(500)
  }))

/** Writes bytes to the production server, says that no more come, and reads to the end: what follows a request may be taken for another. */
async function sendBytes(bytes: Buffer): Promise<Answer[]> {
  const { hostname, port } = new URL(appUrl)
  const chunks: Buffer[] = []
  const said = () => Buffer.concat(chunks).toString()
  const socket = connect({ host: hostname, port: Number(port) })
  socket.setTimeout(10_000, () => socket.destroy(new Error(`No end after ${JSON.stringify(said())}`)))
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
