'use client'
import { useActionState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import * as paths from '#lib/web/paths.ts'
import { confirmAddressAction } from '../actions.ts'

/** Asks for the link that verifies the signed-in address. */
export function ConfirmForm({
  hasDashboard,
  words,
}: {
  hasDashboard: boolean
  words: { button: string; back: string }
}) {
  const [state, submit] = useActionState(confirmAddressAction, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-4">
      <input type="hidden" name="callbackUrl" value={paths.purchases()} />
      <FormError>{state.message}</FormError>
      <div className="flex flex-wrap gap-2">
        <SubmitButton>{words.button}</SubmitButton>
        {hasDashboard && <Button href={paths.dashboard()}>{words.back}</Button>}
      </div>
    </form>
  )
}
