import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { createLocalImport, startLocalImport } from '../imports/commands.ts'
import { lookAt, settingsFor } from '../imports/look.ts'
import { runLocalImport } from '../imports/run.ts'
import { exportLicenseKeys } from './license-keys.ts'

const now = new Date('2026-11-24T12:00:00.000Z')
const system = { kind: 'system' as const, name: 'Test' }

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'm@test.example', name: null, organizationId, role: 'owner' },
  }
  // Not what most keys below have, so that overrides go out and come back.
  await prisma.keyConfiguration.create({
    data: {
      organizationId,
      name: 'Yearly',
      expiryKind: 'duration',
      durationCount: 1,
      durationUnit: 'year',
      graceDays: 7,
      activationsMode: 'limited',
      activationLimit: 3,
      usageLimit: 100,
      usageReset: 'month',
    },
  })
  await prisma.keyConfiguration.create({
    data: {
      organizationId,
      name: 'Starts later',
      expiryKind: 'duration',
      durationCount: 1,
      durationUnit: 'month',
      expiryStart: 'first_activation',
    },
  })
  return me
}

async function bring(me: Member, text: string) {
  const bytes = () =>
    (async function* () {
      yield Buffer.from(text)
    })()
  const look = await lookAt(bytes())
  const settings = settingsFor(look.source, [look], { createProducts: true })
  const { importId } = await createLocalImport(
    system,
    {
      organizationId: me.organizationId,
      files: [{ name: 'keys', size: 1, parts: 0, format: look.format, kind: look.kind }],
      settings,
    },
    now,
  )
  await runLocalImport(
    system,
    importId,
    bytes,
    () => now,
    () => {},
  )
  await startLocalImport(system, importId, now)
  await runLocalImport(
    system,
    importId,
    bytes,
    () => now,
    () => {},
  )
  return prisma.import.findUniqueOrThrow({ where: { id: importId }, include: { problems: true } })
}

async function exported(me: Member, format: 'csv' | 'json', filter = {}, mark = {}) {
  const pieces = await Array.fromAsync(await exportLicenseKeys(me, filter, format, now, mark))
  return pieces.join('')
}

const header =
  'id,key,status,customer_email,customer_name,customer_id,configuration,product,order,created_at,expires_at,activation_limit,usage,usage_limit,validations,last_validated_at,first_activated_at,grace_days,new_devices_blocked,note,external_id,activations'
