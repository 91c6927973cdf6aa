import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deactivateActivation } from '../activations/commands.ts'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { listEvents } from '../events/queries.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { updateLicenseKey } from '../license-keys/edit.ts'
import { UpdateLicenseKey } from '../license-keys/schema.ts'
import { disableLicenseKeys, enableLicenseKeys, restoreLicenseKeys, revokeLicenseKeys } from '../license-keys/status.ts'
import { startBulkChange, stopBulkChange, undoBulkChange } from './commands.ts'
import { AT_ONCE } from './plain.ts'
import { previewBulkChange } from './preview.ts'
import { getBulkChange, listBulkChanges, listBulkKeys, previewUndo } from './queries.ts'
import { purgeBulkChanges, runBulkChange, silentBulkChanges } from './run.ts'
import { BulkAction } from './schema.ts'
import { withUndo } from './with-undo.ts'

const start = Date.parse('2026-11-21T12:00:00.000Z')
const at = (minute: number) => new Date(start + minute * 60_000)
const clock = (minute: number) => () => at(minute)
const system = { kind: 'system', name: 'Latchkey' } as const

async function shop(keys: number) {
  const organizationId = newId()
  await prisma.organization.create({
    data: { id: organizationId, slug: organizationId, name: 'Test', timeZone: 'Europe/Berlin' },
  })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara' },
    ...{ organizationId, role: 'owner' },
  } as Member
  const customer = await prisma.customer.create({ data: { organizationId, email: 'ada@test.example' } })
  const configuration = await prisma.keyConfiguration.create({
    data: { organizationId, name: 'Editor', activationsMode: 'limited', activationLimit: 3 },
  })
  const team = await prisma.keyConfiguration.create({
    data: { organizationId, name: 'Team', expiryKind: 'duration', durationCount: 1, durationUnit: 'year' },
  })
  const rows = Array.from({ length: keys }, (_, n) => ({
    ...{ id: newId(at(-n)), organizationId, customerId: customer.id, keyConfigurationId: configuration.id },
    ...keyStringColumns(makeKeyString('uuid', null), null),
    ...{ createdAt: at(-n), updatedAt: at(-n), expiresAt: n % 3 === 0 ? at(60 * 24 * 30) : null },
  }))
  await prisma.licenseKey.createMany({ data: rows })
  return { me, ids: rows.map(({ id }) => id), customer, configuration, team }
}

/** More keys like one there is, made by the database: strings of their own would take longer than what is tested. */
async function manyLike(id: string, count: number): Promise<void> {
  await prisma.$executeRaw`INSERT INTO license_keys (id, organization_id, key_configuration_id, customer_id, key_hash, key_cipher,
      last_characters, status, expires_at, tags, note, note_folded, created_at, updated_at)
    SELECT gen_random_uuid(), organization_id, key_configuration_id, customer_id, sha256(n::text::bytea || key_hash), key_cipher,
      lpad(n::text, 6, '0'), CASE WHEN n % 40 = 0 THEN 'disabled' ELSE 'granted' END::license_key_status,
      CASE WHEN n % 3 = 0 THEN ${at(90_000)}::timestamptz END, ARRAY[n::text], n::text, n::text, created_at - n * interval '1 second', updated_at
    FROM license_keys, generate_series(1, ${count}::int) n WHERE id = ${id}::uuid`
}

/** Every column of every key but the moment of its last change. */
async function everything({ organizationId }: Member): Promise<string[]> {
  const rows = await prisma.$queryRaw<
    { row: string }[]
  >`SELECT (to_jsonb(k) - 'updated_at')::text AS row FROM license_keys k
    WHERE organization_id = ${organizationId}::uuid ORDER BY id`
  return rows.map(({ row }) => row)
}

