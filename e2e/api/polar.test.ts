// Polar's own SDKs, unchanged but for their base URL: both generations, every version of the API they name.
import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { Polar as Polar34 } from 'polar-0.34'
import { Polar as Polar49 } from 'polar-0.49'
import { createPolar as polar202604 } from 'polar-1/2026-04'
import { createPolar as polar202610 } from 'polar-1/2026-10'
import { createPolar as polar202701 } from 'polar-1/2027-01'
import { prisma } from '#lib/database/client.ts'
import { disableLicenseKeys, revokeLicenseKeys } from '#lib/license-keys/status.ts'
import { polar as dialect } from '#lib/vendors/polar/dialect.ts'
import { doors } from '../doors.ts'
import { send } from '../http.ts'
import { type IssuedKey, makeOrganization, type Organization } from '../organization.ts'

const nobody = '00000000-0000-4000-8000-000000000000'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

const one = ({ id }: { id: string }) => ({ licenseKeyIds: [id], reason: '' })
const yesterday = () => new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
const tomorrow = () => new Date(Date.now() + 86_400_000)

const url = (base: string) => `${base}/api/license/polar`
const versions = { '2026-04': polar202604, '2026-10': polar202610, '2027-01': polar202701 }
const latest = (base: string, accessToken = 'public') => polar202604({ baseUrl: url(base), accessToken })
// Each generation of 0.x has the same methods; the types of one serve both.
const generations = { '0.49': Polar49, '0.34': Polar34 as unknown as typeof Polar49 }

/** Their error: its class, status, name and detail. */
async function refusal(asked: Promise<unknown>) {
  const thrown = await asked.then(
    () => null,
    (error: unknown) => error,
  )
  expect(thrown, 'it was answered').toBeInstanceOf(Error)
  // 1.x keeps the body in `error`, 0.x the text in `body`.
  const error = thrown as Error & { statusCode: number; error: unknown; body?: string }
  const said = error.body !== undefined ? JSON.parse(error.body) : error.error
  const body = typeof said === 'string' ? JSON.parse(said) : said
  return { class: error.constructor.name, status: error.statusCode, error: body.error, detail: body.detail }
}
const is = (name: string, status: number, detail: unknown = expect.stringMatching(/./), error = name) => ({
  class: name,
  status,
  error,
  detail,
})
const missing = (detail: unknown = 'Not found') => is('ResourceNotFound', 404, detail)
const invalid = (...loc: (string | number)[]) =>
  is(
    'HTTPValidationError',
    422,
    [expect.objectContaining({ loc, msg: expect.stringMatching(/./) })],
    'RequestValidationError',
  )

let shop: Organization
test.beforeEach(async () => {
  shop = await makeOrganization()
})

const at = ({ key, organization_id }: IssuedKey) => ({ key, organization_id })
const camel = ({ key, organization_id }: IssuedKey) => ({ key, organizationId: organization_id })

// ---------------------------------------------------------------- what client software calls

for (const [door, base] of doors)
  test.describe(`by the door of ${door}`, () => {
    for (const [version, createPolar] of Object.entries(versions))
      test(`SDK 1.0, ${version}: activate, validate and deactivate`, async () => {
        const configuration = await shop.configuration({ activationLimit: 1, usageLimit: 5 })
        const product = await shop.product([configuration])
        const key = await shop.issue(configuration, { productId: product, customerEmail: 'ana@customer.example' })
        const row = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
        const { licenseKeys } = createPolar({ baseUrl: url(base), accessToken: 'public' }).customerPortal

        const device = await licenseKeys.activate({
          ...at(key),
          label: 'Studio iMac',
          conditions: { major: 1 },
          meta: { ip: '::1' },
        })
        const { license_key, ...activation } = device
        expect(activation).toEqual({
          id: expect.stringMatching(UUID),
          license_key_id: key.id,
          label: 'Studio iMac',
          meta: { ip: '::1' },
          created_at: expect.stringMatching(ISO),
          modified_at: null,
        })
        const customer = {
          id: row.customerId,
          created_at: expect.stringMatching(ISO),
          modified_at: expect.stringMatching(ISO),
          metadata: {},
          external_id: null,
          email: 'ana@customer.example',
          email_verified: false,
          type: 'individual',
          name: null,
          billing_name: null,
          billing_address: null,
          tax_id: null,
          organization_id: shop.id,
          locale: null,
          default_payment_method_id: null,
          first_user_event_at: null,
          deleted_at: null,
          avatar_url: expect.stringMatching(/^data:image/),
        }
        const { avatar_url } = license_key.customer
        const fields = {
          id: key.id,
          created_at: expect.stringMatching(ISO),
          modified_at: expect.stringMatching(ISO),
          organization_id: shop.id,
          user_id: row.customerId,
          user: { id: row.customerId, email: customer.email, public_name: customer.email, avatar_url },
          customer_id: row.customerId,
          customer,
          benefit_id: configuration,
          key: key.key,
          display_key: `****-${key.key.slice(-6)}`,
          status: 'granted',
          limit_activations: 1,
          usage: 0,
          limit_usage: 5,
          validations: 0,
          last_validated_at: null,
          expires_at: null,
          ...(version !== '2026-04' && { member_id: null, member: null }),
          ...(version === '2027-01' && {
            subscription_id: null,
            subscription: null,
            order_id: row.purchaseId,
            order: { id: row.purchaseId, created_at: expect.stringMatching(ISO), status: 'paid', paid: true },
          }),
        }
        expect(license_key).toEqual(fields)

        const validated = await licenseKeys.validate({
          ...at(key),
          activation_id: device.id,
          benefit_id: configuration,
          customer_id: row.customerId,
          conditions: { major: 1 },
          increment_usage: 2,
        })
        expect(validated).toEqual({
          ...fields,
          usage: 2,
          validations: 1,
          last_validated_at: expect.stringMatching(ISO),
          activation,
        })
        expect(await licenseKeys.validate(at(key))).toMatchObject({ usage: 2, validations: 2, activation: null })

        expect(await licenseKeys.deactivate({ ...at(key), activation_id: device.id })).toBeUndefined()
        expect(await refusal(licenseKeys.deactivate({ ...at(key), activation_id: device.id }))).toEqual(missing())
      })

    for (const [generation, Polar] of Object.entries(generations))
      test(`SDK ${generation}: activate, validate and deactivate`, async () => {
        const configuration = await shop.configuration({ activationLimit: 1, usageLimit: 5 })
        const key = await shop.issue(configuration)
        const { licenseKeys } = new Polar({ serverURL: url(base) }).customerPortal
        const device = await licenseKeys.activate({
          ...camel(key),
          label: 'Studio iMac',
          conditions: { major: 1 },
          meta: { ip: '::1' },
        })
        expect(device).toMatchObject({
          licenseKeyId: key.id,
          label: 'Studio iMac',
          meta: { ip: '::1' },
          licenseKey: { id: key.id, key: key.key, limitActivations: 1, usage: 0, limitUsage: 5, status: 'granted' },
        })
        const validated = await licenseKeys.validate({
          ...camel(key),
          activationId: device.id,
          benefitId: configuration,
          conditions: { major: 1 },
          incrementUsage: 5,
        })
        expect(validated).toMatchObject({
          usage: 5,
          validations: 1,
          activation: { id: device.id, label: 'Studio iMac' },
        })
        expect(validated.createdAt).toBeInstanceOf(Date)
        expect(validated.customer).toMatchObject({ email: key.customerEmail, organizationId: shop.id })

        expect(await licenseKeys.deactivate({ ...camel(key), activationId: device.id })).toBeUndefined()
        expect(await refusal(licenseKeys.deactivate({ ...camel(key), activationId: device.id }))).toEqual(missing())
      })
  })

