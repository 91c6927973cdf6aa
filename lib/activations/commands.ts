import '#server-only'
import type { Customer, Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { assertMay } from '../base/permissions.ts'
import { tidyLabel } from '../base/text.ts'
import { customerSettingsOf } from '../customers/settings.ts'
import { prisma, type Tx } from '../database/client.ts'
import { prismaSelect } from '../database/columns.ts'
import { record } from '../events/commands.ts'
import { decideDeactivation } from '../license-calls/rules.ts'
import { lockKey, ownedBy } from '../license-keys/commands.ts'
import { configurationColumns } from '../license-keys/queries.ts'
import { keyTable } from '../license-keys/row.ts'
import { effectiveLimits } from '../license-keys/rules.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import { mayCustomerDeactivate, mayCustomerRename, UNDO_MS, whyNotRelease, YEAR_MS } from './rules.ts'

/** Frees a device's slot. A device that is already gone is a success; a customer needs the configuration's leave. */
export async function deactivateActivation(
  actor: Merchant | Customer,
  activationId: string,
  now: Date,
): Promise<{ label: string }> {
  if (actor.kind !== 'customer') assertMay(actor, 'keys.help')
  return prisma.$transaction(async (tx) => {
    const activation = await lockActivation(tx, actor, activationId)
    if (actor.kind === 'customer') refuseUnlessAllowed(mayCustomerDeactivate(activation.licenseKey.keyConfiguration))
    if (decideDeactivation(activation).do === 'remove') {
      if (actor.kind === 'customer') await countRelease(tx, activation, now)
      await tx.activation.update({ where: { id: activationId }, data: { deactivatedAt: now } })
      await record(tx, actor, now, aboutActivation('activation.deactivated', activation, { label: activation.label }))
    }
    return { label: activation.label }
  })
}

/**
 * Takes back, within a minute, that a customer deactivated a device: its place may not have been taken, and the same device may not have been
 * activated again meanwhile. CONFLICT with the field `minute` or `place` says which it was.
 */
export async function undoDeactivation(
  customer: Customer,
  activationId: string,
  now: Date,
): Promise<{ label: string }> {
  return prisma.$transaction(async (tx) => {
    const activation = await lockActivation(tx, customer, activationId)
    if (!activation.deactivatedAt) return { label: activation.label }
    const { licenseKeyId, organizationId, fingerprint, label } = activation
    const since = new Date(now.getTime() - UNDO_MS)
    const { count } = await tx.deviceRelease.deleteMany({ where: { activationId, releasedAt: { gt: since } } })
    if (count === 0) throw new Refusal('CONFLICT', 'The minute to undo this is over.', 'minute')
    const live = await tx.activation.findMany({
      where: { licenseKeyId, deactivatedAt: null },
      select: { fingerprint: true },
    })
    const { limit } = effectiveLimits(activation.licenseKey, activation.licenseKey.keyConfiguration).activations
    const isBack = fingerprint !== null && live.some((device) => device.fingerprint === fingerprint)
    if (isBack || (limit !== null && live.length >= limit))
      throw new Refusal('CONFLICT', 'Another device took its slot meanwhile.', 'place')
    await tx.activation.update({ where: { id: activationId }, data: { deactivatedAt: null, modifiedAt: now } })
    await record(tx, customer, now, {
      ...{ type: 'activation.created', organizationId, licenseKeyId, activationId },
      ...{ customerId: activation.licenseKey.customerId, data: { label, undone: true } },
    })
    return { label }
  })
}

/** Counts that a customer frees the place of a device, under the lock of its key. Throws CONFLICT when that is too often. */
export async function countRelease(
  tx: Tx,
  { id, licenseKeyId, organizationId }: { id: string; licenseKeyId: string; organizationId: string },
  now: Date,
): Promise<void> {
  const why = whyNotRelease(await releasesOf(tx, licenseKeyId, now), await customerSettingsOf(organizationId, tx), now)
  if (why) throw new TooManyReleases(why)
  await tx.deviceRelease.create({
    data: { id: newId(now), organizationId, licenseKeyId, activationId: id, releasedAt: now },
  })
}

/** When the owner of a key freed places of it, as far as that still counts. */
export async function releasesOf(tx: Tx, licenseKeyId: string, now: Date): Promise<Date[]> {
  const rows = await tx.deviceRelease.findMany({
    where: { licenseKeyId, releasedAt: { gt: new Date(now.getTime() - YEAR_MS) } },
    select: { releasedAt: true },
  })
  return rows.map(({ releasedAt }) => releasedAt)
}

/** A customer freed as many places as the merchant allows; `until` says when they may again. */
export class TooManyReleases extends Refusal {
  readonly limit: NonNullable<ReturnType<typeof whyNotRelease>>

  constructor(limit: TooManyReleases['limit']) {
    super('CONFLICT', `Another device can be freed from ${limit.until.toISOString()} on.`)
    this.limit = limit
  }
}

/** Gives a device another name. `opened` is what the form showed when it was opened. */
export async function renameActivation(
  actor: Merchant | Customer,
  input: { activationId: string; label: string },
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  if (actor.kind !== 'customer') assertMay(actor, 'keys.help')
  await prisma.$transaction(async (tx) => {
    const activation = await lockActivation(tx, actor, input.activationId)
    if (actor.kind === 'customer') refuseUnlessAllowed(mayCustomerRename(activation.licenseKey.keyConfiguration))
    if (activation.deactivatedAt) throw notFound('device')
    const label = tidyLabel(input.label)
    if (opened) mergeEdit(deviceParts, opened, { label }, { label: activation.label })
    if (activation.label === label || opened?.label === label) return
    await tx.activation.update({ where: { id: input.activationId }, data: { label, modifiedAt: now } })
    const data = { label, from: activation.label }
    await record(tx, actor, now, aboutActivation('activation.renamed', activation, data))
  })
}

const deviceParts: EditPart<{ label: string }>[] = [
  { label: 'Name', fields: ['label'], input: 'label', words: ({ label }) => `“${label}”` },
]

type LockedActivation = Awaited<ReturnType<typeof lockActivation>>

function aboutActivation(
  type: 'activation.deactivated' | 'activation.renamed',
  activation: LockedActivation,
  data: Record<string, string>,
) {
  const { organizationId, licenseKeyId, licenseKey, id } = activation
  return { type, organizationId, licenseKeyId, activationId: id, customerId: licenseKey.customerId, data }
}

function refuseUnlessAllowed(reason: string | null): void {
  if (reason) throw new Refusal('FORBIDDEN', reason)
}

async function lockActivation(tx: Tx, actor: Merchant | Customer, activationId: string) {
  const where = { id: activationId, licenseKey: ownedBy(actor) }
  const found = await tx.activation.findFirst({ where, select: { licenseKeyId: true } })
  if (!found) throw notFound('device')
  await lockKey(tx, found.licenseKeyId)
  return tx.activation.findFirstOrThrow({
    where,
    select: {
      id: true,
      label: true,
      fingerprint: true,
      organizationId: true,
      licenseKeyId: true,
      deactivatedAt: true,
      licenseKey: {
        select: {
          ...prismaSelect(keyTable),
          keyConfiguration: {
            select: { ...configurationColumns, customerMayDeactivate: true, customerMayRename: true },
          },
        },
      },
    },
  })
}
