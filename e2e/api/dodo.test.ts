// Dodo's own SDKs, unchanged but for their base URL.
import { expect, test } from '@playwright/test'
import Dodo from 'dodopayments'
import DodoOne from 'dodopayments-1'
import { idFrom, newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { disableLicenseKeys, revokeLicenseKeys } from '#lib/license-keys/status.ts'
import { doors } from '../doors.ts'
import { send } from '../http.ts'
import { makeOrganization, type Organization } from '../organization.ts'

const clientAt = (base: string, bearerToken = 'anything') =>
  new Dodo({ baseURL: `${base}/api/license/dodo`, bearerToken, maxRetries: 0 })

const spelled = (prefix: string, id: string) => `${prefix}_${id.replaceAll('-', '')}`
const one = ({ id }: { id: string }) => ({ licenseKeyIds: [id], reason: '' })
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Their error, by class, status and code. */
async function refusal(asked: PromiseLike<unknown>) {
  const error = await Promise.resolve(asked).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(Dodo.APIError)
  const { status, error: body, message } = error as InstanceType<typeof Dodo.APIError>
  const { code, message: said } = body as { code: string; message: string }
  expect(said).toMatch(/./)
  expect(message).toBe(`${status} ${said}`)
  return [(error as Error).constructor.name, status, code]
}

let shop: Organization
test.beforeEach(async () => {
  shop = await makeOrganization()
})

for (const [door, base] of doors)
  test.describe(`licenses, by the door of ${door}`, () => {
    const { licenses } = clientAt(base)

    test('activate, validate and deactivate', async () => {
      const configuration = await shop.configuration({ activationLimit: 1 })
      const product = await shop.product([configuration], `Inkwell ${door}`)
      const key = await shop.issue(configuration, { productId: product, customerEmail: 'ana@customer.example' })
      const { customerId } = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })

      expect(await licenses.validate({ license_key: key.key })).toEqual({ valid: true })
      const { response, data: instance } = await licenses
        .activate({ license_key: key.key, name: 'Studio iMac' })
        .withResponse()
      expect(response.status).toBe(201)
      expect(instance).toEqual({
        id: expect.stringMatching(/^lki_[0-9a-f]{32}$/),
        business_id: spelled('bus', shop.id),
        created_at: expect.stringMatching(ISO),
        license_key_id: spelled('lic', key.id),
        name: 'Studio iMac',
        customer: {
          customer_id: spelled('cus', customerId),
          email: 'ana@customer.example',
          name: 'ana@customer.example',
          metadata: {},
          phone_number: null,
        },
        product: { product_id: spelled('pdt', product), name: `Inkwell ${door}` },
      })
      const at = { license_key: key.key, license_key_instance_id: instance.id }
      expect(await licenses.validate(at)).toEqual({ valid: true })
      expect(await licenses.validate({ license_key: key.key, license_key_instance_id: null })).toEqual({ valid: true })

      expect(await refusal(licenses.activate({ license_key: key.key, name: 'Laptop' }))).toEqual([
        'UnprocessableEntityError',
        422,
        'LICENSE_KEY_LIMIT_REACHED',
      ])
      const deactivated = await licenses.deactivate(at).asResponse()
      expect([deactivated.status, await deactivated.text()]).toEqual([200, ''])
      expect(await licenses.validate(at)).toEqual({ valid: false })
      expect(await licenses.validate({ license_key: key.key })).toEqual({ valid: true })
      expect((await licenses.activate({ license_key: key.key, name: 'Laptop' })).name).toBe('Laptop')
    })

    test('every refusal, as an error of their own', async () => {
      const configuration = await shop.configuration({ activationLimit: 1 })
      const key = await shop.issue(configuration)
      const instance = await licenses.activate({ license_key: key.key, name: 'A' })
      const other = await shop.issue(configuration)
      const off = await shop.issue(await shop.configuration({ activationsMode: 'off', activationLimit: null }))
      const blocked = await shop.issue(configuration, {}, { newDevicesBlocked: true })
      const expired = await shop.issue(configuration, {}, { expiry: 'date', expiresOn: '2020-01-01' })
      const disabled = await shop.issue(configuration)
      await disableLicenseKeys(shop.merchant, one(disabled), new Date())
      const revoked = await shop.issue(configuration)
      await revokeLicenseKeys(shop.merchant, one(revoked), new Date())
      const unknown = { key: 'NO-SUCH-KEY' }

      const inactive = ['PermissionDeniedError', 403, 'INACTIVE_LICENSE_KEY']
      const full = ['UnprocessableEntityError', 422, 'LICENSE_KEY_LIMIT_REACHED']
      const activations: [{ key: string }, unknown[]][] = [
        [unknown, ['NotFoundError', 404, 'LICENSE_KEY_NOT_FOUND']],
        [expired, inactive],
        [disabled, inactive],
        [revoked, inactive],
        [key, full],
        [off, full],
        [blocked, full],
      ]
      for (const [{ key: license_key }, expected] of activations)
        expect(await refusal(licenses.activate({ license_key, name: 'B' }))).toEqual(expected)

      // Validation refuses nothing; it says no.
      for (const { key: license_key } of [unknown, expired, disabled, revoked])
        expect(await licenses.validate({ license_key })).toEqual({ valid: false })
      for (const license_key_instance_id of ['lki_nobody', '', instance.license_key_id])
        expect(await licenses.validate({ license_key: key.key, license_key_instance_id })).toEqual({ valid: false })
      expect(await licenses.validate({ license_key: other.key, license_key_instance_id: instance.id })).toEqual({
        valid: false,
      })

      const license_key_instance_id = instance.id
      expect(await refusal(licenses.deactivate({ license_key: unknown.key, license_key_instance_id }))).toEqual([
        'NotFoundError',
        404,
        'LICENSE_KEY_NOT_FOUND',
      ])
      for (const [license_key, id] of [
        [other.key, instance.id],
        [key.key, 'lki_nobody'],
      ] as const)
        expect(await refusal(licenses.deactivate({ license_key, license_key_instance_id: id }))).toEqual([
          'PermissionDeniedError',
          403,
          'LICENSE_KEY_NOT_FOUND',
        ])

      const malformed = ['UnprocessableEntityError', 422, 'INVALID_REQUEST_BODY']
      for (const body of [{}, { license_key: 5, name: 'A' }, { license_key: key.key }, { license_key: '', name: 'A' }])
        expect(await refusal(licenses.activate(body as never))).toEqual(malformed)
      expect(await refusal(licenses.validate({} as never))).toEqual(malformed)
      expect(await refusal(licenses.deactivate({ license_key: key.key } as never))).toEqual(malformed)
    })

    test('unlimited keys take any number of devices; the old SDK speaks the same', async () => {
      const key = await shop.issue(await shop.configuration({ activationsMode: 'unlimited', activationLimit: null }))
      const old = new DodoOne({ baseURL: `${base}/api/license/dodo/`, bearerToken: '', maxRetries: 0 }).licenses
      const license_key = key.key
      const [first, second] = [
        await old.activate({ license_key, name: 'A' }),
        await licenses.activate({ license_key, name: 'A' }),
      ]
      // No device is known by its name alone.
      expect(first.id).not.toBe(second.id)
      for (const { id } of [first, second])
        expect(await old.validate({ license_key, license_key_instance_id: id })).toEqual({ valid: true })
      await old.deactivate({ license_key, license_key_instance_id: first.id })
      expect(await old.validate({ license_key, license_key_instance_id: first.id })).toEqual({ valid: false })
      await expect(old.activate({ license_key: 'NO-SUCH-KEY', name: 'A' })).rejects.toBeInstanceOf(
        DodoOne.NotFoundError,
      )
    })
  })

