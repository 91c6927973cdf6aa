import { afterAll, beforeEach, expect, test } from 'vitest'
import type { Member, System } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { openContents } from '../mail/queries.ts'
import { answerQuestion, askOwner, questionOf } from './ask.ts'
import { actOnKey, excuseKey, suspectAgain } from './commands.ts'
import { DAY_MS } from './places.ts'
import { aloneRules } from './plain.ts'
import { getRisk, listRisks } from './queries.ts'
import { assessDue } from './recompute.ts'
import { keepAddresses, setPolicy, turnRule } from './settings.ts'
import { flushSightings, noteSighting, purgeSightings } from './sightings.ts'

const system: System = { kind: 'system', name: 'Test' }
const now = new Date('2026-11-20T12:00:00Z')

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

let organizationId: string
let configurationId: string

beforeEach(async () => {
  organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Test' } })
  configurationId = configuration.id
  await prisma.misusePolicy.create({
    data: { keyConfigurationId: configurationId, organizationId, audience: 'person' },
  })
})

async function newKey(): Promise<string> {
  const id = newId()
  const customer = await prisma.customer.create({ data: { organizationId, email: `${id}@test.example` } })
  await prisma.licenseKey.create({
    data: {
      ...{ id, organizationId, customerId: customer.id, keyConfigurationId: configurationId },
      ...keyStringColumns(makeKeyString('uuid', 'TEST'), 'TEST'),
    },
  })
  return id
}

const yes = { valid: true, code: 'VALID' }
const full = { valid: false, code: 'ACTIVATION_LIMIT_REACHED' }

function call(keyId: string, device: string, address: string, daysAgo: number, verdict = yes) {
  const activation = verdict.valid ? { id: newId(), fingerprint: device } : null
  const at = now.getTime() - daysAgo * DAY_MS
  noteSighting(address, { fingerprint: device }, { verdict, key: { id: keyId, organizationId }, activation }, at)
}

const riskOf = (licenseKeyId: string) => prisma.keyRisk.findUniqueOrThrow({ where: { licenseKeyId } })
const suspicions = (licenseKeyId: string) =>
  prisma.event.findMany({ where: { licenseKeyId, type: 'license_key.suspected' }, orderBy: { id: 'asc' } })

test('calls become sightings, sightings a score, and a score an event, once', async () => {
  const sold = await newKey()
  const office = await newKey()
  for (let day = 0; day < 20; day++) {
    for (let person = 0; person < 7; person++) call(sold, `pc ${person}`, `198.51.${person}.7`, day)
    for (let person = 0; person < 5; person++) call(office, `office ${person}`, '203.0.113.9', day)
  }
  await flushSightings()
  expect(await prisma.sighting.count({ where: { licenseKeyId: sold } })).toBe(140)
  expect((await riskOf(sold)).dueAt).not.toBeNull()
  // When it is due is real time; the days of the calls lie around `now`.
  await prisma.keyRisk.updateMany({ where: { organizationId }, data: { dueAt: now } })
  await assessDue(system, now)
  const risk = await riskOf(sold)
  expect(risk.score).toBeGreaterThanOrEqual(50)
  expect(risk.evidence).toMatchObject([
    { signal: 'places', values: { places: 7, expected: 3 } },
    { signal: 'together', values: { devices: 7 } },
  ])
  expect(risk).toMatchObject({ level: 'act', dueAt: new Date(now.getTime() + DAY_MS) })
  expect(await riskOf(office)).toMatchObject({ score: 0, level: 'none', dueAt: null })
  await prisma.keyRisk.updateMany({ where: { organizationId }, data: { dueAt: now } })
  await assessDue(system, now)
  const events = await suspicions(sold)
  expect(events.map(({ data }) => data)).toEqual([{ score: risk.score, level: 'act', signals: ['places', 'together'] }])
  expect(await suspicions(office)).toEqual([])
})

test('no address is stored but shortened, and that is forgotten when the organization wants it', async () => {
  const key = await newKey()
  call(key, 'pc', '198.51.100.77', 0)
  call(key, 'pc', '2001:db8:1:2:3:4:5:6', 10)
  await flushSightings()
  const rows = await prisma.sighting.findMany({ where: { licenseKeyId: key }, orderBy: { day: 'desc' } })
  expect(rows.map(({ prefix }) => prefix)).toEqual(['198.51.100.0/24', '2001:db8:1::/48'])
  expect(JSON.stringify(rows)).not.toContain('.77')
  expect(rows.every(({ network, device }) => /^[0-9a-f]{24}$/.test(network) && /^[0-9a-f]{24}$/.test(device))).toBe(
    true,
  )
  await prisma.misuseSettings.create({ data: { organizationId, addressDays: 7 } })
  await purgeSightings(now)
  const later = await prisma.sighting.findMany({ where: { licenseKeyId: key }, orderBy: { day: 'desc' } })
  expect(later.map(({ prefix }) => prefix)).toEqual(['198.51.100.0/24', null])
  await purgeSightings(new Date(now.getTime() + 30 * DAY_MS))
  expect(await prisma.sighting.count({ where: { licenseKeyId: key } })).toBe(1)
})

