import { afterAll, expect, test } from 'vitest'
import type { Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { pool, prisma } from '../database/client.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { activate, validate } from '../license-calls/calls.ts'
import type { ActivateCall, ValidateCall } from '../license-calls/schema.ts'
import { snoozeTrouble, wakeTrouble } from './commands.ts'
import { fixTrouble } from './fix.ts'
import type { Offer } from './fixes.ts'
import { flushRefusals, noteRefusal } from './note.ts'
import type { TroubleState } from './plain.ts'
import { countOpenTroubles, keyHelp, refusedCalls, troubleQueue } from './queries.ts'
import { FixTrouble } from './schema.ts'

const software = { kind: 'software' as const, address: null }
const DAY = 86_400_000

afterAll(async () => {
  await prisma.$disconnect()
  await pool.end()
})

async function shop() {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const customer = await prisma.customer.create({ data: { organizationId, email: 'in@trouble.example', name: 'Ines' } })
  const me: Member = {
    ...{ kind: 'merchant', userId: newId(), email: 'me@test.example', name: 'Nora', role: 'admin', organizationId },
  }
  const add = async (columns: object = {}, configuration: object = {}) => {
    const { id: keyConfigurationId } = await prisma.keyConfiguration.create({
      data: { organizationId, name: newId(), activationsMode: 'limited', activationLimit: 1, ...configuration },
    })
    const key = makeKeyString('uuid', 'TEST')
    const { id } = await prisma.licenseKey.create({
      data: {
        ...{ organizationId, customerId: customer.id, keyConfigurationId },
        ...{ ...keyStringColumns(key, 'TEST'), ...columns },
      },
    })
    return { id, key, keyConfigurationId }
  }
  const ask = async (key: string, more: Partial<ValidateCall> = {}) => {
    const call = { key, organization_id: organizationId, ...more }
    const outcome = await validate(software, call, new Date())
    if (!outcome.verdict.valid) noteRefusal('validate', call, outcome, '192.0.2.7', new Date())
    await flushRefusals()
    return outcome.verdict.code
  }
  const join = async (key: string, label: string, more: Partial<ActivateCall> = {}) => {
    const call = { key, organization_id: organizationId, label, ...more }
    const outcome = await activate(software, call, new Date())
    if (!outcome.verdict.valid) noteRefusal('activate', call, outcome, null, new Date())
    await flushRefusals()
    return outcome
  }
  const queue = (state: TroubleState = 'open', now = new Date(), cause: string | null = null) =>
    troubleQueue(me, { window: 'week', state, cause, page: 1 }, now)
  const counts = async (now = new Date()) => (await queue('open', now)).counts
  return { organizationId, me, add, ask, join, queue, counts }
}

const deedOf = (offers: Offer[], label: RegExp) => {
  const offer = offers.find((each) => label.test(each.label))
  if (!offer || !('deed' in offer)) throw new Error(`nothing like ${label} among ${offers.map((each) => each.label)}`)
  return offer.deed
}

test('a key that ended is in the queue, its fix puts it right, and the next yes solves it', async () => {
  const { me, add, ask, queue, counts } = await shop()
  const settings = { expiryKind: 'duration', durationCount: 1, durationUnit: 'year', graceDays: 3 }
  const { id, key } = await add({ expiresAt: new Date(Date.now() - 10 * DAY) }, settings)
  expect(await ask(key, { fingerprint: 'f' })).toBe('EXPIRED')
  const { causes } = await queue()
  const trouble = causes[0]?.troubles[0]
  expect(causes).toMatchObject([{ code: 'EXPIRED', total: 1 }])
  expect(trouble).toMatchObject({ state: 'open', devices: 1, count: 1, address: '192.0.2.7', licenseKey: { id } })
  expect(trouble?.support).toMatch(
    /^The key expired on .*, and its grace of 3 days ended on .*; a device asked after that\.$/,
  )
  expect(trouble?.customer).toMatch(/^Hello Ines, your license for .* expired on /)
  expect(await countOpenTroubles(me, new Date())).toBe(1)

  const deed = deedOf(trouble?.offers ?? [], /^Extend by 1 year$/)
  await fixTrouble(me, FixTrouble.parse({ licenseKeyId: id, ...deed }), new Date())
  // A second click, or a colleague's, does not extend it twice.
  const again = fixTrouble(me, FixTrouble.parse({ licenseKeyId: id, ...deed }), new Date())
  await expect(again).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await counts()).toEqual({ open: 0, snoozed: 0, fixed: 1, solved: 0 })
  expect((await queue('fixed')).causes[0]?.troubles[0]).toMatchObject({ offers: [], state: 'fixed' })

  expect(await ask(key)).toBe('VALID')
  expect(await counts()).toEqual({ open: 0, snoozed: 0, fixed: 0, solved: 1 })
  expect((await queue('solved')).causes[0]?.troubles[0]?.solvedAt).toBeInstanceOf(Date)
  expect(await countOpenTroubles(me, new Date())).toBe(0)
})

