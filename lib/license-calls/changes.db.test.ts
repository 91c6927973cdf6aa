import { afterAll, describe, expect, test } from 'vitest'
import type { ApiClient, Merchant, Software } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { listLicenseKeys } from '../license-keys/list.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import { activate, deactivate, validate } from './calls.ts'
import type { ValidateCall } from './schema.ts'

// What a string that was rotated away still opens. The clock is the real one: that of a validation cannot be chosen.

const now = new Date()
const before = (seconds: number) => new Date(now.getTime() - seconds * 1_000)
const software: Software = { kind: 'software', address: null }

afterAll(() => pool.end())

/** A key with two devices, one of them known by a fingerprint, whose string was rotated a minute ago. */
async function rotatedKey(overlapHours = 24, rotatedAt = before(60), activationsMode: 'limited' | 'off' = 'limited') {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const merchant: ApiClient = {
    ...{ kind: 'api_key', apiKeyId: newId(), name: 'CI', organizationId },
    scopes: ['license_keys:write', 'license_keys:reveal'],
  }
  const customer = await prisma.customer.create({ data: { organizationId, email: `${organizationId}@test.example` } })
  const configuration = await prisma.keyConfiguration.create({
    data: {
      organizationId,
      name: 'Pro',
      prefix: 'TEST',
      activationsMode,
      activationLimit: 3,
      usageLimit: 10,
    },
  })
  const id = newId()
  const old = makeKeyString('uuid', 'TEST')
  const owner = { organizationId, customerId: customer.id, keyConfigurationId: configuration.id }
  await prisma.licenseKey.create({ data: { id, ...owner, ...keyStringColumns(old, 'TEST') } })
  const devices: string[] = []
  for (const fingerprint of activationsMode === 'off' ? [] : [null, 'f1']) {
    const call = { key: old, organization_id: organizationId, label: 'Device', fingerprint }
    devices.push((await activate(software, call, before(120))).activation?.id as string)
  }
  const { keyString: fresh } = await rotateLicenseKey(merchant, { licenseKeyId: id, overlapHours }, rotatedAt)
  const call = (key: string) => ({ key, organization_id: organizationId })
  return { id, old, fresh, call, merchant, devices: devices as [string, string] }
}

const code = async (call: ValidateCall) => (await validate(software, call, now)).verdict.code

describe('during the overlap', () => {
  test('the old string validates on devices that were active, and shows itself', async () => {
    const { old, fresh, call, devices } = await rotatedKey()
    const first = await validate(software, { ...call(old), activation_id: devices[0], increment_usage: 2 }, now)
    expect(first).toMatchObject({
      verdict: { code: 'VALID' },
      key: { keyString: old, displayKey: `****-${old.slice(-6)}`, usage: 2, validations: 1 },
      activation: { id: devices[0] },
    })
    expect(await code({ ...call(old), fingerprint: 'f1' })).toBe('VALID')
    expect(await code({ ...call(fresh), activation_id: devices[0] })).toBe('VALID')
    expect(await code(call(fresh))).toBe('VALID')
    expect(await prisma.licenseKey.findFirst({ where: { validations: 4n, usage: 2 } })).not.toBeNull()
  })

  test('the old string opens nothing else: no key alone, no unknown device, no other organization', async () => {
    const { old, call, devices } = await rotatedKey()
    expect(await code(call(old))).toBe('REPLACED')
    expect(await code({ ...call(old), activation_id: newId() })).toBe('REPLACED')
    expect(await code({ ...call(old), fingerprint: 'f2' })).toBe('REPLACED')
    expect(await code({ ...call(old), organization_id: newId(), activation_id: devices[0] })).toBe('NOT_FOUND')
    const repeatable = await validate(software, call(old), now, 'k1')
    expect(repeatable).toMatchObject({ verdict: { code: 'REPLACED' }, key: null, activation: null })
  })

  test('no device joins with the old string; one that is known is known, one that came later is not', async () => {
    const { old, fresh, call, devices } = await rotatedKey()
    const join = async (key: string, fingerprint: string | null, replaced: string | null = null) =>
      activate(software, { ...call(key), label: 'New', fingerprint, replace_activation_id: replaced }, now)
    expect((await join(old, null)).verdict.code).toBe('REPLACED')
    expect((await join(old, 'f2')).verdict.code).toBe('REPLACED')
    expect((await join(old, null, devices[0])).verdict.code).toBe('REPLACED')
    expect(await join(old, 'f1')).toMatchObject({ verdict: { code: 'ACTIVATED' }, activation: { id: devices[1] } })
    const later = (await join(fresh, 'f2')).activation?.id as string
    expect(await code({ ...call(old), activation_id: later })).toBe('REPLACED')
    expect(await code({ ...call(fresh), activation_id: later })).toBe('VALID')
  })

  test('both strings at once share one limit', async () => {
    const { id, old, fresh, call, devices } = await rotatedKey()
    const calls = Array.from({ length: 40 }, (_, i) => ({
      ...call(i % 2 ? old : fresh),
      activation_id: devices[0],
      increment_usage: 1,
    }))
    const outcomes = await Promise.all(calls.map((each) => validate(software, each, now)))
    expect(outcomes.filter(({ verdict }) => verdict.valid)).toHaveLength(10)
    const joins = await Promise.all(
      Array.from({ length: 10 }, (_, i) => {
        const off = { ...call(old), activation_id: devices[0] }
        return i === 0 ? deactivate(software, off, now) : activate(software, { ...call(fresh), label: `New ${i}` }, now)
      }),
    )
    expect(joins.filter(({ verdict }) => verdict.valid).length).toBeGreaterThanOrEqual(2)
    expect(await prisma.activation.count({ where: { licenseKeyId: id, deactivatedAt: null } })).toBe(3)
  })

  test('a device leaves with the old string', async () => {
    const { old, call, devices } = await rotatedKey()
    expect((await deactivate(software, { ...call(old), activation_id: devices[0] }, now)).verdict.valid).toBe(true)
    expect(await code({ ...call(old), activation_id: devices[0] })).toBe('REPLACED')
    expect((await deactivate(software, { ...call(old), activation_id: newId() }, now)).verdict.code).toBe('REPLACED')
  })
})

