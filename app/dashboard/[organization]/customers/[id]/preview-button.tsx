'use client'
import { useActionState } from 'react'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import type { FormState } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'
import { lookAsThey } from './actions.ts'

/** Opens the customer's page as they see it: by a press, since their history says who looked. */
export function PreviewButton({ organization, customerId }: { organization: string; customerId: string }) {
  const [state, submit] = useActionState<FormState, FormData>(
    async (previous, sent) => {
      const next = await lookAsThey(previous, sent)
      // It is another frame, in another language: a page of its own.
      if (next.status === 'ok') window.location.assign(paths.previewedPurchases({ organization, id: customerId }))
      return next
    },
    { status: 'idle' },
  )
  return (
    <form action={submit} className="grid gap-2">
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="customerId" value={customerId} />
      <div>
        <SubmitButton size="sm" variant="secondary">
          Look as they see it
        </SubmitButton>
      </div>
      <FormError>{state.status === 'error' && state.message}</FormError>
    </form>
  )
}
