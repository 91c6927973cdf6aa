'use client'
import { DateInput } from '#components/ui/date-input.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { zoneName } from '#lib/base/days.ts'
import { type BoundedProps, configuredExpiry, type Draft, presentExpiry } from './draft.ts'
import { capital, FromConfiguration } from './from-configuration.tsx'

/** When this key expires. */
export function ExpirySection({ licenseKey, draft, change, errors, bounds }: BoundedProps) {
  const words = configuredExpiry(licenseKey)
  return (
    <FormSection
      title="Expiry"
      description={<FromConfiguration words={words} overridden={licenseKey.expiryOverridden} />}
    >
      <RadioCards
        name="expiry"
        label="When it expires"
        hideLabel
        columns={2}
        value={draft.expiry}
        onValueChange={(value) => change({ expiry: value as Draft['expiry'] })}
        options={[
          { value: 'keep', label: 'Leave as it is', description: capital(presentExpiry(licenseKey)) },
          ...(bounds ? [] : [{ value: 'configuration', label: 'As configured', description: capital(words) }]),
          {
            value: 'date',
            label: 'On a date',
            description: `Valid through the end of that day, in ${zoneName(licenseKey.timeZone)}`,
            children: (
              <Field label="Last day" hideLabel error={errors.expiresOn}>
                <DateInput
                  name="expiresOn"
                  value={draft.expiresOn}
                  onChange={(event) => change({ expiresOn: event.target.value })}
                  className="max-w-44"
                />
              </Field>
            ),
          },
          ...(bounds ? [] : [{ value: 'never', label: 'Never', description: 'It does not expire' }]),
        ]}
      />
    </FormSection>
  )
}
