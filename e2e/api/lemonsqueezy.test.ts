// Lemon Squeezy's own SDK, unchanged, below a wrapped fetch; and plain forms, as their documentation has them.
import * as sdk from '@lemonsqueezy/lemonsqueezy.js'
import { expect, test } from '@playwright/test'
import { prisma } from '#lib/db.ts'
import { disableLicenseKeys, revokeLicenseKeys } from '#lib/license-keys/change-key.ts'
import { doors } from '../doors.ts'
import { send } from '../http.ts'
import { makeOrganization, type Organization } from '../organization.ts'

// ---------------------------------------------------------------- the wrapper of README.md

const theirs = 'https://api.lemonsqueezy.com'
let ours = ''
const { fetch } = globalThis
test.beforeAll(() => {
  globalThis.fetch = (input, init) =>
    fetch(typeof input === 'string' && input.startsWith(theirs) ? ours + input.slice(theirs.length) : input, init)
})
test.afterAll(() => {
  globalThis.fetch = fetch
})
const goThrough = (base = doors[0]?.[1]) => {
  ours = `${base}/api/license/lemonsqueezy`
}

const one = ({ id }: { id: string }) => ({ licenseKeyIds: [id], reason: '' })
const MICROSECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const nobody = '00000000-0000-4000-8000-000000000000'

/** The numbers our rows go by. */
async function numbersOf(licenseKeyId: string) {
  const number = { select: { number: true } }
  const { organization, customer, product, purchase, keyConfiguration, ...key } =
    await prisma.licenseKey.findUniqueOrThrow({
      where: { id: licenseKeyId },
      select: {
        number: true,
        organization: number,
        customer: number,
        product: number,
        purchase: number,
        keyConfiguration: number,
      },
    })
  return {
    id: key.number,
    store: organization.number,
    customer: customer.number,
    product: product?.number ?? 0,
    order: purchase?.number ?? 0,
    variant: keyConfiguration.number,
  }
}

let shop: Organization
test.beforeEach(async () => {
  shop = await makeOrganization()
})

