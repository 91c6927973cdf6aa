'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { forgottenPasswordAction } from '../actions.ts'

/** Asks for an address. */
export function ForgotForm({ email, words }: { email: string; words: { email: string; button: string } }) {
  const [state, submit, pending] = useActionState(forgottenPasswordAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state, 'email')
  const typed = typeof state.values?.email === 'string' ? state.values.email : email
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <FormError>{pending || state.errors ? null : state.message}</FormError>
      <Field label={words.email} error={errors.email}>
        <Input
          name="email"
          type="text"
          autoComplete="username"
          inputMode="email"
          spellCheck={false}
          defaultValue={typed}
          key={typed}
        />
      </Field>
      <SubmitButton size="lg">{words.button}</SubmitButton>
    </form>
  )
}
