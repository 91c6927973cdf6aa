import { describe, expect, test } from 'vitest'
import { activateCodes, deactivateCodes, validateCodes } from '../error-codes/schema.ts'
import type { RefusalCode } from '../license-keys/refusals.ts'
import { effectiveLimits } from '../license-keys/rules.ts'
import { type Deed, type FixKey, offersFor } from './fixes.ts'
import { customerSentence, supportSentence, type Told } from './sentences.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const codes = [...new Set<string>([...validateCodes, ...activateCodes, ...deactivateCodes])].filter(
  (code) => !['VALID', 'ACTIVATED', 'DEACTIVATED'].includes(code),
)

const bare: Told = {
  ...{ code: '', asked: {}, looked: {}, deviceName: null, names: new Map(), customer: null, product: null },
  ...{ stopped: null, revokedFor: [], timeZone: 'UTC' },
}
const tomas: Told = {
  ...bare,
  customer: { name: 'Tomas', email: 'tomas@example.com' },
  product: 'Inkwell Editor',
  deviceName: 'MacBook Air',
  names: new Map([
    ['p1', 'Inkwell Editor'],
    ['p2', 'Inkwell Team'],
    ['c1', 'Editor, yearly'],
    ['c2', 'Team seats'],
    ['u2', 'Maya'],
  ]),
}

type Row = {
  code: RefusalCode
  is?: string
  told?: Partial<Told>
  support: string
  customer: string
}

