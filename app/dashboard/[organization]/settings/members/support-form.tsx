'use client'
import { useActionState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { StepUpField } from '#components/step-up-field.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { SupportBounds } from '#lib/base/permissions.ts'
import type { FormAction } from '#lib/web/action.ts'
import { setSupportBounds } from './actions.ts'

const save: FormAction = async (previous, form) => {
  const state = await setSupportBounds(previous, form)
  if (state.status === 'ok') toast.success(state.message)
  return state
}

/** How far members with the role support may go by themselves. */
export function SupportForm({ organization, bounds }: { organization: string; bounds: SupportBounds }) {
  const [state, submit] = useActionState(save, { status: 'idle' })
  const { errors, form } = useMendedErrors(state)
  useLeaveGuard(form.ref, state)
  return (
    <form
      {...form}
      action={submit}
      aria-label="What support may do"
      noValidate
      // React empties a form after its action; what was typed stays.
      onReset={(event) => event.preventDefault()}
      className="grid grid-cols-1 gap-4"
    >
      <input type="hidden" name="organization" value={organization} />
      <OpenedWith values={bounds} state={state} />
      <FormError>{state.status === 'error' && !state.errors && !state.stepUp ? state.message : null}</FormError>
      <p className="text-pretty text-mute">
        Support frees devices, disables and enables keys, mails them again and writes notes. What follows is how far
        they may go beyond that, with each key, before they ask an admin.
      </p>
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Field
          label="Days they may extend a key by"
          error={errors.extendDays}
          description="Counted from the end that an admin, a store or a program gave it last. 0: not at all."
        >
          <Input name="extendDays" inputMode="numeric" defaultValue={bounds.extendDays} maxLength={4} />
        </Field>
        <Field
          label="Devices they may add"
          error={errors.moreDevices}
          description="To what the key’s configuration gives. 0: none."
        >
          <Input name="moreDevices" inputMode="numeric" defaultValue={bounds.moreDevices} maxLength={4} />
        </Field>
      </div>
      <Checkbox
        name="seesKeys"
        defaultChecked={bounds.seesKeys}
        label="They see whole keys"
        description="To reveal, copy and export them. The history says who saw which. Otherwise they see the end of each."
      />
      <StepUpField state={state} />
      <div>
        <SubmitButton>Save</SubmitButton>
      </div>
    </form>
  )
}
