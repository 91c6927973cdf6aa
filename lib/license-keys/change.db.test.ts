import { describe, expect, test } from 'vitest'
import { getActivationRecord } from '../activations/records.ts'
import type { ApiClient, PortalCustomer } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { createApiKey, revokeApiKey } from '../organizations/commands.ts'
import { apiClientOf } from '../organizations/queries.ts'
import { issueLicenseKey } from '../purchases/issue.ts'
import { changeLicenseKey } from './change.ts'
import { countKeyRecords, getKeyRecord, keyRecordOfCall, listKeyRecords } from './records.ts'
import { rotateLicenseKey } from './rotate.ts'
import { IssueLicenseKey } from './schema.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const later = new Date('2026-11-21T13:00:00.000Z')
const refusal = (code: string) => expect.objectContaining({ code })

async function client(scopes: ApiClient['scopes'] = ['license_keys:write', 'license_keys:reveal']): Promise<ApiClient> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  return { kind: 'api_key', apiKeyId: newId(), name: 'CI', organizationId, scopes }
}

async function issued(me: ApiClient, times = 1): Promise<{ id: string; keyString: string }[]> {
  const configuration = await prisma.keyConfiguration.create({
    data: {
      organizationId: me.organizationId,
      name: newId(),
      prefix: 'APP',
      activationsMode: 'limited',
      activationLimit: 2,
    },
  })
  const keys: { id: string; keyString: string }[] = []
  for (let i = 0; i < times; i++) {
    const input = IssueLicenseKey.parse({ keyConfigurationId: configuration.id, customerEmail: `p${i}@test.example` })
    const { licenseKeyId, keyString } = await issueLicenseKey(me, input, new Date(now.getTime() + i))
    keys.push({ id: licenseKeyId, keyString })
  }
  return keys
}

const events = async (licenseKeyId: string) =>
  (
    await prisma.event.findMany({
      // Looking at it in a test is recorded too.
      where: { licenseKeyId, type: { not: 'license_key.revealed' } },
      orderBy: [{ at: 'asc' }, { id: 'asc' }],
    })
  ).map(({ type, actorLabel, data }) => ({ type, actorLabel, data }))

describe('change', () => {
  test('limits, usage, expiry and status in one step, each said in history', async () => {
    const me = await client()
    const [key] = await issued(me)
    if (!key) throw new Error('no key')
    await changeLicenseKey(
      me,
      key.id,
      {
        status: 'disabled',
        activations: { mode: 'limited', limit: 5 },
        usageLimit: 100,
        usage: 7,
        expiresAt: new Date('2027-01-02T03:04:05.000Z'),
        graceDays: 3,
      },
      later,
    )
    expect(await getKeyRecord(me, key.id, later)).toMatchObject({
      status: 'disabled',
      limitActivations: 5,
      limitUsage: 100,
      usage: 7,
      expiresAt: new Date('2027-01-02T03:04:05.000Z'),
      graceDays: 3,
      overridden: { activations: true, usage: true, expiry: true, grace: true },
    })
    expect((await events(key.id)).slice(1)).toEqual([
      {
        type: 'license_key.updated',
        actorLabel: 'API key CI',
        data: {
          changes: [
            'Device limit: 2 → 5',
            'Usage limit: unlimited → 100',
            'Usage: 0 → 7',
            'Expires: never → 2 Jan 2027, 03:04 UTC',
            'Grace period: 0 → 3 days',
          ],
        },
      },
      { type: 'license_key.disabled', actorLabel: 'API key CI', data: { reason: null } },
    ])
    const back = { activations: 'configuration', usageLimit: 'configuration', expiresAt: 'configuration' } as const
    await changeLicenseKey(me, key.id, { ...back, graceDays: 'configuration', status: 'granted' }, later)
    expect(await getKeyRecord(me, key.id, later)).toMatchObject({
      status: 'granted',
      limitActivations: 2,
      limitUsage: null,
      usage: 7,
      expiresAt: null,
      overridden: { activations: false, usage: false, expiry: false, grace: false },
    })
  })

  test('what changes nothing says nothing', async () => {
    const me = await client()
    const [key] = await issued(me)
    await changeLicenseKey(me, key?.id ?? '', { status: 'granted', usage: 0, note: '' }, later)
    expect(await events(key?.id ?? '')).toHaveLength(1)
  })

  test("not another organization's, not without the scope", async () => {
    const me = await client()
    const [key] = await issued(me)
    const id = key?.id ?? ''
    await expect(changeLicenseKey(await client(), id, { status: 'revoked' }, now)).rejects.toThrow(refusal('NOT_FOUND'))
    const reader: ApiClient = { ...me, scopes: ['license_keys:read'] }
    await expect(changeLicenseKey(reader, id, { status: 'revoked' }, now)).rejects.toThrow(refusal('FORBIDDEN'))
    expect(await getKeyRecord(reader, id, now)).toMatchObject({ status: 'granted' })
  })
})

