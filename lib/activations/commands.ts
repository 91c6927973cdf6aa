import '#server-only'
import type { Customer, Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { assertMay } from '../base/permissions.ts'
import { tidyLabel } from '../base/text.ts'
import { prisma, type Tx } from '../database/client.ts'
import { record } from '../events/commands.ts'
import { decideDeactivation } from '../license-calls/rules.ts'
import { lockKey, ownedBy } from '../license-keys/commands.ts'
import { type EditPart, mergeEdit, type Opened } from '../web/edits.ts'
import { mayCustomerDeactivate, mayCustomerRename } from './rules.ts'

/** Frees a device's slot. A device that is already gone is a success; a customer needs the configuration's leave. */
export async function deactivateActivation(
  actor: Merchant | Customer,
  activationId: string,
  now: Date,
): Promise<{ label: string }> {
  if (actor.kind !== 'customer') assertMay(actor, 'keys.write')
  return prisma.$transaction(async (tx) => {
    const activation = await lockActivation(tx, actor, activationId)
    if (actor.kind === 'customer') refuseUnlessAllowed(mayCustomerDeactivate(activation.licenseKey.keyConfiguration))
    if (decideDeactivation(activation).do === 'remove') {
      await tx.activation.update({ where: { id: activationId }, data: { deactivatedAt: now } })
      await record(tx, actor, now, aboutActivation('activation.deactivated', activation, { label: activation.label }))
    }
    return { label: activation.label }
  })
}

/** Gives a device another name. `opened` is what the form showed when it was opened. */
export async function renameActivation(
  actor: Merchant | Customer,
  input: { activationId: string; label: string },
  now: Date,
  opened: Opened | null = null,
): Promise<void> {
  if (actor.kind !== 'customer') assertMay(actor, 'keys.write')
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
      organizationId: true,
      licenseKeyId: true,
      deactivatedAt: true,
      licenseKey: {
        select: {
          customerId: true,
          keyConfiguration: { select: { customerMayDeactivate: true, customerMayRename: true } },
        },
      },
    },
  })
}