type Call = 'validate' | 'activate' | 'deactivate'
type Case = { call: Call; key: IssuedKey; more?: Record<string, unknown>; answer: object; on0?: object }

/** Every way in which a call is refused, with the class that SDK 1.0 throws, and that of 0.x where it has none for the status. */
async function refusals(): Promise<Case[]> {
  const configuration = await shop.configuration({ activationLimit: 1, usageLimit: 2, entitlements: ['export'] })
  const key = await shop.issue(configuration)
  const { licenseKeys } = latest(doors[0]?.[1] ?? '').customerPortal
  const device = await licenseKeys.activate({ ...at(key), label: 'A', conditions: { major: 1 } })
  const expired = await shop.issue(configuration, {}, { expiry: 'date', expiresOn: yesterday() })
  const disabled = await shop.issue(configuration)
  await disableLicenseKeys(shop.merchant, one(disabled), new Date())
  const revoked = await shop.issue(configuration)
  await revokeLicenseKeys(shop.merchant, one(revoked), new Date())
  const blocked = await shop.issue(configuration, {}, { newDevicesBlocked: true })
  const strict = await shop.issue(await shop.configuration({ activationRequired: true }))
  const off = await shop.issue(await shop.configuration({ activationsMode: 'off', activationLimit: null }))
  const unknown = { ...key, key: 'NO-SUCH-KEY' }
  const elsewhere = { ...key, organization_id: (await makeOrganization()).id }
  const inactive = 'License key is no longer active.'
  const forbidden = (detail: unknown) => is('NotPermitted', 403, detail)
  const used = 'License key only has 2 more usages.'
  const wrong = (field: string) => invalid('body', field)
  const of = device.id
  return [
    { call: 'validate', key: unknown, answer: missing() },
    { call: 'validate', key: { ...key, key: '' }, answer: missing() },
    { call: 'validate', key: elsewhere, answer: missing() },
    { call: 'validate', key: revoked, answer: missing(inactive) },
    { call: 'validate', key: disabled, answer: missing(inactive) },
    { call: 'validate', key: expired, answer: missing('License key has expired.') },
    { call: 'validate', key, more: { benefit_id: nobody }, answer: missing(expect.any(String)) },
    { call: 'validate', key, more: { customer_id: nobody }, answer: missing(expect.any(String)) },
    { call: 'validate', key: strict, answer: missing('Activate this license key on this device first.') },
    { call: 'validate', key, more: { activation_id: nobody }, answer: missing() },
    { call: 'validate', key, more: { activation_id: of }, answer: missing(expect.stringMatching(/conditions/)) },
    {
      call: 'validate',
      key,
      more: { activation_id: of, conditions: { major: 1, minor: 2 } },
      answer: missing(expect.stringMatching(/conditions/)),
    },
    {
      call: 'validate',
      key,
      more: { increment_usage: 3 },
      answer: is('BadRequest', 400, used),
      on0: is('SDKError', 400, used, 'BadRequest'),
    },
    { call: 'validate', key: { ...key, organization_id: 'x' }, answer: wrong('organization_id') },
    { call: 'validate', key, more: { activation_id: '1' }, answer: wrong('activation_id') },
    { call: 'validate', key, more: { increment_usage: -1 }, answer: wrong('increment_usage') },
    { call: 'validate', key: { ...key, key: 'a\u0000b' }, answer: wrong('key') },
    { call: 'activate', key: unknown, more: { label: 'B' }, answer: missing() },
    { call: 'activate', key: elsewhere, more: { label: 'B' }, answer: missing() },
    { call: 'activate', key: revoked, more: { label: 'B' }, answer: forbidden(inactive) },
    { call: 'activate', key: disabled, more: { label: 'B' }, answer: forbidden(inactive) },
    { call: 'activate', key: expired, more: { label: 'B' }, answer: forbidden('License key has expired.') },
    { call: 'activate', key: off, more: { label: 'B' }, answer: forbidden(expect.stringMatching(/validate/)) },
    { call: 'activate', key: blocked, more: { label: 'B' }, answer: forbidden(expect.stringMatching(/new devices/)) },
    { call: 'activate', key, more: { label: 'B' }, answer: forbidden('License key activation limit already reached') },
    { call: 'activate', key: { ...key, organization_id: 'x' }, more: { label: 'B' }, answer: wrong('organization_id') },
    { call: 'deactivate', key: unknown, more: { activation_id: of }, answer: missing() },
    { call: 'deactivate', key: elsewhere, more: { activation_id: of }, answer: missing() },
    { call: 'deactivate', key, more: { activation_id: nobody }, answer: missing() },
    { call: 'deactivate', key, more: { activation_id: 'x' }, answer: wrong('activation_id') },
  ]
}

const camelNames = (body: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  )

