import { afterAll, expect, test } from 'vitest'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { countValidation, flushValidationCounts } from './counts.ts'

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

test('the days of more keys than are written at once are all written, also those counted meanwhile', async () => {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const customer = await prisma.customer.create({ data: { organizationId, email: 'many@test.example' } })
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Test' } })
  const ids = Array.from({ length: 2_500 }, () => newId())
  await prisma.licenseKey.createMany({
    data: ids.map((id) => ({
      ...{ id, organizationId, customerId: customer.id, keyConfigurationId: configuration.id },
      ...keyStringColumns(makeKeyString('uuid', 'TEST'), 'TEST'),
    })),
  })
  const count = (valid: boolean, at: string) => {
    for (const id of ids)
      countValidation(organizationId, id, { valid, code: valid ? 'VALID' : 'DISABLED' }, null, new Date(at))
  }
  const days = () =>
    prisma.validationDay.groupBy({
      by: ['day'],
      where: { licenseKeyId: { in: ids } },
      _count: true,
      _sum: { valid: true, refused: true },
      orderBy: { day: 'asc' },
    })

  count(true, '2026-11-21T23:59:59.999Z')
  count(false, '2026-11-22T00:00:00.000Z')
  const written = flushValidationCounts()
  count(true, '2026-11-22T00:00:00.001Z')
  await written
  await flushValidationCounts()
  expect(await days()).toEqual([
    { day: new Date('2026-11-21'), _count: 2_500, _sum: { valid: 2_500, refused: 0 } },
    { day: new Date('2026-11-22'), _count: 2_500, _sum: { valid: 2_500, refused: 2_500 } },
  ])
  const hours = await prisma.validationHour.findMany({
    where: { organizationId },
    orderBy: [{ hour: 'asc' }, { code: 'asc' }],
  })
  expect(hours.map(({ hour, code, count }) => [hour.toISOString().slice(0, 13), code, count])).toEqual([
    ['2026-11-21T23', 'VALID', 2_500],
    ['2026-11-22T00', 'DISABLED', 2_500],
    ['2026-11-22T00', 'VALID', 2_500],
  ])
})

test('refused validations are told apart by code, with the last one of each, and valid ones by whether they named a device', async () => {
  const [organizationId, id] = [newId(), newId()]
  const count = (code: string, at: string, device: object | null = null) =>
    countValidation(organizationId, id, { valid: code === 'VALID', code }, device, new Date(at))
  count('VALID', '2026-11-21T10:00:00.000Z')
  count('VALID', '2026-11-21T10:00:01.000Z', { id: 'device' })
  count('CONDITIONS_MISMATCH', '2026-11-21T10:00:02.000Z', { id: 'device' })
  count('CONDITIONS_MISMATCH', '2026-11-21T10:00:03.000Z')
  count('PRODUCT_MISMATCH', '2026-11-21T10:00:04.000Z')
  await flushValidationCounts()
  count('CONDITIONS_MISMATCH', '2026-11-21T10:00:05.000Z')
  await flushValidationCounts()
  const refusals = await prisma.validationRefusal.findMany({ where: { licenseKeyId: id }, orderBy: { code: 'asc' } })
  const day = { licenseKeyId: id, day: new Date('2026-11-21'), organizationId, told: 0, toldAt: null }
  expect(refusals).toEqual([
    { ...day, code: 'CONDITIONS_MISMATCH', count: 3, lastAt: new Date('2026-11-21T10:00:05.000Z') },
    { ...day, code: 'PRODUCT_MISMATCH', count: 1, lastAt: new Date('2026-11-21T10:00:04.000Z') },
  ])
  expect(await prisma.validationDay.findMany({ where: { licenseKeyId: id } })).toMatchObject([
    { valid: 2, refused: 4, deviceless: 1 },
  ])
})
