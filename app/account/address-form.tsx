'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { type ProofSayings, StepUpField } from '#components/step-up-field.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { Words } from '#lib/words/en.ts'
import { changeAddressAction } from './actions.ts'

type AddressWords = Pick<Words['account']['page'], 'newAddress' | 'newAddressHint' | 'changeAddress'>

/** Asks for another address, which has to be confirmed from its mailbox. */
export function AddressForm({ say, proof }: { say: AddressWords; proof: ProofSayings }) {
  const [state, submit, pending] = useActionState(changeAddressAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state, 'email')
  const typed = state.status === 'error' && typeof state.values?.email === 'string' ? state.values.email : ''
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <FormError>
        {pending || state.errors || state.stepUp || state.status !== 'error' ? null : state.message}
      </FormError>
      <Field label={say.newAddress} error={errors.email} description={say.newAddressHint}>
        <Input name="email" type="email" autoComplete="email" spellCheck={false} defaultValue={typed} key={typed} />
      </Field>
      <StepUpField state={state} words={proof} />
      <div className="flex flex-wrap items-center gap-3">
        <SubmitButton variant="secondary">{say.changeAddress}</SubmitButton>
        <span role="status" className="min-w-0 text-ok [overflow-wrap:anywhere]">
          {state.status === 'ok' && !pending && state.message}
        </span>
      </div>
    </form>
  )
}