for (const [door, base] of doors)
  test(`every refusal is an error of the SDK's own, by the door of ${door}`, async () => {
    const token = await shop.apiKey()
    for (const { call, key, more, answer, on0 = answer } of await refusals()) {
      const body = { ...at(key), ...more }
      const name = `${call} ${JSON.stringify(body)}`
      const { customerPortal, licenseKeys } = latest(base, token)
      // biome-ignore lint/suspicious/noExplicitAny: the cases carry what the types forbid too.
      const ask = (service: any, sent: object) => refusal(service[call](sent))
      expect(await ask(customerPortal.licenseKeys, body), `1.0, public: ${name}`).toEqual(answer)
      expect(await ask(licenseKeys, body), `1.0, organization: ${name}`).toEqual(answer)
      for (const [generation, Polar] of Object.entries(generations)) {
        const polar = new Polar({ serverURL: url(base), accessToken: token })
        expect(await ask(polar.customerPortal.licenseKeys, camelNames(body)), `${generation}, public: ${name}`).toEqual(
          on0,
        )
        if (generation === '0.49')
          expect(await ask(polar.licenseKeys, camelNames(body)), `${generation}: ${name}`).toEqual(on0)
      }
    }
  })

test('a key that takes any number of devices is activated, and a device is not told by its name', async () => {
  const key = await shop.issue(await shop.configuration({ activationsMode: 'unlimited', activationLimit: null }))
  const { licenseKeys } = latest(doors[0]?.[1] ?? '').customerPortal
  const devices = await Promise.all(
    ['A', 'A', '', 'x'.repeat(300)].map((label) => licenseKeys.activate({ ...at(key), label })),
  )
  expect(new Set(devices.map(({ id }) => id)).size).toBe(4)
  expect(devices.map(({ label }) => label)).toEqual(['A', 'A', 'Unnamed device', 'x'.repeat(256)])
  expect(devices[0]?.license_key.limit_activations).toBeNull()
  const emoji = await licenseKeys.activate({ ...at(key), label: `${'x'.repeat(255)}😀` })
  expect(emoji.label).toBe('x'.repeat(255))
})

test('what devices were told by other clients fits the flat metadata of these', async () => {
  const key = await shop.issue(await shop.configuration())
  const meta = { text: 'a', count: 1.5, yes: true, nothing: null, deep: { a: [1] }, list: [] }
  const sent = await send({ path: '/api/license/activate', body: { ...at(key), label: 'A', meta } })
  for (const Polar of Object.values(generations)) {
    const { licenseKeys } = new Polar({ serverURL: url(doors[0]?.[1] ?? '') }).customerPortal
    const { activation } = await licenseKeys.validate({ ...camel(key), activationId: sent.json.id })
    expect(activation?.meta).toEqual({ text: 'a', count: 1.5, yes: true, deep: '{"a":[1]}', list: '[]' })
  }
})

test('credentials that are none make no difference to public calls', async () => {
  const key = await shop.issue(await shop.configuration())
  const path = '/api/license/polar/v1/customer-portal/license-keys/validate'
  for (const authorization of [
    'Bearer undefined',
    'Bearer',
    'Bearer ',
    '',
    'Basic !!',
    `Bearer ${await shop.apiKey()}`,
  ])
    expect((await send({ path, headers: { authorization }, body: at(key) })).status, authorization).toBe(200)
  for (const each of [path, `${path}/`, path.replace('/v1', '//v1'), path.replace('polar', 'polar/'), `${path}?x=1`])
    expect((await send({ path: each, body: at(key) })).status, each).toBe(200)
})

test('the version is echoed; one that is none is not found', async () => {
  const key = await shop.issue(await shop.configuration())
  const ask = (version?: string) =>
    send({
      path: '/api/license/polar/v1/customer-portal/license-keys/validate',
      headers: version === undefined ? {} : { 'polar-version': version },
      body: at(key),
    })
  for (const version of Object.keys(versions)) expect((await ask(version)).headers['polar-version']).toBe(version)
  const plain = await ask()
  expect([plain.status, plain.headers['polar-version']]).toEqual([200, '2026-04'])
  expect(plain.headers['access-control-expose-headers']).toContain('polar-version')
  for (const version of ['2025-01', '', 'latest']) {
    const { status, json } = await ask(version)
    expect([status, json], version).toEqual([404, { detail: 'Not Found' }])
  }
})

// ---------------------------------------------------------------- keys, for the organization

async function fiveKeys() {
  const configuration = await shop.configuration()
  const keys: IssuedKey[] = []
  for (let i = 0; i < 5; i++) keys.push(await shop.issue(configuration))
  const other = await shop.issue(await shop.configuration())
  return { configuration, keys, other, ids: keys.map(({ id }) => id) }
}