test('a sighting has the country of its network; several lend weight to places that say enough by themselves', async () => {
  const key = await newKey()
  const networks = ['8.8.8.7', '193.0.6.7', '133.11.0.7', '2a02:2e0:3fe::7', '8.8.4.7', '10.1.2.3', '193.0.7.7']
  for (let day = 0; day < 20; day++) for (const [pc, address] of networks.entries()) call(key, `pc ${pc}`, address, day)
  await flushSightings()
  const rows = await prisma.sighting.findMany({ where: { licenseKeyId: key, day: now }, orderBy: { country: 'asc' } })
  expect(rows.map(({ country }) => country)).toEqual(['DE', 'JP', 'NL', 'NL', 'US', 'US', null])
  await prisma.keyRisk.updateMany({ where: { organizationId }, data: { dueAt: now } })
  await assessDue(system, now)
  expect((await riskOf(key)).evidence).toContainEqual(
    expect.objectContaining({ signal: 'countries', values: { countries: 4, places: 6 } }),
  )
})

test('the hash of a network changes after 90 days, that of a device stays', async () => {
  const key = await newKey()
  call(key, 'pc', '198.51.100.77', 0)
  call(key, 'pc', '198.51.100.77', 91)
  await flushSightings()
  const rows = await prisma.sighting.findMany({ where: { licenseKeyId: key } })
  expect(new Set(rows.map(({ network }) => network)).size).toBe(2)
  expect(new Set(rows.map(({ device }) => device)).size).toBe(1)
})

test('a key has at most 64 rows a day, however often they are written, and the same row grows', async () => {
  const key = await newKey()
  for (let round = 0; round < 3; round++) {
    for (let device = 0; device < 50; device++) call(key, `pc ${round % 2} ${device}`, '198.51.100.7', 0)
    await flushSightings()
  }
  const rows = await prisma.sighting.findMany({ where: { licenseKeyId: key } })
  expect(rows).toHaveLength(64)
  expect(rows.filter(({ yes }) => yes === 2)).toHaveLength(50)
})

test('a crowd that is refused is seen, with what it was refused for', async () => {
  const key = await newKey()
  for (let day = 0; day < 3; day++) call(key, 'own', '203.0.113.9', day)
  for (let person = 0; person < 30; person++) {
    for (const day of [1, 2]) call(key, `x ${person}`, `198.51.${person}.7`, day, full)
  }
  await flushSightings()
  await prisma.keyRisk.updateMany({ where: { organizationId }, data: { dueAt: now } })
  await assessDue(system, now)
  expect((await riskOf(key)).evidence).toMatchObject([{ signal: 'crowd', values: { places: 30, devices: 30 } }])
})

test('a key that is taken by a process that dies is due again', async () => {
  const key = await newKey()
  await prisma.keyRisk.create({ data: { licenseKeyId: key, organizationId, dueAt: now } })
  await prisma.$executeRaw`UPDATE key_risks SET due_at = ${new Date(now.getTime() + 600_000)} WHERE license_key_id = ${key}::uuid`
  await assessDue(system, now)
  expect((await riskOf(key)).assessedAt).toBeNull()
  const later = new Date(now.getTime() + 601_000)
  await assessDue(system, later)
  expect((await riskOf(key)).assessedAt).toEqual(later)
})

function soldKey(key: string) {
  for (let day = 0; day < 20; day++)
    for (let person = 0; person < 8; person++) call(key, `pc ${person}`, `198.51.${person}.7`, day)
}

async function assessNow(at = now) {
  await prisma.keyRisk.updateMany({ where: { organizationId }, data: { dueAt: at } })
  await assessDue(system, at)
}

const merchant = (): Member => ({
  kind: 'merchant',
  userId: newId(),
  email: 'owner@test.example',
  name: 'Owner',
  organizationId,
  role: 'owner',
})

