// What software was told no for lately: some of each cause, with what the rule looked at, as the server would have kept it.

import type { RefusalCode } from '#lib/license-keys/refusals.ts'
import type { LookedAt } from '#lib/refusals/plain.ts'
import { dedicatedKeys } from './companies.ts'
import type { ActivationRow, KeyRow, Scene } from './scene.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type Verb = 'validate' | 'activate'
type Refused = {
  key: KeyRow | null
  code: RefusalCode
  verb: Verb
  /** The active device that asks, where one does. */
  device?: ActivationRow | undefined
  named?: string
  asked?: LookedAt['asked']
  looked: LookedAt['looked']
  said: string
  /** Minutes ago, the first time and the last, and how often. */
  since: number
  last: number
  times: number
}

/** Adds refused calls of each cause to the scene. */
export function addRefusals(scene: Scene): void {
  for (const refused of [...refusedDevices(scene), ...madeUp(scene)]) add(scene, refused)
}

function add(scene: Scene, { key, code, verb, device, named, asked = {}, looked, said, since, last, times }: Refused) {
  const { organizationId, now, random } = scene
  const lastAt = new Date(now.getTime() - last * MINUTE)
  const firstAt = new Date(Math.max(now.getTime() - since * MINUTE, key?.createdAt.getTime() ?? 0))
  const subject = key?.id ?? `••••${random.hex(6).toUpperCase()}`
  const row = {
    ...{ organizationId, subject, licenseKeyId: key?.id ?? null, code, verb },
    device: device?.id ?? named ?? '',
    label: verb === 'activate' ? (named ?? null) : null,
    address: `${random.pick(['192.0.2.', '198.51.100.', '203.0.113.'])}${random.int(2, 250)}`,
    lookedAt: { said, asked: { ...(device && { activation_id: device.id }), ...asked }, looked },
  }
  // Spread over the hours in between, the first and the last among them.
  const perHour = new Map<number, { count: number; first: number; last: number }>()
  for (let i = 0; i < times; i++) {
    const share = times === 1 ? 1 : i / (times - 1)
    const at = firstAt.getTime() + share * (lastAt.getTime() - firstAt.getTime())
    const hour = Math.floor(at / HOUR) * HOUR
    const seen = perHour.get(hour) ?? { count: 0, first: at, last: at }
    perHour.set(hour, { count: seen.count + 1, first: seen.first, last: at })
  }
  for (const [hour, { count, first, last: end }] of perHour) {
    scene.refusals.push({
      ...{ ...row, count, hour: new Date(hour), firstAt: new Date(first), lastAt: new Date(end) },
    })
    if (key && verb === 'validate') countDay(scene, key.id, code, new Date(end), count)
  }
  scene.troubles.push({ ...row, count: times, since: firstAt, lastAt })
}

function countDay(
  { organizationId, refusalDays }: Scene,
  licenseKeyId: string,
  code: string,
  lastAt: Date,
  count: number,
) {
  const day = new Date(`${lastAt.toISOString().slice(0, 10)}T00:00:00Z`)
  const known = refusalDays.find(
    (each) => each.licenseKeyId === licenseKeyId && each.code === code && Number(each.day) === day.getTime(),
  )
  if (!known) refusalDays.push({ organizationId, licenseKeyId, code, day, count, lastAt })
  else Object.assign(known, { count: known.count + count, lastAt })
}

/** Devices that were refused, as the history has them. */
function refusedDevices(scene: Scene): Refused[] {
  const { now, keys, events } = scene
  const refused = events.filter(
    ({ type, at }) => type === 'activation.refused' && at instanceof Date && now.getTime() - at.getTime() < 7 * DAY,
  )
  const kinds = Map.groupBy(refused, ({ licenseKeyId, data }) => `${licenseKeyId} ${JSON.stringify(data)}`)
  return [...kinds.values()].flatMap((some): Refused[] => {
    const key = keys.find(({ id }) => id === some[0]?.licenseKeyId)
    const { label, code } = (some[0]?.data ?? {}) as { label: string; code: RefusalCode }
    if (!key) return []
    const devices = liveOf(scene, key).length
    const minutes = some.map(({ at }) => (now.getTime() - (at as Date).getTime()) / MINUTE)
    return [
      {
        ...{ key, code, verb: 'activate', named: label, asked: { label } },
        looked: { devices, deviceLimit: limitOf(scene, key), newDevicesBlocked: key.newDevicesBlocked ?? false },
        said: `All ${devices} devices of this license key are in use. Deactivate one first.`,
        ...{ since: Math.max(...minutes), last: Math.min(...minutes), times: some.length },
      },
    ]
  })
}

