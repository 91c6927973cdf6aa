import { beforeEach, describe, expect, test } from 'vitest'
import { deactivateActivation } from '../activations/commands.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { startBulkChange, undoBulkChange } from '../bulk-changes/commands.ts'
import { previewBulkChange } from '../bulk-changes/preview.ts'
import type { BulkAction } from '../bulk-changes/schema.ts'
import { withUndo } from '../bulk-changes/with-undo.ts'
import { prisma } from '../database/client.ts'
import { exportLicenseKeys } from '../exports/license-keys.ts'
import { issueLicenseKey } from '../purchases/issue.ts'
import { fixTrouble } from '../refusals/fix.ts'
import { changeLicenseKey } from './change.ts'
import { resendKeyMail, revealLicenseKey } from './commands.ts'
import { rotateLicenseKey } from './rotate.ts'
import { IssueLicenseKey } from './schema.ts'
import { disableLicenseKeys, enableLicenseKeys, restoreLicenseKeys, revokeLicenseKeys } from './status.ts'
import { boundSupport } from './support-settings.ts'

const now = new Date('2026-03-01T12:00:00.000Z')
const day = (after: number) => new Date(now.getTime() + after * 86_400_000)
const forbidden = (message: RegExp = /./) =>
  expect.objectContaining({ code: 'FORBIDDEN', message: expect.stringMatching(message) })

let owner: Member
let support: Member
let keys: string[]

beforeEach(async () => {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const as = (role: Member['role']): Member => ({
    ...{ kind: 'merchant', userId: newId(), email: `${role}@test.example`, name: role, organizationId, role },
  })
  owner = as('owner')
  support = as('support')
  const { id: keyConfigurationId } = await prisma.keyConfiguration.create({
    data: { organizationId, name: 'App', prefix: 'APP', activationsMode: 'limited', activationLimit: 2 },
  })
  keys = []
  for (const email of ['a@test.example', 'b@test.example']) {
    const input = IssueLicenseKey.parse({ keyConfigurationId, customerEmail: email })
    const { licenseKeyId } = await issueLicenseKey(owner, input, now)
    await changeLicenseKey(owner, licenseKeyId, { expiresAt: day(10) }, now)
    keys.push(licenseKeyId)
  }
})

const first = () => keys[0] as string
const endOf = async (id = first()) => (await prisma.licenseKey.findUniqueOrThrow({ where: { id } })).expiresAt
const extend = (by: Member, days: number, id = first()) =>
  changeLicenseKey(by, id, { expiresAt: { count: days, unit: 'day' } }, now)
const bound = (bounds: { extendDays?: number; moreDevices?: number; seesKeys?: boolean }) =>
  boundSupport(owner, { extendDays: 31, moreDevices: 2, seesKeys: false, ...bounds }, now, {
    extendDays: 31,
    moreDevices: 2,
    seesKeys: false,
  })

