'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { StepUpField } from '#components/step-up-field.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { changePasswordAction } from './actions.ts'

/** Changes the password with the old one, or sets the first one. */
export function PasswordForm({ email, hasPassword }: { email: string; hasPassword: boolean }) {
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
        <Field label="Current password" error={errors.current}>
          <Input name="current" type="password" autoComplete="current-password" />
        </Field>
      ) : (
        <p className="text-pretty text-mute">
          You have none yet and sign in with e-mailed links. You can set one here.
        </p>
      )}
      <Field
        label="New password"
        error={errors.password}
        description="At least 10 characters. Every other browser is signed out."
      >
        <Input name="password" type="password" autoComplete="new-password" />
      </Field>
      <StepUpField state={state} />
      <div className="flex flex-wrap items-center gap-3">
        <SubmitButton variant="secondary">{hasPassword ? 'Change password' : 'Set password'}</SubmitButton>
        <span role="status" className="text-ok">
          {state.status === 'ok' && !pending && state.message}
        </span>
      </div>
    </form>
  )
}
