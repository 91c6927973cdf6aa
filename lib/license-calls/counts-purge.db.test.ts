import { afterAll, expect, test } from 'vitest'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { purgeValidationCounts } from './counts.ts'

// The sweep is of the whole database, so these days lie where nobody else's are.
const now = new Date('2016-06-15T12:00:00Z')

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

test('days of more than five weeks ago are kept by week, exactly, and forgotten after a year', async () => {
  const keys = [newId(), newId()] as const
  const row = (licenseKeyId: string, day: string, valid: number, refused = 0, deviceless = 0) => ({
    ...{ licenseKeyId, day: new Date(day), valid, refused, deviceless },
  })
  const [first, second] = keys
  await prisma.validationDay.createMany({
    data: [
      ...[row(first, '2016-06-15', 1), row(first, '2016-05-12', 2)],
      // A week: Monday is there already, and Sunday belongs to it.
      ...[row(first, '2016-04-25', 4, 1), row(first, '2016-04-27', 8, 2, 3), row(first, '2016-05-01', 16, 4)],
      ...[row(second, '2016-04-30', 32, 8, 1), row(first, '2015-05-05', 64), row(first, '2015-05-18', 128)],
    ],
  })
  const stored = async () => {
    const rows = await prisma.validationDay.findMany({
      where: { licenseKeyId: { in: [...keys] } },
      orderBy: [{ licenseKeyId: 'asc' }, { day: 'asc' }],
    })
    return rows.map((each) => [
      ...[each.licenseKeyId === first ? 1 : 2, each.day.toISOString().slice(0, 10)],
      ...[each.valid, each.refused, each.deviceless],
    ])
  }
  const folded = [
    [1, '2015-05-18', 128, 0, 0],
    [1, '2016-04-25', 28, 7, 3],
    [1, '2016-05-12', 2, 0, 0],
    [1, '2016-06-15', 1, 0, 0],
    [2, '2016-04-25', 32, 8, 1],
  ]
  await purgeValidationCounts(now)
  expect(await stored()).toEqual(folded)
  // Two sweeps at once, and once more: nothing is counted twice.
  await Promise.all([purgeValidationCounts(now), purgeValidationCounts(now)])
  expect(await stored()).toEqual(folded)
  // A week that becomes old in two steps.
  await purgeValidationCounts(new Date('2016-06-17T12:00:00Z'))
  expect((await stored())[2]).toEqual([1, '2016-05-09', 2, 0, 0])
  await prisma.validationDay.deleteMany({ where: { licenseKeyId: { in: [...keys] } } })
})
