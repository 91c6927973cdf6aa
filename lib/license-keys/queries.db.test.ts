import { describe, expect, test } from 'vitest'
import type { Prisma } from '#prisma/client.ts'
import { listActivations } from '../activations/list.ts'
import type { Member, Merchant, Software } from '../base/actor.ts'
import { newId } from '../base/ids.ts'
import { previewBulkChange } from '../bulk-changes/preview.ts'
import { selectedIds } from '../bulk-changes/selection.ts'
import { prisma } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { keyStringColumns, makeKeyString } from '../key-strings/string.ts'
import { countLicenseKeys } from './counts.ts'
import { keyTroubles, type LicenseKeyFilter, licenseKeyFilterChoices, listLicenseKeys } from './list.ts'
import { type ShownStatus, shownStatuses } from './plain.ts'
import { getLicenseKey, issueChoices } from './queries.ts'
import { type RefusalCode, refusalShort } from './refusals.ts'
import { rotateLicenseKey } from './rotate.ts'
import { searchNote } from './search.ts'
import { disableLicenseKeys } from './status.ts'
import { validationsOf } from './validated.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const DAY = 86_400_000
const at = (ms: number) => new Date(now.getTime() + ms)
const software: Software = { kind: 'software', address: null }
const first = { page: 1, size: 100, sort: 'createdAt', dir: 'asc' } as const
const missing = expect.objectContaining({ code: 'NOT_FOUND' })

type Shop = { me: Merchant; organizationId: string; customerId: string }

async function shop(email = 'tomas@herrera.example', name: string | null = 'Tomás Herrera'): Promise<Shop> {
  const organizationId = newId()
  await prisma.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Test' } })
  const { id: customerId } = await prisma.customer.create({ data: { organizationId, email, name } })
  const me: Merchant = {
    kind: 'merchant',
    userId: newId(),
    email: 'mara@test.example',
    name: 'Mara',
    organizationId,
    role: 'owner',
  }
  return { me, organizationId, customerId }
}

const configure = async (of: Shop, settings: Partial<Prisma.KeyConfigurationUncheckedCreateInput> = {}) => {
  const id = newId()
  await prisma.keyConfiguration.create({ data: { id, organizationId: of.organizationId, name: id, ...settings } })
  return id
}

async function makeKey(
  of: Shop,
  keyConfigurationId: string,
  over: Partial<Prisma.LicenseKeyUncheckedCreateInput> = {},
  keyString = makeKeyString('uuid', 'TEST'),
) {
  const id = newId()
  await prisma.licenseKey.create({
    data: {
      id,
      organizationId: of.organizationId,
      customerId: of.customerId,
      keyConfigurationId,
      ...keyStringColumns(keyString, 'TEST'),
      createdAt: now,
      updatedAt: now,
      ...over,
    },
  })
  return { id, keyString }
}

const device = (of: Shop, licenseKeyId: string, over: Partial<Prisma.ActivationUncheckedCreateInput> = {}) =>
  prisma.activation.create({
    data: { organizationId: of.organizationId, licenseKeyId, label: 'ThinkPad', createdAt: now, ...over },
  })

const refuse = (of: Shop, licenseKeyId: string, code: string, when = at(-60_000)) =>
  record(prisma, software, when, {
    type: 'activation.refused',
    organizationId: of.organizationId,
    licenseKeyId,
    data: { label: 'MacBook Air', code },
  })

const idsOf = async (of: Shop, filter: LicenseKeyFilter) =>
  (await listLicenseKeys(of.me, filter, first, now)).keys.map((key) => key.id)