// ---------------------------------------------------------------- words of a version

test('SDKs of the line 1.x are told only of sources they know', async () => {
  const [base] = [doors[0]?.[1] ?? '']
  const key = await shop.issue(await shop.configuration())
  const token = await shop.apiKey()
  const [one, two] = [
    new DodoOne({ baseURL: `${base}/api/license/dodo`, bearerToken: token, maxRetries: 0 }).licenseKeys,
    clientAt(base, token).licenseKeys,
  ]
  const id = spelled('lic', key.id)
  expect(await one.retrieve(id)).toMatchObject({ source: 'auto' })
  expect((await two.retrieve(id)).source).toBe('manual')
  const created_at_gte = (await two.retrieve(id)).created_at
  const path = (source: string) => `/api/license/dodo/license_keys?source=${source}&created_at_gte=${created_at_gte}`
  const list = async (source: string, headers: Record<string, string>) => {
    const answer = await send({
      method: 'GET',
      path: path(source),
      headers: { authorization: `Bearer ${token}`, ...headers },
    })
    return answer.json.items?.map((item: { id: string; source: string }) => [item.id, item.source]) ?? answer.status
  }
  const old = { 'user-agent': 'DodoPayments/Python 1.99.1' }
  expect(await list('auto', old)).toEqual([[id, 'auto']])
  expect(await list('manual', old)).toBe(422)
  for (const headers of [{}, { 'x-stainless-package-version': '2.52.0' }])
    expect(await list('manual', headers as Record<string, string>)).toEqual([[id, 'manual']])
})

// ---------------------------------------------------------------- retries

/** Their client with its own retries, on a network that loses the first answers after the server wrote them. */
function clientOnBadNetwork(losesAnswers: number) {
  const answers: string[] = []
  const client = new Dodo({
    baseURL: `${doors[0]?.[1]}/api/license/dodo`,
    bearerToken: 'anything',
    fetch: async (url, init) => {
      const response = await fetch(url as string, init as RequestInit)
      const text = await response.text()
      answers.push(text)
      if (answers.length <= losesAnswers) throw new TypeError('the answer was lost')
      return new Response(text, { status: response.status, headers: response.headers })
    },
  })
  return { client, answers }
}

test('an activation that is repeated because its answer was lost takes no second slot and meets no limit', async () => {
  const key = await shop.issue(await shop.configuration({ activationLimit: 1 }))
  const { client, answers } = clientOnBadNetwork(2)
  const instance = await client.licenses.activate({ license_key: key.key, name: 'Studio iMac' })
  expect(answers.map((text) => JSON.parse(text).id)).toEqual([instance.id, instance.id, instance.id])
  expect(await prisma.activation.count({ where: { licenseKeyId: key.id } })).toBe(1)
})