for (const [door, base] of doors)
  test.describe(`the licence API, by the door of ${door}`, () => {
    test.beforeEach(() => goThrough(base))

    test('activate, validate and deactivate', async () => {
      const configuration = await shop.configuration({ name: `Yearly ${door}`, activationLimit: 2 })
      const product = await shop.product([configuration], `Inkwell ${door}`)
      const key = await shop.issue(
        configuration,
        { productId: product, customerEmail: 'ana@customer.example' },
        { expiry: 'date', expiresOn: '2099-12-31' },
      )
      const numbers = await numbersOf(key.id)
      const license_key = {
        id: numbers.id,
        status: 'inactive',
        key: key.key,
        activation_limit: 2,
        activation_usage: 0,
        created_at: expect.stringMatching(MICROSECONDS),
        expires_at: '2099-12-31T23:59:59.999000Z',
        test_mode: false,
      }
      const meta = {
        store_id: numbers.store,
        order_id: numbers.order,
        order_item_id: numbers.order,
        product_id: numbers.product,
        product_name: `Inkwell ${door}`,
        variant_id: numbers.variant,
        variant_name: `Yearly ${door}`,
        customer_id: numbers.customer,
        customer_name: '',
        customer_email: 'ana@customer.example',
      }

      // Valid, though on no device yet.
      expect(await sdk.validateLicense(key.key)).toEqual({
        statusCode: 200,
        error: null,
        data: { valid: true, error: null, license_key, instance: null, meta },
      })
      const activated = await sdk.activateLicense(key.key, 'Studio iMac')
      const instance = {
        id: expect.stringMatching(UUID),
        name: 'Studio iMac',
        created_at: expect.stringMatching(MICROSECONDS),
      }
      const used = { ...license_key, status: 'active', activation_usage: 1 }
      expect(activated).toEqual({
        statusCode: 200,
        error: null,
        data: { activated: true, error: null, license_key: used, instance, meta },
      })
      const id = activated.data?.instance?.id ?? ''
      expect(await sdk.validateLicense(key.key, id)).toEqual({
        statusCode: 200,
        error: null,
        data: { valid: true, error: null, license_key: used, instance: { ...instance, id }, meta },
      })
      expect(await sdk.deactivateLicense(key.key, id)).toEqual({
        statusCode: 200,
        error: null,
        data: { deactivated: true, error: null, license_key, meta },
      })
    })

    test('every refusal: the flag, a sentence, and the key where there is one', async () => {
      const configuration = await shop.configuration({ activationLimit: 1 })
      const key = await shop.issue(configuration)
      const { data } = await sdk.activateLicense(key.key, 'A')
      const device = data?.instance?.id ?? ''
      const other = await shop.issue(configuration)
      const off = await shop.issue(await shop.configuration({ activationsMode: 'off', activationLimit: null }))
      const blocked = await shop.issue(configuration, {}, { newDevicesBlocked: true })
      const strict = await shop.issue(await shop.configuration({ activationRequired: true }))
      const expired = await shop.issue(configuration, {}, { expiry: 'date', expiresOn: '2020-01-01' })
      const disabled = await shop.issue(configuration)
      await disableLicenseKeys(shop.merchant, one(disabled), new Date())
      const revoked = await shop.issue(configuration)
      await revokeLicenseKeys(shop.merchant, one(revoked), new Date())

      const unknown = 'license_key not found.'
      const full = 'This license key has reached the activation limit.'
      const rows: [string, number, string, string | null, Promise<Awaited<ReturnType<typeof sdk.validateLicense>>>][] =
        [
          ...(
            [
              ['activated', 'NO-SUCH-KEY', 404, unknown, null],
              ['activated', expired.key, 400, 'This license key has expired.', 'expired'],
              ['activated', disabled.key, 400, 'This license key has been disabled.', 'disabled'],
              ['activated', revoked.key, 400, 'This license key has been disabled.', 'disabled'],
              ['activated', key.key, 400, full, 'active'],
              ['activated', off.key, 400, full, 'inactive'],
              ['activated', blocked.key, 400, full, 'inactive'],
            ] as const
          ).map(([flag, text, status, error, shown]): (typeof rows)[number] => [
            flag,
            status,
            error,
            shown,
            sdk.activateLicense(text, 'B') as never,
          ]),
          ...(
            [
              ['NO-SUCH-KEY', undefined, 404, unknown, null],
              [expired.key, undefined, 400, 'This license key has expired.', 'expired'],
              [disabled.key, undefined, 400, 'This license key has been disabled.', 'disabled'],
              [revoked.key, undefined, 400, 'This license key has been disabled.', 'disabled'],
              [strict.key, undefined, 400, 'This license key is only valid with an instance_id.', 'inactive'],
              [key.key, nobody, 404, 'instance_id not found.', 'active'],
              [key.key, 'not-an-id', 404, 'instance_id not found.', 'active'],
              [other.key, device, 404, 'instance_id not found.', 'inactive'],
            ] as const
          ).map(([text, at, status, error, shown]): (typeof rows)[number] => [
            'valid',
            status,
            error,
            shown,
            sdk.validateLicense(text, at),
          ]),
          ['deactivated', 404, unknown, null, sdk.deactivateLicense('NO-SUCH-KEY', device) as never],
          ['deactivated', 404, 'instance_id not found.', 'inactive', sdk.deactivateLicense(other.key, device) as never],
        ]
      for (const [flag, status, error, shown, asked] of rows) {
        const answer = await asked
        expect(answer.statusCode, error).toBe(status)
        expect(answer.error).toBeInstanceOf(Error)
        expect([answer.error?.name, answer.error?.cause]).toEqual(['Lemon Squeezy Error', error])
        expect(answer.data).toMatchObject({ [flag]: false, error })
        if (shown === null) expect(Object.keys(answer.data ?? {}).sort()).toEqual([flag, 'error'].sort())
        else expect(answer.data?.license_key.status).toBe(shown)
        if (shown !== null && flag !== 'deactivated') expect(answer.data?.instance).toBeNull()
      }
      expect((await sdk.validateLicense(key.key, device)).data?.valid).toBe(true)
    })

    test('JSON under any content type, forms and multipart forms are one', async () => {
      const key = await shop.issue(await shop.configuration())
      const path = '/api/license/lemonsqueezy/v1/licenses/validate'
      const json = JSON.stringify({ license_key: key.key })
      const form = new URLSearchParams({ license_key: key.key, instance_id: '' }).toString()
      for (const [type, body] of [
        ['application/vnd.api+json', json],
        ['application/json', json],
        ['text/plain', json],
        ['application/x-www-form-urlencoded', form],
        ['application/x-www-form-urlencoded; charset=UTF-8', form],
      ] as const) {
        const answer = await send({ base, path, headers: { 'content-type': type, accept: 'application/json' }, body })
        expect([answer.status, answer.json.valid, answer.json.instance], type).toEqual([200, true, null])
      }
      const data = new FormData()
      data.set('license_key', key.key)
      const response = await fetch(`${base}${path}`, { method: 'POST', body: data })
      expect(await response.json()).toMatchObject({ valid: true })
    })

    test('422 in another shape: a message, and sentences by field', async () => {
      const missing = (name: string) => `The ${name.replaceAll('_', ' ')} field is required.`
      const ask = (verb: string, body: unknown, headers = {}) =>
        send({ base, path: `/api/license/lemonsqueezy/v1/licenses/${verb}`, body, headers })
      for (const [verb, body, fields] of [
        ['deactivate', { license_key: 'K' }, ['instance_id']],
        ['validate', {}, ['license_key']],
        ['validate', { license_key: '' }, ['license_key']],
        ['validate', { license_key: null }, ['license_key']],
        ['activate', { license_key: 'K', instance_name: '' }, ['instance_name']],
        ['activate', {}, ['license_key', 'instance_name']],
      ] as const) {
        const { status, json } = await ask(verb, body)
        expect(status).toBe(422)
        expect(json).toEqual({
          message: missing(fields[0]) + (fields.length > 1 ? ' (and 1 more error)' : ''),
          errors: Object.fromEntries(fields.map((field) => [field, [missing(field)]])),
        })
      }
      const wrong = await ask('validate', { license_key: 5 })
      expect(wrong.json.errors.license_key).toEqual([expect.stringMatching(/^The license key field is invalid: /)])
      const multipart = { 'content-type': 'multipart/form-data; boundary=x' }
      for (const answer of [await ask('validate', '{'), await ask('validate', 'nothing', multipart)]) {
        expect(answer.status).toBe(422)
        expect(answer.json).toEqual({ message: expect.any(String), errors: {} })
      }
    })
  })

test('a client that knows the numbers of before goes on knowing its product', async () => {
  goThrough()
  const configuration = await shop.configuration()
  const product = await shop.product([configuration])
  const key = await shop.issue(configuration, { productId: product, reference: '4711' })
  await prisma.organization.update({ where: { id: shop.id }, data: { externalIds: ['lemon', '1234'] } })
  await prisma.product.update({ where: { id: product }, data: { externalIds: ['pdt_x', '180511', '99'] } })
  await prisma.keyConfiguration.update({ where: { id: configuration }, data: { externalIds: ['251302'] } })
  const { data } = await sdk.validateLicense(key.key)
  expect(data?.meta).toMatchObject({ store_id: 1234, product_id: 180511, variant_id: 251302, order_id: 4711 })

  const without = await shop.issue(configuration)
  expect((await sdk.validateLicense(without.key)).data?.meta).toMatchObject({
    ...{ product_id: 0, product_name: '', order_id: 0, order_item_id: 0 },
  })
})
