'use client'
import { useState, useTransition } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { toast } from '#components/ui/toast.tsx'
import type { FormAction } from '#lib/web/action.ts'
import { undoChange } from '../../actions.ts'
import { lookAtUndo, stopChange } from './actions.ts'

type Named = { organization: string; id: string }

/** Stops a change that runs, or what takes one back. */
export const StopButton = ({ organization, id, isUndo }: Named & { isUndo: boolean }) => (
  <ConfirmDialog
    trigger={<Button>Stop</Button>}
    title={isUndo ? 'Stop taking it back?' : 'Stop this change?'}
    confirmLabel="Stop"
    values={{ organization, bulkChangeId: id }}
    action={confirmAction(stopChange)}
  >
    {isUndo
      ? 'Keys that were taken back stay so; the others stay changed. You can go on later.'
      : 'Keys that were changed stay so, and are listed; the others are not touched. You can then take it back.'}
  </ConfirmDialog>
)

const undoAndSay: FormAction = async (previous, form) => {
  const state = await undoChange(previous, form)
  if (state.status === 'ok') toast.success(state.message)
  return state
}

type Undo = { due: number; left: [why: string, keys: number][] }

/** Takes a change back; says before how many keys that means, and which are left alone. */
export function UndoButton({ organization, id, title }: Named & { title: string }) {
  const [undo, setUndo] = useState<Undo | null>(null)
  const [counting, startTransition] = useTransition()
  const look = () =>
    startTransition(async () => {
      const form = new FormData()
      form.set('organization', organization)
      form.set('bulkChangeId', id)
      const state = await lookAtUndo({ status: 'idle' }, form)
      if (state.status === 'ok') setUndo(state.result as Undo)
      else toast.error(state.message)
    })
  return (
    <>
      <Button loading={counting} onClick={look}>
        Undo
      </Button>
      {undo && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setUndo(null)}
          title={`Undo “${title}”?`}
          confirmLabel={undo.due > 0 ? `Undo for ${countText(undo.due, 'key')}` : 'Close it'}
          values={{ organization, bulkChangeId: id }}
          action={confirmAction(undoAndSay)}
        >
          {undo.due > 0 ? (
            <p>
              <b>{countText(undo.due, 'key')}</b> will be exactly what {undo.due === 1 ? 'it was' : 'they were'} before.
            </p>
          ) : (
            <p>None of the keys can go back: all of them were changed since.</p>
          )}
          {undo.left.length > 0 && (
            <>
              <p className="mt-2">These are left alone:</p>
              <ul className="list-disc pl-5">
                {undo.left.slice(0, 5).map(([why, keys]) => (
                  <li key={why}>
                    {numberText(keys)}: {why.charAt(0).toLowerCase() + why.slice(1)}
                  </li>
                ))}
              </ul>
            </>
          )}
        </ConfirmDialog>
      )}
    </>
  )
}
