import { countText } from '#components/ui/number-text.ts'
import { DAY_MS, dayOf, endInShort, lastMomentOf } from '#lib/base/days.ts'
import type { SupportBounds } from '#lib/base/permissions.ts'
import { type OverrideEffect, overrideEffects } from '#lib/license-keys/look.ts'
import type { LicenseKeyDetail } from '#lib/license-keys/queries.ts'

export type ProductChoice = { id: string; name: string }

/** What is chosen in the form so far. */
export type Draft = {
  productId: string
  activations: 'configuration' | 'limited' | 'unlimited' | 'off'
  activationLimit: number | null
  newDevicesBlocked: boolean
  usage: 'configuration' | 'limited' | 'unlimited'
  usageLimit: number | null
  expiry: 'keep' | 'configuration' | 'never' | 'date'
  expiresOn: string
}

/** What every section of the form gets. */
export type SectionProps = {
  licenseKey: LicenseKeyDetail
  draft: Draft
  change: (next: Partial<Draft>) => void
  errors: Record<string, string[]>
}

/** Of those that support may change, too, within its bounds. */
export type BoundedProps = SectionProps & { bounds: SupportBounds | null }

/** The draft a form begins with: how the key is, or what was sent when the page was made anew to answer. */
export function firstDraft(
  { configured, overrides, devices, product, expiresAt, timeZone, newDevicesBlocked }: LicenseKeyDetail,
  sent: Record<string, unknown> | undefined,
  now: Date,
): Draft {
  const usage = !overrides.usageOverridden ? 'configuration' : overrides.usageLimit === null ? 'unlimited' : 'limited'
  return {
    productId: (sent?.productId as string | undefined) ?? product?.id ?? '',
    activations:
      (sent?.activations as Draft['activations'] | undefined) ?? overrides.activationsMode ?? 'configuration',
    activationLimit: overrides.activationLimit ?? Math.max(1, configured.activations.limit ?? devices),
    newDevicesBlocked: sent ? sent.newDevicesBlocked === 'true' : newDevicesBlocked,
    usage: (sent?.usage as Draft['usage'] | undefined) ?? usage,
    usageLimit: overrides.usageLimit ?? configured.usage.limit ?? 100,
    expiry: (sent?.expiry as Draft['expiry'] | undefined) ?? 'keep',
    expiresOn: dayOf(expiresAt ?? new Date(now.getTime() + 365 * DAY_MS), timeZone),
  }
}

const resetWords = { never: 'in total', day: 'per day', month: 'per month', year: 'per year' } as const

/** How many devices the configuration allows, in words. */
export const configuredDevices = ({ configured: { activations } }: LicenseKeyDetail): string =>
  activations.mode === 'off'
    ? 'no activations'
    : activations.mode === 'unlimited' || activations.limit === null
      ? 'any number of devices'
      : countText(activations.limit, 'device')

/** How many uses the configuration allows, in words. */
export const configuredUsage = ({ configured: { usage } }: LicenseKeyDetail): string =>
  usage.limit === null ? 'unlimited' : `${countText(usage.limit, 'use')} ${resetWords[usage.reset]}`

/** When the key would end by its configuration, in words. */
export function configuredExpiry(licenseKey: LicenseKeyDetail): string {
  const { expiresAt, expiry } = licenseKey.configured
  if (expiresAt) return endInShort(expiresAt, licenseKey.timeZone)
  return waitsForActivation(licenseKey) && expiry.count && expiry.unit
    ? `${countText(expiry.count, expiry.unit)} after the first activation`
    : 'never'
}

/** When the key ends as it is, in words. */
export function presentExpiry({ expiresAt, timeZone, expiryStarts }: LicenseKeyDetail): string {
  if (expiresAt) return endInShort(expiresAt, timeZone)
  return expiryStarts ? 'after the first activation' : 'never'
}

const waitsForActivation = ({ configured, firstActivatedAt }: LicenseKeyDetail): boolean =>
  configured.expiresAt === null &&
  configured.expiry.kind === 'duration' &&
  configured.expiry.start === 'first_activation' &&
  firstActivatedAt === null

/** What saving the draft would mean at once, for software and for the purchase. */
export function effectsOf(
  draft: Draft,
  licenseKey: LicenseKeyDetail,
  products: readonly ProductChoice[],
  now: Date,
): OverrideEffect[] {
  const { configured, limits } = licenseKey
  const { activations, usage, expiry } = draft
  const chosen = products.find(({ id }) => id === draft.productId) ?? null
  return [
    ...productEffect(licenseKey, chosen, products.length > 0),
    ...overrideEffects(
      {
        devices: licenseKey.devices,
        usage: licenseKey.usage,
        expiresAt: licenseKey.expiresAt,
        graceDays: limits.grace.days,
        usageResetsAt: licenseKey.usageResetsAt,
        timeZone: licenseKey.timeZone,
      },
      {
        mode: activations === 'configuration' ? configured.activations.mode : activations,
        limit: activations === 'configuration' ? configured.activations.limit : draft.activationLimit,
        newDevicesBlocked: draft.newDevicesBlocked,
        usageLimit: usage === 'configuration' ? configured.usage.limit : usage === 'limited' ? draft.usageLimit : null,
        expiresAt: draftExpiry(draft, licenseKey),
        startsLater:
          (expiry === 'keep' && licenseKey.expiryStarts !== null) ||
          (expiry === 'configuration' && waitsForActivation(licenseKey)),
      },
      now,
    ),
  ]
}

/** What another product means for software that asks for one, and for the purchase. */
function productEffect(
  { product, purchase }: LicenseKeyDetail,
  chosen: ProductChoice | null,
  isSold: boolean,
): OverrideEffect[] {
  const kept = purchase ? ` Purchase ${purchase.reference} stays as it was made.` : ''
  if ((product?.id ?? null) === (chosen?.id ?? null)) {
    return !chosen && isSold
      ? [{ tone: 'warn', text: 'It has no product: software that asks for one refuses it (PRODUCT_MISMATCH).' }]
      : []
  }
  if (!chosen) {
    return [
      { tone: 'bad', text: `Software that asks for ${product?.name} refuses it from the next validation on.${kept}` },
    ]
  }
  return [
    {
      tone: product ? 'warn' : 'ok',
      text: `Software that asks for ${chosen.name} accepts it${product ? `; software that asks for ${product.name} refuses it` : ''}.${kept}`,
    },
  ]
}

function draftExpiry({ expiry, expiresOn }: Draft, { expiresAt, configured, timeZone }: LicenseKeyDetail): Date | null {
  if (expiry === 'keep') return expiresAt
  if (expiry === 'configuration') return configured.expiresAt
  if (expiry !== 'date' || Number.isNaN(new Date(expiresOn).getTime())) return null
  return lastMomentOf(expiresOn, timeZone)
}
