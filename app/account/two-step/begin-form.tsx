'use client'
import { useActionState } from 'react'
import { StepUpField } from '#components/step-up-field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { beginAuthenticatorAction } from './actions.ts'

/** Begins to set up an authenticator app. */
export function BeginForm() {
  const [state, submit, pending] = useActionState(beginAuthenticatorAction, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-4">
      <p className="text-pretty text-mute">
        It shows six digits that change every thirty seconds, and needs no connection. Not set up.
      </p>
      <FormError>{pending || state.stepUp || state.status !== 'error' ? null : state.message}</FormError>
      <StepUpField state={state} />
      <div>
        <SubmitButton>Set up an authenticator app</SubmitButton>
      </div>
    </form>
  )
}