test('what somebody says is fine is remembered, moves the thresholds, and can be taken back', async () => {
  const key = await newKey()
  soldKey(key)
  await flushSightings()
  await assessNow()
  const before = await riskOf(key)
  await excuseKey(merchant(), { licenseKeyId: key, reason: 'A school' }, now)
  await assessNow()
  expect(await riskOf(key)).toMatchObject({ score: 0, level: 'none', excusedBy: 'Owner' })
  expect(await prisma.misuseSettings.findUnique({ where: { organizationId } })).toMatchObject({ fine: 1 })
  await suspectAgain(merchant(), key, now)
  await assessNow()
  expect(await riskOf(key)).toMatchObject({ score: before.score, excusedAt: null })
  expect(await prisma.misuseSettings.findUnique({ where: { organizationId } })).toMatchObject({ fine: 0 })
  await expect(
    excuseKey({ ...merchant(), organizationId: newId() }, { licenseKeyId: key, reason: '' }, now),
  ).rejects.toThrow('no such license key')
  await expect(excuseKey({ ...merchant(), role: 'viewer' }, { licenseKeyId: key, reason: '' }, now)).rejects.toThrow(
    'viewer',
  )
})

test('rules act alone only when they were switched on, and only the mild ones', async () => {
  const [key, other] = [await newKey(), await newKey()]
  soldKey(key)
  await flushSightings()
  await prisma.activation.create({ data: { organizationId, licenseKeyId: key, label: 'PC', fingerprint: 'pc 1' } })
  await assessNow()
  const stored = () => prisma.licenseKey.findUniqueOrThrow({ where: { id: key } })
  expect(await stored()).toMatchObject({ newDevicesBlocked: false, status: 'granted' })
  for (const rule of aloneRules) await turnRule(merchant(), { rule, isOn: true }, now)
  // It was there already: nothing new happened.
  await assessNow()
  expect((await stored()).newDevicesBlocked).toBe(false)
  await prisma.keyRisk.updateMany({ where: { licenseKeyId: key }, data: { level: 'none' } })
  await assessNow()
  expect(await stored()).toMatchObject({ newDevicesBlocked: true, status: 'granted' })
  const mails = await prisma.mail.findMany({ where: { organizationId, template: 'which-devices' } })
  expect(mails.map(({ to }) => to)).toEqual([`${key}@test.example`])
  expect(await prisma.deviceQuestion.count({ where: { licenseKeyId: other } })).toBe(0)
})

test('an owner says which devices are theirs, and frees the others, with the link of the mail and no other', async () => {
  const visitor = { kind: 'visitor', address: null } as const
  const key = await newKey()
  const device = (label: string) =>
    prisma.activation.create({ data: { organizationId, licenseKeyId: key, label, fingerprint: label } })
  const [mine, foreign] = [await device('Mine'), await device('Foreign')]
  const elsewhere = await prisma.activation.create({
    data: { organizationId, licenseKeyId: await newKey(), label: 'Of another key' },
  })
  await askOwner(merchant(), key, now)
  await expect(askOwner(merchant(), key, now)).rejects.toThrow('less than three days ago')
  const mail = await prisma.mail.findFirstOrThrow({ where: { organizationId, template: 'which-devices' } })
  const contents = openContents(mail)
  if (contents.template !== 'which-devices') throw new Error('another mail')
  const search = new URL(contents.payload.url).searchParams
  const link = { question: search.get('question') ?? '', code: search.get('code') ?? '' }
  expect(await questionOf(visitor, { ...link, code: link.code.replace(/^./, 'x') }, now)).toBeNull()
  expect(await questionOf(visitor, { ...link, question: newId() }, now)).toBeNull()
  expect(await questionOf(visitor, link, new Date(now.getTime() + 15 * DAY_MS))).toBeNull()
  expect((await questionOf(visitor, link, now))?.devices.map(({ label }) => label)).toEqual(['Mine', 'Foreign'])
  const answer = { ...link, mine: [mine.id], freed: [foreign.id, elsewhere.id] }
  expect(await answerQuestion(visitor, answer, now)).toEqual({ mine: 1, freed: 1 })
  const live = await prisma.activation.findMany({
    where: { organizationId, deactivatedAt: null },
    include: { answer: true },
  })
  expect(live.map(({ label, answer }) => [label, answer?.answer]).sort()).toEqual([
    ['Mine', 'mine'],
    ['Of another key', undefined],
  ])
  await actOnKey(merchant(), { licenseKeyId: key, action: 'lower', reason: '', limit: 1 }, now)
  expect(await prisma.licenseKey.findUnique({ where: { id: key } })).toMatchObject({ activationLimitOverride: 1 })
  await prisma.licenseKey.update({
    where: { id: key },
    data: {
      customerId: (await prisma.licenseKey.findUniqueOrThrow({ where: { id: elsewhere.licenseKeyId } })).customerId,
    },
  })
  expect(await questionOf(visitor, link, now)).toBeNull()
})

