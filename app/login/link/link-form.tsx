'use client'
import { useActionState } from 'react'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { useLinkAction } from '../actions.ts'

/** The one button that uses a mailed link. */
export function LinkForm({
  email,
  token,
  callbackUrl,
  button,
}: {
  email: string
  token: string
  callbackUrl: string
  button: string
}) {
  const [state, submit] = useActionState(useLinkAction, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-4">
      <input type="hidden" name="email" value={email} />
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      <FormError>{state.message}</FormError>
      <SubmitButton size="lg" className="max-w-full">
        <span className="truncate">{button}</span>
      </SubmitButton>
    </form>
  )
}
