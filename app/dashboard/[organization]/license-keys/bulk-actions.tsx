'use client'
import { type ReactNode, useState, useTransition } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { StopWords } from '#components/stop-words.tsx'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import type { Selection } from '#components/ui/data-table/bulk-bar.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { countText, numberText } from '#components/ui/number-text.ts'
import { toast } from '#components/ui/toast.tsx'
import type { SelectionPreview } from '#lib/license-keys/list.ts'
import { SELECTION_MAX } from '#lib/license-keys/schema.ts'
import type { FormAction } from '#lib/web/action.ts'
import { disableKeys, enableKeys, previewKeys, revokeKeys, undoKeys } from './actions.ts'

type Part = SelectionPreview['granted']

const stops = (part: Part): ReactNode => (
  <StopWords {...part} of={countText(part.customers, 'customer')} now={new Date()} />
)

type Change = {
  verb: string
  done: string
  action: FormAction
  destructive: boolean
  /** The keys among the selected that it would change. */
  due: (preview: SelectionPreview) => Part
  nothing: string
  says: (due: Part) => ReactNode
}

const changes = {
  disable: {
    verb: 'Disable',
    done: 'disabled',
    action: disableKeys,
    destructive: false,
    due: (preview) => preview.granted,
    nothing: 'All of these are already disabled or revoked.',
    says: (due) => <>{stops(due)} You can enable the keys again at any time.</>,
  },
  enable: {
    verb: 'Enable',
    done: 'enabled',
    action: enableKeys,
    destructive: false,
    due: (preview) => preview.disabled,
    nothing: 'None of these is disabled.',
    says: () => 'They work again immediately, including on the devices they were activated on.',
  },
  revoke: {
    verb: 'Revoke',
    done: 'revoked',
    action: revokeKeys,
    destructive: true,
    due: (preview) => {
      // A disabled key stops nothing more.
      return { ...preview.granted, keys: preview.granted.keys + preview.disabled.keys }
    },
    nothing: 'All of these are already revoked.',
    says: (due) => <>{stops(due)} Revoking is for refunds and cancellations. You can take it back from the history.</>,
  },
} satisfies Record<string, Change>
type ChangeName = keyof typeof changes

/** The buttons of the bulk bar; each asks first, and says how many keys and devices it means. */
export function BulkActions({
  organization,
  selection,
  total,
}: {
  organization: string
  selection: Selection
  total: number
}) {
  const [asked, setAsked] = useState<{ name: ChangeName; preview: SelectionPreview } | null>(null)
  const [counting, setCounting] = useState<ChangeName | null>(null)
  const [, startTransition] = useTransition()

  function ask(name: ChangeName) {
    setCounting(name)
    startTransition(async () => {
      const form = new FormData()
      form.set('organization', organization)
      if (selection.matching) form.set('address', window.location.search)
      else for (const id of selection.ids) form.append('licenseKeyIds[]', id)
      const state = await previewKeys({ status: 'idle' }, form)
      setCounting(null)
      if (state.status !== 'ok') return void toast.error(state.message)
      const preview = state.result as SelectionPreview
      if (changes[name].due(preview).keys === 0) return void toast.info(changes[name].nothing)
      setAsked({ name, preview })
    })
  }

  return (
    <>
      {(Object.keys(changes) as ChangeName[]).map((name) => (
        <Button key={name} size="sm" loading={counting === name} onClick={() => ask(name)}>
          {changes[name].verb}
        </Button>
      ))}
      {asked && (
        <Confirmation
          key={asked.name}
          organization={organization}
          change={changes[asked.name]}
          preview={asked.preview}
          beyond={selection.matching ? Math.max(0, total - SELECTION_MAX) : 0}
          onClose={() => setAsked(null)}
          onDone={selection.clear}
        />
      )}
    </>
  )
}

async function takeBack(organization: string, batchId: string): Promise<void> {
  const form = new FormData()
  form.set('organization', organization)
  form.set('batchId', batchId)
  const state = await undoKeys({ status: 'idle' }, form)
  if (state.status === 'ok') toast.success(state.message)
  else toast.error(state.message)
}

function Confirmation({
  organization,
  change,
  preview,
  beyond,
  onClose,
  onDone,
}: {
  organization: string
  change: Change
  preview: SelectionPreview
  beyond: number
  onClose: () => void
  onDone: () => void
}) {
  const due = change.due(preview)
  const others = preview.ids.length - due.keys
  const words = countText(due.keys, 'key')
  const run: FormAction = async (previous, form) => {
    const state = await change.action(previous, form)
    if (state.status !== 'ok') return state
    const { batchId, changed, unreached } = state.result as { batchId: string; changed: number; unreached: number }
    if (unreached > 0)
      toast.error(
        `${countText(changed, 'key')} ${change.done}. Then something went wrong: ${countText(unreached, 'key')} stayed as they were. Try those again.`,
      )
    else
      toast.success(`${countText(changed, 'key')} ${change.done}`, {
        duration: 15_000,
        ...(changed > 0 && { action: { label: 'Undo', onClick: () => void takeBack(organization, batchId) } }),
      })
    return state
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${change.verb} ${words}?`}
      confirmLabel={`${change.verb} ${words}`}
      destructive={change.destructive}
      action={confirmAction(run)}
      values={{ organization }}
      fields={
        <>
          <input type="hidden" name="licenseKeyIds" value={preview.ids.join(',')} />
          {change.action !== enableKeys && (
            <Field label="Reason" optional description="Kept in the history; customers do not see it.">
              <Input name="reason" maxLength={200} autoComplete="off" />
            </Field>
          )}
        </>
      }
      onDone={onDone}
    >
      <p>{change.says(due)}</p>
      {others > 0 && (
        <p className="mt-2">
          {countText(others, 'other selected key')} {others === 1 ? 'stays as it is' : 'stay as they are'}.
        </p>
      )}
      {beyond > 0 && (
        <p className="mt-2">
          At most {numberText(SELECTION_MAX)} keys are changed at once, the newest first; {numberText(beyond)} more
          match.
        </p>
      )}
    </ConfirmDialog>
  )
}
