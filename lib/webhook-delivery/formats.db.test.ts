import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DodoPayments } from 'dodopayments'
import { validateEvent } from 'polar-0.49/webhooks'
import { webhooks as polar202604 } from 'polar-1/2026-04'
import { webhooks as polar202701 } from 'polar-1/2027-01'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import type { Member, System } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { createKeyConfiguration } from '../key-configurations/commands.ts'
import { CreateKeyConfiguration } from '../key-configurations/schema.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import { disableLicenseKeys, restoreLicenseKeys, revokeLicenseKeys } from '../license-keys/status.ts'
import { issueLicenseKey } from '../purchases/issue.ts'
import { createEndpoint, rotateSecret, sendTest, updateEndpoint } from '../webhook-endpoints/commands.ts'
import { CreateEndpoint } from '../webhook-endpoints/schema.ts'
import { inFormat, typesOfFormat, type WebhookFormat } from '../webhooks/formats.ts'
import { PING, webhookTypeNames } from '../webhooks/plain.ts'
import { openSender } from './sender.ts'

// What receivers get that were written for Polar and for Dodo Payments, read by the vendors' own libraries.

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const system: System = { kind: 'system', name: 'Test' }
let me: Member
beforeEach(async () => {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Inkwell' } })
  me = { kind: 'merchant', userId: newId(), email: 'a@shop.example', name: 'Mara', organizationId, role: 'owner' }
})

type Got = { headers: Record<string, string>; text: string; json: { type: string; data: Record<string, unknown> } }

const plainHeaders = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

