'use client'
import { useActionState } from 'react'
import { Notice } from '#components/ui/notice.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { FormAction } from '#lib/web/action.ts'
import { returnKey } from './actions.ts'

const giveBack: FormAction = async (previous, form) => {
  const state = await returnKey(previous, form)
  if (state.status === 'ok') toast.success(state.message)
  else toast.error(state.message)
  return state
}

/** That the customer themselves handed the key on, and the way back. */
export function HandedOnNotice({
  organization,
  licenseKeyId,
  from,
  to,
  mayWrite,
}: {
  organization: string
  licenseKeyId: string
  from: string
  to: string
  mayWrite: boolean
}) {
  const [, submit] = useActionState(giveBack, { status: 'idle' })
  return (
    <Notice
      title={`${from} handed this key on to ${to}.`}
      actions={
        mayWrite && (
          <form action={submit}>
            <input type="hidden" name="organization" value={organization} />
            <input type="hidden" name="licenseKeyId" value={licenseKeyId} />
            <SubmitButton variant="secondary" size="sm">
              Give it back
            </SubmitButton>
          </form>
        )
      }
    >
      {mayWrite && 'Giving it back makes a new key string, frees all devices, and tells both.'}
    </Notice>
  )
}
