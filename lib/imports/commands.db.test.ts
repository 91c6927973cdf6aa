import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Member, System } from '../base/actor.ts'
import { isRefusal } from '../base/errors.ts'
import { idFrom, newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { keyStringColumns, openKeyString } from '../key-strings/string.ts'
import { validate } from '../license-calls/calls.ts'
import { withOurIds } from '../license-calls/known-as.ts'
import { restoreLicenseKeys } from '../license-keys/status.ts'
import { cancelPurchase, refundPurchase } from '../purchases/commands.ts'
import { addPart, checkImport, createImport, finishUpload, reopenImport, startImport, stopImport } from './commands.ts'
import { getImport } from './queries.ts'
import { runImport, silentImports } from './run.ts'
import type { ImportSettings } from './schema.ts'
import { PART_BYTES } from './upload.ts'

const now = new Date('2026-11-24T12:00:00.000Z')
const clock = () => now
const system: System = { kind: 'system', name: 'Latchkey' }

async function shop(over: Partial<Parameters<typeof prisma.keyConfiguration.create>[0]['data']> = {}) {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'm@test.example', name: null },
    organizationId,
    role: 'owner',
  }
  const configuration = await prisma.keyConfiguration.create({
    data: {
      ...{ organizationId, name: 'Editor', activationsMode: 'limited', activationLimit: 3 },
      ...(over as { prefix?: string }),
    },
  })
  return { me, organizationId, configurationId: configuration.id }
}

async function upload(me: Member, ...files: { name: string; text: string }[]) {
  const contents = files.map(({ text }) => Buffer.from(text))
  const { importId } = await createImport(
    me,
    { files: files.map(({ name }, at) => ({ name, size: contents[at]?.length ?? 0 })) },
    now,
  )
  for (const [file, content] of contents.entries()) {
    for (let part = 0; part * PART_BYTES < content.length; part++) {
      const bytes = content.subarray(part * PART_BYTES, (part + 1) * PART_BYTES).toString('base64')
      await addPart(me, { importId, file, part, bytes }, now)
    }
  }
  await finishUpload(me, { importId })
  return importId
}

async function check(me: Member, importId: string, over: Partial<ImportSettings> = {}) {
  const settings = { ...((await getImport(me, importId)).settings as ImportSettings), ...over }
  await checkImport(me, { importId, settings }, now)
  await runImport(system, importId, clock)
  return getImport(me, importId)
}

async function carryOut(me: Member, importId: string) {
  await startImport(me, { importId }, now)
  await runImport(system, importId, clock)
  return getImport(me, importId)
}

async function bring(me: Member, files: { name: string; text: string }[], over: Partial<ImportSettings> = {}) {
  const importId = await upload(me, ...files)
  const checked = await check(me, importId, over)
  return { checked, done: await carryOut(me, importId) }
}

const csv = (...lines: string[]) => [{ name: 'keys.csv', text: `${lines.join('\n')}\n` }]
const keysOf = (organizationId: string) =>
  prisma.licenseKey.findMany({
    where: { organizationId },
    include: { customer: true, product: true, purchase: true, activations: { orderBy: { createdAt: 'asc' } } },
    orderBy: { createdAt: 'asc' },
  })
const ask = (organization_id: string, key: string, activation_id: string) =>
  validate({ kind: 'software', address: null }, { key, organization_id, activation_id }, now)

