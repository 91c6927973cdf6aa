'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { type ProofSayings, StepUpField } from '#components/step-up-field.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { Words } from '#lib/words/en.ts'
import { changePasswordAction } from './actions.ts'

type PasswordWords = Pick<
  Words['account']['page'],
  'currentPassword' | 'noPassword' | 'passwordHint' | 'changePassword' | 'setPassword'
> & { newPassword: string }

/** Changes the password with the old one, or sets the first one. */
export function PasswordForm({
  email,
  hasPassword,
  say,
  proof,
}: {
  email: string
  hasPassword: boolean
  say: PasswordWords
  proof: ProofSayings
}) {
  const [state, submit, pending] = useActionState(changePasswordAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state)
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <FormError>
        {pending || state.errors || state.stepUp || state.status !== 'error' ? null : state.message}
      </FormError>
      {/* For password managers, which otherwise do not know whose password it is. */}
      <input type="hidden" name="username" autoComplete="username" value={email} />
      {hasPassword ? (
        <Field label={say.currentPassword} error={errors.current}>
          <Input name="current" type="password" autoComplete="current-password" />
        </Field>
      ) : (
        <p className="text-pretty text-mute">{say.noPassword}</p>
      )}
      <Field label={say.newPassword} error={errors.password} description={say.passwordHint}>
        <Input name="password" type="password" autoComplete="new-password" />
      </Field>
      <StepUpField state={state} words={proof} />
      <div className="flex flex-wrap items-center gap-3">
        <SubmitButton variant="secondary">{hasPassword ? say.changePassword : say.setPassword}</SubmitButton>
        <span role="status" className="text-ok">
          {state.status === 'ok' && !pending && state.message}
        </span>
      </div>
    </form>
  )
}