const asked = (ids: string[], action: BulkAction, reason = '') => ({
  ...{ selection: { ids }, action, reason, origin: 'list' as const },
})
const statuses = async (ids: string[]) => {
  const rows = await prisma.licenseKey.findMany({ where: { id: { in: ids } }, select: { id: true, status: true } })
  return ids.map((id) => rows.find((row) => row.id === id)?.status)
}
const refusal = (code: string) => expect.objectContaining({ code })

describe('a bulk change', () => {
  test('says first what will happen to whom, and then does exactly that', async () => {
    const { me, ids, configuration } = await shop(6)
    const [first = '', second = '', third = ''] = ids
    await disableLicenseKeys(me, { licenseKeyIds: [first], reason: '' }, at(0))
    await revokeLicenseKeys(me, { licenseKeyIds: [second], reason: '' }, at(0))
    await prisma.activation.createMany({
      data: [1, 2]
        .map((n) => ({ ...me, licenseKeyId: third, label: `Device ${n}` }))
        .map(({ licenseKeyId, label, organizationId }) => ({ licenseKeyId, label, organizationId })),
    })
    const selection = { filter: { configurationIds: [configuration.id] } }
    const preview = await previewBulkChange(me, { selection, action: { action: 'disable' } }, at(1))
    expect(preview).toMatchObject({ total: 6, due: 4, customers: 1, stops: { keys: 4, devices: 2 }, mailed: 0 })
    expect(preview.skipped).toEqual([
      { why: 'Disabled already', keys: 1, isRefused: false },
      { why: 'Revoked: it was revoked by hand', keys: 1, isRefused: false },
    ])
    expect(preview.skippedKeys.map(({ id }) => id).sort()).toEqual([first, second].sort())

    const begun = await startBulkChange(
      me,
      { selection, action: { action: 'disable' }, reason: 'Leaked', expected: preview.total, origin: 'list' },
      clock(2),
    )
    expect(begun).toMatchObject({ isDone: true, total: 6, counts: { changed: 4, unchanged: 2, refused: 0 } })
    const change = await getBulkChange(me, begun.id, at(3))
    expect(change).toMatchObject({ title: '4 keys disabled', status: 'done', actorLabel: 'Mara', reason: 'Leaked' })
    const { keys } = await listBulkKeys(me, begun.id, { outcomes: ['unchanged'], page: 1, size: 10 })
    expect(keys.map(({ licenseKeyId, note }) => [licenseKeyId, note])).toEqual([
      [first, 'Disabled already'],
      [second, 'Revoked: it was revoked by hand'],
    ])
    // One row of the history, and a line of each key.
    const { events } = await listEvents(me, {}, { page: 1, size: 50 })
    expect(events[0]).toMatchObject({ id: begun.id, type: 'license_key.disabled', keys: 4, data: { reason: 'Leaked' } })
    expect((await listEvents(me, { licenseKeyId: third }, { page: 1, size: 50 })).total).toBe(1)
  })

  test('who matches is fixed when it starts; if that differs from what was previewed, nothing is changed', async () => {
    const { me, ids } = await shop(3)
    const input = {
      selection: { filter: {} },
      action: { action: 'disable' } as const,
      reason: '',
      origin: 'list' as const,
    }
    await expect(startBulkChange(me, { ...input, expected: 2 }, clock(1))).rejects.toThrow('3 keys match instead of 2')
    expect(await statuses(ids)).toEqual(['granted', 'granted', 'granted'])
    expect((await listBulkChanges(me, { page: 1, size: 10 }, at(1))).total).toBe(0)
  })

  test('belongs to its organization: others neither see, start, stop nor undo it', async () => {
    const [mine, theirs] = [await shop(2), await shop(1)]
    const { id } = await startBulkChange(mine.me, asked(mine.ids, { action: 'disable' }), clock(1))
    await expect(getBulkChange(theirs.me, id, at(2))).rejects.toEqual(refusal('NOT_FOUND'))
    await expect(stopBulkChange(theirs.me, id, at(2))).rejects.toEqual(refusal('NOT_FOUND'))
    await expect(undoBulkChange(theirs.me, id, clock(2))).rejects.toEqual(refusal('NOT_FOUND'))
    await expect(previewUndo(theirs.me, id)).rejects.toEqual(refusal('NOT_FOUND'))
    expect(await listBulkKeys(theirs.me, id, { outcomes: [], page: 1, size: 10 })).toEqual({ keys: [], total: 0 })
    await expect(startBulkChange(theirs.me, asked(mine.ids, { action: 'disable' }), clock(2))).rejects.toEqual(
      refusal('NOT_FOUND'),
    )
    const viewer: Member = { ...mine.me, role: 'viewer' }
    await expect(startBulkChange(viewer, asked(mine.ids, { action: 'enable' }), clock(2))).rejects.toEqual(
      refusal('FORBIDDEN'),
    )
    await expect(undoBulkChange(viewer, id, clock(2))).rejects.toEqual(refusal('FORBIDDEN'))
  })

  test('of many keys runs in the background, goes on after its process died, and can be stopped', {
    timeout: 120_000,
  }, async () => {
    const { me, ids } = await shop(AT_ONCE * 2 + 10)
    const begun = await startBulkChange(me, asked(ids, { action: 'disable' }), clock(1))
    expect(begun).toMatchObject({ isDone: false, counts: { changed: 0 } })
    // It dies after its first batch: what it has is committed, and it says nothing more.
    let looks = 0
    const dying = () => {
      if (++looks > 2) throw new Error('killed')
      return at(2)
    }
    await expect(runBulkChange(system, begun.id, dying)).rejects.toThrow('killed')
    expect((await getBulkChange(me, begun.id, at(2))).counts.changed).toBe(AT_ONCE)
    expect(await silentBulkChanges(system, at(2))).not.toContain(begun.id)
    expect(await silentBulkChanges(system, at(4))).toContain(begun.id)
    // The next one is stopped after a batch: of two in the same moment one is first, and what it says is so.
    looks = 0
    let stopping: Promise<void> | undefined
    const stopped = () => {
      if (++looks === 3) stopping = stopBulkChange(me, begun.id, at(5))
      return at(5)
    }
    await runBulkChange(system, begun.id, stopped)
    await stopping
    const change = await getBulkChange(me, begun.id, at(6))
    const { changed } = change.counts
    if (change.status === 'done') expect(changed).toBe(ids.length)
    else expect(change.status).toBe('stopped')
    expect([AT_ONCE, AT_ONCE * 2, AT_ONCE * 2 + 10]).toContain(changed)
    expect((await statuses(ids)).filter((status) => status === 'disabled')).toHaveLength(changed)
    expect((await listBulkKeys(me, begun.id, { outcomes: ['waiting'], page: 1, size: 5 })).total).toBe(
      ids.length - changed,
    )
    // What was done can be taken back.
    await undoBulkChange(me, begun.id, clock(7))
    await runBulkChange(system, begun.id, clock(7))
    expect(await getBulkChange(me, begun.id, at(8))).toMatchObject({ status: 'undone', counts: { undone: changed } })
    expect((await statuses(ids)).every((status) => status === 'granted')).toBe(true)
  })

  test('of many keys that is stopped stays stopped: nobody goes on with it', { timeout: 120_000 }, async () => {
    const { me, ids } = await shop(AT_ONCE + 10)
    const { id } = await startBulkChange(me, asked(ids, { action: 'disable' }), clock(1))
    let looks = 0
    const dying = () => {
      if (++looks > 2) throw new Error('killed')
      return at(2)
    }
    await expect(runBulkChange(system, id, dying)).rejects.toThrow('killed')
    await stopBulkChange(me, id, at(3))
    await runBulkChange(system, id, clock(5))
    expect(await silentBulkChanges(system, at(9))).not.toContain(id)
    expect(await getBulkChange(me, id, at(6))).toMatchObject({ status: 'stopped', counts: { changed: AT_ONCE } })
    expect((await statuses(ids)).filter((status) => status === 'disabled')).toHaveLength(AT_ONCE)
  })
})

