'use client'
import { useTransition } from 'react'
import { Button } from '#components/ui/button.tsx'
import { toast } from '#components/ui/toast.tsx'
import { resend } from '../../../actions.ts'

/** Sends a message once more; one that waits is sent now. */
export function ResendButton({
  organization,
  messageId,
  isOff,
  children,
}: {
  organization: string
  messageId: string
  isOff: boolean
  children: string
}) {
  const [pending, startTransition] = useTransition()
  const run = () =>
    startTransition(async () => {
      const form = new FormData()
      for (const [name, value] of Object.entries({ organization, messageId })) form.set(name, value)
      const state = await resend({ status: 'idle' }, form)
      if (state.status !== 'ok') toast.error(state.message)
    })
  return (
    <Button loading={pending} onClick={run} disabledReason={isOff ? 'Switch the endpoint on first' : undefined}>
      {children}
    </Button>
  )
}
