'use client'
import { useActionState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { FormAction } from '#lib/web/action.ts'
import type { EndpointChoice } from '#lib/webhook-endpoints/rules.ts'
import type { WebhookFormat } from '#lib/webhooks/formats.ts'
import { save } from '../../actions.ts'
import { EndpointFields } from '../../endpoint-fields.tsx'

const submitted: FormAction = async (previous, form) => {
  const state = await save(previous, form)
  if (state.status === 'ok') toast.success(state.message)
  return state
}

/** Where events go, which, and what is in them. */
export function EditForm({
  organization,
  endpointId,
  choice,
  format,
  allowsPrivate,
}: {
  organization: string
  endpointId: string
  choice: EndpointChoice
  format: WebhookFormat
  allowsPrivate: boolean
}) {
  const [state, submit] = useActionState(submitted, { status: 'idle' })
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
      <input type="hidden" name="endpointId" value={endpointId} />
      <OpenedWith values={{ ...choice }} state={state} />
      <div className={state.status === 'error' ? 'mb-5' : undefined}>
        <FormError>{state.status === 'error' ? state.message : null}</FormError>
      </div>
      <EndpointFields {...choice} format={format} allowsPrivate={allowsPrivate} errors={errors} />
      <div className="border-line border-t pt-4 pb-3">
        <SubmitButton>Save</SubmitButton>
      </div>
    </form>
  )
}
