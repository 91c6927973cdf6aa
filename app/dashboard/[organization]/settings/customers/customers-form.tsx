'use client'
import { useActionState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field, FieldError } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { FormSection } from '#components/ui/form-section.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { FormAction } from '#lib/web/action.ts'
import { changeCustomerSettings } from './actions.ts'

const save: FormAction = async (previous, form) => {
  const state = await changeCustomerSettings(previous, form)
  if (state.status === 'ok') toast.success(state.message)
  return state
}

/** Whether customers replace keys, and how often they free devices. */
export function CustomersForm({
  organization,
  settings,
}: {
  organization: string
  settings: { mayRotate: boolean; mayHandOn: boolean; cooldownHours: number; releasesAYear: number | null }
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
      <FormSection
        title="Keys"
        description="Customers always copy their keys and have them e-mailed. They are mailed the new key when they replace one."
      >
        <div>
          <Checkbox
            name="mayRotate"
            defaultChecked={settings.mayRotate}
            label="Replace a key by a new one"
            description="The old key ends at once: every device stops at its next check until the new one is entered there. At most three times a day."
          />
          {errors.mayRotate && <FieldError>{errors.mayRotate[0]}</FieldError>}
        </div>
        <div>
          <Checkbox
            name="mayHandOn"
            defaultChecked={settings.mayHandOn}
            label="Hand a key on to another address"
            description="Once its new owner says yes, within a week. They get a new key string, and all devices are freed; the purchase stays with whoever paid. You see it in the key’s history, and can give it back for 30 days."
          />
          {errors.mayHandOn && <FieldError>{errors.mayHandOn[0]}</FieldError>}
        </div>
      </FormSection>
      <FormSection
        title="Devices"
        description="Whether customers deactivate, rename and replace devices at all is set for each key configuration. This says how often they may free one of a key, on their page or from inside your software."
      >
        <Field
          label="Hours between two freed devices"
          error={errors.cooldownHours}
          description="0: they need not wait. Hinders sharing one key by taking turns."
        >
          <Input name="cooldownHours" inputMode="numeric" defaultValue={settings.cooldownHours} maxLength={5} />
        </Field>
        <Field
          label="Freed devices a year"
          optional
          error={errors.releasesAYear}
          description="Of each key. Leave it empty for any number."
        >
          <Input name="releasesAYear" inputMode="numeric" defaultValue={settings.releasesAYear ?? ''} maxLength={5} />
        </Field>
      </FormSection>
      <div className="border-line border-t pt-4">
        <SubmitButton>Save</SubmitButton>
      </div>
    </form>
  )
}
