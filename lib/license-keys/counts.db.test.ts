import { describe, expect, test } from 'vitest'
import type { LicenseKeyStatus } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { DAY_MS, HOUR_MS } from '../base/days.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { addUpCounts, correctCounts, countActiveDevices, countLicenseKeys } from './counts.ts'
import { EXPIRING_DAYS, shownStatus } from './look.ts'
import { type ShownStatus, shownStatuses } from './plain.ts'
import { keyColumns } from './queries.ts'
import { factsOf } from './row.ts'

const now = new Date('2026-11-21T12:30:00.000Z')
const STEPS = 250

/** Numbers that look random and are the same every time. */
function dice(seed: number) {
  let state = seed
  return (sides: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const customer = await prisma.customer.create({ data: { organizationId, email: 'zoe@x.example' } })
  const configurations = await Promise.all(
    [0, 7, 30].map((graceDays) =>
      prisma.keyConfiguration.create({ data: { organizationId, name: `${graceDays} days`, graceDays } }),
    ),
  )
  const me: Merchant = {
    ...{ kind: 'merchant', userId: newId(), email: 'm@x.example', name: null, organizationId, role: 'owner' },
  }
  return { me, organizationId, customerId: customer.id, configurationIds: configurations.map(({ id }) => id) }
}

/** The same by looking at every row. */
async function countByHand({ organizationId }: Merchant, at: Date): Promise<Record<ShownStatus, number>> {
  const rows = await prisma.licenseKey.findMany({ where: { organizationId }, select: keyColumns })
  const counts = Object.fromEntries(shownStatuses.map((status) => [status, 0])) as Record<ShownStatus, number>
  for (const row of rows) counts[shownStatus(factsOf(row, row.keyConfiguration), at)]++
  return counts
}

const devicesByHand = ({ organizationId }: Merchant) =>
  prisma.activation.count({ where: { organizationId, deactivatedAt: null } })

// To the minute and to the day around everything that changes with the clock.
const ENDS = [null, -40, -30, -7, -1, 0, 1, EXPIRING_DAYS, EXPIRING_DAYS + 1, 400]
const MINUTES = [-1, 0, 1, 11 * 60, -13 * 60]

test.each([1, 2, 3])('whatever happens to keys and devices, counts are what is there (%i)', async (seed) => {
  const roll = dice(seed)
  const of = await shop()
  const { me, organizationId, customerId } = of
  const pick = <T>(list: readonly T[]) => list[roll(list.length)] as T
  const end = () => {
    const days = pick(ENDS)
    return days === null ? null : new Date(now.getTime() + days * DAY_MS + pick(MINUTES) * 60_000)
  }
  const keys: string[] = []
  const devices: string[] = []
  const newKey = () => ({
    ...{ id: newId(), organizationId, customerId, keyConfigurationId: pick(of.configurationIds), expiresAt: end() },
    ...{ status: pick(['granted', 'granted', 'disabled', 'revoked'] as LicenseKeyStatus[]) },
    graceDaysOverride: pick([null, null, 0, 7, 90]),
    ...keyStringColumns(makeKeyString('uuid', null), null),
  })
  const steps: (() => Promise<unknown>)[] = [
    async () => {
      const data = Array.from({ length: 1 + roll(5) }, newKey)
      await prisma.licenseKey.createMany({ data: data.map((each) => withReason(each)) })
      keys.push(...data.map(({ id }) => id))
    },
    () => update({ status: pick(['granted', 'disabled', 'revoked'] as LicenseKeyStatus[]) }),
    () => update({ expiresAt: end() }),
    () => update({ graceDaysOverride: pick([null, 0, 7]) }),
    () => update({ keyConfigurationId: pick(of.configurationIds) }),
    () => update({ note: 'nothing that is counted' }),
    () =>
      prisma.keyConfiguration.update({
        where: { id: pick(of.configurationIds) },
        data: { graceDays: pick([0, 7, 14]) },
      }),
    () => prisma.licenseKey.deleteMany({ where: { id: (roll(4) === 0 && pick(keys)) || newId() } }),
    async () => {
      const licenseKeyId = await some()
      if (!licenseKeyId) return
      const deactivatedAt = pick([null, null, now])
      const made = await prisma.activation.create({
        data: { organizationId, licenseKeyId, label: 'Mac', deactivatedAt },
      })
      devices.push(made.id)
    },
    () =>
      prisma.activation.updateMany({
        where: { id: pick(devices) ?? newId() },
        data: { deactivatedAt: pick([null, now]) },
      }),
    () => prisma.activation.deleteMany({ where: { id: (roll(5) === 0 && pick(devices)) || newId() } }),
    () => addUpCounts(),
  ]
  const some = async () => (await prisma.licenseKey.findFirst({ where: { id: pick(keys) ?? newId() } }))?.id
  const update = async (data: Record<string, unknown>) => {
    const id = await some()
    const reasons = data.status === 'revoked' ? ['by_hand'] : data.status ? [] : undefined
    if (id)
      await prisma.licenseKey.updateMany({
        where: { id },
        data: { ...data, ...(reasons && { revokedFor: reasons as never }) },
      })
  }
  for (let step = 0; step < STEPS; step++) {
    await pick(steps)()
    if (step % 10 > 0) continue
    for (const at of [0, -1, 60_000, 14 * HOUR_MS, 7 * DAY_MS + 1].map((later) => new Date(now.getTime() + later)))
      expect({ step, at, ...(await countLicenseKeys(me, at)) }).toEqual({ step, at, ...(await countByHand(me, at)) })
    expect({ step, devices: await countActiveDevices(me) }).toEqual({ step, devices: await devicesByHand(me) })
  }
  expect(await correctCounts()).toBe(0)
})

/** Only what is revoked has reasons. */
const withReason = <Row extends { status: LicenseKeyStatus }>(row: Row) => ({
  ...row,
  revokedFor: row.status === 'revoked' ? (['by_hand'] as const).slice() : [],
})

describe('rows of counts', () => {
  const rowsOf = (organizationId: string) => prisma.keyCount.count({ where: { organizationId } })

  test('are put together while others write, and nothing is counted twice or lost', async () => {
    const { me, organizationId, customerId, configurationIds } = await shop()
    const write = async (of: number) => {
      for (let i = 0; i < 40; i++) {
        const id = newId()
        const own = { id, organizationId, customerId, keyConfigurationId: configurationIds[of % 3] as string }
        await prisma.licenseKey.create({ data: { ...own, ...keyStringColumns(makeKeyString('uuid', null), null) } })
        await prisma.licenseKey.update({ where: { id }, data: { status: 'disabled' } })
        await prisma.activation.create({ data: { organizationId, licenseKeyId: id, label: 'Mac' } })
      }
    }
    const folding = async () => {
      for (let i = 0; i < 20; i++) await Promise.all([addUpCounts(), addUpCounts()])
    }
    await Promise.all([write(0), write(1), write(2), write(3), folding()])
    expect(await countLicenseKeys(me, now)).toMatchObject({ active: 0, disabled: 160 })
    expect(await countActiveDevices(me)).toBe(160)
    await addUpCounts()
    expect(await rowsOf(organizationId)).toBeLessThan(120)
    expect(await countLicenseKeys(me, now)).toMatchObject({ active: 0, disabled: 160 })
  })

  test('a validation writes none', async () => {
    const { organizationId, customerId, configurationIds } = await shop()
    const own = { organizationId, customerId, keyConfigurationId: configurationIds[0] as string }
    const { id } = await prisma.licenseKey.create({
      data: { ...own, ...keyStringColumns(makeKeyString('uuid', null), null) },
    })
    const before = await rowsOf(organizationId)
    await prisma.$executeRaw`UPDATE license_keys SET validations = validations + 1, last_validated_at = now() WHERE id = ${id}::uuid`
    expect(await rowsOf(organizationId)).toBe(before)
  })

  test('what is wrong is mended, and what is left of an organization that is gone goes', async () => {
    const { me, organizationId, customerId, configurationIds } = await shop()
    const own = { organizationId, customerId, keyConfigurationId: configurationIds[0] as string }
    await prisma.licenseKey.create({ data: { ...own, ...keyStringColumns(makeKeyString('uuid', null), null) } })
    await prisma.keyCount.deleteMany({ where: { organizationId } })
    expect(await countLicenseKeys(me, now)).toMatchObject({ active: 0 })
    expect(await correctCounts()).toBeGreaterThan(0)
    expect(await countLicenseKeys(me, now)).toMatchObject({ active: 1 })
    await prisma.licenseKey.deleteMany({ where: { organizationId } })
    await prisma.keyConfiguration.deleteMany({ where: { organizationId } })
    await prisma.organization.delete({ where: { id: organizationId } })
    await addUpCounts()
    expect(await rowsOf(organizationId)).toBe(0)
  })
})
