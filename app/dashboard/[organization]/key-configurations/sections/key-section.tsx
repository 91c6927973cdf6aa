'use client'
import { Field } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { RadioCards } from '#components/ui/radio-cards.tsx'
import type { SectionProps } from './section.ts'

/** How the strings of its keys look. */
export function KeySection({ values, change, errors }: SectionProps) {
  return (
    <FormSection title="Key" description="How new key strings look. Those already issued never change.">
      <RadioCards
        name="format"
        label="Format"
        columns={2}
        value={values.format}
        onValueChange={(format) => change({ format })}
        error={errors.format}
        options={[
          { value: 'uuid', label: 'UUID', description: 'Like the keys most stores issue. Made for copy and paste.' },
          {
            value: 'short',
            label: 'Short',
            description: 'Easy to type and to read aloud. Typos are recognized.',
          },
        ]}
      />
      <Field
        label="Prefix"
        optional
        error={errors.prefix}
        description="Up to 16 letters and digits. Shows at a glance which software a key is for."
      >
        <Input
          name="prefix"
          mono
          value={values.prefix}
          onChange={(event) => change({ prefix: event.target.value.toUpperCase() })}
          placeholder="EDITOR"
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          className="max-w-60"
        />
      </Field>
    </FormSection>
  )
}
