'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { PlainButton } from '#components/ui/plain-button.tsx'
import { useCodeAction } from '../actions.ts'

/** Where the code of the mail is typed, in the browser that asked for it. */
export function CodeForm({
  email,
  request,
  callbackUrl,
  words,
}: {
  email: string
  request: string
  callbackUrl: string
  words: { code: string; button: string }
}) {
  const [state, submit, pending] = useActionState(useCodeAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state, 'code')
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <input type="hidden" name="email" value={email} />
      <input type="hidden" name="request" value={request} />
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      <FormError>{pending || state.errors ? null : state.message}</FormError>
      <Field label={words.code} error={errors.code}>
        <Input
          name="code"
          mono
          type="text"
          inputMode="numeric"
          autoComplete="one-time-code"
          spellCheck={false}
          maxLength={20}
          autoFocus
        />
      </Field>
      <PlainButton type="submit" variant="primary" size="lg" loading={pending}>
        {words.button}
      </PlainButton>
    </form>
  )
}
