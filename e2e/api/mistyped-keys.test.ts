import { expect, test } from '@playwright/test'
import { doors } from '../doors.ts'
import { send } from '../http.ts'
import { makeOrganization } from '../organization.ts'

const middle = (key: string, insert: string) =>
  key.slice(0, Math.floor(key.length / 2)) + insert + key.slice(Math.floor(key.length / 2))

const spellings: ((key: string) => string)[] = [
  (key) => `\u200F${key}`,
  (key) => `\u202A${key}\u202C`,
  (key) => `\u2066${key}\u2069`,
  (key) => middle(key, '\uFE0F'),
  (key) => `\u3164${key}\u2800`,
  (key) => middle(key, '\u034F'),
  (key) => middle(key, ' '),
  (key) => middle(key, '\r\n'),
  (key) => `"${key}"`,
  (key) => `“${key}”`,
  (key) => `« ${key} »`,
  (key) => `\`${key}\``,
  (key) => `License key: ${key}`,
  (key) => `Your license: ${key}`,
  (key) => `Key=${key}`,
  (key) => `Schlüssel: ${key}`,
  (key) => `Clé : ${key}`,
  (key) => `Clave: ${key}`,
  (key) => `${key}.`,
  (key) => `(${key})`,
  (key) => key.toLowerCase(),
  (key) => key.replaceAll('0', 'O'),
  (key) => key.replaceAll('1', 'l'),
  (key) => key.replaceAll('-', ''),
]

let keys: string[]
let organizationId: string
test.beforeAll(async () => {
  const shop = await makeOrganization()
  organizationId = shop.id
  const uuid = await shop.configuration({ prefix: 'MYAPP' })
  const short = await shop.configuration({ format: 'short' })
  keys = [(await shop.issue(uuid)).key, (await shop.issue(short)).key]
})

for (const [name, base] of doors)
  test(`a key is found however it was pasted, ${name}`, async () => {
    for (const key of keys)
      for (const spell of spellings) {
        const typed = spell(key)
        const { status, json } = await send({
          base,
          path: '/api/license/validate',
          body: { key: typed, organization_id: organizationId },
        })
        expect({ typed, status, code: json.code, key: json.key }).toEqual({ typed, status: 200, code: 'VALID', key })
      }
  })

test("through vendors' routes too", async () => {
  for (const key of keys) {
    const typed = `License key: “${middle(key.toLowerCase(), '\n')}”.`
    const polar = await send({
      path: '/api/license/polar/v1/customer-portal/license-keys/validate',
      body: { key: typed, organization_id: organizationId },
    })
    expect(polar).toMatchObject({ status: 200, json: { key } })
    const dodo = await send({ path: '/api/license/dodo/licenses/validate', body: { license_key: typed } })
    expect(dodo).toMatchObject({ status: 200, json: { valid: true } })
    const lemon = await send({ path: '/api/license/lemonsqueezy/v1/licenses/validate', body: { license_key: typed } })
    expect(lemon.json).toMatchObject({ valid: true, license_key: { key } })
  }
})

test('a key with a wrong character is not found', async () => {
  for (const key of keys) {
    const last = key.endsWith('7') ? '8' : '7'
    const body = { key: `License key: ${key.slice(0, -1)}${last}`, organization_id: organizationId }
    const { json } = await send({ path: '/api/license/validate', body })
    expect(json.code).toBe('NOT_FOUND')
    expect(json).not.toHaveProperty('key')
  }
})