for (const [door, base] of doors)
  test(`SDK 1.0 lists, reads, changes and rotates keys, by the door of ${door}`, async () => {
    const { configuration, keys, other, ids } = await fiveKeys()
    const { licenseKeys } = latest(base, await shop.apiKey())
    const listed: string[] = []
    for await (const key of licenseKeys.iterList({ benefit_id: configuration, limit: 2 })) listed.push(key.id)
    expect(listed).toEqual(ids)
    const page = await licenseKeys.list({ benefit_id: [configuration], page: 3, limit: 2 })
    expect(page.pagination).toEqual({ total_count: 5, max_page: 3 })
    expect(page.items.map(({ id, key }) => [id, key])).toEqual([[keys[4]?.id, keys[4]?.key]])
    const empty = { items: [], pagination: { total_count: 0, max_page: 0 } }
    expect(await licenseKeys.list({ benefit_id: nobody })).toEqual(empty)
    expect(await licenseKeys.list({ organization_id: nobody })).toEqual(empty)
    expect((await licenseKeys.list({ organization_id: [shop.id, nobody] })).pagination.total_count).toBe(6)
    expect((await licenseKeys.list({ limit: 1_000 })).pagination).toEqual({ total_count: 6, max_page: 1 })
    expect((await licenseKeys.list({ page: 2_000_000_000, limit: 100 })).items).toEqual([])
    await disableLicenseKeys(shop.merchant, one(other), new Date())
    expect((await licenseKeys.list({ status: 'disabled' })).items.map(({ id }) => id)).toEqual([other.id])
    expect((await licenseKeys.list({ status: ['disabled', 'granted'] })).pagination.total_count).toBe(6)

    const [key] = keys as [IssuedKey]
    const device = await licenseKeys.activate({ ...at(key), label: 'A' })
    const read = await licenseKeys.get(key.id)
    const { license_key: _, ...activation } = device
    expect(read).toMatchObject({ id: key.id, key: key.key, activations: [activation] })
    expect(await licenseKeys.getActivation(key.id, device.id)).toMatchObject({
      ...activation,
      license_key: { id: key.id },
    })
    expect((await licenseKeys.validate({ ...at(key), activation_id: device.id, increment_usage: 4 })).usage).toBe(4)

    const until = tomorrow()
    const changed = await licenseKeys.update(key.id, {
      limit_activations: 7,
      limit_usage: 9,
      expires_at: until.toISOString(),
      status: 'disabled',
    })
    expect(changed).toMatchObject({
      limit_activations: 7,
      limit_usage: 9,
      usage: 4,
      status: 'disabled',
      expires_at: until.toISOString(),
    })
    expect(await refusal(licenseKeys.validate(at(key)))).toEqual(missing('License key is no longer active.'))
    expect(await licenseKeys.update(key.id, { usage: 1 })).toMatchObject({
      ...changed,
      usage: 1,
      modified_at: expect.any(String),
    })
    const open = await licenseKeys.update(key.id, {
      status: 'granted',
      limit_activations: null,
      limit_usage: null,
      expires_at: null,
    })
    expect(open).toMatchObject({
      status: 'granted',
      limit_activations: null,
      limit_usage: null,
      expires_at: null,
      usage: 1,
    })
    expect(await refusal(licenseKeys.activate({ ...at(key), label: 'B' }))).toEqual(is('NotPermitted', 403))
    expect(await licenseKeys.update(key.id, { status: null })).toMatchObject({ status: 'granted' })

    const rotated = await licenseKeys.rotate(key.id)
    expect(rotated).toMatchObject({ id: key.id, status: 'granted', usage: 1 })
    expect(rotated.key).not.toBe(key.key)
    expect(await refusal(licenseKeys.validate(at(key)))).toEqual(missing())
    expect(
      (await licenseKeys.validate({ ...at(key), key: rotated.key, activation_id: device.id })).activation?.id,
    ).toBe(device.id)
    expect(await licenseKeys.deactivate({ ...at(key), key: rotated.key, activation_id: device.id })).toBeUndefined()
    expect(await refusal(licenseKeys.getActivation(key.id, device.id))).toEqual(missing())
    await licenseKeys.update(key.id, { status: 'revoked' })
    expect(await refusal(licenseKeys.rotate(key.id))).toEqual(is('RotateNotPermitted', 400))
  })

for (const [door, base] of doors)
  test(`SDK 0.49 lists, reads and changes keys, by the door of ${door}`, async () => {
    const { configuration, keys, ids } = await fiveKeys()
    const { licenseKeys } = new Polar49({ serverURL: url(base), accessToken: await shop.apiKey() })
    const listed: string[] = []
    for await (const page of await licenseKeys.list({ benefitId: configuration, limit: 2 }))
      listed.push(...page.result.items.map(({ id }) => id))
    expect(listed).toEqual(ids)

    const [key] = keys as [IssuedKey]
    const device = await licenseKeys.activate({ ...camel(key), label: 'A' })
    expect((await licenseKeys.get({ id: key.id })).activations.map(({ id }) => id)).toEqual([device.id])
    const found = await licenseKeys.getActivation({ id: key.id, activationId: device.id })
    expect(found).toMatchObject({ id: device.id, licenseKey: { id: key.id } })
    expect((await licenseKeys.validate({ ...camel(key), incrementUsage: 4 })).usage).toBe(4)

    // This SDK sends `usage: 0` beside it.
    const update = (licenseKeyUpdate: object) => licenseKeys.update({ id: key.id, licenseKeyUpdate })
    expect(await update({ status: 'disabled' })).toMatchObject({ status: 'disabled', usage: 4 })
    expect(await update({ status: 'granted', usage: 2, expiresAt: tomorrow() })).toMatchObject({
      status: 'granted',
      usage: 2,
    })
    expect(await update({ usage: 0 })).toMatchObject({ usage: 0 })
    expect(await update({ limitUsage: 7, limitActivations: 2 })).toMatchObject({ limitUsage: 7, limitActivations: 2 })
    expect(await licenseKeys.deactivate({ ...camel(key), activationId: device.id })).toBeUndefined()
  })

test('who may: errors of the SDK for no credentials, wrong ones, and those of others', async () => {
  const base = doors[0]?.[1] ?? ''
  const key = await shop.issue(await shop.configuration())
  const other = await makeOrganization()
  const theirs = latest(base, await other.apiKey()).licenseKeys
  expect(await refusal(theirs.get(key.id))).toEqual(missing())
  expect(await refusal(theirs.update(key.id, { status: 'revoked' }))).toEqual(missing())
  expect(await refusal(theirs.rotate(key.id))).toEqual(missing())
  expect(await refusal(theirs.getActivation(key.id, nobody))).toEqual(missing())
  expect(await refusal(theirs.validate(at(key)))).toEqual(missing())
  expect(await refusal(theirs.activate({ ...at(key), label: 'A' }))).toEqual(missing())
  expect(await refusal(theirs.deactivate({ ...at(key), activation_id: nobody }))).toEqual(missing())
  expect((await theirs.list()).items).toEqual([])

  for (const token of ['', 'undefined', 'polar_oat_nonsense']) {
    const { licenseKeys } = latest(base, token)
    expect(await refusal(licenseKeys.list())).toEqual(is('Unauthorized', 401))
    expect(await refusal(licenseKeys.rotate(key.id))).toEqual(is('Unauthorized', 401))
    expect(await refusal(licenseKeys.validate(at(key)))).toEqual(
      is('PolarClientError', 401, expect.any(String), 'Unauthorized'),
    )
    const old = new Polar49({ serverURL: url(base), accessToken: token || 'x' }).licenseKeys
    expect(await refusal(old.get({ id: key.id }))).toEqual(is('Unauthorized', 401))
    expect(await refusal(old.validate(camel(key)))).toEqual(is('SDKError', 401, expect.any(String), 'Unauthorized'))
  }
  const path = '/api/license/polar/v1/license-keys/'
  expect((await send({ method: 'GET', path })).headers['www-authenticate']).toBe('Bearer realm="latchkey"')

  const reader = latest(base, await shop.apiKey(['license_keys:read']))
  expect((await reader.licenseKeys.get(key.id)).id).toBe(key.id)
  const scope = { ...is('PolarClientError', 403, '', 'insufficient_scope'), detail: undefined }
  expect(await refusal(reader.licenseKeys.update(key.id, { status: 'revoked' }))).toEqual(scope)
  expect(await refusal(reader.licenseKeys.rotate(key.id))).toEqual(scope)
  expect(await refusal(reader.licenseKeys.validate(at(key)))).toEqual(scope)
  expect(await refusal(reader.benefits.list())).toEqual(scope)
  expect(await refusal(reader.customerSessions.create({ customer_id: nobody }))).toEqual(scope)
  const catalogue = latest(base, await shop.apiKey(['catalogue:write', 'customers:write']))
  expect(await refusal(catalogue.licenseKeys.list())).toEqual(scope)
  expect(await refusal(catalogue.benefits.grants(key.benefit_id))).toEqual(scope)
  // A session shows key strings.
  expect(await refusal(catalogue.customerSessions.create({ customer_id: nobody }))).toEqual(scope)
})