const rows: Row[] = [
  {
    code: 'NOT_FOUND',
    told: { looked: { mistyped: true }, customer: null },
    support: 'The key that was sent has a typing mistake: its check character does not fit the others.',
    customer:
      'Hello, the license key you entered has a typing mistake. Please copy it from the mail it came in, without spaces before or after it. If that does not help, tell us the e-mail address you bought with.',
  },
  {
    code: 'REPLACED',
    told: { looked: { rotatedAt: '2026-11-01T09:00:00.000Z', validUntil: '2026-11-08T09:00:00.000Z' } },
    support:
      '“MacBook Air” sends a key string that was replaced on 1 Nov 2026, 09:00 UTC and could be used until 8 Nov 2026, 09:00 UTC; it has to be given the current one.',
    customer:
      'Hello Tomas, your license for Inkwell Editor has a new license key, and your software still uses the one it had before. Please enter the key from our latest mail. We are happy to send it again.',
  },
  {
    code: 'REVOKED',
    is: 'by its purchase',
    told: { revokedFor: ['refunded', 'dispute'] },
    support: 'The key is revoked: its purchase is refunded and its payment is disputed.',
    customer:
      'Hello Tomas, your license for Inkwell Editor is not active at the moment, because its payment was refunded. Please reply to this mail if you think that this is a mistake.',
  },
  {
    code: 'REVOKED',
    is: 'by a subscription that ended and was refunded',
    told: { revokedFor: ['ended', 'refunded'] },
    support: 'The key is revoked: its purchase is refunded and has ended.',
    customer:
      'Hello Tomas, your license for Inkwell Editor is not active at the moment, because its payment was refunded and its subscription has ended. Please reply to this mail if you think that this is a mistake.',
  },
  {
    code: 'REVOKED',
    is: 'for now',
    told: { revokedFor: ['lapsed'] },
    support: 'The key is revoked: its purchase was not paid again.',
    customer:
      'Hello Tomas, your license for Inkwell Editor is not active at the moment, because the last payment of its subscription did not go through. It works again as soon as that is settled. Please reply to this mail if you think that this is a mistake.',
  },
  {
    code: 'REVOKED',
    is: 'by hand',
    told: {
      revokedFor: ['by_hand'],
      stopped: { who: 'Nora', at: new Date('2026-11-12'), reason: 'Shared in a forum' },
    },
    support: 'The key is revoked: Nora revoked it on 12 Nov 2026: “Shared in a forum”.',
    customer:
      'Hello Tomas, your license for Inkwell Editor is not active at the moment, because it was ended by us. Please reply to this mail if you think that this is a mistake.',
  },
  {
    code: 'DISABLED',
    told: { stopped: { who: 'Nora', at: new Date('2026-11-12'), reason: null } },
    support: 'The key is switched off: Nora disabled it on 12 Nov 2026 without giving a reason.',
    customer:
      'Hello Tomas, your license for Inkwell Editor is switched off at the moment. Please reply to this mail, and we will look into it.',
  },
  {
    code: 'EXPIRED',
    told: { looked: { expiresAt: '2026-11-10T23:59:59.999Z', graceDays: 7 } },
    support:
      'The key expired on 10 Nov 2026, and its grace of 7 days ended on 17 Nov 2026; “MacBook Air” asked after that.',
    customer:
      'Hello Tomas, your license for Inkwell Editor expired on 10 November 2026. It works again on all your devices as soon as it is renewed. Please reply to this mail if you need it for longer.',
  },
  {
    code: 'PRODUCT_MISMATCH',
    told: { looked: { askedProductId: 'p2', productId: 'p1' } },
    support: '“MacBook Air” asked for the product “Inkwell Team”, and this key is for “Inkwell Editor”.',
    customer:
      'Hello Tomas, the license key in use is for Inkwell Editor, and the program that asked is Inkwell Team. Please enter the key of that program, or reply to this mail if you would like to switch.',
  },
  {
    code: 'CONFIGURATION_MISMATCH',
    told: { looked: { askedConfigurationId: 'c2', keyConfigurationId: 'c1' } },
    support: '“MacBook Air” asked for a key of “Team seats”, and this key is of “Editor, yearly”.',
    customer:
      'Hello Tomas, the program that asked needs another kind of license than your license for Inkwell Editor. Please check that you have installed the edition you bought, or reply to this mail and we will help.',
  },
  {
    code: 'CUSTOMER_MISMATCH',
    told: { looked: { askedCustomerId: 'u2' } },
    support: '“MacBook Air” asked for the key of “Maya”, and this key belongs to Tomas.',
    customer:
      'Hello Tomas, the license key in use belongs to another account than the one you are signed in with. Please sign in with the address you bought with, or enter the key of this account.',
  },
  {
    code: 'ACTIVATION_REQUIRED',
    told: { deviceName: null },
    support: 'This key has to be activated on each device, and software asked without naming one.',
    customer:
      'Hello Tomas, your license for Inkwell Editor is not activated on your device yet. Please open the program, enter your license key and activate it. If it does not offer that, install its latest version.',
  },
  {
    code: 'ACTIVATIONS_OFF',
    support: '“MacBook Air” asked to be activated, and this key takes no activations.',
    customer:
      'Hello Tomas, your license for Inkwell Editor needs no activation, and your program asked for one. Please install its latest version and enter your key again.',
  },
  {
    code: 'ACTIVATION_NOT_FOUND',
    support: '“MacBook Air” is not active for this key any more: it has to be activated again.',
    customer:
      'Hello Tomas, your license for Inkwell Editor is not activated on “MacBook Air” any more. Please open the program there, enter your license key and activate it again.',
  },
  {
    code: 'ACTIVATION_NOT_FOUND',
    is: 'to replace',
    told: { asked: { replace_activation_id: 'a' } },
    support: '“MacBook Air” asked to take the place of another, and that one is not active for this key.',
    customer:
      'Hello Tomas, your license for Inkwell Editor is not activated on “MacBook Air” any more. Please open the program there, enter your license key and activate it again.',
  },
  {
    code: 'CONDITIONS_MISMATCH',
    told: { looked: { deviceConditions: { major: 4 }, askedConditions: { major: 5 } } },
    support: '“MacBook Air” was activated with major 4, and asked with major 5.',
    customer:
      'Hello Tomas, “MacBook Air” uses another version or set-up than the one that your license for Inkwell Editor was activated with. Please deactivate it on your purchases page, or reply to this mail and we will, and then activate it again.',
  },
  {
    code: 'ENTITLEMENT_MISSING',
    told: { looked: { askedEntitlements: ['sync', 'export'], entitlements: ['export'] } },
    support: '“MacBook Air” asked for “sync”, and this key has “export”.',
    customer:
      'Hello Tomas, your license for Inkwell Editor does not include “sync”. Everything else works as before. Please reply to this mail if you would like to add it.',
  },
  {
    code: 'USAGE_LIMIT_REACHED',
    told: { looked: { usage: 98, usageLimit: 100, increment: 5, usageResetsAt: '2026-12-01T00:00:00.000Z' } },
    support: '98 of 100 uses were spent, and “MacBook Air” asked for 5 more; they come back on 1 Dec 2026, 00:00 UTC.',
    customer:
      'Hello Tomas, your license for Inkwell Editor has only 2 uses left of 100. New ones come on 1 Dec 2026, 00:00 UTC. Please reply to this mail if you need more before that.',
  },
  {
    code: 'NEW_DEVICES_BLOCKED',
    told: { looked: { devices: 2 } },
    support: '“MacBook Air” asked to join, and new devices are blocked for this key; 2 devices are active.',
    customer:
      'Hello Tomas, your license for Inkwell Editor takes no new devices at the moment, so “MacBook Air” could not be added. Your other devices work as before. Please reply to this mail, and we will look into it.',
  },
  {
    code: 'ACTIVATION_LIMIT_REACHED',
    told: { looked: { devices: 3, deviceLimit: 3 } },
    support: '“MacBook Air” asked to join, and 3 of 3 devices were in use.',
    customer:
      'Hello Tomas, your license for Inkwell Editor is active on 3 devices and allows 3, so “MacBook Air” could not be added. Please deactivate a device you no longer use, in the program or on your purchases page, and try again. Reply to this mail if you need one more.',
  },
]

