'use client'
import type { ReactNode } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { FormAction } from '#lib/web/action.ts'
import { undo } from './actions.ts'

const undoAndSay: FormAction = async (previous, form) => {
  const state = await undo(previous, form)
  if (state.status === 'ok') toast.success(state.message)
  return state
}

/** Takes back what was done to many keys at once; says before what it does to them. */
export function UndoButton({
  organization,
  batchId,
  title,
  children,
}: {
  organization: string
  batchId: string
  title: string
  children: ReactNode
}) {
  return (
    <ConfirmDialog
      trigger={<Button>Undo</Button>}
      title={`Undo “${title}”?`}
      confirmLabel="Undo"
      values={{ organization, batchId }}
      action={confirmAction(undoAndSay)}
    >
      {children}
    </ConfirmDialog>
  )
}
