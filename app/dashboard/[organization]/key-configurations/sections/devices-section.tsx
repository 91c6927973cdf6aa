'use client'
import { Field, FieldError } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { NumberInput } from '#components/ui/number-input.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { numberOf, type SectionProps, textOf } from './section.ts'

/** How many devices a key takes, and what customers may do with theirs. */
export function DevicesSection({ values, change, errors }: SectionProps) {
  const takesDevices = values.activationsMode !== 'off'
  return (
    <FormSection title="Devices" description="An activation ties a key to one device and can be released again.">
      <RadioCards
        name="activationsMode"
        label="Activations"
        columns={3}
        value={values.activationsMode}
        onValueChange={(activationsMode) => change({ activationsMode })}
        error={errors.activationsMode}
        options={[
          { value: 'limited', label: 'Limited', description: 'A fixed number at a time.' },
          { value: 'unlimited', label: 'Unlimited', description: 'Counted, never refused.' },
          { value: 'off', label: 'Off', description: 'Keys are only validated.' },
        ]}
      />
      {values.activationsMode === 'limited' && (
        <Field label="Device limit" error={errors.activationLimit}>
          <NumberInput
            name="activationLimit"
            min={1}
            unit={values.activationLimit === '1' ? 'device' : 'devices'}
            value={numberOf(values.activationLimit)}
            onValueChange={(activationLimit) => change({ activationLimit: textOf(activationLimit) })}
          />
        </Field>
      )}
      {takesDevices && (
        <div>
          <Switch
            name="activationRequired"
            label="Require an activation"
            description="Validation refuses a key unless the call comes from one of its devices. Without this, the limit only applies to software that activates."
            checked={values.activationRequired}
            onChange={(event) => change({ activationRequired: event.target.checked })}
          />
          {errors.activationRequired && <FieldError>{errors.activationRequired[0]}</FieldError>}
        </div>
      )}
      <fieldset hidden={!takesDevices} className="grid gap-3">
        <legend className="float-left mb-1 w-full font-medium">Customers may</legend>
        <Switch
          name="customerMayDeactivate"
          label="Deactivate devices"
          description="To move to another computer without asking you."
          checked={values.customerMayDeactivate}
          onChange={(event) => change({ customerMayDeactivate: event.target.checked })}
          className="clear-both"
        />
        <Switch
          name="customerMayReplace"
          label="Replace a device"
          description="Software gives a new device the slot of one the customer chooses. Otherwise it needs a free slot."
          checked={values.customerMayReplace}
          onChange={(event) => change({ customerMayReplace: event.target.checked })}
        />
        <Switch
          name="customerMayRename"
          label="Rename devices"
          checked={values.customerMayRename}
          onChange={(event) => change({ customerMayRename: event.target.checked })}
        />
      </fieldset>
    </FormSection>
  )
}