const liveOf = ({ activations }: Scene, key: KeyRow) =>
  activations.filter(({ licenseKeyId, deactivatedAt }) => licenseKeyId === key.id && !deactivatedAt)

const configurationOf = ({ configurations }: Scene, key: KeyRow) =>
  configurations.find(({ id }) => id === key.keyConfigurationId)

const limitOf = (scene: Scene, key: KeyRow) =>
  key.activationLimitOverride ?? configurationOf(scene, key)?.activationLimit ?? null

/** One or a few of each other cause. */
function madeUp(scene: Scene): Refused[] {
  const { now, keys, purchases, configurations, products, customers, random } = scene
  const untouched = new Set<string | undefined>(Object.values(dedicatedKeys).map(({ reference }) => reference))
  const spoken = new Set<string>(
    scene.events.flatMap(({ type, licenseKeyId }) =>
      type === 'activation.refused' && licenseKeyId ? [licenseKeyId] : [],
    ),
  )
  const isFree = ({ id, purchaseId }: KeyRow) =>
    !spoken.has(id) && !untouched.has(purchases.find((purchase) => purchase.id === purchaseId)?.reference)
  const take = (test: (key: KeyRow, devices: ActivationRow[]) => boolean, most = 1) => {
    const found = keys.filter((key) => isFree(key) && test(key, liveOf(scene, key))).slice(0, most)
    for (const { id } of found) spoken.add(id)
    return found
  }
  const ended = ({ status = 'granted', expiresAt }: KeyRow) =>
    status === 'granted' && expiresAt !== null && expiresAt.getTime() < now.getTime() - 15 * DAY
  const good = ({ status = 'granted', expiresAt }: KeyRow) =>
    status === 'granted' && (expiresAt === null || expiresAt.getTime() > now.getTime() + 20 * DAY)
  // Asked after it was last told yes, or it would count as solved.
  const quiet = ({ lastValidatedAt }: ActivationRow) =>
    !(lastValidatedAt instanceof Date) || now.getTime() - lastValidatedAt.getTime() > HOUR
  const some = (devices: ActivationRow[]) => devices.find(quiet)
  const times = (since: number) => ({ since, last: random.int(2, 50), times: random.int(3, 40) })
  const refused: Refused[] = []

  for (const key of take((each, devices) => ended(each) && devices.length > 0, 3))
    refused.push({
      ...{
        key,
        code: 'EXPIRED',
        verb: 'validate',
        device: liveOf(scene, key)[0],
        said: 'This license key has expired.',
      },
      looked: {
        expiresAt: key.expiresAt?.toISOString() ?? null,
        graceDays: configurationOf(scene, key)?.graceDays ?? 0,
      },
      ...times(random.int(1, 5) * 1_440),
    })
  for (const key of take(({ status }, devices) => status === 'disabled' && devices.length > 0, 2))
    refused.push({
      ...{ key, code: 'DISABLED', verb: 'validate', device: liveOf(scene, key)[0] },
      ...{ looked: { status: 'disabled' }, said: 'This license key is switched off. Ask the seller.', ...times(2_880) },
    })
  for (const key of take(({ status }) => status === 'revoked', 2))
    refused.push({
      ...{ key, code: 'REVOKED', verb: 'validate', device: liveOf(scene, key)[0] },
      ...{ looked: { status: 'revoked' }, said: 'This license key has been revoked.', ...times(4_000) },
    })

  const withDevice = (each: KeyRow, devices: ActivationRow[]) => good(each) && some(devices) !== undefined
  const one = (
    code: RefusalCode,
    said: string,
    of: (key: KeyRow, device: ActivationRow) => Partial<Refused>,
    test = withDevice,
  ) => {
    for (const key of take(test)) {
      const device = some(liveOf(scene, key))
      if (!device) continue
      refused.push({ key, code, said, verb: 'validate', device, looked: {}, ...times(300), ...of(key, device) })
    }
  }
  one(
    'CONDITIONS_MISMATCH',
    'The conditions differ from those this device was activated with.',
    (_, device) => {
      const askedConditions = { major_version: 5 }
      const deviceConditions = device.conditions as { major_version: number }
      return { asked: { conditions: askedConditions }, looked: { askedConditions, deviceConditions } }
    },
    (each, devices) => withDevice(each, devices) && Object.keys((some(devices)?.conditions ?? {}) as object).length > 0,
  )
  one(
    'ENTITLEMENT_MISSING',
    'This license key does not include style-guides.',
    (key) => ({
      asked: { entitlements: ['style-guides'] },
      looked: {
        askedEntitlements: ['style-guides'],
        entitlements: (configurationOf(scene, key)?.entitlements ?? []) as string[],
      },
    }),
    (each, devices) =>
      withDevice(each, devices) &&
      !((configurationOf(scene, each)?.entitlements ?? []) as string[]).includes('style-guides'),
  )
  one('PRODUCT_MISMATCH', 'This license key is for another product.', (key) => {
    const other = products.find(({ id }) => id !== key.productId)?.id ?? null
    return {
      asked: other ? { product_id: other } : {},
      looked: { askedProductId: other, productId: key.productId ?? null },
    }
  })
  one('CONFIGURATION_MISMATCH', 'This license key is of another kind.', (key) => {
    const other = configurations.find(({ id }) => id !== key.keyConfigurationId)?.id ?? ''
    return {
      asked: { benefit_id: other },
      looked: { askedConfigurationId: other, keyConfigurationId: key.keyConfigurationId },
    }
  })
  one('CUSTOMER_MISMATCH', 'This license key belongs to another customer.', (key) => {
    const other = [...customers.values()].find(({ id }) => id !== key.customerId)?.id ?? ''
    return { asked: { customer_id: other }, looked: { askedCustomerId: other, customerId: key.customerId } }
  })
  one('REPLACED', 'This license key was replaced by a new one. Use the one in the latest mail.', () => ({
    looked: {
      rotatedAt: new Date(now.getTime() - 9 * DAY).toISOString(),
      validUntil: new Date(now.getTime() - 2 * DAY).toISOString(),
    },
  }))
  for (const key of take((each) => good(each) && configurationOf(scene, each)?.activationRequired === true))
    refused.push({
      ...{
        key,
        code: 'ACTIVATION_REQUIRED',
        verb: 'validate',
        said: 'Activate this license key on this device first.',
      },
      ...{ looked: { activationRequired: true, namesDevice: false }, ...times(200) },
    })
  const gone = scene.activations.find(
    ({ licenseKeyId, deactivatedAt }) =>
      deactivatedAt && keys.some((key) => key.id === licenseKeyId && isFree(key) && good(key)),
  )
  const itsKey = keys.find(({ id }) => id === gone?.licenseKeyId)
  if (gone && itsKey) {
    spoken.add(itsKey.id)
    refused.push({
      ...{ key: itsKey, code: 'ACTIVATION_NOT_FOUND', verb: 'validate', device: gone },
      looked: { activationId: gone.id, fingerprint: null, namesDevice: true, isKnown: false },
      ...{ said: 'This device is not activated for this license key.', ...times(900) },
    })
  }
  for (const key of take((each) => good(each) && configurationOf(scene, each)?.activationsMode === 'off'))
    refused.push({
      ...{ key, code: 'ACTIVATIONS_OFF', verb: 'activate', named: 'render-node-3', asked: { label: 'render-node-3' } },
      looked: { activationsMode: 'off' },
      ...{ said: 'This license key needs no activation: validate it without one.', ...times(90) },
    })
  for (const key of take((each) => good(each) && each.newDevicesBlocked === true))
    refused.push({
      ...{ key, code: 'NEW_DEVICES_BLOCKED', verb: 'activate', named: 'MacBook Neo', asked: { label: 'MacBook Neo' } },
      looked: { newDevicesBlocked: true, devices: liveOf(scene, key).length },
      ...{ said: 'This license key takes no new devices. Ask the seller.', ...times(400) },
    })
  const nextMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)).toISOString()
  const usageLimit = (key: KeyRow) =>
    key.usageOverridden ? key.usageLimitOverride : (configurationOf(scene, key)?.usageLimit ?? null)
  for (const key of take((each) => good(each) && (usageLimit(each) ?? Infinity) <= (each.usage ?? 0)))
    refused.push({
      ...{ key, code: 'USAGE_LIMIT_REACHED', verb: 'validate', asked: { increment_usage: 1 } },
      looked: { usage: key.usage ?? 0, usageLimit: usageLimit(key) ?? null, increment: 1, usageResetsAt: nextMonth },
      ...{ said: 'This license key has no uses left.', ...times(700) },
    })
  refused.push({
    ...{ key: null, code: 'NOT_FOUND', verb: 'validate', looked: { mistyped: true } },
    ...{
      said: 'This license key has a typing mistake. Compare it with the mail it came in.',
      since: 80,
      last: 12,
      times: 4,
    },
  })
  return refused
}
