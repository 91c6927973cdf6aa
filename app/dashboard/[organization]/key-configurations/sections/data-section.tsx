'use client'
import { Field } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import type { SectionProps } from './section.ts'

/** What software is told with each validation. */
export function DataSection({ values, change, errors }: SectionProps) {
  return (
    <FormSection title="Data that keys carry" description="Sent to your software with each validation.">
      <Field label="Version" optional error={errors.version}>
        <Input
          name="version"
          value={values.version}
          onChange={(event) => change({ version: event.target.value })}
          placeholder="4.x"
          autoComplete="off"
          className="max-w-44"
        />
      </Field>
      <Field
        label="Entitlements"
        optional
        error={errors.entitlements}
        description="Feature names, separated by commas. Software can ask whether a key includes one."
      >
        <Input
          name="entitlements"
          mono
          value={values.entitlements}
          onChange={(event) => change({ entitlements: event.target.value })}
          placeholder="export, sync"
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
    </FormSection>
  )
}
