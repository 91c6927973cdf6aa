'use client'
import { confirmAction } from '#components/confirm-action.ts'
import type { ProofSayings } from '#components/step-up-field.tsx'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import { endTwoStepAction } from './actions.ts'

/** Turns two-step sign-in off, after saying what that means. */
export function EndTwoStep({
  say,
  proof,
}: {
  say: Record<'button' | 'ask' | 'off' | 'warning' | 'done' | 'cancel' | 'close', string>
  proof: ProofSayings
}) {
  return (
    <ConfirmDialog
      trigger={<Button>{say.button}</Button>}
      title={say.ask}
      confirmLabel={say.off}
      leaveLabel={say.cancel}
      closeLabel={say.close}
      destructive
      action={confirmAction(endTwoStepAction, proof)}
      onDone={() => toast.success(say.done)}
    >
      {say.warning}
    </ConfirmDialog>
  )
}
