import { describe, expect, test } from 'vitest'
import type { Prisma } from '#prisma/client.ts'
import type { Role } from '#prisma/enums.ts'
import { deactivateActivation, renameActivation } from '../activations/commands.ts'
import type { Customer, Member } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { issueLicenseKey } from '../purchases/issue.ts'
import { resendKeyMail, revealLicenseKey } from './commands.ts'
import { updateLicenseKey } from './edit.ts'
import { getLicenseKey } from './queries.ts'
import { IssueLicenseKey, UpdateLicenseKey } from './schema.ts'
import { disableLicenseKeys, enableLicenseKeys, restoreLicenseKeys, revokeLicenseKeys } from './status.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const refusal = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) })

async function merchant(role: Role = 'owner'): Promise<Member> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  return { kind: 'merchant', userId: newId(), email: 'mara@test.example', name: 'Mara', organizationId, role }
}

const configure = async (me: Member, settings: Partial<Prisma.KeyConfigurationUncheckedCreateInput> = {}) => {
  const id = newId()
  const { organizationId } = me
  await prisma.keyConfiguration.create({ data: { id, organizationId, name: id, prefix: 'APP', ...settings } })
  return id
}

const product = async (me: Member, name = 'Editor') =>
  (await prisma.product.create({ data: { organizationId: me.organizationId, name } })).id

const issue = (me: Member, keyConfigurationId: string, over: Record<string, unknown> = {}) =>
  issueLicenseKey(
    me,
    IssueLicenseKey.parse({ keyConfigurationId, customerEmail: 'Tomas@Herrera.example ', ...over }),
    now,
  )

const eventsOf = async (licenseKeyId: string) =>
  prisma.event.findMany({
    where: { licenseKeyId },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
    select: { type: true, data: true, actorKind: true, actorLabel: true },
  })
const typesOf = async (licenseKeyId: string) => (await eventsOf(licenseKeyId)).map((event) => event.type)

const device = (me: Member, licenseKeyId: string, label = 'ThinkPad X1') =>
  prisma.activation.create({ data: { organizationId: me.organizationId, licenseKeyId, label } })