describe('what can be done', () => {
  test('more time, another end, none', async () => {
    const { me, ids } = await shop(3)
    const [dated = '', endless = '', revoked = ''] = ids
    await revokeLicenseKeys(me, { licenseKeyIds: [revoked], reason: '' }, at(0))
    const more = await startBulkChange(me, asked(ids, { action: 'extend', to: { count: 1, unit: 'month' } }), clock(1))
    expect(more.counts).toMatchObject({ changed: 1, refused: 2 })
    const { keys } = await listBulkKeys(me, more.id, { outcomes: [], page: 1, size: 10 })
    expect(keys.map(({ changes, note }) => [changes[0], note])).toEqual([
      ['Expires: 21 Dec 2026, 13:00 UTC+1 → 21 Jan 2027, 13:00 UTC+1', null],
      [undefined, 'No end that could be moved'],
      [undefined, 'Revoked: it was revoked by hand'],
    ])
    await startBulkChange(me, asked([dated, endless], { action: 'extend', to: '2027-03-01' }), clock(2))
    const ends = await prisma.licenseKey.findMany({ where: { id: { in: [dated, endless] } } })
    for (const { expiresAt } of ends) expect(expiresAt?.toISOString()).toBe('2027-03-01T22:59:59.999Z')
    expect(await startBulkChange(me, asked([dated], { action: 'extend', to: '2027-03-01' }), clock(3))).toMatchObject({
      counts: { changed: 0, unchanged: 1 },
    })
    await startBulkChange(me, asked([dated], { action: 'extend', to: null }), clock(4))
    expect((await prisma.licenseKey.findUniqueOrThrow({ where: { id: dated } })).expiresAt).toBeNull()
  })

  test('limits: a preview says which keys are over them', async () => {
    const { me, ids } = await shop(2)
    const [first = ''] = ids
    const { organizationId } = me
    for (const label of ['A', 'B'])
      await prisma.activation.create({ data: { organizationId, licenseKeyId: first, label } })
    await prisma.licenseKey.update({ where: { id: first }, data: { usage: 9 } })
    const action = BulkAction.parse({ action: 'limits', activations: { mode: 'limited', limit: 1 }, usageLimit: 9 })
    expect(await previewBulkChange(me, { selection: { ids }, action }, at(1))).toMatchObject({
      ...{ due: 2, overDevices: 1, overUsage: 1 },
    })
    const { id } = await startBulkChange(me, asked(ids, action), clock(1))
    const { keys } = await listBulkKeys(me, id, { outcomes: ['changed'], page: 1, size: 10 })
    expect(keys[0]?.changes).toEqual(['Device limit: 3 → 1', 'Usage limit: unlimited → 9'])
  })

  test('another configuration: software that asks for the old one still finds them good', async () => {
    const { me, ids, configuration, team } = await shop(2)
    const { organizationId } = me
    const [sold = '', free = ''] = ids
    const product = await prisma.product.create({
      data: {
        organizationId,
        name: 'Inkwell',
        keyConfigurations: { create: { keyConfigurationId: configuration.id } },
      },
    })
    await prisma.licenseKey.update({ where: { id: sold }, data: { productId: product.id } })
    const move = BulkAction.parse({ action: 'move', keyConfigurationId: team.id, expiry: 'configuration' })
    const { id, counts } = await startBulkChange(me, asked(ids, move), clock(1))
    expect(counts).toMatchObject({ changed: 1, refused: 1 })
    const [refused] = (await listBulkKeys(me, id, { outcomes: ['refused'], page: 1, size: 10 })).keys
    expect(refused).toMatchObject({ licenseKeyId: sold, note: 'Inkwell does not grant Team' })
    const moved = await prisma.licenseKey.findUniqueOrThrow({ where: { id: free } })
    expect(moved).toMatchObject({ keyConfigurationId: team.id, formerIds: [configuration.id] })
    expect(moved.expiresAt).not.toBeNull()
    await undoBulkChange(me, id, clock(2))
    expect(await prisma.licenseKey.findUniqueOrThrow({ where: { id: free } })).toMatchObject({
      ...{ keyConfigurationId: configuration.id, formerIds: [], expiresAt: null, expiryOverridden: false },
    })
    await prisma.keyConfiguration.update({ where: { id: team.id }, data: { archivedAt: at(3) } })
    await expect(startBulkChange(me, asked(ids, move), clock(4))).rejects.toThrow('Team is archived')
    const theirs = await shop(0)
    await expect(
      startBulkChange(me, asked(ids, BulkAction.parse({ ...move, keyConfigurationId: theirs.team.id })), clock(4)),
    ).rejects.toEqual(refusal('NOT_FOUND'))
  })

  test('tags, and a mail again to everybody whose key works', async () => {
    const { me, ids } = await shop(3)
    await revokeLicenseKeys(me, { licenseKeyIds: ids.slice(2), reason: '' }, at(0))
    const tag = BulkAction.parse({ action: 'tag', add: ['vip', 'beta'] })
    await startBulkChange(me, asked(ids, tag), clock(1))
    const { id } = await startBulkChange(me, asked(ids, BulkAction.parse({ action: 'tag', remove: ['vip'] })), clock(2))
    expect(await prisma.licenseKey.count({ where: { id: { in: ids }, tags: { equals: ['beta'] } } })).toBe(3)
    await undoBulkChange(me, id, clock(3))
    expect(await prisma.licenseKey.count({ where: { id: { in: ids }, tags: { equals: ['vip', 'beta'] } } })).toBe(3)
    const mails = await startBulkChange(me, asked(ids, { action: 'resend' }), clock(4))
    expect(mails.counts).toMatchObject({ changed: 2, refused: 1 })
    expect(await prisma.mail.count({ where: { organizationId: me.organizationId, template: 'license-key' } })).toBe(2)
    await expect(undoBulkChange(me, mails.id, clock(5))).rejects.toThrow('cannot be taken back')
  })

  test('keys that a purchase revokes are held or stay as they are; taking that back asks the purchase again', async () => {
    const { me, ids, customer } = await shop(2)
    const { organizationId } = me
    const product = await prisma.product.create({ data: { organizationId, name: 'Inkwell' } })
    const purchase = await prisma.purchase.create({
      data: {
        ...{ organizationId, customerId: customer.id, productId: product.id, reference: newId(), purchasedAt: at(0) },
        ...{ status: 'refunded', reasons: ['refunded'] },
      },
    })
    await prisma.licenseKey.updateMany({
      where: { id: { in: ids } },
      data: { status: 'revoked', revokedFor: ['refunded'], purchaseId: purchase.id },
    })
    const lift = BulkAction.parse({ action: 'restore' })
    expect(await previewBulkChange(me, { selection: { ids }, action: lift }, at(1))).toMatchObject({ due: 0 })
    const hold = BulkAction.parse({ action: 'restore', hold: true })
    const { id } = await startBulkChange(me, asked(ids, hold), clock(2))
    expect(await statuses(ids)).toEqual(['granted', 'granted'])
    // The refund was a mistake; a held key does not notice.
    await prisma.purchase.update({ where: { id: purchase.id }, data: { status: 'active', reasons: [] } })
    await undoBulkChange(me, id, clock(3))
    const rows = await prisma.licenseKey.findMany({ where: { id: { in: ids } } })
    for (const row of rows) expect(row).toMatchObject({ status: 'granted', held: false, revokedFor: [] })
  })
})

