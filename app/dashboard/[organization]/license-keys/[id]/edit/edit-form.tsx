'use client'
import type { Route } from 'next'
import { useActionState, useState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { DateInput } from '#components/ui/date-input.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { NumberInput } from '#components/ui/number-input.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { Select } from '#components/ui/select.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { type Tone, toneText } from '#components/ui/tones.ts'
import { DAY_MS, dayOf, endInShort, lastMomentOf, zoneName } from '#lib/base/days.ts'
import { INT4_MAX } from '#lib/base/numbers.ts'
import { limits as configurationLimits } from '#lib/key-configurations/schema.ts'
import { type OverrideEffect, overrideEffects } from '#lib/license-keys/look.ts'
import type { LicenseKeyDetail } from '#lib/license-keys/queries.ts'
import type { FormState } from '#lib/web/action.ts'
import { saveKey } from './actions.ts'

type Activations = 'configuration' | 'limited' | 'unlimited' | 'off'
type Usage = 'configuration' | 'limited' | 'unlimited'
type Expiry = 'keep' | 'configuration' | 'never' | 'date'

const resetWords = { never: 'in total', day: 'per day', month: 'per month', year: 'per year' } as const

/** The overrides of one key, each beside what the configuration says, and what they would mean at once. */
export function EditForm({
  organization,
  licenseKey,
  products,
  now,
}: {
  organization: string
  licenseKey: LicenseKeyDetail
  /** Those that grant the configuration, and the one the key has. */
  products: { id: string; name: string }[]
  now: Date
}) {
  const { configured, overrides, limits } = licenseKey
  const [state, submit] = useActionState<FormState, FormData>(saveKey, { status: 'idle' })
  const typed = (name: string) => state.values?.[name] as string | undefined
  const [productId, setProductId] = useState(typed('productId') ?? licenseKey.product?.id ?? '')
  const [activations, setActivations] = useState<Activations>(
    (typed('activations') as Activations | undefined) ?? overrides.activationsMode ?? 'configuration',
  )
  const [activationLimit, setActivationLimit] = useState<number | null>(
    overrides.activationLimit ?? Math.max(1, configured.activations.limit ?? licenseKey.devices),
  )
  const [usage, setUsage] = useState<Usage>(
    (typed('usage') as Usage | undefined) ??
      (!overrides.usageOverridden ? 'configuration' : overrides.usageLimit === null ? 'unlimited' : 'limited'),
  )
  const [usageLimit, setUsageLimit] = useState<number | null>(overrides.usageLimit ?? configured.usage.limit ?? 100)
  const [expiry, setExpiry] = useState<Expiry>((typed('expiry') as Expiry | undefined) ?? 'keep')
  const [expiresOn, setExpiresOn] = useState(
    dayOf(licenseKey.expiresAt ?? new Date(now.getTime() + 365 * DAY_MS), licenseKey.timeZone),
  )
  const [blocked, setBlocked] = useState(
    state.values ? typed('newDevicesBlocked') === 'true' : licenseKey.newDevicesBlocked,
  )

  const configuredDevices =
    configured.activations.mode === 'off'
      ? 'no activations'
      : configured.activations.mode === 'unlimited' || configured.activations.limit === null
        ? 'any number of devices'
        : countText(configured.activations.limit, 'device')
  const configuredUsage =
    configured.usage.limit === null
      ? 'unlimited'
      : `${countText(configured.usage.limit, 'use')} ${resetWords[configured.usage.reset]}`
  const waitsForActivation =
    configured.expiresAt === null &&
    configured.expiry.kind === 'duration' &&
    configured.expiry.start === 'first_activation' &&
    licenseKey.firstActivatedAt === null
  const configuredExpiry = configured.expiresAt
    ? endInShort(configured.expiresAt, licenseKey.timeZone)
    : waitsForActivation && configured.expiry.count && configured.expiry.unit
      ? `${countText(configured.expiry.count, configured.expiry.unit)} after the first activation`
      : 'never'
  const presentExpiry = licenseKey.expiresAt
    ? endInShort(licenseKey.expiresAt, licenseKey.timeZone)
    : licenseKey.expiryStarts
      ? 'after the first activation'
      : 'never'

  const { errors, form } = useMendedErrors(state)
  useLeaveGuard(form.ref, state)
  const effects = overrideEffects(
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
      limit: activations === 'configuration' ? configured.activations.limit : activationLimit,
      newDevicesBlocked: blocked,
      usageLimit: usage === 'configuration' ? configured.usage.limit : usage === 'limited' ? usageLimit : null,
      expiresAt: draftExpiry(expiry, expiresOn, licenseKey),
      startsLater:
        (expiry === 'keep' && licenseKey.expiryStarts !== null) || (expiry === 'configuration' && waitsForActivation),
    },
    now,
  )

  const productWords = productEffect(
    licenseKey,
    products.find(({ id }) => id === productId) ?? null,
    products.length > 0,
  )
  const base = `/dashboard/${organization}/license-keys/${licenseKey.id}`
  return (
    <div className="@container max-w-[1080px]">
      <form
        {...form}
        action={submit}
        className="grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-4 @4xl:grid-cols-[minmax(0,1fr)_320px]"
      >
        <input type="hidden" name="organization" value={organization} />
        <input type="hidden" name="licenseKeyId" value={licenseKey.id} />
        <OpenedWith values={licenseKey.edit} state={state} />
        <div>
          <FormSection title="Product" description="Software can ask whether a key is for it.">
            <Field label="Product" hideLabel error={errors.productId}>
              <Select
                name="productId"
                placeholder="No product"
                items={[
                  { value: '', label: 'No product' },
                  ...products.map((product) => ({ value: product.id, label: product.name })),
                ]}
                value={productId}
                onValueChange={setProductId}
              />
            </Field>
          </FormSection>
          <FormSection
            title="Devices"
            description={<FromConfiguration words={configuredDevices} overridden={activations !== 'configuration'} />}
          >
            <RadioCards
              name="activations"
              label="How many devices"
              hideLabel
              columns={2}
              value={activations}
              onValueChange={(value) => setActivations(value as Activations)}
              options={[
                { value: 'configuration', label: 'As configured', description: capital(configuredDevices) },
                {
                  value: 'limited',
                  label: 'Custom limit',
                  description: `${countText(licenseKey.devices, 'device')} in use now`,
                  children: (
                    <Field label="Devices" hideLabel error={errors.activationLimit}>
                      <NumberInput
                        name="activationLimit"
                        min={1}
                        max={configurationLimits.activationLimit}
                        value={activationLimit}
                        onValueChange={setActivationLimit}
                      />
                    </Field>
                  ),
                },
                { value: 'unlimited', label: 'Unlimited', description: 'Any number of devices' },
                { value: 'off', label: 'Off', description: 'Validated without a device' },
              ]}
            />
            <Switch
              name="newDevicesBlocked"
              value="true"
              label="Block new devices"
              description="Active devices keep working and can activate again; no other device can be added."
              checked={blocked}
              onChange={(event) => setBlocked(event.target.checked)}
            />
          </FormSection>
          <FormSection
            title="Usage"
            description={<FromConfiguration words={configuredUsage} overridden={usage !== 'configuration'} />}
          >
            <RadioCards
              name="usage"
              label="How many uses"
              hideLabel
              columns={3}
              value={usage}
              onValueChange={(value) => setUsage(value as Usage)}
              options={[
                { value: 'configuration', label: 'As configured', description: capital(configuredUsage) },
                {
                  value: 'limited',
                  label: 'Custom limit',
                  description: `${numberText(licenseKey.usage)} used now`,
                  children: (
                    <Field label="Uses" hideLabel error={errors.usageLimit}>
                      <NumberInput
                        className="w-full"
                        name="usageLimit"
                        min={1}
                        max={INT4_MAX}
                        value={usageLimit}
                        onValueChange={setUsageLimit}
                      />
                    </Field>
                  ),
                },
                { value: 'unlimited', label: 'Unlimited', description: 'Any number of uses' },
              ]}
            />
          </FormSection>
          <FormSection
            title="Expiry"
            description={<FromConfiguration words={configuredExpiry} overridden={licenseKey.expiryOverridden} />}
          >
            <RadioCards
              name="expiry"
              label="When it expires"
              hideLabel
              columns={2}
              value={expiry}
              onValueChange={(value) => setExpiry(value as Expiry)}
              options={[
                { value: 'keep', label: 'Leave as it is', description: capital(presentExpiry) },
                { value: 'configuration', label: 'As configured', description: capital(configuredExpiry) },
                {
                  value: 'date',
                  label: 'On a date',
                  description: `Valid through the end of that day, in ${zoneName(licenseKey.timeZone)}`,
                  children: (
                    <Field label="Last day" hideLabel error={errors.expiresOn}>
                      <DateInput
                        name="expiresOn"
                        value={expiresOn}
                        onChange={(event) => setExpiresOn(event.target.value)}
                        className="max-w-44"
                      />
                    </Field>
                  ),
                },
                { value: 'never', label: 'Never', description: 'It does not expire' },
              ]}
            />
          </FormSection>
          <FormSection title="Note" description="Only your team sees it.">
            <Field label="Note" hideLabel error={errors.note}>
              <Textarea
                name="note"
                rows={3}
                maxLength={2000}
                defaultValue={String(state.values?.note ?? licenseKey.note)}
              />
            </Field>
          </FormSection>
        </div>
        <div className="@4xl:sticky @4xl:top-4 @4xl:col-start-2 @4xl:row-start-1 @4xl:self-start">
          <Card>
            <CardHeader title="What it means now" />
            <CardBody>
              <ul aria-live="polite" className="grid gap-1.5">
                {[...productWords, ...effects].map((effect) => (
                  <li key={effect.text} className="flex gap-2.5">
                    <span
                      aria-hidden="true"
                      className={`mt-[7px] size-[7px] shrink-0 rounded-full bg-current ${toneText[effect.tone as Tone]}`}
                    />
                    {effect.text}
                  </li>
                ))}
              </ul>
            </CardBody>
          </Card>
        </div>
        <div className="grid gap-4">
          <FormError>{state.status === 'error' && state.message}</FormError>
          <div className="flex flex-wrap items-center gap-2 border-line border-t py-4">
            <SubmitButton>Save changes</SubmitButton>
            <Button href={base as Route} variant="ghost">
              Cancel
            </Button>
          </div>
        </div>
      </form>
    </div>
  )
}

/** What another product means for software that asks for one, and for the purchase. */
function productEffect(
  { product, purchase }: LicenseKeyDetail,
  chosen: { id: string; name: string } | null,
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

function draftExpiry(
  expiry: Expiry,
  expiresOn: string,
  { expiresAt, configured, timeZone }: LicenseKeyDetail,
): Date | null {
  if (expiry === 'keep') return expiresAt
  if (expiry === 'configuration') return configured.expiresAt
  if (expiry !== 'date' || Number.isNaN(new Date(expiresOn).getTime())) return null
  return lastMomentOf(expiresOn, timeZone)
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

function FromConfiguration({ words, overridden }: { words: string; overridden: boolean }) {
  return (
    <>
      Configuration: {words}
      {overridden && (
        <span className="mt-1.5 block">
          <Badge tone="accent">overridden</Badge>
        </span>
      )}
    </>
  )
}