test('a page shows places by the names of their devices', async () => {
  const key = await newKey()
  soldKey(key)
  await flushSightings()
  await prisma.activation.create({
    data: { organizationId, licenseKeyId: key, label: 'Studio iMac', fingerprint: 'pc 1' },
  })
  await assessNow()
  const risk = await getRisk(merchant(), key, now)
  expect(risk.places).toHaveLength(8)
  expect(risk.places.map(({ devices }) => devices[0]).sort()[7]).toBe('Studio iMac')
  expect(risk.places.find(({ devices }) => devices[0] === 'Studio iMac')?.prefix).toBe('198.51.1.0/24')
  expect(risk.days.at(-1)).toMatchObject({ devices: 8, places: 8 })
  const list = await listRisks(merchant(), {}, { page: 1, size: 50, sort: 'score', dir: 'desc' }, now)
  expect(list).toMatchObject({ total: 1, risks: [{ id: key, score: risk.score, status: 'active' }] })
  await expect(getRisk({ ...merchant(), organizationId: newId() }, key, now)).rejects.toThrow('no such license key')
})

test('keys that are switched off come after those that work, whatever their score', async () => {
  const [off, works, worse] = [await newKey(), await newKey(), await newKey()]
  await prisma.licenseKey.update({ where: { id: off }, data: { status: 'disabled' } })
  await prisma.keyRisk.createMany({
    data: [
      { licenseKeyId: off, organizationId, score: 90, level: 'act' },
      { licenseKeyId: works, organizationId, score: 55, level: 'look' },
      { licenseKeyId: worse, organizationId, score: 70, level: 'look' },
    ],
  })
  const place = { page: 1, size: 50, sort: 'score', dir: 'desc' } as const
  const { risks } = await listRisks(merchant(), { levels: ['look', 'act'] }, place, now)
  const own = risks.filter(({ id }) => [off, works, worse].includes(id))
  expect(own.map(({ id, status }) => [id, status])).toEqual([
    [worse, 'active'],
    [works, 'active'],
    [off, 'disabled'],
  ])
})

test('the limit is only lowered, and only to what the page showed', async () => {
  const key = await newKey()
  const add = (label: string) =>
    prisma.activation.create({ data: { organizationId, licenseKeyId: key, label, fingerprint: label } })
  const lower = (limit: number) => actOnKey(merchant(), { licenseKeyId: key, action: 'lower', reason: '', limit }, now)
  const stored = async () => (await prisma.licenseKey.findUniqueOrThrow({ where: { id: key } })).activationLimitOverride
  await prisma.keyConfiguration.update({
    where: { id: configurationId },
    data: { activationsMode: 'limited', activationLimit: 5 },
  })
  await expect(lower(0)).rejects.toThrow('No device is active')
  const [first] = [await add('One'), await add('Two')]
  await add('Three')
  await expect(lower(2)).rejects.toThrow('Meanwhile the number of devices in use is 3, not 2. Nothing was changed.')
  expect(await stored()).toBeNull()
  await prisma.licenseKey.update({
    where: { id: key },
    data: { activationsModeOverride: 'limited', activationLimitOverride: 2 },
  })
  await expect(lower(3)).rejects.toThrow('Its limit is 2 already')
  expect(await stored()).toBe(2)
  await prisma.deviceAnswer.create({
    data: { activationId: first.id, licenseKeyId: key, answer: 'mine', answeredAt: now },
  })
  await expect(lower(3)).rejects.toThrow('Meanwhile the number of devices that the owner confirmed is 1, not 3')
  await lower(1)
  expect(await stored()).toBe(1)
  expect(await prisma.misuseSettings.findUnique({ where: { organizationId } })).toMatchObject({ acted: 1 })
})

test('settings change what was changed, once, and say so in the history', async () => {
  const changesSince = async () =>
    (await prisma.event.findMany({ where: { organizationId }, orderBy: { id: 'asc' } })).map(
      ({ data }) => (data as { changes?: string[] }).changes,
    )
  const policy = { keyConfigurationId: configurationId, audience: 'team', seats: 5 } as const
  const opened = { audience: 'person', seats: null }
  await setPolicy(merchant(), policy, now, opened)
  await setPolicy(merchant(), policy, now, opened)
  await expect(setPolicy(merchant(), { ...policy, seats: 6 }, now, opened)).rejects.toThrow(
    'Sold to is now a team of 5, you entered a team of 6.',
  )
  await keepAddresses(merchant(), { addressDays: 7 }, now, { addressDays: 30 })
  await expect(keepAddresses(merchant(), { addressDays: 9 }, now, { addressDays: 30 })).rejects.toThrow('kept 7 days')
  await turnRule(merchant(), { rule: 'asksAlone', isOn: true }, now)
  await turnRule(merchant(), { rule: 'asksAlone', isOn: true }, now)
  expect(await changesSince()).toEqual([
    ['Sold to: one person → a team of 5'],
    ['Shortened network addresses are kept: 30 → 7 days'],
    ['Asks owners by itself: on'],
  ])
  await expect(turnRule({ ...merchant(), role: 'viewer' }, { rule: 'asksAlone', isOn: false }, now)).rejects.toThrow()
})
