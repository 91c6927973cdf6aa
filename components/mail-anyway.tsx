'use client'
import { confirmAction } from '#components/confirm-action.ts'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { FormAction } from '#lib/web/action.ts'

/** Asks before a mail goes out with a key that does not work. */
export function MailAnyway({
  why,
  values,
  action,
  onClose,
}: {
  why: string
  values: Record<string, string>
  action: FormAction
  onClose: () => void
}) {
  const run: FormAction = async (previous, form) => {
    const state = await action(previous, form)
    if (state.status === 'ok') toast.success(state.message)
    return state
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Send it although it does not work?"
      confirmLabel="Send anyway"
      values={{ ...values, anyway: 'on' }}
      action={confirmAction(run)}
    >
      {why}
    </ConfirmDialog>
  )
}
