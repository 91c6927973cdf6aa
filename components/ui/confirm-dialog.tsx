'use client'
import { type ReactElement, type ReactNode, useActionState, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog, DialogClose, DialogFooter } from './dialog.tsx'
import { Field } from './field.tsx'
import { FormError } from './form-error.tsx'
import { Input } from './input.tsx'

/** What a confirmed action answers: an error stays in the dialog, `ok` closes it. */
export type ConfirmState = {
  ok?: boolean
  error?: string
  /** One more thing the action wants to be told first. Without a label it only says so. */
  ask?: {
    name: string
    label: string | null
    description: string
    problem?: string
    isSecret: boolean
    beside?: ReactNode
  }
  /** What the next attempt knows, in place of what the dialog was opened with. */
  was?: string
}

export type ConfirmDialogProps = {
  /** The button that opens it; leave out when `open` is controlled (from a menu, say). */
  trigger?: ReactElement
  open?: boolean
  onOpenChange?: (open: boolean) => void
  /** The question, with the name in it: "Deactivate ThinkPad X1?" */
  title: ReactNode
  /** What will happen to whom, and whether it can be undone. */
  children: ReactNode
  confirmLabel: string
  /** Where the page is not in English. */
  closeLabel?: string
  /** What the button says that leaves everything as it is, where "Cancel" would be read as the thing itself. */
  leaveLabel?: string
  destructive?: boolean
  /** A word that must be typed first, for what cannot be undone. */
  typed?: string
  /** Sent along as hidden inputs. */
  values?: Record<string, string>
  /** What the dialog changes, as it was when it was opened: sent along, so that nobody undoes unknowingly what others did meanwhile. */
  opened?: Record<string, unknown>
  /** More inputs, such as a reason. */
  fields?: ReactNode
  action: (previous: ConfirmState, form: FormData) => ConfirmState | Promise<ConfirmState>
  /** Runs in the browser after the action succeeded, for a toast say. */
  onDone?: () => void
}

/** Asks before something happens, runs the action and shows its progress and its error in place. */
export function ConfirmDialog({
  trigger,
  open,
  onOpenChange,
  title,
  children,
  closeLabel,
  ...form
}: ConfirmDialogProps) {
  const [own, setOwn] = useState(false)
  const setOpen = (next: boolean) => {
    setOwn(next)
    onOpenChange?.(next)
  }
  return (
    <Dialog
      trigger={trigger}
      title={title}
      size="sm"
      open={open ?? own}
      onOpenChange={setOpen}
      {...(closeLabel && { closeLabel })}
    >
      <div className="-mt-3 text-pretty text-mute [&_b]:font-medium [&_b]:text-ink [&_strong]:font-medium [&_strong]:text-ink">
        {children}
      </div>
      <ConfirmForm {...form} close={() => setOpen(false)} />
    </Dialog>
  )
}

function ConfirmForm({
  confirmLabel,
  leaveLabel = 'Cancel',
  destructive = false,
  typed,
  values = {},
  opened,
  fields,
  action,
  onDone,
  close,
}: Pick<
  ConfirmDialogProps,
  'confirmLabel' | 'leaveLabel' | 'destructive' | 'typed' | 'values' | 'opened' | 'fields' | 'action' | 'onDone'
> & {
  close: () => void
}) {
  const [word, setWord] = useState('')
  const [was] = useState(() => opened && JSON.stringify(opened))
  const [state, submit, pending] = useActionState(async (previous: ConfirmState, data: FormData) => {
    const next = await action(previous, data)
    if (next?.ok) {
      close()
      onDone?.()
    }
    return next ?? {}
  }, {})
  return (
    <form action={submit} className="mt-4 grid grid-cols-1 gap-4">
      {Object.entries(values).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {was && <input type="hidden" name="was" value={state.was ?? was} />}
      {fields}
      {typed && (
        <Field
          label={
            <span>
              Type <code className="select-all rounded-xs bg-line2 px-1 font-mono text-sm">{typed}</code> to go on
            </span>
          }
        >
          <Input
            value={word}
            onChange={(event) => setWord(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            mono
          />
        </Field>
      )}
      {state.ask && !state.ask.label && <FormError>{state.ask.description}</FormError>}
      {state.ask?.label && (
        <Field
          label={state.ask.label}
          description={state.ask.description}
          error={state.ask.problem ? [state.ask.problem] : undefined}
        >
          <Input
            name={state.ask.name}
            type={state.ask.isSecret ? 'password' : 'text'}
            autoComplete={state.ask.isSecret ? 'current-password' : 'one-time-code'}
            spellCheck={false}
            autoFocus
          />
        </Field>
      )}
      {state.ask?.beside}
      <FormError>{pending ? null : state.error}</FormError>
      <DialogFooter>
        <DialogClose>
          <Button>{leaveLabel}</Button>
        </DialogClose>
        <Button
          type="submit"
          variant={destructive ? 'danger' : 'primary'}
          loading={pending}
          disabledReason={typed && word.trim() !== typed ? `Type ${typed} first` : undefined}
        >
          {confirmLabel}
        </Button>
      </DialogFooter>
    </form>
  )
}
