'use client'
import { DateInput } from '#components/ui/date-input.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { NumberInput } from '#components/ui/number-input.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import { Select } from '#components/ui/select.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { zoneName } from '#lib/base/days.ts'
import { numberOf, type SectionProps, textOf } from './section.ts'

/** When keys expire, and how much longer they are taken. */
export function ExpirySection({ values, change, errors, timeZone }: SectionProps & { timeZone: string }) {
  return (
    <FormSection title="Expiry" description="A key keeps the date it was issued with, even if you change this later.">
      <RadioCards
        name="expiryKind"
        label="Keys expire"
        columns={3}
        value={values.expiryKind}
        onValueChange={(expiryKind) => change({ expiryKind })}
        error={errors.expiryKind}
        options={[
          { value: 'never', label: 'Never', description: 'Perpetual keys.' },
          { value: 'duration', label: 'After a period', description: 'Counted separately for each key.' },
          { value: 'fixed_date', label: 'On a fixed date', description: 'The same for all keys.' },
        ]}
      />
      {values.expiryKind === 'fixed_date' && (
        <Field
          label="Last day"
          error={errors.expiresOn}
          description={`Keys work until this day ends in ${zoneName(timeZone)}.`}
        >
          <DateInput
            name="expiresOn"
            value={values.expiresOn}
            onChange={(event) => change({ expiresOn: event.target.value })}
            className="max-w-44"
          />
        </Field>
      )}
      {values.expiryKind === 'duration' && (
        <>
          <div className="flex flex-wrap items-start gap-2">
            <Field label="Time" error={errors.durationCount} className="max-w-80">
              <NumberInput
                name="durationCount"
                min={1}
                value={numberOf(values.durationCount)}
                onValueChange={(durationCount) => change({ durationCount: textOf(durationCount) })}
                className="w-36"
              />
            </Field>
            <Field label="Unit" error={errors.durationUnit} className="w-28">
              <Select
                name="durationUnit"
                value={values.durationUnit}
                onValueChange={(durationUnit) => change({ durationUnit })}
                items={[
                  { value: 'day', label: 'Days' },
                  { value: 'month', label: 'Months' },
                  { value: 'year', label: 'Years' },
                ]}
              />
            </Field>
          </div>
          <RadioCards
            name="expiryStart"
            label="The period starts"
            columns={2}
            value={values.expiryStart}
            onValueChange={(expiryStart) => change({ expiryStart })}
            error={errors.expiryStart}
            options={[
              { value: 'issue', label: 'At issue', description: 'When the customer gets the key.' },
              {
                value: 'first_activation',
                label: 'At the first activation',
                description:
                  values.activationsMode !== 'off'
                    ? 'Unused keys do not lose any time.'
                    : 'Not possible without activations.',
              },
            ]}
          />
        </>
      )}
      {values.expiryKind === 'duration' && (
        <Switch
          name="endsWithDay"
          label="Until the end of the day"
          description="Keys expire at the end of their last day in the organization’s time zone, not at the minute they started."
          checked={values.endsWithDay}
          onChange={(event) => change({ endsWithDay: event.target.checked })}
        />
      )}
      {values.expiryKind !== 'never' && (
        <Field
          label="Grace period"
          error={errors.graceDays}
          description="An expired key stays valid this much longer. Your software is told, so it can show a reminder."
        >
          <NumberInput
            name="graceDays"
            min={0}
            unit={values.graceDays === '1' ? 'day' : 'days'}
            value={numberOf(values.graceDays)}
            onValueChange={(graceDays) => change({ graceDays: textOf(graceDays) })}
          />
        </Field>
      )}
      {values.expiryKind !== 'never' && (
        <Field
          label="Reminders by mail"
          error={errors.expiryReminderDays}
          description="So many days before a key ends its customer is reminded. Leave it empty to send none."
        >
          <Input
            name="expiryReminderDays"
            value={values.expiryReminderDays}
            onChange={(event) => change({ expiryReminderDays: event.target.value })}
            placeholder="30, 7, 1"
            after="days before"
            autoComplete="off"
          />
        </Field>
      )}
    </FormSection>
  )
}
