import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Prisma } from '#prisma/client.ts'
import type { Role } from '#prisma/enums.ts'
import type { Merchant } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { listEvents } from '../events/queries.ts'
import { createProduct } from '../products/commands.ts'
import {
  archiveKeyConfiguration,
  createKeyConfiguration,
  restoreKeyConfiguration,
  updateKeyConfiguration,
} from './commands.ts'
import {
  getKeyConfiguration,
  keyConfigurationChoices,
  listKeyConfigurations,
  previewChange,
  reviewKeyConfiguration,
} from './queries.ts'
import {
  CreateKeyConfiguration,
  type KeyConfigurationSettings,
  newKeyConfiguration,
  UpdateKeyConfiguration,
} from './schema.ts'

const now = new Date('2026-11-21T12:00:00Z')
const day = (days: number) => new Date(now.getTime() + days * 86_400_000)
const settings = (over: Partial<KeyConfigurationSettings> = {}): KeyConfigurationSettings => ({
  ...newKeyConfiguration,
  name: 'Editor',
  ...over,
})

/** A member of a new organization of their own. */
async function merchant(role: Role = 'owner'): Promise<Merchant> {
  const organizationId = newId()
  const email = `${organizationId}@test.example`
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const user = await prisma.user.create({ data: { email } })
  await prisma.membership.create({ data: { organizationId, userId: user.id, role } })
  return { kind: 'merchant', userId: user.id, email, name: null, organizationId, role }
}

/** A key as a row, with so many live devices; the string is nobody's. */
async function addKey(
  { organizationId }: Merchant,
  keyConfigurationId: string,
  over: Partial<Prisma.LicenseKeyUncheckedCreateInput> & { devices?: number } = {},
) {
  const { devices = 0, ...columns } = over
  const customer = await prisma.customer.create({ data: { organizationId, email: `${newId()}@test.example` } })
  await prisma.licenseKey.create({
    data: {
      organizationId,
      keyConfigurationId,
      customerId: customer.id,
      keyHash: new Uint8Array(randomBytes(32)),
      keyCipher: new Uint8Array(32),
      lastCharacters: 'ABCDEF',
      activations: {
        create: [
          ...Array.from({ length: devices }, (_, i) => ({ organizationId, label: `Device ${i}` })),
          // One that was freed: it counts nowhere.
          { organizationId, label: 'Old', deactivatedAt: now },
        ],
      },
      ...columns,
    },
  })
}

const refusal = (code: string, field?: string) => expect.objectContaining({ code, ...(field && { field }) })
const listing = { q: '', status: 'active', sort: 'name', dir: 'asc', page: 1, size: 20 } as const

describe('create', () => {
  test('writes every setting, the products that grant it, and the fact', async () => {
    const me = await merchant()
    const product = await createProduct(me, { name: 'Suite', description: null, keyConfigurationIds: [] }, now)
    const wanted = settings({
      prefix: 'INK',
      format: 'short',
      expiryKind: 'duration',
      durationCount: 2,
      durationUnit: 'month',
      graceDays: 5,
      usageLimit: 2_147_483_647,
      usageReset: 'month',
      instructions: '**Paste** it.',
      version: '4.x',
      entitlements: ['export'],
      productIds: [product.id],
    })
    const { id } = await createKeyConfiguration(me, wanted, now)
    const found = await getKeyConfiguration(me, id, now)
    expect(found.settings).toEqual(wanted)
    expect(found.products.map((each) => each.name)).toEqual(['Suite'])
    expect(found.keys).toEqual({ total: 0, active: 0, expired: 0, disabled: 0, revoked: 0 })
    const { events } = await listEvents(me, {}, { page: 1, size: 10 })
    expect(events.map((event) => [event.type, event.keyConfigurationId, event.data])).toContainEqual([
      'key_configuration.created',
      id,
      { name: 'Editor' },
    ])
  })

  test('refuses a second of the same name, beside the name, and leaves no trace', async () => {
    const me = await merchant()
    await createKeyConfiguration(me, settings(), now)
    await expect(createKeyConfiguration(me, settings(), now)).rejects.toThrow(refusal('CONFLICT', 'name'))
    await expect(reviewKeyConfiguration(me, settings(), now)).rejects.toThrow(refusal('CONFLICT', 'name'))
    expect((await listEvents(me, {}, { page: 1, size: 10 })).total).toBe(1)
    await createKeyConfiguration(await merchant(), settings(), now)
  })

  test('two at once with one name: one wins', async () => {
    const me = await merchant()
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => createKeyConfiguration(me, settings(), now)),
    )
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toEqual(refusal('CONFLICT', 'name'))
    }
  })

  test('refuses a day that has passed', async () => {
    const past = settings({ expiryKind: 'fixed_date', expiresOn: day(-1) })
    await expect(createKeyConfiguration(await merchant(), past, now)).rejects.toThrow(
      refusal('INVALID_INPUT', 'expiresOn'),
    )
  })

  test.each<Role>(['support', 'viewer'])('is not for the role %s', async (role) => {
    const me = await merchant(role)
    await expect(createKeyConfiguration(me, settings(), now)).rejects.toThrow(refusal('FORBIDDEN'))
  })
})