test('only what nobody can know of is handed back to a repetition', async () => {
  const key = await shop.issue(await shop.configuration({ activationsMode: 'unlimited', activationLimit: null }))
  const activate = async (name: string, retry: number) => {
    const headers = { 'x-stainless-retry-count': String(retry) }
    const { status, json } = await send({
      path: '/api/license/dodo/licenses/activate',
      headers,
      body: { license_key: key.key, name },
    })
    expect(status).toBe(201)
    return json.id as string
  }
  const { licenses } = clientAt(doors[0]?.[1] ?? '')
  const first = await activate('A', 0)
  expect(await activate('A', 1)).toBe(first)
  expect(await activate('B', 1)).not.toBe(first)
  // Another machine of that name says so by not being a repetition.
  const second = await activate('A', 0)
  expect(second).not.toBe(first)
  // Whoever validates has got the answer.
  for (const license_key_instance_id of [first, second])
    await licenses.validate({ license_key: key.key, license_key_instance_id })
  const third = await activate('A', 1)
  expect([first, second]).not.toContain(third)
  await prisma.activation.updateMany({
    where: { licenseKeyId: key.id },
    data: { createdAt: new Date(Date.now() - 180_001) },
  })
  expect(await activate('A', 2)).not.toBe(third)
  // Our own clients have the Idempotency-Key for this.
  const body = { key: key.key, organization_id: shop.id, label: 'A', repeated: true }
  const native = () => send({ path: '/api/license/activate', body })
  expect((await native()).json.id).not.toBe((await native()).json.id)
})

test('a no that stays a no is not asked again', async () => {
  const { client, answers } = clientOnBadNetwork(0)
  const key = await shop.issue(await shop.configuration({ activationLimit: 1 }))
  await client.licenses.activate({ license_key: key.key, name: 'A' })
  for (const body of [{ license_key: key.key, name: 'B' }, { license_key: 'NO-SUCH-KEY', name: 'A' }, {}]) {
    await expect(client.licenses.activate(body as never)).rejects.toBeInstanceOf(Dodo.APIError)
  }
  expect(answers).toHaveLength(4)
})

// ---------------------------------------------------------------- with an API key

