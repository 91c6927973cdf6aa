import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { isId } from '../base/ids.ts'
import { prisma } from '../database/client.ts'
import { stoppedBy } from '../license-keys/list.ts'
import { keyColumns, summary } from '../license-keys/queries.ts'
import { factsOf } from '../license-keys/row.ts'
import { usageNow } from '../license-keys/rules.ts'
import { isBounded, supportBoundsOf } from '../license-keys/support.ts'
import { type FixKey, type Offer, offersFor, offersOfSupport } from './fixes.ts'
import type { LookedAt } from './plain.ts'
import { customerSentence, supportSentence, type Told } from './sentences.ts'

// What a refusal means in words and what helps, with all that those name: read for many refusals at once.

/** A refusal that help is asked for. */
export type Refused = {
  code: string
  licenseKeyId: string | null
  device: string
  label: string | null
  /** null: nobody asked, but whoever does is refused. */
  lookedAt: LookedAt | null
  isFixed: boolean
}

/** What is said of it, and what helps. */
export type Help = { support: string; customer: string; offers: Offer[]; deviceName: string | null }

/** The keys, devices and names that refusals are about. */
export async function surroundingsOf(
  merchant: Merchant,
  refused: Pick<Refused, 'licenseKeyId' | 'device' | 'lookedAt'>[],
  now: Date,
) {
  const { organizationId } = merchant
  const ids = [...new Set(refused.flatMap(({ licenseKeyId }) => licenseKeyId ?? []))]
  const devices = [...new Set(refused.map(({ device }) => device).filter((device) => device !== ''))]
  const asked = refused.flatMap(({ lookedAt }) =>
    ['askedProductId', 'productId', 'askedConfigurationId', 'keyConfigurationId', 'askedCustomerId'].flatMap((name) => {
      const id = (lookedAt?.looked as Record<string, unknown> | undefined)?.[name]
      return typeof id === 'string' && isId(id) ? [id] : []
    }),
  )
  const named = { organizationId, id: { in: [...new Set(asked)] } }
  const [rows, live, refusedDevices, stopped, products, configurations, customers] = await Promise.all([
    prisma.licenseKey.findMany({ where: { organizationId, id: { in: ids } }, select: keyColumns }),
    prisma.$queryRaw<
      { licenseKeyId: string; devices: number; id: string; label: string; seenAt: Date | null; createdAt: Date }[]
    >`
      SELECT DISTINCT ON (a.license_key_id) a.license_key_id AS "licenseKeyId", a.id, a.label, a.last_validated_at AS "seenAt",
        a.created_at AS "createdAt", (count(*) OVER (PARTITION BY a.license_key_id))::int AS devices
      FROM activations a WHERE a.organization_id = ${organizationId}::uuid AND a.license_key_id = ANY(${ids}::uuid[])
        AND a.deactivated_at IS NULL
      ORDER BY a.license_key_id, COALESCE(a.last_validated_at, a.created_at), a.id`,
    prisma.activation.findMany({
      where: {
        ...{ organizationId, licenseKeyId: { in: ids } },
        OR: [{ id: { in: devices.filter(isId) } }, { fingerprint: { in: devices } }],
      },
      select: { id: true, licenseKeyId: true, label: true, fingerprint: true, deactivatedAt: true },
      orderBy: [{ deactivatedAt: { sort: 'desc', nulls: 'first' } }],
    }),
    stoppedBy(merchant, ids),
    prisma.product.findMany({
      where: named,
      select: { id: true, name: true, archivedAt: true, keyConfigurations: { select: { keyConfigurationId: true } } },
    }),
    prisma.keyConfiguration.findMany({ where: named, select: { id: true, name: true } }),
    prisma.customer.findMany({ where: named, select: { id: true, name: true, email: true } }),
  ])
  const idlest = new Map(live.map((row) => [row.licenseKeyId, row]))
  const bounds = isBounded(merchant) ? await supportBoundsOf(organizationId) : null
  return {
    bounds,
    keys: new Map(rows.map((row) => [row.id, { row, summary: summary(row, idlest.get(row.id)?.devices ?? 0, now) }])),
    idlest,
    stopped,
    products: new Map(products.map((product) => [product.id, product])),
    names: new Map([
      ...[...products, ...configurations].map(({ id, name }) => [id, name] as const),
      ...customers.map(({ id, name, email }) => [id, name ?? email] as const),
    ]),
    deviceOf: ({ licenseKeyId, device }: Pick<Refused, 'licenseKeyId' | 'device'>) =>
      refusedDevices.find(
        (each) => each.licenseKeyId === licenseKeyId && (each.id === device || each.fingerprint === device),
      ) ?? null,
  }
}