describe('a table', () => {
  test('a day without a time ends in the time zone of the organization', async () => {
    const { me, organizationId } = await shop()
    await prisma.organization.update({ where: { id: organizationId }, data: { timeZone: 'Europe/Berlin' } })
    await bring(
      me,
      csv(
        'License Key,Email,Expires',
        'ENDS-BERLIN-1111,ada@example.com,2030-01-31',
        'ENDS-BERLIN-2222,bob@example.com,2030-01-31T23:59:59Z',
      ),
    )
    const dates = (await keysOf(organizationId)).map(({ expiresAt }) => expiresAt?.toISOString())
    expect(dates.sort()).toEqual(['2030-01-31T22:59:59.999Z', '2030-01-31T23:59:59.000Z'])
  })

  test('what a configuration says of an end is meant in that time zone, too', async () => {
    const { me, organizationId, configurationId } = await shop()
    await prisma.organization.update({ where: { id: organizationId }, data: { timeZone: 'Europe/Berlin' } })
    await prisma.keyConfiguration.update({
      where: { id: configurationId },
      data: { expiryKind: 'duration', durationCount: 1, durationUnit: 'year', expiryStart: 'issue', endsWithDay: true },
    })
    await bring(me, csv('License Key,Email,Created', 'ENDS-BERLIN-3333,ada@example.com,2025-03-05T12:00:00Z'))
    const [key] = await keysOf(organizationId)
    expect(key).toMatchObject({ expiresAt: new Date('2026-03-05T22:59:59.999Z'), expiryOverridden: false })
  })

  test('an order is of one customer and one product, in the file as well as here', async () => {
    const { me, organizationId } = await shop()
    const text = csv(
      'License Key,Email,Product,Order',
      'ORDER-KEY-1111,ada@example.com,Inkwell,O-1',
      'ORDER-KEY-2222,bob@example.com,Inkwell,O-1',
      'ORDER-KEY-3333,ada@example.com,Quill,O-1',
      'ORDER-KEY-4444,ada@example.com,Inkwell,O-1',
    )
    const later = csv('License Key,Email,Product,Order', 'ORDER-KEY-5555,bob@example.com,Inkwell,O-1')
    const { checked, done } = await bring(me, text, { createProducts: true })
    const refused = 'The order “O-1” belongs to another customer or product.'
    for (const { problems } of [checked, done])
      expect(problems.map(({ line, message }) => [line, message])).toEqual([
        [3, refused],
        [4, refused],
      ])
    expect((await bring(me, later)).done.problems.map(({ message }) => message)).toEqual([refused])
    expect((await keysOf(organizationId)).map(({ purchase }) => purchase?.reference)).toEqual(['O-1', 'O-1'])
  })

  test('becomes keys with customers, orders, products and devices, and says what it did', async () => {
    const { me, organizationId } = await shop()
    const [first, second] = [newId(), newId()]
    // It wants to hear everything.
    await prisma.webhookEndpoint.create({
      data: {
        ...{ organizationId, url: 'https://shop.example/hooks', description: '', format: 'latchkey', types: [] },
        ...{ version: '2026-11-28', hasKeyStrings: false, secrets: Buffer.alloc(1) },
        ...{ createdAt: new Date(), updatedAt: new Date() },
      },
    })
    const { checked, done } = await bring(
      me,
      csv(
        'License Key,Email,Name,Product,Order,Created,Expires,Max activations,Activation ID,Device,Fingerprint',
        `AAAA-BBBB-1111,Ada@Example.com,Ada,Inkwell,O-1,2024-01-31,2030-01-31,5,${first},iMac,f1`,
        `AAAA-BBBB-1111,ada@example.com,Ada,Inkwell,O-1,2024-01-31,2030-01-31,5,${second},ThinkPad,f2`,
        'AAAA-BBBB-2222,bob@example.com,,,,2024-02-01,,,,,',
      ),
      { createProducts: true },
    )
    expect(checked.status).toBe('checked')
    const counts = { keys: 2, granted: 2, activations: 2, customers: 2, products: 1, purchases: 1, problems: 0 }
    expect(checked.counts).toMatchObject(counts)
    expect(done).toMatchObject({ status: 'done', counts, total: 3 })
    const [ada, bob] = await keysOf(organizationId)
    expect(ada).toMatchObject({
      ...{ status: 'granted', expiryOverridden: true, activationsModeOverride: 'limited', activationLimitOverride: 5 },
      ...{
        customer: { email: 'ada@example.com', name: 'Ada' },
        product: { name: 'Inkwell' },
        purchase: { reference: 'O-1' },
      },
      activations: [
        { id: first, label: 'iMac' },
        { id: second, label: 'ThinkPad', fingerprint: 'f2' },
      ],
    })
    expect(ada?.expiresAt?.toISOString()).toBe('2030-01-31T23:59:59.999Z')
    expect(openKeyString(ada?.keyCipher as Uint8Array)).toBe('AAAA-BBBB-1111')
    // What follows the configuration is no override.
    expect(bob).toMatchObject({ expiryOverridden: false, activationsModeOverride: null, usageOverridden: false })
    expect((await ask(organizationId, 'AAAA-BBBB-1111', first)).verdict.code).toBe('VALID')
    const events = await prisma.event.groupBy({ by: ['type'], where: { organizationId }, _count: true })
    expect(Object.fromEntries(events.map(({ type, _count }) => [type, _count]))).toEqual({
      ...{ 'import.started': 1, 'import.finished': 1, 'license_key.imported': 2, 'customer.created': 2 },
      ...{ 'product.created': 1, 'purchase.created': 1 },
    })
    // An endpoint that wants all there is is told of nothing of it: it would keep the news of the day waiting.
    expect(await prisma.webhookMessage.count({ where: { organizationId } })).toBe(0)
    expect(await prisma.importPart.count({ where: { import: { organizationId } } })).toBe(0)
  })

  test('every line that cannot be imported is reported, by line and without its key; the others are there', async () => {
    const { me, organizationId } = await shop()
    const taken = await shop()
    await bring(taken.me, csv('key,email', 'TAKEN-KEY-OF-ANOTHER,x@example.com'))
    const lines = [
      'key,email,status,expires,limit,activations,created',
      'GOOD-0001-AAAA-BBBB,a@example.com,active,,,,',
      ',b@example.com,,,,,',
      'BAD1-0002-AAAA-BBBB,not an address,,,,,',
      'BAD2-0003-AAAA-BBBB,c@example.com,perhaps,,,,',
      'BAD3-0004-AAAA-BBBB,c@example.com,,31.02.2026,,,',
      'BAD4-0005-AAAA-BBBB,c@example.com,,03/04/2026,,,',
      'BAD5-0006-AAAA-BBBB,c@example.com,expired,,,,',
      'BAD6-0007-AAAA-BBBB,c@example.com,,,,"[{""id"":1}",',
      'GOOD-0001-AAAA-BBBB,a@example.com,,,,,',
      'TAKEN-KEY-OF-ANOTHER,c@example.com,,,,,',
      'BAD7-0008-AAAA-BBBB,c@example.com,,,,,2031-01-01',
      '"GOOD-0009-AAAA-',
      'BBBB",d@example.com,,,,,',
      'BAD8-0010-AAAA-BBBB,e@example.com,,,,"[{""label"":""a"",""fingerprint"":""f""},{""label"":""b"",""fingerprint"":""f""}]",',
    ]
    const { checked, done } = await bring(me, csv(...lines))
    expect(done.counts).toMatchObject({ keys: 2, problems: 11 })
    expect(done.problems.map(({ line }) => line).sort((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15])
    expect(checked.problems).toEqual(done.problems)
    const text = JSON.stringify(done.problems)
    for (const key of ['BAD1-0002', '0003-AAAA', 'GOOD-0001', 'TAKEN-KEY']) expect(text).not.toContain(key)
    expect(text).toContain('“perhaps” is not known')
    expect(text).toContain('can be read in two ways')
    expect(await prisma.licenseKey.count({ where: { organizationId } })).toBe(2)
  })

  test('short keys are counted, and one that comes twice is asked about', async () => {
    const { me } = await shop()
    const importId = await upload(
      me,
      ...csv('key,email', '4711,a@x.example', 'ABC-123,b@x.example', 'ABCD-1234,c@x.example', '4711,d@x.example'),
    )
    const { counts, problems } = await check(me, importId)
    expect(counts).toMatchObject({ keys: 3, shortKeys: 2 })
    expect(problems).toMatchObject([{ line: 5, message: expect.stringContaining('It has only 4 characters') }])
  })

  test('checking writes nothing', async () => {
    const { me, organizationId } = await shop()
    const importId = await upload(me, ...csv('key,email,product', 'AAAA-1111-2222,a@example.com,Inkwell'))
    const checked = await check(me, importId, { createProducts: true })
    expect(checked.counts).toMatchObject({ keys: 1, customers: 1, products: 1 })
    const where = { organizationId }
    const tables = [
      prisma.licenseKey.count({ where }),
      prisma.customer.count({ where }),
      prisma.product.count({ where }),
      prisma.event.count({ where }),
    ]
    expect(await Promise.all(tables)).toEqual([0, 0, 0, 0])
  })
})

describe('what Gumroad says of its sales', () => {
  const sales = readFileSync(path.join(import.meta.dirname, 'gumroad-sales.csv'), 'utf8')

  test('charged back and ended ones are no longer good, gifts are the receiver’s, copies are more devices', async () => {
    const { me, organizationId } = await shop()
    const { checked, done } = await bring(me, [{ name: 'Sales.csv', text: sales }], { createProducts: true })
    expect(checked).toMatchObject({ status: 'checked', counts: { keys: 15, merged: 4, problems: 0, skipped: 2 } })
    expect(done.counts).toMatchObject({ keys: 15, granted: 9, revoked: 6, merged: 4, multiplied: 1, problems: 0 })
    const keys = await keysOf(organizationId)
    const state = (word: string) => {
      const key = keys.find((each) => openKeyString(each.keyCipher).startsWith(word))
      return [key?.revokedFor.join() || key?.status, key?.purchase?.status, key?.purchase?.kind, key?.customer.email]
    }
    expect(state('PAID')).toEqual(['granted', 'active', 'one_time', 'buyer1@example.com'])
    expect(state('REFUNDED')).toEqual(['refunded', 'refunded', 'one_time', 'buyer3@example.com'])
    expect(state('DISPUTED')).toEqual(['dispute', 'refunded', 'one_time', 'buyer4@example.com'])
    expect(state('WON')).toEqual(['granted', 'active', 'one_time', 'buyer5@example.com'])
    expect(state('ENDED')).toEqual(['ended', 'canceled', 'subscription', 'buyer7@example.com'])
    expect(state('GIFT')).toEqual(['granted', 'active', 'one_time', 'lucky@example.com'])
    const copies = keys.find((each) => openKeyString(each.keyCipher).startsWith('COPIES'))
    expect(copies).toMatchObject({ activationLimitOverride: 9, purchase: { quantity: 3 } })
    const ended = keys.find((each) => openKeyString(each.keyCipher).startsWith('ENDED'))
    const { verdict } = await validate(
      { kind: 'software', address: null },
      { key: openKeyString(ended?.keyCipher as Uint8Array), organization_id: organizationId },
      now,
    )
    expect(verdict.code).toBe('REVOKED')
  })

  test('a subscription that lives on outlives the duration of its configuration', async () => {
    const { me, organizationId } = await shop({
      ...{ expiryKind: 'duration', durationCount: 1, durationUnit: 'month' },
    } as never)
    await bring(me, [{ name: 'Sales.csv', text: sales.replaceAll('-00000000-', '-00000001-') }], {
      createProducts: true,
    })
    const member = (await keysOf(organizationId)).find((each) => openKeyString(each.keyCipher).startsWith('MEMBER'))
    expect(member?.expiresAt).toBeNull()
  })
})

describe('no yes after an end', () => {
  const table = (...lines: string[]) => csv('License Key,Email,Product,Order', ...lines)
  for (const [word, end] of [
    ['refunded', refundPurchase],
    ['canceled', cancelPurchase],
  ] as const)
    test(`a key that came with an order ends with it, and one that comes when it is ${word} is no good`, async () => {
      const { me, organizationId } = await shop()
      const keyStrings = [1111, 2222, 3333].map((number) => `${word.toUpperCase()}-KEY-${number}`)
      const [one = '', two = '', three = ''] = keyStrings.map((key) => `${key},ada@example.com,Inkwell,O-1`)
      const codes = async () => {
        const found: string[] = []
        for (const key of keyStrings) {
          const call = { key, organization_id: organizationId }
          found.push((await validate({ kind: 'software', address: null }, call, now)).verdict.code)
        }
        return found
      }
      await bring(me, table(one, two), { createProducts: true })
      expect(await codes()).toEqual(['VALID', 'VALID', 'NOT_FOUND'])
      const [first] = await keysOf(organizationId)
      const purchaseId = first?.purchaseId as string
      expect(await end(me, { purchaseId, reason: '', tell: false }, now)).toEqual({ revoked: 2, held: 0 })
      const { done } = await bring(me, table(one, three))
      expect(done.counts).toMatchObject({ keys: 1, alreadyThere: 1, revoked: 1, problems: 0 })
      expect(await codes()).toEqual(['REVOKED', 'REVOKED', 'REVOKED'])
      const ofOrder = (await keysOf(organizationId)).filter((key) => key.purchaseId === purchaseId)
      const licenseKeyIds = ofOrder.map(({ id }) => id)
      expect(licenseKeyIds).toHaveLength(3)
      await expect(restoreLicenseKeys(me, { licenseKeyIds, reason: '' }, now)).rejects.toThrow('its purchase')
    })
})

describe('what nobody has answered is not guessed', () => {
  test('a column that looks like a status stops the check until it is read or left out', async () => {
    const { me, organizationId } = await shop()
    const lines = [
      'key,email,Payment Status',
      'AAAA-1111-2222,a@example.com,refunded',
      'BBBB-1111-2222,b@example.com,paid',
    ]
    const importId = await upload(me, ...csv(...lines))
    const { settings } = await getImport(me, importId)
    const refused = await checkImport(me, { importId, settings: settings as ImportSettings }, now).catch(
      (error) => error,
    )
    expect(isRefusal(refused) && [refused.field, refused.message]).toEqual([
      'ignored',
      expect.stringContaining('“Payment Status” looks like it says which keys are still valid'),
    ])
    expect(await prisma.licenseKey.count({ where: { organizationId } })).toBe(0)
    // Read as the status it is, what is not known is refused, never good.
    const columns = { ...settings?.columns, keys: { ...settings?.columns.keys, status: 'Payment Status' } }
    const read = await check(me, importId, { columns } as Partial<ImportSettings>)
    expect(read.counts).toMatchObject({ keys: 1, revoked: 1, granted: 0, problems: 1 })
    await reopenImport(me, { importId })
    const left = await check(me, importId, { columns: settings?.columns, ignored: ['Payment Status'] } as never)
    expect(left.counts).toMatchObject({ keys: 2, granted: 2 })
  })

  test.each([
    [{}, 3, 1],
    [{ zeroDevices: 'unlimited', inactive: 'granted' }, 0, 4],
    [{ zeroDevices: 'off', inactive: 'disabled' }, 0, 3],
  ] as const)('0 devices and inactive with %j', async (answers, problems, granted) => {
    const { me } = await shop()
    const text = csv(
      'key,email,status,limit_activations',
      'AAAA-1111-2222,a@example.com,active,5',
      'BBBB-1111-2222,b@example.com,active,0',
      'CCCC-1111-2222,c@example.com,inactive,5',
      'DDDD-1111-2222,d@example.com,,0',
    )
    const checked = await check(me, await upload(me, ...text), answers)
    expect(checked.counts).toMatchObject({ problems, granted })
  })
})

test('problems are told in the order of their lines, devices and keys together', async () => {
  const { me } = await shop()
  await bring(me, csv('key,email', 'THERE-1111-2222,a@example.com'))
  const lines = Array.from({ length: 1_200 }, (_, i) =>
    i % 3 === 0
      ? `KEY-${i}-1111,nobody,`
      : i % 3 === 1
        ? `KEY-${i}-1111,a@example.com,No such`
        : `KEY-${i - 1}-1111,x,`,
  )
  const { problems } = await check(me, await upload(me, ...csv('key,email,configuration', ...lines)))
  expect(problems.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, i) => i + 2))
})

