import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import type { Prisma } from '#prisma/client.ts'
import type { RevokeReason } from '#prisma/enums.ts'
import type { Software } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { exactJson, type Json, type JsonObject } from '../base/json.ts'
import { pool, prisma } from '../database/client.ts'
import { describeEvent } from '../events/rules.ts'
import { EventType } from '../events/schema.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import * as calls from './calls.ts'
import { flushValidationCounts } from './counts.ts'
import { ActivateCall, DeactivateCall, ValidateCall } from './schema.ts'

// Four copies of the module, each with a queue of its own, as four processes have: only the database stands between them.
const copies = await Promise.all(
  [1, 2, 3].map((i) => import(/* @vite-ignore */ `./calls.ts?process=${i}`) as Promise<typeof calls>),
)
const processes = [calls, ...copies]
let turn = 0
const next = () => processes[turn++ % processes.length] as typeof calls
const activate: typeof calls.activate = (...args) => next().activate(...args)
const deactivate: typeof calls.deactivate = (...args) => next().deactivate(...args)
const validate: typeof calls.validate = (...args) => next().validate(...args)

const now = new Date('2026-11-21T12:00:00.000Z')
const later = (ms: number) => new Date(now.getTime() + ms)
const software: Software = { kind: 'software', address: null }

type Shop = { organizationId: string; customerId: string }
type Key = { id: string; key: string; organization_id: string; configurationId: string } & Shop

async function shop(): Promise<Shop> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const { id } = await prisma.customer.create({ data: { organizationId, email: `${organizationId}@test.example` } })
  return { organizationId, customerId: id }
}

/** A key of a new configuration, in a new organization unless one is given. */
async function makeKey(
  configuration: Partial<Prisma.KeyConfigurationUncheckedCreateInput> = {},
  over: Partial<Prisma.LicenseKeyUncheckedCreateInput> = {},
  of?: Shop,
): Promise<Key> {
  const { organizationId, customerId } = of ?? (await shop())
  const configurationId = newId()
  await prisma.keyConfiguration.create({
    data: { id: configurationId, organizationId, name: configurationId, ...configuration },
  })
  const id = newId()
  const key = makeKeyString('uuid', 'TEST')
  await prisma.licenseKey.create({
    data: {
      id,
      organizationId,
      customerId,
      keyConfigurationId: configurationId,
      ...keyStringColumns(key, 'TEST'),
      createdAt: now,
      updatedAt: now,
      ...over,
    },
  })
  return { id, key, organization_id: organizationId, configurationId, organizationId, customerId }
}

const limited = (activationLimit: number) => ({ activationsMode: 'limited' as const, activationLimit })
const ask = ({ key, organization_id }: Key) => ({ key, organization_id })
const on = (key: Key, label = 'Device', more: Partial<ActivateCall> = {}, at = now) =>
  activate(software, { ...ask(key), label, ...more }, at)
const off = (key: Key, activation_id: string, at = now) => deactivate(software, { ...ask(key), activation_id }, at)
const check = (key: Key, more: Partial<ValidateCall> = {}) => validate(software, { ...ask(key), ...more }, new Date())
const times = <T>(count: number, make: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)))
const row = (key: Key) => prisma.licenseKey.findUniqueOrThrow({ where: { id: key.id } })
const liveCount = (key: Key) => prisma.activation.count({ where: { licenseKeyId: key.id, deactivatedAt: null } })
const events = async (key: Key) =>
  (await prisma.event.findMany({ where: { licenseKeyId: key.id }, orderBy: { id: 'asc' } })).map(
    ({ type, actorKind, at, activationId, data }) => ({ type, actorKind, at, activationId, data: data as JsonObject }),
  )
const codes = (outcomes: { verdict: { code: string } }[]) => {
  const counts: Record<string, number> = {}
  for (const { verdict } of outcomes) counts[verdict.code] = (counts[verdict.code] ?? 0) + 1
  return counts
}

/** Holds a key's row until it is released. */
async function lockRow(key: Key) {
  const holder = await pool.connect()
  await holder.query('BEGIN')
  await holder.query('SELECT 1 FROM license_keys WHERE id = $1 FOR UPDATE', [key.id])
  const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return { holder, pid: rows[0]?.pid }
}

/** How many wait for what this one holds, or for each other behind it. */
async function waitersOn(pid: number | undefined): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `WITH RECURSIVE waiting AS (
      SELECT $1::int AS pid
      UNION SELECT s.pid FROM waiting w, pg_stat_activity s WHERE w.pid = ANY(pg_blocking_pids(s.pid))
    ) SELECT count(*)::int - 1 AS count FROM waiting`,
    [pid],
  )
  return rows[0]?.count ?? 0
}

async function release(holder: pg.PoolClient) {
  await holder.query('ROLLBACK')
  holder.release()
}

afterAll(() => pool.end())

// ---------------------------------------------------------------- slots

const byHand: RevokeReason[] = ['by_hand']

