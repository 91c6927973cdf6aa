// Dodo's own SDKs, unchanged but for their base URL.
import { expect, test } from '@playwright/test'
import Dodo from 'dodopayments'
import DodoOne from 'dodopayments-1'
import { prisma } from '#lib/db.ts'
import { disableLicenseKeys, revokeLicenseKeys } from '#lib/license-keys/change-key.ts'
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