async function receiver() {
  const got: Got[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      got.push({ headers: plainHeaders(request.headers), text, json: JSON.parse(text) })
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

async function endpoint(format: WebhookFormat, more: object = {}) {
  const to = await receiver()
  const made = await createEndpoint(
    me,
    CreateEndpoint.parse({ url: to.url, format, ...more }),
    '2026-11-28',
    new Date(),
  )
  return { ...to, ...made }
}

const sendDue = () => openSender(system, { organizationId: me.organizationId }).sendDue()

async function life() {
  const now = new Date()
  const { id } = await createKeyConfiguration(
    me,
    CreateKeyConfiguration.parse({
      ...{ name: 'Pro', prefix: '', format: 'uuid', expiryKind: 'duration', durationCount: 1, durationUnit: 'year' },
      ...{ activationsMode: 'limited', activationLimit: 2 },
    }),
    now,
  )
  const { licenseKeyId, keyString } = await issueLicenseKey(
    me,
    {
      ...{ keyConfigurationId: id, productId: null, customerEmail: 'hana@novak.example', customerName: 'Hana' },
      ...{ reference: '', addToPurchase: false, note: '', sendMail: false },
    },
    now,
  )
  const one = { licenseKeyIds: [licenseKeyId], reason: '' }
  const steps = [
    () => disableLicenseKeys(me, one, new Date()),
    () => revokeLicenseKeys(me, one, new Date()),
    () => restoreLicenseKeys(me, one, new Date()),
  ]
  await sendDue()
  for (const step of steps) {
    await step()
    await sendDue()
  }
  return { licenseKeyId, keyString, configurationId: id }
}

test('Polar: names, bodies and signature are those its libraries take', async () => {
  const to = await endpoint('polar')
  const { licenseKeyId, keyString, configurationId } = await life()
  expect(to.got.map(({ json }) => json.type)).toEqual([
    ...['benefit_grant.created', 'benefit_grant.updated', 'benefit_grant.revoked', 'benefit_grant.created'],
  ])
  for (const { text, headers, json } of to.got) {
    const event = validateEvent(text, headers, to.secret)
    expect(event).toMatchObject({
      type: json.type,
      data: {
        benefitId: configurationId,
        isRevoked: json.type === 'benefit_grant.revoked',
        benefit: { type: 'license_keys', properties: { expires: { ttl: 1, timeframe: 'year' } } },
        properties: { licenseKeyId, displayKey: expect.stringContaining(keyString.slice(-6)) },
        customer: { email: 'hana@novak.example' },
      },
    })
    for (const { validateEvent: validate } of [polar202604, polar202701])
      expect(await validate(text, headers, to.secret)).toMatchObject({ type: json.type, data: { id: licenseKeyId } })
    // Nobody reads the key from it: not even Polar sends it.
    expect(text).not.toContain(keyString)
    expect(() => validateEvent(`${text} `, headers, to.secret)).toThrow()
    expect(() => validateEvent(text, headers, 'whsec_other')).toThrow()
    expect(() => validateEvent(text, { ...headers, 'webhook-timestamp': '1700000000' }, to.secret)).toThrow()
  }
})

test('Dodo Payments: names, bodies and signature are those its library takes', async () => {
  const to = await endpoint('dodo', { hasKeyStrings: true })
  const masked = await endpoint('dodo', { types: ['license_key.created'] })
  const { keyString } = await life()
  expect(to.got.map(({ json }) => json.type)).toEqual([
    ...['license_key.created', 'entitlement_grant.created', 'entitlement_grant.revoked', 'entitlement_grant.delivered'],
  ])
  const { webhooks } = new DodoPayments({ bearerToken: 'none' })
  for (const { text, headers, json } of to.got) {
    const event = webhooks.unwrap(text, { headers, key: to.secret })
    expect(event).toMatchObject({
      ...{ type: json.type, business_id: `bus_${me.organizationId.replaceAll('-', '')}` },
      data:
        json.type === 'license_key.created'
          ? { payload_type: 'LicenseKey', key: keyString, status: 'active', activations_limit: 2, instances_count: 0 }
          : {
              payload_type: 'EntitlementGrant',
              integration_type: 'license_key',
              status: json.type === 'entitlement_grant.revoked' ? 'Revoked' : 'Delivered',
              license_key: { key: keyString },
            },
    })
    expect(() => webhooks.unwrap(`${text} `, { headers, key: to.secret })).toThrow()
    const old = { ...headers, 'webhook-timestamp': '1700000000' }
    expect(() => webhooks.unwrap(text, { headers: old, key: to.secret })).toThrow()
  }
  expect(masked.got.map(({ json }) => json.type)).toEqual(['license_key.created'])
  expect(masked.got[0]?.text).not.toContain(keyString)
})

test('a rotated secret and a new string: both are signed for and told as they are then', async () => {
  const to = await endpoint('polar', { types: ['benefit_grant.updated'] })
  const { secret } = await rotateSecret(me, to.endpointId, new Date())
  const { licenseKeyId } = await life()
  await rotateLicenseKey(me, { licenseKeyId, overlapHours: 0, sendMail: false }, new Date())
  await sendDue()
  expect(to.got).toHaveLength(2)
  for (const { text, headers } of to.got)
    for (const each of [secret, to.secret]) expect(validateEvent(text, headers, each)).toBeTruthy()
})

test.each(['polar', 'dodo'] as const)(
  '%s: an example of each type, and of the first instead of a ping',
  async (format) => {
    const to = await endpoint(format, { hasKeyStrings: format === 'dodo' })
    const types = typesOfFormat(format)
    for (const type of [PING, ...types] as const) await sendTest(me, { endpointId: to.endpointId, type }, new Date())
    await sendDue()
    expect(to.got.map(({ json }) => json.type).toSorted()).toEqual([types[0], ...types].toSorted())
    const { webhooks } = new DodoPayments({ bearerToken: 'none' })
    for (const { text, headers } of to.got) {
      if (format === 'polar') expect(validateEvent(text, headers, to.secret)).toBeTruthy()
      else expect(webhooks.unwrap(text, { headers, key: to.secret })).toBeTruthy()
    }
    await expect(sendTest(me, { endpointId: to.endpointId, type: 'purchase.created' }, new Date())).rejects.toThrow(
      'In this format there is no purchase.created',
    )
  },
)

test('an endpoint is told only of what its format has words for', async () => {
  const { url } = await receiver()
  const make = (more: object) => createEndpoint(me, CreateEndpoint.parse({ url, ...more }), '2026-11-28', new Date())
  await expect(make({ format: 'polar', types: ['license_key.issued'] })).rejects.toMatchObject({ field: 'types' })
  await expect(make({ types: ['benefit_grant.created'] })).rejects.toMatchObject({ field: 'types' })
  const { endpointId } = await make({ format: 'dodo' })
  const types = ['benefit_grant.created'] as const
  await expect(updateEndpoint(me, endpointId, { types: [...types] }, new Date())).rejects.toMatchObject({
    field: 'types',
  })
  for (const format of ['polar', 'dodo'] as const)
    expect(new Set(webhookTypeNames.flatMap((type) => inFormat(format, type)))).toEqual(new Set(typesOfFormat(format)))
})
