'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState } from 'react'
import { buttonLook } from '#components/ui/button-look.ts'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { FormAction } from '#lib/web/action.ts'

/** Yes or no to what the link of a mail asks. Works without scripts. */
export function YesOrNoForm({
  token,
  yes,
  no,
  words,
}: {
  token: string
  yes: FormAction
  no: FormAction
  words: { yes: string; no: string }
}) {
  const [agreed, agree] = useActionState(yes, { status: 'idle' })
  const [declined, decline] = useActionState(no, { status: 'idle' })
  const failed = [agreed, declined].find(({ status }) => status === 'error')
  return (
    <>
      <form action={agree} className="grid gap-3">
        <input type="hidden" name="token" value={token} />
        <FormError>{failed?.message}</FormError>
        <SubmitButton size="lg">{words.yes}</SubmitButton>
        <button type="submit" form="decline" className={buttonLook('ghost', 'lg')}>
          {words.no}
        </button>
      </form>
      <form id="decline" action={decline}>
        <input type="hidden" name="token" value={token} />
      </form>
    </>
  )
}