describe('what is said of a refusal', () => {
  test.each(rows)('$code $is', ({ code, told, support, customer }) => {
    const all = { ...tomas, code, ...told }
    expect(supportSentence(all)).toBe(support)
    expect(customerSentence(all)).toBe(customer)
  })

  test('has a row for every code', () => {
    expect(codes.filter((code) => !rows.some((row) => row.code === code))).toEqual([])
  })

  test.each(codes)('%s of which nothing else is known is a sentence still', (code) => {
    for (const text of [supportSentence({ ...bare, code }), customerSentence({ ...bare, code })]) {
      expect(text).toMatch(/^[A-Z0-9“].*[.”]$/)
      expect(text).not.toMatch(/undefined|null|NaN|\s\s|[A-Z]{3,}_/)
    }
  })

  test.each(codes)('%s that was put right says so', (code) => {
    expect(customerSentence({ ...tomas, code }, { isFixed: true })).toMatch(
      /^Hello Tomas, .*\. We have put that right: please try again, it works now\.$/,
    )
  })

  test('a code from another time speaks for itself', () => {
    expect(supportSentence({ ...tomas, code: 'HAUNTED' })).toBe('It was refused: HAUNTED.')
    expect(customerSentence({ ...tomas, code: 'HAUNTED' })).toBe('Hello Tomas, your license key was refused.')
    expect(offersFor(key, { ...tomas, code: 'HAUNTED' }, now)).toEqual([])
  })
})

// ---------------------------------------------------------------- what helps

const limitsOf = (limit: number | null, usage: number | null = null) =>
  effectiveLimits(
    {
      ...{ activationsModeOverride: null, activationLimitOverride: null, graceDaysOverride: null },
      ...{ usageOverridden: false, usageLimitOverride: null },
    },
    {
      ...{ graceDays: 0, activationsMode: 'limited', activationLimit: limit, activationRequired: false },
      ...{ usageLimit: usage, usageReset: 'never' },
    },
  )

const key: FixKey = {
  ...{ id: 'k', limits: limitsOf(3), devices: 3, newDevicesBlocked: false, usage: 0, revokedFor: [] },
  expiresAt: new Date('2026-11-10T23:59:59.999Z'),
  ...{ purchaseId: 'sale', email: 'tomas@example.com', timeZone: 'UTC', refusedDevice: null, otherProduct: null },
  configuration: { id: 'c1', name: 'Editor, yearly', duration: { count: 1, unit: 'year' } },
  idlest: { id: 'old', label: 'Old iMac', seenAt: new Date('2026-08-01'), createdAt: new Date('2026-01-01') },
}
const extended = (count: number, unit: 'day' | 'year'): Deed => {
  return { kind: 'extend', count, unit, from: '2026-11-10T23:59:59.999Z' }
}

