'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import { endTwoStepAction } from './actions.ts'

/** Turns two-step sign-in off, after saying what that means. */
export function EndTwoStep() {
  return (
    <ConfirmDialog
      trigger={<Button>Turn off two-step sign-in</Button>}
      title="Turn off two-step sign-in?"
      confirmLabel="Turn off"
      destructive
      action={confirmAction(endTwoStepAction)}
      onDone={() => toast.success('Two-step sign-in is off')}
    >
      Your authenticator app, passkeys and recovery codes open nothing any more, and other browsers are signed out. You
      are told by mail.
    </ConfirmDialog>
  )
}
