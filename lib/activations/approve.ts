import '#server-only'
import { z } from 'zod'
import type { Customer } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { tidyLabel } from '../base/text.ts'
import { customerSettingsOf, usualSettings } from '../customers/settings.ts'
import { ask } from '../database/batches.ts'
import { prisma } from '../database/client.ts'
import { integer, maybe, moment, prismaSelect, rowReader, tableOf } from '../database/columns.ts'
import { openKeyString } from '../key-strings/string.ts'
import { type Alongside, activateFor } from '../license-calls/calls.ts'
import { decideActivation } from '../license-calls/rules.ts'
import { ownedBy } from '../license-keys/commands.ts'
import { configurationColumns } from '../license-keys/queries.ts'
import { factsOf, keyTable } from '../license-keys/row.ts'
import { seal, unseal } from '../secrets/secrets.ts'
import { releasesOf, TooManyReleases } from './commands.ts'
import { type DeviceRequest, readRequest } from './device-requests.ts'
import { whyNotRelease, YEAR_MS } from './rules.ts'

// Whoever typed the code of software that asks for a key chooses one of theirs. The activation, the request's end and a place that is
// given up for it are one transaction of the activation itself.

/** So many keys may be chosen from, the newest first. */
export const KEYS_SHOWN = 50

// ---------------------------------------------------------------- who knew the code

const Known = z.object({ r: z.uuid(), u: z.uuid() })

/** Proves that this person typed the code of a request, for the address of the page that asks them. */
export const sealRequest = ({ userId }: Customer, requestId: string): string =>
  Buffer.from(seal('device-ask', JSON.stringify({ r: requestId, u: userId }))).toString('base64url')

/** The request that somebody typed the code of; null when it is none of theirs, or was over and nobody decided. */
export async function openRequest({ userId }: Customer, sealed: string, now: Date): Promise<DeviceRequest | null> {
  const known = sealedRequest(sealed)
  if (!known || known.u !== userId) return null
  const request = await readRequest(known.r)
  if (!request) return null
  if (request.state !== 'open') return request.userId === userId ? request : null
  return request.expiresAt > now ? request : null
}

function sealedRequest(sealed: string): z.infer<typeof Known> | null {
  if (sealed.length > 1_000) return null
  try {
    return Known.parse(JSON.parse(unseal('device-ask', Buffer.from(sealed, 'base64url'))))
  } catch {
    return null
  }
}

// ---------------------------------------------------------------- the keys to choose from

const choiceColumns = {
  ...prismaSelect(keyTable),
  customerId: true,
  product: { select: { name: true } },
  keyConfiguration: { select: { ...configurationColumns, customerMayReplace: true } },
  activations: {
    where: { deactivatedAt: null },
    select: {
      ...{ id: true, label: true, fingerprint: true, conditions: true, meta: true },
      ...{ lastValidatedAt: true, createdAt: true },
    },
    orderBy: { createdAt: 'asc' },
  },
} as const

/** How a key stands for a device that asks: it takes it, has to give up another one's place, or does not. */
export type KeyChoice = {
  id: string
  name: string
  lastCharacters: string
  used: number
  limit: number | null
  devices: { id: string; label: string; meta: Record<string, unknown>; lastValidatedAt: Date | null; createdAt: Date }[]
} & (
  | { do: 'free' | 'choose' }
  | { do: 'no'; why: 'ended' | 'blocked' | 'full' }
  | { do: 'wait'; limitOf: NonNullable<ReturnType<typeof whyNotRelease>> }
)

const ofRequest = ({ organizationId, productId, keyConfigurationId }: DeviceRequest) => ({
  organizationId,
  ...(productId && { OR: [{ productId }, { formerIds: { has: productId } }] }),
  ...(keyConfigurationId && {
    AND: [{ OR: [{ keyConfigurationId }, { formerIds: { has: keyConfigurationId } }] }],
  }),
})

/** The customer's keys that may be chosen for a request, those with room first; and how many there are in all. */
export async function keysFor(
  customer: Customer,
  request: DeviceRequest,
  now: Date,
): Promise<{ keys: KeyChoice[]; total: number }> {
  const where = { ...ownedBy(customer), ...ofRequest(request) }
  const [rows, total, settings] = await Promise.all([
    prisma.licenseKey.findMany({
      ...{ where, select: choiceColumns, take: KEYS_SHOWN },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    }),
    prisma.licenseKey.count({ where }),
    customerSettingsOf(request.organizationId),
  ])
  const keys = await Promise.all(
    rows.map(async (key): Promise<KeyChoice> => {
      const facts = factsOf(key, key.keyConfiguration)
      const devices = key.activations.map(({ meta, ...device }) => ({
        ...device,
        meta: meta as Record<string, unknown>,
        conditions: device.conditions as Record<string, never>,
      }))
      const shown = {
        ...{ id: key.id, name: key.product?.name ?? key.keyConfiguration.name, lastCharacters: key.lastCharacters },
        ...{ used: devices.length, limit: facts.limits.activations.limit, devices },
      }
      const asked = { fingerprint: request.fingerprint, replaceActivationId: null, mayReplace: true }
      const decision = decideActivation(facts, devices, { ...asked, lostActivationId: null }, now)
      if (decision.do !== 'refuse') return { ...shown, do: 'free' }
      const { code } = decision.verdict
      if (code !== 'ACTIVATION_LIMIT_REACHED')
        return { ...shown, do: 'no', why: code === 'NEW_DEVICES_BLOCKED' ? 'blocked' : 'ended' }
      if (!key.keyConfiguration.customerMayReplace) return { ...shown, do: 'no', why: 'full' }
      const why = whyNotRelease(await releasesOf(prisma, key.id, now), settings, now)
      return why ? { ...shown, do: 'wait', limitOf: why } : { ...shown, do: 'choose' }
    }),
  )
  const order = { free: 0, choose: 1, wait: 2, no: 3 }
  return { keys: keys.toSorted((a, b) => order[a.do] - order[b.do]), total }
}