describe('activate', () => {
  test('fifty at once on three slots: exactly three, and each of the others is told why', async () => {
    const key = await makeKey(limited(3))
    const outcomes = await times(50, (i) => on(key, `Device ${i}`))
    expect(codes(outcomes)).toEqual({ ACTIVATED: 3, ACTIVATION_LIMIT_REACHED: 47 })
    expect(await liveCount(key)).toBe(3)
    const ids = outcomes.flatMap(({ activation }) => activation?.id ?? [])
    expect(new Set(ids).size).toBe(3)
    const found = await events(key)
    expect(found.filter(({ type }) => type === 'activation.created')).toHaveLength(3)
    expect(found.filter(({ type }) => type === 'activation.refused')).toHaveLength(10) // at most ten a minute
  })

  test('forty at once of one fingerprint: one row, one event, equal answers', async () => {
    const key = await makeKey(limited(1))
    const outcomes = await times(40, () => on(key, 'Laptop', { fingerprint: 'f', meta: { os: 'linux' } }))
    expect(codes(outcomes)).toEqual({ ACTIVATED: 40 })
    for (const { activation } of outcomes) expect(activation).toEqual(outcomes[0]?.activation)
    expect(await prisma.activation.count({ where: { licenseKeyId: key.id } })).toBe(1)
    expect((await events(key)).map(({ type }) => type)).toEqual(['activation.created'])
  })

  test('activations and deactivations all at once never hold more slots than there are', async () => {
    const key = await makeKey(limited(4))
    let most = 0
    await times(8, async (worker) => {
      for (let i = 0; i < 6; i++) {
        const { activation } = await on(key, `Device ${worker}.${i}`)
        most = Math.max(most, await liveCount(key))
        if (activation) await off(key, activation.id)
      }
    })
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(4)
    expect(await liveCount(key)).toBe(0)
  })

  test('a replacement is one step: of many at once for the same device one succeeds', async () => {
    const key = await makeKey(limited(1))
    const old = (await on(key, 'Old')).activation?.id as string
    const outcomes = await times(12, (i) => on(key, `New ${i}`, { replace_activation_id: old.toUpperCase() }))
    expect(codes(outcomes)).toEqual({ ACTIVATED: 1, ACTIVATION_NOT_FOUND: 11 })
    expect(await liveCount(key)).toBe(1)
    const winner = outcomes.find(({ activation }) => activation)?.activation
    const changes = (await events(key)).filter(({ type }) => type !== 'activation.refused').slice(1)
    expect(changes).toMatchObject([
      { type: 'activation.deactivated', activationId: old, data: { label: 'Old', replacedBy: winner?.label } },
      { type: 'activation.created', activationId: winner?.id, data: { label: winner?.label, replaced: 'Old' } },
    ])
    expect((await check(key, { activation_id: old })).verdict.code).toBe('ACTIVATION_NOT_FOUND')
    expect((await check(key, { activation_id: winner?.id })).verdict.code).toBe('VALID')
  })

  test("a replacement cannot name another key's device", async () => {
    const mine = await makeKey(limited(1))
    const other = await makeKey(limited(1), {}, mine)
    const theirs = (await on(other)).activation?.id
    expect((await on(mine, 'Mine', { replace_activation_id: theirs })).verdict.code).toBe('ACTIVATION_NOT_FOUND')
    expect(await liveCount(other)).toBe(1)
  })

  test('the same device again: no new slot, and what it says of itself now holds', async () => {
    const key = await makeKey(limited(1))
    const first = await on(key, 'Laptop', { fingerprint: 'f', conditions: { major: 1 }, meta: { ip: '1' } })
    const same = await on(key, 'Laptop', { fingerprint: 'f', conditions: { major: 1 } }, later(1_000))
    expect(same.activation).toEqual(first.activation)
    const again = await on(key, 'Laptop 2', { fingerprint: 'f', conditions: { major: 2 } }, later(2_000))
    expect(again.activation).toEqual({ ...first.activation, label: 'Laptop 2', modifiedAt: later(2_000) })
    const device = { fingerprint: 'f' }
    expect((await check(key, { ...device, conditions: { major: 1 } })).verdict.code).toBe('CONDITIONS_MISMATCH')
    expect((await check(key, { ...device, conditions: { major: 2 } })).verdict.code).toBe('VALID')
    expect((await events(key)).map(({ type }) => type)).toEqual(['activation.created', 'activation.updated'])
  })

  test('the same fingerprint on two keys is two devices', async () => {
    const one = await makeKey(limited(1))
    const two = await makeKey(limited(1), {}, one)
    const ids = (await Promise.all([one, two].map((key) => on(key, 'A', { fingerprint: 'f' })))).map(
      ({ activation }) => activation?.id,
    )
    expect(new Set(ids).size).toBe(2)
  })

  test('a device that was freed may come back as a new one', async () => {
    const key = await makeKey(limited(1))
    const first = (await on(key, 'A', { fingerprint: 'f' })).activation?.id as string
    await off(key, first)
    const second = (await on(key, 'A', { fingerprint: 'f' })).activation?.id
    expect(second).not.toBe(first)
    expect(await liveCount(key)).toBe(1)
  })

  test('a limit that is lowered takes no slot away and grants none', async () => {
    const key = await makeKey(limited(3))
    const ids = (await times(3, (i) => on(key, `D${i}`))).map(({ activation }) => activation?.id as string)
    await prisma.keyConfiguration.update({ where: { id: key.configurationId }, data: { activationLimit: 1 } })
    expect((await check(key, { activation_id: ids[2] })).verdict.code).toBe('VALID')
    await off(key, ids[0] as string)
    await off(key, ids[1] as string)
    expect((await on(key, 'D4')).verdict.code).toBe('ACTIVATION_LIMIT_REACHED')
    await off(key, ids[2] as string)
    expect((await on(key, 'D5')).verdict.code).toBe('ACTIVATED')
  })

  test("a key's own limit holds instead of its configuration's", async () => {
    const key = await makeKey(limited(1), { activationsModeOverride: 'limited', activationLimitOverride: 2 })
    const outcomes = await times(5, (i) => on(key, `D${i}`))
    expect(codes(outcomes)).toEqual({ ACTIVATED: 2, ACTIVATION_LIMIT_REACHED: 3 })
    expect(outcomes[0]?.key?.limitActivations).toBe(2)
  })

  test('where customers may not replace devices, a swap frees no slot; the seller may', async () => {
    const key = await makeKey({ ...limited(2), customerMayReplace: false })
    const first = (await on(key, 'A')).activation?.id as string
    const swap = { replace_activation_id: first }
    expect((await on(key, 'B', swap)).verdict.code).toBe('ACTIVATED')
    expect(await liveCount(key)).toBe(2)
    expect((await on(key, 'C', swap)).verdict).toMatchObject({
      code: 'ACTIVATION_LIMIT_REACHED',
      detail: 'All 2 devices of this license key are in use. Only the seller can replace one.',
    })
    const seller = { kind: 'api_key' as const, apiKeyId: newId(), name: 'CI', organizationId: key.organizationId }
    const client = { ...seller, scopes: ['license_keys:write' as const] }
    const outcome = await activate(client, { ...ask(key), label: 'C', ...swap }, now)
    expect(outcome.verdict.code).toBe('ACTIVATED')
    expect(await liveCount(key)).toBe(2)
  })

  test.each([
    ['REVOKED', {}, { status: 'revoked', revokedFor: byHand }],
    ['DISABLED', {}, { status: 'disabled' }],
    ['EXPIRED', {}, { expiresAt: now }],
    ['ACTIVATIONS_OFF', { activationsMode: 'off' }, {}],
    ['NEW_DEVICES_BLOCKED', {}, { newDevicesBlocked: true }],
  ] as const)('%s: refused, recorded, nothing else changed', async (code, configuration, over) => {
    const key = await makeKey(configuration, over)
    const before = await row(key)
    const outcome = await on(key, 'Laptop')
    expect(outcome).toMatchObject({ verdict: { valid: false, code }, activation: null, key: { id: key.id } })
    expect(await row(key)).toEqual(before)
    const [event, ...more] = await events(key)
    expect(more).toEqual([])
    expect(event).toMatchObject({ type: 'activation.refused', data: { label: 'Laptop', code }, at: now })
  })

  test('a refusal is recorded once a minute per device and reason', async () => {
    const key = await makeKey(limited(1), { newDevicesBlocked: true })
    await times(10, () => on(key, 'Laptop'))
    await on(key, 'Laptop', {}, later(59_999))
    expect(await events(key)).toHaveLength(1)
    await on(key, 'Phone')
    expect(await events(key)).toHaveLength(2)
    await on(key, 'Laptop', {}, later(60_000))
    expect(await events(key)).toHaveLength(3)
    await prisma.licenseKey.update({ where: { id: key.id }, data: { status: 'disabled' } })
    await on(key, 'Laptop', {}, later(60_001))
    expect((await events(key)).at(-1)).toMatchObject({ data: { label: 'Laptop', code: 'DISABLED' } })
  })

  test('an unknown key, and a known one in another organization, are the same NOT_FOUND', async () => {
    const key = await makeKey()
    const elsewhere = { ...key, organization_id: (await shop()).organizationId }
    const unknown = { ...key, key: makeKeyString('uuid', 'TEST') }
    for (const call of [check, on, (k: Key) => off(k, newId())]) {
      const answers = await Promise.all([call(elsewhere), call(unknown)])
      expect(answers[0]).toEqual({
        verdict: expect.objectContaining({ code: 'NOT_FOUND' }),
        key: null,
        activation: null,
      })
      expect(answers[1]).toEqual(answers[0])
    }
    expect(await events(key)).toEqual([])
  })

  test('what client software sees of the key', async () => {
    const key = await makeKey({ ...limited(3), usageLimit: 100, entitlements: ['a'], version: '2' })
    const { key: answer, activation } = await on(key, 'hello', { meta: { ip: '84.19.145.194' } })
    expect(answer).toEqual({
      id: key.id,
      organizationId: key.organizationId,
      customerId: key.customerId,
      keyConfigurationId: key.configurationId,
      productId: null,
      keyString: key.key,
      displayKey: `****-${key.key.slice(-6)}`,
      status: 'granted',
      limitActivations: 3,
      usage: 0,
      limitUsage: 100,
      validations: 0,
      lastValidatedAt: null,
      expiresAt: null,
      entitlements: ['a'],
      version: '2',
      createdAt: now,
      modifiedAt: now,
    })
    expect(activation).toEqual({
      id: expect.any(String),
      licenseKeyId: key.id,
      label: 'hello',
      fingerprint: null,
      meta: { ip: '84.19.145.194' },
      createdAt: now,
      modifiedAt: null,
    })
  })
})

