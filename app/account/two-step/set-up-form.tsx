'use client'
import type { Route } from 'next'
import { type ReactNode, useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { type ProofSayings, StepUpField } from '#components/step-up-field.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { confirmAuthenticatorAction } from './actions.ts'
import { type CodesWords, RecoveryCodes } from './recovery-codes.tsx'

/** The QR code, and the first code that the app shows; then the recovery codes, once. */
export function SetUpForm({
  isAsked,
  home,
  say,
  codesWords,
  proof,
  children,
}: {
  isAsked: boolean
  home: Route
  say: { code: string; button: string }
  codesWords: CodesWords
  proof: ProofSayings
  children: ReactNode
}) {
  const [state, submit, pending] = useActionState(confirmAuthenticatorAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state, 'code')
  const codes = state.status === 'ok' ? (state.result as string[]) : []
  if (codes.length > 0)
    return (
      <div className="mt-4">
        <RecoveryCodes codes={codes} say={codesWords} home={home} />
      </div>
    )
  if (!isAsked) return null
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      {children}
      <FormError>
        {pending || state.errors || state.stepUp || state.status !== 'error' ? null : state.message}
      </FormError>
      <Field label={say.code} error={errors.code}>
        <Input name="code" type="text" inputMode="numeric" autoComplete="one-time-code" mono maxLength={12} />
      </Field>
      <StepUpField state={state} words={proof} />
      <div>
        <SubmitButton>{say.button}</SubmitButton>
      </div>
    </form>
  )
}