describe('every status at its border, the same in the list, in the counts and in the rules', () => {
  test.each<[string, Partial<Prisma.LicenseKeyUncheckedCreateInput>, ShownStatus]>([
    ['never expires', {}, 'active'],
    ['expires a moment after the notice begins', { expiresAt: at(14 * DAY + 1) }, 'active'],
    ['expires exactly when the notice begins', { expiresAt: at(14 * DAY) }, 'expiring'],
    ['expires in a moment', { expiresAt: at(1) }, 'expiring'],
    ['expires now', { expiresAt: now }, 'grace'],
    ['has a moment of grace left', { expiresAt: at(-7 * DAY + 1) }, 'grace'],
    ['has used up its grace', { expiresAt: at(-7 * DAY) }, 'expired'],
    ['has no grace of its own', { expiresAt: now, graceDaysOverride: 0 }, 'expired'],
    ['has more grace of its own', { expiresAt: at(-20 * DAY), graceDaysOverride: 30 }, 'grace'],
    ['is disabled and expired', { expiresAt: at(-99 * DAY), status: 'disabled' }, 'disabled'],
    ['is revoked', { status: 'revoked', revokedFor: ['by_hand'] }, 'revoked'],
  ])('a key that %s', async (_, over, status) => {
    const of = await shop()
    const { id } = await makeKey(of, await configure(of, { graceDays: 7 }), over)
    for (const each of shownStatuses) expect(await idsOf(of, { statuses: [each] })).toEqual(each === status ? [id] : [])
    expect((await listLicenseKeys(of.me, {}, first, now)).keys[0]).toMatchObject({ status })
    expect(await countLicenseKeys(of.me, now)).toMatchObject({ [status]: 1 })
    expect(await idsOf(of, { statuses: [...shownStatuses] })).toEqual([id])
  })
})