describe('the first activation starts the clock', () => {
  const fromFirst = {
    expiryKind: 'duration' as const,
    durationCount: 1,
    durationUnit: 'month' as const,
    expiryStart: 'first_activation' as const,
  }
  test('once', async () => {
    const key = await makeKey(fromFirst)
    expect((await row(key)).expiresAt).toBeNull()
    const start = new Date('2026-01-31T10:00:00.000Z')
    const first = await on(key, 'A', {}, start)
    expect(first.key?.expiresAt).toEqual(new Date('2026-02-28T10:00:00.000Z'))
    expect(await row(key)).toMatchObject({ expiresAt: first.key?.expiresAt, firstActivatedAt: start })
    await off(key, first.activation?.id as string)
    const second = await on(key, 'B', {}, new Date(start.getTime() + 1_000))
    expect(second.key?.expiresAt).toEqual(first.key?.expiresAt)
    expect((await on(key, 'C', {}, new Date('2026-02-28T10:00:00.000Z'))).verdict.code).toBe('EXPIRED')
  })

  test('at once, all see one date', async () => {
    const key = await makeKey(fromFirst)
    const outcomes = await times(10, (i) => on(key, `D${i}`, {}, later(i)))
    expect(new Set(outcomes.map((outcome) => outcome.key?.expiresAt?.getTime())).size).toBe(1)
  })

  test('but not of a key whose expiry was set by hand', async () => {
    const never = await makeKey(fromFirst, { expiryOverridden: true })
    expect((await on(never)).key?.expiresAt).toBeNull()
    const dated = await makeKey(fromFirst, { expiryOverridden: true, expiresAt: later(5_000) })
    expect((await on(dated)).key?.expiresAt).toEqual(later(5_000))
  })

  test('nor of one that was activated before its configuration had such a clock', async () => {
    const key = await makeKey(fromFirst, { firstActivatedAt: later(-5_000) })
    expect((await on(key)).key?.expiresAt).toBeNull()
    expect((await row(key)).expiresAt).toBeNull()
  })

  test('nor of a refused device, nor by a validation', async () => {
    const key = await makeKey(fromFirst, { newDevicesBlocked: true })
    await on(key)
    await check(key)
    expect(await row(key)).toMatchObject({ firstActivatedAt: null, expiresAt: null })
  })
})

test('a key that many ask for at once leaves connections for the others', async () => {
  const busy = await makeKey(limited(1))
  const other = await makeKey()
  const { holder, pid } = await lockRow(busy)
  const waiting = times(60, (i) => on(busy, `D${i}`))
  // While all of them wait for the row, one batch of each process, another key is served.
  await expect.poll(() => waitersOn(pid)).toBe(processes.length)
  const served = await Promise.all([on(other), check(other)])
  expect(codes(served)).toEqual({ ACTIVATED: 1, VALID: 1 })
  await release(holder)
  expect(codes(await waiting)).toEqual({ ACTIVATED: 1, ACTIVATION_LIMIT_REACHED: 59 })
})

describe('deactivate', () => {
  test('frees the slot, and again is a success without another event', async () => {
    const key = await makeKey(limited(1))
    const id = (await on(key, 'Old')).activation?.id as string
    expect((await on(key, 'New')).verdict.code).toBe('ACTIVATION_LIMIT_REACHED')
    const outcomes = await times(10, (i) => off(key, i % 2 ? id.toUpperCase() : id, later(1_000)))
    expect(codes(outcomes)).toEqual({ DEACTIVATED: 10 })
    const went = outcomes.filter(({ activation }) => activation !== null)
    expect(went.map(({ activation }) => activation)).toEqual([expect.objectContaining({ id, label: 'Old', meta: {} })])
    expect((await off(key, id, later(9_000))).verdict.code).toBe('DEACTIVATED')
    expect(await prisma.activation.findUnique({ where: { id } })).toMatchObject({ deactivatedAt: later(1_000) })
    expect((await events(key)).filter(({ type }) => type === 'activation.deactivated')).toHaveLength(1)
    expect((await on(key, 'New')).verdict.code).toBe('ACTIVATED')
  })

  test.each([
    { status: 'revoked' as const, revokedFor: ['by_hand' as const] },
    { status: 'disabled' as const },
    { expiresAt: now },
  ])('also of %o', async (over) => {
    const key = await makeKey(limited(1))
    const id = (await on(key)).activation?.id as string
    await prisma.licenseKey.update({ where: { id: key.id }, data: over })
    expect((await off(key, id)).verdict.code).toBe('DEACTIVATED')
    expect(await liveCount(key)).toBe(0)
  })

  test("not another key's device", async () => {
    const mine = await makeKey()
    const other = await makeKey({}, {}, mine)
    const theirs = (await on(other)).activation?.id as string
    expect((await off(mine, theirs)).verdict.code).toBe('ACTIVATION_NOT_FOUND')
    expect(await liveCount(other)).toBe(1)
  })
})