describe('rotate', () => {
  test('a new string; with no overlap every earlier one ends', async () => {
    const me = await client()
    const [key] = await issued(me)
    const id = key?.id ?? ''
    const { keyString } = await rotateLicenseKey(me, { licenseKeyId: id, overlapHours: 24 }, now)
    expect(keyString).not.toBe(key?.keyString)
    expect(await getKeyRecord(me, id, now)).toMatchObject({ id, keyString })
    expect(await prisma.oldKeyString.findMany({ where: { licenseKeyId: id } })).toMatchObject([
      { rotatedAt: now, validUntil: new Date('2026-11-22T12:00:00.000Z') },
    ])
    await rotateLicenseKey(me, { licenseKeyId: id, overlapHours: 0 }, later)
    const olds = await prisma.oldKeyString.findMany({ where: { licenseKeyId: id } })
    expect(olds.map(({ validUntil }) => validUntil)).toEqual([later, later])
    expect((await events(id)).map(({ type, data }) => ({ type, data })).slice(1)).toEqual([
      { type: 'license_key.rotated', data: { until: '2026-11-22 12:00', everywhere: false } },
      { type: 'license_key.rotated', data: { until: null, everywhere: false } },
    ])
  })

  test('by its owner, with a session the organization made, and by no other customer', async () => {
    const me = await client()
    const [key, other] = await issued(me, 2)
    const id = key?.id ?? ''
    const ownerOf = async (licenseKeyId = ''): Promise<PortalCustomer> => {
      const { organizationId, customer } = await getKeyRecord(me, licenseKeyId, now)
      return { kind: 'portal_customer', organizationId, customerId: customer.id, email: customer.email }
    }
    const whole = { licenseKeyId: id, overlapHours: 0 }
    const owner = await ownerOf(id)
    expect((await rotateLicenseKey(owner, whole, now)).keyString).not.toBe(key?.keyString)
    expect((await events(id)).at(-1)).toMatchObject({ type: 'license_key.rotated', actorLabel: owner.email })
    for (const each of [await ownerOf(other?.id), { ...owner, organizationId: newId() }])
      await expect(rotateLicenseKey(each, whole, now)).rejects.toThrow(refusal('NOT_FOUND'))
  })

  test('not a revoked key', async () => {
    const me = await client()
    const [key] = await issued(me)
    await changeLicenseKey(me, key?.id ?? '', { status: 'revoked' }, now)
    await expect(rotateLicenseKey(me, { licenseKeyId: key?.id ?? '', overlapHours: 0 }, now)).rejects.toThrow(
      refusal('CONFLICT'),
    )
  })
})

describe('records', () => {
  test('pages by offset and by what came last, both ways, within the organization', async () => {
    const me = await client()
    const keys = await issued(me, 5)
    await issued(await client(), 2)
    const ids = keys.map(({ id }) => id)
    const at = (i: number) => ({ value: new Date(now.getTime() + i), id: ids[i] ?? '' })
    const list = async (page: Parameters<typeof listKeyRecords>[2]) =>
      (await listKeyRecords(me, {}, page, now)).map(({ id }) => ids.indexOf(id))
    expect(await list({ dir: 'asc', limit: 2, offset: 2 })).toEqual([2, 3])
    expect(await list({ dir: 'asc', limit: 9, after: at(2) })).toEqual([3, 4])
    expect(await list({ dir: 'desc', limit: 2, after: at(2) })).toEqual([1, 0])
    expect(await countKeyRecords(me, {}, now)).toBe(5)
  })

  test('around a call: many at once, each gets its own', async () => {
    const me = await client()
    const keys = await issued(me, 3)
    const found = await Promise.all([...keys, ...keys, { id: newId() }].map(({ id }) => keyRecordOfCall(id)))
    expect(found.map((record) => record?.keyString ?? null)).toEqual([
      ...[...keys, ...keys].map(({ keyString }) => keyString),
      null,
    ])
    expect(found[0]).toMatchObject({
      customer: { email: 'p0@test.example' },
      devices: 0,
      product: null,
      purchase: null,
    })
  })

  test('an activation of another organization is none', async () => {
    const me = await client()
    const [key] = await issued(me)
    const { id, number } = await prisma.activation.create({
      data: { organizationId: me.organizationId, licenseKeyId: key?.id ?? '', label: 'Laptop' },
    })
    expect(await getActivationRecord(me, number)).toMatchObject({ id, label: 'Laptop' })
    await expect(getActivationRecord(await client(), id)).rejects.toThrow(refusal('NOT_FOUND'))
  })
})

describe('API keys', () => {
  test('the token opens until it is revoked or over; only its hash is kept', async () => {
    const me = await client()
    const owner = {
      kind: 'merchant',
      userId: newId(),
      email: 'o@test.example',
      name: 'Olga',
      organizationId: me.organizationId,
      role: 'owner',
    } as const
    const memberships = { create: { organizationId: me.organizationId, role: owner.role } }
    await prisma.user.create({ data: { id: owner.userId, email: `${owner.userId}@test.example`, memberships } })
    const input = { name: 'Shop', scopes: ['license_keys:read' as const], expiresOn: '2026-11-30' }
    const { apiKeyId, token } = await createApiKey(owner, input, now)
    expect(await apiClientOf(token, now)).toEqual({ ...me, apiKeyId, name: 'Shop', scopes: ['license_keys:read'] })
    expect(await apiClientOf(`${token}x`, now)).toBeNull()
    expect(await apiClientOf(token, new Date('2026-12-01T00:00:00.000Z'))).toBeNull()
    await expect(createApiKey(me, input, now)).rejects.toThrow(refusal('FORBIDDEN'))
    await expect(createApiKey({ ...owner, role: 'support' }, input, now)).rejects.toThrow(refusal('FORBIDDEN'))
    await revokeApiKey(owner, { apiKeyId }, now)
    expect(await apiClientOf(token, now)).toBeNull()
  })
})
