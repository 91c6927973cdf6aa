import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { CHANNEL } from '../database/notes.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { activate, validate } from '../license-calls/calls.ts'
import { purgeRefusals } from './commands.ts'
import { flushRefusals, noteRefusal } from './note.ts'
import { KEPT_DAYS, ROWS_PER_HOUR } from './plain.ts'

const organizationId = newId()
const software = { kind: 'software' as const, address: null }
const at = (text: string) => new Date(`2026-11-21T${text}Z`)
let customerId: string

beforeAll(async () => {
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  customerId = (await prisma.customer.create({ data: { organizationId, email: 'refused@test.example' } })).id
})
afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

async function addKey(columns: object = {}, configuration: object = {}) {
  const { id: keyConfigurationId } = await prisma.keyConfiguration.create({
    data: { organizationId, name: newId(), activationsMode: 'limited', activationLimit: 1, ...configuration },
  })
  const key = makeKeyString('uuid', 'TEST')
  const { id } = await prisma.licenseKey.create({
    data: { organizationId, customerId, keyConfigurationId, ...keyStringColumns(key, 'TEST'), ...columns },
  })
  return { id, key }
}

const refusalsOf = (subject: string) =>
  prisma.callRefusal.findMany({ where: { organizationId, subject }, orderBy: [{ hour: 'asc' }, { device: 'asc' }] })

async function ask(key: string, more: object, now: Date, address: string | null = '192.0.2.7') {
  const call = { key, organization_id: organizationId, ...more }
  const outcome = await validate(software, call, now)
  if (!outcome.verdict.valid) noteRefusal('validate', call, outcome, address, now)
  return outcome
}

test('the first refusal of a kind per key, device and hour is kept with its values, and the others are counted', async () => {
  const { id, key } = await addKey({ expiresAt: at('08:00:00') }, { graceDays: 0 })
  await ask(key, { fingerprint: 'one', increment_usage: 2 }, at('10:00:00'))
  await ask(key, { fingerprint: 'one', increment_usage: 3 }, at('10:10:00'))
  await ask(key, { fingerprint: 'two' }, at('10:20:00'))
  await flushRefusals()
  await ask(key, { fingerprint: 'one' }, at('10:30:00'))
  await ask(key, { fingerprint: 'one' }, at('11:00:00'))
  await flushRefusals()
  const row = { organizationId, subject: id, licenseKeyId: id, code: 'EXPIRED', verb: 'validate', label: null }
  const lookedAt = {
    said: 'This license key expired on 21 November 2026, 08:00 UTC.',
    asked: { fingerprint: 'one', increment_usage: 2 },
    looked: { expiresAt: '2026-11-21T08:00:00.000Z', graceDays: 0 },
  }
  expect(await refusalsOf(id)).toMatchObject([
    {
      ...row,
      device: 'one',
      count: 3,
      firstAt: at('10:00:00'),
      lastAt: at('10:30:00'),
      hour: at('10:00:00'),
      lookedAt,
    },
    { ...row, device: 'two', count: 1, address: '192.0.2.7' },
    { ...row, device: 'one', count: 1, hour: at('11:00:00') },
  ])
  const troubles = await prisma.trouble.findMany({ where: { subject: id }, orderBy: { device: 'asc' } })
  expect(troubles).toMatchObject([
    { device: 'one', count: 4, since: at('10:00:00'), lastAt: at('11:00:00') },
    { device: 'two', count: 1, since: at('10:20:00'), lastAt: at('10:20:00') },
  ])
})

test('a streak begins anew after a quiet week, or when the key was good in between', async () => {
  const [quiet, mended] = [await addKey({ status: 'disabled' }), await addKey({ status: 'disabled' })]
  for (const { key } of [quiet, mended]) await ask(key, {}, new Date('2026-11-01T10:00:00Z'))
  await flushRefusals()
  await prisma.licenseKey.update({ where: { id: mended.id }, data: { lastValidatedAt: new Date('2026-11-02') } })
  await ask(quiet.key, {}, new Date('2026-11-09T10:00:00Z'))
  await ask(mended.key, {}, new Date('2026-11-03T10:00:00Z'))
  await flushRefusals()
  expect(await prisma.trouble.findMany({ where: { subject: { in: [quiet.id, mended.id] } } })).toMatchObject([
    { count: 1 },
    { count: 1 },
  ])
  await ask(quiet.key, {}, new Date('2026-11-10T10:00:00Z'))
  await flushRefusals()
  expect(await prisma.trouble.findFirst({ where: { subject: quiet.id } })).toMatchObject({
    count: 2,
    since: new Date('2026-11-09T10:00:00Z'),
  })
})

test('an activation is kept with the devices that were active, and what the device said of itself', async () => {
  const { id, key } = await addKey()
  await activate(software, { key, organization_id: organizationId, label: 'First' }, at('10:00:00'))
  const call = { key, organization_id: organizationId, label: 'Second', meta: { app: 'Inkwell 5' } }
  const outcome = await activate(software, call, at('10:01:00'))
  noteRefusal('activate', call, outcome, null, at('10:01:00'))
  await flushRefusals()
  expect(await refusalsOf(id)).toMatchObject([
    {
      ...{ device: 'Second', label: 'Second', code: 'ACTIVATION_LIMIT_REACHED', address: null },
      lookedAt: { asked: { label: 'Second', meta: { app: 'Inkwell 5' } }, looked: { devices: 1, deviceLimit: 1 } },
    },
  ])
})

