'use client'
import { useActionState, useState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import type { FormState } from '#lib/web/action.ts'
import { writeNote } from './actions.ts'

/** Where the next note is written; empty again when it is there. */
export function NewNote({ organization, customerId }: { organization: string; customerId: string }) {
  const [written, setWritten] = useState(0)
  const [state, submit] = useActionState<FormState, FormData>(
    async (previous, sent) => {
      const next = await writeNote(previous, sent)
      if (next.status === 'ok') setWritten((times) => times + 1)
      return next
    },
    { status: 'idle' },
  )
  const { errors, form } = useMendedErrors(state)
  useLeaveGuard(form.ref, state)
  return (
    <form {...form} action={submit} noValidate className="grid gap-2" onReset={(event) => event.preventDefault()}>
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="customerId" value={customerId} />
      <Field label="New note" hideLabel error={errors.text}>
        <Textarea key={written} name="text" rows={2} maxLength={4000} placeholder="What should your team know?" />
      </Field>
      <FormError>{state.errors ? null : state.status === 'error' && state.message}</FormError>
      <div>
        <SubmitButton size="sm" variant="secondary">
          Add note
        </SubmitButton>
      </div>
    </form>
  )
}
