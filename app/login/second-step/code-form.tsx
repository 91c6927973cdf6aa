'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { PlainButton } from '#components/ui/plain-button.tsx'
import { secondStepAction } from './actions.ts'

/** Six digits, or a recovery code. */
export function CodeForm({
  callbackUrl,
  words,
}: {
  callbackUrl: string
  words: { label: string; hint: string; button: string }
}) {
  const [state, submit, pending] = useActionState(secondStepAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state, 'code')
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      <FormError>{pending || state.errors ? null : state.message}</FormError>
      <Field label={words.label} error={errors.code} description={words.hint}>
        <Input name="code" type="text" autoComplete="one-time-code" spellCheck={false} mono autoFocus />
      </Field>
      <PlainButton type="submit" variant="primary" size="lg" loading={pending}>
        {words.button}
      </PlainButton>
    </form>
  )
}
