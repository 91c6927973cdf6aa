'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState, useState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { PlainButton } from '#components/ui/plain-button.tsx'
import type { Words } from '#lib/words/en.ts'
import { signInAction } from './actions.ts'

/** One form for both ways in. Without a password, Enter asks for the link. */
export function LoginForm({
  callbackUrl,
  email,
  error,
  words,
}: {
  callbackUrl: string
  email: string
  error?: string
  words: Pick<Words['signIn'], 'email' | 'password' | 'noPassword' | 'button' | 'mailLink'>
}) {
  const [state, submit, pending] = useActionState(signInAction, { status: 'idle' })
  const [pressed, setPressed] = useState('password')
  const typed = typeof state.values?.email === 'string' ? state.values.email : email
  const { errors, form } = useMendedErrors(state, 'password')
  const message = state.errors ? undefined : (state.message ?? error)
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      <FormError>{pending ? null : message}</FormError>
      <Field label={words.email} error={errors.email}>
        <Input
          name="email"
          type="text"
          autoComplete="username"
          inputMode="email"
          spellCheck={false}
          defaultValue={typed}
          key={typed}
          autoFocus={state.status === 'idle' && !email}
        />
      </Field>
      <Field label={words.password} error={errors.password} description={words.noPassword}>
        <Input
          name="password"
          type="password"
          autoComplete="current-password"
          // Also where no script can move the focus after an answer.
          autoFocus={message !== undefined || (state.status === 'idle' && Boolean(email))}
        />
      </Field>
      <div className="mt-1 grid gap-2">
        <PlainButton
          type="submit"
          name="intent"
          value="password"
          variant="primary"
          size="lg"
          loading={pending && pressed === 'password'}
          onClick={() => setPressed('password')}
        >
          {words.button}
        </PlainButton>
        <PlainButton
          type="submit"
          name="intent"
          value="link"
          size="lg"
          loading={pending && pressed === 'link'}
          onClick={() => setPressed('link')}
        >
          {words.mailLink}
        </PlainButton>
      </div>
    </form>
  )
}