describe('update', () => {
  test('writes, and says in history what changed', async () => {
    const me = await merchant()
    const { id } = await createKeyConfiguration(me, settings(), now)
    const { changes } = await updateKeyConfiguration(
      me,
      { id, ...settings({ name: 'Editor 2', activationLimit: 5 }) },
      day(1),
    )
    expect(changes).toEqual(['Name: Editor → Editor 2', 'Devices: 3 devices → 5 devices'])
    const { events } = await listEvents(me, {}, { page: 1, size: 10 })
    expect(events[0]).toMatchObject({ type: 'key_configuration.updated', data: { name: 'Editor 2', changes } })
    expect((await getKeyConfiguration(me, id, now)).settings.activationLimit).toBe(5)
  })

  test('without a change records nothing', async () => {
    const me = await merchant()
    const { id } = await createKeyConfiguration(me, settings(), now)
    expect((await updateKeyConfiguration(me, { id, ...settings() }, day(1))).changes).toEqual([])
    expect((await listEvents(me, {}, { page: 1, size: 10 })).total).toBe(1)
  })

  test('puts products in and takes them out', async () => {
    const me = await merchant()
    const a = await createProduct(me, { name: 'A', description: null, keyConfigurationIds: [] }, now)
    const b = await createProduct(me, { name: 'B', description: null, keyConfigurationIds: [] }, now)
    const { id } = await createKeyConfiguration(me, settings({ productIds: [a.id] }), now)
    const { changes } = await updateKeyConfiguration(me, { id, ...settings({ productIds: [b.id] }) }, now)
    expect(changes).toEqual(['Products: A → B'])
    expect((await getKeyConfiguration(me, id, now)).products.map((product) => product.name)).toEqual(['B'])
  })

  test('refuses to overwrite what was not seen', async () => {
    const me = await merchant()
    const { id } = await createKeyConfiguration(me, settings(), now)
    const seenAt = (await getKeyConfiguration(me, id, now)).updatedAt.toISOString()
    await updateKeyConfiguration(me, { id, seenAt, ...settings({ activationLimit: 4 }) }, day(1))
    await expect(
      updateKeyConfiguration(me, { id, seenAt, ...settings({ activationLimit: 5 }) }, day(1)),
    ).rejects.toThrow(refusal('CONFLICT'))
    expect((await getKeyConfiguration(me, id, now)).settings.activationLimit).toBe(4)
  })

  test('a taken name is refused, the own one is not', async () => {
    const me = await merchant()
    await createKeyConfiguration(me, settings({ name: 'Other' }), now)
    const { id } = await createKeyConfiguration(me, settings(), now)
    await expect(updateKeyConfiguration(me, { id, ...settings({ name: 'Other' }) }, now)).rejects.toThrow(
      refusal('CONFLICT', 'name'),
    )
    await expect(reviewKeyConfiguration(me, { id, ...settings({ name: 'Other' }) }, now)).rejects.toThrow(
      refusal('CONFLICT', 'name'),
    )
    await expect(reviewKeyConfiguration(me, { id, ...settings() }, now)).resolves.toMatchObject({ changes: [] })
  })
})

