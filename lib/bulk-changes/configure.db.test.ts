import { describe, expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { createKeyConfiguration, updateKeyConfiguration } from '../key-configurations/commands.ts'
import { readKeyConfiguration } from '../key-configurations/queries.ts'
import { type KeyConfigurationSettings, newKeyConfiguration } from '../key-configurations/schema.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { undoBulkChange } from './commands.ts'
import { configure } from './configure.ts'
import { AT_ONCE } from './plain.ts'
import { getBulkChange } from './queries.ts'
import { runBulkChange } from './run.ts'

const start = Date.parse('2026-11-21T12:00:00.000Z')
const at = (minute: number) => new Date(start + minute * 60_000)
const clock = (minute: number) => () => at(minute)
const system = { kind: 'system', name: 'Latchkey' } as const
const limits = { name: 'Editor', activationLimit: 3, usageLimit: 100, graceDays: 7 } as const

async function shop(keys: number) {
  const organizationId = newId()
  const timeZone = 'America/Los_Angeles'
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test', timeZone } })
  const me = {
    ...{ kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role: 'owner' },
  } as Member
  const expires = { expiryKind: 'fixed_date', expiresOn: new Date('2030-01-31T23:59:59.999Z') } as const
  const settings: KeyConfigurationSettings = { ...newKeyConfiguration, ...limits, ...expires }
  const { id } = await createKeyConfiguration(me, settings, at(0))
  const customer = await prisma.customer.create({ data: { organizationId, email: 'ada@test.example' } })
  const add = (count: number) =>
    prisma.licenseKey.createMany({
      data: Array.from({ length: count }, () => ({
        ...{ id: newId(at(0)), organizationId, customerId: customer.id, keyConfigurationId: id },
        ...keyStringColumns(makeKeyString('uuid', null), null),
        ...{ createdAt: at(0), updatedAt: at(0) },
      })),
    })
  await add(keys)
  const stored = async () => (await readKeyConfiguration(prisma, me, id)).settings
  return { me, id, add, stored }
}

/** What holds for each key, by its own limits or its configuration's. */
const holding = ({ organizationId }: Member) =>
  prisma.$queryRaw<{ devices: number; usage: number; grace: number; keys: number; own: number }[]>`
    SELECT COALESCE(k.activation_limit_override, c.activation_limit) AS devices, COALESCE(k.grace_days_override, c.grace_days) AS grace,
      CASE WHEN k.usage_overridden THEN k.usage_limit_override ELSE c.usage_limit END AS usage, count(*)::int AS keys,
      count(k.activations_mode_override)::int AS own
    FROM license_keys k JOIN key_configurations c ON c.id = k.key_configuration_id
    WHERE k.organization_id = ${organizationId}::uuid GROUP BY 1, 2, 3 ORDER BY keys DESC`

/** A form that was opened now, with something else typed. */
async function typed(of: Awaited<ReturnType<typeof shop>>, over: Partial<KeyConfigurationSettings>) {
  const now = await of.stored()
  const opened = JSON.parse(JSON.stringify(now)) as Record<string, unknown>
  // Forms name the day.
  const settings = { ...now, expiresOn: new Date('2030-01-31T23:59:59.999Z'), ...over }
  return { settings: { id: of.id, ...settings }, opened }
}

describe('a configuration', () => {
  test('that is changed for all keys is taken back as a whole', async () => {
    const of = await shop(3)
    const before = await of.stored()
    const { settings, opened } = await typed(of, { activationLimit: 1, entitlements: ['export'] })
    const saved = await configure(of.me, { ...settings, applies: 'all' }, at(1), opened)
    expect(saved.isDone).toBe(true)
    expect(await holding(of.me)).toEqual([{ devices: 1, usage: 100, grace: 7, keys: 3, own: 0 }])
    const id = saved.bulkChangeId ?? ''
    expect(await getBulkChange(of.me, id, at(2))).toMatchObject({
      ...{ title: 'Editor changed', status: 'done', whyNotUndone: null },
      words: 'Devices: 3 devices → 1 device. Entitlements: None → export',
    })
    expect(await undoBulkChange(of.me, id, clock(3))).toMatchObject({ isDone: true })
    expect(await of.stored()).toEqual(before)
    await expect(undoBulkChange(of.me, id, clock(4))).rejects.toThrow('nothing left')
  })

  test('that is changed for new keys only leaves every key with what holds for it, and undoing leaves no trace', async () => {
    const of = await shop(4)
    const rows = () =>
      prisma.$queryRaw<{ row: string }[]>`SELECT (to_jsonb(k) - 'updated_at')::text AS row FROM license_keys k
        WHERE organization_id = ${of.me.organizationId}::uuid ORDER BY id`
    const [own] = await prisma.licenseKey.findMany({ where: { organizationId: of.me.organizationId }, take: 1 })
    const ownLimit = { activationsModeOverride: 'limited', activationLimitOverride: 9 } as const
    await prisma.licenseKey.update({ where: { id: own?.id ?? '' }, data: ownLimit })
    const [keys, before] = [await rows(), await of.stored()]
    const { settings, opened } = await typed(of, { activationLimit: 1, usageLimit: 5, graceDays: 0, name: 'Writer' })
    const saved = await configure(of.me, { ...settings, applies: 'new' }, at(1), opened)
    expect(await of.stored()).toMatchObject({ activationLimit: 1, usageLimit: 5, graceDays: 0, name: 'Writer' })
    await of.add(1)
    expect(await holding(of.me)).toEqual([
      { devices: 3, usage: 100, grace: 7, keys: 3, own: 3 },
      ...[expect.anything(), expect.anything()],
    ])
    expect(await holding(of.me)).toContainEqual({ devices: 9, usage: 100, grace: 7, keys: 1, own: 1 })
    expect(await holding(of.me)).toContainEqual({ devices: 1, usage: 5, grace: 0, keys: 1, own: 0 })
    const undone = await undoBulkChange(of.me, saved.bulkChangeId ?? '', clock(3))
    expect(undone.counts).toMatchObject({ undone: 4, left: 0 })
    expect(await of.stored()).toEqual(before)
    expect((await rows()).filter(({ row }) => keys.some((key) => key.row === row))).toHaveLength(4)
  })

  test('with many keys is changed once each of them has what it keeps, also those issued meanwhile', async () => {
    const of = await shop(AT_ONCE + 5)
    const { settings, opened } = await typed(of, { activationLimit: 1 })
    const saved = await configure(of.me, { ...settings, applies: 'new' }, at(1), opened)
    expect(saved.isDone).toBe(false)
    expect((await of.stored()).activationLimit).toBe(3)
    await of.add(2)
    await runBulkChange(system, saved.bulkChangeId ?? '', clock(2))
    expect((await of.stored()).activationLimit).toBe(1)
    expect(await holding(of.me)).toEqual([{ devices: 3, usage: 100, grace: 7, keys: AT_ONCE + 7, own: AT_ONCE + 7 }])
    const change = await getBulkChange(of.me, saved.bulkChangeId ?? '', at(3))
    expect(change).toMatchObject({ status: 'done', total: AT_ONCE + 7, counts: { changed: AT_ONCE + 7 } })
    await undoBulkChange(of.me, change.id, clock(4))
    await runBulkChange(system, change.id, clock(4))
    expect((await of.stored()).activationLimit).toBe(3)
    expect(await holding(of.me)).toEqual([{ devices: 3, usage: 100, grace: 7, keys: AT_ONCE + 7, own: 0 }])
  })

  test('that somebody else changed in the same place since is not taken back, and neither are its keys', async () => {
    const of = await shop(2)
    const { settings, opened } = await typed(of, { activationLimit: 1 })
    const saved = await configure(of.me, { ...settings, applies: 'new' }, at(1), opened)
    const later = await typed(of, { activationLimit: 2 })
    await updateKeyConfiguration(of.me, later.settings, at(2), later.opened)
    await expect(undoBulkChange(of.me, saved.bulkChangeId ?? '', clock(3))).rejects.toThrow('Devices is now 2 devices')
    expect((await of.stored()).activationLimit).toBe(2)
    expect(await holding(of.me)).toEqual([{ devices: 3, usage: 100, grace: 7, keys: 2, own: 2 }])
  })

  test('is changed by those who may, in their organization', async () => {
    const [of, other] = [await shop(1), await shop(0)]
    const { settings, opened } = await typed(of, { activationLimit: 1 })
    const input = { ...settings, applies: 'new' } as const
    await expect(configure({ ...of.me, role: 'support' }, input, at(1), opened)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    await expect(configure(other.me, input, at(1), opened)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const saved = await configure(of.me, input, at(1), opened)
    const support: Member = { ...of.me, role: 'support' }
    await expect(undoBulkChange(support, saved.bulkChangeId ?? '', clock(2))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })
})