describe('issue', () => {
  test('adds the customer, the purchase and the key, and says so', async () => {
    const me = await merchant()
    const configuration = await configure(me, { expiryKind: 'duration', durationCount: 1, durationUnit: 'month' })
    const productId = await product(me)
    const { licenseKeyId, keyString } = await issue(me, configuration, {
      productId,
      reference: '10482',
      sendMail: 'on',
    })
    expect(keyString).toMatch(/^APP_[0-9A-F-]{36}$/)
    expect(await getLicenseKey(me, licenseKeyId, now)).toMatchObject({
      customer: { email: 'tomas@herrera.example' },
      purchase: { reference: '10482', source: 'manual' },
      expiresAt: new Date('2026-12-21T12:00:00.000Z'),
    })
    expect(await typesOf(licenseKeyId)).toEqual(['license_key.issued'])
    expect(await prisma.mail.count({ where: { licenseKeyId } })).toBe(1)
    const types = await prisma.event.findMany({ where: { organizationId: me.organizationId }, select: { type: true } })
    expect(types.map((event) => event.type).sort()).toEqual([
      'customer.created',
      'license_key.issued',
      'purchase.created',
    ])
    // The string is nowhere in the row as people could read it.
    const row = await prisma.licenseKey.findUniqueOrThrow({ where: { id: licenseKeyId } })
    expect(Buffer.from(row.keyCipher).includes(keyString)).toBe(false)
  })

  test('knows the customer the second time, and keeps the name they have', async () => {
    const me = await merchant()
    const configuration = await configure(me)
    await issue(me, configuration, { customerName: 'Tomás' })
    await issue(me, configuration, { customerName: 'Somebody' })
    const customers = await prisma.customer.findMany({ where: { organizationId: me.organizationId } })
    expect(customers).toMatchObject([{ email: 'tomas@herrera.example', name: 'Tomás' }])
  })

  test('five at once to one new address make one customer', async () => {
    const me = await merchant()
    const configuration = await configure(me)
    await Promise.all(Array.from({ length: 5 }, () => issue(me, configuration)))
    expect(await prisma.customer.count({ where: { organizationId: me.organizationId } })).toBe(1)
    expect(await prisma.licenseKey.count({ where: { organizationId: me.organizationId } })).toBe(5)
  })

  test('refuses an order of somebody else, an order without a product, an archived configuration', async () => {
    const me = await merchant()
    const configuration = await configure(me)
    const productId = await product(me)
    await issue(me, configuration, { productId, reference: '1' })
    await expect(issue(me, configuration, { productId, reference: '1' })).rejects.toThrow(
      refusal('CONFLICT', 'reference'),
    )
    await issue(me, configuration, { productId, reference: '1', addToPurchase: true })
    expect(await prisma.licenseKey.count({ where: { organizationId: me.organizationId } })).toBe(2)
    await expect(
      issue(me, configuration, { productId, reference: '1', customerEmail: 'other@x.example' }),
    ).rejects.toThrow(refusal('CONFLICT', 'reference'))
    await expect(issue(me, configuration, { reference: '2' })).rejects.toThrow(refusal('CONFLICT', 'productId'))
    const archived = await configure(me, { archivedAt: now })
    await expect(issue(me, archived)).rejects.toThrow(refusal('CONFLICT', 'keyConfigurationId'))
    // What was refused left nothing behind.
    expect(await prisma.customer.count({ where: { organizationId: me.organizationId } })).toBe(1)
  })

  test('refuses what belongs to another organization, and roles that may not', async () => {
    const [me, other] = [await merchant(), await merchant()]
    const theirs = await configure(other)
    await expect(issue(me, theirs)).rejects.toThrow(refusal('NOT_FOUND'))
    const mine = await configure(me)
    await expect(issue(me, mine, { productId: await product(other) })).rejects.toThrow(refusal('NOT_FOUND'))
    await expect(issue({ ...me, role: 'viewer' }, mine)).rejects.toThrow(refusal('FORBIDDEN'))
    expect(await prisma.licenseKey.count({ where: { organizationId: me.organizationId } })).toBe(0)
  })
})

describe('status', () => {
  const one = (id: string, reason = '') => ({ licenseKeyIds: [id], reason })

  test('goes round, each change once, with its reason', async () => {
    const me = await merchant()
    const { licenseKeyId: id } = await issue(me, await configure(me))
    const status = async () => (await getLicenseKey(me, id, now)).storedStatus
    expect(await disableLicenseKeys(me, one(id, 'Forum leak'), now)).toMatchObject({ changed: 1 })
    expect(await disableLicenseKeys(me, one(id), now)).toMatchObject({ changed: 0 })
    expect(await status()).toBe('disabled')
    expect(await restoreLicenseKeys(me, one(id), now)).toMatchObject({ changed: 0 })
    expect(await enableLicenseKeys(me, one(id), now)).toMatchObject({ changed: 1 })
    expect(await revokeLicenseKeys(me, one(id, 'Refund'), now)).toMatchObject({ changed: 1 })
    expect(await enableLicenseKeys(me, one(id), now)).toMatchObject({ changed: 0 })
    expect(await status()).toBe('revoked')
    expect(await restoreLicenseKeys(me, one(id), now)).toMatchObject({ changed: 1 })
    expect(await status()).toBe('granted')
    const events = await eventsOf(id)
    expect(events.map((event) => event.type)).toEqual([
      'license_key.issued',
      'license_key.disabled',
      'license_key.enabled',
      'license_key.revoked',
      'license_key.restored',
    ])
    expect(events[1]).toMatchObject({ data: { reason: 'Forum leak' }, actorLabel: 'Mara' })
  })

  test('of many keys changes all or none', async () => {
    const [me, other] = [await merchant(), await merchant()]
    const configuration = await configure(me)
    const mine = [(await issue(me, configuration)).licenseKeyId, (await issue(me, configuration)).licenseKeyId]
    const theirs = (await issue(other, await configure(other))).licenseKeyId
    await expect(revokeLicenseKeys(me, { licenseKeyIds: [...mine, theirs], reason: '' }, now)).rejects.toThrow(
      refusal('NOT_FOUND'),
    )
    expect(await prisma.licenseKey.count({ where: { id: { in: [...mine, theirs] }, status: 'granted' } })).toBe(3)
    const twice = { licenseKeyIds: [...mine, ...mine], reason: '' }
    expect(await revokeLicenseKeys(me, twice, now)).toMatchObject({ changed: 2 })
    expect(await typesOf(theirs)).toEqual(['license_key.issued'])
  })

  test('is not for viewers', async () => {
    const me = await merchant()
    const { licenseKeyId: id } = await issue(me, await configure(me))
    for (const change of [disableLicenseKeys, enableLicenseKeys, revokeLicenseKeys, restoreLicenseKeys]) {
      await expect(change({ ...me, role: 'viewer' }, one(id), now)).rejects.toThrow(refusal('FORBIDDEN'))
    }
  })
})