test('files that cannot be read are a sentence, and nothing is left of them', async () => {
  const { me, organizationId } = await shop()
  for (const [text, sentence] of [
    ['['.repeat(100_000) + ']'.repeat(100_000), 'keys.json: Record 1 is nested more than 64 levels deep'],
    [`${Array.from({ length: 200_000 }, (_, i) => `c${i}`).join(',')}\n`, 'keys.json: This table has 200,000 columns'],
  ] as const) {
    const refused = await upload(me, { name: 'keys.json', text }).catch((error: unknown) => error)
    expect(isRefusal(refused) && refused.message).toContain(sentence)
  }
  expect(await prisma.import.count({ where: { organizationId } })).toBe(0)
})

test('the planner learns of a table that grows', async () => {
  const { me } = await shop()
  await prisma.$executeRaw`UPDATE pg_class SET reltuples = 1 WHERE oid = 'license_keys'::regclass`
  const rows = Array.from({ length: 1_500 }, (_, i) => `GROWN-${i}-AAAA-BBBB,c${i % 700}@example.com`)
  const importId = await upload(me, ...csv('key,email', ...rows))
  await check(me, importId)
  await startImport(me, { importId }, now)
  await runImport(system, importId, clock)
  const [{ reltuples }] = await prisma.$queryRaw<[{ reltuples: number }]>`SELECT reltuples FROM pg_class
    WHERE oid = 'license_keys'::regclass`
  expect(reltuples).toBeGreaterThan(500)
})

