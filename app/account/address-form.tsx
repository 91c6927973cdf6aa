'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { StepUpField } from '#components/step-up-field.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { changeAddressAction } from './actions.ts'

/** Asks for another address, which has to be confirmed from its mailbox. */
export function AddressForm() {
  const [state, submit, pending] = useActionState(changeAddressAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state, 'email')
  const typed = state.status === 'error' && typeof state.values?.email === 'string' ? state.values.email : ''
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <FormError>
        {pending || state.errors || state.stepUp || state.status !== 'error' ? null : state.message}
      </FormError>
      <Field
        label="New address"
        error={errors.email}
        description="We mail a link there. Until you use it, nothing changes. Purchases stay with the address they were made with, until you change it on the purchases page."
      >
        <Input name="email" type="email" autoComplete="email" spellCheck={false} defaultValue={typed} key={typed} />
      </Field>
      <StepUpField state={state} />
      <div className="flex flex-wrap items-center gap-3">
        <SubmitButton variant="secondary">Change address</SubmitButton>
        <span role="status" className="min-w-0 text-ok [overflow-wrap:anywhere]">
          {state.status === 'ok' && !pending && state.message}
        </span>
      </div>
    </form>
  )
}