describe('archive and restore', () => {
  test('once each, recorded once each', async () => {
    const me = await merchant()
    const { id } = await createKeyConfiguration(me, settings(), now)
    await archiveKeyConfiguration(me, { id }, day(1))
    await archiveKeyConfiguration(me, { id }, day(2))
    expect((await getKeyConfiguration(me, id, now)).archivedAt).toEqual(day(1))
    expect((await listKeyConfigurations(me, listing)).total).toBe(0)
    expect((await listKeyConfigurations(me, { ...listing, status: 'archived' })).total).toBe(1)
    expect(await keyConfigurationChoices(me)).toEqual([])
    expect(await keyConfigurationChoices(me, [id])).toMatchObject([{ id, archived: true }])
    await restoreKeyConfiguration(me, { id }, day(3))
    await restoreKeyConfiguration(me, { id }, day(4))
    expect((await listKeyConfigurations(me, listing)).total).toBe(1)
    const { events } = await listEvents(me, {}, { page: 1, size: 10 })
    expect(events.map((event) => event.type)).toEqual([
      'key_configuration.restored',
      'key_configuration.archived',
      'key_configuration.created',
    ])
  })
})

describe('another organization', () => {
  test('finds nothing, changes nothing, learns nothing', async () => {
    const [me, stranger] = [await merchant(), await merchant()]
    const product = await createProduct(me, { name: 'Suite', description: null, keyConfigurationIds: [] }, now)
    const { id } = await createKeyConfiguration(me, settings({ productIds: [product.id] }), now)
    const nothing = refusal('NOT_FOUND')
    await expect(getKeyConfiguration(stranger, id, now)).rejects.toThrow(nothing)
    await expect(getKeyConfiguration(me, 'no-id', now)).rejects.toThrow(nothing)
    await expect(updateKeyConfiguration(stranger, { id, ...settings() }, now)).rejects.toThrow(nothing)
    await expect(archiveKeyConfiguration(stranger, { id }, now)).rejects.toThrow(nothing)
    await expect(restoreKeyConfiguration(stranger, { id }, now)).rejects.toThrow(nothing)
    await expect(reviewKeyConfiguration(stranger, { id, ...settings() }, now)).rejects.toThrow(nothing)
    await expect(previewChange(stranger, id, settings(), now)).rejects.toThrow(nothing)
    expect(await listKeyConfigurations(stranger, { ...listing, status: 'all' })).toEqual({
      configurations: [],
      total: 0,
    })
    expect(await keyConfigurationChoices(stranger, [id])).toEqual([])
    const theirs = settings({ name: 'Theirs', productIds: [product.id] })
    await expect(createKeyConfiguration(stranger, theirs, now)).rejects.toThrow(refusal('NOT_FOUND', 'productIds'))
    await expect(reviewKeyConfiguration(stranger, theirs, now)).rejects.toThrow(refusal('NOT_FOUND', 'productIds'))
    expect((await getKeyConfiguration(me, id, now)).settings.name).toBe('Editor')
    expect((await listEvents(stranger, {}, { page: 1, size: 10 })).total).toBe(0)
  })
})