// ---------------------------------------------------------------- counters

describe('validate', () => {
  test('metered, at once: exactly the limit, and no unit more', async () => {
    const key = await makeKey({ usageLimit: 100 })
    const outcomes = await times(60, () => check(key, { increment_usage: 3 }))
    expect(codes(outcomes)).toEqual({ VALID: 33, USAGE_LIMIT_REACHED: 27 })
    expect(await row(key)).toMatchObject({ usage: 99, validations: 33n })
    expect((await check(key, { increment_usage: 1 })).key).toMatchObject({ usage: 100, validations: 34 })
    expect((await check(key, { increment_usage: 1 })).verdict.code).toBe('USAGE_LIMIT_REACHED')
    expect((await check(key)).verdict.code).toBe('VALID')
    const usages = outcomes.filter(({ verdict }) => verdict.valid).map((outcome) => outcome.key?.usage as number)
    expect(usages.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 33 }, (_, i) => 3 * (i + 1)))
  })

  test('metered, through both ways and while somebody else spends: exactly the limit', async () => {
    const key = await makeKey({ usageLimit: 50 })
    let others = 0
    const other = async () => {
      // As another process would, past our queue.
      for (let i = 0; i < 10; i++) {
        const { rowCount } = await pool.query(
          'UPDATE license_keys SET usage = usage + 1 WHERE id = $1 AND usage + 1 <= 50',
          [key.id],
        )
        others += rowCount ?? 0
      }
    }
    const [batch, single] = await Promise.all([
      times(60, async (i) => {
        if (i % 10 === 0) await sleep(1)
        return check(key, { increment_usage: 1 })
      }),
      times(20, (i) => validate(software, { ...ask(key), increment_usage: 1 }, new Date(), `attempt-${i}`)),
      other(),
    ])
    const valid = [...batch, ...single].filter(({ verdict }) => verdict.valid).length
    expect(valid + others).toBe(50)
    expect(await row(key)).toMatchObject({ usage: 50, validations: BigInt(valid) })
  })

  test('the counter is the number of valid answers, on key and device, and each answer has its own', async () => {
    const key = await makeKey(limited(2))
    const other = await makeKey({}, {}, key)
    const [a, b] = (await times(2, (i) => on(key, `D${i}`))).map(({ activation }) => activation?.id as string)
    const asked = [{ activation_id: a }, { activation_id: b }, {}, { activation_id: newId() }]
    const [outcomes] = await Promise.all([
      times(400, (i) => check(key, asked[i % 4])),
      times(100, () => check(other)),
      times(5, async (i) => off(other, newId(), later(i))),
    ])
    expect(codes(outcomes)).toEqual({ VALID: 300, ACTIVATION_NOT_FOUND: 100 })
    const counts = outcomes.filter(({ verdict }) => verdict.valid).map((outcome) => outcome.key?.validations as number)
    expect(counts.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1))
    expect((await row(key)).validations).toBe(300n)
    expect((await row(other)).validations).toBe(100n)
    const devices = await prisma.activation.findMany({ where: { licenseKeyId: key.id } })
    expect(devices.map(({ validations }) => validations)).toEqual([100n, 100n])
    expect(devices.every(({ lastValidatedAt }) => lastValidatedAt !== null)).toBe(true)
  })

  test('what is counted at once is answered as the rules answer it, in every state a key can be in', async () => {
    const of = await shop()
    const day = 86_400_000
    const moments = [null, -30 * day, -3 * day, -1, 60_000].map((ms) =>
      ms === null ? null : new Date(Date.now() + ms),
    )
    const settings = [
      {},
      { graceDays: 7 },
      { activationRequired: true, activationsMode: 'unlimited' },
      { activationRequired: true, activationsMode: 'off' },
      { usageLimit: 5, usageReset: 'day' },
      { entitlements: ['a', 'b'], version: '2' },
    ] satisfies Partial<Prisma.KeyConfigurationUncheckedCreateInput>[]
    const overrides = [
      {},
      { status: 'disabled' },
      { status: 'revoked', revokedFor: ['by_hand'] },
      { usage: 3, graceDaysOverride: 1 },
    ] satisfies Partial<Prisma.LicenseKeyUncheckedCreateInput>[]
    const keys: Key[] = []
    for (const configuration of settings)
      for (const expiresAt of moments)
        for (const over of overrides) {
          keys.push(await makeKey(configuration, { ...over, expiresAt }, of))
        }
    const devices = new Map<Key, string[]>()
    for (const key of keys) {
      const ids = [newId(), newId(), newId()]
      devices.set(key, ids)
      const device = (i: number, more: object) => ({
        id: ids[i] as string,
        organizationId: key.organizationId,
        licenseKeyId: key.id,
        label: `D${i}`,
        fingerprint: `f${i}`,
        ...more,
      })
      await prisma.activation.createMany({
        data: [device(0, {}), device(1, { conditions: { major: 1 } }), device(2, { deactivatedAt: now })],
      })
    }
    const nobodys = newId()
    const asks = (key: Key): Partial<ValidateCall>[] => {
      const [live, bound, gone] = devices.get(key) as [string, string, string]
      const ids = [live, bound, gone, live.toUpperCase(), nobodys].map((activation_id) => ({ activation_id }))
      return [{}, ...ids, { fingerprint: 'f0' }, { fingerprint: 'f1' }, { fingerprint: 'f2' }, { fingerprint: 'F0' }]
    }
    // One ask of every key at a time, so that they share batches. A call that names entitlements is left to the rules.
    const codesSeen = new Set<string>()
    const valid = new Map<string, bigint>()
    for (const i of asks(keys[0] as Key).keys()) {
      const outcomes = await Promise.all(keys.map((key) => check(key, asks(key)[i])))
      const ruled = await Promise.all(keys.map((key) => check(key, { ...asks(key)[i], entitlements: [] })))
      for (const [n, { verdict, key, activation }] of outcomes.entries()) {
        codesSeen.add(verdict.code)
        for (const each of [outcomes[n], ruled[n]])
          if (each?.verdict.valid)
            for (const id of [each.key?.id, each.activation?.id]) if (id) valid.set(id, (valid.get(id) ?? 0n) + 1n)
        const once = verdict.valid ? 1 : 0
        const expected = ruled[n]?.key && {
          ...ruled[n].key,
          validations: ruled[n].key.validations - once,
          lastValidatedAt: verdict.valid ? expect.any(Date) : key?.lastValidatedAt,
        }
        expect({ verdict, key, activation }).toEqual({ ...ruled[n], key: expected })
      }
    }
    const counted = [
      ...(await prisma.licenseKey.findMany({ where: { customerId: of.customerId } })),
      ...(await prisma.activation.findMany({ where: { organizationId: of.organizationId } })),
    ]
    expect(counted.map(({ id, validations }) => [id, validations])).toEqual(
      counted.map(({ id }) => [id, valid.get(id) ?? 0n]),
    )
    expect([...codesSeen].sort()).toEqual([
      'ACTIVATION_NOT_FOUND',
      'ACTIVATION_REQUIRED',
      'CONDITIONS_MISMATCH',
      'DISABLED',
      'EXPIRED',
      'REVOKED',
      'VALID',
    ])
  })

  test.each([
    ['switched off', `status = 'disabled'`, 'DISABLED'],
    ['expired', `expires_at = '2026-01-01'`, 'EXPIRED'],
    ['rotated', 'key_hash = sha256(key_hash), folded_hash = sha256(key_hash)', 'NOT_FOUND'],
    ['moved to another configuration', 'key_configuration_id = $2', 'ACTIVATION_REQUIRED'],
  ])('a key that is %s while its batch waits for it is refused', async (_, change, code) => {
    const key = await makeKey()
    const strict = await makeKey({ activationsMode: 'limited', activationLimit: 1, activationRequired: true }, {}, key)
    const { holder, pid } = await lockRow(key)
    const waiting = times(3, () => check(key))
    await expect.poll(() => waitersOn(pid)).toBeGreaterThan(0)
    const values = change.includes('$2') ? [key.id, strict.configurationId] : [key.id]
    await holder.query(`UPDATE license_keys SET ${change} WHERE id = $1`, values)
    await holder.query('COMMIT')
    holder.release()
    expect(codes(await waiting)).toEqual({ [code]: 3 })
    expect((await row(key)).validations).toBe(0n)
  })

  test('a plain call on a key whose cipher does not open harms no other', async () => {
    const good = await makeKey()
    const broken = await makeKey({}, { keyCipher: new Uint8Array(60), keyIsNormal: false }, good)
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => check(i % 2 ? good : broken)))
    expect(results.map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? 'fulfilled' : 'rejected')),
    )
    expect((await row(good)).validations).toBe(10n)
  })

  test('refused calls change nothing but the charts', async () => {
    const key = await makeKey({}, { status: 'disabled', usage: 3 })
    const before = await row(key)
    await times(5, () => check(key, { increment_usage: 2 }))
    expect(await row(key)).toEqual(before)
    expect(await events(key)).toEqual([])
    await flushValidationCounts()
    const days = await prisma.validationDay.findMany({ where: { licenseKeyId: key.id } })
    expect(days).toMatchObject([{ valid: 0, refused: 5 }])
    const hours = await prisma.validationHour.findMany({ where: { organizationId: key.organizationId } })
    expect(hours).toMatchObject([{ code: 'DISABLED', count: 5 }])
  })

  test('a disabled key is refused by the very next call, an enabled one accepted', async () => {
    const key = await makeKey()
    for (const [status, code] of [
      ['disabled', 'DISABLED'],
      ['granted', 'VALID'],
      ['revoked', 'REVOKED'],
    ] as const) {
      await prisma.licenseKey.update({
        where: { id: key.id },
        data: { status, revokedFor: status === 'revoked' ? ['by_hand'] : [] },
      })
      expect((await check(key)).verdict.code).toBe(code)
    }
  })

  test('usage of an earlier day counts no more, and what is stored starts again', async () => {
    const key = await makeKey(
      { usageLimit: 5, usageReset: 'day' },
      { usage: 5, usagePeriodStart: new Date('2026-01-01') },
    )
    const seen = await check(key)
    expect(seen.key?.usage).toBe(0)
    const outcomes = await times(9, () => check(key, { increment_usage: 1 }))
    expect(codes(outcomes)).toEqual({ VALID: 5, USAGE_LIMIT_REACHED: 4 })
    const today = new Date(new Date().toISOString().slice(0, 10))
    expect(await row(key)).toMatchObject({ usage: 5, usagePeriodStart: today })
  })

  test('ids are asked for in any case', async () => {
    const product = newId()
    const base = await makeKey()
    await prisma.product.create({ data: { id: product, organizationId: base.organizationId, name: 'P' } })
    await prisma.licenseKey.update({ where: { id: base.id }, data: { productId: product } })
    const upper = {
      product_id: product.toUpperCase(),
      benefit_id: base.configurationId.toUpperCase(),
      customer_id: base.customerId.toUpperCase(),
    }
    const shouting = { ...base, organization_id: base.organization_id.toUpperCase() }
    expect((await check(shouting, upper)).verdict.code).toBe('VALID')
  })

  test('a key is found however it was typed, also by many at once in one batch', async () => {
    const key = await makeKey()
    const ways = [key.key, key.key.toLowerCase(), ` ${key.key} `, key.key.replaceAll('-', ' ')]
    const outcomes = await times(40, (i) => check({ ...key, key: ways[i % 4] as string }))
    expect(codes(outcomes)).toEqual({ VALID: 40 })
    for (const outcome of outcomes) expect(outcome.key?.keyString).toBe(key.key)
    expect((await row(key)).validations).toBe(40n)
  })

  test('and is shown as it was issued, not as it was typed', async () => {
    const text = 'imported_1c285b2d-6ce6-4bc7-b8be-adb6a7e304da'
    const key = await makeKey({}, keyStringColumns(text, 'imported'))
    const typed = { ...key, key: text.toUpperCase() }
    for (const outcome of [await check(typed), await check(typed, { entitlements: [] }), await on(typed)])
      expect(outcome.key?.keyString).toBe(text)
  })

  test('the device of one key is unknown to another', async () => {
    const one = await makeKey()
    const two = await makeKey({}, {}, one)
    const { activation } = await on(one, 'A', { fingerprint: 'f' })
    expect((await check(two, { activation_id: activation?.id })).verdict.code).toBe('ACTIVATION_NOT_FOUND')
    expect((await check(two, { fingerprint: 'f' })).verdict.code).toBe('ACTIVATION_NOT_FOUND')
  })
})

