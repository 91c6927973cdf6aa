import '#server-only'
import { deactivateActivation } from '../activations/commands.ts'
import type { Merchant } from '../base/actor.ts'
import { notFound, Refusal } from '../base/errors.ts'
import { prisma } from '../database/client.ts'
import { changeLicenseKey, type LockedKey } from '../license-keys/change.ts'
import { resendKeyMail } from '../license-keys/commands.ts'
import { factsOf } from '../license-keys/row.ts'
import type { KeyChanges } from '../license-keys/schema.ts'
import { enableLicenseKeys, restoreLicenseKeys } from '../license-keys/status.ts'
import type { Deed } from './fixes.ts'
import type { FixTrouble } from './schema.ts'

/** Puts right what a key was refused for, as it was offered. What somebody changed meanwhile is refused or left as it is, never undone. */
export async function fixTrouble(merchant: Merchant, { licenseKeyId, ...deed }: FixTrouble, now: Date): Promise<void> {
  const change = (changes: (before: LockedKey) => KeyChanges) => changeLicenseKey(merchant, licenseKeyId, changes, now)
  const one = { licenseKeyIds: [licenseKeyId], reason: '' }
  const deeds: { [Kind in Deed['kind']]: (deed: Extract<Deed, { kind: Kind }>) => Promise<unknown> } = {
    enable: () => enableLicenseKeys(merchant, one, now),
    restore: () => restoreLicenseKeys(merchant, one, now),
    hold: () => restoreLicenseKeys(merchant, { ...one, hold: true }, now),
    extend: ({ count, unit, from }) =>
      change(({ expiresAt }) => {
        if (expiresAt?.toISOString() !== from)
          throw new Refusal('CONFLICT', 'Somebody changed the expiry meanwhile. Look at it again.')
        return { expiresAt: { count, unit } }
      }),
    free: async ({ activationId }) => {
      await ownDevice(merchant, licenseKeyId, activationId)
      return deactivateActivation(merchant, activationId, now)
    },
    'raise-limit': ({ to }) =>
      change((before) => {
        const { mode, limit } = limitsOf(before).activations
        if (mode === 'off') throw new Refusal('CONFLICT', 'This key takes no activations any more.')
        return {
          ...(before.newDevicesBlocked && { newDevicesBlocked: false }),
          ...(limit !== null && limit < to && { activations: { mode: 'limited' as const, limit: to } }),
        }
      }),
    'allow-devices': () => change(() => ({ newDevicesBlocked: false })),
    'raise-usage': ({ to }) =>
      change((before) => {
        const { limit } = limitsOf(before).usage
        return limit !== null && limit < to ? { usageLimit: to } : {}
      }),
    'reset-usage': () => change(() => ({ usage: 0 })),
    'set-product': ({ productId }) => change(() => ({ productId })),
    'mail-key': () => resendKeyMail(merchant, { licenseKeyId }, now),
  }
  await (deeds[deed.kind] as (deed: Deed) => Promise<unknown>)(deed)
}

const limitsOf = (before: LockedKey) => factsOf(before, before.keyConfiguration).limits

async function ownDevice({ organizationId }: Merchant, licenseKeyId: string, id: string): Promise<void> {
  const found = await prisma.activation.findFirst({ where: { id, licenseKeyId, organizationId }, select: { id: true } })
  if (!found) throw notFound('device')
}