describe('taking it back', () => {
  test('leaves alone what was changed since, also what was changed back again, and says so', async () => {
    const { me, ids } = await shop(4)
    const [first = '', second = '', third = ''] = ids
    const { id } = await startBulkChange(me, asked(ids, { action: 'disable' }), clock(1))
    await enableLicenseKeys(me, { licenseKeyIds: [first], reason: '' }, at(2))
    // Switched off again by somebody who means it.
    await enableLicenseKeys(me, { licenseKeyIds: [second], reason: '' }, at(2))
    await disableLicenseKeys(me, { licenseKeyIds: [second], reason: 'Again' }, at(3))
    // Something else about it was changed, which stays.
    await updateLicenseKey(me, UpdateLicenseKey.parse({ licenseKeyId: third, note: 'VIP' }), at(3))
    expect(await previewUndo(me, id)).toEqual({ due: 2, left: [['Changed since: status', 2]] })
    expect(await undoBulkChange(me, id, clock(4))).toMatchObject({
      isDone: true,
      counts: { undone: 2, left: 2, changed: 0 },
    })
    expect(await statuses(ids)).toEqual(['granted', 'disabled', 'granted', 'granted'])
    expect((await prisma.licenseKey.findUniqueOrThrow({ where: { id: third } })).note).toBe('VIP')
    await expect(undoBulkChange(me, id, clock(5))).rejects.toThrow('nothing left to take back')
    expect((await listEvents(me, { licenseKeyId: ids[3] ?? '' }, { page: 1, size: 5 })).events[0]).toMatchObject({
      ...{ type: 'license_key.enabled', data: { reason: 'Undone' } },
    })
  })

  test('is possible for thirty days; then what the keys were is forgotten, and what came of it stays', async () => {
    const { me, ids } = await shop(2)
    const { id } = await startBulkChange(me, asked(ids, { action: 'disable' }), clock(1))
    const month = 30 * 24 * 60
    expect((await getBulkChange(me, id, at(month))).whyNotUndone).toBeNull()
    await expect(undoBulkChange(me, id, clock(month + 2))).rejects.toThrow('30 days')
    await purgeBulkChanges(at(month))
    expect((await listBulkKeys(me, id, { outcomes: [], page: 1, size: 5 })).total).toBe(2)
    await purgeBulkChanges(at(month + 2))
    expect((await listBulkKeys(me, id, { outcomes: [], page: 1, size: 5 })).total).toBe(0)
    expect(await getBulkChange(me, id, at(month + 3))).toMatchObject({
      title: '2 keys disabled',
      counts: { changed: 2 },
    })
  })

  test('20,000 keys: every column of every row is as before', { timeout: 240_000 }, async () => {
    const { me, ids } = await shop(1_000)
    await disableLicenseKeys(me, { licenseKeyIds: ids.slice(0, 500), reason: '' }, at(0))
    await revokeLicenseKeys(me, { licenseKeyIds: ids.slice(400, 900), reason: '' }, at(0))
    await manyLike(ids.at(-1) ?? '', 19_000)
    const before = await everything(me)
    const began = performance.now()
    const { id } = await startBulkChange(
      me,
      { ...asked([], { action: 'disable' }), selection: { filter: {} } },
      clock(1),
    )
    await runBulkChange(system, id, clock(1))
    const done = performance.now()
    // Of the first thousand 100 work, of the others all but every fortieth.
    const changed = 100 + 19_000 - 475
    expect(await getBulkChange(me, id, at(2))).toMatchObject({ status: 'done', counts: { changed } })
    await undoBulkChange(me, id, clock(2))
    await runBulkChange(system, id, clock(2))
    const undone = performance.now()
    expect(await getBulkChange(me, id, at(3))).toMatchObject({ status: 'undone', counts: { undone: changed, left: 0 } })
    expect((await everything(me)).join('\n') === before.join('\n')).toBe(true)
    console.info(`20,000 keys disabled in ${Math.round(done - began)} ms, undone in ${Math.round(undone - done)} ms`)
  })

  const actions: fc.Arbitrary<BulkAction> = fc.oneof(
    fc.constantFrom<BulkAction>({ action: 'disable' }, { action: 'enable' }, { action: 'revoke' }),
    fc.boolean().map((hold) => ({ action: 'restore', hold }) as const),
    fc.constantFrom<BulkAction>(
      { action: 'extend', to: { count: 1, unit: 'month' } },
      { action: 'extend', to: '2027-05-31' },
      { action: 'extend', to: null },
      { action: 'limits', activations: { mode: 'limited', limit: 2 }, usageLimit: 5 },
      { action: 'limits', activations: 'configuration', usageLimit: 'configuration' },
      { action: 'tag', add: ['a'], remove: ['b'] },
      { action: 'tag', add: ['b'], remove: [] },
    ),
  )

  test('undoes exactly, newest first, whatever was done; and what others did between stays', {
    timeout: 180_000,
  }, async () => {
    const { me, ids, team } = await shop(12)
    await disableLicenseKeys(me, { licenseKeyIds: ids.slice(0, 4), reason: '' }, at(0))
    await revokeLicenseKeys(me, { licenseKeyIds: ids.slice(3, 6), reason: '' }, at(0))
    let minute = 1
    const some = fc.subarray(ids, { minLength: 1 })
    const moves = actions.map((action) => action as BulkAction | 'move')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.oneof(moves, fc.constant('move' as const)), some), { minLength: 1, maxLength: 5 }),
        fc.option(fc.constantFrom(...ids), { nil: null }),
        async (steps, noted) => {
          const before = await everything(me)
          const done: string[] = []
          for (const [action, keys] of steps) {
            const what = action === 'move' ? BulkAction.parse({ action, keyConfigurationId: team.id }) : action
            done.push((await startBulkChange(me, asked(keys, what), clock(minute++))).id)
          }
          const note = `Note ${minute}`
          if (noted) await updateLicenseKey(me, UpdateLicenseKey.parse({ licenseKeyId: noted, note }), at(minute++))
          for (const id of done.reverse()) {
            const { counts, whyNotUndone } = await getBulkChange(me, id, at(minute))
            if (counts.changed === 0) expect(whyNotUndone).not.toBeNull()
            else {
              const undone = await undoBulkChange(me, id, clock(minute++))
              expect(undone.counts).toMatchObject({ left: 0, undone: counts.changed })
            }
          }
          const parsed = (rows: string[]) => rows.map((row) => JSON.parse(row) as { id: string })
          expect(parsed(await everything(me))).toEqual(
            parsed(before).map((row) => (row.id === noted ? { ...row, note, note_folded: note.toLowerCase() } : row)),
          )
        },
      ),
      { numRuns: 10 },
    )
  })

  test('a change between takes its key out of the undo, and only that one', { timeout: 180_000 }, async () => {
    const { me, ids } = await shop(8)
    let minute = 1
    await fc.assert(
      fc.asyncProperty(fc.subarray(ids), async (meddled) => {
        await restoreAll(me, ids, at(minute++))
        const before = await everything(me)
        const { id } = await startBulkChange(me, asked(ids, { action: 'disable' }), clock(minute++))
        if (meddled.length > 0) await revokeLicenseKeys(me, { licenseKeyIds: meddled, reason: 'Mine' }, at(minute++))
        const { counts } = await undoBulkChange(me, id, clock(minute++))
        expect(counts).toMatchObject({ undone: ids.length - meddled.length, left: meddled.length })
        const { keys } = await listBulkKeys(me, id, { outcomes: ['left'], page: 1, size: 20 })
        expect(keys.map(({ licenseKeyId }) => licenseKeyId).sort()).toEqual(meddled.toSorted())
        const states = await statuses(ids)
        for (const [i, key] of ids.entries()) expect(states[i]).toBe(meddled.includes(key) ? 'revoked' : 'granted')
        await restoreAll(me, ids, at(minute++))
        expect(await everything(me)).toEqual(before)
      }),
      { numRuns: 6 },
    )
  })

  async function restoreAll(me: Member, ids: string[], now: Date) {
    const input = { licenseKeyIds: ids, reason: '' }
    await restoreLicenseKeys(me, input, now)
    await enableLicenseKeys(me, input, new Date(now.getTime() + 1))
  }
})

