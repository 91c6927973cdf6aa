'use client'
import { Field } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { NumberInput } from '#components/ui/number-input.tsx'
import { numberText } from '#components/ui/number-text.ts'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { INT4_MAX } from '#lib/base/numbers.ts'
import { configuredUsage, type Draft, type SectionProps } from './draft.ts'
import { capital, FromConfiguration } from './from-configuration.tsx'

/** How often this key may be used. */
export function UsageSection({ licenseKey, draft, change, errors }: SectionProps) {
  const words = configuredUsage(licenseKey)
  return (
    <FormSection
      title="Usage"
      description={<FromConfiguration words={words} overridden={draft.usage !== 'configuration'} />}
    >
      <RadioCards
        name="usage"
        label="How many uses"
        hideLabel
        columns={3}
        value={draft.usage}
        onValueChange={(value) => change({ usage: value as Draft['usage'] })}
        options={[
          { value: 'configuration', label: 'As configured', description: capital(words) },
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
                  value={draft.usageLimit}
                  onValueChange={(usageLimit) => change({ usageLimit })}
                />
              </Field>
            ),
          },
          { value: 'unlimited', label: 'Unlimited', description: 'Any number of uses' },
        ]}
      />
    </FormSection>
  )
}
