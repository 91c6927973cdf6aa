'use client'
import type { ReactElement } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import type { FormAction } from '#lib/web/action.ts'

/** Asks, by the device's name, before its slot is freed. `action` says when it is. */
export function DeactivateDevice({
  organization,
  device,
  action,
  trigger,
}: {
  organization: string
  device: { id: string; label: string }
  action: FormAction
  trigger: ReactElement<{ 'aria-label'?: string }>
}) {
  return (
    <ConfirmDialog
      trigger={trigger}
      title={`Deactivate ${device.label}?`}
      confirmLabel="Deactivate"
      destructive
      values={{ organization, activationId: device.id }}
      action={confirmAction(action)}
    >
      <p>
        Its slot is free immediately. Software on <b>{device.label}</b> is refused from its next validation on; it can
        activate the key again while a slot is free.
      </p>
    </ConfirmDialog>
  )
}
