import { expect, test } from '@playwright/test'
import { answerCodes } from '#lib/error-codes/rules.ts'
import { send } from '../http.ts'
import { makeOrganization } from '../organization.ts'

const page = async (code: string) => {
  const { status, text } = await send({ method: 'GET', path: `/docs/errors/${code}` })
  return { status, text: text.replaceAll('&quot;', '"') }
}

test('each code has a page, open to everybody, with an answer that carries it', async () => {
  const { text: list } = await page('')
  // These are only answers of the management API.
  const withoutExample = [
    'UNAUTHORIZED',
    'FORBIDDEN',
    'CONFLICT',
    'IN_USE',
    'REQUEST_IN_PROGRESS',
    'ANSWER_LOST',
    'CURSOR_LOST',
    'PRECONDITION_FAILED',
    'UNKNOWN_VERSION',
  ]
  for (const code of answerCodes) {
    const { status, text } = await page(code)
    expect(status, code).toBe(200)
    expect(text, code).toContain('What happened')
    expect(text.includes(`"code": "${code}"`), `${code}: an example`).toBe(!withoutExample.includes(code))
    expect(list, code).toContain(`/docs/errors/${code}"`)
  }
})

test('what is no code has no page', async () => {
  for (const code of ['expired', 'NOTHING', 'toString', '__proto__', 'VALID%20']) {
    expect((await page(code)).status, code).toBe(404)
  }
})

test('a page shows what the server really answers', async () => {
  const shop = await makeOrganization()
  const key = await shop.issue(await shop.configuration({ activationsMode: 'off' }))
  const ask = { key: key.key, organization_id: shop.id }
  const answers = [
    await send({ path: '/api/license/activate', body: { ...ask, label: 'PC' } }),
    await send({ path: '/api/license/validate', body: { ...ask, key: 'nobody-has-this' } }),
    await send({ path: '/api/license/validate', body: 'no JSON' }),
    await send({ path: '/api/license/validate', body: { ...ask, product_id: shop.id } }),
  ]
  for (const { status, json } of answers) {
    const { text } = await page(json.code)
    expect(text).toContain(`"detail": "${json.detail}"`)
    expect(text).toContain(String(status))
    const names = Object.keys(json).map((name) => `"${name}":`)
    for (const name of names) expect(text, json.code).toContain(name)
  }
})
