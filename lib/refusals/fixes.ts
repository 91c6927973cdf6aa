// What helps against a refusal: what can be done at a click and what that does, and where else to look. Pure, for browsers too.

import type { DurationUnit, RevokeReason } from '#prisma/enums.ts'
import { dayInShort, endInShort } from '../base/days.ts'
import type { SupportBounds } from '../base/permissions.ts'
import { IDLE_DAYS } from '../license-keys/look.ts'
import type { RefusalCode } from '../license-keys/refusals.ts'
import type { EffectiveLimits } from '../license-keys/rules.ts'
import type { Told } from './sentences.ts'

/** A change that puts it right, and what it was thought out for: what is otherwise by then is not changed. */
export type Deed =
  | { kind: 'enable' }
  | { kind: 'restore' }
  | { kind: 'hold' }
  | { kind: 'extend'; count: number; unit: DurationUnit; from: string }
  | { kind: 'free'; activationId: string }
  | { kind: 'raise-limit'; to: number }
  | { kind: 'allow-devices' }
  | { kind: 'raise-usage'; to: number }
  | { kind: 'reset-usage' }
  | { kind: 'set-product'; productId: string }
  | { kind: 'mail-key' }

/** Where else to look. */
export type Place = 'edit' | 'devices' | 'configuration' | 'integrate' | 'purchase'

/** One thing that helps. `will`: what it does, to whom. */
export type Offer =
  | { label: string; title: string; done: string; will: string; deed: Deed }
  | { label: string; place: Place }

/** What is to be known of a key to say what helps. */
export type FixKey = {
  id: string
  limits: EffectiveLimits
  devices: number
  newDevicesBlocked: boolean
  usage: number
  expiresAt: Date | null
  revokedFor: readonly RevokeReason[]
  purchaseId: string | null
  email: string
  configuration: { id: string; name: string; duration: { count: number; unit: DurationUnit } | null }
  /** The active device that was silent for longest. */
  idlest: { id: string; label: string; seenAt: Date | null; createdAt: Date } | null
  /** The device that was refused, while it is active. */
  refusedDevice: { id: string; label: string } | null
  /** The product that was asked for, when this key could be sold as it. */
  otherProduct: { id: string; name: string } | null
  timeZone: string
}

const SHORT_EXTENSION = { count: 14, unit: 'day' } as const

const count = (amount: number, one: string) => `${amount.toLocaleString('en')} ${one}${amount === 1 ? '' : 's'}`
const open = (label: string, place: Place): Offer => ({ label, place })
const asking = ({ deviceName }: Told) => (deviceName ? `“${deviceName}”` : 'the device')

const worksAgain = ({ devices }: FixKey) =>
  `It works again immediately, unless it has expired${devices === 0 ? '' : devices === 1 ? '; so does its device' : `; so do its ${count(devices, 'device')}`}.`

const works = ({ devices }: FixKey) =>
  devices === 0
    ? 'The next validation is a yes.'
    : `The next validation is a yes, also on ${devices === 1 ? 'its device' : `its ${count(devices, 'device')}`}.`

function extend(key: FixKey, more: { count: number; unit: DurationUnit }): Offer {
  const time = count(more.count, more.unit)
  return {
    label: `Extend by ${time}`,
    title: `Extend this key by ${time}?`,
    done: `Extended by ${time}`,
    will: `Its time starts again now. ${works(key)} Only this key changes.`,
    deed: { kind: 'extend', ...more, from: key.expiresAt?.toISOString() ?? '' },
  }
}

function extensions(key: FixKey): Offer[] {
  const { duration } = key.configuration
  if (!key.expiresAt) return [open('Change the expiry', 'edit')]
  return [...(duration ? [extend(key, duration)] : []), extend(key, SHORT_EXTENSION), open('Change the expiry', 'edit')]
}

function free({ idlest, timeZone }: FixKey, then: string): Offer[] {
  if (!idlest) return []
  const { id, label, seenAt, createdAt } = idlest
  const silent = seenAt
    ? `was last seen on ${dayInShort(seenAt, timeZone)}`
    : `was activated on ${dayInShort(createdAt, timeZone)} and never seen`
  return [
    {
      label: `Free “${label}”`,
      title: `Free the slot of “${label}”?`,
      done: `“${label}” freed`,
      will: `It ${silent}, longer ago than the others. It stops working at its next check and can be activated again while there is room. ${then}`,
      deed: { kind: 'free', activationId: id },
    },
  ]
}