describe('the list', () => {
  test('searches, sorts, pages and counts', async () => {
    const me = await merchant()
    const suite = await createProduct(me, { name: 'Suite', description: null, keyConfigurationIds: [] }, now)
    const ids = new Map<string, string>()
    for (const [name, over] of [
      ['Alpha', { prefix: 'INK' }],
      ['Beta', { productIds: [suite.id] }],
      ['Gamma_1', {}],
    ] as const) {
      ids.set(
        name,
        (
          await createKeyConfiguration(
            me,
            settings({ name, ...over, productIds: [...((over as { productIds?: string[] }).productIds ?? [])] }),
            now,
          )
        ).id,
      )
    }
    await addKey(me, ids.get('Beta') ?? '')
    await addKey(me, ids.get('Beta') ?? '', { status: 'revoked', revokedFor: ['by_hand'] })
    await addKey(me, ids.get('Alpha') ?? '')
    const names = async (over: object) =>
      (await listKeyConfigurations(me, { ...listing, ...over })).configurations.map(
        (each) => `${each.name} ${each.keys}`,
      )
    expect(await names({})).toEqual(['Alpha 1', 'Beta 2', 'Gamma_1 0'])
    expect(await names({ sort: 'keys', dir: 'desc' })).toEqual(['Beta 2', 'Alpha 1', 'Gamma_1 0'])
    expect(await names({ q: 'ink' })).toEqual(['Alpha 1'])
    expect(await names({ q: 'suite' })).toEqual(['Beta 2'])
    expect(await names({ q: 'nothing' })).toEqual([])
    expect(await names({ page: 2, size: 2 })).toEqual(['Gamma_1 0'])
  })

  test('a configuration knows the state of its keys', async () => {
    const me = await merchant()
    const { id } = await createKeyConfiguration(me, settings(), now)
    await addKey(me, id)
    await addKey(me, id, { expiresAt: day(-1), graceDaysOverride: 3 })
    await addKey(me, id, { expiresAt: day(-1) })
    await addKey(me, id, { status: 'disabled' })
    await addKey(me, id, { status: 'revoked', revokedFor: ['by_hand'] })
    expect((await getKeyConfiguration(me, id, now)).keys).toEqual({
      total: 5,
      active: 2,
      expired: 1,
      disabled: 1,
      revoked: 1,
    })
  })
})

describe('the preview of a change', () => {
  test('counts whom it reaches and whom not', async () => {
    const me = await merchant()
    const { id } = await createKeyConfiguration(me, settings({ activationLimit: 5 }), now)
    await addKey(me, id, { devices: 4 })
    await addKey(me, id, { devices: 3, status: 'disabled' })
    await addKey(me, id, { devices: 2 })
    await addKey(me, id)
    await addKey(me, id, { devices: 5, activationsModeOverride: 'limited', activationLimitOverride: 9 })
    await addKey(me, id, { activationsModeOverride: 'off' })
    await addKey(me, id, { devices: 9, status: 'revoked', revokedFor: ['by_hand'] })
    const counts = await previewChange(me, id, settings({ activationLimit: 2, activationRequired: true }), now)
    expect(counts).toMatchObject({
      keys: 7,
      ownDevices: 2,
      overActivationLimit: 2,
      followersWithDevices: 3,
      usableWithDevices: 3,
      usableWithoutDevices: 1,
      overUsageLimit: 0,
      notStarted: 0,
    })
    const review = await reviewKeyConfiguration(me, { id, ...settings({ activationLimit: 2 }) }, now)
    expect(review.changes).toEqual([{ field: 'devices', label: 'Devices', from: '5 devices', to: '2 devices' }])
    expect(review.effects.map((effect) => effect.text)).toEqual([
      '7 keys follow this configuration.',
      '2 keys have more devices than the new limit: they keep them, but cannot add more.',
      '2 keys have a device limit of their own and keep it.',
    ])
  })

  test('usage counts in its own period', async () => {
    const me = await merchant()
    const { id } = await createKeyConfiguration(me, settings({ usageLimit: 100, usageReset: 'month' }), now)
    await addKey(me, id, { usage: 50, usagePeriodStart: new Date('2026-11-01T00:00:00Z') })
    await addKey(me, id, { usage: 50, usagePeriodStart: new Date('2026-10-01T00:00:00Z') })
    await addKey(me, id, { usage: 90, usagePeriodStart: new Date('2026-11-01T00:00:00Z'), usageOverridden: true })
    const over = async (change: object) =>
      (await previewChange(me, id, settings({ usageLimit: 50, usageReset: 'month', ...change }), now)).overUsageLimit
    expect(await over({})).toBe(1)
    expect(await over({ usageReset: 'never' })).toBe(2)
    expect(await over({ usageLimit: 51 })).toBe(0)
    expect(await over({ usageLimit: null })).toBe(0)
  })

  test('grace that ends or begins, and time that has not started', async () => {
    const me = await merchant()
    const before = {
      expiryKind: 'duration',
      durationCount: 1,
      durationUnit: 'year',
      expiryStart: 'first_activation',
    } as const
    const { id } = await createKeyConfiguration(me, settings({ ...before, graceDays: 10 }), now)
    await addKey(me, id, { expiresAt: day(-5) })
    await addKey(me, id, { expiresAt: day(-20) })
    await addKey(me, id, { expiresAt: day(-5), graceDaysOverride: 30 })
    await addKey(me, id)
    await addKey(me, id, { expiryOverridden: true })
    expect(await previewChange(me, id, settings({ ...before, graceDays: 2 }), now)).toMatchObject({
      graceLost: 1,
      graceWon: 0,
      ownGrace: 1,
      notStarted: 1,
    })
    expect(await previewChange(me, id, settings({ ...before, graceDays: 30 }), now)).toMatchObject({
      graceLost: 0,
      graceWon: 1,
    })
  })
})

