// Lemon Squeezy's own SDK, unchanged, below a wrapped fetch; and plain forms, as their documentation has them.
import * as sdk from '@lemonsqueezy/lemonsqueezy.js'
import { expect, test } from '@playwright/test'
import { idFrom } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { disableLicenseKeys, enableLicenseKeys, revokeLicenseKeys } from '#lib/license-keys/status.ts'
import { doors } from '../doors.ts'
import { send } from '../http.ts'
import { makeOrganization, type Organization } from '../organization.ts'

// ---------------------------------------------------------------- the wrapper of docs/dialects.md

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
  test.describe(`the license API, by the door of ${door}`, () => {
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

    test('whoever holds a string that was rotated away is not shown the new one', async () => {
      const key = await shop.issue(await shop.configuration({ activationLimit: 1 }))
      const device = (await sdk.activateLicense(key.key, 'A')).data?.instance?.id ?? ''
      const rotated = await send({
        base,
        path: `/api/v1/license-keys/${key.id}/rotate`,
        headers: { authorization: `Bearer ${await shop.apiKey()}` },
        body: { overlap_hours: 24 },
      })
      expect(rotated.status).toBe(200)
      const { key: text } = (await sdk.validateLicense(rotated.json.key, device)).data?.license_key ?? {}
      expect(text).toBe(rotated.json.key)
      expect(text).not.toBe(key.key)
      const asked = [() => sdk.validateLicense(key.key, device), () => sdk.deactivateLicense(key.key, device)]
      await disableLicenseKeys(shop.merchant, one(key), new Date())
      const refused = await sdk.validateLicense(key.key, device)
      expect([refused.statusCode, refused.data?.license_key.key]).toEqual([400, key.key])
      await enableLicenseKeys(shop.merchant, one(key), new Date())
      for (const ask of asked) {
        const { statusCode, data } = await ask()
        expect([statusCode, data?.license_key.key]).toEqual([200, key.key])
        expect(JSON.stringify(data)).not.toContain(rotated.json.key)
      }
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
        ['Application/X-WWW-Form-URLEncoded', form],
      ] as const) {
        const answer = await send({ base, path, headers: { 'content-type': type, accept: 'application/json' }, body })
        expect([answer.status, answer.json.valid, answer.json.instance], type).toEqual([200, true, null])
      }
      const data = new FormData()
      data.set('license_key', key.key)
      const response = await fetch(`${base}${path}`, { method: 'POST', body: data })
      expect(await response.json()).toMatchObject({ valid: true })
      const part = `--Edge\r\ncontent-disposition: form-data; name="license_key"\r\n\r\n${key.key}\r\n--Edge--\r\n`
      const headers = { 'content-type': 'Multipart/Form-Data; boundary=Edge' }
      expect((await send({ base, path, headers, body: part })).json).toMatchObject({ valid: true })
    })

    test('422 in another shape: a message, and sentences by field', async () => {
      const missing = (name: string) => `The ${name.replaceAll('_', ' ')} field is required.`
      const ask = (verb: string, body: unknown, headers = {}) =>
        send({ base, path: `/api/license/lemonsqueezy/v1/licenses/${verb}`, body, headers })
      for (const [verb, body, fields] of [
        ['deactivate', { license_key: 'K' }, ['instance_id']],
        ['validate', {}, ['license_key']],
        ['validate', '', ['license_key']],
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
      const empty = await ask('validate', '', { 'content-type': 'application/x-www-form-urlencoded' })
      expect(empty.json.errors).toEqual({ license_key: [missing('license_key')] })
      for (const [method, verb, status] of [
        ['GET', 'validate', 405],
        ['POST', 'renew', 404],
      ] as const) {
        const answer = await send({ base, method, path: `/api/license/lemonsqueezy/v1/licenses/${verb}` })
        expect([answer.status, answer.json]).toEqual([status, { message: expect.any(String) }])
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

// ---------------------------------------------------------------- with an API key

for (const [door, base] of doors)
  test.describe(`resources, by the door of ${door}`, () => {
    let prefix: string
    test.beforeEach(async () => {
      goThrough(base)
      sdk.lemonSqueezySetup({ apiKey: await shop.apiKey() })
      prefix = `${process.env.LATCHKEY_URL}/api/license/lemonsqueezy`
    })

    test('license keys: get, with what stands around', async () => {
      const configuration = await shop.configuration({ activationLimit: 2 })
      const product = await shop.product([configuration], `Inkwell ${door}`)
      const key = await shop.issue(configuration, { productId: product, customerEmail: 'ana@customer.example' })
      const numbers = await numbersOf(key.id)
      const device = (await sdk.activateLicense(key.key, 'Studio iMac')).data?.instance?.id
      const self = `${prefix}/v1/license-keys/${numbers.id}`
      const { statusCode, error, data } = await sdk.getLicenseKey(numbers.id)
      expect([statusCode, error]).toEqual([200, null])
      expect(data).toEqual({
        jsonapi: { version: '1.0' },
        links: { self },
        data: {
          type: 'license-keys',
          id: String(numbers.id),
          attributes: {
            store_id: numbers.store,
            customer_id: numbers.customer,
            order_id: numbers.order,
            order_item_id: numbers.order,
            product_id: numbers.product,
            user_name: '',
            user_email: 'ana@customer.example',
            key: key.key,
            key_short: `XXXX-${key.key.slice(-12)}`,
            activation_limit: 2,
            instances_count: 1,
            disabled: 0,
            status: 'active',
            status_formatted: 'Active',
            expires_at: null,
            created_at: expect.stringMatching(MICROSECONDS),
            updated_at: expect.stringMatching(MICROSECONDS),
            test_mode: false,
          },
          relationships: Object.fromEntries(
            ['store', 'customer', 'order', 'order-item', 'variant', 'product', 'license-key-instances'].map((name) => [
              name,
              { links: { related: `${self}/${name}`, self: `${self}/relationships/${name}` } },
            ]),
          ),
          links: { self },
        },
      })
      const include = ['order', 'customer', 'product', 'store', 'order-item', 'license-key-instances'] as const
      const around = await sdk.getLicenseKey(numbers.id, { include: [...include] })
      // What is included is found by its key, and every link leads to the same.
      const token = await shop.apiKey()
      const follow = async (url: string) => {
        const { pathname } = new URL(url)
        const answer = await send({
          method: 'GET',
          path: pathname,
          base,
          headers: { authorization: `Bearer ${token}` },
        })
        expect([url, answer.status]).toEqual([url, 200])
        return answer.json.data
      }
      type Linked = Record<string, { links: { related: string; self: string }; data?: unknown }>
      const named = around.data?.data.relationships as unknown as Linked
      const plain = ({ type, id }: { type: string; id: string }) => ({ type, id })
      for (const [name, { links, data }] of Object.entries(named)) {
        expect(data === undefined, name).toBe(!include.includes(name as never))
        const related = await follow(links.related)
        const ids = Array.isArray(related) ? related.map(plain) : plain(related)
        expect(await follow(links.self), name).toEqual(ids)
        if (data !== undefined) expect(data, name).toEqual(ids)
      }
      const [instance] = await follow(named['license-key-instances']?.links.related ?? '')
      const ofInstance = instance.relationships['license-key'].links
      expect(await follow(ofInstance.related)).toMatchObject({ type: 'license-keys', id: String(numbers.id) })
      expect(await follow(ofInstance.self)).toEqual({ type: 'license-keys', id: String(numbers.id) })
      expect(around.data?.included?.map(({ type, id }) => [type, id])).toEqual([
        ['orders', String(numbers.order)],
        ['customers', String(numbers.customer)],
        ['products', String(numbers.product)],
        ['stores', String(numbers.store)],
        ['order-items', String(numbers.order)],
        ['license-key-instances', expect.stringMatching(/^\d+$/)],
      ])
      const variant = await sdk.getLicenseKey(numbers.id, { include: ['variant'] as never })
      expect(variant.data?.included).toMatchObject([{ type: 'variants', attributes: { has_license_keys: true } }])
      expect(around.data?.included?.at(-1)?.attributes).toMatchObject({ identifier: device, name: 'Studio iMac' })
      const odd = await sdk.getLicenseKey(numbers.id, { include: ['constructor', '__proto__', 'nothing', ''] as never })
      expect([odd.statusCode, odd.data?.included]).toEqual([200, undefined])
    })

    test('license keys: pages to the end, filters', async () => {
      const configuration = await shop.configuration()
      const product = await shop.product([configuration])
      const first = await shop.issue(configuration, { productId: product, reference: '4711' })
      const expired = await shop.issue(configuration, {}, { expiry: 'date', expiresOn: '2020-01-01' })
      const disabled = await shop.issue(configuration)
      await disableLicenseKeys(shop.merchant, one(disabled), new Date())
      const used = await shop.issue(configuration)
      await sdk.activateLicense(used.key, 'A')
      const last = await shop.issue(configuration)
      const ids: string[] = []
      for (const { id } of [first, expired, disabled, used, last]) ids.push(String((await numbersOf(id)).id))
      const numbers = await numbersOf(first.id)

      const seen: string[] = []
      let number = 1
      for (let isMore = true; isMore; number++) {
        const { data } = await sdk.listLicenseKeys({ page: { number, size: 2 } })
        seen.push(...(data?.data.map(({ id }) => id) ?? []))
        expect(data?.meta.page).toEqual({
          currentPage: number,
          from: number * 2 - 1,
          lastPage: 3,
          perPage: 2,
          to: Math.min(number * 2, 5),
          total: 5,
        })
        const links = data?.links as Record<string, string>
        const page = (at: number) => `${prefix}/v1/license-keys?include=&page%5Bnumber%5D=${at}&page%5Bsize%5D=2`
        expect(new URLSearchParams(links.last?.split('?')[1]).get('page[number]')).toBe('3')
        expect([...new URL(links.first ?? '').searchParams].sort()).toEqual([...new URL(page(1)).searchParams].sort())
        expect(links.prev !== undefined).toBe(number > 1)
        isMore = links.next !== undefined
      }
      expect(seen).toEqual(ids)
      expect((await sdk.listLicenseKeys()).data?.data).toHaveLength(5)
      const beyond = (await sdk.listLicenseKeys({ page: { number: 9, size: 100 } })).data
      expect([beyond?.data, beyond?.meta.page]).toEqual([
        [],
        { currentPage: 9, from: null, lastPage: 1, perPage: 100, to: null, total: 5 },
      ])

      const find = async (filter: NonNullable<Parameters<typeof sdk.listLicenseKeys>[0]>['filter']) =>
        (await sdk.listLicenseKeys({ filter })).data?.data.map(({ id }) => ids.indexOf(id))
      expect(await find({ status: 'inactive' })).toEqual([0, 4])
      expect(await find({ status: 'active' })).toEqual([3])
      expect(await find({ status: 'expired' })).toEqual([1])
      expect(await find({ status: 'disabled' })).toEqual([2])
      expect(await find({ storeId: numbers.store })).toHaveLength(5)
      expect(await find({ storeId: numbers.store + 100_000 })).toEqual([])
      expect(await find({ productId: numbers.product })).toEqual([0])
      expect(await find({ productId: 0 })).toEqual([1, 2, 3, 4])
      expect(await find({ productId: 'Inkwell' })).toEqual([])
      expect(await find({ orderId: 4711 })).toEqual([0])
      expect(await find({ orderItemId: '4711', status: 'active' })).toEqual([])
      expect(await find({ orderId: 4711, orderItemId: 4711 })).toEqual([0])
      expect(await find({ orderId: 4711, orderItemId: 4712 })).toEqual([])
      await prisma.product.update({ where: { id: product }, data: { externalIds: ['180511'] } })
      expect(await find({ productId: 180511 })).toEqual([0])

      for (const params of [{ page: { size: 0 } }, { page: { number: 0 } }, { filter: { status: 'granted' } }]) {
        const { statusCode, error } = await sdk.listLicenseKeys(params as never)
        expect(statusCode).toBe(422)
        expect(error?.cause).toEqual([
          {
            status: '422',
            title: 'Unprocessable Entity',
            detail: expect.any(String),
            source: { parameter: expect.stringMatching(/^(page|filter)\[/) },
          },
        ])
      }
      const withDevices = await sdk.listLicenseKeys({ include: ['license-key-instances', 'store'] })
      expect(withDevices.data?.included?.map(({ type }) => type).toSorted()).toEqual([
        'license-key-instances',
        'stores',
      ])
    })

    test('license keys: updates, of which none switches a key on unasked', async () => {
      const key = await shop.issue(await shop.configuration({ activationLimit: 2 }))
      const { id } = await numbersOf(key.id)
      const change = async (update: sdk.UpdateLicenseKey) =>
        (await sdk.updateLicenseKey(id, update)).data?.data.attributes
      expect(await change({ activationLimit: 5 })).toMatchObject({
        activation_limit: 5,
        disabled: 0,
        status: 'inactive',
      })
      expect(await change({ activationLimit: null })).toMatchObject({ activation_limit: null })
      expect(await change({ expiresAt: '2099-01-02T03:04:05.000000Z' })).toMatchObject({
        expires_at: '2099-01-02T03:04:05.000000Z',
      })
      expect(await change({ disabled: true })).toMatchObject({
        disabled: 1,
        status: 'disabled',
        status_formatted: 'Disabled',
      })
      // The SDK sends disabled: false with both of these.
      expect(await change({ activationLimit: 7 })).toMatchObject({ activation_limit: 7, status: 'disabled' })
      expect(await change({ expiresAt: null, activationLimit: 8 })).toMatchObject({
        expires_at: null,
        status: 'disabled',
      })
      expect((await sdk.validateLicense(key.key)).data?.valid).toBe(false)
      expect(await change({ disabled: false })).toMatchObject({ disabled: 0, status: 'inactive' })
      expect((await sdk.validateLicense(key.key)).data?.valid).toBe(true)

      for (const [update, attribute] of [
        [{ activationLimit: 1.5 }, 'activation_limit'],
        [{ expiresAt: 'soon' }, 'expires_at'],
        [{ disabled: 'yes' }, 'disabled'],
      ] as const) {
        const { statusCode, error } = await sdk.updateLicenseKey(id, update as never)
        expect(statusCode).toBe(422)
        expect(error?.cause).toMatchObject([{ status: '422', source: { pointer: `/data/attributes/${attribute}` } }])
      }
      // 0 is a key without activations, and can be written as it is read.
      for (const activationLimit of [0, 0])
        expect(await change({ activationLimit })).toMatchObject({ activation_limit: 0 })
      expect((await sdk.activateLicense(key.key, 'A')).statusCode).toBe(400)

      // No update brings back what was revoked: without any attribute the SDK sends disabled: false alone.
      await revokeLicenseKeys(shop.merchant, one(key), new Date())
      for (const update of [{}, { disabled: false }, { activationLimit: 9 }])
        expect(await change(update)).toMatchObject({ disabled: 1, status: 'disabled' })
      expect((await sdk.validateLicense(key.key)).data?.valid).toBe(false)

      const headers = { authorization: `Bearer ${await shop.apiKey()}` }
      const path = `/api/license/lemonsqueezy/v1/license-keys/${id}`
      for (const body of ['[]', '"x"', 'null', '{}', '{"data":[]}']) {
        const { status, json } = await send({ base, method: 'PATCH', path, headers, body })
        expect(status, body).toBe(422)
        expect(json.errors).toEqual([
          { status: '422', title: 'Unprocessable Entity', detail: expect.any(String), source: { pointer: '/data' } },
        ])
      }
    })

    test('license key instances: get, list', async () => {
      const configuration = await shop.configuration()
      const [key, other] = [await shop.issue(configuration), await shop.issue(configuration)]
      const { id } = await numbersOf(key.id)
      for (const name of ['A', 'B', 'C']) await sdk.activateLicense(key.key, name)
      await sdk.activateLicense(other.key, 'D')
      const listed = await sdk.listLicenseKeyInstances({ filter: { licenseKeyId: id }, page: { size: 2 } })
      expect(listed.data?.data.map(({ attributes: { name, license_key_id } }) => [name, license_key_id])).toEqual([
        ['A', id],
        ['B', id],
      ])
      expect(listed.data?.meta.page).toMatchObject({ total: 3, lastPage: 2 })
      const [instance] = listed.data?.data ?? []
      expect(instance).toEqual({
        type: 'license-key-instances',
        id: expect.stringMatching(/^\d+$/),
        attributes: {
          license_key_id: id,
          identifier: expect.stringMatching(UUID),
          name: 'A',
          created_at: expect.stringMatching(MICROSECONDS),
          updated_at: expect.stringMatching(MICROSECONDS),
        },
        relationships: { 'license-key': { links: expect.any(Object) } },
        links: { self: `${prefix}/v1/license-key-instances/${instance?.id}` },
      })
      const got = await sdk.getLicenseKeyInstance(instance?.id ?? '', { include: ['license-key'] })
      // What comes along is named where it belongs (JSON:API, full linkage).
      const linkage = { data: { type: 'license-keys', id: String(id) }, links: expect.any(Object) }
      expect([got.statusCode, got.data?.data]).toEqual([
        200,
        { ...instance, relationships: { 'license-key': linkage } },
      ])
      expect(got.data?.included?.map(({ type, id: of }) => [type, of])).toEqual([['license-keys', String(id)]])
      expect((await sdk.validateLicense(key.key, instance?.attributes.identifier)).data?.valid).toBe(true)
      expect((await sdk.listLicenseKeyInstances()).data?.data).toHaveLength(4)
      for (const licenseKeyId of [2_147_483_647, 'abc'])
        expect((await sdk.listLicenseKeyInstances({ filter: { licenseKeyId } })).data?.data).toEqual([])
      await sdk.deactivateLicense(key.key, instance?.attributes.identifier ?? '')
      expect((await sdk.getLicenseKeyInstance(instance?.id ?? '')).statusCode).toBe(404)
    })

    test('an API key opens its own organization, as far as its scopes go', async () => {
      const key = await shop.issue(await shop.configuration())
      const { id } = await numbersOf(key.id)
      await sdk.activateLicense(key.key, 'A')
      const instance = (await sdk.listLicenseKeyInstances()).data?.data[0]?.id ?? ''
      const asks = () => [
        sdk.getLicenseKey(id),
        sdk.updateLicenseKey(id, { disabled: true }),
        sdk.getLicenseKeyInstance(instance),
        sdk.getLicenseKey('abc'),
        sdk.getLicenseKey('99999999999'),
      ]
      sdk.lemonSqueezySetup({ apiKey: await (await makeOrganization()).apiKey() })
      for (const { statusCode, error } of await Promise.all(asks())) {
        expect(statusCode).toBe(404)
        expect(error?.cause).toEqual([{ status: '404', title: 'Not Found', detail: expect.any(String) }])
      }
      expect((await sdk.listLicenseKeys()).data?.data).toEqual([])
      expect((await sdk.listLicenseKeyInstances({ filter: { licenseKeyId: id } })).data?.data).toEqual([])
      sdk.lemonSqueezySetup({ apiKey: 'nonsense' })
      for (const { statusCode, error } of await Promise.all([...asks(), sdk.listLicenseKeys() as never])) {
        expect(statusCode).toBe(401)
        expect(error?.cause).toEqual([{ status: '401', title: 'Unauthorized', detail: 'Unauthenticated.' }])
      }
      sdk.lemonSqueezySetup({ apiKey: await shop.apiKey(['license_keys:read']) })
      expect((await sdk.getLicenseKey(id)).data?.data.attributes.disabled).toBe(0)
      expect((await sdk.updateLicenseKey(id, { disabled: true })).statusCode).toBe(403)
      expect((await sdk.getLicenseKey(id)).data?.data.attributes.status).toBe('active')
    })
  })

test('what came from Lemon Squeezy keeps its numbers', async () => {
  goThrough()
  sdk.lemonSqueezySetup({ apiKey: await shop.apiKey() })
  const [key, other] = [await shop.issue(await shop.configuration()), await shop.issue(await shop.configuration())]
  // Its number there may be the number of another row here.
  const { id: number } = await numbersOf(other.id)
  const of = { organizationId: shop.id, label: 'Old laptop' }
  await prisma.licenseKey.update({
    where: { id: key.id },
    data: { id: idFrom(String(number)), externalId: String(number) },
  })
  const { id, number: ours } = await prisma.activation.create({
    data: { ...of, licenseKeyId: idFrom(String(number)), externalId: '1999999999' },
  })
  expect((await sdk.validateLicense(key.key, id)).data).toMatchObject({ valid: true, license_key: { id: number } })
  expect((await sdk.getLicenseKey(number)).data?.data.attributes.key).toBe(key.key)
  const instance = await sdk.getLicenseKeyInstance(1_999_999_999)
  expect(instance.data?.data).toMatchObject({
    id: '1999999999',
    attributes: { license_key_id: number, identifier: id },
  })
  expect((await sdk.getLicenseKeyInstance(ours)).data?.data.id).toBe('1999999999')
  expect((await sdk.listLicenseKeyInstances({ filter: { licenseKeyId: number } })).data?.data).toHaveLength(1)
})