function raise({ devices, limits, newDevicesBlocked, configuration }: FixKey, then: string): Offer[] {
  const { limit } = limits.activations
  if (limit === null) return []
  // Devices may outnumber a limit that was lowered: one more than either lets the next one in.
  const to = Math.max(limit, devices) + 1
  return [
    {
      label: `Raise limit to ${to}`,
      title: `Raise the limit to ${to}?`,
      done: `This key now takes ${count(to, 'device')}`,
      will: `${newDevicesBlocked ? 'New devices are allowed again, too. ' : ''}Only this key changes; others of ${configuration.name} keep their limit. ${then}`,
      deed: { kind: 'raise-limit', to },
    },
  ]
}

const allow = (then: string): Offer => ({
  label: 'Allow new devices',
  title: 'Allow new devices?',
  done: 'New devices are allowed',
  will: `Devices may join this key again, up to its limit. ${then}`,
  deed: { kind: 'allow-devices' },
})

const isFull = ({ devices, limits }: FixKey) => limits.activations.limit !== null && devices >= limits.activations.limit

/** Room for one more device, with what the next attempt comes to. */
function room(key: FixKey, then: string): Offer[] {
  if (!isFull(key)) return key.newDevicesBlocked ? [allow(then)] : []
  const whenFreed = key.newDevicesBlocked ? 'New devices stay blocked, so nothing else can join yet.' : then
  return [...free(key, whenFreed), ...raise(key, then)]
}

const isIdle = ({ idlest }: FixKey, now: Date) =>
  idlest !== null && now.getTime() - (idlest.seenAt ?? idlest.createdAt).getTime() > IDLE_DAYS * 86_400_000

