'use client'
import { useActionState } from 'react'
import { type ProofSayings, StepUpField } from '#components/step-up-field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { beginAuthenticatorAction } from './actions.ts'

/** Begins to set up an authenticator app. */
export function BeginForm({ say, proof }: { say: { about: string; button: string }; proof: ProofSayings }) {
  const [state, submit, pending] = useActionState(beginAuthenticatorAction, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-4">
      <p className="text-pretty text-mute">{say.about}</p>
      <FormError>{pending || state.stepUp || state.status !== 'error' ? null : state.message}</FormError>
      <StepUpField state={state} words={proof} />
      <div>
        <SubmitButton>{say.button}</SubmitButton>
      </div>
    </form>
  )
}