// One process, one turn of the event loop: one transaction.
describe('calls that share a batch', () => {
  const together = <T>(...made: Promise<T>[]) => Promise.all(made)
  const device = (key: Key, label: string, more: Partial<ActivateCall> = {}) =>
    calls.activate(software, { ...ask(key), label, ...more }, now)

  test('are decided one after the other: a slot freed by one is taken by the next', async () => {
    const key = await makeKey(limited(1))
    const old = (await on(key, 'Old', { fingerprint: 'f' })).activation?.id as string
    const [full, gone, again, late] = await together<{ verdict: { code: string }; activation: { id: string } | null }>(
      device(key, 'Other'),
      calls.deactivate(software, { ...ask(key), activation_id: old }, now),
      device(key, 'Again', { fingerprint: 'f' }),
      device(key, 'Late'),
    )
    expect([full, gone, again, late].map((each) => each?.verdict.code)).toEqual([
      'ACTIVATION_LIMIT_REACHED',
      'DEACTIVATED',
      'ACTIVATED',
      'ACTIVATION_LIMIT_REACHED',
    ])
    expect(again?.activation?.id).not.toBe(old)
    const kinds = (await events(key)).map(({ type, data }) => `${type} ${data.label}`)
    expect(kinds).toEqual([
      'activation.created Old',
      'activation.refused Other',
      'activation.deactivated Old',
      'activation.created Again',
      'activation.refused Late',
    ])
  })

  test('a device made and renamed in one batch is one row, each answer as it was then', async () => {
    const key = await makeKey(limited(5))
    const outcomes = await together(
      device(key, 'A', { fingerprint: 'f', meta: { n: 1 } }),
      device(key, 'B', { fingerprint: 'f', conditions: { os: 'x' } }),
      device(key, 'B', { fingerprint: 'f', meta: { n: 2 } }),
    )
    expect(outcomes.map(({ activation }) => [activation?.label, activation?.meta])).toEqual([
      ['A', { n: 1 }],
      ['B', { n: 1 }],
      ['B', { n: 2 }],
    ])
    const rows = await prisma.activation.findMany({ where: { licenseKeyId: key.id } })
    expect(rows).toMatchObject([
      { id: outcomes[0]?.activation?.id, label: 'B', meta: { n: 2 }, conditions: { os: 'x' }, modifiedAt: now },
    ])
  })

  test('a slot exchanged twice in one batch: only the last device is live', async () => {
    const key = await makeKey(limited(1))
    const first = (await on(key, 'First')).activation?.id as string
    const [second, third] = await together(
      device(key, 'Second', { fingerprint: 'f', replace_activation_id: first }),
      device(key, 'Third', { fingerprint: 'g', replace_activation_id: first }),
    )
    expect(second?.verdict.code).toBe('ACTIVATED')
    expect(third?.verdict.code).toBe('ACTIVATION_NOT_FOUND')
    expect(await liveCount(key)).toBe(1)
  })

  test('many keys at once: each its own answer, its own events, its own clock', async () => {
    const clock = {
      expiryKind: 'duration',
      durationCount: 1,
      durationUnit: 'day',
      expiryStart: 'first_activation',
    } as const
    const of = await shop()
    const keys = await times(30, () => makeKey({ ...limited(2), ...clock }, {}, of))
    const outcomes = await together(...keys.flatMap((key) => [0, 1, 2].map((i) => device(key, `D${i}`))))
    expect(codes(outcomes)).toEqual({ ACTIVATED: 60, ACTIVATION_LIMIT_REACHED: 30 })
    for (const [i, key] of keys.entries()) {
      expect(outcomes[3 * i]?.key).toMatchObject({ id: key.id, expiresAt: later(86_400_000) })
      expect(await row(key)).toMatchObject({ firstActivatedAt: now, expiresAt: later(86_400_000) })
      expect((await events(key)).map(({ data }) => data.label)).toEqual(['D0', 'D1', 'D2'])
    }
  })

  test('the same call with the same Idempotency-Key is one, another call with it fails alone', async () => {
    const key = await makeKey(limited(5))
    const keyed = (label: string) => calls.activate(software, { ...ask(key), label }, now, 'k')
    const [first, repeated, other, plain] = await Promise.allSettled([
      keyed('A'),
      keyed('A'),
      keyed('B'),
      device(key, 'C'),
    ])
    expect(repeated).toEqual(first)
    expect(other).toMatchObject({ status: 'rejected', reason: { code: 'IDEMPOTENCY_KEY_REUSED' } })
    expect(plain).toMatchObject({ value: { verdict: { code: 'ACTIVATED' } } })
    expect(await liveCount(key)).toBe(2)
  })

  test('one that cannot be written fails alone', async () => {
    const good = await makeKey()
    const broken = await makeKey({}, { keyCipher: new Uint8Array(60), keyIsNormal: false }, good)
    const results = await Promise.allSettled([
      device(good, 'A'),
      device(broken, 'B'),
      device(good, '\u0000'),
      device(good, 'C'),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect((await events(good)).map(({ data }) => data.label)).toEqual(['A', 'C'])
    expect([await liveCount(good), await liveCount(broken)]).toEqual([2, 0])
  })
})

describe('a call that fails harms no other', () => {
  test('a key whose cipher does not open', async () => {
    const good = await makeKey({ usageLimit: 100 })
    const broken = await makeKey({}, { keyCipher: new Uint8Array(60), keyIsNormal: false }, good)
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => check(i % 3 ? good : broken, { increment_usage: 1 })),
    )
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(10)
    expect(results.filter((each) => each.status === 'fulfilled' && each.value.verdict.code === 'VALID')).toHaveLength(
      20,
    )
    expect(await row(good)).toMatchObject({ usage: 20, validations: 20n })
  })

  test('one that the rules stumble over, beside others for the rules and plain ones', async () => {
    const good = await makeKey({ usageLimit: 100 })
    const plain = await makeKey({}, {}, good)
    const broken = await makeKey({}, { keyCipher: new Uint8Array(60), keyIsNormal: false }, good)
    const ask1 = (key: Key, more: Partial<ValidateCall> = {}) =>
      calls.validate(software, { ...ask(key), ...more }, new Date())
    const results = await Promise.allSettled([
      ask1(plain),
      ask1(good, { increment_usage: 2 }),
      ask1(broken, { increment_usage: 1 }),
      ask1(good, { increment_usage: 3 }),
      ask1(plain),
    ])
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
    expect(await row(good)).toMatchObject({ usage: 5, validations: 2n })
    expect(await row(plain)).toMatchObject({ validations: 2n })
  })

  test('a counter at its end', async () => {
    const good = await makeKey({ usageLimit: 100 })
    const full = await makeKey({}, { validations: 9_223_372_036_854_775_807n }, good)
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => check(i % 2 ? good : full, { increment_usage: 1 })),
    )
    expect(results.map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? 'fulfilled' : 'rejected')),
    )
    expect(await row(good)).toMatchObject({ usage: 10, validations: 10n })
  })

  test('a text the database cannot hold, should one get past the schema', async () => {
    const key = await makeKey()
    const results = await Promise.allSettled([check(key), check(key, { fingerprint: '\u0000' }), check(key)])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((await row(key)).validations).toBe(2n)
  })

  test('a lost connection: whoever may have been counted is told to ask again, and is not counted twice', async () => {
    const key = await makeKey({ usageLimit: 100 })
    const { holder, pid } = await lockRow(key)
    const waiting = Promise.allSettled(Array.from({ length: 5 }, () => check(key, { increment_usage: 10 })))
    // The batch's connection is killed while it waits for the lock.
    for (let killed = 0; killed === 0; await sleep(10)) {
      const { rowCount } = await pool.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))',
        [pid],
      )
      killed = rowCount ?? 0
    }
    await release(holder)
    expect((await waiting).map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
    expect(await row(key)).toMatchObject({ usage: 0, validations: 0n })
    expect((await check(key, { increment_usage: 10 })).verdict.code).toBe('VALID')
  })
})

