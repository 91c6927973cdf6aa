'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState, useEffect } from 'react'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { FormAction } from '#lib/web/action.ts'

/** Mails the key to its owner; the answer appears as a message. */
export function MailKeyForm({
  action,
  licenseKeyId,
  button,
}: {
  action: FormAction
  licenseKeyId: string
  button: string
}) {
  const [state, submit] = useActionState(action, { status: 'idle' })
  useEffect(() => {
    if (state.status === 'ok') toast.success(state.message)
  }, [state])
  return (
    <form action={submit} className="min-w-0">
      <input type="hidden" name="licenseKeyId" value={licenseKeyId} />
      <SubmitButton variant="secondary" className="w-full">
        {button}
      </SubmitButton>
      {state.status === 'ok' && <p className="mt-1.5 hidden text-pretty text-mute noscript:block">{state.message}</p>}
      {state.status === 'error' && (
        <p role="alert" className="mt-1.5 text-pretty font-medium text-bad text-sm">
          {state.message}
        </p>
      )}
    </form>
  )
}
