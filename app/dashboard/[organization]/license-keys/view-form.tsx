'use client'
import { useActionState } from 'react'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { DialogClose, DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import { NAME_MAX, type SavedView } from '#lib/saved-views/plain.ts'
import type { FormState } from '#lib/web/action.ts'
import { changeKeyView, saveKeyView } from './actions.ts'

/** A view's name and what it shows: a new one, or one there is. */
export function ViewForm({
  organization,
  view,
  values,
  onDone,
  close,
}: {
  organization: string
  view: SavedView | null
  values: Omit<SavedView, 'id'>
  /** With what was saved; of a new one there is only the id. */
  onDone: (saved: Pick<SavedView, 'id'> & Partial<SavedView>) => void
  close: () => void
}) {
  const [state, submit] = useActionState<FormState, FormData>(
    async (previous, form) => {
      const next = await (view ? changeKeyView : saveKeyView)(previous, form)
      if (next.status === 'ok') {
        toast.success(next.message)
        onDone(next.result as SavedView)
      }
      return next
    },
    { status: 'idle' },
  )
  const { errors, form } = useMendedErrors(state, 'name')
  const typed = (name: 'name' | 'query') => String(state.values?.[name] ?? values[name])
  return (
    <form {...form} action={submit} className="grid gap-4">
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="sort" value={values.sort} />
      <input type="hidden" name="dir" value={values.dir} />
      {view && <input type="hidden" name="viewId" value={view.id} />}
      {view && (
        <OpenedWith
          values={{ name: view.name, query: view.query, sort: view.sort, dir: view.dir, isDefault: view.isDefault }}
          state={state}
        />
      )}
      <Field label="Name" error={errors.name}>
        <Input name="name" maxLength={NAME_MAX} autoComplete="off" defaultValue={typed('name')} />
      </Field>
      <Field label="Filters" error={errors.query} description="As they are typed above the list; empty shows all keys.">
        <Input name="query" mono maxLength={2_000} autoComplete="off" defaultValue={typed('query')} />
      </Field>
      <Checkbox
        name="isDefault"
        label="Open “License keys” with it"
        description="For all members; one view at most."
        defaultChecked={state.values ? state.values.isDefault === 'on' : values.isDefault}
      />
      <FormError>{state.status === 'error' && (!state.errors || state.conflicts) && state.message}</FormError>
      <DialogFooter>
        <DialogClose>
          <Button onClick={close}>Cancel</Button>
        </DialogClose>
        <SubmitButton>{view ? 'Save changes' : 'Save view'}</SubmitButton>
      </DialogFooter>
    </form>
  )
}