describe('repeating', () => {
  test('what is there is left alone, and devices that are missing are added', async () => {
    const { me, organizationId, configurationId } = await shop()
    const rows = Array.from({ length: 20 }, (_, i) => `REPEAT-${i}-AAAA-BBBB,r${i}@example.com`)
    await bring(me, csv('key,email', ...rows))
    const before = await keysOf(organizationId)
    const device = newId()
    const again = await bring(
      me,
      csv(
        'key,email,device,activation_id',
        ...rows.map((row, i) => `${row},${i ? ',' : `iMac,${device}`}`),
        'REPEAT-20-AAAA-BBBB,r20@example.com,,',
      ),
    )
    expect(again.done.counts).toMatchObject({ keys: 1, alreadyThere: 20, activations: 1, problems: 0 })
    const after = await keysOf(organizationId)
    expect(after).toHaveLength(21)
    expect(after.filter((key) => key.activations.length > 0).map((key) => key.activations[0]?.id)).toEqual([device])
    expect(after.filter((key) => before.some((old) => old.id === key.id)).map((key) => key.keyHash)).toEqual(
      before.map((key) => key.keyHash),
    )

    // A key that was issued here keeps its limit.
    const { keyHash, keyCipher, lastCharacters } = keyStringColumns('ISSUED-HERE-AAAA-BBBB', null)
    const customer = await prisma.customer.create({ data: { organizationId, email: 'issued@example.com' } })
    await prisma.licenseKey.create({
      data: {
        organizationId,
        keyConfigurationId: configurationId,
        customerId: customer.id,
        keyHash,
        keyCipher,
        lastCharacters,
      },
    })
    const devices = (count: number) =>
      Array.from({ length: count }, (_, i) => `ISSUED-HERE-AAAA-BBBB,issued@example.com,Computer ${i}`)
    const limited = await bring(me, csv('key,email,device', ...devices(5)))
    expect(limited.done.counts).toMatchObject({ keys: 0, alreadyThere: 1, activations: 3, problems: 2 })
    expect(limited.done.problems[0]?.message).toContain('All 3 devices')
  })

  test('an import that dies in the middle is taken over and ends as if nothing had happened', async () => {
    const { me, organizationId } = await shop()
    const rows = Array.from(
      { length: 3_500 },
      (_, i) => `CRASH-${i}-AAAA-BBBB,c${i % 700}@example.com,Laptop,${newId()}`,
    )
    rows[2_100] = 'CRASH-BAD-AAAA-BBBB,nobody,,'
    const importId = await upload(me, ...csv('key,email,device,activation_id', ...rows))
    await check(me, importId)
    await startImport(me, { importId }, now)
    // The clock fails in the third batch: between the transactions of two batches, as a killed process would.
    let calls = 0
    const dying = () => {
      if (++calls > 4) throw new Error('killed')
      return now
    }
    await expect(runImport(system, importId, dying)).rejects.toThrow('killed')
    const half = await prisma.licenseKey.count({ where: { organizationId } })
    expect(half).toBeGreaterThan(0)
    expect(half).toBeLessThan(3_499)
    expect(await getImport(me, importId)).toMatchObject({ status: 'running', position: half })
    // Killed outright, it would still be marked as somebody's; then it is taken over once that one is silent.
    await prisma.import.update({ where: { id: importId }, data: { runner: newId(), heartbeatAt: now } })
    await runImport(system, importId, clock)
    expect(await prisma.licenseKey.count({ where: { organizationId } })).toBe(half)
    const later = new Date(now.getTime() + 61_000)
    expect(await silentImports(system, later)).toContain(importId)
    await Promise.all([runImport(system, importId, () => later), runImport(system, importId, () => later)])
    const done = await getImport(me, importId)
    expect(done).toMatchObject({
      status: 'done',
      position: 3_500,
      counts: { keys: 3_499, activations: 3_499, customers: 700, problems: 1 },
    })
    expect(done.problems.map(({ line }) => line)).toEqual([2_102])
    expect(await prisma.activation.count({ where: { organizationId } })).toBe(3_499)
    expect(await prisma.event.count({ where: { organizationId, type: 'license_key.imported' } })).toBe(3_499)
  })

  test('one that is stopped keeps what it has and goes no further', async () => {
    const { me, organizationId } = await shop()
    const rows = Array.from({ length: 2_500 }, (_, i) => `STOP-${i}-AAAA-BBBB,s${i}@example.com`)
    const importId = await upload(me, ...csv('key,email', ...rows))
    await check(me, importId)
    await startImport(me, { importId }, now)
    let stopped: Promise<unknown> | undefined
    let calls = 0
    await runImport(system, importId, () => {
      if (++calls === 3) stopped = stopImport(me, { importId }, now)
      return now
    })
    await stopped
    const there = await prisma.licenseKey.count({ where: { organizationId } })
    expect(there % 1_000).toBe(0)
    expect(there).toBeLessThan(2_500)
    expect(await getImport(me, importId)).toMatchObject({ status: 'stopped', counts: { keys: there } })
    expect(await prisma.importPart.count({ where: { importId } })).toBe(0)
  })
})

