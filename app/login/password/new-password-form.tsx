'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { newPasswordAction } from '../actions.ts'

/** A new password in place of a forgotten one. */
export function NewPasswordForm({
  token,
  email,
  words,
}: {
  token: string
  email: string
  words: { label: string; hint: string; button: string }
}) {
  const [state, submit, pending] = useActionState(newPasswordAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state, 'password')
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <FormError>{pending || state.errors ? null : state.message}</FormError>
      <Field label={words.label} error={errors.password} description={words.hint}>
        <Input name="password" type="password" autoComplete="new-password" />
      </Field>
      <SubmitButton size="lg">{words.button}</SubmitButton>
    </form>
  )
}