describe('search', () => {
  test.each([
    ['the whole key', (key: string) => key],
    ['the whole key in small letters with spaces around', (key: string) => `  ${key.toLowerCase()} `],
    ['the last six characters', (key: string) => key.slice(-6)],
    ['the last four, as a customer reads them out', (key: string) => key.slice(-4).toLowerCase()],
    ['the masked key', (key: string) => `TEST_••••${key.slice(-6)}`],
    ['the last group', (key: string) => key.slice(-12)],
    ['part of the name', () => 'herr'],
    ['part of the address', () => 'TOMAS@'],
  ])('by %s', async (_, words) => {
    const of = await shop()
    const configuration = await configure(of)
    const { id, keyString } = await makeKey(of, configuration)
    const other = await prisma.customer.create({ data: { organizationId: of.organizationId, email: 'zoe@x.example' } })
    await makeKey(of, configuration, { customerId: other.id })
    expect(await idsOf(of, { q: words(keyString) })).toEqual([id])
  })

  test('an address is not read as the end of a key, and its wildcards are letters', async () => {
    const of = await shop('x@y.example')
    await makeKey(of, await configure(of), {}, `TEST_${newId().toUpperCase().slice(0, -3)}ADE`)
    expect(await idsOf(of, { q: 'somebody@shop.ade' })).toEqual([])
    expect(await idsOf(of, { q: '%' })).toEqual([])
    expect(await idsOf(of, { q: 'x_y' })).toEqual([])
    expect(await idsOf(of, { q: 'x@y' })).toHaveLength(1)
  })

  test.each([
    ['the order number', () => 'SO-10482'],
    ['a quoted key', (key: string) => `“${key}”.`],
    ['a key with its label', (key: string) => `License key: ${key}`],
    ['words in another order', () => 'herrera tomás'],
    ['words about different things', () => 'thinkpad herrera'],
    ['a device', () => 'thinkpad'],
    ['a device that is gone', () => 'old imac'],
    ['a device that was refused', () => 'MacBook'],
    ['the note', () => 'moved to a new studio'],
    ['its id elsewhere', () => 'ext-4711'],
    ["the customer's id elsewhere", () => 'cus_77'],
    ['the fingerprint of a device', () => 'F00D-CAFE-17'],
    ['the order number as a mail has it', () => '#SO-10482,'],
    ['an address as a mail has it', () => 'Tomas <TOMAS@herrera.example>;'],
    ['a name without its accents beside a device', () => 'TOMAS thinkpad'],
  ])('by %s', async (_, words) => {
    const of = await shop()
    await prisma.customer.update({ where: { id: of.customerId }, data: { externalId: 'cus_77' } })
    const configuration = await configure(of)
    const product = await prisma.product.create({ data: { organizationId: of.organizationId, name: newId() } })
    const owner = { organizationId: of.organizationId, customerId: of.customerId }
    const purchase = await prisma.purchase.create({
      data: { ...owner, productId: product.id, reference: 'SO-10482', purchasedAt: now },
    })
    const { id, keyString } = await makeKey(of, configuration, {
      ...{ purchaseId: purchase.id, note: 'Moved to a new studio', externalId: 'ext-4711' },
    })
    await device(of, id, { fingerprint: 'F00D-CAFE-17' })
    await device(of, id, { label: 'Old iMac', deactivatedAt: now })
    await refuse(of, id, 'ACTIVATION_LIMIT_REACHED')
    const other = await prisma.customer.create({
      data: { organizationId: of.organizationId, email: 'zoe@x.example', name: 'Zoe Herrera' },
    })
    await makeKey(of, configuration, { customerId: other.id })
    expect(await idsOf(of, { q: words(keyString) })).toEqual([id])
    expect(await idsOf(await shop(), { q: words(keyString) })).toEqual([])
  })

  test('a string that was replaced finds its key and says so; others say what is wrong with them', async () => {
    const of = await shop()
    const configuration = await configure(of)
    const { id, keyString } = await makeKey(of, configuration)
    await rotateLicenseKey(of.me, { licenseKeyId: id, overlapHours: 24 }, now)
    for (const spelling of [
      keyString,
      `key: ${keyString.toLowerCase()}`,
      keyString.replaceAll('-', ' '),
      keyString.replaceAll('0', 'O'),
    ]) {
      expect(await idsOf(of, { q: spelling }), spelling).toEqual([id])
      expect(await searchNote(of.me, spelling), spelling).toEqual({ kind: 'replaced', at: now })
    }
    expect(await idsOf(await shop(), { q: keyString })).toEqual([])
    const short = makeKeyString('short', 'TEST')
    const { id: typed } = await makeKey(of, configuration, {}, short)
    expect(await searchNote(of.me, short)).toBeNull()
    const wrong = short.replace(/.-/, (pair) => (pair[0] === '7' ? '8-' : '7-'))
    expect(await searchNote(of.me, wrong)).toEqual({ kind: 'mistyped' })
    expect(await idsOf(of, { q: wrong })).toEqual([typed])
    expect(await searchNote(of.me, makeKeyString('uuid', 'TEST'))).toEqual({ kind: 'unknown' })
    const begins = keyString.slice(0, 20)
    expect(await searchNote(of.me, begins)).toEqual({ kind: 'unknown' })
    for (const words of ['', 'herrera', 'thinkpad x1', keyString.slice(-6), id, 'SO-10482', 'a@b.example'])
      expect(await searchNote(of.me, words), words).toBeNull()
  })

  test('the beginning of a key finds it, for those who may see whole keys', async () => {
    const of = await shop()
    const configuration = await configure(of)
    const { id, keyString } = await makeKey(of, configuration)
    for (let i = 0; i < 5; i++) await makeKey(of, configuration)
    const other = await shop()
    await makeKey(
      other,
      await configure(other),
      {},
      keyString.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    )
    for (const begins of [
      keyString.slice(0, 20),
      keyString.slice(0, 20).toLowerCase(),
      `"${keyString.slice(0, -1)}"`,
    ]) {
      expect(await idsOf(of, { q: begins }), begins).toEqual([id])
      expect(await searchNote(of.me, begins), begins).toBeNull()
    }
    // Whoever may not could find one out letter by letter.
    const viewer = { ...of, me: { ...(of.me as Member), role: 'viewer' as const } }
    expect(await idsOf(viewer, { q: keyString.slice(0, 20) })).toEqual([])
    expect(await searchNote(viewer.me, keyString.slice(0, 20))).toEqual({ kind: 'beginning' })
    expect(await searchNote(of.me, makeKeyString('uuid', 'TEST').slice(0, 20))).toEqual({ kind: 'unknown' })
  })

  test('by id, as support finds it in a log', async () => {
    const of = await shop()
    const { id } = await makeKey(of, await configure(of))
    expect(await idsOf(of, { q: id })).toEqual([id])
  })
})