test('what is wrong with a request is said place by place', async () => {
  const base = doors[0]?.[1] ?? ''
  const key = await shop.issue(await shop.configuration())
  const { licenseKeys, benefits, customerSessions } = latest(base, await shop.apiKey())
  const update = (body: object) => refusal(licenseKeys.update(key.id, body))
  expect(await refusal(licenseKeys.get('x'))).toEqual(invalid('path', 'id'))
  expect(await refusal(licenseKeys.getActivation(key.id, 'x'))).toEqual(invalid('path', 'activation_id'))
  expect(await refusal(licenseKeys.list({ page: 0 }))).toEqual(invalid('query', 'page'))
  expect(await refusal(licenseKeys.list({ limit: 0 }))).toEqual(invalid('query', 'limit'))
  expect(await refusal(licenseKeys.list({ benefit_id: 'x' }))).toEqual(invalid('query', 'benefit_id', 0))
  expect(await refusal(licenseKeys.list({ status: 'expired' as 'granted' }))).toEqual(invalid('query', 'status', 0))
  expect(await update({ status: 'expired' })).toEqual(invalid('body', 'status'))
  expect(await update({ usage: -1 })).toEqual(invalid('body', 'usage'))
  expect(await update({ limit_activations: 0 })).toEqual(invalid('body', 'limit_activations'))
  expect(await update({ limit_usage: 1.5 })).toEqual(invalid('body', 'limit_usage'))
  expect(await update({ expires_at: 'soon' })).toEqual(invalid('body', 'expires_at'))
  expect(await refusal(customerSessions.create({} as { customer_id: string }))).toEqual(invalid('body', 'customer_id'))
  expect(await refusal(customerSessions.create({ customer_id: nobody }))).toEqual(invalid('body', 'customer_id'))
  expect(await refusal(customerSessions.create({ external_customer_id: 'nobody' }))).toEqual(
    invalid('body', 'external_customer_id'),
  )
  expect(await refusal(benefits.get('x'))).toEqual(invalid('path', 'id'))
  expect(
    await refusal(new Polar49({ serverURL: url(base), accessToken: await shop.apiKey() }).licenseKeys.get({ id: 'x' })),
  ).toEqual(invalid('path', 'id'))

  const path = '/api/license/polar/v1/customer-portal/license-keys/validate'
  const bad = await send({ path, body: '{' })
  expect([bad.status, bad.json.detail]).toEqual([
    422,
    [{ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error' }],
  ])
  expect((await send({ path, body: '[]' })).json.detail).toEqual([expect.objectContaining({ loc: ['body'] })])
  expect((await send({ path, body: { key: 'K', organization_id: null } })).status).toBe(422)
  expect((await send({ path, body: Buffer.alloc(70_000, ' ') })).status).toBe(413)
  const get = await send({ method: 'GET', path })
  expect([get.status, get.headers.allow, get.json.error]).toEqual([405, 'POST', 'MethodNotAllowed'])
  expect((await send({ path: '/api/license/polar/v1/products/', body: {} })).json.error).toBe('ResourceNotFound')
})

test('dates without a time zone are in UTC', async () => {
  const key = await shop.issue(await shop.configuration())
  const token = await shop.apiKey()
  const rows: [string, string][] = [
    ['2030-01-02T03:04:05', '2030-01-02T03:04:05.000Z'],
    ['2030-01-02T03:04:05.123456', '2030-01-02T03:04:05.123Z'],
    ['2030-01-02T03:04:05+02:00', '2030-01-02T01:04:05.000Z'],
    ['2030-01-02', '2030-01-02T00:00:00.000Z'],
  ]
  for (const [sent, kept] of rows)
    expect((await latest(doors[0]?.[1] ?? '', token).licenseKeys.update(key.id, { expires_at: sent })).expires_at).toBe(
      kept,
    )
})

test('paths are served with and without a slash at the end, and with two of them', async () => {
  const key = await shop.issue(await shop.configuration())
  const token = await shop.apiKey()
  const headers = { authorization: `Bearer ${token}` }
  for (const [, base] of doors) {
    for (const path of ['license-keys', 'license-keys/', `license-keys/${key.id}/`, 'benefits', 'benefits/']) {
      const asked = { base, method: 'GET', path: `/api/license/polar/v1/${path}?page=1&limit=10`, headers }
      const { status, json } = await send(asked)
      expect([status, json.id ?? json.items[0].id], path).toEqual([200, expect.stringMatching(UUID)])
    }
    // A base URL with a slash at its end. Next leads elsewhere, and the SDK follows.
    const slashed = polar202604({ baseUrl: `${url(base)}/`, accessToken: token }).licenseKeys
    expect((await slashed.list()).items).toHaveLength(1)
    expect((await slashed.activate({ ...at(key), label: base })).label).toBe(base)
    expect((await slashed.update(key.id, { usage: 3 })).usage).toBe(3)
  }
  const path = '/api/license/polar//v1/license-keys/'
  expect((await send({ method: 'GET', path, headers })).status).toBe(200)
})

test('whatever is sent to whichever path is answered in JSON, and never with a 5xx', async () => {
  const key = await shop.issue(await shop.configuration())
  const token = await shop.apiKey()
  const { customerId } = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
  const session = await latest(doors[0]?.[1] ?? '', token).customerSessions.create({ customer_id: customerId })
  const words = [
    key.id,
    key.key,
    shop.id,
    key.benefit_id,
    customerId,
    nobody,
    '',
    null,
    0,
    -1,
    2 ** 40,
    true,
    'license_keys',
    '\u0000',
  ]
  const names = [
    'key',
    'organization_id',
    'activation_id',
    'customer_id',
    'external_customer_id',
    'label',
    'meta',
    'conditions',
  ]
    .concat(['usage', 'increment_usage', 'limit_usage', 'limit_activations', 'expires_at', 'status', 'return_url'])
    .concat(['type', 'description', 'properties', 'prefix', 'expires', 'activations', 'ttl', 'timeframe', 'limit'])
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(...words),
      fc.string({ unit: 'binary' }),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('any'), { maxLength: 3 }),
    object: fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie('any'), { maxKeys: 6 }),
  }))
  const part = fc.oneof(fc.constantFrom(key.id, nobody, 'x', '%00', '%', '..'), fc.string().map(encodeURIComponent))
  const request = fc.record({
    line: fc.constantFrom(...dialect.lines),
    parts: fc.array(part, { minLength: 2, maxLength: 2 }),
    body: fc.oneof(value.object, value.object, value.any),
    query: fc.dictionary(
      fc.constantFrom('page', 'limit', 'status', 'benefit_id', 'organization_id', 'query', 'sorting', 'is_granted'),
      part,
    ),
    version: fc.constantFrom(...Object.keys(versions), 'x'),
  })
  await fc.assert(
    fc.asyncProperty(request, async ({ line, parts, body, query, version }) => {
      let nth = 0
      const path = line.path.replaceAll(/\{\w+\}/g, () => parts[nth++] ?? '')
      const search = Object.entries(query)
        .map(([name, text]) => `${name}=${text}`)
        .join('&')
      const { status, text, json } = await send({
        method: line.method,
        path: `/api/license/polar${path}?${search}`,
        headers: {
          authorization: `Bearer ${line.access === 'customer' ? session.token : token}`,
          'polar-version': version,
        },
        ...(line.body !== 'none' && { body: JSON.stringify(body) }),
      })
      expect(status, text).toBeLessThan(500)
      if (status === 204) expect(text).toBe('')
      else expect(json, text).toBeInstanceOf(Object)
    }),
    { numRuns: 200 },
  )
})