test('an unknown key is never kept in clear, a replaced one is kept with its key', async () => {
  const unknown = makeKeyString('uuid', 'SECRET')
  await ask(unknown, {}, at('10:00:00'))
  const { id } = await addKey()
  const old = keyStringColumns(makeKeyString('uuid', 'TEST'), 'TEST')
  const call = { key: 'TEST_OLD', organization_id: organizationId }
  const looked = { rotatedAt: '2026-11-01T00:00:00.000Z', validUntil: '2026-11-02T00:00:00.000Z' }
  const verdict = {
    valid: false,
    code: 'REPLACED' as const,
    detail: 'Replaced.',
    grace: false,
    retryAfter: null,
    looked,
  }
  const outcome = { verdict, key: null, activation: null, of: { organizationId, licenseKeyId: id } }
  noteRefusal('validate', call, outcome, null, at('10:00:00'))
  await flushRefusals()
  const rows = await prisma.callRefusal.findMany({ where: { organizationId, code: { in: ['NOT_FOUND', 'REPLACED'] } } })
  expect(rows.toSorted((a, b) => a.code.localeCompare(b.code))).toMatchObject([
    { subject: `••••${unknown.slice(-6)}`, licenseKeyId: null, device: '' },
    { subject: id, licenseKeyId: id, lookedAt: { looked } },
  ])
  const text = JSON.stringify(rows)
  for (const secret of [unknown, unknown.slice(7, 20), 'SECRET', 'TEST_OLD', old.lastCharacters])
    expect(text).not.toContain(secret)
})

test('unknown keys of one organization and hour are told apart up to a bound, and none is lost from the count', async () => {
  const id = newId()
  await prisma.organization.create({ data: { id, slug: id, name: 'Guessed at' } })
  const verdict = { valid: false, code: 'NOT_FOUND' as const, detail: 'No.', grace: false, retryAfter: null }
  const guess = (hour: string) => {
    const call = { key: makeKeyString('uuid', 'TEST'), organization_id: id }
    noteRefusal('validate', call, { verdict, key: null, activation: null }, null, at(hour))
  }
  for (let i = 0; i < 40; i++) guess('12:00:00')
  await flushRefusals()
  for (let i = 0; i < 40; i++) guess('12:30:00')
  guess('13:00:00')
  await flushRefusals()
  const rows = await prisma.callRefusal.findMany({ where: { organizationId: id } })
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(81)
  expect(rows.find(({ subject }) => subject === '*')?.count).toBe(30)
  expect(rows).toHaveLength(52)
})

test('what names an organization that is not there is left out', async () => {
  const nobody = newId()
  const verdict = { valid: false, code: 'NOT_FOUND' as const, detail: 'No.', grace: false, retryAfter: null }
  noteRefusal(
    'validate',
    { key: 'x', organization_id: nobody },
    { verdict, key: null, activation: null },
    null,
    at('10:00:00'),
  )
  noteRefusal(
    'validate',
    { key: 'x', organization_id: null },
    { verdict, key: null, activation: null },
    null,
    at('10:00:00'),
  )
  await flushRefusals()
  expect(await prisma.callRefusal.count({ where: { organizationId: nobody } })).toBe(0)
})

test('devices of one key and hour are told apart up to a bound, and none is lost from the count', async () => {
  const { id, key } = await addKey({ status: 'disabled' })
  for (let i = 0; i < 30; i++) await ask(key, { fingerprint: `a${i}` }, at('10:00:00'))
  await flushRefusals()
  for (let i = 0; i < 30; i++) await ask(key, { fingerprint: `b${i % 15}` }, at('10:30:00'))
  await flushRefusals()
  const rows = await refusalsOf(id)
  expect(rows).toHaveLength(ROWS_PER_HOUR + 1)
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(60)
  expect(rows.find(({ device }) => device === '*')?.count).toBe(40)
})

test('refused calls are kept for ninety days', async () => {
  const { id, key } = await addKey({ status: 'disabled' })
  await ask(key, {}, new Date('2026-07-01T10:00:00Z'))
  await ask(key, {}, new Date('2026-11-20T10:00:00Z'))
  await flushRefusals()
  await purgeRefusals(new Date(Date.parse('2026-07-01T12:00:00Z') + KEPT_DAYS * 86_400_000), { atOnce: 1 })
  expect((await refusalsOf(id)).map(({ firstAt }) => firstAt)).toEqual([new Date('2026-11-20T10:00:00Z')])
})

test('pages are told of the keys whose refusals were written, once they are there', async () => {
  const { id, key } = await addKey({ status: 'disabled' })
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
  await client.connect()
  const heard: Promise<number>[] = []
  client.on('notification', ({ payload = '' }) => {
    const note = JSON.parse(payload)
    if (note.what === 'refusals' && note.keys.includes(id)) heard.push(refusalsOf(id).then((rows) => rows.length))
  })
  await client.query(`LISTEN ${CHANNEL}`)
  for (let i = 0; i < 3; i++) await ask(key, { fingerprint: `told ${i}` }, at('10:00:00'))
  await flushRefusals()
  await expect.poll(() => heard.length).toBe(1)
  expect(await heard[0]).toBe(3)
  await client.end()
})