/** Every refusal there is; the order is that of the checks. */
const fixes = {
  NOT_FOUND: () => [],
  REPLACED: (key) => [
    {
      label: 'Mail the current key',
      title: 'Mail the current key?',
      done: `The key is on its way to ${key.email}`,
      will: `It goes to ${key.email} with its activation instructions. Nothing else changes.`,
      deed: { kind: 'mail-key' },
    },
  ],
  REVOKED: (key) => {
    const ofPurchase = key.revokedFor.some((reason) => reason !== 'by_hand')
    if (!ofPurchase)
      return [
        {
          label: 'Restore the key',
          title: 'Restore this key?',
          done: 'Key restored',
          will: worksAgain(key),
          deed: { kind: 'restore' },
        },
      ]
    return [
      {
        label: 'Keep it anyway',
        title: 'Keep this key in spite of its purchase?',
        done: 'Key held and restored',
        will: `${worksAgain(key)} It is shown as held: whatever happens to its purchase, only a person ends it.`,
        deed: { kind: 'hold' },
      },
      ...(key.purchaseId ? [open('See the purchase', 'purchase')] : []),
    ]
  },
  DISABLED: (key) => [
    {
      label: 'Enable the key',
      title: 'Enable this key?',
      done: 'Key enabled',
      will: worksAgain(key),
      deed: { kind: 'enable' },
    },
  ],
  EXPIRED: extensions,
  PRODUCT_MISMATCH: (key) => [
    ...(key.otherProduct
      ? [
          {
            label: `Change it to ${key.otherProduct.name}`,
            title: `Change the product to ${key.otherProduct.name}?`,
            done: `This key is for ${key.otherProduct.name} now`,
            will: 'Software that asks for that product finds it good. Software that asks for the one it was for until now no longer does.',
            deed: { kind: 'set-product' as const, productId: key.otherProduct.id },
          },
        ]
      : []),
    open('Change the product', 'edit'),
  ],
  CONFIGURATION_MISMATCH: () => [open('Check the program', 'integrate')],
  CUSTOMER_MISMATCH: () => [],
  ACTIVATION_REQUIRED: () => [open('Check the program', 'integrate'), open('Edit the configuration', 'configuration')],
  ACTIVATIONS_OFF: () => [open('Allow activations', 'edit')],
  ACTIVATION_NOT_FOUND: (key, told) => [
    ...room(key, `Then ${asking(told)} can be activated again.`),
    ...(key.devices > 0 ? [open('See its devices', 'devices')] : []),
  ],
  CONDITIONS_MISMATCH: (key) => [
    ...(key.refusedDevice
      ? [
          {
            label: `Free “${key.refusedDevice.label}”`,
            title: `Free the slot of “${key.refusedDevice.label}”?`,
            done: `“${key.refusedDevice.label}” freed`,
            will: 'It has to be activated again, and is then bound to what it sends now.',
            deed: { kind: 'free' as const, activationId: key.refusedDevice.id },
          },
        ]
      : []),
    open('Check the program', 'integrate'),
  ],
  ENTITLEMENT_MISSING: () => [open('Edit the configuration', 'configuration')],
  USAGE_LIMIT_REACHED: (key, { looked }) => {
    const { limit } = key.limits.usage
    if (limit === null) return []
    const to = Math.max(limit, key.usage) + Math.max(Math.ceil(limit / 10), looked.increment ?? 1)
    return [
      {
        label: `Raise limit to ${to.toLocaleString('en')}`,
        title: `Raise the usage limit to ${to.toLocaleString('en')}?`,
        done: `This key now has ${count(to, 'use')}`,
        will: `${count(to - key.usage, 'use')} can be spent then. Only this key changes; others of ${key.configuration.name} keep their limit.`,
        deed: { kind: 'raise-usage', to },
      },
      {
        label: 'Count from zero',
        title: 'Count its uses from zero?',
        done: 'Its uses count from zero',
        will: `The ${count(key.usage, 'use')} that ${key.usage === 1 ? 'is' : 'are'} counted ${looked.usageResetsAt ? `until ${endInShort(new Date(looked.usageResetsAt), key.timeZone)} ` : ''}are forgotten, so ${count(limit, 'use')} can be spent.`,
        deed: { kind: 'reset-usage' },
      },
    ]
  },
  NEW_DEVICES_BLOCKED: (key, told) => [
    isFull(key)
      ? allow('All of its slots are taken, so one has to be freed, too.')
      : allow(`The next attempt of ${asking(told)} will succeed.`),
  ],
  ACTIVATION_LIMIT_REACHED: (key, told, now) => {
    const then = `The next attempt of ${asking(told)} will succeed.`
    const [freed, raised] = [free(key, key.newDevicesBlocked ? 'New devices stay blocked.' : then), raise(key, then)]
    return [...(isIdle(key, now) ? [...freed, ...raised] : [...raised, ...freed]), open('Free a device', 'devices')]
  },
} as const satisfies Record<RefusalCode, (key: FixKey, told: Told, now: Date) => Offer[]>

const supportDeeds: readonly Deed['kind'][] = ['enable', 'extend', 'free', 'raise-limit', 'allow-devices', 'mail-key']
const supportPlaces: readonly Place[] = ['edit', 'devices', 'integrate', 'purchase']
const SHORTEST = { day: 1, month: 28, year: 365 } as const satisfies Record<DurationUnit, number>

/** What of it support may do by itself; `given`: the devices of the configuration. What goes too far all the same is refused. */
export const offersOfSupport = (offers: Offer[], bounds: SupportBounds, given: number | null): Offer[] =>
  offers.filter((offer) => {
    if ('place' in offer) return supportPlaces.includes(offer.place)
    const { deed } = offer
    if (deed.kind === 'extend') return deed.count * SHORTEST[deed.unit] <= bounds.extendDays
    if (deed.kind === 'raise-limit')
      return bounds.moreDevices > 0 && given !== null && deed.to <= given + bounds.moreDevices
    return supportDeeds.includes(deed.kind)
  })

/** What helps, the likeliest first. */
export const offersFor = (key: FixKey, told: Told, now: Date): Offer[] =>
  Object.hasOwn(fixes, told.code)
    ? (fixes[told.code as RefusalCode] as (key: FixKey, told: Told, now: Date) => Offer[])(key, told, now)
    : []