describe('a fixed day', () => {
  const inBerlin = async () => {
    const me = await merchant()
    await prisma.organization.update({ where: { id: me.organizationId }, data: { timeZone: 'Europe/Berlin' } })
    return me
  }
  const typed = (expiresOn: string, more: object = {}) => ({
    name: 'Editor',
    expiryKind: 'fixed_date',
    expiresOn,
    ...more,
  })
  const stored = async (id: string) =>
    (await prisma.keyConfiguration.findUniqueOrThrow({ where: { id } })).expiresOn?.toISOString()

  test('ends with the day in the time zone of the organization, and is shown without a time', async () => {
    const me = await inBerlin()
    const review = await reviewKeyConfiguration(me, CreateKeyConfiguration.parse(typed('2027-08-30')), now)
    expect(review.words.expiry).toBe('After 30 Aug 2027')
    const { id } = await createKeyConfiguration(me, CreateKeyConfiguration.parse(typed('2027-08-30')), now)
    expect(await stored(id)).toBe('2027-08-30T21:59:59.999Z')
    expect((await getKeyConfiguration(me, id, now)).words.expiry).toBe('After 30 Aug 2027')
    expect((await listKeyConfigurations(me, listed)).configurations[0]?.words.expiry).toBe('After 30 Aug 2027')
    expect((await keyConfigurationChoices(me))[0]?.words.expiry).toBe('After 30 Aug 2027')

    const next = UpdateKeyConfiguration.parse({ id, ...typed('2027-12-31') })
    expect((await updateKeyConfiguration(me, next, now)).changes).toEqual([
      'Expires: After 30 Aug 2027 → After 31 Dec 2027',
    ])
    expect(await stored(id)).toBe('2027-12-31T22:59:59.999Z')
  })

  test('a moment that was stored before stays, whatever else is saved, and its time is said', async () => {
    const me = await inBerlin()
    const { id } = await createKeyConfiguration(me, CreateKeyConfiguration.parse(typed('2027-08-30')), now)
    const old = new Date('2027-08-30T23:59:59.999Z')
    await prisma.keyConfiguration.update({ where: { id }, data: { expiresOn: old } })
    const { settings, words } = await getKeyConfiguration(me, id, now)
    expect(words.expiry).toBe('After 31 Aug 2027, 01:59 UTC+2')
    // As its form shows it, which is in Berlin.
    const input = UpdateKeyConfiguration.parse({ id, ...typed('2027-08-31', { version: '2' }) })
    await updateKeyConfiguration(me, input, now, JSON.parse(JSON.stringify(settings)))
    await updateKeyConfiguration(me, { ...input, version: '3' }, now)
    expect(await stored(id)).toBe(old.toISOString())
    expect((await getKeyConfiguration(me, id, now)).settings.version).toBe('3')
  })

  test('that is over where the organization is cannot be chosen', async () => {
    const me = await inBerlin()
    const late = new Date('2026-11-21T23:30:00Z')
    const yesterday = createKeyConfiguration(me, CreateKeyConfiguration.parse(typed('2026-11-21')), late)
    await expect(yesterday).rejects.toThrow('Choose a day that has not passed.')
    await createKeyConfiguration(me, CreateKeyConfiguration.parse(typed('2026-11-22')), late)
  })
})
const listed = { q: '', status: 'all', sort: 'name', dir: 'asc', page: 1, size: 20 } as const