describe('filters', () => {
  test('configuration, product and customer; what is no id matches nothing', async () => {
    const of = await shop()
    const [one, two] = [await configure(of), await configure(of)]
    const product = await prisma.product.create({ data: { organizationId: of.organizationId, name: 'Editor' } })
    const a = await makeKey(of, one, { productId: product.id })
    const b = await makeKey(of, two)
    expect(await idsOf(of, { configurationIds: [one] })).toEqual([a.id])
    expect((await idsOf(of, { configurationIds: [one, two] })).sort()).toEqual([a.id, b.id].sort())
    expect(await idsOf(of, { productIds: [product.id] })).toEqual([a.id])
    expect(await idsOf(of, { customerId: of.customerId })).toHaveLength(2)
    expect(await idsOf(of, { configurationIds: ["x' OR true"] })).toEqual([])
    const choices = await licenseKeyFilterChoices(of.me)
    expect(choices.products).toEqual([{ id: product.id, name: 'Editor', archivedAt: null }])
    expect(choices.configurations).toHaveLength(2)
  })

  test('at limit: by the configuration, by an override, never without a limit', async () => {
    const of = await shop()
    const limited = await configure(of, { activationsMode: 'limited', activationLimit: 1 })
    const free = await configure(of, { activationsMode: 'unlimited' })
    const full = await makeKey(of, limited)
    const raised = await makeKey(of, limited, { activationsModeOverride: 'limited', activationLimitOverride: 2 })
    const opened = await makeKey(of, limited, { activationsModeOverride: 'unlimited' })
    const lowered = await makeKey(of, free, { activationsModeOverride: 'limited', activationLimitOverride: 1 })
    for (const { id } of [full, raised, opened, lowered]) await device(of, id)
    await device(of, raised.id, { deactivatedAt: now })
    expect((await idsOf(of, { atLimit: true })).sort()).toEqual([full.id, lowered.id].sort())
  })

  test('refused: within three days, and only while the reason stands', async () => {
    const of = await shop()
    const limited = await configure(of, { activationsMode: 'limited', activationLimit: 1 })
    const { id } = await makeKey(of, limited)
    const activation = await device(of, id)
    await refuse(of, id, 'ACTIVATION_LIMIT_REACHED', new Date('2026-11-18T23:59:59.999Z'))
    expect(await idsOf(of, { refused: true })).toEqual([])
    await refuse(of, id, 'ACTIVATION_LIMIT_REACHED', new Date('2026-11-19T00:00:00.000Z'))
    await refuse(of, id, 'ACTIVATION_LIMIT_REACHED')
    expect(await idsOf(of, { refused: true })).toEqual([id])
    const trouble = { code: 'ACTIVATION_LIMIT_REACHED', times: 2, label: 'MacBook Air', harms: true }
    expect((await listLicenseKeys(of.me, {}, first, now)).keys[0]?.troubles).toMatchObject([trouble])
    expect(await keyTroubles(of.me, id, now)).toMatchObject([trouble])
    await prisma.activation.update({ where: { id: activation.id }, data: { deactivatedAt: now } })
    expect(await idsOf(of, { refused: true })).toEqual([])
    expect(await keyTroubles(of.me, id, now)).toEqual([])
  })

  // Each code: a key for which it stands, and one for which it does not, here and in the rule.
  const conditions = { conditions: { major: 4 } }
  const cases = {
    NOT_FOUND: [],
    REPLACED: [{}],
    REVOKED: [{ status: 'revoked', revokedFor: ['by_hand'] }, {}],
    DISABLED: [{ status: 'disabled' }, {}],
    EXPIRED: [{ expiresAt: at(-DAY) }, { expiresAt: at(DAY) }],
    PRODUCT_MISMATCH: [{ updatedAt: at(-2 * DAY) }, { updatedAt: now }],
    CONFIGURATION_MISMATCH: [{}],
    CUSTOMER_MISMATCH: [{}],
    ACTIVATION_REQUIRED: [{ required: true }, {}, { required: true, device: { createdAt: now } }],
    ACTIVATION_NOT_FOUND: [{}, { device: { createdAt: now } }, { device: { createdAt: at(-DAY), modifiedAt: now } }],
    CONDITIONS_MISMATCH: [
      { device: { createdAt: at(-DAY), ...conditions } },
      {},
      { device: { createdAt: at(-DAY) } },
      { device: { createdAt: at(-DAY), modifiedAt: now, ...conditions } },
    ],
    ENTITLEMENT_MISSING: [{ configured: at(-2 * DAY) }, { configured: now }],
    USAGE_LIMIT_REACHED: [
      { usageOverridden: true, usageLimitOverride: 5, usage: 5 },
      { usageOverridden: true, usageLimitOverride: 6, usage: 5 },
      { usageOverridden: true, usageLimitOverride: null, usage: 5 },
      {
        monthly: true,
        usageOverridden: true,
        usageLimitOverride: 5,
        usage: 5,
        usagePeriodStart: new Date('2026-10-01'),
      },
    ],
    ACTIVATIONS_OFF: [{ activationsModeOverride: 'off' }, {}],
    NEW_DEVICES_BLOCKED: [{ newDevicesBlocked: true }, {}],
    ACTIVATION_LIMIT_REACHED: [
      { activationsModeOverride: 'limited', activationLimitOverride: 1, device: {} },
      { activationsModeOverride: 'limited', activationLimitOverride: 2, device: {} },
    ],
  } satisfies Record<
    RefusalCode,
    (Partial<Prisma.LicenseKeyUncheckedCreateInput> & {
      device?: Partial<Prisma.ActivationUncheckedCreateInput>
      required?: boolean
      monthly?: boolean
      configured?: Date
    })[]
  >

  test.each(Object.entries(cases))(
    'refused as %s: the first stands, the others do not, in the list and in the rule',
    async (code, keys) => {
      const of = await shop()
      const ids: string[] = []
      for (const {
        device: some,
        required,
        monthly,
        configured,
        ...over
      } of keys as (typeof cases)['ACTIVATION_REQUIRED'] &
        {
          monthly?: boolean
          configured?: Date
        }[]) {
        const configuration = await configure(of, {
          ...(required && { activationsMode: 'unlimited', activationRequired: true }),
          ...(monthly && { usageReset: 'month' }),
          updatedAt: configured ?? at(-9 * DAY),
        })
        const { id } = await makeKey(of, configuration, over)
        if (some) await device(of, id, some)
        const refusal = { licenseKeyId: id, organizationId: of.organizationId, code, count: 75, lastAt: at(-60_000) }
        await prisma.validationRefusal.createMany({
          data: [
            { ...refusal, day: now },
            { ...refusal, day: at(-DAY), count: 76, lastAt: at(-DAY) },
            { ...refusal, day: at(-4 * DAY), count: 999, lastAt: at(-4 * DAY) },
          ],
        })
        ids.push(id)
      }
      const standing = ids.slice(0, 1)
      expect(await idsOf(of, { refused: true })).toEqual(standing)
      for (const id of ids) {
        const troubles = (await keyTroubles(of.me, id, now)).filter(({ harms }) => harms)
        expect(troubles).toMatchObject(
          standing.includes(id) ? [{ code, times: 151, lastAt: at(-60_000), short: refusalShort(code) }] : [],
        )
      }
    },
  )

  test('a key that is switched off says who did it, when and why, whether or not anybody asks', async () => {
    const of = await shop()
    const { id } = await makeKey(of, await configure(of))
    await disableLicenseKeys(of.me, { licenseKeyIds: [id], reason: 'Chargeback' }, now)
    const [trouble] = await keyTroubles(of.me, id, now)
    expect(trouble).toMatchObject({ code: 'DISABLED', harms: false, times: 0 })
    expect(trouble?.why).toMatch(/disabled it on 21 Nov 2026: “Chargeback”\.$/)
    expect(await idsOf(of, { refused: true })).toEqual([])
    expect(await keyTroubles((await shop()).me, id, now)).toEqual([])
  })
})