describe('ids', () => {
  test('UUIDs are kept, other texts become the same id every time and are kept beside it', async () => {
    const { me, organizationId } = await shop()
    const [id, device] = [newId().toUpperCase(), newId()]
    const lines = csv(
      'id,key,email,customer_id,activations',
      `${id},IDS-AAAA-BBBB-1111,a@example.com,cus_9,"[{""id"":""${device}"",""label"":""A""},{""id"":""lki_Xy9"",""label"":""B""}]"`,
      '7,IDS-AAAA-BBBB-2222,b@example.com,,',
    )
    await bring(me, lines)
    const [first, second] = await keysOf(organizationId)
    expect(first).toMatchObject({
      id: id.toLowerCase(),
      externalId: null,
      customer: { id: idFrom('cus_9'), externalId: 'cus_9' },
    })
    expect(first?.activations.map((each) => [each.id, each.externalId]).sort()).toEqual(
      [
        [device, null],
        [idFrom('lki_Xy9'), 'lki_Xy9'],
      ].sort(),
    )
    expect(second).toMatchObject({ id: idFrom('7'), externalId: '7' })

    // Another seller: a UUID that is taken is a problem, a plain number is counted by everybody.
    const other = await shop()
    const { done } = await bring(other.me, [
      { name: 'keys.csv', text: lines[0]?.text.replaceAll('IDS-AAAA', 'IDS-CCCC') ?? '' },
    ])
    expect(done.counts).toMatchObject({ keys: 1, problems: 1 })
    expect(done.problems[0]?.message).toContain('already belongs to another key')
    const [own] = await keysOf(other.organizationId)
    expect(own).toMatchObject({ externalId: '7' })
    expect(own?.id).not.toBe(idFrom('7'))
  })
})

