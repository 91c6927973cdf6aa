import { describe, expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { listEvents } from '../events/queries.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { disableLicenseKeys, enableLicenseKeys, restoreLicenseKeys, revokeLicenseKeys } from './change.ts'
import { getBatch, undoBatch } from './undo-batch.ts'

const start = Date.parse('2026-11-21T12:00:00.000Z')
const at = (minute: number) => new Date(start + minute * 60_000)

async function shop(keys: number): Promise<{ me: Member; ids: string[] }> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara' },
    ...{ organizationId, role: 'owner' },
  } as Member
  const customer = await prisma.customer.create({ data: { organizationId, email: 'ada@test.example' } })
  const configuration = await prisma.keyConfiguration.create({ data: { organizationId, name: 'Editor' } })
  const rows = Array.from({ length: keys }, () => ({
    ...{ id: newId(), organizationId, customerId: customer.id, keyConfigurationId: configuration.id },
    ...keyStringColumns(makeKeyString('uuid', null), null),
    updatedAt: at(0),
  }))
  await prisma.licenseKey.createMany({ data: rows })
  return { me, ids: rows.map(({ id }) => id) }
}

const statuses = async (ids: string[]) => {
  const rows = await prisma.licenseKey.findMany({ where: { id: { in: ids } }, select: { id: true, status: true } })
  return ids.map((id) => rows.find((row) => row.id === id)?.status)
}
const list = (me: Member, filter = {}) => listEvents(me, filter, { page: 1, size: 50 })
const refusal = (code: string) => expect.objectContaining({ code })

describe('what is done to many keys at once', () => {
  test('is one row of the history, with its reason, and a line of each key', async () => {
    const { me, ids } = await shop(3)
    const { batchId } = await disableLicenseKeys(me, { licenseKeyIds: ids, reason: 'Leaked' }, at(1))
    const { events, total } = await list(me)
    expect(total).toBe(1)
    expect(events).toMatchObject([{ id: batchId, type: 'license_key.disabled', keys: 3, data: { reason: 'Leaked' } }])
    expect(await list(me, { batchId })).toMatchObject({ total: 3 })
    for (const licenseKeyId of ids) expect(await list(me, { licenseKeyId })).toMatchObject({ total: 1 })
    expect(await list(me, { q: 'ada@' })).toMatchObject({ total: 3 })
    expect(await list(me, { q: 'Mara' })).toMatchObject({ total: 1 })
    expect(await list(me, { groups: ['keys'] })).toMatchObject({ total: 1 })
    expect(await getBatch(me, batchId)).toMatchObject({ keys: 3, undoable: 3, reason: 'Leaked', actorLabel: 'Mara' })
  })

  test('one key is a row like any other', async () => {
    const { me, ids } = await shop(1)
    await disableLicenseKeys(me, { licenseKeyIds: ids, reason: '' }, at(1))
    expect((await list(me)).events).toMatchObject([{ licenseKeyId: ids[0], keys: 1 }])
  })

  test('an undo leaves alone what was changed since, and says so', async () => {
    const { me, ids } = await shop(4)
    const [first = '', second = '', third = ''] = ids
    await disableLicenseKeys(me, { licenseKeyIds: [third], reason: '' }, at(0))
    const { batchId, changed } = await disableLicenseKeys(me, { licenseKeyIds: ids, reason: '' }, at(1))
    expect(changed).toBe(3)
    await enableLicenseKeys(me, { licenseKeyIds: [first], reason: '' }, at(2))
    // Switched off again by somebody who means it.
    await enableLicenseKeys(me, { licenseKeyIds: [second], reason: '' }, at(2))
    await disableLicenseKeys(me, { licenseKeyIds: [second], reason: 'Again' }, at(3))
    expect(await getBatch(me, batchId)).toMatchObject({ keys: 3, undoable: 1 })
    expect(await undoBatch(me, { batchId }, at(4))).toEqual({ changed: 1, left: 2 })
    expect(await statuses(ids)).toEqual(['granted', 'disabled', 'disabled', 'granted'])
    expect(await undoBatch(me, { batchId }, at(5))).toEqual({ changed: 0, left: 3 })
    expect((await list(me, { licenseKeyId: ids[3] })).events[0]).toMatchObject({
      type: 'license_key.enabled',
      data: { reason: 'Undone' },
    })
  })

  test('enabling and revoking are undone too, to what was before', async () => {
    const { me, ids } = await shop(2)
    const [first = ''] = ids
    await disableLicenseKeys(me, { licenseKeyIds: ids, reason: '' }, at(1))
    const enabled = await enableLicenseKeys(me, { licenseKeyIds: ids, reason: '' }, at(2))
    await undoBatch(me, enabled, at(3))
    expect(await statuses(ids)).toEqual(['disabled', 'disabled'])
    await enableLicenseKeys(me, { licenseKeyIds: [first], reason: '' }, at(4))
    const revoked = await revokeLicenseKeys(me, { licenseKeyIds: ids, reason: 'Refund' }, at(5))
    expect(await statuses(ids)).toEqual(['revoked', 'revoked'])
    expect(await undoBatch(me, revoked, at(6))).toEqual({ changed: 2, left: 0 })
    expect(await statuses(ids)).toEqual(['granted', 'disabled'])
    await expect(restoreLicenseKeys(me, { licenseKeyIds: ids, reason: '' }, at(7))).resolves.toMatchObject({
      changed: 0,
    })
  })

  test('an undo of others is refused as if there were nothing', async () => {
    const { me, ids } = await shop(2)
    const { me: stranger } = await shop(1)
    const { batchId } = await disableLicenseKeys(me, { licenseKeyIds: ids, reason: '' }, at(1))
    await expect(getBatch(stranger, batchId)).rejects.toEqual(refusal('NOT_FOUND'))
    await expect(undoBatch(stranger, { batchId }, at(2))).rejects.toEqual(refusal('NOT_FOUND'))
    await expect(undoBatch({ ...me, role: 'viewer' }, { batchId }, at(2))).rejects.toEqual(refusal('FORBIDDEN'))
    expect(await statuses(ids)).toEqual(['disabled', 'disabled'])
  })

  test('more than a thousand keys are one row, and are taken back together', async () => {
    const { me, ids } = await shop(2_100)
    const { batchId, changed } = await disableLicenseKeys(me, { licenseKeyIds: ids, reason: '' }, at(1))
    expect(changed).toBe(2_100)
    expect((await list(me)).events).toMatchObject([{ id: batchId, keys: 2_100 }])
    // Nothing is changed when one of them is not theirs.
    await expect(enableLicenseKeys(me, { licenseKeyIds: [...ids, newId()], reason: '' }, at(2))).rejects.toEqual(
      refusal('NOT_FOUND'),
    )
    expect(await undoBatch(me, { batchId }, at(3))).toEqual({ changed: 2_100, left: 0 })
    expect(await prisma.licenseKey.count({ where: { id: { in: ids }, status: 'granted' } })).toBe(2_100)
  })
})