for (const [door, base] of doors)
  test.describe(`resources, by the door of ${door}`, () => {
    let dodo: Dodo
    test.beforeEach(async () => {
      dodo = clientAt(base, await shop.apiKey())
    })

    async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
      const items: T[] = []
      for await (const item of pages) items.push(item)
      return items
    }

    test('license keys: list, retrieve, update', async () => {
      const configuration = await shop.configuration({ activationLimit: 3 })
      const product = await shop.product([configuration])
      const key = await shop.issue(configuration, { productId: product })
      const { customerId, purchaseId } = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
      await dodo.licenses.activate({ license_key: key.key, name: 'A' })
      await dodo.licenses.activate({ license_key: key.key, name: 'B' })
      const id = spelled('lic', key.id)
      const expected = {
        id,
        brand_id: spelled('bus', shop.id),
        business_id: spelled('bus', shop.id),
        created_at: expect.stringMatching(ISO),
        customer_id: spelled('cus', customerId),
        instances_count: 2,
        key: key.key,
        product_id: spelled('pdt', product),
        source: 'manual',
        status: 'active',
        activations_limit: 3,
        expires_at: null,
        payment_id: spelled('pay', purchaseId ?? ''),
        subscription_id: null,
      }
      expect(await dodo.licenseKeys.retrieve(id)).toEqual(expected)
      expect((await dodo.licenseKeys.list()).items).toEqual([expected])

      const changed = await dodo.licenseKeys.update(id, { activations_limit: 5, expires_at: '2099-01-02T03:04:05Z' })
      expect(changed).toEqual({ ...expected, activations_limit: 5, expires_at: '2099-01-02T03:04:05.000Z' })
      expect(await dodo.licenseKeys.update(id, {})).toEqual(changed)
      expect(await dodo.licenseKeys.update(id, { activations_limit: null, expires_at: null, disabled: null })).toEqual({
        ...expected,
        activations_limit: null,
      })
      expect((await dodo.licenseKeys.update(id, { disabled: true })).status).toBe('disabled')
      expect(await dodo.licenses.validate({ license_key: key.key })).toEqual({ valid: false })
      expect((await dodo.licenseKeys.update(id, { activations_limit: 2 })).status).toBe('disabled')
      expect((await dodo.licenseKeys.update(id, { disabled: false })).status).toBe('active')
      expect(await dodo.licenses.validate({ license_key: key.key })).toEqual({ valid: true })

      expect(await refusal(dodo.licenseKeys.update(id, { activations_limit: 1 }))).toEqual([
        'UnprocessableEntityError',
        422,
        'ACTIVATION_LIMIT_LESS_THAN_CURRENT_AMOUNT',
      ])
      await prisma.purchase.update({ where: { id: purchaseId ?? '' }, data: { kind: 'subscription' } })
      expect((await dodo.licenseKeys.retrieve(id)).subscription_id).toBe(spelled('sub', purchaseId ?? ''))
      expect(await refusal(dodo.licenseKeys.update(id, { expires_at: '2099-01-01T00:00:00Z' }))).toEqual([
        'BadRequestError',
        400,
        'NO_EXPIRY_ON_SUBSCRIPTION_LICENSE_KEYS',
      ])
      for (const body of [{ activations_limit: -1 }, { expires_at: 'soon' }, { disabled: 'yes' }])
        expect(await refusal(dodo.licenseKeys.update(id, body as never))).toEqual([
          'UnprocessableEntityError',
          422,
          'INVALID_REQUEST_BODY',
        ])
      // What was revoked is off and stays so, whichever way it is switched.
      await revokeLicenseKeys(shop.merchant, one(key), new Date())
      for (const disabled of [true, false]) {
        expect((await dodo.licenseKeys.update(id, { disabled })).status).toBe('disabled')
        const { status } = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
        expect(status).toBe('revoked')
      }
    })

    test('a limit of 0 is a key without activations, and can be written as it is read', async () => {
      const key = await shop.issue(await shop.configuration({ activationsMode: 'off', activationLimit: null }))
      const id = spelled('lic', key.id)
      expect(await dodo.licenseKeys.update(id, { activations_limit: 0 })).toMatchObject({ activations_limit: 0 })
      const used = await shop.issue(await shop.configuration({ activationLimit: 3 }))
      const instance = await dodo.licenses.activate({ license_key: used.key, name: 'A' })
      const none = () => dodo.licenseKeys.update(spelled('lic', used.id), { activations_limit: 0 })
      expect((await refusal(none()))[2]).toBe('ACTIVATION_LIMIT_LESS_THAN_CURRENT_AMOUNT')
      await dodo.licenses.deactivate({ license_key: used.key, license_key_instance_id: instance.id })
      expect(await none()).toMatchObject({ activations_limit: 0 })
      const full = ['UnprocessableEntityError', 422, 'LICENSE_KEY_LIMIT_REACHED']
      expect(await refusal(dodo.licenses.activate({ license_key: used.key, name: 'A' }))).toEqual(full)

      const { id: ent, integration_config: config } = await dodo.entitlements.create({
        name: 'Without devices',
        integration_type: 'license_key',
        integration_config: { activations_limit: 0 },
      })
      expect(config).toMatchObject({ activations_limit: 0 })
      for (const activations_limit of [0, 2, 0]) {
        const changed = await dodo.entitlements.update(ent, { integration_config: { activations_limit } })
        expect(changed.integration_config).toMatchObject({ activations_limit })
      }
      const strict = await shop.configuration({ activationRequired: true })
      const changed = await dodo.entitlements.update(spelled('ent', strict), {
        integration_config: { activations_limit: 0 },
      })
      expect(changed.integration_config).toMatchObject({ activations_limit: 0 })
    })

    test('a body that is no object changes nothing and is not answered with yes', async () => {
      const key = await shop.issue(await shop.configuration())
      const headers = { authorization: `Bearer ${await shop.apiKey()}` }
      const path = `/api/license/dodo/license_keys/${spelled('lic', key.id)}`
      for (const body of ['[]', '"x"', 'null', '5']) {
        const { status, json } = await send({ base, method: 'PATCH', path, headers, body })
        expect([status, json.code], body).toEqual([422, 'INVALID_REQUEST_BODY'])
      }
    })

    test('both ways of iterating see every key once, and end', async () => {
      const configuration = await shop.configuration()
      const ids: string[] = []
      for (let i = 0; i < 13; i++) ids.unshift(spelled('lic', (await shop.issue(configuration)).id))
      const idsOf = (items: { id: string }[]) => items.map(({ id }) => id)
      for (const query of [
        undefined,
        { page_size: 2 },
        { page_size: 3, page_number: 0 },
        { page_number: 0 },
        { page_size: 100 },
        { page_size: 1_000, page_number: 0 },
      ])
        expect(idsOf(await all(dodo.licenseKeys.list(query))), JSON.stringify(query)).toEqual(ids)
      expect(idsOf((await dodo.licenseKeys.list({ page_size: 4 })).items)).toEqual(ids.slice(0, 8))
      expect(idsOf((await dodo.licenseKeys.list({ page_size: 4, page_number: 1 })).items)).toEqual(ids.slice(4, 8))
      expect((await dodo.licenseKeys.list({ page_number: 2_147_483_647 })).items).toEqual([])
      for (const query of [{ page_size: 0 }, { page_number: -1 }, { page_number: 'x' }, { status: 'granted' }])
        expect(await refusal(dodo.licenseKeys.list(query as never))).toEqual([
          'UnprocessableEntityError',
          422,
          'INVALID_QUERY_PARAMS',
        ])
    })

    test('license keys are filtered by customer, product, status, source and time', async () => {
      const configuration = await shop.configuration()
      const product = await shop.product([configuration])
      await prisma.product.update({ where: { id: product }, data: { externalIds: ['pdt_ofBefore'] } })
      const ana = { customerEmail: 'ana@customer.example' }
      const key = await shop.issue(configuration, { ...ana, productId: product })
      const expired = await shop.issue(configuration, ana, { expiry: 'date', expiresOn: '2020-01-01' })
      const disabled = await shop.issue(configuration)
      await disableLicenseKeys(shop.merchant, one(disabled), new Date())
      const customer = await prisma.customer.findFirstOrThrow({
        where: { organizationId: shop.id, email: ana.customerEmail },
      })
      await prisma.customer.update({ where: { id: customer.id }, data: { externalId: 'cus_ofBefore' } })
      const find = async (query: Parameters<typeof dodo.licenseKeys.list>[0]) =>
        (await dodo.licenseKeys.list(query)).items.map(({ id }) => id).toReversed()
      const [a, b, c] = [key, expired, disabled].map(({ id }) => spelled('lic', id))
      const rows: [Parameters<typeof dodo.licenseKeys.list>[0], (string | undefined)[]][] = [
        [{ customer_id: 'cus_ofBefore' }, [a, b]],
        [{ customer_id: spelled('cus', customer.id) }, [a, b]],
        [{ customer_id: 'cus_nobody' }, []],
        [{ product_id: 'pdt_ofBefore' }, [a]],
        [{ product_id: spelled('pdt', product) }, [a]],
        [{ product_id: 'pdt_nothing' }, []],
        // As keys without a product are shown.
        [{ product_id: spelled('pdt', configuration) }, [b, c]],
        [{ status: 'active' }, [a]],
        [{ status: 'expired' }, [b]],
        [{ status: 'disabled' }, [c]],
        [{ source: 'manual' }, [a, b, c]],
        [{ source: 'auto' }, []],
        [{ source: 'import' }, []],
        [{ created_at_gte: '2020-01-01' }, [a, b, c]],
        [{ created_at_lte: '2020-01-01T00:00:00Z' }, []],
        [{ customer_id: 'cus_ofBefore', status: 'active' }, [a]],
      ]
      for (const [query, ids] of rows) expect(await find(query), JSON.stringify(query)).toEqual(ids)
      expect(await dodo.licenseKeys.retrieve(a ?? '')).toMatchObject({
        customer_id: 'cus_ofBefore',
        product_id: 'pdt_ofBefore',
      })
    })

    test('a key made elsewhere is imported as it is', async () => {
      const configuration = await shop.configuration({ activationLimit: 3 })
      const product = await shop.product([configuration])
      await shop.issue(configuration, { customerEmail: 'ana@customer.example' })
      const customer = await prisma.customer.findFirstOrThrow({ where: { organizationId: shop.id } })
      const of = { customer_id: spelled('cus', customer.id), product_id: spelled('pdt', product) }
      const text = `Legacy key ${door} ${shop.slug}`
      const { response, data } = await dodo.licenseKeys
        .create({ ...of, key: text, activations_limit: 1, expires_at: '2099-12-31T00:00:00Z' })
        .withResponse()
      expect(response.status).toBe(201)
      expect(data).toMatchObject({
        key: text,
        source: 'import',
        activations_limit: 1,
        instances_count: 0,
        payment_id: null,
      })
      expect(data).toMatchObject({ ...of, expires_at: '2099-12-31T00:00:00.000Z' })
      expect(await dodo.licenseKeys.retrieve(data.id)).toEqual(data)
      expect((await dodo.licenseKeys.list({ source: 'import' })).items).toEqual([data])
      expect((await dodo.licenses.activate({ license_key: text, name: 'A' })).license_key_id).toBe(data.id)
      expect((await refusal(dodo.licenses.activate({ license_key: text, name: 'B' })))[2]).toBe(
        'LICENSE_KEY_LIMIT_REACHED',
      )
      const free = await dodo.licenseKeys.create({ ...of, key: `${text} 2` })
      expect([free.activations_limit, free.expires_at]).toEqual([null, null])

      const wrong = ['UnprocessableEntityError', 422, 'INVALID_REQUEST_BODY']
      expect(await refusal(dodo.licenseKeys.create({ ...of, key: text }))).toEqual(wrong)
      expect(await refusal(dodo.licenseKeys.create({ ...of, key: '' }))).toEqual(wrong)
      // A repetition whose answer was lost gets the key that was made, and nobody gets another one.
      const again = (body: Parameters<typeof dodo.licenseKeys.create>[0]) =>
        dodo.licenseKeys.create(body, { headers: { 'x-stainless-retry-count': '1' } })
      expect((await again({ ...of, key: text })).id).toBe(data.id)
      const second = await shop.product([configuration])
      expect(await refusal(again({ ...of, product_id: spelled('pdt', second), key: text }))).toEqual(wrong)
      const { customerId } = await prisma.licenseKey.findUniqueOrThrow({
        where: { id: (await shop.issue(configuration, { customerEmail: 'bo@customer.example' })).id },
      })
      expect(await refusal(again({ ...of, customer_id: spelled('cus', customerId), key: text }))).toEqual(wrong)
      const none = await dodo.licenseKeys.create({ ...of, key: `${text} 3`, activations_limit: 0 })
      expect(none.activations_limit).toBe(0)
      const empty = await shop.product([])
      expect(
        await refusal(dodo.licenseKeys.create({ ...of, product_id: spelled('pdt', empty), key: 'K-1234' })),
      ).toEqual(wrong)
      const nobody = ['NotFoundError', 404, 'NOT_FOUND']
      expect(await refusal(dodo.licenseKeys.create({ ...of, customer_id: 'cus_nobody', key: 'K-1234' }))).toEqual(
        nobody,
      )
      expect(await refusal(dodo.licenseKeys.create({ ...of, product_id: 'pdt_nothing', key: 'K-1234' }))).toEqual(
        nobody,
      )
    })

    test('license key instances: list, retrieve, rename', async () => {
      const configuration = await shop.configuration({ activationsMode: 'unlimited', activationLimit: null })
      const [key, other] = [await shop.issue(configuration), await shop.issue(configuration)]
      const made: string[] = []
      for (const name of ['A', 'B', 'C'])
        made.unshift((await dodo.licenses.activate({ license_key: key.key, name })).id)
      await dodo.licenses.activate({ license_key: other.key, name: 'D' })
      const license_key_id = spelled('lic', key.id)
      const listed = await all(dodo.licenseKeyInstances.list({ license_key_id, page_size: 1 }))
      expect(listed.map(({ id }) => id)).toEqual(made)
      expect(await all(dodo.licenseKeyInstances.list({ grant_id: spelled('entg', key.id) }))).toEqual(listed)
      expect(await all(dodo.licenseKeyInstances.list())).toHaveLength(4)
      expect(await all(dodo.licenseKeyInstances.list({ license_key_id: 'lic_nobody' }))).toEqual([])
      const grant_id = spelled('entg', other.id)
      expect(await all(dodo.licenseKeyInstances.list({ license_key_id, grant_id }))).toEqual([])
      expect(listed[0]).toEqual({
        id: made[0],
        business_id: spelled('bus', shop.id),
        created_at: expect.stringMatching(ISO),
        license_key_id,
        name: 'C',
      })
      expect(await dodo.licenseKeyInstances.retrieve(made[0] ?? '')).toEqual(listed[0])
      expect(await dodo.licenseKeyInstances.update(made[0] ?? '', { name: 'Studio' })).toEqual({
        ...listed[0],
        name: 'Studio',
      })
      for (const name of [undefined, '', 'x'.repeat(300), 'a\0b'])
        expect(await refusal(dodo.licenseKeyInstances.update(made[0] ?? '', { name } as never))).toEqual([
          'UnprocessableEntityError',
          422,
          'INVALID_REQUEST_BODY',
        ])
      const gone = ['NotFoundError', 404, 'LICENSE_KEY_NOT_FOUND']
      expect(await refusal(dodo.licenseKeyInstances.retrieve('lki_nobody'))).toEqual(gone)
      await dodo.licenses.deactivate({ license_key: key.key, license_key_instance_id: made[0] ?? '' })
      expect(await refusal(dodo.licenseKeyInstances.retrieve(made[0] ?? ''))).toEqual(gone)
      expect(await refusal(dodo.licenseKeyInstances.update(made[0] ?? '', { name: 'X' }))).toEqual(gone)
    })

    test('an entitlement whose creation was repeated is there once', async () => {
      const body = { name: 'Pro', integration_type: 'license_key', integration_config: {} } as const
      const create = (retry: number) =>
        dodo.entitlements.create(body, { headers: { 'x-stainless-retry-count': String(retry) } })
      const first = await create(0)
      expect(await create(1)).toEqual(first)
      expect(await create(0)).toMatchObject({ name: 'Pro (2)' })
      expect((await dodo.entitlements.list()).items).toHaveLength(2)
    })

    test('entitlements are key configurations', async () => {
      const entitlement = await dodo.entitlements.create({
        name: 'Yearly',
        integration_type: 'license_key',
        integration_config: {
          activations_limit: 2,
          duration_count: 2,
          duration_interval: 'Week',
          activation_message: 'Paste it.',
        },
      })
      expect(entitlement).toEqual({
        id: expect.stringMatching(/^ent_[0-9a-f]{32}$/),
        business_id: spelled('bus', shop.id),
        created_at: expect.stringMatching(ISO),
        updated_at: expect.stringMatching(ISO),
        name: 'Yearly',
        description: null,
        integration_type: 'license_key',
        integration_config: {
          activation_message: 'Paste it.',
          activations_limit: 2,
          duration_count: 14,
          duration_interval: 'Day',
          fulfillment_mode: 'auto',
        },
        is_active: true,
        metadata: {},
      })
      const { id } = entitlement
      expect(await dodo.entitlements.retrieve(id)).toEqual(entitlement)
      const changed = await dodo.entitlements.update(id, {
        name: 'For good',
        integration_config: { activations_limit: null, duration_count: null, duration_interval: null },
      })
      expect(changed).toMatchObject({
        name: 'For good',
        integration_config: {
          activation_message: 'Paste it.',
          activations_limit: null,
          duration_count: null,
          duration_interval: null,
        },
      })
      const monthly = await dodo.entitlements.update(id, {
        integration_config: { duration_count: 1, duration_interval: 'Month' },
      })
      expect(monthly.integration_config).toMatchObject({ duration_count: 1, duration_interval: 'Month' })
      expect(await dodo.entitlements.update(id, {})).toEqual(monthly)
      const second = await dodo.entitlements.create({
        name: 'Other',
        integration_type: 'license_key',
        integration_config: {},
      })
      const names = async (query?: object) => (await all(dodo.entitlements.list(query))).map(({ name }) => name)
      expect(await names({ page_size: 1 })).toEqual(['Other', 'For good'])
      expect(await names({ integration_type: 'license_key' })).toEqual(['Other', 'For good'])
      expect(await names({ integration_type: 'discord' })).toEqual([])

      const wrong = ['UnprocessableEntityError', 422, 'INVALID_REQUEST_BODY']
      for (const body of [
        {},
        { name: 'X', integration_type: 'discord', integration_config: { guild_id: '1' } },
        { name: 'X', integration_type: 'license_key', integration_config: { fulfillment_mode: 'manual' } },
        { name: 'X', integration_type: 'license_key', integration_config: { duration_count: 1 } },
        { name: '', integration_type: 'license_key', integration_config: {} },
      ])
        expect(await refusal(dodo.entitlements.create(body as never)), JSON.stringify(body)).toEqual(wrong)
      await dodo.entitlements.delete(second.id)
      expect(await names()).toEqual(['For good'])
      for (const name of [second.id, 'ent_nothing'])
        for (const ask of [
          () => dodo.entitlements.retrieve(name),
          () => dodo.entitlements.update(name, { name: 'Renamed' }),
          () => dodo.entitlements.delete(name),
        ])
          expect(await refusal(ask())).toEqual(['NotFoundError', 404, 'NOT_FOUND'])
      expect(await prisma.keyConfiguration.count({ where: { organizationId: shop.id, name: 'Renamed' } })).toBe(0)
    })

    test('grants are keys: listed, fulfilled already, revoked for good', async () => {
      const configuration = await shop.configuration({ activationLimit: 3 })
      await prisma.keyConfiguration.update({ where: { id: configuration }, data: { externalIds: ['ent_ofBefore'] } })
      const key = await shop.issue(configuration)
      const gone = await shop.issue(configuration)
      await shop.issue(await shop.configuration())
      const { customerId } = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
      const grant = {
        id: spelled('entg', key.id),
        brand_id: spelled('bus', shop.id),
        business_id: spelled('bus', shop.id),
        created_at: expect.stringMatching(ISO),
        updated_at: expect.stringMatching(ISO),
        customer_id: spelled('cus', customerId),
        entitlement_id: 'ent_ofBefore',
        integration_type: 'license_key',
        metadata: {},
        status: 'Delivered',
        delivered_at: expect.stringMatching(ISO),
        revoked_at: null,
        revocation_reason: null,
        error_code: null,
        error_message: null,
        payment_id: null,
        subscription_id: null,
        license_key: {
          id: spelled('lic', key.id),
          key: key.key,
          status: 'active',
          activations_used: 0,
          activations_limit: 3,
          expires_at: null,
        },
      }
      const { grants } = dodo.entitlements
      const revoked = await grants.revoke(spelled('entg', gone.id), { id: 'ent_ofBefore' })
      expect(revoked).toMatchObject({ status: 'Revoked', revoked_at: expect.stringMatching(ISO) })
      expect(await grants.revoke(spelled('entg', gone.id), { id: 'ent_ofBefore' })).toEqual(revoked)
      expect(await dodo.licenses.validate({ license_key: gone.key })).toEqual({ valid: false })

      for (const id of ['ent_ofBefore', spelled('ent', configuration)]) {
        expect(await all(grants.list(id, { status: 'Delivered' }))).toEqual([grant])
        expect(await all(grants.list(id, { page_size: 1 }))).toEqual([revoked, grant])
      }
      expect(await all(grants.list('ent_ofBefore', { status: 'Pending' }))).toEqual([])
      expect(await all(grants.list('ent_ofBefore', { customer_id: grant.customer_id }))).toEqual([grant])
      expect(await all(grants.list('ent_nothing'))).toEqual([])
      const { customers } = dodo
      expect(await all(customers.listEntitlementGrants(grant.customer_id))).toEqual([grant])
      expect(
        await all(
          customers.listEntitlementGrants(grant.customer_id, { integration_type: 'license_key', status: 'Revoked' }),
        ),
      ).toEqual([])
      expect(await all(customers.listEntitlementGrants(grant.customer_id, { integration_type: 'discord' }))).toEqual([])

      expect(await grants.fulfillLicenseKey(grant.id, { key: key.key })).toEqual(grant)
      expect(await refusal(grants.fulfillLicenseKey(grant.id, { key: 'ANOTHER' }))).toEqual([
        'UnprocessableEntityError',
        422,
        'INVALID_REQUEST_BODY',
      ])
      // Its limit and date are those it was delivered with, if it was delivered.
      const terms = { activations_limit: 5, expires_at: '2099-01-02T03:04:05.000Z' }
      expect((await refusal(grants.fulfillLicenseKey(grant.id, { key: 'ANOTHER', ...terms })))[1]).toBe(422)
      expect(await all(grants.list('ent_ofBefore', { status: 'Delivered' }))).toEqual([grant])
      const delivered = await grants.fulfillLicenseKey(grant.id, { key: key.key, ...terms })
      expect(delivered.license_key).toMatchObject(terms)
      const asItIs = { key: key.key, activations_limit: null, expires_at: null }
      expect((await grants.fulfillLicenseKey(grant.id, asItIs)).license_key).toMatchObject(terms)
      const unknown = ['NotFoundError', 404, 'NOT_FOUND']
      expect(await refusal(grants.fulfillLicenseKey('entg_nobody', { key: key.key }))).toEqual(unknown)
      expect(await refusal(grants.revoke(grant.id, { id: 'ent_nothing' }))).toEqual(unknown)
      expect(await dodo.licenses.validate({ license_key: key.key })).toEqual({ valid: true })
    })

    test('an API key opens its own organization, as far as its scopes go', async () => {
      const configuration = await shop.configuration()
      const key = await shop.issue(configuration)
      const instance = await dodo.licenses.activate({ license_key: key.key, name: 'A' })
      const id = spelled('lic', key.id)
      const ent = spelled('ent', configuration)
      const asks = (as: Dodo): [string, () => PromiseLike<unknown>][] => [
        ['LICENSE_KEY_NOT_FOUND', () => as.licenseKeys.retrieve(id)],
        ['LICENSE_KEY_NOT_FOUND', () => as.licenseKeys.update(id, { disabled: true })],
        ['LICENSE_KEY_NOT_FOUND', () => as.licenseKeyInstances.retrieve(instance.id)],
        ['LICENSE_KEY_NOT_FOUND', () => as.licenseKeyInstances.update(instance.id, { name: 'X' })],
        ['NOT_FOUND', () => as.entitlements.retrieve(ent)],
        ['NOT_FOUND', () => as.entitlements.update(ent, { name: 'X' })],
        ['NOT_FOUND', () => as.entitlements.delete(ent)],
        ['NOT_FOUND', () => as.entitlements.grants.revoke(spelled('entg', key.id), { id: ent })],
        ['NOT_FOUND', () => as.entitlements.grants.fulfillLicenseKey(spelled('entg', key.id), { key: key.key })],
      ]
      const stranger = await makeOrganization()
      const theirs = clientAt(base, await stranger.apiKey())
      for (const [code, ask] of asks(theirs)) expect(await refusal(ask())).toEqual(['NotFoundError', 404, code])
      expect(await all(theirs.licenseKeys.list())).toEqual([])
      expect(await all(theirs.licenseKeyInstances.list({ license_key_id: id }))).toEqual([])
      expect(await all(theirs.entitlements.list())).toEqual([])
      expect(await all(theirs.entitlements.grants.list(ent))).toEqual([])
      expect(await all(theirs.customers.listEntitlementGrants('cus_nobody'))).toEqual([])

      for (const token of ['', 'undefined', 'nonsense']) {
        const nobody = clientAt(base, token)
        for (const [, ask] of [...asks(nobody), ['', () => nobody.licenseKeys.list()] as const])
          expect(await refusal(ask())).toEqual(['AuthenticationError', 401, 'UNAUTHORIZED'])
      }
      const reader = clientAt(base, await shop.apiKey(['license_keys:read', 'catalogue:read']))
      expect((await reader.licenseKeys.retrieve(id)).id).toBe(id)
      for (const ask of [
        () => reader.licenseKeys.update(id, { disabled: true }),
        () => reader.licenseKeyInstances.update(instance.id, { name: 'X' }),
        () => reader.entitlements.delete(ent),
        () => reader.entitlements.grants.revoke(spelled('entg', key.id), { id: ent }),
      ])
        expect(await refusal(ask())).toEqual(['PermissionDeniedError', 403, 'FORBIDDEN'])
      expect(await dodo.licenseKeys.retrieve(id)).toMatchObject({ status: 'active' })
    })
  })

