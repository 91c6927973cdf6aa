'use client'
import { useState } from 'react'
import { OpenedWith } from '#components/opened-with.tsx'
import { FormBar, usePageForm } from '#components/page-form.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { Select } from '#components/ui/select.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { type Tone, toneText } from '#components/ui/tones.ts'
import type { SupportBounds } from '#lib/base/permissions.ts'
import { boundsWords } from '#lib/license-keys/bounds.ts'
import type { OverrideEffect } from '#lib/license-keys/look.ts'
import type { LicenseKeyDetail } from '#lib/license-keys/queries.ts'
import * as paths from '#lib/web/paths.ts'
import { saveKey } from './actions.ts'
import { DevicesSection } from './devices-section.tsx'
import { effectsOf, firstDraft, type ProductChoice } from './draft.ts'
import { ExpirySection } from './expiry-section.tsx'
import { UsageSection } from './usage-section.tsx'

/** The overrides of one key, each beside what the configuration says, and what they would mean at once. */
export function EditForm({
  organization,
  licenseKey,
  products,
  bounds,
  now,
}: {
  organization: string
  licenseKey: LicenseKeyDetail
  /** Those that grant the configuration, and the one the key has. */
  products: ProductChoice[]
  /** How far support may go; null for whoever may change everything. */
  bounds: SupportBounds | null
  now: Date
}) {
  const use = usePageForm(saveKey)
  const { state, errors, attributes } = use
  const [draft, setDraft] = useState(() => firstDraft(licenseKey, state.values, now))
  const section = {
    licenseKey,
    draft,
    change: (next: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...next })),
    errors,
  }
  return (
    <div className="@container max-w-[1080px]">
      <form
        {...attributes}
        className="grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-4 @4xl:grid-cols-[minmax(0,1fr)_320px]"
      >
        <input type="hidden" name="organization" value={organization} />
        <input type="hidden" name="licenseKeyId" value={licenseKey.id} />
        <OpenedWith values={licenseKey.edit} state={state} />
        <div>
          {bounds && (
            <div className="mb-2">
              <Notice title="What support may change here.">{boundsWords(bounds)}</Notice>
            </div>
          )}
          {!bounds && (
            <FormSection title="Product" description="Software can ask whether a key is for it.">
              <Field label="Product" hideLabel error={errors.productId}>
                <Select
                  name="productId"
                  placeholder="No product"
                  items={[
                    { value: '', label: 'No product' },
                    ...products.map((product) => ({ value: product.id, label: product.name })),
                  ]}
                  value={draft.productId}
                  onValueChange={(productId) => section.change({ productId })}
                />
              </Field>
            </FormSection>
          )}
          <DevicesSection {...section} bounds={bounds} />
          {!bounds && <UsageSection {...section} />}
          <ExpirySection {...section} bounds={bounds} />
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
        <Effects effects={effectsOf(draft, licenseKey, products, now)} />
        <div className="grid gap-4">
          <FormError>{state.status === 'error' && state.message}</FormError>
          <FormBar use={use} save="Save changes" cancel={paths.licenseKey({ organization, id: licenseKey.id })} />
        </div>
      </form>
    </div>
  )
}

function Effects({ effects }: { effects: OverrideEffect[] }) {
  return (
    <div className="@4xl:sticky @4xl:top-4 @4xl:col-start-2 @4xl:row-start-1 @4xl:self-start">
      <Card>
        <CardHeader title="What it means now" />
        <CardBody>
          <ul aria-live="polite" className="grid gap-1.5">
            {effects.map((effect) => (
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
  )
}
