'use client'
import { useActionState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { useMendedErrors } from '#components/mended-errors.ts'
import { OpenedWith } from '#components/opened-with.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Dialog, DialogClose, DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { FormError } from '#components/ui/form-error.tsx'
import { Input } from '#components/ui/input.tsx'
import { PlainButton } from '#components/ui/plain-button.tsx'
import { SubmitButton } from '#components/ui/submit-button.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { FormState } from '#lib/web/action.ts'
import { deactivateDevice, renameDevice } from './actions.ts'
import type { AskedDevice } from './device-buttons.tsx'

/** What the buttons of a device open, and all the code that it needs. */
export function DeviceWindow({
  ask,
  device,
  open,
  onOpenChange,
  children,
}: {
  ask: 'rename' | 'deactivate'
  device: AskedDevice
  open: boolean
  onOpenChange: (open: boolean) => void
  /** What deactivating comes to. */
  children?: string
}) {
  if (ask === 'rename')
    return (
      <Dialog
        title={device.words.rename}
        closeLabel={device.words.close}
        size="sm"
        open={open}
        onOpenChange={onOpenChange}
      >
        <RenameForm device={device} close={() => onOpenChange(false)} />
      </Dialog>
    )
  return (
    <ConfirmDialog
      title={device.words.deactivateAsk}
      confirmLabel={device.words.deactivate}
      leaveLabel={device.words.cancel}
      closeLabel={device.words.close}
      destructive
      values={{ activationId: device.id }}
      action={confirmAction(deactivateDevice)}
      open={open}
      onOpenChange={onOpenChange}
    >
      {children}
    </ConfirmDialog>
  )
}

function RenameForm({ device, close }: { device: AskedDevice; close: () => void }) {
  const [state, submit, pending] = useActionState(
    async (previous: FormState, form: FormData) => {
      const next = await renameDevice(previous, form)
      if (next.status === 'ok') {
        close()
        toast.success(device.words.renamed)
      }
      return next
    },
    { status: 'idle' },
  )
  const { errors, form } = useMendedErrors(state)
  const typed = typeof state.values?.label === 'string' ? state.values.label : device.label
  return (
    <form {...form} action={submit} className="grid gap-4" noValidate>
      <input type="hidden" name="activationId" value={device.id} />
      <OpenedWith values={{ label: device.label }} state={state} />
      <FormError>{pending || state.errors ? null : state.message}</FormError>
      <Field label={device.words.name} error={errors.label} description={device.words.nameAbout}>
        <Input name="label" defaultValue={typed} key={typed} autoComplete="off" maxLength={256} />
      </Field>
      <DialogFooter>
        <DialogClose>
          <PlainButton>{device.words.cancel}</PlainButton>
        </DialogClose>
        <SubmitButton>{device.words.renameButton}</SubmitButton>
      </DialogFooter>
    </form>
  )
}
