import { describe, expect, test } from 'vitest'
import type { Member, System } from '../actor.ts'
import { prisma } from '../db.ts'
import { isRefusal } from '../errors.ts'
import { idFrom, newId } from '../ids.ts'
import { keyStringColumns, openKeyString } from '../license-keys/key-string.ts'
import { validate } from '../license-keys/license-calls.ts'
import { addPart, checkImport, createImport, finishUpload, startImport, stopImport } from './commands.ts'
import { getImport } from './queries.ts'
import { runImport, silentImports } from './run.ts'
import { type ImportSettings, PART_BYTES } from './schema.ts'

const now = new Date('2026-11-24T12:00:00.000Z')
const clock = () => now
const system: System = { kind: 'system', name: 'Latchkey' }

async function shop(over: Partial<Parameters<typeof prisma.keyConfiguration.create>[0]['data']> = {}) {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const me: Member = { ...{ kind: 'merchant', userId: newId(), email: 'm@test.example', name: null }, organizationId, role: 'owner' }
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
      await addPart(me, { importId, file, part, bytes })
    }
  }
  await finishUpload(me, { importId })
  return importId
}

async function check(me: Member, importId: string, over: Partial<ImportSettings> = {}) {
  const settings = { ...((await getImport(me, importId)).settings as ImportSettings), ...over }
  await checkImport(me, { importId, settings })
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
  test('becomes keys with customers, orders, products and devices, and says what it did', async () => {
    const { me, organizationId } = await shop()
    const [first, second] = [newId(), newId()]
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
      ...{ customer: { email: 'ada@example.com', name: 'Ada' }, product: { name: 'Inkwell' }, purchase: { reference: 'O-1' } },
      activations: [{ id: first, label: 'iMac' }, { id: second, label: 'ThinkPad', fingerprint: 'f2' }],
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
    expect(await prisma.importPart.count({ where: { import: { organizationId } } })).toBe(0)
  })
})
