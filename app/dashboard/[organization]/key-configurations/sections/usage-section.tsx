'use client'
import { Field } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { NumberInput } from '#components/ui/number-input.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { Select } from '#components/ui/select.tsx'
import type { FormValues } from '../form-values.ts'
import { numberOf, type SectionProps, textOf } from './section.ts'

/** How often a key may be used. */
export function UsageSection({ values, change, errors }: SectionProps) {
  return (
    <FormSection title="Usage" description="Software counts uses when it validates: exports, requests, tokens.">
      <RadioCards
        name="usageMode"
        label="Uses"
        columns={2}
        value={values.usageMode}
        onValueChange={(usageMode) => change({ usageMode: usageMode as FormValues['usageMode'] })}
        error={errors.usageMode}
        options={[
          { value: 'unlimited', label: 'Unlimited', description: 'Counted, never refused.' },
          { value: 'limited', label: 'Limited', description: 'Refused when the limit is used up.' },
        ]}
      />
      {values.usageMode === 'limited' && (
        <div className="flex flex-wrap items-start gap-2">
          <Field label="Usage limit" error={errors.usageLimit} className="max-w-80">
            <NumberInput
              name="usageLimit"
              min={1}
              unit={values.usageLimit === '1' ? 'use' : 'uses'}
              value={numberOf(values.usageLimit)}
              onValueChange={(usageLimit) => change({ usageLimit: textOf(usageLimit) })}
              className="w-52"
            />
          </Field>
          <Field label="Resets" error={errors.usageReset} className="w-36">
            <Select
              name="usageReset"
              value={values.usageReset}
              onValueChange={(usageReset) => change({ usageReset })}
              items={[
                { value: 'never', label: 'Never' },
                { value: 'day', label: 'Every day' },
                { value: 'month', label: 'Every month' },
                { value: 'year', label: 'Every year' },
              ]}
            />
          </Field>
        </div>
      )}
    </FormSection>
  )
}
