// Whoever guesses is known by the connection, however paths and headers are spelled, through every door.
import { expect, test } from '@playwright/test'
import { isApi, readTarget } from '#lib/http/client.ts'
import { type AppProcess, startAppProcess, startNextAlone } from '../app-process.ts'
import { type Answer, sendRaw } from '../http.ts'
import { type IssuedKey, makeOrganization } from '../organization.ts'

let key: IssuedKey
test.beforeAll(async () => {
  const shop = await makeOrganization()
  key = await shop.issue(await shop.configuration())
})

const running: AppProcess[] = []
test.afterEach(async () => {
  await Promise.all(running.splice(0).map(({ end }) => end()))
})

const GUESSES = 5
const settings = { LICENSE_GUESSES_PER_MINUTE: String(GUESSES), TRUST_PROXY: '0' }
const verb = '/license/validate'

/** Paths that lead to the license routes, or that somebody might take for such. */
const paths = [
  ...['/api/license/validate', '/api//license/validate', '//api/license/validate', '/api/license//validate'],
  ...['/api/license/validate/', '/api/license/validate?', '/api/license/validate?a=/../b', '/api/license/validate#a'],
  ...[
    '/api/./license/validate',
    '/x/../api/license/validate',
    '/api/license/../license/validate',
    '/./api/license/validate',
  ],
  ...[
    '/api/%2e/license/validate',
    '/x/%2e%2e/api/license/validate',
    '/x/.%2E/api/license/validate',
    '/x//..//api/license/validate',
  ],
  ...['/api/%6cicense/validate', '/%61%70%69/license/validate', '/api/license/%76alidate', '/api/%256cicense/validate'],
  ...['/api%2flicense%2fvalidate', '/api/license%2fvalidate', '/%2fapi/license/validate', '/api%5clicense/validate'],
  ...[
    '/api\\license\\validate',
    '\\api\\license\\validate',
    '/api/license\\validate',
    '/api/license\\..\\license\\validate',
  ],
  ...['/api;x/license/validate', '/api/license;x/validate', '/api/license/validate;x', '/api/..;/api/license/validate'],
  ...[
    'http://a.test/api/license/validate',
    'https://a.test/x/../api/license/validate',
    'HTTP://a.test//api/license/validate',
  ],
  ...[
    'http:///api/license/validate',
    'http:\\\\a.test\\api\\license\\validate',
    'api/license/validate',
    '/API/LICENSE/validate',
  ],
  ...[
    '/api/license/validate\t',
    '/api/li\tcense/validate',
    '/api/license/validate%00',
    '/api/license/validate%20',
    '/\xa0api/license/validate',
  ],
  ...[
    '/_next/../api/license/validate',
    '/_next/data/x/api/license/validate.json',
    '/api/license/validate.rsc',
    '/api/license/polar/v1/../../validate',
  ],
]

/** Headers that somebody might take for the caller's address; `i` makes each a new one. */
const spoofs: ((i: number) => string[])[] = [
  (i) => [`X-Forwarded-For: 203.0.113.${i % 256}`],
  (i) => [`x-forwarded-for: 198.51.${i % 256}.1, 203.0.113.${i % 256}`, 'X-Forwarded-For: 10.0.0.1'],
  (i) => [`X-Latchkey-Address: 203.0.113.${i % 256}`],
  (i) => [`x_latchkey_address: 203.0.113.${i % 256}`, `X-LATCHKEY-ADDRESS: 203.0.${i % 256}.1`],
  (i) => [
    `Forwarded: for=203.0.113.${i % 256}`,
    `X-Real-IP: 203.0.113.${i % 256}`,
    `CF-Connecting-IP: 203.0.113.${i % 256}`,
  ],
  (i) => [
    `X-Client-IP: 203.0.113.${i % 256}`,
    `True-Client-IP: 203.0.113.${i % 256}`,
    `X-Cluster-Client-IP: 203.0.${i % 256}.1`,
  ],
  (i) => [`X-Forwarded-For : 203.0.113.${i % 256}`],
  (i) => [`Connection: close, X-Latchkey-Address`, `X-Latchkey-Address: 203.0.113.${i % 256}`],
]

let number = 0
const guess = (base: string, path: string, lines: string[]) =>
  sendRaw(`POST ${path} HTTP/1.1`, {
    base,
    lines: ['Content-Type: application/json', ...lines],
    body: JSON.stringify({ key: `GUESS-${++number}`, organization_id: key.organization_id }),
  })

/** Every path with every header; how many guesses were answered. */
async function guessEverywhere(base: string): Promise<number> {
  let answered = 0
  for (const path of paths) {
    const answers = await Promise.all(spoofs.map((spoof) => guess(base, path, spoof(++number))))
    for (const answer of answers) {
      expect(answer.status, `${path} ${answer.text}`).toBeLessThan(500)
      const target = readTarget(path)
      if ('problem' in target || isApi(target.url)) expectJson(answer, path)
      if (answer.json?.code === 'NOT_FOUND') answered++
    }
  }
  return answered
}

function expectJson({ status, headers, text, json }: Answer, path: string) {
  // Next redirects from repeated slashes, and Node refuses what is no HTTP, before we are asked.
  if (status === 308 || (status === 400 && text === '')) return
  expect(json, `${path} ${text}`).toBeInstanceOf(Object)
  expect(headers['x-content-type-options'] ?? path).toBe('nosniff')
}

test('the production server', async () => {
  const app = await startAppProcess(settings)
  running.push(app)
  expect(paths.length * spoofs.length).toBeGreaterThan(300)
  expect(await guessEverywhere(app.url)).toBe(GUESSES)
  expect(app.log().match(/TRUST_PROXY is 0/g)).toHaveLength(1)
})

test('1,500 guesses, each from another address by its header and through another spelling', async () => {
  const app = await startAppProcess({ ...settings, LICENSE_RATE_PER_SECOND: '100000', LICENSE_RATE_BURST: '100000' })
  running.push(app)
  const answers: Answer[] = []
  for (let i = 0; i < 1_500; i += 25)
    answers.push(
      ...(await Promise.all(
        Array.from({ length: 25 }, (_, k) => {
          const spoof = spoofs[(i + k) % spoofs.length] as (typeof spoofs)[number]
          return guess(app.url, paths[(i + k) % paths.length] as string, spoof(i + k))
        }),
      )),
    )
  expect(answers.filter(({ json }) => json?.code === 'NOT_FOUND')).toHaveLength(GUESSES)
  expect(answers.filter(({ json }) => json?.code === 'RATE_LIMITED').length).toBeGreaterThan(200)
})

test('Next alone', async () => {
  const app = await startNextAlone(settings)
  running.push(app)
  expect(await guessEverywhere(app.url)).toBe(GUESSES)
})

test('Next alone believes as many proxies as it is told to', async () => {
  const app = await startNextAlone({ ...settings, TRUST_PROXY: '1' })
  running.push(app)
  const from = (address: string) => guess(app.url, `/api${verb}`, [`X-Forwarded-For: ${address}`])
  for (let i = 0; i < 20; i++) expect((await from(`6.6.6.6, 203.0.113.${i}`)).json.code).toBe('NOT_FOUND')
  const answers: Answer[] = []
  for (let i = 0; i < 20; i++) answers.push(await from(`203.0.113.${i}, 198.51.100.7`))
  expect(answers.filter(({ json }) => json.code === 'NOT_FOUND')).toHaveLength(GUESSES)
})
