// What a key is stored as, decided without a database.
import type { LicenseKeyStatus, PurchaseStatus, RevokeReason } from '#prisma/enums.ts'
import { INT4_MAX } from '../base/numbers.ts'
import type { EffectiveLimits } from '../license-keys/rules.ts'
import type { KeyDraft } from './drafts.ts'

/** What a purchase is that gives these reasons. */
export function purchaseStatusOf(reasons: readonly RevokeReason[]): PurchaseStatus {
  if (reasons.includes('refunded') || reasons.includes('dispute')) return 'refunded'
  return reasons.includes('ended') || reasons.includes('pending') ? 'canceled' : 'active'
}

/** What a key is stored as: the reasons its record has against it, and those of a purchase that was here before. */
export function storedState(
  { status, reasons }: Pick<KeyDraft, 'status' | 'reasons'>,
  purchase: { reasons: readonly RevokeReason[]; isNew: boolean } | null,
): { status: LicenseKeyStatus; revokedFor: RevokeReason[] } {
  const ofPurchase = purchase && !purchase.isNew ? purchase.reasons : []
  const revokedFor = [...new Set([...reasons, ...ofPurchase])]
  return { status: revokedFor.length > 0 ? 'revoked' : status, revokedFor }
}

/** What is kept of an id beside ours: its text, where ours is not the same. */
export const elsewhere = (text: string | null, id: string): string | null =>
  text !== null && text.toLowerCase() !== id ? text : null

export const ACTIVATION_LIMIT_MAX = INT4_MAX

/** What a key's limits are stored as: overrides, and only where they differ from what its configuration says. */
export function overridesFor(
  draft: Pick<KeyDraft, 'activationLimit' | 'usageLimit' | 'graceDays'> & { quantity?: number },
  configuration: EffectiveLimits,
) {
  const { activationLimit, usageLimit, quantity = 1 } = draft
  // Three copies of one key are three times the devices.
  const limit =
    activationLimit === 'configuration' && quantity > 1 && configuration.activations.mode === 'limited'
      ? Math.min((configuration.activations.limit ?? 1) * quantity, ACTIVATION_LIMIT_MAX)
      : activationLimit
  const mode =
    typeof limit === 'number' ? 'limited' : limit === 'configuration' ? configuration.activations.mode : limit
  const devices = limit === 'configuration' ? configuration.activations.limit : typeof limit === 'number' ? limit : null
  const ownDevices = mode !== configuration.activations.mode || devices !== configuration.activations.limit
  const uses =
    usageLimit === 'configuration' ? configuration.usage.limit : typeof usageLimit === 'number' ? usageLimit : null
  const ownUses = uses !== configuration.usage.limit
  const ownGrace = draft.graceDays !== null && draft.graceDays !== configuration.grace.days
  return {
    activationsModeOverride: ownDevices ? mode : null,
    activationLimitOverride: ownDevices ? devices : null,
    usageOverridden: ownUses,
    usageLimitOverride: ownUses ? uses : null,
    graceDaysOverride: ownGrace ? draft.graceDays : null,
    /** As many devices as the key will take; null for any number. */
    deviceLimit: mode === 'off' ? 0 : devices,
  }
}
