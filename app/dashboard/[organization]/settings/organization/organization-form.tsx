'use client'
import { useActionState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { FormAction } from '#lib/web/action.ts'
import { changeOrganization } from './actions.ts'

const save: FormAction = async (previous, form) => {
  const state = await changeOrganization(previous, form)
  if (state.status === 'ok') toast.success(state.message)
  return state
}

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
  const [state, submit] = useActionState(save, { status: 'idle' })
  const { errors, form } = useMendedErrors(state)
  useLeaveGuard(form.ref, state)
  return (
    <form
      {...form}
      action={submit}
      noValidate
      // React empties a form after its action; what was typed stays.
      onReset={(event) => event.preventDefault()}
    >
      <input type="hidden" name="organization" value={organization} />
      <OpenedWith values={settings} state={state} />
      <FormError>{state.status === 'error' && !state.errors ? state.message : null}</FormError>
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
        <div>
          <SubmitButton>Save</SubmitButton>
        </div>
      </FormSection>
    </form>
  )
}