test('what came from Dodo keeps its ids', async () => {
  const configuration = await shop.configuration()
  const key = await shop.issue(configuration)
  const [keyId, deviceId] = [`lic_${newId().slice(-12)}`, `lki_${newId().slice(-8)}`]
  const at = (externalId: string) => ({ id: idFrom(externalId), externalId })
  await prisma.licenseKey.update({ where: { id: key.id }, data: at(keyId) })
  await prisma.activation.create({
    data: {
      ...at(deviceId),
      organizationId: shop.id,
      licenseKeyId: idFrom(keyId),
      label: 'Old laptop',
    },
  })
  const dodo = clientAt(doors[0]?.[1] ?? '', await shop.apiKey())
  const instance = { license_key: key.key, license_key_instance_id: deviceId }
  expect(await dodo.licenses.validate(instance)).toEqual({ valid: true })
  expect(await dodo.licenseKeys.retrieve(keyId)).toMatchObject({
    id: keyId,
    source: 'import',
  })
  expect((await dodo.licenseKeyInstances.list({ license_key_id: keyId })).items).toMatchObject([
    { id: deviceId, license_key_id: keyId, name: 'Old laptop' },
  ])
  await dodo.licenses.deactivate(instance)
  expect(await dodo.licenses.validate(instance)).toEqual({ valid: false })
})