test('after the overlap, and without one, the old string says that it was replaced', async () => {
  for (const key of [await rotatedKey(0), await rotatedKey(1, before(3_600))]) {
    const { old, fresh, call, devices } = key
    expect(await code({ ...call(old), activation_id: devices[0] })).toBe('REPLACED')
    expect((await deactivate(software, { ...call(old), activation_id: devices[0] }, now)).verdict.code).toBe('REPLACED')
    expect(await code({ ...call(fresh), activation_id: devices[0] })).toBe('VALID')
    const outcome = await validate(software, { ...call(old), activation_id: devices[0] }, now)
    expect(outcome).toMatchObject({ verdict: { valid: false, code: 'REPLACED' }, key: null, activation: null })
    expect(await code({ ...call(old), organization_id: newId() })).toBe('NOT_FOUND')
    const join = { ...call(old), label: 'New', fingerprint: 'f1' }
    expect(await activate(software, join, now)).toMatchObject({ verdict: { code: 'REPLACED' }, key: null })
    const refused = { licenseKeyId: key.id, type: 'activation.refused' }
    expect(await prisma.event.findMany({ where: refused })).toMatchObject([
      { data: { label: 'New', code: 'REPLACED' } },
    ])
  }
})

test('a string stays known through every further rotation, and staff find the key by it', async () => {
  const { id, old, fresh, merchant } = await rotatedKey(24)
  const { keyString } = await rotateLicenseKey(merchant, { licenseKeyId: id, overlapHours: 0 }, now)
  const found = async (by: Merchant, q: string) =>
    (await listLicenseKeys(by, { q }, { page: 1, size: 10, sort: 'createdAt', dir: 'asc' }, now)).keys.map(
      ({ id }) => id,
    )
  for (const string of [old, fresh, keyString]) expect(await found(merchant, string.toLowerCase())).toEqual([id])
  expect(await found({ ...merchant, organizationId: newId() }, old)).toEqual([])
})

test('a key that takes no devices: the old string works wherever it is used until its time is over', async () => {
  const { id, old, fresh, call } = await rotatedKey(24, before(60), 'off')
  expect(await code(call(old))).toBe('VALID')
  expect(await code({ ...call(old), increment_usage: 2 })).toBe('VALID')
  const join = { ...call(old), label: 'New' }
  expect((await activate(software, join, now)).verdict.code).toBe('ACTIVATIONS_OFF')
  const repeatable = await validate(software, call(old), now, 'k1')
  expect(repeatable).toMatchObject({ verdict: { code: 'VALID' }, key: { keyString: old } })
  await prisma.oldKeyString.updateMany({ where: { licenseKeyId: id }, data: { validUntil: before(1) } })
  expect(await code(call(old))).toBe('REPLACED')
  expect((await activate(software, join, now)).verdict.code).toBe('REPLACED')
  expect(await code(call(fresh))).toBe('VALID')
})
