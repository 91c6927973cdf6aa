'use client'
import { useActionState } from 'react'
import { StepUpField } from '#components/step-up-field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { renewRecoveryCodesAction } from './actions.ts'
import { RecoveryCodes } from './recovery-codes.tsx'

/** Makes new recovery codes and shows them, once. */
export function RecoveryForm() {
  const [state, submit, pending] = useActionState(renewRecoveryCodesAction, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-4">
      {state.status === 'ok' && <RecoveryCodes codes={state.result as string[]} />}
      <FormError>{pending || state.stepUp || state.status !== 'error' ? null : state.message}</FormError>
      <StepUpField state={state} />
      <div>
        <SubmitButton variant="secondary">Make new codes</SubmitButton>
      </div>
    </form>
  )
}