test('sorting puts what has no value last, both ways, and pages do not overlap', async () => {
  const of = await shop()
  const configuration = await configure(of)
  const [never, soon, late] = [
    await makeKey(of, configuration),
    await makeKey(of, configuration, { expiresAt: at(DAY) }),
    await makeKey(of, configuration, { expiresAt: at(9 * DAY) }),
  ]
  const sorted = async (dir: 'asc' | 'desc', page = 1, size = 100) =>
    (await listLicenseKeys(of.me, {}, { page, size, sort: 'expiresAt', dir }, now)).keys.map((key) => key.id)
  expect(await sorted('asc')).toEqual([soon.id, late.id, never.id])
  expect(await sorted('desc')).toEqual([late.id, soon.id, never.id])
  expect([...(await sorted('asc', 1, 2)), ...(await sorted('asc', 2, 2))]).toEqual(await sorted('asc'))
  expect((await listLicenseKeys(of.me, {}, { ...first, size: 1 }, now)).total).toBe(3)
})

describe('one key', () => {
  test('shows its limits, what the configuration says, its week and its devices', async () => {
    const of = await shop()
    const configuration = await configure(of, {
      activationsMode: 'limited',
      activationLimit: 3,
      usageLimit: 100,
      usageReset: 'month',
      expiryKind: 'duration',
      durationCount: 1,
      durationUnit: 'year',
    })
    const { id } = await makeKey(of, configuration, {
      activationsModeOverride: 'limited',
      activationLimitOverride: 5,
      expiresAt: at(3 * DAY),
      expiryOverridden: true,
      usage: 40,
      usagePeriodStart: new Date('2026-10-01T00:00:00Z'),
    })
    await device(of, id)
    await device(of, id, { deactivatedAt: now })
    await prisma.validationDay.createMany({
      data: [
        { licenseKeyId: id, day: new Date('2026-11-21'), valid: 5, refused: 2 },
        { licenseKeyId: id, day: new Date('2026-11-15'), valid: 1 },
        { licenseKeyId: id, day: new Date('2026-11-14'), valid: 9 },
      ],
    })
    const key = await getLicenseKey(of.me, id, now)
    expect(key).toMatchObject({
      status: 'expiring',
      devices: 1,
      limits: { activations: { mode: 'limited', limit: 5, overridden: true }, usage: { limit: 100 } },
      usage: 0,
      usageResetsAt: new Date('2026-12-01T00:00:00Z'),
      configured: {
        activations: { mode: 'limited', limit: 3 },
        usage: { limit: 100, reset: 'month' },
        expiresAt: new Date('2027-11-21T12:00:00Z'),
      },
      week: { all: [1, 0, 0, 0, 0, 0, 7], refused: [0, 0, 0, 0, 0, 0, 2] },
      used: { today: 0, week: 0 },
    })
    // Without a device every validation is one without a device.
    await prisma.activation.updateMany({ where: { licenseKeyId: id }, data: { deactivatedAt: now } })
    expect((await getLicenseKey(of.me, id, now)).used).toEqual({ today: 5, week: 6, lastValidatedAt: null })
    const preview = await previewBulkChange(of.me, { selection: { ids: [id] }, action: { action: 'disable' } }, now)
    expect(preview.stops).toMatchObject({ devices: 0, today: 5, week: 6 })
    const asked = async (of: Shop, span: 'week' | 'month' | 'year') =>
      (await validationsOf(of.me, id, span, now)).reduce((sum, { valid }) => sum + valid, 0)
    expect([await asked(of, 'week'), await asked(of, 'month'), await asked(of, 'year')]).toEqual([6, 15, 15])
    expect(await asked(await shop(), 'year')).toBe(0)
  })

  test('whose time begins with its first activation has no date yet', async () => {
    const of = await shop()
    const later = {
      expiryKind: 'duration',
      durationCount: 30,
      durationUnit: 'day',
      expiryStart: 'first_activation',
    } as const
    const configuration = await configure(of, later)
    const waiting = await makeKey(of, configuration)
    const begun = await makeKey(of, configuration, { firstActivatedAt: at(-DAY), expiresAt: at(29 * DAY) })
    const freed = await makeKey(of, configuration, { expiryOverridden: true })
    expect(await getLicenseKey(of.me, waiting.id, now)).toMatchObject({ expiryStarts: 'first_activation' })
    expect(await getLicenseKey(of.me, begun.id, now)).toMatchObject({ expiryStarts: null })
    expect(await getLicenseKey(of.me, freed.id, now)).toMatchObject({ expiryStarts: null, expiresAt: null })
  })

  test('of another organization, or that is no id at all, is not found', async () => {
    const [mine, theirs] = [await shop(), await shop()]
    const { id, keyString } = await makeKey(theirs, await configure(theirs))
    await device(theirs, id)
    for (const each of [id, newId(), 'x', "' OR 1=1"]) {
      await expect(getLicenseKey(mine.me, each, now)).rejects.toThrow(missing)
    }
    expect(await idsOf(mine, { q: keyString })).toEqual([])
    expect(await idsOf(mine, { q: id })).toEqual([])
    expect((await listActivations(mine.me, { state: 'all' }, { ...first, sort: 'label' }, now)).total).toBe(0)
    await expect(selectedIds(mine.me, { ids: [id] }, now)).rejects.toThrow(missing)
    expect(await issueChoices(mine.me)).toEqual([])
  })
})