describe('one key', () => {
  test('is extended within the bound, however many steps are taken; an admin begins anew', async () => {
    await bound({ extendDays: 30 })
    await expect(extend(support, 31)).rejects.toEqual(
      forbidden(/^Support may extend by at most 30 days at a time: ask an admin\.$/),
    )
    await extend(support, 10)
    await extend(support, 20)
    await expect(extend(support, 1)).rejects.toEqual(forbidden(/has used 30 of them/))
    expect(await endOf()).toEqual(day(40))
    await extend(owner, 5)
    await extend(support, 30)
    expect(await endOf()).toEqual(day(75))
  })

  test('two at the same moment come to no more than one', async () => {
    await bound({ extendDays: 30 })
    const both = await Promise.allSettled([extend(support, 20), extend(support, 20)])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await endOf()).toEqual(day(30))
  })

  test('taking an extension back gives the days back, and no more', async () => {
    await bound({ extendDays: 30 })
    const { undoId } = await withUndo(support, { licenseKeyIds: [first()], label: 'Key changed' }, now, () =>
      extend(support, 30),
    )
    await undoBulkChange(support, undoId as string, () => now)
    expect(await endOf()).toEqual(day(10))
    await extend(support, 30)
    await expect(extend(support, 1)).rejects.toEqual(forbidden())
  })

  test('what an admin did is not taken back by support', async () => {
    const shorter = () => changeLicenseKey(owner, first(), { expiresAt: day(1) }, now)
    const { undoId } = await withUndo(owner, { licenseKeyIds: [first()], label: 'Key changed' }, now, shorter)
    await expect(undoBulkChange(support, undoId as string, () => now)).rejects.toEqual(forbidden(/not done by support/))
    expect(await endOf()).toEqual(day(1))
  })

  test('takes as many devices as the bound allows, also where a trouble is put right', async () => {
    const devices = (by: Member, limit: number) =>
      changeLicenseKey(by, first(), { activations: { mode: 'limited', limit } }, now)
    await devices(support, 4)
    await expect(devices(support, 5)).rejects.toEqual(forbidden(/at most 2 more/))
    await expect(fixTrouble(support, { licenseKeyId: first(), kind: 'raise-limit', to: 5 }, now)).rejects.toEqual(
      forbidden(/at most 2 more/),
    )
    await devices(owner, 9)
    await expect(devices(support, 4)).rejects.toEqual(forbidden(/allowed this key 9/))
  })

  test('support helps, and does no more', async () => {
    const input = { licenseKeyIds: [first()], reason: '' }
    await disableLicenseKeys(support, input, now)
    await enableLicenseKeys(support, input, now)
    await resendKeyMail(support, { licenseKeyId: first(), anyway: false }, now)
    await changeLicenseKey(support, first(), { note: 'Called', newDevicesBlocked: true }, now)
    await expect(deactivateActivation(support, newId(), now)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    for (const refused of [
      () => revokeLicenseKeys(support, input, now),
      () => restoreLicenseKeys(support, input, now),
      () => rotateLicenseKey(support, { licenseKeyId: first(), overlapHours: 0 }, now),
      () => changeLicenseKey(support, first(), { usage: 0 }, now),
      () => changeLicenseKey(support, first(), { expiresAt: null }, now),
      () => changeLicenseKey(support, first(), { status: 'revoked' }, now),
      () => boundSupport(support, { extendDays: 999, moreDevices: 9, seesKeys: true }, now, {}),
      () => boundSupport({ ...owner, role: 'admin' }, { extendDays: 999, moreDevices: 9, seesKeys: true }, now, {}),
    ])
      await expect(refused()).rejects.toEqual(forbidden())
  })
})

describe('many keys', () => {
  const begin = (by: Member, action: BulkAction) =>
    startBulkChange(by, { selection: { ids: keys }, action, reason: '', origin: 'list' }, () => now)

  test('each within the bound, which the preview says first', async () => {
    await bound({ extendDays: 30 })
    await extend(support, 20)
    const action = { action: 'extend', to: { count: 15, unit: 'day' } } as const
    const preview = await previewBulkChange(support, { selection: { ids: keys }, action }, now)
    expect(preview).toMatchObject({
      due: 1,
      skipped: [{ keys: 1, isRefused: true, why: expect.stringContaining('has used 20') }],
    })
    expect((await begin(support, action)).counts).toMatchObject({ changed: 1, refused: 1 })
    expect(await endOf(keys[0])).toEqual(day(30))
    expect(await endOf(keys[1])).toEqual(day(25))
    // What it gave counts for the next ones, too.
    expect((await begin(support, { action: 'extend', to: { count: 16, unit: 'day' } })).counts).toMatchObject({
      refused: 2,
    })
    await expect(extend(support, 16, keys[1])).rejects.toEqual(forbidden(/has used 15/))
  })

  test('nothing that only an admin may', async () => {
    for (const action of [
      { action: 'revoke' },
      { action: 'restore', hold: false },
      { action: 'tag', add: ['x'], remove: [] },
      { action: 'limits', usageLimit: null },
    ] as const)
      await expect(begin(support, action as BulkAction)).rejects.toEqual(forbidden(/ask an admin/))
    const { id } = await begin(owner, { action: 'disable' })
    await expect(undoBulkChange(support, id, () => now)).rejects.toEqual(forbidden(/not done by support/))
    const own = await begin(support, { action: 'enable' })
    expect((await undoBulkChange(support, own.id, () => now)).counts.undone).toBe(2)
  })
})

test('support sees whole keys only where an owner allows it', async () => {
  const seeing: Member = { ...support, supportSeesKeys: true }
  const exported = async (by: Member) => {
    let text = ''
    for await (const part of await exportLicenseKeys(by, {}, 'csv', now)) text += part
    return text
  }
  await expect(revealLicenseKey(support, first(), now)).rejects.toEqual(forbidden())
  const key = await revealLicenseKey(seeing, first(), now)
  expect(await exported(support)).not.toContain(key)
  expect(await exported(seeing)).toContain(key)
  // It is support's alone.
  await expect(revealLicenseKey({ ...seeing, role: 'viewer' }, first(), now)).rejects.toEqual(forbidden())
})
