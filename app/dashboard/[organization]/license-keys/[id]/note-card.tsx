'use client'
import { useActionState, useState } from 'react'
import { useLeaveGuard } from '#components/leave-guard.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import type { FormState } from '#lib/web/action.ts'
import { undoable } from '../../undo-toast.ts'
import { changeKey } from './actions.ts'

/** What the team should know about this key; never shown to the customer. */
export function NoteCard({
  organization,
  licenseKeyId,
  note,
  mayWrite,
}: {
  organization: string
  licenseKeyId: string
  note: string
  mayWrite: boolean
}) {
  const [editing, setEditing] = useState(false)
  return (
    <Card>
      <CardHeader title="Note">
        {mayWrite && !editing && (
          <Button
            size="sm"
            variant="ghost"
            aria-label={note ? 'Edit note' : 'Add a note'}
            onClick={() => setEditing(true)}
          >
            {note ? 'Edit' : 'Add'}
          </Button>
        )}
      </CardHeader>
      <CardBody>
        {editing ? (
          <NoteForm
            organization={organization}
            licenseKeyId={licenseKeyId}
            note={note}
            onDone={() => setEditing(false)}
          />
        ) : note ? (
          <p className="whitespace-pre-wrap break-words text-mute">{note}</p>
        ) : (
          <p className="text-mute">No note yet. Only your team sees notes.</p>
        )}
      </CardBody>
    </Card>
  )
}

function NoteForm({
  organization,
  licenseKeyId,
  note,
  onDone,
}: {
  organization: string
  licenseKeyId: string
  note: string
  onDone: () => void
}) {
  const [state, submit] = useActionState<FormState, FormData>(
    async (previous, form) => {
      const next = await undoable(organization, changeKey)(previous, form)
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
      <input type="hidden" name="licenseKeyId" value={licenseKeyId} />
      <OpenedWith values={{ note }} state={state} />
      <Field label="Note" hideLabel error={errors.note}>
        <Textarea name="note" rows={4} maxLength={2000} autoFocus defaultValue={String(state.values?.note ?? note)} />
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
