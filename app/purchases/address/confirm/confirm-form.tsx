'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState } from 'react'
import { buttonLook } from '#components/ui/button-look.ts'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { sayNo, sayYes } from './actions.ts'

/** Yes or no to another address. Works without scripts. */
export function ConfirmForm({ token, words }: { token: string; words: { confirm: string; decline: string } }) {
  const [yes, submitYes] = useActionState(sayYes, { status: 'idle' })
  const [no, submitNo] = useActionState(sayNo, { status: 'idle' })
  const failed = yes.status === 'error' ? yes : no.status === 'error' ? no : null
  return (
    <>
      <form action={submitYes} className="grid gap-3">
        <input type="hidden" name="token" value={token} />
        <FormError>{failed?.message}</FormError>
        <SubmitButton size="lg">{words.confirm}</SubmitButton>
        <button type="submit" form="decline" className={buttonLook('ghost', 'lg')}>
          {words.decline}
        </button>
      </form>
      <form id="decline" action={submitNo}>
        <input type="hidden" name="token" value={token} />
      </form>
    </>
  )
}