test('every fix does what it says, and only to the own key', async () => {
  const { me, add, ask, join, organizationId } = await shop()
  const help = async (id: string, code: string) => (await keyHelp(me, id, [code], new Date())).get(code)?.offers ?? []
  const fix = async (id: string, code: string, label: RegExp) => {
    const deed = deedOf(await help(id, code), label)
    const other = (await shop()).me
    const input = FixTrouble.parse({ licenseKeyId: id, ...deed })
    await expect(fixTrouble(other, input, new Date())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(fixTrouble({ ...me, role: 'viewer' } as Member, input, new Date())).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    await fixTrouble(me, input, new Date())
  }

  const disabled = await add({ status: 'disabled', switchedOff: true })
  expect(await ask(disabled.key)).toBe('DISABLED')
  await fix(disabled.id, 'DISABLED', /Enable/)
  expect(await ask(disabled.key)).toBe('VALID')

  const revoked = await add({ status: 'revoked', revokedFor: ['by_hand'] })
  expect(await ask(revoked.key)).toBe('REVOKED')
  await fix(revoked.id, 'REVOKED', /Restore/)
  expect(await ask(revoked.key)).toBe('VALID')

  const full = await add()
  await join(full.key, 'Old iMac')
  expect((await join(full.key, 'MacBook Air')).verdict.code).toBe('ACTIVATION_LIMIT_REACHED')
  await fix(full.id, 'ACTIVATION_LIMIT_REACHED', /Free “Old iMac”/)
  expect((await join(full.key, 'MacBook Air')).verdict.code).toBe('ACTIVATED')
  await prisma.licenseKey.update({ where: { id: full.id }, data: { newDevicesBlocked: true } })
  expect((await join(full.key, 'iPad')).verdict.code).toBe('NEW_DEVICES_BLOCKED')
  await fix(full.id, 'ACTIVATION_LIMIT_REACHED', /Raise limit to 2/)
  expect((await join(full.key, 'iPad')).verdict.code).toBe('ACTIVATED')

  const blocked = await add({ newDevicesBlocked: true })
  expect((await join(blocked.key, 'iPad')).verdict.code).toBe('NEW_DEVICES_BLOCKED')
  await fix(blocked.id, 'NEW_DEVICES_BLOCKED', /Allow/)
  expect((await join(blocked.key, 'iPad')).verdict.code).toBe('ACTIVATED')

  const metered = await add({}, { usageLimit: 10 })
  await ask(metered.key, { increment_usage: 9 })
  expect(await ask(metered.key, { increment_usage: 5 })).toBe('USAGE_LIMIT_REACHED')
  await fix(metered.id, 'USAGE_LIMIT_REACHED', /Raise limit to 15/)
  expect(await ask(metered.key, { increment_usage: 5 })).toBe('VALID')
  expect(await ask(metered.key, { increment_usage: 5 })).toBe('USAGE_LIMIT_REACHED')
  await fix(metered.id, 'USAGE_LIMIT_REACHED', /zero/)
  expect(await ask(metered.key, { increment_usage: 5 })).toBe('VALID')

  const product = await prisma.product.create({ data: { organizationId, name: 'Inkwell' } })
  const other = await add()
  await prisma.productKeyConfiguration.create({
    data: { productId: product.id, keyConfigurationId: other.keyConfigurationId },
  })
  expect(await ask(other.key, { product_id: product.id })).toBe('PRODUCT_MISMATCH')
  await fix(other.id, 'PRODUCT_MISMATCH', /Change it to Inkwell/)
  expect(await ask(other.key, { product_id: product.id })).toBe('VALID')

  const bound = await add()
  const { activation } = await join(bound.key, 'Studio', { conditions: { major: 4 }, fingerprint: 'f' })
  expect(await ask(bound.key, { activation_id: activation?.id, conditions: { major: 5 } })).toBe('CONDITIONS_MISMATCH')
  await fix(bound.id, 'CONDITIONS_MISMATCH', /Free “Studio”/)
  expect((await join(bound.key, 'Studio', { conditions: { major: 5 }, fingerprint: 'f' })).verdict.valid).toBe(true)
})

test('one that is put aside comes back: after its time, by hand, or when it gets worse', async () => {
  const { me, add, ask, counts } = await shop()
  const { id, key } = await add({ status: 'disabled' })
  await ask(key, { fingerprint: 'a' })
  const snooze = (how: 'day' | 'worse') => snoozeTrouble(me, { subject: id, code: 'DISABLED', for: how }, new Date())
  await snooze('day')
  expect(await counts()).toMatchObject({ open: 0, snoozed: 1 })
  expect(await counts(new Date(Date.now() + DAY + 60_000))).toMatchObject({ open: 1, snoozed: 0 })
  await wakeTrouble(me, { subject: id, code: 'DISABLED' })
  expect(await counts()).toMatchObject({ open: 1, snoozed: 0 })
  await snooze('worse')
  expect(await counts(new Date(Date.now() + 3 * DAY))).toMatchObject({ open: 0, snoozed: 1 })
  await ask(key, { fingerprint: 'b' })
  expect(await counts()).toMatchObject({ open: 1, snoozed: 0 })

  const other = (await shop()).me
  await expect(snoozeTrouble(other, { subject: id, code: 'DISABLED', for: 'day' }, new Date())).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  await expect(wakeTrouble(other, { subject: id, code: 'DISABLED' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const viewer = { ...me, role: 'viewer' } as Member
  await expect(snoozeTrouble(viewer, { subject: id, code: 'DISABLED', for: 'day' }, new Date())).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
})

test('unknown keys are shown last, and count nowhere', async () => {
  const { me, add, ask, queue, counts } = await shop()
  await ask(makeKeyString('uuid', 'TEST'))
  await ask((await add({ status: 'disabled' })).key)
  await ask(makeKeyString('uuid', 'TEST'))
  expect((await queue()).causes.map(({ code, total }) => [code, total])).toEqual([
    ['DISABLED', 1],
    ['NOT_FOUND', 2],
  ])
  expect(await counts()).toMatchObject({ open: 1 })
  expect(await countOpenTroubles(me, new Date())).toBe(1)
})

test('a queue shows some of each cause and pages of one, and only the own', async () => {
  const { me, add, ask, queue } = await shop()
  for (let i = 0; i < 12; i++) await ask((await add({ status: 'disabled' })).key)
  const { causes } = await queue()
  expect(causes).toMatchObject([{ code: 'DISABLED', total: 12 }])
  expect(causes[0]?.troubles).toHaveLength(10)
  expect((await queue('open', new Date(), 'DISABLED')).causes[0]?.troubles).toHaveLength(12)
  expect((await queue('open', new Date(Date.now() + 8 * DAY))).causes).toEqual([])
  const other = (await shop()).me
  expect(
    (await troubleQueue(other, { window: 'week', state: 'open', cause: null, page: 1 }, new Date())).causes,
  ).toEqual([])
  expect(await countOpenTroubles(me, new Date())).toBe(12)
})

test('refused calls of a key are listed with their sentences, and of another organization none', async () => {
  const { me, add, ask, join } = await shop()
  const { id, key } = await add()
  await join(key, 'Old iMac')
  await join(key, 'MacBook Air', { meta: { app: '5.2' } })
  await ask(key, { fingerprint: 'gone' })
  const { calls, total } = await refusedCalls(me, id, { size: 10 }, new Date())
  expect(total).toBe(2)
  expect(calls).toMatchObject([
    { code: 'ACTIVATION_NOT_FOUND', support: 'A device is not active for this key: it has to be activated again.' },
    {
      code: 'ACTIVATION_LIMIT_REACHED',
      asked: { label: 'MacBook Air', meta: { app: '5.2' } },
      support: '“MacBook Air” asked to join, and 1 of 1 device was in use.',
    },
  ])
  const other = (await shop()).me
  expect(await refusedCalls(other, id, { size: 10 }, new Date())).toEqual({ calls: [], total: 0 })
  expect(await keyHelp(other, id, ['DISABLED'], new Date())).toEqual(new Map())
})
