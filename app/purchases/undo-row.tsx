'use client'
'use no memo' // light pages load it, and remembering costs more code than it saves work
import { useActionState } from 'react'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { undoDevice } from './actions.ts'

/** Stands for a minute where a device was, and brings it back. Works without scripts. */
export function UndoRow({
  activationId,
  words,
}: {
  activationId: string
  words: { deactivated: string; undo: string; undoOne: string }
}) {
  const [state, submit] = useActionState(undoDevice, { status: 'idle' })
  return (
    <li className="border-line2 border-t bg-line2/60 px-3.5 py-2.5 first:border-t-0">
      <form action={submit} className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <input type="hidden" name="activationId" value={activationId} />
        <span role="status" className="min-w-0 [overflow-wrap:anywhere]">
          {words.deactivated}
        </span>
        <SubmitButton variant="secondary" aria-label={words.undoOne}>
          {words.undo}
        </SubmitButton>
        {state.status === 'error' && (
          <p role="alert" className="basis-full font-medium text-bad">
            {state.message}
          </p>
        )}
      </form>
    </li>
  )
}
