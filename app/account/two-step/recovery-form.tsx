'use client'
import { useActionState } from 'react'
import { type ProofSayings, StepUpField } from '#components/step-up-field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { renewRecoveryCodesAction } from './actions.ts'
import { type CodesWords, RecoveryCodes } from './recovery-codes.tsx'

/** Makes new recovery codes and shows them, once. */
export function RecoveryForm({ button, codes, proof }: { button: string; codes: CodesWords; proof: ProofSayings }) {
  const [state, submit, pending] = useActionState(renewRecoveryCodesAction, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-4">
      {state.status === 'ok' && <RecoveryCodes codes={state.result as string[]} say={codes} />}
      <FormError>{pending || state.stepUp || state.status !== 'error' ? null : state.message}</FormError>
      <StepUpField state={state} words={proof} />
      <div>
        <SubmitButton variant="secondary">{button}</SubmitButton>
      </div>
    </form>
  )
}
