'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState } from 'react'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { openKey } from './actions.ts'

/** The one button that opens the key. Works without scripts. */
export function OpenForm({ mail, code, button }: { mail: string; code: string; button: string }) {
  const [state, submit] = useActionState(openKey, { status: 'idle' })
  return (
    <form action={submit} className="grid gap-4">
      <input type="hidden" name="mail" value={mail} />
      <input type="hidden" name="code" value={code} />
      <FormError>{state.message}</FormError>
      <SubmitButton size="lg">{button}</SubmitButton>
    </form>
  )
}
