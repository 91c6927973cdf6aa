import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { assertMay, type Permission } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { changeLicenseKey } from '../license-keys/change.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import { factsOf } from '../license-keys/row.ts'
import { disableLicenseKeys } from '../license-keys/status.ts'
import { askOwner } from './ask.ts'
import type { MildAction } from './plain.ts'
import { whyNotLowered } from './rules.ts'
import type { ActOnKey, ExcuseKey } from './schema.ts'
import type { Evidence } from './signals.ts'

/** Remembers that a key is fine: its evidence counts again only when it has grown much. Moves the organization's thresholds up a little. */
export async function excuseKey(merchant: Merchant, { licenseKeyId, reason }: ExcuseKey, now: Date): Promise<void> {
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const risk = await lockRisk(tx, merchant, licenseKeyId)
    if (risk.excusedAt !== null && risk.score === 0) return
    const evidence = risk.evidence as unknown as Evidence[]
    const excused = Object.fromEntries(evidence.map(({ signal, points }) => [signal, points]))
    await tx.keyRisk.update({
      where: { licenseKeyId },
      data: {
        excused: { ...(risk.excused as Record<string, number>), ...excused },
        excusedBy: merchant.kind === 'merchant' ? (merchant.name ?? merchant.email) : merchant.name,
        excusedAt: now,
        ...{ score: 0, level: 'none', evidence: [], since: now, dueAt: now },
      },
    })
    await count(tx, organizationId, { fine: 1 })
    await record(tx, merchant, now, {
      type: 'license_key.excused',
      ...{ organizationId, licenseKeyId, customerId: risk.customerId },
      data: { reason: reason || null, score: risk.score },
    })
  })
}

/** Takes that back: the key is looked at as before. */
export async function suspectAgain(merchant: Merchant, licenseKeyId: string, now: Date): Promise<void> {
  assertMay(merchant, 'keys.write')
  await prisma.$transaction(async (tx) => {
    const risk = await lockRisk(tx, merchant, licenseKeyId)
    if (risk.excusedAt === null) return
    await tx.keyRisk.update({
      where: { licenseKeyId },
      data: { excused: {}, excusedBy: null, excusedAt: null, dueAt: now },
    })
    await count(tx, merchant.organizationId, { fine: -1 })
  })
}

async function lockRisk(tx: Tx, { organizationId }: Merchant, licenseKeyId: string) {
  await tx.$queryRaw`SELECT 1 FROM key_risks WHERE license_key_id = ${licenseKeyId}::uuid AND organization_id = ${organizationId}::uuid FOR UPDATE`
  const risk = await tx.keyRisk.findFirst({ where: { licenseKeyId, organizationId } })
  const key = await tx.licenseKey.findFirst({
    where: { id: licenseKeyId, organizationId },
    select: { customerId: true },
  })
  if (!risk || !key) throw notFound('license key')
  return { ...risk, customerId: key.customerId }
}

const count = (tx: Tx, organizationId: string, by: { fine?: number; acted?: number }) =>
  tx.$executeRaw`INSERT INTO misuse_settings (organization_id, fine, acted)
    VALUES (${organizationId}::uuid, greatest(0, ${by.fine ?? 0}::int), greatest(0, ${by.acted ?? 0}::int))
    ON CONFLICT (organization_id) DO UPDATE SET fine = greatest(0, misuse_settings.fine + ${by.fine ?? 0}::int),
      acted = greatest(0, misuse_settings.acted + ${by.acted ?? 0}::int)`

/** The old string goes on for so long on devices that are active, so that its owner is not locked out. */
const OVERLAP_HOURS = 7 * 24

const needs = {
  ask: 'keys.help',
  block: 'keys.help',
  disable: 'keys.help',
  lower: 'keys.write',
  rotate: 'keys.write',
} as const satisfies Record<MildAction, Permission>

type Act = (merchant: Merchant, input: ActOnKey, now: Date) => Promise<unknown>

const acts: Record<MildAction, Act> = {
  ask: (merchant, { licenseKeyId }, now) => askOwner(merchant, licenseKeyId, now),
  block: (merchant, { licenseKeyId }, now) =>
    changeLicenseKey(merchant, licenseKeyId, { newDevicesBlocked: true }, now),
  lower: lowerLimit,
  rotate: (merchant, { licenseKeyId }, now) =>
    rotateLicenseKey(merchant, { licenseKeyId, overlapHours: OVERLAP_HOURS, sendMail: true }, now),
  disable: (merchant, { licenseKeyId, reason }, now) =>
    disableLicenseKeys(merchant, { licenseKeyIds: [licenseKeyId], reason: reason || 'Looks misused' }, now),
}

/** Does one of the first things about a key that looks misused; each can be taken back from the key's page. */
export async function actOnKey(merchant: Merchant, input: ActOnKey, now: Date): Promise<void> {
  assertMay(merchant, needs[input.action])
  const { organizationId } = merchant
  const key = await prisma.licenseKey.findFirst({
    where: { id: input.licenseKeyId, organizationId },
    select: { id: true },
  })
  if (!key) throw notFound('license key')
  await acts[input.action](merchant, input, now)
  await prisma.$transaction((tx) => count(tx, organizationId, { acted: 1 }))
}

/**
 * To the devices in use, or to those that its owner confirmed, when there are any. Only ever lowers, and only to what whoever asks for it
 * was shown.
 */
function lowerLimit(merchant: Merchant, { licenseKeyId, limit }: ActOnKey, now: Date): Promise<void> {
  return changeLicenseKey(
    merchant,
    licenseKeyId,
    async (before, tx) => {
      const live = await tx.activation.findMany({
        where: { licenseKeyId, deactivatedAt: null },
        select: { answer: true },
      })
      const confirmed = live.filter(({ answer }) => answer !== null).length
      const present = factsOf(before, before.keyConfiguration).limits.activations
      const why = whyNotLowered({ asked: limit, live: live.length, confirmed, present })
      if (why) throw new Refusal('CONFLICT', why)
      return { activations: { mode: 'limited', limit } }
    },
    now,
  )
}