test('a change to many keys is counted before it is made', async () => {
  const of = await shop()
  const configuration = await configure(of)
  const [a, b] = [await makeKey(of, configuration), await makeKey(of, configuration)]
  const disabled = await makeKey(of, configuration, { status: 'disabled' })
  const expired = await makeKey(of, configuration, { expiresAt: at(-DAY) })
  for (const { id } of [a, a, b, disabled, expired]) await device(of, id)
  const ids = [a.id, b.id, disabled.id, expired.id]
  const disable = { action: 'disable' } as const
  await expect(selectedIds(of.me, { ids: [...ids, newId()] }, now)).rejects.toThrow(missing)
  await expect(selectedIds(of.me, { ids: [...ids, 'x'] }, now)).rejects.toThrow(missing)
  expect((await selectedIds(of.me, { ids: [...ids, a.id] }, now)).sort()).toEqual(ids.toSorted())
  const preview = await previewBulkChange(of.me, { selection: { ids }, action: disable }, now)
  // The device of an expired key stops nothing: it is refused already.
  expect(preview).toMatchObject({
    ...{ total: 4, due: 3, customers: 1 },
    stops: { keys: 2, customers: 1, devices: 3, today: 0, week: 0, lastValidatedAt: null },
    skipped: [{ why: 'Disabled already', keys: 1 }],
  })
  const matching = await selectedIds(of.me, { filter: { statuses: ['active'] } }, now)
  expect(matching.sort()).toEqual([a.id, b.id].sort())
})

