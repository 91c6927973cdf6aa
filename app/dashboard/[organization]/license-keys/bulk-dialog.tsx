'use client'
import { useRouter } from 'next/navigation'
import { useActionState, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Dialog, DialogClose, DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { countText } from '#components/ui/number-text.ts'
import type { Begun } from '#lib/bulk-changes/commands.ts'
import { actionWords, type BulkActionName } from '#lib/bulk-changes/plain.ts'
import type { BulkPreview } from '#lib/bulk-changes/preview.ts'
import type { FormState } from '#lib/web/action.ts'
import * as paths from '#lib/web/paths.ts'
import { sayDone } from '../undo-toast.ts'
import { changeKeys, previewKeys } from './actions.ts'
import { BulkFields } from './bulk-fields.tsx'
import { PreviewWords } from './bulk-preview.tsx'

type Fields = Record<string, string>
type Ready = { preview: BulkPreview; fields: Fields }

/** Asks what is to be done where that needs words, says what would happen to whom, and does it. */
export function BulkDialog({
  organization,
  action,
  first,
  keys,
  count,
  isBounded,
  onClose,
  onDone,
}: {
  organization: string
  action: BulkActionName
  /** What would happen, where nothing else has to be said. */
  first: BulkPreview | null
  /** Which keys, as fields of a form, and how many they were when the list was read. */
  keys: Fields
  count: number
  /** Whoever asks is in support. */
  isBounded: boolean
  onClose: () => void
  onDone: () => void
}) {
  const own = { organization, action, ...keys }
  const [ready, setReady] = useState<Ready | null>(first && { preview: first, fields: own })
  const { verb } = actionWords[action]
  const words = `${verb} ${countText(ready?.preview.due ?? count, 'key')}`
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={ready ? `${words}?` : words} size="sm">
      {ready ? (
        <Confirm
          {...{ organization, action, words, ...ready }}
          back={first ? null : () => setReady(null)}
          onDone={() => {
            onClose()
            onDone()
          }}
        />
      ) : (
        <Ask action={action} own={own} isBounded={isBounded} onReady={setReady} />
      )}
    </Dialog>
  )
}

const fieldsOf = (form: FormData): Fields =>
  Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))

function Ask({
  action,
  own,
  isBounded,
  onReady,
}: {
  action: BulkActionName
  own: Fields
  isBounded: boolean
  onReady: (ready: Ready) => void
}) {
  const [state, submit, pending] = useActionState(async (previous: FormState, form: FormData): Promise<FormState> => {
    const next = await previewKeys(previous, form)
    if (next.status === 'ok') onReady({ preview: next.result as BulkPreview, fields: fieldsOf(form) })
    return next
  }, idle)
  return (
    <form action={submit} noValidate onReset={(event) => event.preventDefault()} className="grid grid-cols-1 gap-4">
      <Hidden fields={own} />
      <BulkFields
        isBounded={isBounded}
        action={action}
        organization={own.organization ?? ''}
        errors={pending ? {} : (state.errors ?? {})}
      />
      <FormError>{pending || state.errors ? null : state.message}</FormError>
      <DialogFooter>
        <DialogClose>
          <Button>Cancel</Button>
        </DialogClose>
        <Button type="submit" variant="primary" loading={pending}>
          Preview
        </Button>
      </DialogFooter>
    </form>
  )
}

const idle: FormState = { status: 'idle' }

function Confirm({
  organization,
  action,
  words,
  preview,
  fields,
  back,
  onDone,
}: Ready & {
  organization: string
  action: BulkActionName
  words: string
  back: (() => void) | null
  onDone: () => void
}) {
  const router = useRouter()
  const [state, submit, pending] = useActionState(async (previous: FormState, form: FormData): Promise<FormState> => {
    const next = await changeKeys(previous, form)
    if (next.status !== 'ok') return next
    const begun = next.result as Begun
    onDone()
    if (!begun.isDone) router.push(paths.bulkChange({ organization, id: begun.id }))
    else {
      const { changed } = begun.counts
      const done = `${countText(changed, 'key')} ${actionWords[action].done}`
      sayDone(organization, done, changed > 0 && action !== 'resend' ? begun.id : null)
    }
    return next
  }, idle)
  const isNothing = preview.due === 0
  return (
    <form action={submit} className="grid grid-cols-1 gap-4">
      <Hidden fields={{ ...fields, expected: String(preview.total) }} />
      <div className="-mt-3 text-pretty text-mute [&_b]:font-medium [&_b]:text-ink">
        <PreviewWords action={action} preview={preview} organization={organization} />
      </div>
      {!isNothing && action !== 'enable' && action !== 'resend' && (
        <Field label="Reason" optional description="Kept in the history; customers do not see it.">
          <Input name="reason" maxLength={200} autoComplete="off" />
        </Field>
      )}
      <FormError>{pending ? null : state.message}</FormError>
      <DialogFooter>
        {back ? (
          <Button onClick={back}>Back</Button>
        ) : (
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
        )}
        <Button
          type="submit"
          variant={action === 'revoke' ? 'danger' : 'primary'}
          loading={pending}
          disabledReason={isNothing && 'None of these keys would change'}
        >
          {words}
        </Button>
      </DialogFooter>
    </form>
  )
}

const Hidden = ({ fields }: { fields: Fields }) =>
  Object.entries(fields).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)
