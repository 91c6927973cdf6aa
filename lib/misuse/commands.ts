import '#server-only'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { changeLicenseKey } from '../license-keys/change.ts'
import { rotateLicenseKey } from '../license-keys/rotate.ts'
import { disableLicenseKeys } from '../license-keys/status.ts'
import { askOwner } from './ask.ts'
import type { MildAction } from './plain.ts'
import type { ActOnKey, ConfigurationPolicy, ExcuseKey, MisuseChoices } from './schema.ts'
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
  assertMay(merchant, 'keys.write')
  const { organizationId } = merchant
  const key = await prisma.licenseKey.findFirst({
    where: { id: input.licenseKeyId, organizationId },
    select: { id: true },
  })
  if (!key) throw notFound('license key')
  await acts[input.action](merchant, input, now)
  await prisma.$transaction((tx) => count(tx, organizationId, { acted: 1 }))
}

/** To the devices in use, or to those that its owner confirmed, when there are any. */
async function lowerLimit(merchant: Merchant, { licenseKeyId }: ActOnKey, now: Date): Promise<void> {
  const live = await prisma.activation.findMany({
    where: { licenseKeyId, organizationId: merchant.organizationId, deactivatedAt: null },
    select: { answer: true },
  })
  const confirmed = live.filter(({ answer }) => answer !== null).length
  const limit = confirmed || live.length
  if (limit === 0) throw new Refusal('CONFLICT', 'No device is active: there is nothing to lower the limit to.')
  await changeLicenseKey(merchant, licenseKeyId, { activations: { mode: 'limited', limit } }, now)
}

/** Says whom keys of a configuration are sold to; they are looked at again. */
export async function setPolicy(
  merchant: Merchant,
  { keyConfigurationId, audience, seats }: ConfigurationPolicy,
  now: Date,
): Promise<void> {
  assertMay(merchant, 'catalogue.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    const configuration = await tx.keyConfiguration.findFirst({
      where: { id: keyConfigurationId, organizationId },
      select: { name: true, misusePolicy: true },
    })
    if (!configuration) throw notFound('key configuration')
    const policy = { audience, seats: audience === 'team' ? seats : null }
    const before = configuration.misusePolicy
    if ((before?.audience ?? 'unsaid') === policy.audience && (before?.seats ?? null) === policy.seats) return
    await tx.misusePolicy.upsert({
      where: { keyConfigurationId },
      create: { keyConfigurationId, organizationId, ...policy },
      update: policy,
    })
    await tx.$executeRaw`UPDATE key_risks r SET due_at = ${now} FROM license_keys k
      WHERE k.id = r.license_key_id AND k.key_configuration_id = ${keyConfigurationId}::uuid AND r.organization_id = ${organizationId}::uuid`
    await record(tx, merchant, now, {
      type: 'key_configuration.updated',
      ...{ organizationId, keyConfigurationId },
      data: {
        name: configuration.name,
        changes: [`Sold to: ${policyWords(before)} → ${policyWords(policy)}`],
      },
    })
  })
}

const policyWords = (policy: { audience: string; seats: number | null } | null): string => {
  switch (policy?.audience) {
    case 'person':
      return 'one person'
    case 'team':
      return `a team of ${policy.seats}`
    case 'trial':
      return 'one person, as a trial'
    case 'anyone':
      return 'anyone'
    default:
      return 'not said'
  }
}

/** Changes how long addresses are kept, and which rules act alone. */
export async function changeMisuseSettings(merchant: Merchant, choices: MisuseChoices, now: Date): Promise<void> {
  assertMay(merchant, 'organization.write')
  const { organizationId } = merchant
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
    const before = await tx.misuseSettings.findUnique({ where: { organizationId } })
    await tx.misuseSettings.upsert({
      where: { organizationId },
      create: { organizationId, ...chosen(choices) },
      update: chosen(choices),
    })
    const was = { addressDays: 30, asksAlone: false, blocksAlone: false, ...before }
    const is = { ...was, ...chosen(choices) }
    const onOff = (is: boolean) => (is ? 'on' : 'off')
    const changes = [
      was.addressDays !== is.addressDays &&
        `Shortened network addresses are kept: ${was.addressDays} → ${is.addressDays} days`,
      was.asksAlone !== is.asksAlone && `Asks owners by itself: ${onOff(is.asksAlone)}`,
      was.blocksAlone !== is.blocksAlone && `Blocks new devices by itself: ${onOff(is.blocksAlone)}`,
    ].filter((change): change is string => typeof change === 'string')
    if (changes.length > 0)
      await record(tx, merchant, now, { type: 'organization.updated', organizationId, data: { changes } })
  })
}

/** Only what was said. */
const chosen = ({ addressDays, asksAlone, blocksAlone }: MisuseChoices) => ({
  ...(addressDays !== undefined && { addressDays }),
  ...(asksAlone !== undefined && { asksAlone }),
  ...(blocksAlone !== undefined && { blocksAlone }),
})