const fixRows: {
  code: RefusalCode
  is?: string
  key?: Partial<FixKey>
  told?: Partial<Told>
  offers: (Deed | string)[]
}[] = [
  { code: 'NOT_FOUND', offers: [] },
  { code: 'REPLACED', offers: [{ kind: 'mail-key' }] },
  { code: 'REVOKED', is: 'by hand', key: { revokedFor: ['by_hand'] }, offers: [{ kind: 'restore' }] },
  {
    code: 'REVOKED',
    is: 'by its purchase',
    key: { revokedFor: ['by_hand', 'refunded'] },
    offers: [{ kind: 'hold' }, 'purchase'],
  },
  { code: 'DISABLED', offers: [{ kind: 'enable' }] },
  { code: 'EXPIRED', offers: [extended(1, 'year'), extended(14, 'day'), 'edit'] },
  {
    code: 'EXPIRED',
    is: 'of a configuration without a duration',
    key: { configuration: { ...key.configuration, duration: null } },
    offers: [extended(14, 'day'), 'edit'],
  },
  { code: 'PRODUCT_MISMATCH', offers: ['edit'] },
  {
    code: 'PRODUCT_MISMATCH',
    is: 'that it could be sold as',
    key: { otherProduct: { id: 'p2', name: 'Inkwell Team' } },
    offers: [{ kind: 'set-product', productId: 'p2' }, 'edit'],
  },
  { code: 'CONFIGURATION_MISMATCH', offers: ['integrate'] },
  { code: 'CUSTOMER_MISMATCH', offers: [] },
  { code: 'ACTIVATION_REQUIRED', offers: ['integrate', 'configuration'] },
  { code: 'ACTIVATIONS_OFF', offers: ['edit'] },
  {
    code: 'ACTIVATION_NOT_FOUND',
    is: 'and no room',
    offers: [{ kind: 'free', activationId: 'old' }, { kind: 'raise-limit', to: 4 }, 'devices'],
  },
  { code: 'ACTIVATION_NOT_FOUND', is: 'and room', key: { devices: 2 }, offers: ['devices'] },
  {
    code: 'ACTIVATION_NOT_FOUND',
    is: 'and blocked',
    key: { devices: 0, newDevicesBlocked: true },
    offers: [{ kind: 'allow-devices' }],
  },
  { code: 'CONDITIONS_MISMATCH', offers: ['integrate'] },
  {
    code: 'CONDITIONS_MISMATCH',
    is: 'of an active device',
    key: { refusedDevice: { id: 'd', label: 'MacBook Air' } },
    offers: [{ kind: 'free', activationId: 'd' }, 'integrate'],
  },
  { code: 'ENTITLEMENT_MISSING', offers: ['configuration'] },
  {
    code: 'USAGE_LIMIT_REACHED',
    key: { limits: limitsOf(3, 100), usage: 98 },
    told: { looked: { increment: 5 } },
    offers: [{ kind: 'raise-usage', to: 110 }, { kind: 'reset-usage' }],
  },
  { code: 'NEW_DEVICES_BLOCKED', key: { newDevicesBlocked: true }, offers: [{ kind: 'allow-devices' }] },
  {
    code: 'ACTIVATION_LIMIT_REACHED',
    is: 'with a device that is long idle',
    offers: [{ kind: 'free', activationId: 'old' }, { kind: 'raise-limit', to: 4 }, 'devices'],
  },
  {
    code: 'ACTIVATION_LIMIT_REACHED',
    is: 'with all in use, and over a limit that was lowered',
    key: { devices: 5, idlest: { ...(key.idlest as NonNullable<FixKey['idlest']>), seenAt: now } },
    offers: [{ kind: 'raise-limit', to: 6 }, { kind: 'free', activationId: 'old' }, 'devices'],
  },
]

describe('what helps against a refusal', () => {
  test.each(fixRows)('$code $is', ({ code, key: more, told, offers }) => {
    const found = offersFor({ ...key, ...more }, { ...tomas, code, ...told }, now)
    expect(found.map((offer) => ('deed' in offer ? offer.deed : offer.place))).toEqual(offers)
    for (const offer of found) {
      expect(offer.label).toMatch(/^[A-Z]/)
      if ('deed' in offer) expect(offer.will).toMatch(/^[A-Z0-9].*\.$/)
    }
  })

  test('has a row for every code', () => {
    expect(codes.filter((code) => !fixRows.some((row) => row.code === code))).toEqual([])
  })

  test('says whom it reaches', () => {
    const [enable] = offersFor(key, { ...tomas, code: 'DISABLED' }, now)
    expect(enable).toMatchObject({
      will: 'It works again immediately, unless it has expired; so do its 3 devices.',
    })
    const [free] = offersFor(key, { ...tomas, code: 'ACTIVATION_LIMIT_REACHED' }, now)
    expect(free).toMatchObject({
      will: 'It was last seen on 1 Aug 2026, longer ago than the others. It stops working at its next check and can be activated again while there is room. The next attempt of “MacBook Air” will succeed.',
    })
  })
})
