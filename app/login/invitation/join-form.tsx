'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { Words } from '#lib/words/en.ts'
import { joinAction, joinAsAction } from './actions.ts'

/** A name and a password for a new account. */
export function JoinForm({
  token,
  email,
  say,
}: {
  token: string
  email: string
  say: Words['account']['invitation']['form']
}) {
  const [state, submit, pending] = useActionState(joinAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state)
  const typed = typeof state.values?.name === 'string' ? state.values.name : ''
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <FormError>{pending || state.errors ? null : state.message}</FormError>
      <Field label={say.name} error={errors.name}>
        <Input name="name" autoComplete="name" defaultValue={typed} key={typed} />
      </Field>
      <Field label={say.password} error={errors.password} description={say.hint}>
        <Input name="password" type="password" autoComplete="new-password" />
      </Field>
      <SubmitButton size="lg">{say.button}</SubmitButton>
    </form>
  )
}

/** One button for whoever is signed in already. */
export function JoinAsForm({ token, label }: { token: string; label: string }) {
  const [state, submit] = useActionState(joinAsAction, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-4">
      <input type="hidden" name="token" value={token} />
      <FormError>{state.message}</FormError>
      <SubmitButton size="lg" className="max-w-full">
        <span className="truncate">{label}</span>
      </SubmitButton>
    </form>
  )
}
