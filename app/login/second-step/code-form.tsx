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
export function CodeForm({ callbackUrl, hasApp }: { callbackUrl: string; hasApp: boolean }) {
  const [state, submit, pending] = useActionState(secondStepAction, { status: 'idle' })
  const { errors, form } = useMendedErrors(state, 'code')
  return (
    <form action={submit} {...form} className="grid gap-4" noValidate>
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      <FormError>{pending || state.errors ? null : state.message}</FormError>
      <Field
        label={hasApp ? 'Code' : 'Recovery code'}
        error={errors.code}
        description={hasApp ? 'No phone at hand? A recovery code works here, too.' : 'Each works once.'}
      >
        <Input name="code" type="text" autoComplete="one-time-code" spellCheck={false} mono autoFocus />
      </Field>
      <PlainButton type="submit" variant="primary" size="lg" loading={pending}>
        Sign in
      </PlainButton>
    </form>
  )
}