test("what a vendor called the organization, the configuration, the product and customers is learned: the vendor's calls go on", async () => {
  const { me, organizationId, configurationId } = await shop()
  const product = await prisma.product.create({ data: { organizationId, name: 'App' } })
  const [organization, benefit, customer, key] = [newId(), newId(), newId(), `LEARN-${newId()}`]
  const here = { id: newId(), organizationId, email: 'a@example.com' }
  await prisma.customer.create({ data: here })
  const polar = {
    ...{ id: newId(), key, status: 'granted', limit_activations: 3, limit_usage: null, usage: 0, validations: 4 },
    ...{
      organization_id: organization,
      benefit_id: benefit,
      customer: { id: customer, email: 'a@example.com', name: 'A' },
    },
  }
  const text = JSON.stringify({ items: [polar, { ...polar, id: newId(), key: `${key}-2` }] })
  const over = { keyConfigurationId: configurationId, productId: product.id }
  const { done } = await bring(me, [{ name: 'polar.json', text }], over)
  expect(done.counts).toMatchObject({ keys: 2, problems: 0 })
  const stored = { select: { externalIds: true } } as const
  expect(await prisma.organization.findUnique({ where: { id: organizationId }, ...stored })).toEqual({
    externalIds: [organization],
  })
  expect(await prisma.keyConfiguration.findUnique({ where: { id: configurationId }, ...stored })).toEqual({
    externalIds: [benefit],
  })
  expect(await prisma.customer.findUnique({ where: { id: here.id } })).toMatchObject({ externalId: customer })
  const call = { key, organization_id: organization, benefit_id: benefit, customer_id: customer }
  expect(await withOurIds(call)).toEqual({
    ...{ key, organization_id: organizationId, benefit_id: configurationId, customer_id: here.id },
  })

  // A product that is known by its name here has a number there.
  const sold = csv('key,activation_limit,user_email,product_id,product_name', `${key}-3,1,a@example.com,4711,App`)
  await bring(me, sold, { keyConfigurationId: configurationId })
  expect(await prisma.product.findUnique({ where: { id: product.id }, ...stored })).toEqual({ externalIds: ['4711'] })
})