// ---------------------------------------------------------------- benefits

const properties = {
  prefix: 'myapp',
  expires: { ttl: 6, timeframe: 'month' },
  activations: { limit: 3, enable_customer_admin: true },
  limit_usage: 10,
} as const

for (const [door, base] of doors)
  test(`benefits are key configurations, by the door of ${door}`, async () => {
    const { benefits, licenseKeys } = latest(base, await shop.apiKey())
    const made = await benefits.create({
      type: 'license_keys',
      description: 'Pro license',
      organization_id: shop.id,
      properties,
    })
    expect(made).toEqual({
      id: expect.stringMatching(UUID),
      created_at: expect.stringMatching(ISO),
      modified_at: expect.stringMatching(ISO),
      type: 'license_keys',
      description: 'Pro license',
      selectable: true,
      deletable: true,
      is_deleted: false,
      organization_id: shop.id,
      metadata: {},
      visibility: 'public',
      visibility_configurable: false,
      properties: { ...properties, prefix: 'MYAPP' },
    })
    expect(await benefits.get(made.id)).toEqual(made)
    const key = await shop.issue(made.id)
    expect(key.key).toMatch(/^MYAPP/)
    expect(await licenseKeys.get(key.id)).toMatchObject({
      limit_activations: 3,
      limit_usage: 10,
      expires_at: expect.stringMatching(ISO),
    })

    // What Polar does not know of stays.
    await prisma.keyConfiguration.update({
      where: { id: made.id },
      data: { graceDays: 5, entitlements: ['export'], expiryStart: 'first_activation' },
    })
    const renamed = await benefits.update(made.id, { type: 'license_keys', description: 'Pro' })
    expect(renamed).toMatchObject({ description: 'Pro', properties: made.properties })
    const bare = await benefits.update(made.id, {
      type: 'license_keys',
      properties: { expires: { ttl: 1, timeframe: 'year' }, activations: { limit: 5, enable_customer_admin: false } },
    })
    expect(bare.properties).toEqual({
      prefix: null,
      expires: { ttl: 1, timeframe: 'year' },
      activations: { limit: 5, enable_customer_admin: false },
      limit_usage: null,
    })
    expect(await prisma.keyConfiguration.findUnique({ where: { id: made.id } })).toMatchObject({
      graceDays: 5,
      entitlements: ['export'],
      expiryStart: 'first_activation',
      customerMayDeactivate: false,
      customerMayRename: true,
    })
    expect((await licenseKeys.get(key.id)).limit_activations).toBe(5)

    const any = await shop.configuration({
      activationsMode: 'unlimited',
      activationLimit: null,
      expiryKind: 'fixed_date',
      expiresOn: new Date('2040-01-01T23:59:59.999Z'),
    })
    const same = await benefits.update(any, { type: 'license_keys', properties: { limit_usage: 3 } })
    expect(same.properties).toEqual({ prefix: null, expires: null, activations: null, limit_usage: 3 })
    expect(await prisma.keyConfiguration.findUnique({ where: { id: any } })).toMatchObject({
      activationsMode: 'unlimited',
      expiryKind: 'fixed_date',
      expiresOn: new Date('2040-01-01T23:59:59.999Z'),
    })
    const off = await benefits.create({ type: 'license_keys', description: 'No devices', properties: {} })
    expect(await prisma.keyConfiguration.findUnique({ where: { id: off.id } })).toMatchObject({
      activationsMode: 'off',
      expiryKind: 'never',
    })

    const listed: string[] = []
    for await (const benefit of benefits.iterList({ limit: 2, sorting: ['created_at'] })) listed.push(benefit.id)
    expect(listed).toEqual([made.id, any, off.id])
    expect((await benefits.list()).items.map(({ id }) => id)).toEqual([off.id, any, made.id])
    expect((await benefits.list({ type: 'discord' })).items).toEqual([])
    expect((await benefits.list({ query: 'no dev', type: ['license_keys'] })).items.map(({ id }) => id)).toEqual([
      off.id,
    ])
    expect((await benefits.list({ exclude_id: [made.id, any] })).items.map(({ id }) => id)).toEqual([off.id])
    expect((await benefits.list({ organization_id: nobody })).pagination).toEqual({ total_count: 0, max_page: 0 })

    const another = await shop.issue(made.id)
    await revokeLicenseKeys(shop.merchant, one(another), new Date())
    const grants = await benefits.grants(made.id)
    expect(grants.pagination).toEqual({ total_count: 2, max_page: 1 })
    expect(grants.items[0]).toMatchObject({
      is_granted: true,
      benefit_id: made.id,
      benefit: { id: made.id },
      properties: { license_key_id: key.id },
    })
    expect((await benefits.grants(made.id, { is_granted: false })).items.map(({ properties }) => properties)).toEqual([
      { license_key_id: another.id, display_key: `****-${another.key.slice(-6)}` },
    ])

    expect(await benefits.delete(off.id)).toBeUndefined()
    expect((await benefits.list()).items.map(({ id }) => id)).toEqual([any, made.id])
    for (const ask of [
      () => benefits.get(off.id),
      () => benefits.delete(off.id),
      () => benefits.grants(off.id),
      () => benefits.update(off.id, { type: 'license_keys' }),
    ])
      expect(await refusal(ask())).toEqual(missing())
    const foreign = latest(base, await (await makeOrganization()).apiKey()).benefits
    expect(await refusal(foreign.get(made.id))).toEqual(missing())
    expect(await refusal(foreign.delete(made.id))).toEqual(missing())
    expect(await refusal(foreign.grants(made.id))).toEqual(missing())
    expect(await refusal(foreign.update(made.id, { type: 'license_keys' }))).toEqual(missing())
  })