describe('activations across keys', () => {
  test('live, deactivated or all; idle by the last validation or the activation', async () => {
    const of = await shop()
    const { id, keyString } = await makeKey(of, await configure(of))
    const live = await device(of, id, { label: 'Live', lastValidatedAt: now })
    const silent = await device(of, id, { label: 'Silent', createdAt: at(-90 * DAY), lastValidatedAt: at(-61 * DAY) })
    const never = await device(of, id, { label: 'Never', createdAt: at(-31 * DAY) })
    const gone = await device(of, id, { label: 'Gone', deactivatedAt: now, fingerprint: 'fp-1' })
    const list = async (filter: Parameters<typeof listActivations>[1]) =>
      (await listActivations(of.me, filter, { ...first, sort: 'label' }, now)).activations.map((each) => each.id)
    expect(await list({})).toEqual([live.id, never.id, silent.id])
    expect(await list({ state: 'deactivated' })).toEqual([gone.id])
    expect(await list({ state: 'all' })).toHaveLength(4)
    expect(await list({ idleDays: 30 })).toEqual([never.id, silent.id])
    expect(await list({ idleDays: 60 })).toEqual([silent.id])
    expect(await list({ q: 'sil' })).toEqual([silent.id])
    expect(await list({ q: 'fp-1', state: 'all' })).toEqual([gone.id])
    for (const q of [keyString, keyString.slice(-6), 'Tomás', 'tomas@']) expect(await list({ q })).toHaveLength(3)
    expect(await list({ q: 'nobody' })).toEqual([])
  })
})

test('what can be issued: live configurations in words, with the live products that grant them', async () => {
  const of = await shop()
  const configuration = await configure(of, { name: 'Yearly', prefix: 'APP', activationsMode: 'off' })
  await configure(of, { name: 'Old', archivedAt: now })
  const product = (name: string, archivedAt: Date | null = null) =>
    prisma.product.create({
      data: {
        organizationId: of.organizationId,
        name,
        archivedAt,
        keyConfigurations: { create: { keyConfigurationId: configuration } },
      },
    })
  const editor = await product('Editor')
  await product('Retired', now)
  expect(await issueChoices(of.me)).toMatchObject([
    {
      id: configuration,
      name: 'Yearly',
      sample: 'APP_1C285B2D-6CE6-4BC7-B8BE-ADB6A7E304DA',
      takesActivations: false,
      products: [{ id: editor.id, name: 'Editor' }],
    },
  ])
})
