'use client'
import { useActionState } from 'react'
import { DateInput } from '#components/ui/date-input.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { FormState } from '#lib/web/action.ts'
import { readOrders } from '../actions.ts'

/** Since which day orders are read. */
export function ReadOrdersForm({
  organization,
  connectionId,
  since,
}: {
  organization: string
  connectionId: string
  since: string
}) {
  const [state, submit] = useActionState(readOrders, idle)
  const typed = state.values?.since
  return (
    <form action={submit} noValidate className="grid gap-2">
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="connectionId" value={connectionId} />
      <FormError>{state.status === 'error' && !state.errors ? state.message : null}</FormError>
      <div className="flex flex-wrap items-end gap-2">
        <Field
          label="Read orders since"
          error={state.errors?.since}
          className="w-[200px] max-sm:w-full max-sm:flex-1 max-sm:basis-full"
        >
          <DateInput name="since" defaultValue={typeof typed === 'string' ? typed : since} />
        </Field>
        <SubmitButton>Read orders</SubmitButton>
      </div>
    </form>
  )
}

const idle: FormState = { status: 'idle' }
