import { afterAll, beforeEach, expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { CHANNEL, type Note } from '../database/notes.ts'
import type { LicenseCode } from '../error-codes/schema.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { purgeCalls } from './commands.ts'
import { flushCallLog, type NotedOutcome, noteCall } from './log.ts'
import { callChart, callsSince, callsWrittenAt, listCalls, logClock } from './queries.ts'

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

let merchant: Member
let licenseKeyId: string
beforeEach(async () => {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const customer = await prisma.customer.create({ data: { organizationId, email: 'ann@test.example', name: 'Ann' } })
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Inkwell Pro' } })
  licenseKeyId = newId()
  await prisma.licenseKey.create({
    data: {
      ...{ id: licenseKeyId, organizationId, customerId: customer.id, keyConfigurationId: configuration.id },
      ...keyStringColumns(makeKeyString('uuid', 'TEST'), 'TEST'),
    },
  })
  merchant = { kind: 'merchant', userId: newId(), email: 'm@test.example', name: null, organizationId, role: 'viewer' }
})

const request = { address: '192.0.2.7', header: (name: string) => (name === 'user-agent' ? 'Inkwell/2.1' : null) }

function note(code: LicenseCode, more: Partial<NotedOutcome> = {}, of = merchant.organizationId) {
  const key = { id: licenseKeyId, organizationId: of }
  noteCall(
    'validate',
    { organization_id: of },
    { verdict: { code }, key, activation: null, ...more },
    request,
    '/polar',
    1.25,
  )
}

test('what was answered can be read, with its key, and by the moment it was written at', async () => {
  const id = newId()
  note('VALID', { activation: { id, label: 'Studio iMac', fingerprint: '0123456789abcdef012', meta: {} } })
  note('NOT_FOUND', { key: null })
  await flushCallLog()
  const { calls, next } = await listCalls(merchant, {}, null, 10)
  expect(next).toBeNull()
  expect(calls).toHaveLength(2)
  const valid = calls.find((call) => call.valid)
  expect(valid).toMatchObject({
    ...{ verb: 'validate', code: 'VALID', standsFor: 1, activationId: id, device: 'Studio iMac' },
    ...{
      fingerprint: '0123456789abcdef…',
      address: '192.0.2.7',
      dialect: '/polar',
      app: 'Inkwell 2.1',
      durationMs: 1.25,
    },
    licenseKey: { id: licenseKeyId, configuration: 'Inkwell Pro', customer: 'Ann' },
  })
  expect(valid?.licenseKey?.masked).toMatch(/^TEST_••••.{6}$/)
  expect(calls.find((call) => !call.valid)).toMatchObject({ code: 'NOT_FOUND', licenseKey: null })
  const written = calls.map(({ writtenAt }) => writtenAt)
  expect(await callsWrittenAt(merchant.organizationId, written, 10)).toEqual(calls)
  expect(await callsWrittenAt(newId(), written, 10)).toEqual([])
  expect(await callsSince(merchant, { outcomes: ['no'] }, Math.min(...written), 10)).toHaveLength(1)
  expect(await callsSince(merchant, {}, (await logClock()) + 1, 10)).toEqual([])
})

test('every no is kept and a few yeses, which stand for all: the chart counts each', async () => {
  for (let i = 0; i < 500; i++) note('VALID')
  for (let i = 0; i < 40; i++) note('EXPIRED')
  await flushCallLog()
  const { calls } = await listCalls(merchant, {}, null, 100)
  expect(calls.filter(({ code }) => code === 'EXPIRED')).toHaveLength(40)
  expect(calls.filter(({ code }) => code === 'VALID').map(({ standsFor }) => standsFor)).toEqual([250, 250])
  const { steps, counted } = await callChart(merchant, {}, 'hour', new Date())
  expect(steps.reduce((sum, { counts }) => sum + (counts.valid ?? 0), 0)).toBe(500)
  expect(steps.reduce((sum, { counts }) => sum + (counts.over ?? 0), 0)).toBe(40)
  expect(counted.toSorted()).toEqual(calls.map(({ id }) => id).toSorted())
  const no = await callChart(merchant, { outcomes: ['no'] }, 'hour', new Date())
  expect(no.steps.flatMap(({ counts }) => Object.keys(counts))).not.toContain('valid')
  expect((await callChart({ ...merchant, organizationId: newId() }, {}, 'hour', new Date())).steps).toEqual([])
})

test('an organization that somebody made up is not written, and does not keep the others from it', async () => {
  const made = newId()
  note('NOT_FOUND', { key: null }, made)
  note('EXPIRED')
  await flushCallLog()
  expect(await pool.query('SELECT 1 FROM license_calls WHERE organization_id = $1', [made])).toMatchObject({
    rowCount: 0,
  })
  expect((await listCalls(merchant, {}, null, 10)).calls).toHaveLength(1)
})

test('pages of the list go on where the last one ended, and filters narrow them', async () => {
  for (let i = 0; i < 7; i++) note('EXPIRED')
  note('VALID')
  await flushCallLog()
  const seen: string[] = []
  for (let place: Parameters<typeof listCalls>[2] = null, pages = 0; pages < 9; pages++) {
    const { calls, next } = await listCalls(merchant, { codes: ['EXPIRED'] }, place, 3)
    seen.push(...calls.map(({ id }) => id))
    place = next
    if (!next) break
  }
  expect(new Set(seen).size).toBe(7)
  expect(seen).toHaveLength(7)
  const count = async (filter: Parameters<typeof listCalls>[1]) =>
    (await listCalls(merchant, filter, null, 50)).calls.length
  expect(await count({ outcomes: ['yes'] })).toBe(1)
  expect(await count({ outcomes: ['no'] })).toBe(7)
  expect(await count({ licenseKeyId })).toBe(8)
  expect(await count({ licenseKeyId: newId() })).toBe(0)
  expect(await count({ licenseKeyId: 'nothing' })).toBe(0)
  expect(await count({ configurationIds: [newId()] })).toBe(0)
  expect(await count({ configurationIds: ['nothing'] })).toBe(0)
})

test('those who watch are told of calls when they can be read, once for all of an organization', async () => {
  const client = await pool.connect()
  const notes: Note[] = []
  const came = Promise.withResolvers<void>()
  client.on('notification', ({ payload }) => {
    const heard = JSON.parse(payload ?? '{}') as Note
    if (!heard.of.includes(merchant.organizationId)) return
    notes.push(heard)
    came.resolve()
  })
  await client.query(`LISTEN ${CHANNEL}`)
  for (let i = 0; i < 5; i++) note('EXPIRED')
  await flushCallLog()
  await came.promise
  expect(notes).toMatchObject([{ what: 'calls', changes: false }])
  const [told] = notes
  expect(told?.what === 'calls' && (await callsWrittenAt(merchant.organizationId, [told.at], 10)).length).toBe(5)
  await client.query('UNLISTEN *')
  client.release()
})

test('what is a week old goes, and the oldest of an organization that has too many', async () => {
  for (let i = 0; i < 6; i++) note('EXPIRED')
  await flushCallLog()
  const { calls } = await listCalls(merchant, {}, null, 10)
  const now = new Date()
  const old = newId(new Date(now.getTime() - 7 * 86_400_000 - 1_000))
  await pool.query('UPDATE license_calls SET id = $1 WHERE id = $2', [old, calls[0]?.id])
  const left = async () => (await listCalls(merchant, {}, null, 10)).calls.map(({ id }) => id)
  await purgeCalls({ kind: 'system', name: 'Test' }, now)
  expect(await left()).toHaveLength(5)
  expect(await left()).not.toContain(old)
  await pool.query(
    `UPDATE license_calls SET written_at = written_at - interval '1 minute' WHERE id = ANY($1::uuid[])`,
    [(await left()).slice(3)],
  )
  const newest = (await left()).slice(0, 3)
  await purgeCalls({ kind: 'system', name: 'Test' }, now, 3)
  expect(await left()).toEqual(newest)
})
