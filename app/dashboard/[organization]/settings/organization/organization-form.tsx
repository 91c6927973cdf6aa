'use client'
import { PageForm, sayDone, usePageForm } from '#components/page-form.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { changeOrganization } from './actions.ts'

/** What customers know the organization by, and its time zone, typed or chosen from those the server knows. */
export function OrganizationForm({
  organization,
  settings,
  zones,
}: {
  organization: string
  settings: { name: string; supportEmail: string | null; websiteUrl: string | null; timeZone: string }
  zones: string[]
}) {
  const use = usePageForm(changeOrganization, sayDone)
  const { errors } = use
  return (
    <PageForm use={use} hidden={{ organization }} opened={{ ...settings }}>
      <FormSection title="Who you are" description="Customers see this on their page and in mails.">
        <Field label="Name" error={errors.name}>
          <Input name="name" defaultValue={settings.name} maxLength={80} autoComplete="organization" />
        </Field>
        <Field
          label="Support address"
          optional
          error={errors.supportEmail}
          description="Answers to mails go there, and customers who need help."
        >
          <Input
            type="email"
            name="supportEmail"
            defaultValue={settings.supportEmail ?? ''}
            placeholder="help@example.com"
            autoComplete="off"
          />
        </Field>
        <Field label="Website" optional error={errors.websiteUrl}>
          <Input
            type="url"
            name="websiteUrl"
            defaultValue={settings.websiteUrl ?? ''}
            placeholder="https://example.com"
            autoComplete="off"
          />
        </Field>
      </FormSection>
      <FormSection
        title="Time zone"
        description="Keys that expire with a day expire when that day ends here, and expiry times are shown in this time zone. Dates already set on keys do not move."
      >
        <Field label="Time zone" error={errors.timeZone} description="Such as Europe/Berlin.">
          <Input
            name="timeZone"
            list="time-zones"
            defaultValue={settings.timeZone}
            maxLength={64}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
        <datalist id="time-zones">
          {zones.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </FormSection>
    </PageForm>
  )
}
