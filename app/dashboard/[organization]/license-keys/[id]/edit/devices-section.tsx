'use client'
import { Field } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { NumberInput } from '#components/ui/number-input.tsx'
import { countText } from '#components/ui/number-text.ts'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { limits } from '#lib/key-configurations/plain.ts'
import { type BoundedProps, configuredDevices, type Draft } from './draft.ts'
import { capital, FromConfiguration } from './from-configuration.tsx'

/** How many devices this key takes. */
export function DevicesSection({ licenseKey, draft, change, errors, bounds }: BoundedProps) {
  const words = configuredDevices(licenseKey)
  return (
    <FormSection
      title="Devices"
      description={<FromConfiguration words={words} overridden={draft.activations !== 'configuration'} />}
    >
      <RadioCards
        name="activations"
        label="How many devices"
        hideLabel
        columns={2}
        value={draft.activations}
        onValueChange={(value) => change({ activations: value as Draft['activations'] })}
        options={[
          { value: 'configuration', label: 'As configured', description: capital(words) },
          {
            value: 'limited',
            label: 'Custom limit',
            description: `${countText(licenseKey.devices, 'device')} in use now`,
            children: (
              <Field label="Devices" hideLabel error={errors.activationLimit}>
                <NumberInput
                  name="activationLimit"
                  min={1}
                  max={limits.activationLimit}
                  value={draft.activationLimit}
                  onValueChange={(activationLimit) => change({ activationLimit })}
                />
              </Field>
            ),
          },
          ...(bounds && draft.activations !== 'unlimited'
            ? []
            : [{ value: 'unlimited', label: 'Unlimited', description: 'Any number of devices' }]),
          ...(bounds && draft.activations !== 'off'
            ? []
            : [{ value: 'off', label: 'Off', description: 'Validated without a device' }]),
        ]}
      />
      <Switch
        name="newDevicesBlocked"
        value="true"
        label="Block new devices"
        description="Active devices keep working and can activate again; no other device can be added."
        checked={draft.newDevicesBlocked}
        onChange={(event) => change({ newDevicesBlocked: event.target.checked })}
      />
    </FormSection>
  )
}
