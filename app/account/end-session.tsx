'use client'
import { useActionState } from 'react'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { endSessionAction } from './actions.ts'

/** Signs out another browser. */
export function EndSession({ sessionId, name, label }: { sessionId: string; name: string; label: string }) {
  const [state, submit] = useActionState(endSessionAction, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-2">
      <input type="hidden" name="sessionId" value={sessionId} />
      <SubmitButton variant="secondary" size="sm">
        {label} <span className="sr-only">{name}</span>
      </SubmitButton>
      <FormError>{state.status === 'error' ? state.message : null}</FormError>
    </form>
  )
}