describe('overrides', () => {
  const update = (me: Member, licenseKeyId: string, changes: Record<string, unknown>) =>
    updateLicenseKey(me, UpdateLicenseKey.parse({ licenseKeyId, ...changes }), now)

  test('a day ends in the time zone of the organization', async () => {
    const me = await merchant()
    await prisma.organization.update({ where: { id: me.organizationId }, data: { timeZone: 'America/New_York' } })
    const { licenseKeyId: id } = await issue(me, await configure(me))
    await update(me, id, { expiry: 'date', expiresOn: '2027-08-30' })
    expect((await getLicenseKey(me, id, now)).expiresAt).toEqual(new Date('2027-08-31T03:59:59.999Z'))
    const opened = JSON.parse(JSON.stringify((await getLicenseKey(me, id, now)).edit))
    const form = UpdateLicenseKey.parse({ licenseKeyId: id, expiry: 'date', expiresOn: '2027-01-15' })
    await updateLicenseKey(me, form, now, opened)
    expect((await getLicenseKey(me, id, now)).expiresAt).toEqual(new Date('2027-01-16T04:59:59.999Z'))
    expect((await eventsOf(id)).slice(1).map((event) => event.data)).toEqual([
      { changes: ['Expires: never → 30 Aug 2027'] },
      { changes: ['Expires: 30 Aug 2027 → 15 Jan 2027'] },
    ])
  })

  test('change what is sent and nothing else; a limit can be given back', async () => {
    const me = await merchant()
    const configuration = await configure(me, { activationsMode: 'limited', activationLimit: 3, usageLimit: 10 })
    const { licenseKeyId: id } = await issue(me, configuration)
    await update(me, id, {
      activations: 'limited',
      activationLimit: '5',
      note: 'Studio moved',
      newDevicesBlocked: 'true',
    })
    await update(me, id, { usage: 'unlimited' })
    await update(me, id, { expiry: 'date', expiresOn: '2027-08-30' })
    expect(await getLicenseKey(me, id, now)).toMatchObject({
      limits: { activations: { limit: 5, overridden: true }, usage: { limit: null, overridden: true } },
      note: 'Studio moved',
      newDevicesBlocked: true,
      expiresAt: new Date('2027-08-30T23:59:59.999Z'),
      expiryOverridden: true,
    })
    await update(me, id, { activations: 'configuration', usage: 'configuration', newDevicesBlocked: 'false' })
    expect(await getLicenseKey(me, id, now)).toMatchObject({
      limits: { activations: { limit: 3, overridden: false }, usage: { limit: 10, overridden: false } },
      note: 'Studio moved',
      newDevicesBlocked: false,
      expiryOverridden: true,
    })
    expect((await eventsOf(id)).slice(1).map((event) => event.data)).toEqual([
      { changes: ['Device limit: 3 → 5', 'New devices: blocked', 'Note'] },
      { changes: ['Usage limit: 10 → unlimited'] },
      { changes: ['Expires: never → 30 Aug 2027'] },
      { changes: ['Device limit: 5 → 3', 'Usage limit: unlimited → 10', 'New devices: allowed'] },
    ])
  })

  test('that change nothing are no event', async () => {
    const me = await merchant()
    const { licenseKeyId: id } = await issue(me, await configure(me))
    await update(me, id, {})
    await update(me, id, { activations: 'configuration', usage: 'configuration', expiry: 'keep' })
    expect(await typesOf(id)).toEqual(['license_key.issued'])
  })

  test('give the expiry back to the configuration, counted from issue or from the first activation', async () => {
    const me = await merchant()
    const year = { expiryKind: 'duration', durationCount: 1, durationUnit: 'year' } as const
    const { licenseKeyId: fromIssue } = await issue(me, await configure(me, year))
    const { licenseKeyId: fromUse } = await issue(me, await configure(me, { ...year, expiryStart: 'first_activation' }))
    for (const id of [fromIssue, fromUse]) await update(me, id, { expiry: 'never' })
    for (const id of [fromIssue, fromUse]) await update(me, id, { expiry: 'configuration' })
    expect((await getLicenseKey(me, fromIssue, now)).expiresAt).toEqual(new Date('2027-11-21T12:00:00.000Z'))
    expect(await getLicenseKey(me, fromUse, now)).toMatchObject({ expiresAt: null, expiryStarts: 'first_activation' })
    const used = new Date('2026-11-23T09:00:00.000Z')
    await prisma.licenseKey.update({ where: { id: fromUse }, data: { firstActivatedAt: used } })
    await update(me, fromUse, { expiry: 'configuration' })
    expect((await getLicenseKey(me, fromUse, now)).expiresAt).toEqual(new Date('2027-11-23T09:00:00.000Z'))
  })

  test.each([
    [{ activations: 'limited', activationLimit: '' }, 'activationLimit'],
    [{ usage: 'limited', usageLimit: '0' }, 'usageLimit'],
    [{ expiry: 'date', expiresOn: '' }, 'expiresOn'],
    [{ expiry: 'date', expiresOn: '2027-02-30' }, 'expiresOn'],
  ])('must be complete: %j', (changes, field) => {
    const parsed = UpdateLicenseKey.safeParse({ licenseKeyId: newId(), ...changes })
    expect(parsed.error?.issues.map((issue) => issue.path[0])).toContain(field)
  })

  test('of another organization, or by a viewer, are refused', async () => {
    const [me, other] = [await merchant(), await merchant()]
    const { licenseKeyId: id } = await issue(other, await configure(other))
    await expect(update(me, id, { note: 'x' })).rejects.toThrow(refusal('NOT_FOUND'))
    await expect(update({ ...other, role: 'viewer' }, id, { note: 'x' })).rejects.toThrow(refusal('FORBIDDEN'))
  })
})

