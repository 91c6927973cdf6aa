import '#server-only'
import type { Customer } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { tidyLabel } from '../base/text.ts'
import { customerSettingsOf } from '../customers/settings.ts'
import { prisma, type Tx } from '../database/client.ts'
import { prismaSelect } from '../database/columns.ts'
import { record } from '../events/commands.ts'
import { decideActivation } from '../license-calls/rules.ts'
import { lockKey, ownedBy } from '../license-keys/commands.ts'
import { configurationColumns } from '../license-keys/queries.ts'
import { factsOf, keyTable } from '../license-keys/row.ts'
import type { DeviceAsk } from './ask.ts'
import { countRelease, releasesOf } from './commands.ts'
import { releasesLeft, whyNotRelease } from './rules.ts'

/** So long the new device waits for its software to ask again, where no fingerprint says that it is the same. */
const AWAITED_MS = 30 * 60_000

const askColumns = {
  ...prismaSelect(keyTable),
  organizationId: true,
  customerId: true,
  product: { select: { name: true } },
  organization: { select: { timeZone: true } },
  keyConfiguration: { select: { ...configurationColumns, customerMayReplace: true } },
  activations: {
    where: { deactivatedAt: null },
    select: {
      ...{ id: true, label: true, fingerprint: true, conditions: true, meta: true, awaitedUntil: true },
      ...{ lastValidatedAt: true, createdAt: true },
    },
    orderBy: { createdAt: 'asc' },
  },
} as const

async function readKey(tx: Tx, customer: Customer, licenseKeyId: string) {
  const key = await tx.licenseKey.findFirst({ where: { id: licenseKeyId, ...ownedBy(customer) }, select: askColumns })
  if (!key) throw notFound('license key')
  return key
}
type AskedKey = Awaited<ReturnType<typeof readKey>>

/** How a device stands that asks for a place: it has one, there is room, or one has to be given up, which may not be allowed. */
export type AskState =
  | { do: 'there' | 'free' | 'no' | 'forbidden' }
  | { do: 'choose'; left: number | null }
  | { do: 'wait'; limit: NonNullable<ReturnType<typeof whyNotRelease>> }

const isThere = ({ activations }: AskedKey, { fingerprint, label }: DeviceAsk, now: Date): boolean =>
  activations.some((device) =>
    fingerprint === null
      ? device.label === tidyLabel(label) && device.awaitedUntil !== null && device.awaitedUntil > now
      : device.fingerprint === fingerprint,
  )

/** The devices of a key for whose place another one asks, and what its owner may do. NOT_FOUND when the key is somebody else's. */
export async function getAsk(customer: Customer, ask: DeviceAsk, now: Date) {
  const key = await readKey(prisma, customer, ask.licenseKeyId)
  const [released, settings] = await Promise.all([
    releasesOf(prisma, key.id, now),
    customerSettingsOf(key.organizationId),
  ])
  const facts = factsOf(key, key.keyConfiguration)
  const { limit } = facts.limits.activations
  const stateOf = (): AskState => {
    if (isThere(key, ask, now)) return { do: 'there' }
    const decision = decide(key, ask, null, now)
    if (decision.do !== 'refuse') return { do: 'free' }
    if (decision.verdict.code !== 'ACTIVATION_LIMIT_REACHED') return { do: 'no' }
    if (!key.keyConfiguration.customerMayReplace) return { do: 'forbidden' }
    const why = whyNotRelease(released, settings, now)
    return why ? { do: 'wait', limit: why } : { do: 'choose', left: releasesLeft(released, settings, now) }
  }
  return {
    ...{ organizationId: key.organizationId, timeZone: key.organization.timeZone },
    name: key.product?.name ?? key.keyConfiguration.name,
    limit,
    state: stateOf(),
    activations: key.activations.map(({ meta, ...device }) => ({ ...device, meta: meta as Record<string, unknown> })),
  }
}

function decide(key: AskedKey, ask: DeviceAsk, replaceActivationId: string | null, now: Date) {
  const devices = key.activations.map((device) => ({
    ...device,
    conditions: device.conditions as Record<string, never>,
  }))
  const facts = factsOf(key, key.keyConfiguration)
  return decideActivation(
    facts,
    devices,
    { fingerprint: ask.fingerprint, replaceActivationId, mayReplace: true, lostActivationId: null },
    now,
  )
}

/**
 * Gives the place of one device to the one that asks, in one step, by the rules of every activation. Doing it twice is no error. The software
 * is given it when it asks again: by its fingerprint, else by its name.
 */
export async function replaceDevice(
  customer: Customer,
  ask: DeviceAsk,
  activationId: string,
  now: Date,
): Promise<{ label: string }> {
  const label = tidyLabel(ask.label)
  return prisma.$transaction(async (tx) => {
    await readKey(tx, customer, ask.licenseKeyId)
    await lockKey(tx, ask.licenseKeyId)
    const key = await readKey(tx, customer, ask.licenseKeyId)
    if (isThere(key, ask, now)) return { label }
    if (!key.keyConfiguration.customerMayReplace)
      throw new Refusal('FORBIDDEN', 'Only the seller can free a place of this key.')
    const old = key.activations.find(({ id }) => id === activationId)
    if (!old) throw notFound('device')
    const decision = decide(key, ask, old.id, now)
    if (decision.do === 'refuse') throw new Refusal('CONFLICT', decision.verdict.detail, 'key')
    const { id: licenseKeyId, organizationId, customerId } = key
    await countRelease(tx, { id: old.id, licenseKeyId, organizationId }, now)
    const about = { organizationId, licenseKeyId, customerId }
    await tx.activation.update({ where: { id: old.id }, data: { deactivatedAt: now } })
    await record(tx, customer, now, {
      ...{ type: 'activation.deactivated', ...about, activationId: old.id },
      data: { label: old.label, replacedBy: label },
    })
    const id = newId(now)
    const awaitedUntil = ask.fingerprint === null ? new Date(now.getTime() + AWAITED_MS) : null
    await tx.activation.create({
      data: { id, organizationId, licenseKeyId, label, fingerprint: ask.fingerprint, createdAt: now, awaitedUntil },
    })
    await record(tx, customer, now, {
      ...{ type: 'activation.created', ...about, activationId: id, data: { label, replaced: old.label } },
    })
    return { label }
  })
}