test('SDK 0.49: grants of every benefit', async () => {
  const [first, second] = [await shop.configuration(), await shop.configuration()]
  const keys = [await shop.issue(first), await shop.issue(second), await shop.issue(first)]
  await revokeLicenseKeys(shop.merchant, one(keys[2] as IssuedKey), new Date())
  const sdk = new Polar49({ serverURL: url(doors[0]?.[1] ?? ''), accessToken: await shop.apiKey() })
  const pages = []
  for await (const page of await sdk.benefitGrants.list({ isGranted: true, sorting: ['granted_at'], limit: 1 }))
    pages.push(...page.result.items.map(({ id, benefitId, isGranted }) => ({ id, benefitId, isGranted })))
  expect(pages).toEqual(keys.slice(0, 2).map(({ id, benefit_id: benefitId }) => ({ id, benefitId, isGranted: true })))
})

for (const [generation, Polar] of Object.entries(generations))
  test(`SDK ${generation}: benefits`, async () => {
    const { benefits } = new Polar({ serverURL: url(doors[0]?.[1] ?? ''), accessToken: await shop.apiKey() })
    const made = await benefits.create({
      type: 'license_keys',
      description: 'Pro license',
      properties: { ...properties, activations: { limit: 3, enableCustomerAdmin: true }, limitUsage: 10 },
    })
    expect(made).toMatchObject({
      type: 'license_keys',
      description: 'Pro license',
      properties: { prefix: 'MYAPP', limitUsage: 10 },
    })
    await shop.issue(made.id)
    expect(await benefits.get({ id: made.id })).toEqual(made)
    const renamed = await benefits.update({ id: made.id, requestBody: { type: 'license_keys', description: 'Pro' } })
    expect(renamed).toMatchObject({ description: 'Pro', properties: made.properties })
    for await (const page of await benefits.list({})) expect(page.result.items.map(({ id }) => id)).toEqual([made.id])
    for await (const page of await benefits.grants({ id: made.id }))
      expect(page.result.items.map(({ benefitId, isGranted }) => [benefitId, isGranted])).toEqual([[made.id, true]])
    const again = { type: 'license_keys', description: 'Pro', properties: {} } as const
    expect(await benefits.create(again)).toMatchObject({ description: 'Pro (2)' })
    expect(await benefits.delete({ id: made.id })).toBeUndefined()
  })

test('what a benefit may be is said place by place', async () => {
  const { benefits } = latest(doors[0]?.[1] ?? '', await shop.apiKey())
  const make = (over: object) =>
    refusal(benefits.create({ type: 'license_keys', description: 'Pro license', properties: {}, ...over } as never))
  expect(await make({ type: 'discord' })).toEqual(invalid('body', 'type'))
  expect(await make({ description: 'Hi' })).toEqual(invalid('body', 'description'))
  expect(await make({ organization_id: nobody })).toEqual(invalid('body', 'organization_id'))
  const wrong: [object, ...string[]][] = [
    [{ expires: { ttl: 0, timeframe: 'day' } }, 'expires', 'ttl'],
    [{ expires: { ttl: 458, timeframe: 'year' } }, 'expires', 'ttl'],
    [{ expires: { ttl: 1, timeframe: 'week' } }, 'expires', 'timeframe'],
    [{ activations: { limit: 0, enable_customer_admin: true } }, 'activations', 'limit'],
    [{ activations: { limit: 1 } }, 'activations', 'enable_customer_admin'],
    [{ limit_usage: 0 }, 'limit_usage'],
    [{ prefix: 'ä ä' }, 'prefix'],
  ]
  for (const [each, ...place] of wrong)
    expect(await make({ properties: each }), JSON.stringify(each)).toEqual(invalid('body', 'properties', ...place))
})

// ---------------------------------------------------------------- the customer's own keys

