'use client'
import { type ReactNode, useActionState, useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import type { FormState } from '#lib/web/action.ts'
import { removeNote, rewriteNote } from './actions.ts'

type Note = { organization: string; noteId: string; text: string }

/** One note, and for whoever may, its form in place. `children` say who wrote it, and when. */
export function NoteText({
  author,
  mayChange,
  children,
  ...note
}: Note & { author: string; mayChange: boolean; children: ReactNode }) {
  const [editing, setEditing] = useState(false)
  if (editing) return <NoteForm {...note} onDone={() => setEditing(false)} />
  const { organization, noteId, text } = note
  return (
    <>
      <p className="whitespace-pre-wrap text-pretty [overflow-wrap:anywhere]">{text}</p>
      <div className="mt-1 flex flex-wrap items-center gap-x-2">
        <p className="min-w-0 flex-1 basis-32 text-mute text-sm [overflow-wrap:anywhere]">{children}</p>
        {mayChange && (
          <span className="-mr-2 flex">
            <Button
              size="sm"
              variant="ghost"
              aria-label={`Edit the note of ${author}`}
              onClick={() => setEditing(true)}
            >
              Edit
            </Button>
            <ConfirmDialog
              trigger={
                <Button size="sm" variant="ghost" aria-label={`Delete the note of ${author}`}>
                  Delete
                </Button>
              }
              title="Delete this note?"
              confirmLabel="Delete"
              destructive
              values={{ organization, noteId }}
              action={confirmAction(removeNote)}
            >
              It is gone for everybody, and cannot be brought back.
            </ConfirmDialog>
          </span>
        )}
      </div>
    </>
  )
}

function NoteForm({ organization, noteId, text, onDone }: Note & { onDone: () => void }) {
  const [state, submit] = useActionState<FormState, FormData>(
    async (previous, sent) => {
      const next = await rewriteNote(previous, sent)
      if (next.status === 'ok') onDone()
      return next
    },
    { status: 'idle' },
  )
  const { errors, form } = useMendedErrors(state)
  useLeaveGuard(form.ref, state)
  return (
    <form {...form} action={submit} className="grid gap-2.5">
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="noteId" value={noteId} />
      <OpenedWith values={{ text }} state={state} />
      <Field label="Note" hideLabel error={errors.text}>
        <Textarea name="text" rows={3} maxLength={4000} autoFocus defaultValue={String(state.values?.text ?? text)} />
      </Field>
      <FormError>{state.errors ? null : state.status === 'error' && state.message}</FormError>
      <div className="flex gap-2">
        <SubmitButton size="sm">Save</SubmitButton>
        <Button size="sm" variant="ghost" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