test('revealing a key is recorded, and refused to viewers and strangers', async () => {
  const [me, other] = [await merchant(), await merchant()]
  const { licenseKeyId: id, keyString } = await issue(me, await configure(me))
  expect(await revealLicenseKey(me, id, now)).toBe(keyString)
  expect(await typesOf(id)).toEqual(['license_key.issued', 'license_key.revealed'])
  await expect(revealLicenseKey({ ...me, role: 'viewer' }, id, now)).rejects.toThrow(refusal('FORBIDDEN'))
  await expect(revealLicenseKey(other, id, now)).rejects.toThrow(refusal('NOT_FOUND'))
  expect(await typesOf(id)).toHaveLength(2)
})

describe('devices', () => {
  const customerOf = (email: string): Customer => ({ kind: 'customer', userId: newId(), email })

  test('a merchant frees and renames them; twice is once', async () => {
    const me = await merchant()
    const { licenseKeyId: id } = await issue(me, await configure(me))
    const { id: activationId } = await device(me, id)
    await renameActivation(me, { activationId, label: 'Studio' }, now)
    await renameActivation(me, { activationId, label: 'Studio' }, now)
    expect(await deactivateActivation(me, activationId, now)).toEqual({ label: 'Studio' })
    expect(await deactivateActivation(me, activationId, now)).toEqual({ label: 'Studio' })
    await expect(renameActivation(me, { activationId, label: 'Gone' }, now)).rejects.toThrow(refusal('NOT_FOUND'))
    expect((await getLicenseKey(me, id, now)).devices).toBe(0)
    expect((await eventsOf(id)).slice(1)).toMatchObject([
      { type: 'activation.renamed', data: { from: 'ThinkPad X1', label: 'Studio' } },
      { type: 'activation.deactivated', data: { label: 'Studio' } },
    ])
  })

  test('a customer needs the leave of the configuration and the address of the key', async () => {
    const me = await merchant()
    const mine = customerOf('tomas@herrera.example')
    const { licenseKeyId: open } = await issue(me, await configure(me))
    const { licenseKeyId: closed } = await issue(
      me,
      await configure(me, { customerMayDeactivate: false, customerMayRename: false }),
    )
    const [free, kept] = [await device(me, open), await device(me, closed)]
    await expect(deactivateActivation(mine, kept.id, now)).rejects.toThrow(refusal('FORBIDDEN'))
    await expect(renameActivation(mine, { activationId: kept.id, label: 'x' }, now)).rejects.toThrow(
      refusal('FORBIDDEN'),
    )
    const stranger = customerOf('somebody@else.example')
    await expect(deactivateActivation(stranger, free.id, now)).rejects.toThrow(refusal('NOT_FOUND'))
    await renameActivation(mine, { activationId: free.id, label: 'Desk' }, now)
    await deactivateActivation(mine, free.id, now)
    expect((await eventsOf(open)).at(-1)).toMatchObject({
      type: 'activation.deactivated',
      actorKind: 'customer',
      actorLabel: 'tomas@herrera.example',
    })
    expect(await typesOf(closed)).toEqual(['license_key.issued'])
  })

  test('of another organization are not found, and viewers leave them alone', async () => {
    const [me, other] = [await merchant(), await merchant()]
    const { licenseKeyId: id } = await issue(other, await configure(other))
    const { id: activationId } = await device(other, id)
    await expect(deactivateActivation(me, activationId, now)).rejects.toThrow(refusal('NOT_FOUND'))
    await expect(deactivateActivation({ ...other, role: 'viewer' }, activationId, now)).rejects.toThrow(
      refusal('FORBIDDEN'),
    )
  })
})

test('a customer has a key mailed three times an hour, a merchant as often as needed', async () => {
  const me = await merchant()
  const { licenseKeyId: id } = await issue(me, await configure(me))
  const customer: Customer = { kind: 'customer', userId: newId(), email: 'tomas@herrera.example' }
  for (let i = 0; i < 3; i++)
    expect(await resendKeyMail(customer, { licenseKeyId: id }, now)).toEqual({ to: customer.email })
  await expect(resendKeyMail(customer, { licenseKeyId: id }, now)).rejects.toThrow(refusal('RATE_LIMITED'))
  await resendKeyMail(me, { licenseKeyId: id }, now)
  await resendKeyMail(customer, { licenseKeyId: id }, new Date(now.getTime() + 3_600_001))
  await expect(resendKeyMail({ ...customer, email: 'x@y.example' }, { licenseKeyId: id }, now)).rejects.toThrow(
    refusal('NOT_FOUND'),
  )
  await expect(resendKeyMail(await merchant(), { licenseKeyId: id }, now)).rejects.toThrow(refusal('NOT_FOUND'))
})