test('a connection lost in the middle of a batch of activations: all are told to ask again, nothing is there', async () => {
  const key = await makeKey(limited(10))
  const { holder, pid } = await lockRow(key)
  const waiting = Promise.allSettled(
    [0, 1, 2].map((i) => calls.activate(software, { ...ask(key), label: `D${i}` }, now)),
  )
  for (let killed = 0; killed === 0; await sleep(10)) {
    const { rowCount } = await pool.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))',
      [pid],
    )
    killed = rowCount ?? 0
  }
  await release(holder)
  expect((await waiting).map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
  expect(await liveCount(key)).toBe(0)
  expect((await on(key)).verdict.code).toBe('ACTIVATED')
})

// ---------------------------------------------------------------- what may be stored

describe('conditions and meta come back as they were sent', () => {
  test.each<[string, string]>([
    ['nested, with lists', '{"a":{"b":[1,"1",true,null,{"c":{}}]},"z":-0.5}'],
    ['unusual names', '{"constructor":1,"toString":null,"":2,"$ref":3,"a.b":4,"toJSON":5}'],
    [
      "names Prisma's own protocol has",
      '{"$type":"DateTime","value":"x","a":{"$type":"Raw","value":{"b":1}},"prisma__type":"int"}',
    ],
    ['names that look like numbers', '{"2":"b","10":"c","1":"a"}'],
    ['numbers at the borders', '{"a":9007199254740993,"b":1e308,"c":5e-324,"d":1.0,"e":-0,"f":1e21,"g":0.1}'],
    ['characters', '{"a":"é e\u0301 \\ud83d\\ude00 \\u0001 \\\\ \\" \\u2028"}'],
    ['names our dates have', '{"createdAt":"hello","expiresAt":"2026-01-01","key":{"modifiedAt":"1"}}'],
    ['deep', '{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}'],
  ])('%s', async (_is, text) => {
    const key = await makeKey()
    const value = () => JSON.parse(text) as JsonObject
    const call = ActivateCall.parse({ ...ask(key), label: 'A', conditions: value(), meta: value() })
    const { activation } = await activate(software, call, now)
    const sent = JSON.parse(JSON.stringify(value())) as Json
    expect(JSON.parse(JSON.stringify(activation?.meta))).toEqual(sent)
    const { verdict, activation: read } = await check(key, { activation_id: activation?.id, conditions: value() })
    expect(verdict.code).toBe('VALID')
    expect(JSON.parse(JSON.stringify(read?.meta))).toEqual(sent)
    // A repetition answers the same to the letter.
    const twice = [0, 1].map(() => activate(software, { ...call, label: 'B' }, later(5), 'again'))
    const [one, two] = (await Promise.all(twice)).map((outcome) => JSON.stringify(outcome))
    expect(two).toBe(one)
  })
})