for (const [door, base] of doors)
  test(`a customer session shows one customer's keys in one organization, by the door of ${door}`, async () => {
    const open = await shop.configuration({ activationLimit: 3 })
    const shut = await shop.configuration({ customerMayDeactivate: false })
    const customerEmail = 'ana@customer.example'
    const mine = [await shop.issue(open, { customerEmail }), await shop.issue(shut, { customerEmail })] as const
    const somebody = await shop.issue(open)
    const other = await makeOrganization()
    const elsewhere = await other.issue(await other.configuration(), { customerEmail })
    const { customerId } = await prisma.licenseKey.findUniqueOrThrow({ where: { id: mine[0].id } })
    await prisma.customer.update({ where: { id: customerId }, data: { externalId: 'crm-1' } })

    const polar = latest(base, await shop.apiKey())
    const session = await polar.customerSessions.create({
      customer_id: customerId,
      return_url: 'https://shop.example/',
    })
    expect(session).toMatchObject({
      id: expect.stringMatching(UUID),
      token: expect.stringMatching(/^polar_cst_[\w-]{43}$/),
      return_url: 'https://shop.example/',
      customer_portal_url: expect.stringMatching(/\/purchases$/),
      customer_id: customerId,
      customer: { email: customerEmail, external_id: 'crm-1' },
    })
    expect(Math.abs(Date.parse(session.expires_at) - Date.now() - 3_600_000)).toBeLessThan(60_000)
    expect((await polar.customerSessions.create({ external_customer_id: 'crm-1' })).customer_id).toBe(customerId)

    const { licenseKeys } = latest(base, session.token).customerPortal
    const listed: string[] = []
    for await (const key of licenseKeys.iterList({ limit: 1 })) listed.push(key.id)
    expect(listed).toEqual(mine.map(({ id }) => id))
    expect((await licenseKeys.list({ benefit_id: shut })).items.map(({ key }) => key)).toEqual([mine[1].key])

    const devices = await Promise.all(mine.map((key) => licenseKeys.activate({ ...at(key), label: 'A' })))
    expect((await licenseKeys.get(mine[0].id)).activations.map(({ id }) => id)).toEqual([devices[0]?.id])
    expect((await licenseKeys.get(mine[1].id)).activations).toEqual([])
    const rotated = await licenseKeys.rotate(mine[0].id)
    expect((await licenseKeys.validate({ ...at(mine[0]), key: rotated.key })).id).toBe(mine[0].id)
    const event = await prisma.event.findFirstOrThrow({
      where: { licenseKeyId: mine[0].id, type: 'license_key.rotated' },
    })
    expect(event).toMatchObject({ actorKind: 'customer', actorLabel: customerEmail })

    for (const { id } of [somebody, elsewhere]) {
      expect(await refusal(licenseKeys.get(id))).toEqual(missing())
      expect(await refusal(licenseKeys.rotate(id))).toEqual(missing())
    }
    await revokeLicenseKeys(shop.merchant, one(mine[0]), new Date())
    expect(await refusal(licenseKeys.rotate(mine[0].id))).toEqual(is('RotateNotPermitted', 400))

    // A session is no API key, and the other way round.
    expect(await refusal(latest(base, session.token).licenseKeys.list())).toEqual(is('Unauthorized', 401))
    expect(await refusal(polar.customerPortal.licenseKeys.list())).toEqual(is('Unauthorized', 401))
    await prisma.customerSession.updateMany({ where: { customerId }, data: { expiresAt: new Date() } })
    expect(await refusal(licenseKeys.list())).toEqual(is('Unauthorized', 401))
  })

for (const [generation, Polar] of Object.entries(generations))
  test(`SDK ${generation}: a customer session`, async () => {
    const polar = new Polar({ serverURL: url(doors[0]?.[1] ?? ''), accessToken: await shop.apiKey() })
    const key = await shop.issue(await shop.configuration())
    const { customerId } = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
    const { token } = await polar.customerSessions.create({ customerId })
    const { licenseKeys } = polar.customerPortal
    for await (const page of await licenseKeys.list({ customerSession: token }, {}))
      expect(page.result.items.map(({ id }) => id)).toEqual([key.id])
    expect(await licenseKeys.get({ customerSession: token }, { id: key.id })).toMatchObject({
      id: key.id,
      activations: [],
    })
    expect(await refusal(licenseKeys.get({ customerSession: token }, { id: nobody }))).toEqual(missing())
    expect(await refusal(Promise.resolve(licenseKeys.list({ customerSession: 'x' }, {})))).toEqual(
      is('Unauthorized', 401),
    )
  })

// ---------------------------------------------------------------- a shop that moved here

test('who moved here from Polar is known by the ids of there', async () => {
  const base = doors[0]?.[1] ?? ''
  const [organizationId, benefitId, customerId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
  const configuration = await shop.configuration()
  const key = await shop.issue(configuration)
  const { customerId: ours } = await prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
  await prisma.organization.update({ where: { id: shop.id }, data: { externalIds: [organizationId] } })
  await prisma.keyConfiguration.update({ where: { id: configuration }, data: { externalIds: [benefitId] } })
  await prisma.customer.update({ where: { id: ours }, data: { externalId: customerId } })
  const theirs = { organization_id: organizationId, benefit_id: benefitId }

  const { customerPortal, licenseKeys, benefits, customerSessions } = latest(base, await shop.apiKey())
  const asked = { key: key.key, ...theirs, customer_id: customerId }
  expect(await customerPortal.licenseKeys.validate(asked)).toMatchObject({ id: key.id, ...theirs })
  expect(await licenseKeys.validate(asked)).toMatchObject({ id: key.id, ...theirs })
  expect(await licenseKeys.get(key.id)).toMatchObject(theirs)
  for (const filter of [{ benefit_id: benefitId }, { organization_id: organizationId }, { benefit_id: configuration }])
    expect((await licenseKeys.list(filter)).items.map(({ id }) => id)).toEqual([key.id])
  expect((await licenseKeys.list({ organization_id: nobody })).items).toEqual([])
  expect(await benefits.get(benefitId)).toMatchObject({ id: benefitId, organization_id: organizationId })
  expect((await benefits.list({ organization_id: organizationId })).items.map(({ id }) => id)).toEqual([benefitId])
  expect((await benefits.list({ exclude_id: [benefitId] })).items).toEqual([])
  const made = { type: 'license_keys' as const, description: 'Made there', organization_id: organizationId }
  expect(await benefits.create({ ...made, properties: {} })).toMatchObject({ organization_id: organizationId })
  const session = await customerSessions.create({ customer_id: customerId })
  const own = latest(base, session.token).customerPortal.licenseKeys
  expect((await own.list({ benefit_id: benefitId })).items.map(({ id }) => id)).toEqual([key.id])
})

test('several benefits may have one name, and changes at once are all made', async () => {
  const { benefits } = latest(doors[0]?.[1] ?? '', await shop.apiKey())
  const made = { type: 'license_keys' as const, description: 'License key', properties: {} }
  const first = await benefits.create(made)
  await benefits.delete(first.id)
  const names = [await benefits.create(made), await benefits.create(made)].map(({ description }) => description)
  expect(names).toEqual(['License key (2)', 'License key (3)'])
  const { id } = await benefits.create({ ...made, description: 'Another' })
  const limits = [1, 2, 3, 4, 5, 6, 7, 8]
  const changed = limits.map((limit_usage) =>
    benefits.update(id, { type: 'license_keys', properties: { limit_usage } }),
  )
  expect(await Promise.allSettled(changed)).toEqual(limits.map(() => expect.objectContaining({ status: 'fulfilled' })))
})

test('a key nobody was issued is not found, however long', async () => {
  const { licenseKeys } = latest(doors[0]?.[1] ?? '').customerPortal
  const key = 'a whole mail '.repeat(100)
  expect(await refusal(licenseKeys.validate({ key, organization_id: shop.id }))).toEqual(missing())
})