const row = (over: Record<string, string>) => {
  const values: Record<string, string> = {
    ...{
      id: newId(),
      status: 'granted',
      customer_email: `${newId()}@example.com`,
      customer_name: '',
      customer_id: newId(),
    },
    ...{ configuration: 'Yearly', product: '', order: '', created_at: '2026-01-31T10:00:00.000Z' },
    ...{
      expires_at: '2027-01-31T10:00:00.000Z',
      activation_limit: '3',
      usage: '0',
      usage_limit: '100',
      validations: '0',
    },
    ...{ last_validated_at: '', first_activated_at: '', grace_days: '7', new_devices_blocked: 'false', note: '' },
    ...{ external_id: '', activations: '', ...over },
  }
  return header
    .split(',')
    .map((name) => (/[",\n]/.test(values[name] ?? '') ? `"${values[name]?.replaceAll('"', '""')}"` : values[name]))
    .join(',')
}

const device = (over: object = {}) => ({ id: newId(), label: 'iMac', created_at: '2026-02-01T00:00:00.000Z', ...over })
const lines = () => [
  row({ key: `PLAIN-${newId()}` }),
  row({ key: `LIMITS-${newId()}`, activation_limit: '5', usage: '12', usage_limit: 'unlimited', grace_days: '0' }),
  row({ key: `OFF-${newId()}`, activation_limit: 'off', expires_at: 'never', new_devices_blocked: 'true' }),
  row({
    key: `ANY-${newId()}`,
    activation_limit: 'unlimited',
    status: 'disabled',
    expires_at: '2026-03-01T00:00:00.123Z',
  }),
  row({
    key: `ORDER-${newId()}`,
    status: 'revoked',
    product: 'Inkwell',
    order: `O-${newId()}`,
    customer_name: 'Zoë "Z", Ltd',
  }),
  row({
    key: `LATER-${newId()}`,
    configuration: 'Starts later',
    expires_at: '',
    activation_limit: 'unlimited',
    usage_limit: 'unlimited',
    grace_days: '0',
  }),
  row({ key: `'=KEY-${newId()}`.replace("'", "''"), note: "'=SUM(A1:A9)", external_id: 'lic_1' }),
  row({
    ...{ key: `DEVICES-${newId()}`, validations: '900000', last_validated_at: '2026-11-01T00:00:00.000Z' },
    first_activated_at: '2026-02-01T00:00:00.000Z',
    note: 'two\nlines',
    activations: JSON.stringify([
      device({ fingerprint: 'f1', conditions: { major: 1 }, meta: { ip: '192.0.2.1' } }),
      device({
        created_at: '2026-02-02T00:00:00.000Z',
        validations: 7,
        last_validated_at: '2026-11-02T00:00:00.000Z',
        external_id: 'lki_1',
      }),
    ]),
  }),
]

const sorted = (text: string) =>
  (parse(text, { bom: true, columns: true }) as Record<string, string>[]).sort((a, b) =>
    (a.id ?? '') < (b.id ?? '') ? -1 : 1,
  )

test('what was imported is exported equal, and a third time through JSON', async () => {
  const me = await shop()
  const text = [header, ...lines()].join('\n')
  const done = await bring(me, text)
  expect(done.problems).toEqual([])
  expect(done).toMatchObject({ status: 'done', counts: { keys: 8 } })
  const csv = await exported(me, 'csv')
  expect(sorted(csv)).toEqual(sorted(text))
  expect(csv).not.toMatch(/(^|,|\n)"?[=+@]/)

  const json = await exported(me, 'json')
  // The ids have to be free for the second time.
  const { organizationId } = me
  await prisma.licenseKey.deleteMany({ where: { organizationId } })
  await prisma.purchase.deleteMany({ where: { organizationId } })
  await prisma.customer.deleteMany({ where: { organizationId } })
  const again = await bring(me, json)
  expect(again.problems).toEqual([])
  expect(sorted(await exported(me, 'csv'))).toEqual(sorted(text))
  expect(await prisma.event.count({ where: { organizationId, type: 'license_key.exported' } })).toBe(3)
})

test('a filter holds for the file, a viewer sees no key string, and nothing is an empty file', async () => {
  const me = await shop()
  await bring(me, [header, ...lines()].join('\n'))
  const disabled = sorted(await exported(me, 'csv', { statuses: ['disabled'] }))
  expect(disabled.map(({ key }) => key?.slice(0, 4))).toEqual(['ANY-'])
  const viewer = { ...me, role: 'viewer' as const }
  for (const format of ['csv', 'json'] as const) {
    const text = await exported(viewer, format)
    expect(text).toContain('masked_key')
    expect(text).not.toMatch(/PLAIN-|DEVICES-/)
  }
  const other = await shop()
  expect(JSON.parse(await exported(other, 'json'))).toEqual([])
  expect(await exported(other, 'csv')).toBe(`\uFEFF${header}\n`)
  expect(await exported(other, 'csv', {}, { mark: false })).toBe(`${header}\n`)
})

test('a list of more than one piece has every key once', async () => {
  const me = await shop()
  const many = Array.from({ length: 2_300 }, (_, i) => row({ key: `MANY-${i}-${newId()}` }))
  await bring(me, [header, ...many].join('\n'))
  const ids = sorted(await exported(me, 'csv')).map(({ id }) => id)
  expect(new Set(ids).size).toBe(2_300)
})
