'use client'
import { useActionState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import * as paths from '#lib/web/paths.ts'
import { confirmNewAddressAction } from '../actions.ts'

/** The one button that takes the new address. */
export function ConfirmAddressForm({ token, say }: { token: string; say: { button: string; leave: string } }) {
  const [state, submit] = useActionState(confirmNewAddressAction, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-4">
      <input type="hidden" name="token" value={token} />
      <FormError>{state.status === 'error' ? state.message : null}</FormError>
      <div className="flex flex-wrap gap-2">
        <SubmitButton>{say.button}</SubmitButton>
        <Button href={paths.account()}>{say.leave}</Button>
      </div>
    </form>
  )
}