describe('hostile text is refused by the schema, before the database', () => {
  const id = newId()
  const base = { key: 'K', organization_id: id }
  const bad = ['\u0000', 'a\u0000b', '\ud800', 'x\udc00y', '\udc00\ud800']
  const calls: [string, (text: unknown) => { success: boolean }][] = [
    ['key', (text) => ValidateCall.safeParse({ ...base, key: text })],
    ['fingerprint', (text) => ValidateCall.safeParse({ ...base, fingerprint: text })],
    ['entitlements', (text) => ValidateCall.safeParse({ ...base, entitlements: [text] })],
    ['conditions', (text) => ValidateCall.safeParse({ ...base, conditions: { a: [{ b: text }] } })],
    ['names in conditions', (text) => ValidateCall.safeParse({ ...base, conditions: { a: { [String(text)]: 1 } } })],
    ['label', (text) => ActivateCall.safeParse({ ...base, label: text })],
    ['meta', (text) => ActivateCall.safeParse({ ...base, label: 'L', meta: { a: text } })],
    ['activation_id', (text) => DeactivateCall.safeParse({ ...base, activation_id: text })],
    ['organization_id', (text) => ValidateCall.safeParse({ ...base, organization_id: text })],
  ]
  test.each(calls)('%s', (_field, parse) => {
    for (const text of bad) expect(parse(text).success, JSON.stringify(text)).toBe(false)
  })

  test('an empty list, as PHP writes an empty object, is one', () => {
    const sent = { ...base, label: 'L', conditions: [], meta: [] }
    expect(ActivateCall.parse(sent)).toMatchObject({ conditions: {}, meta: {} })
    expect(ValidateCall.parse({ ...base, conditions: [] })).toMatchObject({ conditions: {} })
  })

  test.each([
    ['a condition that is no number JSON knows', '{"a":1e999}'],
    ['in a list', '{"a":[-1e999]}'],
    ['too deep', `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`],
    ['too large', JSON.stringify({ a: 'x'.repeat(32_768) })],
    ['too large in bytes', JSON.stringify({ a: 'é'.repeat(20_000) })],
    ['a name that would be lost', '{"a":[{"__proto__":1}]}'],
    ['a list', '[1]'],
    ['a text', '"a"'],
  ])('%s', (_is, text) => {
    expect(ActivateCall.safeParse({ ...base, label: 'L', conditions: JSON.parse(text) }).success).toBe(false)
  })

  test.each([
    ['9007199254740993', ['n']],
    ['-9007199254740993', ['n']],
    ['{"b":[1,{"c":12345678901234567890}]}', ['n', 'b', 1, 'c']],
  ])('a whole number that would be rounded: %s', (text, path) => {
    const sent = exactJson(`{"n":${text}}`)
    for (const field of ['conditions', 'meta'])
      expect(ActivateCall.safeParse({ ...base, label: 'L', [field]: sent }).error?.issues).toMatchObject([
        { path: [field, ...path], message: expect.stringContaining('send them as text') },
      ])
    expect(ValidateCall.safeParse({ ...base, conditions: sent }).success).toBe(false)
    // What nobody reads may be what it likes.
    expect(ValidateCall.safeParse({ ...base, other: sent }).success).toBe(true)
  })

  test.each(['9007199254740991', '1.2345678901234567', '1e300', '"9007199254740993"', '{"1234567890123456":1}'])(
    'what is read as it was sent: %s',
    (text) => {
      expect(exactJson(`{"n":${text}}`)).toEqual(JSON.parse(`{"n":${text}}`))
      expect(ValidateCall.safeParse({ ...base, conditions: exactJson(`{"n":${text}}`) }).success).toBe(true)
    },
  )

  test('null is the same as leaving a field out', async () => {
    const key = await makeKey()
    const nothing = Object.fromEntries(
      Object.keys(ValidateCall.shape)
        .filter((name) => !['key', 'organization_id'].includes(name))
        .map((name) => [name, null]),
    )
    const call = ValidateCall.parse({ ...ask(key), ...nothing })
    expect((await validate(software, call, new Date())).verdict.code).toBe('VALID')
  })
})