describe('who may', () => {
  test('a viewer may not, and another organization finds nothing', async () => {
    const { me } = await shop()
    const stranger = (await shop()).me
    const importId = await upload(me, ...csv('key,email', 'MAY-AAAA-BBBB-1111,a@example.com'))
    const settings = (await getImport(me, importId)).settings as ImportSettings
    const viewer = { ...me, role: 'viewer' as const }
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error) => (isRefusal(error) ? error.code : 'error'),
      )
    expect(await codeOf(createImport(viewer, { files: [{ name: 'a.csv', size: 1 }] }, now))).toBe('FORBIDDEN')
    expect(await codeOf(checkImport(viewer, { importId, settings }, now))).toBe('FORBIDDEN')
    for (const work of [
      () => checkImport(stranger, { importId, settings }, now),
      () => startImport(stranger, { importId }, now),
      () => stopImport(stranger, { importId }, now),
      () => getImport(stranger, importId),
    ])
      expect(await codeOf(work())).toBe('NOT_FOUND')
    expect(await codeOf(startImport(me, { importId }, now))).toBe('CONFLICT')
    const support = { ...me, role: 'support' as const }
    expect(await codeOf(checkImport(support, { importId, settings: { ...settings, createProducts: true } }, now))).toBe(
      'FORBIDDEN',
    )
  })
})