// ---------------------------------------------------------------- yes or no

/** What somebody decides on; with `activationId` that device gives up its place. */
export type Approval = { licenseKeyId: string; activationId: string | null; label: string }

const gone = () => new Refusal('NOT_FOUND', 'This request is over. Start again in the software.', 'request')

/** Activates the device that asks with one of the customer's keys, by the rules of every activation. Of two who approve at once one is too late. */
export async function approveRequest(
  customer: Customer,
  request: DeviceRequest,
  { licenseKeyId, activationId, label }: Approval,
  now: Date,
): Promise<{ label: string }> {
  const key = await prisma.licenseKey.findFirst({
    where: { id: licenseKeyId, ...ownedBy(customer), ...ofRequest(request) },
    select: { customerId: true, keyCipher: true, keyConfiguration: { select: { customerMayReplace: true } } },
  })
  if (!key) throw notFound('license key')
  if (activationId && !key.keyConfiguration.customerMayReplace)
    throw new Refusal('FORBIDDEN', 'Only the seller can free a place of this key.')
  const name = tidyLabel(label)
  const { verdict } = await activateFor(
    customer,
    {
      ...{ key: openKeyString(key.keyCipher), organization_id: request.organizationId, label: name },
      ...{ fingerprint: request.fingerprint, conditions: request.conditions, meta: request.meta },
      replace_activation_id: activationId,
    },
    now,
    alongside(customer, request, { customerId: key.customerId, activationId }, now),
  )
  if (!verdict.valid) throw new Refusal('CONFLICT', verdict.detail, 'choice')
  return { label: name }
}

function alongside(
  { userId }: Customer,
  { id }: DeviceRequest,
  { customerId, activationId }: { customerId: string; activationId: string | null },
  now: Date,
): Alongside {
  return {
    async before(client, { row: key }) {
      // It was handed to somebody else a moment ago.
      if (key.customerId !== customerId) return notFound('license key')
      const open = await ask(client, LOCK_OPEN, [id, now])
      if (open.length === 0) return gone()
      if (!activationId) return null
      const [settings] = await ask(client, SETTINGS, [key.organizationId])
      const released = await ask(client, RELEASES, [key.id, new Date(now.getTime() - YEAR_MS)])
      const why = whyNotRelease(
        released.map((row) => readRelease(row, 0).releasedAt),
        settings ? readSettings(settings, 0) : usualSettings,
        now,
      )
      return why && new TooManyReleases(why)
    },
    async after(client, { verdict, key, activation }) {
      if (!verdict.valid || !key || !activation) return
      await ask(client, APPROVE, [id, now, userId, activation.id])
      if (activationId) await ask(client, RELEASE, [newId(now), key.id, activationId, now])
    },
  }
}

const LOCK_OPEN = {
  name: 'device_request_lock',
  text: `SELECT 1 FROM device_requests WHERE id = $1::uuid AND state = 'open' AND expires_at > $2::timestamptz FOR UPDATE`,
}

const APPROVE = {
  name: 'device_request_approve',
  text: `UPDATE device_requests SET state = 'approved', decided_at = $2::timestamptz, user_id = $3::uuid, activation_id = $4::uuid
    WHERE id = $1::uuid`,
}

const readSettings = rowReader(tableOf('s', { cooldownHours: integer, releasesAYear: maybe(integer) }))
const SETTINGS = {
  name: 'device_request_settings',
  text: `SELECT s.cooldown_hours, s.releases_a_year FROM customer_settings s WHERE s.organization_id = $1::uuid`,
}

const readRelease = rowReader(tableOf('r', { releasedAt: moment }))
const RELEASES = {
  name: 'device_request_releases',
  text: `SELECT r.released_at FROM device_releases r WHERE r.license_key_id = $1::uuid AND r.released_at > $2::timestamptz`,
}

// A device that was known already freed nobody's place.
const RELEASE = {
  name: 'device_request_release',
  text: `INSERT INTO device_releases (id, organization_id, license_key_id, activation_id, released_at)
    SELECT $1::uuid, a.organization_id, a.license_key_id, a.id, $4::timestamptz FROM activations a
    WHERE a.id = $3::uuid AND a.license_key_id = $2::uuid AND a.deactivated_at = $4::timestamptz`,
}

/** Says no to software that asks. Twice is no error; what was approved stays so. */
export async function denyRequest({ userId }: Customer, { id }: DeviceRequest, now: Date): Promise<void> {
  const { count } = await prisma.deviceRequest.updateMany({
    where: { id, state: 'open', expiresAt: { gt: now } },
    data: { state: 'denied', decidedAt: now, userId },
  })
  if (count > 0) return
  const request = await readRequest(id)
  if (request?.state !== 'denied') throw gone()
}
