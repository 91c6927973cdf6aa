'use client'
import { useActionState } from 'react'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { FormState } from '#lib/action.ts'
import { mailKey } from '../actions.ts'

/** Mails the key to its owner; the answer appears as a message. */
export function MailKeyForm({ licenseKeyId }: { licenseKeyId: string }) {
  const [state, submit] = useActionState(
    async (previous: FormState, form: FormData) => {
      const next = await mailKey(previous, form)
      if (next.status === 'ok') toast.success(next.message)
      return next
    },
    { status: 'idle' },
  )
  return (
    <form action={submit} className="min-w-0">
      <input type="hidden" name="licenseKeyId" value={licenseKeyId} />
      <SubmitButton variant="secondary" className="w-full">
        Mail me this key
      </SubmitButton>
      {state.status === 'error' && (
        <p role="alert" className="mt-1.5 text-pretty font-medium text-bad text-sm">
          {state.message}
        </p>
      )}
    </form>
  )
}
