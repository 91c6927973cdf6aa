'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { PlainButton } from '#components/ui/plain-button.tsx'
import type { Words } from '#lib/words/en.ts'
import { signInAction } from '../actions.ts'

/** The same person once more, by their password or by a mail. */
export function WayForm({
  email,
  callbackUrl,
  byPassword,
  byMail,
  say,
}: {
  email: string
  callbackUrl: string
  byPassword: boolean
  byMail: boolean
  say: Words['account']['anotherWay']['form']
}) {
  const [state, submit, pending] = useActionState(signInAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state, 'password')
  if (!byPassword && !byMail) return null
  return (
    <form action={submit} {...form} className="grid gap-3">
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      <input type="hidden" name="email" value={email} autoComplete="username" />
      <FormError>{pending || state.errors ? null : state.message}</FormError>
      {byPassword && (
        <Field label={say.password} error={errors.password}>
          <Input name="password" type="password" autoComplete="current-password" required={!byMail} />
        </Field>
      )}
      {byPassword && (
        <PlainButton type="submit" name="intent" value="password" variant="primary" size="lg" loading={pending}>
          {say.signIn}
        </PlainButton>
      )}
      {byMail && (
        <PlainButton type="submit" name="intent" value="link" size="lg" loading={pending}>
          {say.mail}
        </PlainButton>
      )}
    </form>
  )
}