describe('what is done to one key by its own command', () => {
  test('is taken back by the same way: its state, its form, its note', async () => {
    const { me, ids } = await shop(1)
    const [licenseKeyId = ''] = ids
    const one = { licenseKeyIds: [licenseKeyId], label: 'Key changed' }
    const before = await everything(me)
    const edit = UpdateLicenseKey.parse({
      ...{ licenseKeyId, note: 'Crème', activations: 'limited', activationLimit: '7', newDevicesBlocked: 'true' },
      ...{ usage: 'limited', usageLimit: '5', expiry: 'date', expiresOn: '2027-01-31' },
    })
    const { undoId } = await withUndo(me, one, at(1), () => updateLicenseKey(me, edit, at(1)))
    const off = await withUndo(me, one, at(2), () =>
      disableLicenseKeys(me, { licenseKeyIds: [licenseKeyId], reason: '' }, at(2)),
    )
    expect(off.result.changed).toBe(1)
    const again = await withUndo(me, one, at(3), () =>
      disableLicenseKeys(me, { licenseKeyIds: [licenseKeyId], reason: '' }, at(3)),
    )
    expect(again.undoId).toBeNull()
    for (const id of [off.undoId, undoId]) expect((await undoBulkChange(me, id ?? '', clock(4))).counts.undone).toBe(1)
    expect(await everything(me)).toEqual(before)
    expect((await listBulkChanges(me, { page: 1, size: 10 }, at(5))).total).toBe(0)
  })

  test('a refused command leaves nothing behind', async () => {
    const { me, ids } = await shop(1)
    await expect(
      withUndo(me, { licenseKeyIds: ids, label: 'x' }, at(1), async () => {
        await disableLicenseKeys(me, { licenseKeyIds: ids, reason: '' }, at(1))
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await statuses(ids)).toEqual(['granted'])
    expect(await prisma.bulkChange.count({ where: { organizationId: me.organizationId } })).toBe(0)
  })

  test('a device comes back to the slot it had, unless another one has taken that', async () => {
    const { me, ids } = await shop(1)
    const { organizationId } = me
    const [licenseKeyId = ''] = ids
    const device = (label: string) =>
      prisma.activation.create({ data: { organizationId, licenseKeyId, label, fingerprint: label } })
    const [a] = [await device('A'), await device('B'), await device('C')]
    const drop = (minute: number) =>
      withUndo(me, { licenseKeyIds: ids, label: 'A deactivated' }, at(minute), () =>
        deactivateActivation(me, a.id, at(minute)),
      )
    const first = await drop(1)
    expect((await undoBulkChange(me, first.undoId ?? '', clock(2))).counts).toMatchObject({ undone: 1 })
    expect((await prisma.activation.findUniqueOrThrow({ where: { id: a.id } })).deactivatedAt).toBeNull()
    const second = await drop(3)
    await device('D')
    expect((await undoBulkChange(me, second.undoId ?? '', clock(4))).counts).toMatchObject({ undone: 0, left: 1 })
    const { keys } = await listBulkKeys(me, second.undoId ?? '', { outcomes: ['left'], page: 1, size: 5 })
    expect(keys[0]?.note).toBe('Another device has taken its place since')
    expect(await prisma.activation.count({ where: { licenseKeyId, deactivatedAt: null } })).toBe(3)
  })
})