// ---------------------------------------------------------------- repetition and history

describe('a repeated call', () => {
  const twice = async <T>(run: () => Promise<T>) => [await run(), await run()] as const

  test('activate: one slot, one event, the same answer', async () => {
    const key = await makeKey(limited(3))
    const outcomes = await times(10, () => activate(software, { ...ask(key), label: 'A' }, now, 'k1'))
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0])
    expect(await liveCount(key)).toBe(1)
    expect(await events(key)).toHaveLength(1)
  })

  test('validate: spent once, and the answer is that of a call without a key', async () => {
    const key = await makeKey({ ...limited(3), usageLimit: 10 })
    const { activation } = await on(key, 'A', { conditions: { a: 1 } })
    const call = { ...ask(key), activation_id: activation?.id, conditions: { a: 1 }, increment_usage: 4 }
    const [first, second] = await twice(() => validate(software, call, new Date(), 'k1'))
    expect(second).toEqual(first)
    expect(await row(key)).toMatchObject({ usage: 4, validations: 1n })
    for (const more of [
      {},
      { increment_usage: 9 },
      { conditions: {} },
      { activation_id: newId() },
      { product_id: newId() },
    ]) {
      const plain = await check(key, { ...call, increment_usage: 0, ...more })
      const keyed = await validate(software, { ...call, increment_usage: 0, ...more }, new Date(), newId())
      const same = { validations: 0, lastValidatedAt: null }
      expect({ ...keyed, key: { ...keyed.key, ...same } }).toEqual({ ...plain, key: { ...plain.key, ...same } })
    }
  })

  test('another call with the same key is refused', async () => {
    const key = await makeKey()
    await activate(software, { ...ask(key), label: 'A' }, now, 'k1')
    await expect(activate(software, { ...ask(key), label: 'B' }, now, 'k1')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
  })

  test('an old yes is not repeated once it no longer holds', async () => {
    const key = await makeKey({ ...limited(3), usageLimit: 10 })
    const activating = () => activate(software, { ...ask(key), label: 'A' }, now, 'k1')
    const id = (await activating()).activation?.id as string
    const validating = () => validate(software, { ...ask(key), activation_id: id, increment_usage: 8 }, now, 'k2')
    expect((await validating()).verdict.code).toBe('VALID')
    expect((await validating()).verdict.code).toBe('VALID')
    await off(key, id)
    expect((await validating()).verdict.code).toBe('ACTIVATION_NOT_FOUND')
    await prisma.licenseKey.update({ where: { id: key.id }, data: { status: 'revoked', revokedFor: ['by_hand'] } })
    expect((await validating()).verdict.code).toBe('REVOKED')
    expect((await activating()).verdict.code).toBe('REVOKED')
    expect(await row(key)).toMatchObject({ usage: 8, validations: 1n })
    expect(await liveCount(key)).toBe(0)
  })

  test('a refusal is not remembered', async () => {
    const key = await makeKey({}, { status: 'disabled' })
    const run = () => activate(software, { ...ask(key), label: 'A' }, now, 'k1')
    expect((await run()).verdict.code).toBe('DISABLED')
    await prisma.licenseKey.update({ where: { id: key.id }, data: { status: 'granted' } })
    expect((await run()).verdict.code).toBe('ACTIVATED')
  })
})

test('every fact the calls record is in the union, is about its key and customer, and has words', async () => {
  const key = await makeKey(limited(1))
  const first = (await on(key, 'A', { fingerprint: 'f' })).activation?.id as string
  await on(key, 'A2', { fingerprint: 'f' })
  const second = (await on(key, 'B', { replace_activation_id: first })).activation?.id as string
  await on(key, 'C')
  await on(key, 'C', { replace_activation_id: newId() })
  await off(key, second)
  const rows = await prisma.event.findMany({ where: { licenseKeyId: key.id }, orderBy: { id: 'asc' } })
  const kinds = ['created', 'updated', 'deactivated', 'created', 'refused', 'refused', 'deactivated']
  expect(rows.map(({ type }) => type)).toEqual(kinds.map((kind) => `activation.${kind}`))
  for (const event of rows) {
    expect(event).toMatchObject({
      organizationId: key.organizationId,
      customerId: key.customerId,
      actorKind: 'software',
      actorLabel: 'Software',
      at: now,
    })
    const words = describeEvent({ type: EventType.parse(event.type), data: event.data as never })
    expect(words.title).not.toMatch(/[A-Z]_[A-Z]|undefined|null/)
    expect(JSON.stringify(event.data)).not.toContain(key.key.slice(0, 20))
  }
})

test('many keys asked for at once by several processes: none of them is ever unknown', async () => {
  const of = await shop()
  const keys = await times(8, () => makeKey({ ...limited(3), usageLimit: 1_000 }, {}, of))
  const seen: { verdict: { code: string } }[] = []
  await times(24, async (worker) => {
    for (let i = 0; i < 20; i++) {
      const key = keys[(worker * 5 + i * 3) % keys.length] as Key
      seen.push(i % 2 ? await check(key, { increment_usage: 1 }) : await on(key, `Device ${worker}.${i}`))
    }
  })
  expect(codes(seen)).toEqual({ ACTIVATED: 24, ACTIVATION_LIMIT_REACHED: 216, VALID: 240 })
})