type Surroundings = Awaited<ReturnType<typeof surroundingsOf>>

/** What to say of a refusal and what helps. */
export function helpFor(refused: Refused, around: Surroundings, now: Date): Help {
  const key = refused.licenseKeyId === null ? undefined : around.keys.get(refused.licenseKeyId)
  const device = around.deviceOf(refused)
  const told = toldOf(refused, around, refused.label ?? device?.label ?? null, now)
  const given = key?.row.keyConfiguration.activationLimit ?? null
  const mineOf = (offers: Offer[]) => (around.bounds ? offersOfSupport(offers, around.bounds, given) : offers)
  return {
    support: supportSentence(told),
    customer: customerSentence(told, { isFixed: refused.isFixed }),
    offers: key && !refused.isFixed ? mineOf(offersFor(fixKeyOf(refused, around, device, now), told, now)) : [],
    deviceName: told.deviceName,
  }
}

function toldOf(
  { code, licenseKeyId, lookedAt }: Refused,
  around: Surroundings,
  deviceName: string | null,
  now: Date,
): Told {
  const key = licenseKeyId === null ? undefined : around.keys.get(licenseKeyId)
  const facts = key && factsOf(key.row, key.row.keyConfiguration)
  return {
    ...{ code, deviceName, names: around.names, asked: lookedAt?.asked ?? {} },
    // Where nobody asked, the key as it is now.
    looked: {
      ...(facts && {
        ...{ expiresAt: facts.expiresAt?.toISOString() ?? null, graceDays: facts.limits.grace.days },
        ...{ devices: key.summary.devices, deviceLimit: facts.limits.activations.limit },
        ...{ usage: usageNow(facts, now), usageLimit: facts.limits.usage.limit, entitlements: facts.entitlements },
      }),
      ...lookedAt?.looked,
    },
    customer: key?.row.customer ?? null,
    product: key ? (key.row.product?.name ?? key.row.keyConfiguration.name) : null,
    stopped: (licenseKeyId !== null && around.stopped.get(licenseKeyId)) || null,
    revokedFor: key?.row.revokedFor ?? [],
    timeZone: key?.row.organization.timeZone ?? 'UTC',
  }
}

function fixKeyOf(
  { licenseKeyId, lookedAt }: Refused,
  { keys, idlest, products }: Surroundings,
  device: ReturnType<Surroundings['deviceOf']>,
  now: Date,
): FixKey {
  const key = keys.get(licenseKeyId ?? '')
  if (!key) throw new Error('Only of a key that is known can be said what helps.')
  const { row, summary } = key
  const { keyConfiguration, purchase } = row
  const { durationCount: count, durationUnit: unit, expiryKind } = keyConfiguration
  const other = products.get(lookedAt?.looked.askedProductId ?? '')
  const mayBe = other && !other.archivedAt && other.id !== row.productId
  const isGranted = other?.keyConfigurations.some(
    ({ keyConfigurationId }) => keyConfigurationId === keyConfiguration.id,
  )
  const own = idlest.get(row.id)
  return {
    ...{ id: row.id, limits: summary.limits, devices: summary.devices, newDevicesBlocked: row.newDevicesBlocked },
    ...{ usage: usageNow(factsOf(row, keyConfiguration), now), expiresAt: row.expiresAt, revokedFor: row.revokedFor },
    ...{ purchaseId: purchase?.id ?? null, email: row.customer.email, timeZone: row.organization.timeZone },
    configuration: {
      ...{ id: keyConfiguration.id, name: keyConfiguration.name },
      duration: expiryKind === 'duration' && count !== null && unit !== null ? { count, unit } : null,
    },
    idlest: own ? { id: own.id, label: own.label, seenAt: own.seenAt, createdAt: own.createdAt } : null,
    refusedDevice: device && !device.deactivatedAt ? { id: device.id, label: device.label } : null,
    otherProduct: mayBe && isGranted ? { id: other.id, name: other.name } : null,
  }
}
